"""CP4: a file is what its content proves, never what its name says."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from huiyin.lib.errors import Refusal
from huiyin.lib.filetypes import MOST_PIXELS, prove
from tests.samples import M4A, MP3, MP4, PDF, WAV, heic, picture, png_that_claims

NO = {
    "zip": b"PK\x03\x04" + bytes(100),
    "exe": b"MZ\x90\x00" + bytes(200),
    "elf": b"\x7fELF" + bytes(200),
    "gzip": b"\x1f\x8b\x08\x00" + bytes(100),
    "html": b"\n <HTML><script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "jpeg without a picture": b"\xff\xd8\xff\xe0" + bytes(100),
    "png without a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "webp that is none": b"RIFF\x10\x00\x00\x00WEBP" + bytes(40),
    "a lone sync word": b"\xff\xfb\x90\x00" + bytes(500),
    "mp4 without a film": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    "nul": b"text with \x00 inside",
    "half a letter": "回音".encode()[:-1] + b"\xff",
}


def _zip_of_zeros() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.jpg", bytes(5_000_000))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (picture("JPEG"), "image/jpeg"), (picture("PNG"), "image/png"), (picture("GIF"), "image/gif"),
        (picture("WEBP"), "image/webp"), (heic(4032, 3024), "image/heic"), (PDF, "application/pdf"),
        ("客服说 24 小时内处理\n".encode(), "text/plain"), ("客服说".encode("gb18030"), "text/plain"),
        (MP3, "audio/mpeg"), (WAV, "audio/wav"), (M4A, "audio/mp4"), (MP4, "video/mp4"),
        (b"#!AMR\n" + bytes(64), "audio/amr"),
    ],
)  # fmt: skip
def test_cp4_what_people_show_is_known_by_its_content(data: bytes, mime: str) -> None:
    stream = io.BytesIO(data)
    assert prove(stream).mime == mime
    assert stream.tell() == 0


@pytest.mark.parametrize("kind", NO)
def test_cp4_everything_else_is_refused_whatever_it_calls_itself(kind: str) -> None:
    with pytest.raises(Refusal) as no:
        prove(io.BytesIO(NO[kind]))
    assert no.value.code == "file_type"


def test_cp4_an_archive_is_refused_by_its_name() -> None:
    with pytest.raises(Refusal) as no:
        prove(io.BytesIO(_zip_of_zeros()))
    assert no.value.params["seems"]


def test_cp4_an_empty_file_is_refused() -> None:
    with pytest.raises(Refusal) as no:
        prove(io.BytesIO())
    assert no.value.code == "file_empty"


@pytest.mark.parametrize("bomb", [png_that_claims(50_000, 50_000), png_that_claims(70_000, 1), heic(40_000, 40_000)])
def test_cp4_a_small_file_that_unpacks_to_gigabytes_is_refused(bomb: bytes) -> None:
    with pytest.raises(Refusal) as no:
        prove(io.BytesIO(bomb))
    assert no.value.code == "picture_too_large"


@pytest.mark.parametrize(("width", "height"), [(12_000, 9_000), (1, 1)])
def test_cp4_what_telephones_make_is_no_bomb(width: int, height: int) -> None:
    size = prove(io.BytesIO(png_that_claims(width, height))).size
    assert size is not None
    assert (size.width, size.height) == (width, height)
    assert size.pixels <= MOST_PIXELS


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_cp4_the_size_is_the_one_a_decoder_finds(form: str) -> None:
    data = picture(form, 123, 45)
    size = prove(io.BytesIO(data)).size
    assert size is not None
    assert (size.width, size.height) == Image.open(io.BytesIO(data)).size


def test_cp4_a_lossless_webp_has_its_size_elsewhere() -> None:
    out = io.BytesIO()
    Image.new("RGB", (321, 77)).save(out, "WEBP", lossless=True)
    size = prove(io.BytesIO(out.getvalue())).size
    assert size is not None
    assert (size.width, size.height) == (321, 77)


def test_cp4_a_jpeg_with_long_segments_before_the_picture_is_read_to_the_end() -> None:
    plain = picture("JPEG", 64, 48)
    thumbnail = b"\xff\xe1" + struct.pack(">H", 65_000) + bytes(64_998)
    size = prove(io.BytesIO(plain[:2] + thumbnail * 3 + plain[2:])).size
    assert size is not None
    assert (size.width, size.height) == (64, 48)


HEADS = [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF", b"\0\0\0\x18ftypmp42"]


@given(st.binary(max_size=400), st.sampled_from(HEADS))
def test_cp4_any_bytes_are_a_type_or_a_refusal(tail: bytes, head: bytes) -> None:
    try:
        assert "/" in prove(io.BytesIO(head + tail)).mime
    except Refusal as no:
        assert no.code in {"file_type", "file_empty", "picture_too_large"}
