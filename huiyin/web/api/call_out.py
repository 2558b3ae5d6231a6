"""How calls look from outside. Numbers are masked; what was typed in secret is not there at all."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Schema

from huiyin.domain.cases.callers import Card
from huiyin.domain.contacts.models import Contact
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.orders.models import Order
from huiyin.domain.routing.queries import Place
from huiyin.domain.voice.models import Call, Command, Recording, Transcript
from huiyin.domain.voice.passes.models import SecretCheck
from huiyin.domain.voice.transcripts.queries import said_in
from huiyin.lib import phones
from huiyin.web.api.fields import iso
from huiyin.web.ui.words_trust import word_of_today


class PressedOut(Schema):
    node: str
    key: str


class PlaceOut(Schema):
    """Where a caller stands; `expected_wait_s` null: nobody is here to answer."""

    position: int
    ahead: int
    expected_wait_s: int | None


class CallOut(Schema):
    """`id`: number of the call; `conversation`: where it is talked about (for call-backs that of the first call)."""

    id: str
    state: str
    direction: str
    via: str
    line: str
    caller: str
    language: str
    tier: str
    elderly: bool
    urgent: bool
    proof: str
    conversation: str
    case: str | None
    agent_no: str | None
    muted: bool
    code_word: str
    turned_away: str
    started_at: str
    queued_at: str | None
    answered_at: str | None
    ended_at: str | None
    talked_s: int
    ended_by: str
    outcome: str
    rating: int | None


class StretchOut(Schema):
    """Somebody says something; seconds from the beginning of the recording. `who`: buyer, agent."""

    who: str
    start_s: float
    end_s: float
    text: str


class TranscriptOut(Schema):
    """`state`: making, done, failed, erased; `model`: what understood it. Runs of eight digits and more are stars."""

    state: str
    model: str
    said: list[StretchOut]


class RecordingOut(Schema):
    """Its bytes are evidence of the case; `flags`: short, repaired, empty. `transcript` null: nothing is written down
    (yet)."""

    id: int
    kind: str
    state: str
    seconds: float
    sha256: str
    flags: list[str]
    legal_hold: bool
    transcript: TranscriptOut | None


class CommandOut(Schema):
    """`state`: asked, claimed, done or refused with a `reason`."""

    id: int
    verb: str
    state: str
    reason: str
    asked_at: str
    answered_at: str | None


class CheckOut(Schema):
    """Something that the buyer keyed unrecorded. `result`: open, matches, differs, stopped with `why`."""

    what: str
    result: str
    why: str
    begun_at: str
    ended_at: str | None


class PaidOut(Schema):
    """A payment as the shop says; the number of its bill is masked."""

    channel: str
    amount: str
    state: str
    paid_at: str | None
    bill_no: str


class BoughtOut(Schema):
    """An order of theirs, or the one that the call is about."""

    order_no: str
    title: str
    situation: str
    payments: list[PaidOut]


class PastOut(Schema):
    """An earlier contact, on any channel. `conversation` null: there was none."""

    at: str
    channel: str
    about: str
    fate: str | None
    conversation: str | None


class MatterOut(Schema):
    id: str
    state: str
    category: str


class AboutOut(Schema):
    """HL6: who calls, before anybody answers; nothing of it is proven by the number. `wrote`, `pictures`: what the
    buyer wrote and sent in the matter that the call brought (HL14)."""

    name: str
    tier: str
    orders: list[BoughtOut]
    contacts: list[PastOut]
    cases: list[MatterOut]
    wrote: str
    pictures: int


class WholeOut(CallOut):
    """One call with all that belongs to it. `about`: for whoever has it, is asked to take it or leads."""

    about: AboutOut | None
    place: PlaceOut | None
    pressed: list[PressedOut]
    recordings: list[RecordingOut]
    commands: list[CommandOut]
    checks: list[CheckOut]


class CallsOut(Schema):
    calls: list[CallOut]
    next: str | None


def _when(at: datetime | None) -> str | None:
    return iso(at) if at else None


def line(call: Call) -> dict[str, Any]:
    """A call in a list."""
    return {
        "id": call.matter.no, "state": call.state, "direction": call.direction, "via": call.via, "line": call.line,
        "caller": phones.mask_phone(call.caller) if call.caller else "", "language": call.language, "tier": call.tier,
        "elderly": call.elderly, "urgent": call.urgent, "proof": call.proof, "conversation": call.talk.no,
        "case": call.case.no if call.case else None, "agent_no": call.agent.agent_no if call.agent else None,
        "muted": call.muted, "code_word": word_of_today(call.talk.no, timezone.now()), "turned_away": call.turned_away,
        "started_at": iso(call.started_at), "queued_at": _when(call.queued_at), "answered_at": _when(call.answered_at),
        "ended_at": _when(call.ended_at), "talked_s": _talked(call), "ended_by": call.ended_by,
        "outcome": call.outcome, "rating": call.rating,
    }  # fmt: skip


def _talked(call: Call) -> int:
    if call.answered_at is None or call.ended_at is None:
        return 0
    return int((call.ended_at - call.answered_at).total_seconds())


def whole(call: Call, place: Place | None, card: Card | None) -> dict[str, Any]:
    """One call."""
    where = place and {
        "position": place.position, "ahead": place.ahead, "expected_wait_s": place.expected_wait_s,
    }  # fmt: skip
    return line(call) | {
        "case": call.case.no if call.case else _case_of_talk(call), "place": where, "pressed": call.pressed,
        "about": about(card) if card else None,
        "recordings": [recording(one) for one in call.recordings.select_related("transcript").order_by("pk")],
        "commands": [command(one) for one in call.commands.order_by("pk")],
        "checks": [check(one) for one in call.checks.order_by("pk")],
    }  # fmt: skip


def about(card: Card) -> dict[str, Any]:
    """Who calls."""
    buyer = card.call.buyer
    return {
        "name": phones.mask_name(buyer.name) if buyer and buyer.name else "", "tier": card.tier,
        "orders": [_bought(one) for one in card.orders], "contacts": [_past(one) for one in card.past],
        "cases": [{"id": one.matter.no, "state": one.state, "category": one.category} for one in card.cases],
        "wrote": card.about.what_happened if card.about else "", "pictures": len(card.pictures),
    }  # fmt: skip


def _bought(order: Order) -> dict[str, Any]:
    said = order.snapshot.get("payments", [])
    paid = [
        {"channel": one["channel"], "amount": one["amount"], "state": one["state"], "paid_at": one.get("paid_at"),
         "bill_no": phones.mask_key(one["bill_no"])} for one in said
    ]  # fmt: skip
    return {"order_no": order.order_no, "title": order.title, "situation": order.situation, "payments": paid}


def _past(contact: Contact) -> dict[str, Any]:
    talk = contact.matter.no if contact.matter and contact.matter.topic == "talk" else None
    return {"at": iso(contact.at), "channel": contact.channel, "about": contact.about, "fate": contact.fate,
            "conversation": talk}  # fmt: skip


def _case_of_talk(call: Call) -> str | None:
    """The case that the call became: it belongs to what was said."""
    talk = Conversation.objects.filter(matter=call.talk_id, case__isnull=False)
    return talk.values_list("case__no", flat=True).first()


def recording(row: Recording) -> dict[str, Any]:
    """What is known about a recording."""
    return {
        "id": row.pk, "kind": row.kind, "state": row.state, "seconds": row.seconds, "sha256": row.sha256,
        "flags": row.flags, "legal_hold": row.legal_hold, "transcript": transcript(row),
    }  # fmt: skip


def transcript(row: Recording) -> dict[str, Any] | None:
    """What was said in a recording, where somebody has written it down."""
    made: Transcript | None = getattr(row, "transcript", None)
    if made is None:
        return None
    said = [
        {"who": one.who, "start_s": one.start_s, "end_s": one.end_s, "text": one.text} for one in said_in(row)
    ]  # fmt: skip
    return {"state": made.state, "model": made.model, "said": said}


def check(row: SecretCheck) -> dict[str, Any]:
    """What came of something that the buyer keyed; what it was stands nowhere."""
    return {
        "what": row.what, "result": row.result, "why": row.why, "begun_at": iso(row.begun_at),
        "ended_at": _when(row.ended_at),
    }  # fmt: skip


def command(row: Command) -> dict[str, Any]:
    """What somebody wants done, and what became of it."""
    return {
        "id": row.pk, "verb": row.verb, "state": row.state, "reason": row.reason, "asked_at": iso(row.asked_at),
        "answered_at": _when(row.answered_at),
    }  # fmt: skip
