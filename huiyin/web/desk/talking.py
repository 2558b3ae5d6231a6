"""Which conversations somebody may see, and how they stand in lists. Reads only.

Whoever is complained about neither sees nor takes that conversation (CP21). What is under way is seen by whoever has it
or had it and by those who lead; what has ended belongs to the history of the buyer, which everybody here may read.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext

from huiyin.domain.conversations.models import OPEN, Conversation, Message
from huiyin.domain.conversations.seeing import not_about
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import State as PromiseState
from huiyin.domain.routing.models import Item
from huiyin.domain.staff.models import Person
from huiyin.lib.phones import mask_name
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_desk import PROMISES, word
from huiyin.web.ui.words_desk_live import TALK_STATES, URGENTS, span

LAST_WORDS = 80
PATIENCE_S = 60  # a buyer who has waited longer for the next word is said in amber


@dataclass(frozen=True, slots=True)
class TalkLine:
    """A conversation in the list of what waits. It is due since somebody took it: a person is on the other end."""

    no: str
    title: str
    last: str
    state: str
    waits: str
    waits_since: datetime | None
    urgent: str
    tone: str
    unread: int
    ring: Ring | None
    sign: str
    since: datetime
    is_talk: bool = True


def talks_for(person: Person) -> QuerySet[Conversation]:
    """The conversations this person may see."""
    known = not_about(person)
    if person.leads:
        return known
    held = Item.objects.filter(matter=OuterRef("matter"), agent=person)
    return known.filter(Q(agent=person) | Q(state="ended") | Exists(held))


def mine(person: Person, now: datetime) -> list[TalkLine]:
    """What this person has in hand, in the order it came: nothing changes places under the pointer."""
    rows = dressed(Conversation.objects.filter(agent=person, state__in=OPEN)).order_by("answered_at", "pk")
    return [_line(row, now) for row in rows]


def dressed(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """With the last word, what is unread and what is owed, in one query."""
    said = Message.objects.filter(matter=OuterRef("matter"))
    unread = said.filter(seq__gt=OuterRef("agent_read")).exclude(author__startswith="staff:").exclude(author="system")
    owed = Promise.objects.filter(matter=OuterRef("matter"), obligor="us", state__in=["running", "paused"])
    ours = JSONObject(kind="kind", started="started", due="due", state="state", words="words")
    return rows.select_related("matter", "buyer", "agent", "case").annotate(
        last_text=Subquery(said.filter(internal=False).exclude(kind="system").order_by("-seq").values("text")[:1]),
        unread=Subquery(unread.order_by().values("matter").annotate(count=Count("pk")).values("count")),
        owed=Subquery(owed.order_by("due").values_list(ours)[:1]),
    )


def _line(row: Any, now: datetime) -> TalkLine:
    since = None if row.channel == "phone" else row.buyer_waits_since  # whoever talks waits for no word
    waited = (now - since).total_seconds() if since else 0
    is_wrap_up = row.state == "wrap_up"
    waits = gettext("waits for you %(time)s") % {"time": span(waited)} if since else ""
    return TalkLine(
        no=row.matter.no, title=name_of(row), last=(row.last_text or "")[:LAST_WORDS], waits=waits,
        waits_since=since, urgent=urgent_text(row),
        state=word(TALK_STATES, row.state), unread=row.unread or 0, ring=ring_of_owed(row.owed, now),
        sign="✎" if is_wrap_up else "☎" if row.channel == "phone" else "…", since=row.answered_at or row.started_at,
        tone="amber-line" if is_wrap_up or waited > PATIENCE_S else "",
    )  # fmt: skip


def urgent_text(row: Conversation) -> str:
    """Why it is urgent; empty where it is not."""
    return word(URGENTS, row.urgent_reason) or gettext("Urgent") if row.urgent else ""


def name_of(row: Conversation) -> str:
    """Who it is, masked."""
    name = row.name or (row.buyer.name if row.buyer else "")
    return mask_name(name) if len(name.strip()) > 1 else gettext("A visitor")


def ring_of_owed(owed: dict[str, str] | None, now: datetime) -> Ring | None:
    """The ring of what we owe next on a conversation."""
    if not owed:
        return None
    what = owed["words"] or word(PROMISES, owed["kind"])
    started, due = datetime.fromisoformat(owed["started"]), datetime.fromisoformat(owed["due"])
    return Ring(started, due, PromiseState(owed["state"]), f"{what}, {deadline(due, now)}", now)
