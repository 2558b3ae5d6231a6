"""How Asterisk gets onto a machine that has none, as far as that can be tried without a network."""

import sys
from pathlib import Path

import pytest

from huiyin.adapters.asterisk import install
from huiyin.adapters.asterisk.elf import needed
from huiyin.adapters.asterisk.packages import Source, Unfetched, fitting, machines_sources
from huiyin.adapters.asterisk.program import NoAsterisk, find_program, private_copy

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


def test_op3_whoever_wants_no_hotline_has_none() -> None:
    with pytest.raises(NoAsterisk, match="HUIYIN_ASTERISK=off"):
        find_program({"HUIYIN_ASTERISK": "off"})
