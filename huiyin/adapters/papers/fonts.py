"""Which characters our fonts can draw, read from their `cmap` tables (OpenType, formats 4 and 12)."""

import struct
from functools import lru_cache
from pathlib import Path

from django.conf import settings


def folders() -> list[Path]:
    """The folders of the fonts that papers use."""
    return [Path(folder) for folder in settings.PAPER_FONTS]


@lru_cache(maxsize=1)
def drawable() -> frozenset[int]:
    """Every code point that some font of ours has a glyph for."""
    found = [path for folder in folders() for path in sorted(folder.glob("*.ttf"))]
    if not found:
        raise FileNotFoundError(f"no fonts in {[str(folder) for folder in folders()]}: run ./run setup")
    return frozenset().union(*(code_points(path.read_bytes()) for path in found))


def code_points(font: bytes) -> set[int]:
    """The code points of one TrueType font."""
    cmap = _table(font, b"cmap")
    count = struct.unpack_from(">H", cmap, 2)[0]
    places = {struct.unpack_from(">L", cmap, 8 + 8 * index)[0] for index in range(count)}
    found: set[int] = set()
    for place in places:
        kind = struct.unpack_from(">H", cmap, place)[0]
        if kind in _READERS:
            found |= _READERS[kind](cmap[place:])
    return found


def _table(font: bytes, wanted: bytes) -> bytes:
    for index in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _, begins, length = struct.unpack_from(">4s3L", font, 12 + 16 * index)
        if tag == wanted:
            return font[begins : begins + length]
    return b"\0\0\0\0"


def _segments(table: bytes) -> set[int]:
    """Format 4: parallel arrays of first and last code points."""
    doubled = struct.unpack_from(">H", table, 6)[0]
    last = struct.unpack_from(f">{doubled // 2}H", table, 14)
    first = struct.unpack_from(f">{doubled // 2}H", table, 16 + doubled)
    return {code for a, b in zip(first, last, strict=True) for code in range(a, b + 1)} - {0xFFFF}


def _groups(table: bytes) -> set[int]:
    """Format 12: groups of first and last code points."""
    count = struct.unpack_from(">L", table, 12)[0]
    spans = (struct.unpack_from(">2L", table, 16 + 12 * index) for index in range(count))
    return {code for first, last in spans for code in range(first, last + 1)}


_READERS = {4: _segments, 12: _groups}
