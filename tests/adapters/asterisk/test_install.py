"""How Asterisk gets onto a machine that has none, as far as that can be tried without a network."""

import sys
from pathlib import Path

import pytest

from huiyin.adapters.asterisk import install
from huiyin.adapters.asterisk.elf import needed
from huiyin.adapters.asterisk.packages import Source, Unfetched, fitting, machines_sources
from huiyin.adapters.asterisk.program import NoAsterisk, find_program, private_copy, wanted_modules

NEW = """\
Types: deb
# a remark
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/archive.gpg

Types: deb-src
URIs: http://mirror.example/debian
Suites: bookworm
Components: main
"""
OLD = (
    "# old\ndeb [arch=amd64 signed-by=/k.gpg] http://old.example/ubuntu noble main universe\ndeb-src http://x y main\n"
)


def test_op3_the_mirror_is_the_one_the_machine_uses(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d/debian.sources").write_text(NEW)
    (tmp_path / "sources.list.d/old.list").write_text(OLD)
    assert machines_sources(tmp_path) == [
        Source(
            "http://mirror.example/debian",
            "signed-by=/usr/share/keyrings/archive.gpg",
            ("bookworm", "bookworm-updates"),
            "main",
        ),
        Source("http://old.example/ubuntu", "arch=amd64 signed-by=/k.gpg", ("noble",), "main universe"),
    ]


@pytest.mark.parametrize(
    ("soname", "package"),
    [
        ("libxml2.so.16", "libxml2-16"),
        ("libssl.so.3", "libssl3t64"),
        ("libstdc++.so.6", "libstdc++6"),
        ("libsqlite3.so.0", "libsqlite3-0"),
        ("libgcc_s.so.1", "libgcc-s1"),
        ("libnss3.so", "libnss3"),
    ],
)
def test_op3_a_missing_library_is_found_by_the_name_of_its_package(soname: str, package: str) -> None:
    offered = {"libxml2-16", "libssl3t64", "libstdc++6", "libsqlite3-0", "libgcc-s1", "libnss3", "libpq5", "adduser"}
    assert fitting(soname, offered) == {package}


def test_op3_what_a_program_needs_is_read_from_the_program() -> None:
    libraries = needed(Path(sys.executable).resolve())
    assert "libc.so.6" in libraries
    assert all(".so" in name for name in libraries)
    assert needed(Path(__file__)) == []


def test_op3_without_an_archive_the_reason_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unfetched, match="no archive of this machine has it"):
        install.fetch(tmp_path / "asterisk", [])
    assert list(tmp_path.iterdir()) == []


def test_op3_an_archive_that_does_not_answer_leaves_nothing_behind(tmp_path: Path) -> None:
    nowhere = Source(f"file:{tmp_path}/debian", "", ("unstable",), "main")
    with pytest.raises(Unfetched, match=r"."):
        install.fetch(tmp_path / "asterisk", [nowhere])
    assert private_copy(tmp_path / "asterisk") is None
    assert not (tmp_path / "asterisk").exists()


class Mirror:
    """An archive that has everything."""

    def offered(self, packages: set[str]) -> set[str]:
        return set(packages)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The lists that a copy was begun with. Those with a `stale` package lead nowhere, others to one package more."""
    seen: list[set[str]] = []

    def complete(_: Mirror, copy: Path, packages: set[str]) -> None:
        seen.append(packages)
        if "stale" in packages:
            raise Unfetched("no package has libgone.so.1")
        (copy / install.LIST).write_text("\n".join([*sorted(packages), "found"]))

    monkeypatch.setattr(install, "_archive", lambda work, sources: Mirror())
    monkeypatch.setattr(install, "_complete", complete)
    monkeypatch.setattr(install, "private_copy", lambda copy: copy)
    return seen


def test_op3_the_list_that_worked_is_kept_and_comes_first_next_time(tmp_path: Path, tried: list[set[str]]) -> None:
    into = tmp_path / "asterisk"
    install.fetch(into, [])
    install.fetch(into, [])
    shipped = set(install.SHIPPED.read_text().split())
    assert tried == [shipped, shipped | {"found"}]
    assert (into / install.LIST).read_text() == install.last_good(into).read_text()


def test_op3_a_list_that_no_longer_works_gives_way_to_the_shipped_one(tmp_path: Path, tried: list[set[str]]) -> None:
    into = tmp_path / "asterisk"
    install.last_good(into).write_text("asterisk\nstale\n")
    install.fetch(into, [])
    shipped = set(install.SHIPPED.read_text().split())
    assert tried == [{"asterisk", "stale"}, shipped]
    assert "stale" not in install.last_good(into).read_text()


def test_op3_where_no_list_works_the_last_good_one_stays(
    tmp_path: Path, tried: list[set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    into = tmp_path / "asterisk"
    install.last_good(into).write_text("asterisk\nstale\n")
    monkeypatch.setattr(install, "SHIPPED", install.last_good(into))
    with pytest.raises(Unfetched, match=r"libgone"):
        install.fetch(into, [])
    assert install.last_good(into).read_text() == "asterisk\nstale\n"
    assert not into.exists()


def test_op3_whoever_wants_no_hotline_has_none() -> None:
    with pytest.raises(NoAsterisk, match="HUIYIN_ASTERISK=off"):
        find_program({"HUIYIN_ASTERISK": "off"})


def installed(root: Path, version: str, modules: list[str]) -> str:
    """An Asterisk as a package lays it out; the path of its binary."""
    (root / "lib/asterisk/modules").mkdir(parents=True)
    (root / "share/asterisk/documentation").mkdir(parents=True)
    (root / "share/asterisk/documentation/core-en_US.xml").touch()
    for name in modules:
        (root / "lib/asterisk/modules" / name).touch()
    binary = root / "sbin/asterisk"
    binary.parent.mkdir()
    binary.write_text(f"#!/bin/sh\necho Asterisk {version}\n")
    binary.chmod(0o755)
    return str(binary)


def test_op3_an_installed_one_is_used_when_it_is_new_enough_and_whole(tmp_path: Path) -> None:
    binary = installed(tmp_path / "usr", "22.10.1+dfsg", wanted_modules())
    program = find_program({"HUIYIN_ASTERISK": binary})
    assert program.command == (binary,)
    assert program.version == "22.10.1+dfsg"


@pytest.mark.parametrize(
    ("version", "modules", "fault"),
    [
        ("18.9.0", wanted_modules(), "20 or newer is needed"),
        ("GIT-unknown", wanted_modules(), "20 or newer is needed"),
        ("22.1.0", wanted_modules()[1:], f"lacks {wanted_modules()[0]}"),
    ],
)
def test_op3_what_an_installed_one_lacks_is_said(tmp_path: Path, version: str, modules: list[str], fault: str) -> None:
    binary = installed(tmp_path / "usr", version, modules)
    with pytest.raises(NoAsterisk, match=fault):
        find_program({"HUIYIN_ASTERISK": binary})


def test_op3_a_binary_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoAsterisk, match="without its modules"):
        find_program({"HUIYIN_ASTERISK": str(tmp_path / "sbin/asterisk")})
