"""Bytes of an original, whole or a part of them (RFC 9110, 14): players ask for parts of long sound and film."""

import re

from django.http import HttpRequest, HttpResponse

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def answer_bytes(request: HttpRequest, data: bytes, mime: str, sha256: str) -> HttpResponse:
    """200 with all of it, 206 with the part that was asked for, 416 where there is none. The hash is the ETag, so that
    `If-Range` never joins parts of two files. Several parts at once get all of it, as the standard allows."""
    mark = f'"{sha256}"'
    wanted = _wanted(request, mark, len(data))
    if wanted is None:
        answer = HttpResponse(data, content_type=mime)
    elif not wanted:
        answer = HttpResponse(status=416, content_type=mime)
        answer["Content-Range"] = f"bytes */{len(data)}"
    else:
        answer = HttpResponse(data[wanted.start : wanted.stop], status=206, content_type=mime)
        answer["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{len(data)}"
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = mark
    return answer


def _wanted(request: HttpRequest, mark: str, size: int) -> range | None:
    """The part asked for, empty where it lies outside; None = all of it."""
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if request.method != "GET" or found is None or request.headers.get("If-Range", mark) != mark:
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size) if last else None
    if last and int(last) < int(first):
        return None  # not a range at all
    return range(int(first), min(int(last) + 1 if last else size, size))
