"""Pictures of the evidence made fit for paper: upright, on white, no larger than paper can show.

The original is never touched; what is printed is a copy, and the hash beside it is that of the original. What cannot be
printed is said with its reason, and never holds up a letter.
"""

import io
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from huiyin.domain.cases.letter import Exhibit
from huiyin.lib.files import Spoiled
from huiyin.lib.filetypes import MOST_PIXELS

LONGEST = 1_400  # pixels: 17 cm at 210 dots an inch
BEARABLE = 40_000_000  # pixels of a format that must be read whole; a JPEG is read at a fraction of its size
WIDEST_PT, TALLEST_PT = 430.0, 270.0
QUALITY = 82
DRAWN = {"image/jpeg", "image/png", "image/webp", "image/gif"}
_UNPRINTED = {"image": "format", "audio": "sound", "video": "film", "application": "document", "text": "document"}


@dataclass(frozen=True, slots=True)
class Print:
    """A copy as JPEG and its size on paper, in points."""

    jpeg: bytes
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Prints:
    """What was made of the exhibits: pictures by number, and why others are none: `format`, `sound`, `film`,
    `document`, `too_large`, `unreadable`, `spoiled`."""

    pictures: Mapping[int, Print]
    reasons: Mapping[int, str]

    @property
    def spoiled(self) -> list[int]:
        return [no for no, reason in self.reasons.items() if reason == "spoiled"]


NONE = Prints({}, {})


def prints_of(exhibits: Iterable[Exhibit], read: Callable[[str], bytes]) -> Prints:
    """Copies of what people brought. `read` gives the original with this SHA-256 or raises `Spoiled`."""
    pictures: dict[int, Print] = {}
    reasons: dict[int, str] = {}
    for one in exhibits:
        if one.source == "system":
            continue  # records of ours: their content stands in the letter
        made = _made(one, read)
        if isinstance(made, Print):
            pictures[one.no] = made
        else:
            reasons[one.no] = made
    return Prints(pictures, reasons)


def _made(one: Exhibit, read: Callable[[str], bytes]) -> Print | str:
    if one.mime not in DRAWN:
        return _UNPRINTED.get(one.mime.split("/")[0], "format")
    try:
        return _print(read(one.sha256))
    except Spoiled:
        return "spoiled"
    except _TooLarge:
        return "too_large"
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):  # Pillow's ways to give up on a file
        return "unreadable"


class _TooLarge(Exception):
    """Reading it whole would take more memory than a letter is worth."""


def _print(original: bytes) -> Print:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # measured against MOST_PIXELS when it came in
        with Image.open(io.BytesIO(original)) as opened:
            opened.draft("RGB", (LONGEST, LONGEST))  # only JPEG heeds it
            pixels = opened.width * opened.height
            if pixels > (MOST_PIXELS if opened.format == "JPEG" else BEARABLE):
                raise _TooLarge
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONGEST, LONGEST))
            return _printed(_on_white(upright))


def _on_white(picture: Image.Image) -> Image.Image:
    whole = picture.convert("RGBA")
    paper = Image.new("RGB", whole.size, "white")
    paper.paste(whole, mask=whole.getchannel("A"))
    return paper


def _printed(picture: Image.Image) -> Print:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    width, height = picture.width * 0.75, picture.height * 0.75  # CSS pixels
    scale = min(1.0, WIDEST_PT / width, TALLEST_PT / height)
    return Print(out.getvalue(), round(width * scale, 1), round(height * scale, 1))
