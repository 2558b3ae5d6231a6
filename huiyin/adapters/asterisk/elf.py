"""Which libraries a 64-bit little-endian ELF file needs: enough of the format for that, and no more (elf(5))."""

import struct
from pathlib import Path

_DYNAMIC_SEGMENT, _LOADED_SEGMENT = 2, 1
_END, _NEEDED, _STRINGS = 0, 1, 5


def needed(file: Path) -> list[str]:
    """The sonames in the dynamic section; none for what is no such file."""
    image = file.read_bytes()
    if image[:6] != b"\x7fELF\x02\x01":
        return []
    segments = _segments(image)
    entries = [
        entry for kind, start, _, size in segments if kind == _DYNAMIC_SEGMENT for entry in _entries(image, start, size)
    ]
    names = next((_offset(segments, value) for tag, value in entries if tag == _STRINGS), 0)
    return [_text(image, names + value) for tag, value in entries if tag == _NEEDED]


def _segments(image: bytes) -> list[tuple[int, int, int, int]]:
    """Kind, offset in the file, address in memory and size of each segment."""
    table, size, count = struct.unpack_from("<32xQ14xHH", image)
    found = []
    for number in range(count):
        kind, start, address, length = struct.unpack_from("<I4xQQ8xQ", image, table + number * size)
        found.append((kind, start, address, length))
    return found


def _entries(image: bytes, start: int, size: int) -> list[tuple[int, int]]:
    found = []
    for tag, value in struct.iter_unpack("<qQ", image[start : start + size]):
        if tag == _END:
            break
        found.append((tag, value))
    return found


def _offset(segments: list[tuple[int, int, int, int]], address: int) -> int:
    """Where in the file lies what is at this address in memory."""
    for kind, start, begin, size in segments:
        if kind == _LOADED_SEGMENT and begin <= address < begin + size:
            return start + address - begin
    return address


def _text(image: bytes, at: int) -> str:
    return image[at : image.index(b"\0", at)].decode()
