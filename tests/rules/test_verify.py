"""CP5: anybody can tell, offline, whether a byte of a dossier has changed."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from huiyin.adapters.papers import keys
from huiyin.adapters.papers.dossier import build
from huiyin.domain.journal.chain import next_hash
from huiyin.verify import verify
from huiyin.verify.checks import SUMS, fact_hash, sums
from huiyin.verify.command import main
from huiyin.verify.report import SAYS, Report, Said, as_text
from tests import dossiers
from tests.house.tree import ROOT


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dossiers") / "dossier.zip"


@pytest.fixture(scope="module")
def whole(place: Path) -> bytes:
    return dossiers.write(place)


def unpack(place: Path, to: Path) -> Path:
    with zipfile.ZipFile(place) as packed:
        packed.extractall(to)
    return to


def test_cp5_a_dossier_as_it_was_made_verifies(place: Path, whole: bytes) -> None:
    report = verify(place)
    assert report.changed == []
    assert {said.code for said in report.sound} == {"files", "chains", "signed"}
    assert {said.code for said in report.unchecked} == {"whose_key", "no_receipt"}


def test_cp5_with_key_and_receipt_nothing_is_left_unchecked(place: Path, whole: bytes) -> None:
    report = verify(place, key=keys.public_pem(), head=dossiers.chain().links[0].hash)
    assert (report.changed, report.unchecked) == ([], [])


@given(st.data())
def test_cp5_any_flipped_byte_is_found_and_named(place: Path, whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    turned = bytearray(whole)
    turned[at] ^= data.draw(st.integers(1, 255))
    bent = place.with_name("turned.zip")
    bent.write_bytes(turned)
    named = {said.name for said in verify(bent).changed}
    assert named, f"byte {at} of {len(whole)}"
    assert any(_entry_at(place, at) in name for name in named)


def _entry_at(place: Path, at: int) -> str:
    """The file whose content the byte belongs to; empty text where it belongs to the ZIP around it."""
    with zipfile.ZipFile(place) as packed:
        for info in packed.infolist():
            begins = info.header_offset + 30 + len(info.filename.encode())
            if begins <= at < begins + info.file_size:
                return info.filename
    return ""


@given(st.data())
def test_cp5_any_flipped_byte_is_found_in_an_unpacked_folder(
    place: Path, whole: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = unpack(place, tmp_path_factory.mktemp("folder"))
    path = data.draw(st.sampled_from(sorted(path for path in folder.rglob("*") if path.is_file())))
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    named = " ".join(said.name for said in verify(folder).changed)
    assert path.relative_to(folder).as_posix() in named


@given(st.integers(1, 4), st.sampled_from(["name", "by", "at", "hash", "data"]))
def test_cp5_a_changed_fact_is_named(place: Path, whole: bytes, seq: int, field: str) -> None:
    """Even where everything around it was made to fit again."""
    folder = unpack(place, place.with_name("rewritten"))
    manifest = json.loads((folder / "manifest.json").read_text())
    fact = manifest["chains"][0]["facts"][seq - 1]
    fact[field] = {"category": "other"} if field == "data" else "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    digests = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (folder / SUMS).write_text(sums(digests))
    report = verify(folder)
    assert Said("fact", f"{dossiers.NO} #{seq} {fact['name']}") in report.changed
    assert Said("signature", "manifest.json") in report.changed


def test_cp5_the_chain_of_the_journal_and_of_the_check_is_one() -> None:
    links = dossiers.chain((dossiers.exhibit(1),)).links
    for before, link in zip(("", *(one.hash for one in links)), links, strict=False):
        fact = {"seq": link.seq, "name": link.name, "by": link.by, "data": link.data, "at": _canonical(link.at)}
        assert fact_hash(before, dossiers.NO, fact) == next_hash(before, dossiers.NO, link)


def _canonical(at: object) -> str:
    return at.isoformat(timespec="microseconds")  # type: ignore[attr-defined, no-any-return]


def test_cp5_somebody_elses_key_does_not_pass(place: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = keys.public_pem()
    theirs = Ed25519PrivateKey.generate()
    monkeypatch.setattr(keys, "_key", lambda: theirs)
    forged = place.with_name("forged.zip")
    dossiers.write(forged)
    assert dossiers.codes(verify(forged)) == set()  # consistent in itself, and says that the key is to be compared
    assert Said("whose_key", verify(forged).unchecked[0].name) in verify(forged).unchecked
    assert "other_key" in dossiers.codes(verify(forged, key=ours))


def test_cp5_a_head_that_the_chain_does_not_pass_is_named(place: Path, whole: bytes) -> None:
    assert "receipt" in dossiers.codes(verify(place, head="ab" * 32))


def test_cp5_evidence_that_the_chain_does_not_know_is_named(tmp_path: Path) -> None:
    made = dossiers.dossier()
    foreign = replace(made, chains=(dossiers.chain(made.exhibits[:1]),))
    dossiers.write(tmp_path / "d.zip", foreign)
    assert verify(tmp_path / "d.zip").changed == [Said("not_in_chain", "evidence/E02.png")]


def test_cp5_a_message_other_than_the_one_written_is_named(tmp_path: Path) -> None:
    made = dossiers.dossier()
    dossiers.write(tmp_path / "d.zip", replace(made, messages=(replace(made.messages[0], text="别的话"),)))
    assert verify(tmp_path / "d.zip").changed == [Said("not_in_chain", "conversation.json #1")]


def test_cp5_a_complaint_in_other_words_is_named(tmp_path: Path) -> None:
    made = dossiers.dossier()
    assert made.words
    dossiers.write(tmp_path / "d.zip", replace(made, words=replace(made.words, demand="补 300")))
    assert verify(tmp_path / "d.zip").changed == [Said("not_in_chain", "complaint.json")]


def test_cp5_a_damaged_original_is_left_out_and_said(tmp_path: Path) -> None:
    built = build(dossiers.dossier(), dossiers.reader(spoiled=2))
    (tmp_path / "d.zip").write_bytes(b"".join(built.pieces()))
    assert [one.no for one in built.gaps] == [2]
    report = verify(tmp_path / "d.zip")
    assert (report.changed, Said("gap", "evidence/E02.png") in report.unchecked) == ([], True)


def test_cp5_a_file_added_or_taken_away_is_named(place: Path, whole: bytes, tmp_path: Path) -> None:
    folder = unpack(place, tmp_path / "d")
    (folder / "evidence" / "E03.png").write_bytes(b"slipped in")
    (folder / "letter.pdf").unlink()
    report = verify(folder)
    assert {Said("extra", "evidence/E03.png"), Said("missing", "letter.pdf")} <= set(report.changed)


def test_cp5_a_dossier_packed_again_is_told_to_be_unpacked(place: Path, whole: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(place) as old, zipfile.ZipFile(tmp_path / "d.zip", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert "repacked" in dossiers.codes(verify(tmp_path / "d.zip"))
    assert verify(unpack(tmp_path / "d.zip", tmp_path / "d")).is_intact


@given(st.binary(max_size=400))
def test_cp5_whatever_is_no_dossier_is_refused_calmly(place: Path, junk: bytes) -> None:
    other = place.with_name("junk.zip")
    other.write_bytes(junk)
    assert not verify(other).is_intact


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["format", "files", "chains", "evidence", "gaps", "issuer", "facts", "head"]), x
            )
        ),
        max_leaves=12,
    )
)
def test_cp5_a_manifest_of_any_shape_is_refused_calmly(place: Path, shape: object) -> None:  # fmt: skip
    folder = place.with_name("shapes")
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(shape))
    assert Said("unreadable", "manifest.json") in verify(folder).changed


def test_cp5_the_command_says_it_and_ends_accordingly(
    place: Path, whole: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    key = tmp_path / "key.pem"
    key.write_bytes(keys.public_pem())
    assert main([str(place), "--key", str(key), "--head", dossiers.chain().links[0].hash]) == 0
    assert "没有发现改动" in capsys.readouterr().out
    bent = tmp_path / "bent.zip"
    bent.write_bytes(whole.replace(b"the letter", b"the lettre", 1))
    assert main([str(bent), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["intact"] is False
    assert {"code": "changed", "name": "letter.pdf"} in said["changed"]
    assert main([str(tmp_path / "absent.zip")]) == 2


def test_cp5_a_file_that_is_no_dossier_is_called_that_in_one_line(
    place: Path, whole: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    other = tmp_path / "photo.jpg"
    for content in (b"\xff\xd8\xff\xe0 a picture", b""):
        other.write_bytes(content)
        assert main([str(other)]) == 2
        said = capsys.readouterr()
        assert (said.out, said.err) == ("", f"这不是卷宗，没有可核验的内容：{other}\n")
    (tmp_path / "empty").mkdir()
    assert main([str(tmp_path / "empty")]) == 2
    for changed in (b"XX" + whole[2:], whole[: len(whole) // 2]):  # a dossier that was changed is still one
        other.write_bytes(changed)
        assert main([str(other)]) == 1


@given(st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, 2**20))
def test_cp5_a_torn_dossier_is_read_calmly(place: Path, whole: bytes, turns: list[tuple[int, int]], end: int) -> None:
    torn = bytearray(whole[: 1 + end % len(whole)])
    for at, value in turns:
        torn[at % len(torn)] = value
    bent = place.with_name("torn.zip")
    bent.write_bytes(torn)
    assert verify(bent).is_intact == (bytes(torn) == whole)


def test_cp5_a_changed_file_is_named_once_and_nothing_contradicts_it(place: Path, whole: bytes) -> None:
    bent = place.with_name("bent.zip")
    bent.write_bytes(whole.replace(b"the letter", b"the lettre", 1))
    report = verify(bent)
    assert report.changed == [Said("changed", "letter.pdf")]
    assert {said.code for said in report.sound} == {"chains", "signed"}


def test_cp5_names_from_a_file_do_not_steer_the_terminal() -> None:
    report = Report(changed=[Said("changed", "\x1b[2Jletter")])
    assert "\x1b" not in as_text(report)
    assert all(len(texts) == 2 and all(texts) for texts in SAYS.values())


def test_cp5_the_check_needs_nothing_but_python(place: Path, whole: bytes, tmp_path: Path) -> None:
    """The folder is copied elsewhere and run without any installed package; then the signature is said unchecked."""
    shutil.copytree(ROOT / "huiyin" / "verify", tmp_path / "verify")
    alone = "import sys; sys.path.insert(0, sys.argv[1]); from verify.command import main; sys.exit(main(sys.argv[2:]))"
    command = [sys.executable, "-I", "-S", "-c", alone, str(tmp_path), str(place), "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "no_cryptography" in {said["code"] for said in json.loads(ran.stdout)["unchecked"]}


def test_cp5_the_check_also_works_without_our_program(place: Path, whole: bytes, tmp_path: Path) -> None:
    folder = unpack(place, tmp_path / "d")
    ran = subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=folder, capture_output=True, check=False)
    assert ran.returncode == 0
