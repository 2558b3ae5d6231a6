"""The console script."""

import os
import subprocess
import sys
from pathlib import Path

from huiyin.daemons.command import VERBS
from huiyin.daemons.postgres import ensure_cluster


def huiyin(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "huiyin.daemons.command", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=inherited | environment)


def test_without_a_verb_it_lists_ours_and_djangos() -> None:
    said = huiyin().stdout
    assert all(f"\n  {verb} " in said for verb in VERBS)
    assert "createsuperuser" in said


def test_djangos_commands_find_the_database_that_runs_in_var(tmp_path: Path) -> None:
    cluster = ensure_cluster(tmp_path, fast_and_unsafe=True)
    cluster.start()
    try:
        done = huiyin("migrate", "contenttypes", "--verbosity=0", HUIYIN_VAR=str(tmp_path))
        assert done.returncode == 0, done.stderr
    finally:
        cluster.stop()
