"""Locking a call with everything that its verbs touch, in ascending order: its matter, the one where its conversation
is, that of the conversation's case, and of whoever takes it."""

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.voice.models import Call
from huiyin.lib.postgresql import often

_FRESH = often.Read(lambda pk: Call.objects.filter(pk=pk).select_related("agent", "contact", "buyer", "ticket"))
_CASE = often.Rows(lambda talk: Conversation.objects.filter(matter=talk).values_list("case_id"))
_TALK = often.Read(
    lambda matter: Conversation.objects.filter(matter=matter).select_related("agent", "contact", "case", "buyer")
)  # fmt: skip


def lock(call: Call, *matter_ids: int) -> Call:
    """The call as it stands, under its locks; `matter_ids`: of others that are needed beside it."""
    cases = (
        [case for (case,) in _CASE(call.talk_id) if case] if call.queued_at or call.talk_id != call.matter_id else []
    )
    held = {one.pk: one for one in journal.lock(call.matter_id, call.talk_id, *cases, *matter_ids)}
    fresh = _FRESH(call.pk)[0]
    fresh.matter, fresh.talk = held[fresh.matter_id], held[fresh.talk_id]
    return fresh


def talk_of(call: Call) -> Conversation | None:
    """The conversation of a locked call, once it waits for a person."""
    return talk_on(call.talk)


def talk_on(matter: Matter) -> Conversation | None:
    """The conversation of a locked matter."""
    talk = _TALK.first(matter.pk)
    if talk is not None:
        talk.matter = matter
    return talk


def topics(call: Call) -> tuple[str, ...]:
    """Who looks at a call."""
    agent = (f"agent:{call.agent.agent_no}",) if call.agent else ()
    return (f"talk:{call.talk.no}", "talks", *agent)
