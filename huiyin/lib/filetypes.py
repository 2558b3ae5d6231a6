"""What a file really is, proven from its content; its name and what the browser says count for nothing (pure).

Allowed is what people have to show: pictures, PDF, plain text, recordings, short films. Everything else is refused with
the name of what it is; archives and programs above all, whatever they call themselves.
"""

import codecs
from dataclasses import dataclass
from typing import BinaryIO

import puremagic

from huiyin.lib import pictures
from huiyin.lib.errors import Refusal
from huiyin.lib.pictures import Size

MOST_PIXELS = 120_000_000  # phones make pictures of 108 megapixels
LONGEST_SIDE = 65_500
CHUNK = 1 << 16
MOVIE_HEAD = 4 << 20  # the description of a film; ours last minutes, so that it is far smaller

_SIZES = {"jpeg": pictures.jpeg, "png": pictures.png, "webp": pictures.webp, "gif": pictures.gif}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
_FILM = {*(f"iso{n}".encode() for n in "m23456789"), b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"}
_VOICE = {b"M4A ", b"M4B "}
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"<?php", b"#!/")


@dataclass(frozen=True, slots=True)
class Proven:
    """Type and, of a picture, size in pixels. `ending` goes with the type, without a dot."""

    mime: str
    ending: str
    size: Size | None = None


def prove(stream: BinaryIO) -> Proven:
    """Read a seekable stream and leave it at its start. Raises Refusal: `file_type` with what it seems to be,
    `picture_too_large`, `file_empty`."""
    stream.seek(0)
    head = stream.read(CHUNK)
    if not head:
        raise Refusal("file_empty")
    proven = _picture(stream, head) or _box(stream, head) or _sound(head) or _document(stream, head)
    stream.seek(0)
    if proven is None:
        raise Refusal("file_type", seems=_seems(head))
    return proven


def _picture(stream: BinaryIO, head: bytes) -> Proven | None:
    for ending, measure in _SIZES.items():
        if size := measure(stream):
            return Proven(f"image/{ending}", "jpg" if ending == "jpeg" else ending, _bearable(size))
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC and (size := pictures.heic(stream)):
        return Proven("image/heic", "heic", _bearable(size))
    return None


def _bearable(size: Size) -> Size:
    if size.pixels > MOST_PIXELS or max(size.width, size.height) > LONGEST_SIDE:
        raise Refusal("picture_too_large", width=size.width, height=size.height, limit_megapixels=MOST_PIXELS // 10**6)
    return size


def _box(stream: BinaryIO, head: bytes) -> Proven | None:
    """MP4 and M4A: boxes inside one another; whether there is a picture track stands in `moov`."""
    if head[4:8] != b"ftyp" or head[8:12] not in _FILM | _VOICE:
        return None
    tracks = _movie(stream)
    if b"vide" in tracks:
        return Proven("video/mp4", "mp4")
    return Proven("audio/mp4", "m4a") if b"soun" in tracks else None


def _movie(stream: BinaryIO) -> bytes:
    """The `moov` box, found by stepping over the others; empty where the boxes do not fit into each other."""
    at = 0
    for _ in range(10_000):
        stream.seek(at)
        head = stream.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if len(head) < 8 or length < 8:
            return b""
        if head[4:8] == b"moov":
            stream.seek(at)
            return stream.read(min(length, MOVIE_HEAD))
        at += length
    return b""


def _sound(head: bytes) -> Proven | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE" and b"fmt " in head[12:4096]:
        return Proven("audio/wav", "wav")
    if head.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return Proven("audio/amr", "amr")
    return Proven("audio/mpeg", "mp3") if _is_mp3(head) else None


def _is_mp3(head: bytes) -> bool:
    """An ID3 tag, or two frames one behind the other: a single sync word occurs by chance."""
    if head[:3] == b"ID3" and len(head) > 10 and max(head[6:10]) < 0x80:
        return True
    length = _frame_length(head)
    return bool(length) and bool(_frame_length(head[length:]))


def _frame_length(frame: bytes) -> int:
    """Bytes of an MPEG audio layer III frame, 0 where there is none (ISO 11172-3, 2.4.3.1)."""
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xE6 != 0xE2:
        return 0
    is_1 = frame[1] & 0x18 == 0x18
    rates = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    rates_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    rate, sampling = frame[2] >> 4, frame[2] >> 2 & 3
    if rate in {0, 15} or sampling == 3 or frame[1] & 0x18 == 0x08:
        return 0
    hertz = (44100, 48000, 32000)[sampling] // (1 if is_1 else 2 if frame[1] & 0x18 == 0x10 else 4)
    bits = (rates if is_1 else rates_2)[rate - 1] * 1000
    return (144 if is_1 else 72) * bits // hertz + (frame[2] >> 1 & 1)


def _document(stream: BinaryIO, head: bytes) -> Proven | None:
    if head.startswith(b"%PDF-") and head[5:6] in {b"1", b"2"}:
        return Proven("application/pdf", "pdf")
    return Proven("text/plain", "txt") if _is_text(stream, head) else None


def _is_text(stream: BinaryIO, head: bytes) -> bool:
    """Plain text in UTF-8 or GB 18030, without control characters; no markup and no script."""
    if head.removeprefix(codecs.BOM_UTF8).lstrip()[:12].lower().startswith(_MARKUP):
        return False
    return any(_decodes(stream, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(CHUNK):
            if any(ord(letter) < 32 and letter not in "\t\n\r\f" for letter in decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _seems(head: bytes) -> str:
    """A short name of what it is instead, for the refusal; empty where nobody knows."""
    try:
        return puremagic.from_string(head)[1:9]
    except (puremagic.PureError, ValueError, IndexError):
        return ""
