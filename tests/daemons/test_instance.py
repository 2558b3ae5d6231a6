"""The secrets of an instance: made once, and completed where an older version did not know one."""

import base64
import json
from pathlib import Path

from huiyin.daemons.instance import Instance


def test_cp5_the_key_of_dossiers_is_made_once(tmp_path: Path) -> None:
    first = Instance(tmp_path).ensure_secrets(is_demo=True)
    assert len(base64.urlsafe_b64decode(first["dossier_key"] + "=")) == 32
    assert Instance(tmp_path).ensure_secrets(is_demo=False) == first
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_cp5_an_older_instance_gets_its_key_and_keeps_the_rest(tmp_path: Path) -> None:
    made = Instance(tmp_path).ensure_secrets(is_demo=True)
    old = {name: value for name, value in made.items() if name != "dossier_key"}
    (tmp_path / "secrets.json").write_text(json.dumps(old))
    now = Instance(tmp_path).ensure_secrets(is_demo=True)
    assert {name: now[name] for name in old} == old
    assert json.loads((tmp_path / "secrets.json").read_text()) == now
