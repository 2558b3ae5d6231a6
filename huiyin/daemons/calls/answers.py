"""What the menu answers by itself: with the portal's own function, its levels of proof, its brakes and its limits.

Who calls is no proof. Keys are never read aloud: a remedy goes to the contact that the order has. What was keyed is
neither logged nor kept here.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from huiyin.adapters.speech.prompts import text
from huiyin.domain.cases.lifecycle import State
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.pins import open_with_pin
from huiyin.domain.orders import rescue
from huiyin.domain.orders.actions.searches import Asker
from huiyin.domain.orders.models import Finding, Order
from huiyin.domain.orders.queries import member_tier, the_shop
from huiyin.domain.orders.rescue import Proof
from huiyin.domain.orders.situations import Option, Situation
from huiyin.domain.voice.menu import Answer, Say
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes.actions.codes import redeem_call_code
from huiyin.lib.errors import Refusal, Unavailable
from huiyin.lib.money import Money

log = logging.getLogger("huiyin.switchboard")
OTHER, PERSON, NOT_FOUND = "other", "person", "not_found"
MATCHES, DIFFERS, TOO_MANY, UNAVAILABLE = "matches", "differs", "too_many", "unavailable"

# what is said about an order whose key is missing, where nothing else is done for it
MISSING: Mapping[Situation, tuple[str, str]] = {
    Situation.NOT_FOUND: (NOT_FOUND, "order.not_found"),
    Situation.PROOF_NEEDED: (NOT_FOUND, "order.not_found"),
    Situation.TOO_MANY_TRIES: (PERSON, "order.too_many"),
    Situation.SHOP_UNREACHABLE: (PERSON, "order.unavailable"),
    Situation.DELIVERED: (OTHER, "order.delivered"),
    Situation.PAGE_CLOSED: (OTHER, "order.delivered"),
    Situation.WATCHED: (OTHER, "order.paid_waiting"),
    Situation.PAYMENT_PENDING: (OTHER, "order.in_progress"),
    Situation.MANUAL_GOODS: (OTHER, "order.in_progress"),
    Situation.REFUND_ON_ITS_WAY: (OTHER, "order.in_progress"),
    Situation.UNPAID: (OTHER, "order.unpaid"),
    Situation.PAYMENT_FAILED: (OTHER, "order.unpaid"),
}
# how an order stands, in a word
STANDS: Mapping[Situation, str] = {
    Situation.DELIVERED: "state.delivered",
    Situation.PAGE_CLOSED: "state.delivered",
    Situation.MAIL_MISTYPED: "state.delivered",
    Situation.WATCHED: "state.paid",
    Situation.MANUAL_GOODS: "state.paid",
    Situation.PAID_AFTER_EXPIRY: "state.failed",
    Situation.PLATFORM_FAILED: "state.failed",
    Situation.PARTIAL_DELIVERY: "state.failed",
    Situation.OUT_OF_STOCK: "state.failed",
    Situation.REFUNDED: "state.refunded",
    Situation.UNPAID: "state.unpaid",
    Situation.PAYMENT_FAILED: "state.unpaid",
}
CASES: Mapping[State, str] = {
    State.FILED: "state.open",
    State.ACKNOWLEDGED: "state.open",
    State.WAITING_FOR_BUYER: "state.waiting",
    State.PROPOSED: "state.proposed",
    State.ACCEPTED: "state.carrying_out",
    State.CARRYING_OUT: "state.carrying_out",
    State.CLOSED: "state.closed",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a caller wants to know. `inputs` were keyed by them."""

    action: str
    inputs: Mapping[str, str] = field(repr=False)
    call: Call
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """The answer, and which order the call is about from now on, with what proof."""

    answer: Answer
    order_no: str = ""
    proof: str = ""


class Answers(Protocol):
    """Finds things out for a caller. Runs in a thread, asks the shop, writes through actions."""

    def answer(self, question: Question) -> Found: ...


class OurAnswers:
    """As the portal answers."""

    def answer(self, question: Question) -> Found:
        """What was asked for; `person` where only a person can answer."""
        try:
            return ANSWERS[question.action](question)
        except KeyError:
            return _said(PERSON, "order.needs_person")
        except Unavailable:
            return _said(PERSON, "order.unavailable")
        except Refusal as no:
            log.info("call %s: no answer (%s)", question.call.pk, no.code)
            return _said(PERSON, "order.too_many" if no.code == "too_often" else "order.needs_person")


def _said(code: str, slug: str, *, served: bool = False, **values: object) -> Found:
    return Found(Answer(code, (Say(slug, values),), served=served))


def _asker(call: Call) -> Asker:
    return Asker("phone", "buyer", f"call:{call.caller or call.ticket_id or call.pk}")


def _proof_of(inputs: Mapping[str, str]) -> Proof:
    """The amount is keyed in fen: a keypad has no point."""
    return Proof(bill_no=inputs.get("bill", ""), amount=str(Money(int(inputs.get("amount") or 0))))


def _find(question: Question, proof: Proof) -> Finding:
    return rescue.find("", proof, _asker(question.call), shop=the_shop(), now=question.now)


def by_bill(question: Question) -> Found:
    """HL4: the end of a bill number and the amount; a key that is missing is issued again."""
    return _put_right(question, _find(question, _proof_of(question.inputs)))


def by_code(question: Question) -> Found:
    """HL14: six digits from the page; they bring what the browser has proven."""
    redeemed = redeem_call_code(question.call, question.inputs.get("code", ""), now=question.now)
    if redeemed is None:
        return _said(NOT_FOUND, "order.not_found")
    if not redeemed.order_no or redeemed.proof in {"", "none"}:
        return _said(PERSON, "order.needs_person")
    return _put_right(question, _find(question, Proof(order_no=redeemed.order_no)))


def _put_right(question: Question, finding: Finding) -> Found:
    situation = Situation(finding.verdict["situation"])
    order_no = finding.order.order_no if finding.order else ""
    if Option.REISSUE in finding.verdict["options"][:1]:
        rescue.choose(finding, Option.REISSUE, by="buyer", shop=the_shop(), now=question.now)
        return Found(Answer(OTHER, (Say("order.reissued"),), served=True), order_no, finding.level)
    code, slug = MISSING.get(situation, (PERSON, "order.needs_person"))
    answer = Answer(code, (Say(slug),), served=code == OTHER)
    return Found(answer, order_no, finding.level if order_no else "")


def order_status(question: Question) -> Found:
    """How an order stands."""
    finding = _find(question, _proof_of(question.inputs))
    situation = Situation(finding.verdict["situation"])
    order_no = finding.order.order_no if finding.order else ""
    if situation not in STANDS:
        code, slug = MISSING.get(situation, (PERSON, "order.needs_person"))
        return Found(Answer(code, (Say(slug),), served=code == OTHER), order_no, finding.level if order_no else "")
    state = text(STANDS[situation], question.language)
    return Found(Answer(OTHER, (Say("order.status", {"state": state}),), served=True), order_no, finding.level)


def _address(question: Question) -> str:
    """By what wrong PINs are counted."""
    return f"call:{question.call.caller or question.call.ticket_id or question.call.pk}"


def case_progress(question: Question) -> Found:
    """HL4: number and secret of a complaint."""
    no, secret = question.inputs.get("case", ""), question.inputs.get("secret", "")
    matter = open_with_pin(no, secret, _address(question), now=question.now)
    case = Case.objects.filter(matter=matter).first() if matter else None
    if case is None:
        return _said(OTHER, "case.not_found")
    state = text(CASES.get(State(case.state), "state.investigating"), question.language)
    return _said(OTHER, "case.status", served=True, number=no, state=state)


def membership(question: Question) -> Found:
    """MB1: level and points of whoever has proven in this call that an order is theirs; others are asked for one."""
    order, level = _proven(question)
    if order is None:
        is_second = bool(question.inputs.get("bill"))
        return _said(OTHER, "order.not_found") if is_second else _said(NOT_FOUND, "member.prove")
    who, tier = order.snapshot.get("buyer", {}), member_tier(order)
    if not who.get("member_no") and tier == "ordinary":
        return Found(Answer(OTHER, (Say("member.unknown"),)), order.order_no, level)
    values: dict[str, object] = {"tier": text(f"level.{tier}", question.language)}
    slug = "member.level"
    if who.get("points") is not None:
        slug, values = "member.points", values | {"points": who["points"]}
    return Found(Answer(OTHER, (Say(slug, values),), served=True), order.order_no, level)


def _proven(question: Question) -> tuple[Order | None, str]:
    """The order this call has proven, and how; or the one that what was keyed proves."""
    call = question.call
    if call.order_no and call.proof not in {"", "none"}:
        known = Order.objects.select_related("buyer").filter(order_no=call.order_no).first()
        return known, call.proof
    if not question.inputs.get("bill"):
        return None, ""
    finding = _find(question, _proof_of(question.inputs))
    return (finding.order, finding.level) if finding.level != "none" else (None, "")


def payment_matches(question: Question) -> Found:
    """In a talk: whether this is the payment of the order the call is about, or of any where none is known yet. Puts
    nothing right: a person is there."""
    finding = _find(question, _proof_of(question.inputs))
    situation, order = Situation(finding.verdict["situation"]), finding.order
    if situation is Situation.TOO_MANY_TRIES:
        return Found(Answer(TOO_MANY))
    if situation is Situation.SHOP_UNREACHABLE:
        return Found(Answer(UNAVAILABLE))
    wanted = question.call.order_no if question.call.proof not in {"", "none"} else ""
    if order is None or finding.level == "none" or (wanted and order.order_no != wanted):
        return Found(Answer(DIFFERS))
    return Found(Answer(MATCHES), order.order_no, finding.level)


def pin_matches(question: Question) -> Found:
    """In a talk: whether this is the PIN of the case that it is about."""
    no, secret = question.inputs.get("case", ""), question.inputs.get("secret", "")
    matter = open_with_pin(no, secret, _address(question), now=question.now)
    return Found(Answer(MATCHES if matter is not None else DIFFERS))


ANSWERS = {
    "order_by_bill": by_bill,
    "order_by_code": by_code,
    "order_status": order_status,
    "case_progress": case_progress,
    "membership": membership,
    "payment": payment_matches,
    "pin": pin_matches,
}
