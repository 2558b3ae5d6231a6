"""Locking a conversation together with its case, in ascending order, so that nobody waits in a circle."""

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.lib.errors import Refusal


def lock_with_case(conversation: Conversation) -> Matter:
    """Lock the matter of a conversation and that of its case, and read the conversation again; returns the first.

    Raises Refusal `changed_meanwhile` where it has just joined an older case that somebody else holds: to wait for that
    one while we hold this would be out of order."""
    wanted = {conversation.matter_id, _case_of(conversation) or conversation.matter_id}
    locked = next(one for one in journal.lock(*wanted) if one.pk == conversation.matter_id)
    conversation.refresh_from_db()
    if conversation.case_id is not None and conversation.case_id not in wanted:
        _lock_late(conversation.case_id)
    return locked


def _case_of(conversation: Conversation) -> int | None:
    return Conversation.objects.values_list("case_id", flat=True).get(pk=conversation.pk)


def _lock_late(case_id: int) -> None:
    """It can only come while we waited for the conversation: its case changes under that lock."""
    if not list(Matter.objects.select_for_update(skip_locked=True).filter(pk=case_id).values_list("pk")):
        raise Refusal("changed_meanwhile")
    journal.lock_one(case_id)
