"""`./run setup` calls this: see that there is an Asterisk to start, and fetch a private copy where there is none.

A copy is 20 MB to download and some 40 MB on disk, made in seconds by whoever runs the set-up, root or not. It comes
from the mirror that the machine's own apt sources name. When that fails the hotline is off and says why; nothing else
depends on it.
"""

import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from huiyin.adapters.asterisk.elf import needed
from huiyin.adapters.asterisk.packages import KEYRING, Archive, Source, Unfetched, fitting, machines_sources, unpack
from huiyin.adapters.asterisk.program import (
    COPY,
    OLDEST,
    NoAsterisk,
    failure,
    find_program,
    private_copy,
    wanted_modules,
)

# A list that has worked. It saves rounds where it still holds; where names have moved on, the rest is worked out.
SHIPPED = Path(__file__).with_name("packages.txt")
LIST = "packages.txt"
ASK_AGAIN = 3600.0  # seconds after a failure in which a set-up does not try again
ROUNDS = 6  # libraries of libraries of libraries
MEASURED = ["app_queue.so"]  # never loaded by the hotline: `bench voice` measures it beside ours
UNUSED = ["usr/share/doc", "usr/share/man", "usr/share/bug", "usr/share/lintian", "var", "etc"]


def main() -> int:
    """Never fails: without Asterisk everything but the hotline works."""
    try:
        find_program()
    except NoAsterisk as no:
        if "=off" not in str(no) and not _failed_lately():
            _provide()
    return 0


def _provide() -> None:
    _say("fetching Asterisk for the hotline")
    try:
        fetch(COPY)
        failure().unlink(missing_ok=True)
    except (Unfetched, OSError, subprocess.SubprocessError) as trouble:
        why = f"Asterisk could not be fetched ({trouble}); install Asterisk {OLDEST} or newer, or run ./run setup again"
        failure().parent.mkdir(parents=True, exist_ok=True)
        failure().write_text(f"{why}\n")
        _say(f"hotline off: {why}")


def fetch(into: Path, sources: Sequence[Source] | None = None) -> None:
    """Make the private copy, whole or not at all, from these archives (usually the machine's). Raises Unfetched."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="asterisk-", dir=into.parent) as scratch:
        work, copy = Path(scratch) / "apt", Path(scratch) / "copy"
        _first_that_runs(_archive(work, machines_sources() if sources is None else sources), copy, _lists(into))
        shutil.copyfile(copy / LIST, last_good(into))
        shutil.rmtree(into, ignore_errors=True)
        copy.replace(into)


def last_good(into: Path) -> Path:
    """The packages of the last copy that ran here; it outlives the copy itself."""
    return into.with_name(f"{into.name}.{LIST}")


def _lists(into: Path) -> list[set[str]]:
    """What to begin with: the list that worked here last, then the shipped one."""
    known = [set(file.read_text().split()) for file in (last_good(into), SHIPPED) if file.exists()]
    return [one for one in known if one]


def _first_that_runs(archive: Archive, copy: Path, lists: list[set[str]]) -> None:
    """Fill `copy` from the first list that leads to an Asterisk that runs. Raises Unfetched where none does."""
    *before, shipped = lists
    for known in before:
        with contextlib.suppress(Unfetched, subprocess.SubprocessError):
            return _fill(archive, copy, known)
    return _fill(archive, copy, shipped)


def _fill(archive: Archive, copy: Path, known: set[str]) -> None:
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    _complete(archive, copy, archive.offered(known))
    _slim(copy)
    if private_copy(copy) is None:
        raise Unfetched("the copy does not run here")


def _archive(work: Path, sources: Sequence[Source]) -> Archive:
    """The first of the machine's archives that has an Asterisk new enough."""
    faults = []
    for number, line in enumerate(_source_lines(sources)):
        archive = Archive(work / str(number), line)
        try:
            archive.refresh()
        except Unfetched as fault:
            faults.append(str(fault))
            continue
        if int(archive.version("asterisk").partition(".")[0] or 0) >= OLDEST:
            return archive
    raise Unfetched(faults[-1] if faults else "no archive of this machine has it")


def _source_lines(known: Sequence[Source]) -> Iterator[str]:
    sources = [source for source in known if "main" in source.components.split()]
    for source in sources:
        if any(suite.partition("-")[0] not in _STABLE for suite in source.suites[:1]):
            yield _line(source, source.suites[0], source.components)
    # Debian's stable releases carry no Asterisk; unstable is on the same mirror, signed by the same people.
    for source in sources:
        if "debian" in source.address and "security" not in source.address:
            yield _line(source, "sid", "main")


# Known not to have it: looking there would cost a download of the whole index.
_STABLE = {"bullseye", "bookworm", "trixie", "stable", "oldstable"}


def _line(source: Source, suite: str, components: str) -> str:
    options = source.options or (f"signed-by={KEYRING}" if KEYRING.exists() else "")
    # The index of a mirror that stands still counts as expired, although its signature is good.
    return f"deb [{options} check-valid-until=no] {source.address} {suite} {components}"


def _complete(archive: Archive, copy: Path, packages: set[str]) -> None:
    """Fetch these packages, then whatever the loader still misses. Raises Unfetched."""
    chosen = set(packages)
    unpack(archive.fetch(packages), copy)
    for _ in range(ROUNDS):
        missing = _missing(copy)
        if not missing:
            (copy / LIST).write_text("\n".join(sorted(chosen)) + "\n")
            return
        offered = archive.needs(chosen) - chosen
        more = {name for soname in missing for name in fitting(soname, offered)} or _libraries(offered)
        if not more:
            raise Unfetched(f"no package has {', '.join(sorted(missing))}")
        chosen |= more
        unpack(archive.fetch(more), copy)
    raise Unfetched("the libraries of the libraries have no end")


def _missing(copy: Path) -> set[str]:
    """The sonames that the program and the modules we load need, and what those need, and that the copy lacks."""
    modules = next(copy.glob("usr/lib/*/asterisk/modules"), None)
    if modules is None:
        raise Unfetched("the packages are not laid out as expected")
    missing: set[str] = set()
    seen = {copy / "usr/sbin/asterisk", *(modules / name for name in wanted_modules())}
    todo = list(seen)
    while todo:
        for soname in needed(todo.pop()):
            there = next((p for p in (modules.parents[1] / soname, modules.parent / soname) if p.exists()), None)
            if there is None:
                missing.add(soname)
            elif there not in seen:
                seen.add(there)
                todo.append(there)
    return missing


def _libraries(packages: set[str]) -> set[str]:
    return {name for name in packages if name.startswith(("lib", "zlib"))}


def _slim(copy: Path) -> None:
    """Leave out what is never loaded."""
    keep = {*wanted_modules(), *MEASURED}
    for module in copy.glob("usr/lib/*/asterisk/modules/*.so"):
        if module.name not in keep:
            module.unlink()
    for folder in UNUSED:
        shutil.rmtree(copy / folder, ignore_errors=True)


def _failed_lately() -> bool:
    return failure().exists() and time.time() - failure().stat().st_mtime < ASK_AGAIN


def _say(words: str) -> None:
    sys.stderr.write(f"• {words}\n")


if __name__ == "__main__":
    sys.exit(main())
