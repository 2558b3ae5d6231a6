"""The form of a dossier's ZIP. It is fixed to the last byte: files stored as they are, one after the other, the time
always midnight of 1 January 1980, so that the same content gives the same bytes and every changed byte shows."""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from .report import Report

PIECE = 1 << 20
LONGEST_READ = 256 << 20  # of what is read as a whole
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_UTF8, _STORED, _MIDNIGHT, _DAY_ONE, _UNIX, _READABLE = 0x800, 0, 0, 0x21, 0x0314, 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the ZIP: where its bytes begin, how many, and their CRC-32."""

    name: str
    size: int
    crc: int
    offset: int = 0  # of its header

    @property
    def header(self) -> bytes:
        """What stands before its bytes; the whole form is fixed, so that every changed byte shows."""
        name = self.name.encode()
        fixed = (20, _UTF8, _STORED, _MIDNIGHT, _DAY_ONE, self.crc, self.size, self.size, len(name), 0)
        return _LOCAL.pack(b"PK\x03\x04", *fixed) + name

    @property
    def line(self) -> bytes:
        """Its line in the ZIP's directory."""
        name = self.name.encode()
        fixed = (_UNIX, 20, _UTF8, _STORED, _MIDNIGHT, _DAY_ONE, self.crc, self.size, self.size, len(name))
        return _CENTRAL.pack(b"PK\x01\x02", *fixed, 0, 0, 0, 0, _READABLE, self.offset) + name

    @property
    def after(self) -> int:
        return self.offset + len(self.header) + self.size


def directory(entries: Sequence[Entry]) -> bytes:
    """What stands at the end of the ZIP."""
    lines = b"".join(entry.line for entry in entries)
    begins = entries[-1].after if entries else 0
    return lines + _END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(lines), begins, 0)


@dataclass(slots=True)
class Parts:
    """The files of a dossier, in a ZIP or in a folder, with their hashes as they are now."""

    place: Path
    entries: dict[str, Entry] = field(default_factory=dict)  # only of a ZIP
    sha256: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def read(self, name: str) -> bytes:
        """A whole file; empty where there is none."""
        if name not in self.sizes or self.sizes[name] > LONGEST_READ:
            return b""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        if not self.entries:
            yield from _pieces_of_file(self.place / name)
            return
        entry = self.entries[name]
        with self.place.open("rb") as file:
            file.seek(entry.after - entry.size)
            yield from _pieces(file, entry.size)


def is_dossier(place: Path) -> bool:
    """Whether there is anything to check: a ZIP, whole or torn, or a folder with a manifest or its seal. A dossier that
    was changed is still one."""
    if place.is_dir():
        return any((place / name).is_file() for name in ("manifest.json", "manifest.json.sig", "SHA256SUMS"))
    with place.open("rb") as file:
        return file.read(4) == b"PK\x03\x04" or zipfile.is_zipfile(place)


def open_folder(place: Path) -> Parts:
    parts = Parts(place)
    for path in sorted(path for path in place.rglob("*") if path.is_file()):
        _hash(parts, path.relative_to(place).as_posix(), _pieces_of_file(path))
    return parts


def open_zip(place: Path, report: Report) -> Parts:
    """Walk the files one by one. Where the form is not ours the place is named, and the ZIP's own directory tells where
    the other files are."""
    parts, last = Parts(place), ""
    with place.open("rb") as file:
        while (entry := _next_entry(file, last, report)) is not None:
            _take(parts, entry, file, report)
            last = entry.name
        if not report.changed:
            entries = list(parts.entries.values())
            file.seek(entries[-1].after if entries else 0)
            _compare_directory(file.read(LONGEST_READ), entries, report)
            return parts
        for entry in _by_directory(place):
            if entry.name not in parts.entries:
                file.seek(entry.offset + len(entry.header))
                _take(parts, entry, file, report)
    return parts


def _take(parts: Parts, entry: Entry, file: BinaryIO, report: Report) -> None:
    parts.entries[entry.name] = entry
    if _hash(parts, entry.name, _pieces(file, entry.size)) != entry.crc:
        report.bad("changed", entry.name)


def _by_directory(place: Path) -> list[Entry]:
    """What the directory says; nothing where it cannot be read, or where files are packed."""
    try:
        with zipfile.ZipFile(place) as packed:
            found = [Entry(one.filename, one.file_size, one.CRC, one.header_offset) for one in packed.infolist()]
            is_plain = all(_is_plain(one) for one in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        return []
    return found if is_plain else []


def _is_plain(one: zipfile.ZipInfo) -> bool:
    return one.compress_type == _STORED and one.file_size < 1 << 32 and 0 <= one.header_offset < 1 << 32


def _next_entry(file: BinaryIO, last: str, report: Report) -> Entry | None:
    offset = file.tell()
    raw = file.read(_LOCAL.size)
    if raw[:4] == b"PK\x01\x02" or (offset == 0 and raw[:2] != b"PK"):
        return None
    where = f"after {last}" if last else "first file"
    if len(raw) < _LOCAL.size:
        report.bad("container", where)
        return None
    *_, crc, size, _, length, _ = _LOCAL.unpack(raw)
    name = file.read(length).decode("utf-8", "replace")
    entry = Entry(name, size, crc, offset)
    if entry.header != raw + name.encode():
        is_packed = offset == 0 and raw[:4] == b"PK\x03\x04" and raw[4:14] != entry.header[4:14]
        is_named = raw[:4] == b"PK\x03\x04" and name.isprintable() and name
        report.bad("repacked" if is_packed else "container", name if is_named else where)
        return None
    return entry


def _compare_directory(found: bytes, entries: list[Entry], report: Report) -> None:
    expected = directory(entries)
    if found == expected:
        return
    differs = next((i for i, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b), len(expected))
    for entry in entries:
        if differs < len(entry.line):
            report.bad("container", entry.name)
            return
        differs -= len(entry.line)
    report.bad("container", "end of the directory")


def _hash(parts: Parts, name: str, pieces: Iterator[bytes]) -> int:
    digest, crc, size = hashlib.sha256(), 0, 0
    for piece in pieces:
        digest.update(piece)
        crc, size = zlib.crc32(piece, crc), size + len(piece)
    parts.sha256[name], parts.sizes[name] = digest.hexdigest(), size
    return crc


def _pieces_of_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from _pieces(file, path.stat().st_size)


def _pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left > 0 and (piece := file.read(min(PIECE, left))):
        left -= len(piece)
        yield piece
