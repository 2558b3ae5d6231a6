"""A conversation becomes a case or joins one. The case is made above, in cases; here the conversation says so."""

from datetime import datetime

from huiyin.domain.conversations.actions.saying import say_system
from huiyin.domain.conversations.events import ConversationFiled
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often


def filed(conversation: Conversation, locked: Matter, case: Matter, *, by: str, now: datetime) -> None:
    """This conversation (locked) belongs to that case (locked) from now on. Raises Refusal `talk_has_case` where it
    belongs to another one."""
    if conversation.case_id == case.pk and journal.facts_of(locked, ConversationFiled.name):
        return
    if conversation.case_id not in {None, case.pk}:
        raise Refusal("talk_has_case", no=conversation.case.no if conversation.case else "")
    often.change(conversation, case=case)
    is_joined = case.pk != locked.pk
    journal.record(locked, ConversationFiled(case_no=case.no, joined=is_joined), by=by, now=now)
    if conversation.outcome == "":
        say_system(conversation, locked, "joined_case" if is_joined else "became_case", now=now)
    nudge(f"talk:{locked.no}", f"matter:{case.no}", "talks")
