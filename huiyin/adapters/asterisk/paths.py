"""Where the hotline of one instance keeps what: read by everybody who speaks to its Asterisk or hears its files.

`var/hotline.json` says whether there is an engine and why not, and remembers the ports, so that a phone which has
registered once still finds us after a restart.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

APP = "huiyin"  # the name under which the switchboard takes calls from Asterisk
USER = "huiyin"
# The advisory lock in PostgreSQL that the active switchboard holds; who asks whether it is there looks at this.
SWITCHBOARD_LOCK = 0x48_55_53_57


@dataclass(frozen=True)
class Engine:
    """The Asterisk of one instance. `sip_port` is one number for UDP and TCP, `rtp` the first and the last port."""

    var: Path
    sip_port: int
    http_port: int
    rtp: tuple[int, int]

    @property
    def base(self) -> Path:
        return self.var / "voice"

    @property
    def conf(self) -> Path:
        return self.base / "etc"

    @property
    def sounds(self) -> Path:
        """Rendered prompts, named by their content."""
        return self.base / "sounds"

    @property
    def recordings(self) -> Path:
        return self.base / "recordings"

    @property
    def music(self) -> Path:
        return self.base / "moh"

    @property
    def ari_url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.http_port}/ws"

    @property
    def sip_uri(self) -> str:
        """The address of the usual line."""
        return f"sip:hotline@127.0.0.1:{self.sip_port}"

    def as_json(self) -> dict[str, Any]:
        return {"sip_port": self.sip_port, "http_port": self.http_port, "rtp": list(self.rtp)}

    @classmethod
    def from_json(cls, var: Path, known: dict[str, Any]) -> Self:
        """Raises KeyError for what is no engine."""
        first, last = known["rtp"]
        return cls(var, int(known["sip_port"]), int(known["http_port"]), (int(first), int(last)))


def conf_of(var: Path) -> Path:
    """The file that an instance's Asterisk is started with: how it is told from others."""
    return var / "voice" / "etc" / "asterisk.conf"


def note_of(var: Path) -> Path:
    """The file that says whether the hotline of this instance is on."""
    return var / "hotline.json"


def var_of_ours() -> Path:
    """The directory of the instance this process belongs to."""
    return Path(os.environ.get("HUIYIN_VAR", "var"))


def read_note(var: Path) -> dict[str, Any]:
    """`{state, why, …ports}`; empty where nothing has been started yet."""
    try:
        known: dict[str, Any] = json.loads(note_of(var).read_text())
    except (OSError, ValueError):
        return {}
    return known


def find_engine(var: Path | None = None) -> Engine | None:
    """The engine of an instance (usually this process's own); None when its hotline is off."""
    place = var or var_of_ours()
    known = read_note(place)
    if known.get("state") != "on":
        return None
    return Engine.from_json(place, known)
