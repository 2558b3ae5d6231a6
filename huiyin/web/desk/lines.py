"""What the left column shows of each case, and the rings beside everything that is owed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest
from django.urls import reverse

from huiyin.domain.cases.models import NEVER, Case
from huiyin.domain.cases.queries import MOST_COUNTED, Cursor, Filter, counts_for, read_owed, waiting_for
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import State
from huiyin.lib.phones import mask_account, mask_email, mask_name, mask_phone, mask_qq
from huiyin.web.desk.gate import me
from huiyin.web.desk.talking import TalkLine, mine
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_desk import PROMISES, STATES, case_title, word

MASKS = {"email": mask_email, "phone": mask_phone, "qq": mask_qq}


@dataclass(frozen=True, slots=True)
class Line:
    """One case in the list."""

    no: str
    title: str
    who: str
    state: str
    owner: str
    owed: str
    ring: Ring | None
    is_talk: bool = False


def waiting(request: HttpRequest, now: datetime, open_no: str = "", place: str = "desk:matter") -> dict[str, Any]:
    """The left column: the filters with their counts, one page of lines, where the next begins. `place`: the page of
    what is open beside it."""
    which = shown(request)
    cursor = Cursor.read(request.GET.get("after", ""))
    page, chats = waiting_for(me(request), which, cursor), mine(me(request), now)
    counts = {one.value: count for one, count in counts_for(me(request)).items()}
    lines = [line(case, now) for case in page.cases]
    return {
        "which": which.value,
        "counts": {name: _up_to(count) for name, count in (counts | {"mine": counts["mine"] + len(chats)}).items()},
        "lines": _merged(chats, lines) if which is Filter.MINE and cursor is None else lines,
        "after": str(page.after) if page.after else "",
        "since": str(cursor or ""),
        "list_url": reverse(place, args=[open_no]) if open_no else reverse("desk:desk"),
        "open_no": open_no,
        "is_talk": place == "desk:talk",
        "person": me(request),
        "now": now,
    }


def _up_to(count: int) -> int | str:
    return count if count < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def _merged(chats: list[TalkLine], cases: list[Line]) -> list[Line | TalkLine]:
    """Chats and cases in one list by the time left. A chat counts from the moment it was taken: somebody is waiting at
    the other end now, and it stays in its place while it lasts."""
    return sorted([*chats, *cases], key=_due)


def _due(one: Line | TalkLine) -> datetime:
    if isinstance(one, TalkLine):
        return one.since
    return one.ring.due if one.ring else NEVER


def shown(request: HttpRequest) -> Filter:
    """The filter somebody looks through; a form was sent from the page that its Referer names."""
    asked = request.GET.get("show") or parse_qs(urlsplit(request.headers.get("referer", "")).query).get("show", [""])[0]
    return Filter(asked) if asked in set(Filter) else Filter.MINE


def line(case: Case, now: datetime) -> Line:
    """A case as the list shows it; `case` comes from `queries.waiting_for`."""
    owed = read_owed(getattr(case, "owed", None))
    return Line(
        no=case.matter.no, title=case_title(case), who=buyer_name(case), state=word(STATES, case.state),
        owner=case.owner.agent_no if case.owner else "",
        owed=f"{word(PROMISES, owed[0])} · {deadline(owed[3], now)}" if owed else "",
        ring=Ring(owed[2], owed[3], State(owed[1]), word(PROMISES, owed[0]), now) if owed else None,
    )  # fmt: skip


def ring_of(promise: Promise, now: datetime) -> Ring:
    """The ring of a promise."""
    label = f"{word(PROMISES, promise.kind)}, {deadline(promise.due, now)}"
    return Ring(promise.started, promise.due, State(promise.state), label, now)


def buyer_name(case: Case) -> str:
    """The buyer, masked: the name, else the first address we know; empty for nobody."""
    if case.buyer and case.buyer.name:
        return mask_name(case.buyer.name)
    known = getattr(case, "identities", None) or []
    return masked(known[0]["kind"], known[0]["value"]) if known else ""


def masked(kind: str, value: str) -> str:
    """An address of this kind, masked."""
    return MASKS.get(kind, mask_account)(value)
