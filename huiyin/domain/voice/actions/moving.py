"""HL16: whoever waits on the phone waits on in a chat, from the same place. The call ends with words about it."""

from datetime import datetime

from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.routing.states import Kind as ItemKind
from huiyin.domain.voice.actions.callbacks import drop
from huiyin.domain.voice.actions.locking import lock, talk_of, topics
from huiyin.domain.voice.actions.talking import QUIET
from huiyin.domain.voice.calls import IN_QUEUE, State, Verb, target
from huiyin.domain.voice.events import CallChanged
from huiyin.domain.voice.models import Call, Callback
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

WHY = "changed_channel"  # of routing.KEPT


@verb
def change_to_chat(call: Call, *, now: datetime) -> tuple[Call, Conversation]:
    """Wait on in a chat, from the same place; the conversation's token opens it. Who has hung up meanwhile and is to be
    called back changes in the same way. Harmless to repeat.

    Raises Refusal `call_not_now` (nobody waits here, or somebody has come), `call_over`, `talk_not_now`, `item_over`
    (somebody is about to call back)."""
    ours = lock(call)
    talk = talk_of(ours)
    if talk is None:
        raise Refusal("call_not_now", state=ours.state, verb=Verb.CHANGE.value)
    if talk.channel == "chat":
        return ours, talk
    waiting = Callback.objects.filter(talk=ours.talk_id, state="open").first()
    state = State(ours.state) if waiting is not None else target(Verb.CHANGE, State(ours.state))
    conversations.wait_otherwise(talk, ItemKind.CHAT, WHY, by="buyer", now=now)
    if waiting is not None:
        drop(waiting, WHY, now=now)
    if ours.state in IN_QUEUE:
        often.change(ours, **{**QUIET, "state": state.value})
    journal.record(ours.matter, CallChanged(verb=Verb.CHANGE.value), by="buyer", now=now, tell=topics(ours))
    nudge("calls")
    return ours, talk
