"""How large a picture says it is, read from its head without decoding it (pure).

Whoever opens a picture pays for its pixels, not for its bytes: a few kilobytes can unpack to gigabytes. Width and
height stand in the head of every format, so that bombs are refused before anything draws them.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

# Start-of-frame markers of JPEG carry the size; C4, C8 and CC in that range mean something else (ITU T.81, table B.1).
_SOF = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_HEIC_HEAD = 1 << 18  # the item properties stand in the first boxes


@dataclass(frozen=True, slots=True)
class Size:
    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height


def png(stream: BinaryIO) -> Size | None:
    head = _from(stream, 0, 24)
    if head[:8] != b"\x89PNG\r\n\x1a\n" or head[12:16] != b"IHDR":
        return None
    return _size(">II", head[16:24])


def gif(stream: BinaryIO) -> Size | None:
    head = _from(stream, 0, 10)
    return _size("<HH", head[6:10]) if head[:6] in {b"GIF87a", b"GIF89a"} else None


def jpeg(stream: BinaryIO) -> Size | None:
    """Walks from segment to segment to the start of the frame."""
    at = 2
    if _from(stream, 0, 2) != b"\xff\xd8":
        return None
    while len(head := _from(stream, at, 9)) >= 4 and head[0] == 0xFF:
        marker = head[1]
        if marker in _SOF:
            size = _size(">HH", head[5:9])
            return Size(size.height, size.width) if size else None  # the height comes first
        if marker == 0xFF:  # a byte of padding
            at += 1
        elif marker in _STANDALONE:
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(head[2:4], "big"))
    return None


def webp(stream: BinaryIO) -> Size | None:
    head = _from(stream, 0, 30)
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or len(head) < 30:
        return None
    if head[12:16] == b"VP8X":
        return Size(int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1)
    if head[12:16] == b"VP8L" and head[20] == 0x2F:
        bits = int.from_bytes(head[21:25], "little")
        return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if head[12:16] == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[26:30])
        return Size(width & 0x3FFF, height & 0x3FFF)
    return None


def heic(stream: BinaryIO) -> Size | None:
    """The largest of the sizes it names (`ispe`): tiles and thumbnails have sizes of their own."""
    head, sizes, at = _from(stream, 0, _HEIC_HEAD), [], 0
    while (at := head.find(b"ispe", at) + 4) > 3:
        if size := _size(">II", head[at + 4 : at + 12]):
            sizes.append(size)
    return max(sizes, key=lambda size: size.pixels, default=None)


def _from(stream: BinaryIO, at: int, count: int) -> bytes:
    stream.seek(at)
    return stream.read(count)


def _size(layout: str, data: bytes) -> Size | None:
    if len(data) != struct.calcsize(layout):
        return None
    width, height = struct.unpack(layout, data)
    return Size(width, height) if width and height else None
