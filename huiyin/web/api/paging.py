"""Pages by key, not by count: the cursor says where the last page ended, so that nothing is skipped or doubled."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from huiyin.lib.errors import Refusal

PAGE = 50
BIGGEST_ID = 2**63 - 1
Place = tuple[datetime, int]
T = TypeVar("T")


def cursor(place: Place) -> str:
    """The place as opaque text."""
    return base64.urlsafe_b64encode(f"{place[0].isoformat()}|{place[1]}".encode()).decode().rstrip("=")


def place_of(text: str) -> Place | None:
    """Where to go on; None for the first page. Raises Refusal('cursor_invalid')."""
    if not text:
        return None
    try:
        at, _, pk = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
        place = datetime.fromisoformat(at), int(pk)
    except (ValueError, binascii.Error) as fault:
        raise Refusal("cursor_invalid") from fault
    if place[0].tzinfo is None or not 0 <= place[1] <= BIGGEST_ID or not 1970 < place[0].year < 2200:
        raise Refusal("cursor_invalid")
    return place


def page(rows: Sequence[T], most: int | None = None) -> tuple[Sequence[T], bool]:
    """Of one more row than `most` (PAGE, if none is named): those to show, and whether there are more."""
    most = most or PAGE
    return rows[:most], len(rows) > most
