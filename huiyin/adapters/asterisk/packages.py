"""Fetch packages without being root and without touching the machine's own package state.

apt gets a state directory of its own, with the mirrors and keys of the machine's sources. What a program needs is
found in the programs themselves; which package has a missing library is found among those that its user depends on, by
the rule that Debian names a library package after the library's soname.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCES = Path("/etc/apt")
APT_PATIENCE = 120  # seconds for one call of apt


class Unfetched(Exception):
    """A package could not be fetched; the message is for the person who runs the set-up."""


@dataclass(frozen=True)
class Source:
    """One archive that the machine trusts: its address, and the words in brackets of a sources line."""

    address: str
    options: str
    suites: tuple[str, ...]
    components: str


class Archive:
    """apt with a state directory of its own in `work`, reading the given line of sources.list."""

    def __init__(self, work: Path, line: str) -> None:
        self.work = work
        for folder in ("lists/partial", "cache/archives/partial", "etc", "packages"):
            (work / folder).mkdir(parents=True, exist_ok=True)
        (work / "status").touch()
        (work / "etc/sources.list").write_text(f"{line}\n")
        (work / "apt.conf").write_text(_apt_configuration(work))

    def refresh(self) -> None:
        """Read the archive's index. Raises Unfetched."""
        self._run("apt-get", "-qq", "update")

    def offered(self, packages: Iterable[str]) -> set[str]:
        """Those of the packages that the archive has."""
        said = self._run("apt-cache", "show", "--no-all-versions", *packages, check=False)
        return set(re.findall(r"^Package: (\S+)$", said, re.M))

    def version(self, package: str) -> str:
        """The newest version on offer, without its epoch; empty when there is none."""
        found = re.search(r"^Version: (?:\d+:)?(\S+)", self._run("apt-cache", "show", package, check=False), re.M)
        return found[1] if found else ""

    def needs(self, packages: Iterable[str]) -> set[str]:
        """What these packages depend on, alternatives included, as far as it is a real package."""
        said = self._run("apt-cache", "depends", "--important", *packages)
        return set(re.findall(r"^\s+\|?(?:Pre)?Depends: ([a-z0-9.+-]+)$", said, re.M))

    def fetch(self, packages: Iterable[str]) -> list[Path]:
        """Download packages. Raises Unfetched. Returns the files."""
        before = set(self._files())
        self._run("apt-get", "-qq", "download", *packages, folder=self.work / "packages")
        return [file for file in self._files() if file not in before]

    def _files(self) -> Iterator[Path]:
        return (self.work / "packages").glob("*.deb")

    def _run(self, *command: str, folder: Path | None = None, check: bool = True) -> str:
        environment = {
            "APT_CONFIG": str(self.work / "apt.conf"),
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C",
        }
        try:
            done = subprocess.run(
                command, env=environment, cwd=folder, capture_output=True, text=True, timeout=APT_PATIENCE, check=False
            )
        except FileNotFoundError:
            raise Unfetched("this system has no apt: install Asterisk 20 or newer by its own means") from None
        except subprocess.TimeoutExpired:
            raise Unfetched(f"{command[0]} said nothing for {APT_PATIENCE} s: is there a network?") from None
        if check and done.returncode != 0:
            raise Unfetched(_last_words(done.stderr))
        return done.stdout


def machines_sources(etc: Path = SOURCES) -> list[Source]:
    """The archives in the machine's own apt sources, in both of apt's notations."""
    found = []
    for file in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        if file.suffix == ".sources":
            found += list(_stanzas(file.read_text()))
        elif file.is_file() and file.suffix == ".list":
            found += list(_lines(file.read_text()))
    return found


def unpack(files: Iterable[Path], into: Path) -> None:
    """Lay out the packages' files below a directory, running none of their scripts."""
    for file in files:
        subprocess.run(["dpkg-deb", "-x", str(file), str(into)], check=True, capture_output=True)


def fitting(soname: str, candidates: Iterable[str]) -> set[str]:
    """Those of the packages whose name is that of a library: `libxml2.so.16` is in `libxml2-16`.

    Transitions put a suffix behind the name (`libssl3t64`), and sometimes only the beginning agrees (`libnss3.so`)."""
    stem, _, number = soname.partition(".so")
    plain = _plain(stem + number)
    exact = {name for name in candidates if re.sub(r"t64$|g$", "", _plain(name)) == plain}
    alike = {name for name in candidates if _plain(name).startswith(_plain(stem))}
    return exact or alike


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _apt_configuration(work: Path) -> str:
    places = {
        "Dir::State": work,
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work / "cache",
        "Dir::Etc::sourcelist": work / "etc/sources.list",
        "Dir::Etc::sourceparts": work / "etc/none",
        "Dir::Etc::preferences": work / "etc/none",
        "Dir::Etc::preferencesparts": work / "etc/none",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "Acquire::http::Timeout": "15",
        "Acquire::https::Timeout": "15",
        "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
        "APT::Sandbox::User": "",
    }
    return "".join(f'{name} "{value}";\n' for name, value in places.items())


def _stanzas(text: str) -> Iterator[Source]:
    for stanza in re.split(r"\n\s*\n", text):
        fields = {name.lower(): value.strip() for name, value in re.findall(r"^([\w-]+):\s*(.*)$", stanza, re.M)}
        if "deb" not in fields.get("types", "").split():
            continue
        options = f"signed-by={fields['signed-by']}" if fields.get("signed-by", "").startswith("/") else ""
        for address in fields.get("uris", "").split():
            yield Source(address, options, tuple(fields.get("suites", "").split()), fields.get("components", ""))


def _lines(text: str) -> Iterator[Source]:
    for options, address, suite, components in re.findall(r"^deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s*(.*)$", text, re.M):
        yield Source(address, options, (suite,), components)


def _last_words(text: str) -> str:
    lines = [line for line in text.splitlines() if line.startswith("E:")] or text.splitlines() or ["apt failed"]
    return lines[-1].removeprefix("E: ")
