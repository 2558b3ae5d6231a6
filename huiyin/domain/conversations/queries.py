"""What was said, who waits, who talks. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from huiyin.domain.contacts.models import Buyer
from huiyin.domain.conversations.models import OPEN, Canned, Conversation, Message
from huiyin.domain.conversations.tokens import digest_of, is_shaped
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing import states as routing
from huiyin.domain.routing.models import Item
from huiyin.domain.staff.models import Person
from huiyin.lib.postgresql import often

MOST = 200
_WITH = ("matter", "agent", "buyer", "case", "contact")
# every request of a buyer begins with this
_BY_TOKEN = often.Read(
    lambda digest: (
        Conversation.objects.select_related("matter", "agent", "case")
        .defer(
            "agent__password", "agent__matter", "agent__email", "agent__team", "agent__last_login", "matter__head_hash"
        )
        .filter(token_digest=digest)
    )
)
# every request of an agent begins with this
_BY_NO = often.Read(lambda no: Conversation.objects.select_related(*_WITH).filter(matter__no=no))
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


class Entrance(NamedTuple):
    """What decides who may listen: thousands come back at once when a process has been killed."""

    pk: int
    token_digest: str
    ended_at: datetime | None
    state: str
    agent_id: int | None
    last_seq: int
    newest: int  # notes included


_ENTRANCE = """
SELECT talk.id, talk.token_digest, talk.ended_at, talk.state, talk.agent_id, talk.last_seq,
    (SELECT coalesce(max(seq), 0) FROM conversations_message WHERE matter_id = talk.matter_id)
FROM conversations_conversation AS talk JOIN journal_matter AS matter ON matter.id = talk.matter_id
WHERE matter.no = %s
"""


def entrance(no: str) -> Entrance | None:
    """The entrance of the conversation with this number, in one cheap statement."""
    rows = often.run(_ENTRANCE, [no])
    return Entrance(*rows[0]) if rows else None


def is_begun(visitor: str, client_id: str) -> bool:
    """Whether this browser's opening is there already: sending it again begins nothing."""
    known = Conversation.objects.filter(visitor=visitor, client_id=client_id)
    return bool(visitor and client_id) and known.exists()


def sent_as(conversation: Conversation, client_id: str, by: str) -> Message | None:
    """What this sender said here under their own name for it."""
    rows = Message.objects.filter(matter=conversation.matter_id, client_id=client_id, author=by)
    return rows.first() if client_id else None


def find_by_token(token: str) -> Conversation | None:
    """The conversation this token opens."""
    return _with_head(_BY_TOKEN.first(digest_of(token))) if is_shaped(token) else None


def find_by_no(no: str) -> Conversation | None:
    """The conversation with this number."""
    return _with_head(_BY_NO.first(no))


def _with_head(read: Conversation | None) -> Conversation | None:
    """Remember where its chain ended when it was read: as long as that is its end, it stands as it was read."""
    if read is not None:
        read.read_at_head = read.matter.head_seq
    return read


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


def said_about(case: Matter, *others: int) -> QuerySet[Message]:
    """What was said on a case, on these other matters, and in the conversations that joined it, the oldest first."""
    of_case = Q(matter__in=[case.pk, *others]) | Q(matter__in=Conversation.objects.filter(case=case).values("matter"))
    return Message.objects.filter(of_case).select_related("matter").order_by("at", "pk")


def history_of(buyer: Buyer, most: int = 20) -> list[Conversation]:
    """CH6: what this person talked with us about before, the newest first."""
    return list(Conversation.objects.select_related(*_WITH).filter(buyer=buyer).order_by("-started_at", "-pk")[:most])


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


def waiting_and_gone(before: datetime, most: int = 100) -> list[Conversation]:
    """Those who wait and whose page has been closed since, without those whom a program speaks for: it has no page,
    and those who will be called. Served by the index `talk_waiting_seen`."""
    gone = Conversation.objects.select_related(*_WITH).filter(state="queued", buyer_seen_at__lt=before)
    elsewhere = Message.objects.filter(matter=OuterRef("matter"), seq=1, author__startswith="api:")
    called = Item.objects.filter(matter=OuterRef("matter"), kind=routing.Kind.CALLBACK, state__in=routing.OPEN)
    return list(gone.exclude(Exists(elsewhere)).exclude(Exists(called)).order_by("buyer_seen_at")[:most])


def canned_for(person: Person) -> QuerySet[Canned]:
    """Replies kept ready, of this person's team and of all."""
    return Canned.objects.filter(team__in=["", person.team]).order_by("slug")


class Said(NamedTuple):
    """A message as a stream tells it."""

    seq: int
    client_id: str
    kind: str
    author: str
    internal: bool
    text: str
    at: datetime
    sha256: str
    mime: str
    size: int
    name: str


class Standing(NamedTuple):
    """How a conversation stands, as a stream tells it. `head` is that of its matter: what it was when we looked."""

    no: str
    head: int
    matter_id: int
    pk: int
    state: str
    agent_no: str | None
    queue: str
    buyer_read: int
    agent_read: int
    last_seq: int
    outcome: str
    case_no: str | None
    urgent: bool
    ended_at: datetime | None
    next_step: str
    next_by: datetime | None
    rating: int | None


@dataclass(frozen=True, slots=True)
class News:
    """What is new in one conversation: how it stands, and what was said after a place, in order."""

    standing: Standing
    said: list[Said]


_STANDING = """
    matter.no, matter.head_seq, matter.id, talk.id, talk.state, agent.agent_no, talk.queue, talk.buyer_read,
    talk.agent_read, talk.last_seq, talk.outcome, filed.no, talk.urgent, talk.ended_at, talk.next_step, talk.next_by,
    talk.rating
"""
# One look at all conversations somebody watches: each from its own place on, through the index `message_seq`.
_NEWS = f"""
SELECT {_STANDING},
    said.seq, said.client_id, said.kind, said.author, said.internal, said.text, said.at, said.sha256, said.mime,
    said.size, said.name
FROM unnest(%s::text[], %s::int[]) AS wanted(no, seq)
JOIN journal_matter AS matter ON matter.no = wanted.no
JOIN conversations_conversation AS talk ON talk.matter_id = matter.id
LEFT JOIN staff_person AS agent ON agent.id = talk.agent_id
LEFT JOIN journal_matter AS filed ON filed.id = talk.case_id
LEFT JOIN LATERAL (
    SELECT * FROM conversations_message WHERE matter_id = matter.id AND seq > wanted.seq ORDER BY seq LIMIT {MOST}
) AS said ON true
ORDER BY matter.no, said.seq
"""
_MOVED = """
SELECT wanted.no FROM unnest(%s::text[], %s::int[]) AS wanted(no, head)
JOIN journal_matter AS matter ON matter.no = wanted.no WHERE matter.head_seq <> wanted.head
"""


def news_of(places: Mapping[str, int]) -> dict[str, News]:
    """By number: how it stands and what was said after that place (at most 200), for every conversation somebody
    watches; one statement however many they are. What is no conversation is not named."""
    found: dict[str, News] = {}
    width = len(Standing._fields)
    for row in often.run(_NEWS, [list(places), list(places.values())]):
        news = found.setdefault(row[0], News(Standing(*row[:width]), []))
        if row[width] is not None:
            news.said.append(Said(*row[width:]))
    return found


def moved_since(heads: Mapping[str, int]) -> list[str]:
    """The numbers of those matters whose chain has another end now: whoever missed a nudge notices by this."""
    return [no for (no,) in often.run(_MOVED, [list(heads), list(heads.values())])]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation as both sides know it: without notes and whispers."""

    conversation: Conversation
    messages: list[Message]


def transcript(conversation: Conversation) -> Transcript:
    """Everything both sides said, in order."""
    rows = Message.objects.filter(matter=conversation.matter_id, internal=False).order_by("seq")
    return Transcript(conversation, list(rows))
