"""Which Asterisk runs the hotline: the machine's own where it is new enough and complete, else our private copy."""

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
COPY = ROOT / "var" / "asterisk"  # one for all instances of this checkout
OLDEST = 20  # REST over the websocket and the transports we use came with it
TEMPLATES = Path(__file__).parent / "etc"
WISH = "HUIYIN_ASTERISK"  # `off`, or the path of a binary


@dataclass(frozen=True)
class Program:
    """An Asterisk that can be started: the words of its command, its modules, and the data it cannot do without."""

    command: tuple[str, ...]
    modules: Path
    data: Path
    version: str


class NoAsterisk(Exception):
    """There is no Asterisk here; the message says why and what to do."""


def wanted_modules() -> list[str]:
    """The file names of the modules that our configuration loads."""
    text = (TEMPLATES / "modules.conf").read_text()
    return re.findall(r"^load = (\S+)$", text, flags=re.MULTILINE)


def find_program(env: Mapping[str, str] = os.environ) -> Program:
    """The Asterisk to start. Raises NoAsterisk."""
    wish = env.get(WISH, "")
    if wish == "off":
        raise NoAsterisk(f"{WISH}=off")
    found = _machines_own(wish) or private_copy()
    if found is None:
        raise NoAsterisk(_reason())
    return found


def private_copy(root: Path = COPY) -> Program | None:
    """The copy that `./run setup` made below `root`; it runs through its own loader, because its C library is newer."""
    loader = next(iter([*root.glob("usr/lib64/ld-linux-*"), *root.glob("usr/lib/*/ld-linux-*")]), None)
    modules = next(root.glob("usr/lib/*/asterisk/modules"), None)
    if loader is None or modules is None:
        return None
    libraries = f"{modules.parents[1]}:{modules.parent}"
    command = (str(loader), "--library-path", libraries, str(root / "usr/sbin/asterisk"))
    return _complete(command, modules, root / "usr/share/asterisk")


@functools.cache
def _machines_own(wish: str) -> Program | None:
    binary = wish or shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if not binary:
        return None
    prefix = Path(binary).resolve().parents[1]
    modules = next(iter([*prefix.glob("lib/*/asterisk/modules"), *prefix.glob("lib/asterisk/modules")]), None)
    data = next((d for d in (prefix / "share/asterisk", Path("/var/lib/asterisk")) if _has_documents(d)), None)
    return _complete((binary,), modules, data) if modules and data else None


def _complete(command: tuple[str, ...], modules: Path, data: Path) -> Program | None:
    """The program if it is new enough and has every module we load."""
    if not _has_documents(data) or any(not (modules / name).exists() for name in wanted_modules()):
        return None
    said = subprocess.run([*command, "-V"], capture_output=True, text=True, timeout=20, check=False).stdout
    version = re.search(r"(\d+)\.[\w.~+-]*", said)
    if version is None or int(version[1]) < OLDEST:
        return None
    return Program(command, modules, data, version[0])


def _has_documents(data: Path) -> bool:
    """Asterisk reads the types of its own options from this file and starts with no configuration without it."""
    return (data / "documentation" / "core-en_US.xml").exists()


def failure(root: Path = COPY) -> Path:
    """Where `./run setup` writes down why there is no private copy."""
    return root.with_name(f"{root.name}.failed")


def _reason() -> str:
    try:
        return failure().read_text().strip()
    except OSError:
        return "there is no Asterisk here yet: ./run setup fetches it"
