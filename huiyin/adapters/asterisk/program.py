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
    own, fault = _machines_own(wish)
    if own is None and wish:
        raise NoAsterisk(fault)
    found = own or private_copy()
    if found is None:
        raise NoAsterisk("; ".join(filter(None, [fault, _reason()])))
    return found


def private_copy(root: Path = COPY) -> Program | None:
    """The copy that `./run setup` made below `root`; it runs through its own loader, because its C library is newer."""
    loader = next(iter([*root.glob("usr/lib64/ld-linux-*"), *root.glob("usr/lib/*/ld-linux-*")]), None)
    modules = next(root.glob("usr/lib/*/asterisk/modules"), None)
    if loader is None or modules is None:
        return None
    libraries = f"{modules.parents[1]}:{modules.parent}"
    command = (str(loader), "--library-path", libraries, str(root / "usr/sbin/asterisk"))
    found, _ = _checked(command, modules, root / "usr/share/asterisk")
    return found


@functools.cache
def _machines_own(wish: str) -> tuple[Program | None, str]:
    """The installed one, or what it lacks; neither where there is none."""
    binary = wish or shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if not binary:
        return None, ""
    prefix = Path(binary).resolve().parents[1]
    modules = next(iter([*prefix.glob("lib/*/asterisk/modules"), *prefix.glob("lib/asterisk/modules")]), None)
    data = next((d for d in (prefix / "share/asterisk", Path("/var/lib/asterisk")) if _has_documents(d)), None)
    if modules is None or data is None:
        return None, f"{binary} is without its modules or its documentation"
    found, fault = _checked((binary,), modules, data)
    return found, f"{binary} {fault}" if fault else ""


def _checked(command: tuple[str, ...], modules: Path, data: Path) -> tuple[Program | None, str]:
    """The program if it is new enough and has every module we load; else what is wrong with it."""
    lacking = [name for name in wanted_modules() if not (modules / name).exists()]
    if lacking or not _has_documents(data):
        return None, f"lacks {', '.join(lacking) or 'its documentation'}"
    try:
        said = subprocess.run([*command, "-V"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired) as trouble:
        return None, f"cannot be run ({type(trouble).__name__})"
    version = re.search(r"(\d+)\.[\w.~+-]*", said)
    if version is None or int(version[1]) < OLDEST:
        return None, f"is {said.strip() or 'of no known version'}; {OLDEST} or newer is needed"
    return Program(command, modules, data, version[0]), ""


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
