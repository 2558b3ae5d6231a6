"""Who is kept out of a conversation (CP21): whoever it complains about neither sees nor takes it. Reads only."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.states import Kind
from huiyin.domain.staff.models import Person
from huiyin.lib.postgresql import often


def not_about(person: Person) -> QuerySet[Conversation]:
    """All conversations but those this person is kept out of."""
    if not person.is_active:
        return Conversation.objects.none()
    barred = _barred(person, [person.pk])
    return Conversation.objects.exclude(case__case__about_agents__contains=[person.agent_no]).exclude(barred)


def seen_by(person: Person) -> QuerySet[Conversation]:
    """One's own, what waits, and for those who lead all of them, but nothing that complains about oneself."""
    seen = not_about(person)
    return seen if person.leads else seen.filter(Q(agent=None) | Q(agent=person) | Q(state="queued"))


def is_kept_out(person: Person, conversation_id: int) -> bool:
    """Whether this conversation is none of this person's business. Asked with every message of an agent."""
    return not person.is_active or bool(_KEPT_OUT(conversation_id, person.pk, [person.pk], [person.agent_no]))


def _kept_out(conversation: Any, person: Any, people: Any, agent_nos: Any) -> QuerySet[Conversation, Any]:
    named = Q(case__case__about_agents__contains=agent_nos)
    return Conversation.objects.filter(named | _barred(person, people), pk=conversation).values_list("pk")


def _barred(person: Any, people: Any) -> Exists:
    """Somebody who had it in hand until it named them is kept out, too. Of cases those are barred as well who have
    decided on them: they may read what was said."""
    theirs = Q(agent=person, agent__isnull=False)
    items = Item.objects.filter(~theirs, matter=OuterRef("matter"), barred__contains=people)
    return Exists(items.exclude(kind=Kind.CASE))


_KEPT_OUT = often.Rows(_kept_out)
