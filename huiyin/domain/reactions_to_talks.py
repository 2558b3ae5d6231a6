"""When something happens in a chat or call, do that: the part of `reactions.py` about what people say to each other."""

from typing import Any

from django.conf import settings

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions.talks import WRAPPED
from huiyin.domain.contacts.queries import addresses_of
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.events import ConversationEnded, ConversationFiled, MessageLeft, MessageWritten
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.presence import is_away
from huiyin.domain.conversations.talk import Side, side_of
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Fact, Matter
from huiyin.domain.notices import actions as notices
from huiyin.domain.notices.actions import Owed
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.events import ItemHandedOver, ItemLeft, OfferAccepted
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.events import CallbackBooked, RecordingClosed, RecordingErased
from huiyin.domain.voice.hotline.showing import number_that_rings
from huiyin.domain.voice.models import Callback
from huiyin.domain.voice.passes.actions.links import mobile_of
from huiyin.domain.voice.queries import account_of
from huiyin.domain.voice.transcripts import actions as transcripts

KINDS = {"chat", "call", "callback"}  # of items that are conversations


def was_taken(fact: Fact, event: OfferAccepted) -> None:
    """Somebody has the chat or call now; whom we owe a call is called."""
    if event.kind == "call":
        voice.must_ring(fact.matter)
    if event.kind in KINDS:
        kind = event.kind
        conversations.joined(fact.matter, event.agent_no, event.waited_s, by=fact.by, now=fact.at, kind=kind)
    if event.kind == "callback":
        voice.callback_taken(fact.matter, event.agent_no, now=fact.at)


def said(fact: Fact, event: MessageWritten) -> None:
    """In a conversation that is a case, words are what we waited for, or an answer. A buyer who has gone is told that
    somebody wrote, once until they have read it."""
    talk = conversations.of_matter(fact.matter)
    if talk is None or event.internal or event.kind == "system":
        return
    if talk.case_id == fact.matter_id:
        cases.heard(fact.matter_id, by=fact.by, now=fact.at)
    if side_of(fact.by) is Side.BUYER and (text := conversations.being_said(fact.matter)):
        cases.buyer_said(talk, fact.matter, text, by=fact.by, now=fact.at)
    if fact.by.startswith("staff:") and talk.buyer is not None and is_away(talk.buyer_seen_at, fact.at):
        params = {"no": fact.matter.no, "agent_no": fact.by.removeprefix("staff:")}
        owed = Owed("answer", f"talk_answer:{talk.pk}:{talk.buyer_read}", params, language=talk.language)
        notices.owe(owed, addresses_of(talk.buyer), now=fact.at, matter=fact.matter)


def item_was_handed_over(fact: Fact, event: ItemHandedOver) -> None:
    """The chat or call waits for somebody else."""
    if event.kind in KINDS:
        conversations.handed(fact.matter, event.new, event.to, event.why, by=fact.by, now=fact.at)
    if event.kind == "call" and event.why != "taken_over":
        voice.handed(fact.matter, by=fact.by, now=fact.at)


def item_has_left(fact: Fact, event: ItemLeft) -> None:
    """Nobody came: what was written is not lost. A place that is kept another way has not been given up."""
    if event.kind in KINDS and event.why not in routing.KEPT:
        conversations.item_ended(fact.matter, now=fact.at)


def callback_was_booked(fact: Fact, event: CallbackBooked) -> None:
    """OP18: before we call, a text message names the number that will ring and a code. Without text messages nothing
    can be told: the code is said all the same."""
    if not settings.SMS_URL:
        return
    booked = Callback.objects.get(pk=event.callback)
    params = {"until": event.due.isoformat(), "talk_no": fact.matter.no, "number": number_that_rings()}
    owed = Owed("callback", f"callback:{booked.pk}", params, secret=booked.code, language=booked.language)
    notices.owe(owed, {"phone": booked.number}, now=fact.at, matter=fact.matter)


def talk_was_wrapped_up(fact: Fact, event: ConversationEnded) -> None:
    """HL12: what was said on the phone about what comes next is sent, too. A chat has it in writing."""
    talk = Conversation.objects.select_related("agent", "case", "buyer").filter(matter=fact.matter).first()
    if talk is None or talk.channel != "phone" or not event.disposition:
        return
    about = {"no": talk.case.no} if talk.case else {"talk_no": fact.matter.no}
    by = {"until": talk.next_by.isoformat()} if talk.next_step and talk.next_by else {}
    agent_no = talk.agent.agent_no if talk.agent else ""
    params = about | by | {"agent_no": agent_no, "disposition": event.disposition}
    owed = Owed("talk_over", f"talk_over:{talk.pk}", params, secret=talk.next_step, language=talk.language)
    notices.owe(owed, _who_called(talk), now=fact.at, matter=fact.matter)


def is_told_after_call(matter: Matter, address: dict[str, str]) -> bool:
    """Whether the wrap-up that made this matter a case sends number and link to the same address, with the next step:
    nobody gets two messages for one thing."""
    chapter = journal.current()
    talk = chapter.notes.get((WRAPPED, matter.pk)) if chapter else None
    return talk is not None and talk.channel == "phone" and notices.reach(_who_called(talk)) == notices.reach(address)


def _who_called(talk: Conversation) -> dict[str, str]:
    """The telephone they called from; where no text message reaches it, their mail."""
    if settings.SMS_URL and (mobile := mobile_of(talk)):
        return {"phone": mobile}
    mail = addresses_of(talk.buyer).get("email", "") if talk.buyer else ""
    return {"email": mail} if mail else {}


def talk_has_ended(fact: Fact, event: ConversationEnded | MessageLeft) -> None:
    """Nobody is called back about what is over, and no line stays open."""
    voice.talk_ended(fact.matter, now=fact.at)


def message_was_left(fact: Fact, event: MessageLeft) -> None:
    """Zero silence: a message that nobody could take becomes a case with an owner and promises."""
    talk = Conversation.objects.select_related("matter", "contact", "buyer", "agent", "case").get(matter=fact.matter)
    if talk.case_id not in {None, talk.matter_id}:  # the case it had joined has heard it all: `heard_later`
        return
    filing = cases.FromTalk(what_happened=account_of(talk.matter_id, event.why)) if talk.channel == "phone" else None
    cases.from_conversation(talk, filing, by="system", now=fact.at, why=event.why)


def keep_talk_later(fact: Fact, event: ConversationFiled | ConversationEnded) -> tuple[str, dict[str, Any]] | None:
    """Transcript and files of a conversation that belongs to a case become evidence."""
    talk = conversations.of_matter(fact.matter)
    return ("keep_talk", {"conversation_id": talk.pk}) if talk is not None and talk.case_id else None


def heard_later(fact: Fact, event: MessageWritten) -> tuple[str, dict[str, Any]] | None:
    """What is said in a conversation that has joined a case reaches that case, whose matter is locked apart."""
    talk = conversations.of_matter(fact.matter) if fact.matter.topic == "talk" else None
    if talk is None or event.internal or event.kind == "system" or talk.case_id in (None, fact.matter_id):
        return None
    return "talk_heard", {"matter_id": talk.case_id, "by": fact.by, "talk_id": fact.matter_id}


def recording_was_erased(fact: Fact, event: RecordingErased) -> None:
    """TR5: what was said in it goes with the sound."""
    transcripts.forget(event.recording)


def keep_recording_later(fact: Fact, event: RecordingClosed) -> tuple[str, dict[str, Any]]:
    """HL7: it goes into the file store and, where there is one, to its case."""
    return "keep_recording", {"recording_id": event.recording}
