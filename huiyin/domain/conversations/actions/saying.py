"""Saying something in a conversation: text, files, notes, and what the program says itself."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection, transaction

from huiyin.domain.conversations.actions.writing import Draft, SentFile, append, is_same, readable
from huiyin.domain.conversations.evasions import found_in
from huiyin.domain.conversations.events import PersonWished
from huiyin.domain.conversations.lines import line, number, time_of
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.conversations.presence import SEEN_EVERY
from huiyin.domain.conversations.talk import Side, State, Verb, side_of, why_not
from huiyin.domain.conversations.wishes import wish_in
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import current, verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.promises import Kind
from huiyin.domain.routing.queries import open_item, place
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.lib.postgresql import often

# every message reads this much of its conversation, under the lock
_NEEDED = (
    "matter", "state", "case", "buyer", "buyer_waits_since", "buyer_read", "buyer_seen_at", "last_seq",
    "agent__agent_no",
)  # fmt: skip
_NOW = often.Read(lambda pk: Conversation.objects.filter(pk=pk).select_related("agent").only(*_NEEDED))
NOTE, WORDS = "conversation", "words said"
MOST_FILES, MOST_FILE_BYTES = 50, 200 << 20  # of one conversation
MOST_A_MINUTE, MINUTE_S = 60, 60  # of a buyer: nobody types faster


@verb
def say(
    conversation: Conversation, text: str, *, by: str, now: datetime, client_id: str = "", internal: bool = False
) -> Message:  # fmt: skip
    """Write in a conversation. The same `client_id` again is the message there is.

    Raises Refusal: `nothing_written`, `too_long`, `talk_ended` (with its case's number), `not_your_talk`,
    `not_taken_yet`, `too_often`, `client_id_taken` (it says something else)."""
    draft = Draft(readable(text), by, internal=internal, client_id=client_id)
    return _say(conversation, draft, now)


@verb
def attach(conversation: Conversation, file: SentFile, *, by: str, now: datetime, client_id: str = "") -> Message:
    """Send a file whose bytes are in the file store already. Raises Refusal as `say`, and `too_many_files`."""
    return _say(conversation, Draft(file.name, by, kind="file", client_id=client_id, file=file), now)


@verb
def whisper(conversation: Conversation, text: str, person: Person, *, now: datetime) -> Message:
    """Somebody who leads tells the agent something that the buyer never sees. Raises Refusal `only_leads`."""
    if not person.leads:
        raise Refusal("only_leads")
    return _say(conversation, Draft(readable(text), person.by, internal=True), now)


def _say(conversation: Conversation, draft: Draft, now: datetime) -> Message:
    locked = journal.lock_one(conversation.matter_id)
    fresh = _as_it_stands(conversation, locked)
    if (no := _why_not(fresh, draft, locked, now)) is not None:
        if (known := _said_before(locked, draft)) is not None:
            return known  # whoever sends again learns that it arrived, also after the end
        raise no
    keep_in_mind(fresh, draft.text if draft.kind == "text" else "")
    if draft.by.startswith("staff:") and not draft.internal and draft.kind == "text":
        draft = _with_evasions(fresh, draft)
    message, is_new = append(locked, replace(draft, marks=not draft.internal), now=now, tell=_topics(fresh, locked))
    if not is_new:
        return message
    if not draft.internal and side_of(draft.by) is Side.AGENT:  # the first answer is the first word of a person
        promises.keep(locked, Kind.FIRST_ANSWER, by=draft.by, now=now)
    if draft.internal and fresh.agent is not None and fresh.agent.by == draft.by:
        often.change(fresh, agent_read=message.seq)  # what one has written one has read
    if side_of(draft.by) is Side.BUYER and (wish := wish_in(draft.text)) is not None:
        journal.record(locked, PersonWished(wish=wish.value), by=draft.by, now=now, tell=())
        _say_place(fresh, locked, now=now)
    return message


def _say_place(fresh: Conversation, locked: Matter, *, now: datetime) -> None:
    """CH2: whoever asks for a person while they wait for one reads where they stand, once a minute."""
    item = open_item(locked) if fresh.state == State.QUEUED else None
    if item is None or limits.count(f"place:{locked.no}", MINUTE_S, now) > 1:
        return
    here = place(item, now)
    owed = next(iter(promises.running(locked, Kind.FIRST_ANSWER)), None)
    if here.expected_wait_s is None and owed is not None:
        say_system(fresh, locked, "in_queue_later", now=now, by=time_of(owed.due, fresh.language))
    elif here.ahead:
        say_system(fresh, locked, "in_queue", now=now, ahead=str(here.ahead))
    else:
        say_system(fresh, locked, "in_queue_next", now=now)


def _as_it_stands(conversation: Conversation, locked: Matter) -> Conversation:
    """The conversation under its lock. Whatever changes it beside marks of reading records a fact: where none has come
    since it was read with its matter, it need not be read again."""
    if conversation.read_at_head == locked.head_seq:
        return conversation
    return _NOW(conversation.pk)[0]


def keep_in_mind(fresh: Conversation, text: str = "") -> None:
    """What follows from a message (reactions.py) need not read the row again in this verb, nor its text."""
    if (chapter := current()) is not None:
        chapter.notes[NOTE, fresh.matter_id] = fresh
        chapter.notes[WORDS, fresh.matter_id] = text


def being_said(matter: Matter) -> str:
    """The text that is being written on this matter in this verb; empty for a file, and outside of one."""
    chapter = current()
    return str(chapter.notes.get((WORDS, matter.pk), "")) if chapter is not None else ""


def _said_before(locked: Matter, draft: Draft) -> Message | None:
    if not draft.client_id:
        return None
    known = Message.objects.filter(matter=locked, client_id=draft.client_id).first()
    return known if known is not None and is_same(known, draft) else None


def _why_not(fresh: Conversation, draft: Draft, locked: Matter, now: datetime) -> Refusal | None:
    if draft.internal:
        return None
    if (no := why_not(Verb.SAY, State(fresh.state))) is not None:
        return Refusal(no.code, **no.params | {"no": fresh.case.no if fresh.case else ""})
    if draft.by.startswith("staff:") and (fresh.agent is None or fresh.agent.by != draft.by):
        return Refusal("not_your_talk" if fresh.agent else "not_taken_yet")
    if draft.by == "buyer" and _is_flood(fresh, now):
        return Refusal("too_often", seconds=MINUTE_S)
    return _too_full(locked, draft.file) if draft.file is not None else None


def _is_flood(fresh: Conversation, now: datetime) -> bool:
    """Whether the buyer has written enough for this minute. They are counted only where the last sixty messages of all
    are younger than that: one look at an index, and none in a short conversation."""
    first = fresh.last_seq - MOST_A_MINUTE + 1
    if first < 1:
        return False
    rows, since = Message.objects.filter(matter=fresh.matter_id), now - timedelta(seconds=MINUTE_S)
    if not rows.filter(seq=first, at__gt=since).exists():
        return False
    theirs = rows.filter(at__gt=since, author="buyer")
    return theirs.count() >= MOST_A_MINUTE


def _too_full(locked: Matter, file: SentFile) -> Refusal | None:
    sizes = list(Message.objects.filter(matter=locked, kind="file").values_list("size", flat=True))
    if len(sizes) >= MOST_FILES or sum(sizes) + file.size > MOST_FILE_BYTES:
        return Refusal("too_many_files", limit=MOST_FILES)
    return None


def _with_evasions(fresh: Conversation, draft: Draft) -> Draft:
    """AI6: what was said in spite of the hint is counted."""
    found = tuple(one.value for one in found_in(draft.text, has_case=fresh.case_id is not None))
    return replace(draft, evasions=found)


def _topics(fresh: Conversation, locked: Matter) -> tuple[str, ...]:
    return (f"talk:{locked.no}", f"agent:{fresh.agent.agent_no}") if fresh.agent else (f"talk:{locked.no}", "talks")


def say_system(conversation: Conversation, locked: Matter, code: str, *, now: datetime, **values: str) -> Message:
    """A line of the program's own, in the buyer's language; `no` is filled in by itself."""
    values = {"no": number(conversation.case.no if conversation.case else locked.no)} | values
    words = line(code, conversation.language, **values)
    draft = Draft(words, "system", kind="system", marks=True)
    message, _ = append(locked, draft, now=now, tell=(f"talk:{locked.no}", "talks"))
    conversation.last_seq = message.seq
    return message


@verb
def read_up_to(conversation: Conversation, seq: int, *, by: str, now: datetime) -> None:
    """This side has seen everything up to `seq`. Never goes back; not a fact. Of staff only whoever talks with the
    buyer counts: a reader along is nobody the buyer waits for."""
    is_ours = side_of(by) is Side.AGENT
    column = "agent_read" if is_ours else "buyer_read"
    rows = Conversation.objects.filter(pk=conversation.pk, last_seq__gte=seq, **{f"{column}__lt": seq})
    rows = rows.filter(agent__agent_no=by.removeprefix("staff:")) if is_ours else rows
    if rows.update(**{column: seq}):
        nudge(f"talk:{conversation.matter.no}")


@verb
def typing(conversation: Conversation, *, by: str) -> None:
    """This side is typing: told to whoever looks, kept nowhere. Of staff only whoever talks with the buyer counts: what
    a reader along types, the buyer may never see."""
    side = side_of(by)
    if side is not Side.AGENT or (conversation.agent is not None and conversation.agent.by == by):
        nudge(f"typing:{conversation.matter.no}.{side.value}")


# Whoever wrote a moment ago has been seen then. Few at a time: a message waits for the rows of its statement.
_SEEN = """
UPDATE conversations_conversation SET buyer_seen_at = %s
WHERE id = ANY(%s) AND (buyer_seen_at IS NULL OR buyer_seen_at < %s)
"""
SEEN_AT_ONCE = 50


def seen(conversation_ids: list[int], *, now: datetime) -> None:
    """These buyers have their page open. Not a fact, nudges nobody, waits for no disk: behind it streams are opened."""
    for begin in range(0, len(conversation_ids), SEEN_AT_ONCE):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
            often.count(_SEEN, [now, conversation_ids[begin : begin + SEEN_AT_ONCE], now - SEEN_EVERY / 2])
