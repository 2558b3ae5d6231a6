"""Small files of every kind that people send, made here."""

import io
import struct
import wave
import zlib

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
MP3 = (b"\xff\xfb\x90\x00" + bytes(413)) * 3


def picture(form: str = "PNG", width: int = 64, height: int = 48, shade: int = 200) -> bytes:
    """A picture of one colour; another `shade` makes another file."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (shade, 90, 40)).save(out, form)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of this size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(64))), (b"IEND", b"")]
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def _box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + name + data


def heic(width: int, height: int) -> bytes:
    """The head of a picture as iPhones make them, with the size of a thumbnail before its own."""
    sizes = b"".join(_box(b"ispe", bytes(4) + struct.pack(">II", *one)) for one in ((320, 240), (width, height)))
    return _box(b"ftyp", b"heic\0\0\0\0mif1heic") + _box(b"meta", bytes(4) + sizes)


def film(brand: bytes, track: bytes) -> bytes:
    """An MP4 with one track of this kind, its description behind the data as phones write it."""
    moov = _box(b"moov", _box(b"hdlr", bytes(8) + track + bytes(12)))
    return _box(b"ftyp", brand + bytes(4) + brand) + _box(b"mdat", bytes(2000)) + moov


MP4, M4A = film(b"mp42", b"vide"), film(b"isom", b"soun")


def _wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(1600))
    return out.getvalue()


WAV = _wav()
