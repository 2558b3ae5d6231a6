"""What was said, as the page shows it: by days, ours and theirs, files, the marks of reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from huiyin.domain.conversations.models import Conversation, Message
from huiyin.web.desk.exhibits import SHOWN
from huiyin.web.ui.words_desk import by_text

PAGE = 200


@dataclass(frozen=True, slots=True)
class SentFile:
    name: str
    url: str
    size: int
    is_picture: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `day` is filled where a new day begins."""

    seq: int
    kind: str  # buyer | ours | note | system
    text: str
    who: str
    at: datetime
    clock: str
    day: str
    day_id: str
    client: str
    is_read: bool
    file: SentFile | None


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a conversation. `earlier`: there is more before; `is_past`: this is not the newest part."""

    lines: list[Line]
    last: int
    first: int = 0
    earlier: bool = False
    is_past: bool = False
    more: bool = False


def newest(talk: Conversation, now: datetime, before: int = 0) -> Said:
    """The last page, or the one that ends before this place."""
    rows = _rows(talk)
    upto = rows.filter(seq__lt=before) if before else rows
    found = list(upto.order_by("-seq")[: PAGE + 1])
    shown = found[PAGE - 1 :: -1] if len(found) > PAGE else found[::-1]
    last = shown[-1].seq if shown else 0
    if before:  # an old part stays as it is; what is new is fetched when the reader goes back to the end
        last = max(last, talk_end(talk))
    first = shown[0].seq if shown else 0
    return Said(_lines(talk, shown, None, now), last, first, earlier=len(found) > PAGE, is_past=bool(before))


def after(talk: Conversation, seq: int, now: datetime) -> Said:
    """What came after this place, at most a page. The message at the place itself tells which day it was."""
    found = list(_rows(talk).filter(seq__gte=seq).order_by("seq")[: PAGE + 2])
    before = found[0] if found and found[0].seq == seq else None
    new = found[1:] if before else found
    shown = new[:PAGE]
    last = shown[-1].seq if shown else seq
    return Said(_lines(talk, shown, before, now), last, more=len(new) > PAGE)


def talk_end(talk: Conversation) -> int:
    """The place of the newest message, notes too."""
    newest_seq = _rows(talk).order_by("-seq").values_list("seq", flat=True).first()
    return newest_seq or 0


def _rows(talk: Conversation) -> QuerySet[Message]:
    return Message.objects.filter(matter=talk.matter_id)


def _lines(talk: Conversation, rows: Sequence[Message], before: Message | None, now: datetime) -> list[Line]:
    lines, day = [], _day(before) if before else ""
    for row in rows:
        here = _day(row)
        lines.append(_line(talk, row, "" if here == day else _day_name(row, now)))
        day = here
    return lines


def _line(talk: Conversation, row: Message, day: str) -> Line:
    kind = kind_of(row)
    who = by_text(row.author) if kind in {"ours", "note"} else ""
    return Line(
        seq=row.seq, kind=kind, text="" if row.sha256 and row.text == row.name else row.text, who=who, at=row.at,
        clock=f"{timezone.localtime(row.at):%H:%M}", day=day, day_id=_day(row), client=row.client_id,
        is_read=kind == "ours" and row.seq <= talk.buyer_read, file=_file(talk, row) if row.sha256 else None,
    )  # fmt: skip


def kind_of(row: Message) -> str:
    """Whose word it is. Programs bring what buyers gave them."""
    if row.kind == "system" or row.author == "system":
        return "system"
    if not row.author.startswith("staff:"):
        return "buyer"
    return "note" if row.internal else "ours"


def _file(talk: Conversation, row: Message) -> SentFile:
    url = reverse("desk:talk_file", args=[talk.matter.no, row.seq])
    return SentFile(row.name, url, row.size, row.mime in SHOWN)


def _day(row: Message) -> str:
    return f"{timezone.localtime(row.at):%Y-%m-%d}"


def _day_name(row: Message, now: datetime) -> str:
    local, today = timezone.localtime(row.at).date(), timezone.localtime(now).date()
    if local == today:
        return gettext("Today")
    if (today - local).days == 1:
        return gettext("Yesterday")
    values = {"year": local.year, "month": local.month, "day": local.day}
    return gettext("%(month)s/%(day)s") % values if local.year == today.year else f"{local:%Y-%m-%d}"
