"""CP5: files are named by their bytes, whole or not there, and never silently replaced."""

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from huiyin.adapters.storage.disk import DiskFiles
from huiyin.lib.errors import Refusal, Unavailable
from huiyin.lib.files import Health, Spoiled, Stored

MOST = 1 << 20
DATA = "账单截图".encode() * 1000
SHA = hashlib.sha256(DATA).hexdigest()
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def files(tmp_path: Path) -> DiskFiles:
    return DiskFiles(tmp_path / "files")


def put(files: DiskFiles, data: bytes = DATA) -> Stored:
    return files.put(io.BytesIO(data), most=MOST)


def path_of(tmp_path: Path, sha256: str = SHA) -> Path:
    return tmp_path / "files" / sha256[:2] / sha256[2:]


def spoil(tmp_path: Path) -> None:
    path = path_of(tmp_path)
    path.chmod(0o600)
    path.write_bytes(b"X" + DATA[1:])


def test_cp5_a_file_is_kept_under_the_hash_of_its_bytes(files: DiskFiles, tmp_path: Path) -> None:
    assert put(files) == Stored(SHA, len(DATA))
    assert path_of(tmp_path).read_bytes() == files.read(SHA) == DATA
    assert not path_of(tmp_path).stat().st_mode & 0o077


def test_cp5_the_same_file_twice_is_kept_once(files: DiskFiles, tmp_path: Path) -> None:
    assert put(files) == put(files)
    assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()].count(SHA[2:]) == 1
    assert list((tmp_path / "files" / ".new").iterdir()) == []


def test_cp5_many_at_once_keep_one_whole_file(files: DiskFiles) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(lambda _: put(files), range(40)))
    assert kept == {Stored(SHA, len(DATA))}
    assert files.health(SHA) is Health.WHOLE


def test_cp4_a_file_beyond_the_limit_is_refused_and_leaves_nothing(files: DiskFiles, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as no:
        put(files, bytes(MOST + 1))
    assert (no.value.code, no.value.params) == ("file_too_large", {"limit_mb": 1})
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


class Endless(io.RawIOBase):
    """Five gigabytes, and what was really read of them."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        self.taken += size
        return bytes(size) if self.taken < 5 << 30 else b""


def test_cp4_five_gigabytes_are_not_read_to_the_end(files: DiskFiles) -> None:
    endless = Endless()
    with pytest.raises(Refusal):
        files.put(endless, most=MOST)  # type: ignore[arg-type]
    assert endless.taken <= MOST + (2 << 20)


def test_cp5_changed_bytes_are_found_and_not_handed_out(files: DiskFiles, tmp_path: Path) -> None:
    put(files)
    spoil(tmp_path)
    assert files.health(SHA) is Health.DAMAGED
    with pytest.raises(Spoiled) as fault:
        files.read(SHA)
    assert fault.value.health is Health.DAMAGED


def test_cp5_a_missing_file_is_said(files: DiskFiles) -> None:
    assert files.health(SHA) is Health.GONE
    with pytest.raises(Spoiled):
        files.read(SHA)


def test_cp5_a_damaged_file_is_put_aside_when_its_bytes_come_again(files: DiskFiles, tmp_path: Path) -> None:
    put(files)
    spoil(tmp_path)
    assert put(files).was_spoiled
    assert files.read(SHA) == DATA
    aside = list((tmp_path / "files" / ".damaged").iterdir())
    assert [path.read_bytes()[:1] for path in aside] == [b"X"]


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, SHA[:-1], SHA + "/.."])
def test_cp5_only_a_hash_names_a_file(files: DiskFiles, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        files.read(name)


def test_cp5_what_no_row_names_is_swept_after_a_day(files: DiskFiles, tmp_path: Path) -> None:
    put(files)
    other = put(files, b"nobody wants this")
    (tmp_path / "files" / ".new" / "part").write_bytes(b"cut off")
    assert files.sweep(lambda names: {SHA}, before=datetime.now(UTC) - timedelta(days=1)) == 0
    assert files.sweep(lambda names: {SHA}, before=TOMORROW) == 2
    assert files.health(SHA) is Health.WHOLE
    assert files.health(other.sha256) is Health.GONE


def test_cp5_a_file_put_again_during_the_sweep_stays(files: DiskFiles, tmp_path: Path) -> None:
    put(files)
    os.utime(path_of(tmp_path), (0, 0))

    def somebody_puts_it_again(names: list[str]) -> set[str]:
        put(files)
        return set()

    assert files.sweep(somebody_puts_it_again, before=datetime.now(UTC) - timedelta(days=1)) == 0
    assert files.read(SHA) == DATA


def test_cp5_a_full_disk_is_said_and_leaves_nothing(
    files: DiskFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable):
        put(files)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
