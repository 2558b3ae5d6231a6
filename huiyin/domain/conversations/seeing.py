"""Who is kept out of a conversation (CP21): whoever it complains about neither sees nor takes it. Reads only."""

from django.db.models import Exists, OuterRef, QuerySet

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.routing.models import Item
from huiyin.domain.staff.models import Person


def not_about(person: Person) -> QuerySet[Conversation]:
    """All conversations but those this person is kept out of."""
    if not person.is_active:
        return Conversation.objects.none()
    items = Item.objects.filter(matter=OuterRef("matter"))
    barred = Exists(items.filter(barred__contains=[person.pk])) & ~Exists(items.filter(agent=person))
    return Conversation.objects.exclude(case__case__about_agents__contains=[person.agent_no]).exclude(barred)


def is_kept_out(person: Person, conversation_id: int) -> bool:
    """Whether this conversation is none of this person's business."""
    return not not_about(person).filter(pk=conversation_id).exists()
