"""What was said, who waits, who talks. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from huiyin.domain.contacts.models import Buyer
from huiyin.domain.conversations.models import OPEN, Canned, Conversation, Message
from huiyin.domain.conversations.tokens import digest_of
from huiyin.domain.journal.models import Matter
from huiyin.domain.staff.models import Person
from huiyin.lib.postgresql import often

MOST = 200
_WITH = ("matter", "agent", "buyer", "case", "contact")
_BY_TOKEN = often.Read(
    lambda digest: Conversation.objects.select_related("matter", "agent", "case").filter(token_digest=digest)
)
_ALL_AFTER = often.Read(
    lambda matter, seq: Message.objects.filter(matter=matter, seq__gt=seq).order_by("seq")[:MOST]
)  # fmt: skip
_SHOWN_AFTER = often.Read(
    lambda matter, seq: Message.objects.filter(matter=matter, seq__gt=seq, internal=False).order_by("seq")[:MOST]
)


def messages_after(conversation: Conversation, seq: int, *, for_staff: bool, most: int = MOST) -> list[Message]:
    """What was said after a place, in order, at most 200; notes and whispers for staff only."""
    read = _ALL_AFTER if for_staff else _SHOWN_AFTER
    return read(conversation.matter_id, seq)[:most]


def find_by_token(token: str) -> Conversation | None:
    """The conversation this token opens."""
    return _BY_TOKEN.first(digest_of(token))


def find_by_no(no: str) -> Conversation | None:
    """The conversation with this number."""
    return Conversation.objects.select_related(*_WITH).filter(matter__no=no).first()


def inbox_of(person: Person) -> list[Conversation]:
    """Somebody's open conversations, those that wait for a word of ours first. Served by the index `talk_open`."""
    mine = Conversation.objects.select_related(*_WITH).filter(agent=person, state__in=OPEN)
    return sorted(mine, key=lambda one: (one.buyer_waits_since is None, one.buyer_waits_since or one.last_at))


def all_open(most: int = 500) -> list[Conversation]:
    """Every open conversation, for those who lead; the longest quiet first."""
    return list(Conversation.objects.select_related(*_WITH).filter(state__in=OPEN).order_by("last_at")[:most])


def talks_of(case: Matter) -> list[Conversation]:
    """The conversations that belong to a case, the oldest first."""
    return list(Conversation.objects.select_related(*_WITH).filter(case=case).order_by("started_at"))


def history_of(buyer: Buyer, most: int = 20) -> list[Conversation]:
    """CH6: what this person talked with us about before, the newest first."""
    return list(Conversation.objects.select_related(*_WITH).filter(buyer=buyer).order_by("-started_at")[:most])


def latest_of(visitor: str) -> Conversation | None:
    """The newest conversation of a browser, by its own name for itself."""
    rows = Conversation.objects.select_related(*_WITH).filter(visitor=visitor).order_by("-started_at")
    return rows.first() if visitor else None


def words_of_buyer(conversation: Conversation) -> str:
    """Everything the buyer wrote, a line a message."""
    rows = Message.objects.filter(matter=conversation.matter_id, internal=False, kind="text").order_by("seq")
    theirs = (
        text for author, text in rows.values_list("author", "text") if not author.startswith(("staff:", "system"))
    )
    return "\n".join(theirs)


def unread_for_staff(conversations: list[Conversation]) -> dict[int, int]:
    """Messages of the buyer that the agent has not seen, by conversation; one statement however many they are."""
    counts = dict.fromkeys((one.pk for one in conversations), 0)
    by_matter = {one.matter_id: one for one in conversations}
    rows = Message.objects.filter(matter__in=by_matter, internal=False).exclude(kind="system")
    for matter, seq in rows.exclude(author__startswith="staff:").values_list("matter_id", "seq"):
        one = by_matter[matter]
        counts[one.pk] += seq > one.agent_read
    return counts


def waiting_and_gone(before: datetime, most: int = 100) -> list[Conversation]:
    """Those who wait and whose page has been closed since. Served by the index `talk_waiting_seen`."""
    gone = Conversation.objects.select_related(*_WITH).filter(state="queued", buyer_seen_at__lt=before)
    return list(gone.order_by("buyer_seen_at")[:most])


def canned_for(person: Person, query: str = "", language: str = "") -> QuerySet[Canned]:
    """Replies kept ready, of this person's team and of all; `query` is what was typed after `/`."""
    rows = Canned.objects.filter(team__in=["", person.team]).order_by("slug")
    rows = rows.filter(language=language) if language else rows
    return rows.filter(slug__istartswith=query) | rows.filter(title__icontains=query) if query else rows


@dataclass(frozen=True, slots=True)
class News:
    """What is new in one conversation: its row as it stands, and the messages after a place."""

    conversation: Mapping[str, Any]
    messages: list[Message]


_STATES = (
    "id", "matter_id", "matter__no", "state", "agent__agent_no", "queue", "buyer_read", "agent_read", "last_seq",
    "ended_at", "outcome", "case__no", "next_step", "next_by", "urgent", "rating",
)  # fmt: skip
# One look at all conversations somebody watches: each by its own place, through the index `message_seq`.
_NEWS = """
SELECT wanted.no, message.id FROM unnest(%s::text[], %s::int[]) AS wanted(no, seq)
JOIN journal_matter AS matter ON matter.no = wanted.no
JOIN LATERAL (
    SELECT id, seq FROM conversations_message WHERE matter_id = matter.id AND seq > wanted.seq ORDER BY seq LIMIT 200
) AS message ON true
"""


def news_of(places: Mapping[str, int]) -> dict[str, News]:
    """By number: the row and what was said after that place, for every conversation somebody watches; two or three
    statements however many they are. What has no conversation is not named."""
    rows = {row["matter__no"]: row for row in Conversation.objects.filter(matter__no__in=places).values(*_STATES)}
    found = often.run(_NEWS, [list(places), list(places.values())])
    said: dict[str, list[Message]] = {no: [] for no in rows}
    messages = Message.objects.in_bulk([key for _, key in found])
    for no, key in found:
        if no in said:
            said[no].append(messages[key])
    return {no: News(row, sorted(said[no], key=lambda one: one.seq)) for no, row in rows.items()}
