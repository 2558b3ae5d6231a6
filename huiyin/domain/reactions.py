"""When this happens, do that: the only file that knows all subjects.

Left column *at once*: in the same transaction, database only. Right column *later*: one job, for what leaves the
process. A fact without a line here changes nothing else.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from huiyin.domain import reactions_to_talks as talks
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import silence
from huiyin.domain.cases.addresses import address_of
from huiyin.domain.cases.demand import ItemState
from huiyin.domain.cases.events import (
    BuyerReminded,
    CaseClosed,
    CaseFiled,
    CaseProposed,
    EvidenceAdded,
    ItemAgreed,
    ItemArrived,
    ItemNamed,
    WordsErased,
)
from huiyin.domain.cases.lifecycle import Outcome
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.conversations.events import ConversationEnded, ConversationFiled, MessageLeft, MessageWritten
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Fact
from huiyin.domain.journal.registry import REACTIONS
from huiyin.domain.notices import actions as notices
from huiyin.domain.notices.actions import Owed
from huiyin.domain.notices.events import NoticeFailed, NoticeQueued
from huiyin.domain.notices.hooks.events import HookStopped
from huiyin.domain.orders.events import (
    BreakerTripped,
    ChoiceOffered,
    KeyShown,
    OrderSettled,
    PersonNeeded,
    RemedyApproved,
    RemedyAsked,
    RemedyDone,
    RemedyFailed,
    RemedyNeedsPerson,
    SituationChanged,
    WaitChosen,
)
from huiyin.domain.orders.models import Order, Remedy
from huiyin.domain.orders.queries import keys_of
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.events import PromiseBroken, PromiseMade, PromiseWithdrawn
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind, Severity, Term, Tier, promised
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Want
from huiyin.domain.routing.events import ItemHandedOver, ItemLeft, OfferAccepted
from huiyin.domain.routing.models import Item
from huiyin.domain.staff.models import Person
from huiyin.domain.surveys import actions as surveys
from huiyin.domain.voice.events import CallbackBooked, RecordingClosed, RecordingErased

ENDS_WAITING = {"delivered", "page_closed", "refunded", "refund_on_its_way"}


def _ordinary(kind: Kind, category: str = "recharge_delayed") -> Term:
    return promised(kind, category, Severity.NORMAL, Tier.ORDINARY)


def remedy_was_asked(fact: Fact, event: RemedyAsked) -> None:
    """A clock for the remedy, or a person where a brake stopped it."""
    if not event.stop:
        promises.make(fact.matter, Kind.REMEDY, _ordinary(Kind.REMEDY), by="system", now=fact.at)
        return
    _person_for(fact, event.remedy, event.stop)


def remedy_is_done(fact: Fact, event: RemedyDone) -> None:
    """The promise is kept, the buyer is told; a new key travels along, a refund says when it arrives."""
    promises.keep(fact.matter, Kind.REMEDY, by="system", now=fact.at)
    promises.withdraw(fact.matter, Kind.PAYMENT_CHECK, "done", by="system", now=fact.at)
    promises.keep(fact.matter, Kind.MANUAL_TASK, by="system", now=fact.at)
    cases.look_at_items_of(event.remedy, now=fact.at)
    remedy = Remedy.objects.select_related("order").get(pk=event.remedy)
    values = {"kind": remedy.kind, "by_watch": remedy.asked_by == "watch", "amount": remedy.request.get("amount", "")}
    owed = Owed(f"remedy_{remedy.kind}", f"remedy:{remedy.pk}", values, secret="\n".join(keys_of(remedy)))
    _tell(fact, remedy.order, owed)


def remedy_failed(fact: Fact, event: RemedyFailed) -> None:
    """What the machine could not do becomes a person's matter, unless a person decided it."""
    promises.withdraw(fact.matter, Kind.REMEDY, event.reason, by="system", now=fact.at)
    cases.look_at_items_of(event.remedy, now=fact.at)
    if event.reason != "declined":
        _person_for(fact, event.remedy, "remedy_failed")


def remedy_needs_person(fact: Fact, event: RemedyNeedsPerson) -> None:
    """A manual task: an owner, and a promise in opening hours."""
    promises.withdraw(fact.matter, Kind.REMEDY, event.reason, by="system", now=fact.at)
    _person_for(fact, event.remedy, "manual_task")
    promises.make(fact.matter, Kind.MANUAL_TASK, _ordinary(Kind.MANUAL_TASK), by="system", now=fact.at)


def _person_for(fact: Fact, remedy_id: int, why: str) -> None:
    """Somebody must look at a remedy. One that staff gave from a case of the order has an owner already."""
    remedy = Remedy.objects.get(pk=remedy_id)
    given_from_a_case = remedy.asked_by.startswith("staff:")
    if given_from_a_case and Case.objects.filter(order=remedy.order_id).exclude(state="closed").exists():
        return
    category = "refund_request" if remedy.kind == "refund" else "recharge_delayed"
    cases.open_on(fact.matter, why, category=category, channel="web", now=fact.at)


def person_is_needed(fact: Fact, event: PersonNeeded) -> None:
    """A case on the same matter: an owner from the first contact."""
    cases.open_on(fact.matter, event.why, category=event.category, channel=event.channel, now=fact.at, by=fact.by)


def wait_was_chosen(fact: Fact, event: WaitChosen) -> None:
    """Waiting is a promise too: news by the time we named."""
    kind = Kind.PAYMENT_CHECK if event.situation == "payment_pending" else Kind.NEXT_UPDATE
    promises.make(fact.matter, kind, _ordinary(kind), by="system", now=fact.at)


def choice_was_offered(fact: Fact, event: ChoiceOffered) -> None:
    """Tell the buyer before they ask."""
    order = Order.objects.get(pk=event.order)
    _tell(fact, order, Owed("choice", f"choice:{order.pk}", {"situation": event.situation}))


def order_is_settled(fact: Fact, event: OrderSettled) -> None:
    """The buyer says it is solved: an open case on the matter closes as confirmed, unless an offer waits for their word
    there."""
    case = Case.objects.filter(matter=fact.matter).exclude(state="closed").first()
    if case is None:
        promises.withdraw_all(fact.matter, "settled", by=fact.by, now=fact.at)
    elif not case.items.filter(state=ItemState.OFFERED.value).exists():
        cases.close(case, "confirmed", by=fact.by, now=fact.at)


def promise_is_broken(fact: Fact, event: PromiseBroken) -> None:
    """One step up by itself; a matter without a case gets a person. Whoever waits in a queue stays there: the router
    takes the longest overdue first, and the board shows it."""
    if fact.matter.topic == "talk" and event.kind == Kind.FIRST_ANSWER:
        return
    why = f"broken_{event.kind}"
    case = Case.objects.filter(matter=fact.matter).exclude(state="closed").first()
    if case is None:
        cases.open_on(fact.matter, why, category="recharge_delayed", channel="system", now=fact.at)
        return
    if not _goes_up_with_the_result(fact, event):
        cases.escalate(case, why, by="system", now=fact.at)
    if event.kind == Kind.NEXT_UPDATE:  # a missed update does not end the duty to give the next one
        promises.make(fact.matter, Kind.NEXT_UPDATE, _ordinary(Kind.NEXT_UPDATE), by="system", now=fact.at)


def _goes_up_with_the_result(fact: Fact, event: PromiseBroken) -> bool:
    """A first answer that was due in the moment of the result is one failure with it: one step up, not two at once."""
    together = Promise.objects.filter(matter=fact.matter, kind=Kind.RESULT.value, due=event.due)
    return event.kind == Kind.FIRST_ANSWER and together.exists()


def material_did_not_come(fact: Fact, event: PromiseWithdrawn) -> None:
    """The longest we wait is over: we go on without it, and never close because of it (CP8)."""
    if event.kind == Kind.BUYER_MATERIAL and event.reason == "not_ours":
        cases.wait_is_over(fact.matter, now=fact.at)


def evidence_was_added(fact: Fact, event: EvidenceAdded) -> None:
    """The buyer brought something: where we waited for it, it is our turn again."""
    if event.source == "buyer":
        cases.came(fact.matter, by=fact.by, now=fact.at)


def case_was_proposed(fact: Fact, event: CaseProposed) -> None:
    """A result waits for the buyer's word: what it is, and until when to answer."""
    if event.resolved or (case := cases.case_on(fact.matter)) is None:
        return
    params = {"no": fact.matter.no, "offers": _offers(event.offers), "until": (fact.at + silence.CLOSES).isoformat()}
    notices.owe(Owed("proposal", f"proposal:{fact.key}", params), address_of(case), now=fact.at, matter=fact.matter)


def _offers(offers: Iterable[ItemNamed]) -> list[dict[str, str]]:
    return [
        {"kind": one.kind, "amount": str(one.amount) if one.amount else "",
         "by": one.until.isoformat() if one.until else ""} for one in offers
    ]  # fmt: skip


def buyer_was_reminded(fact: Fact, event: BuyerReminded) -> None:
    """We wait for a yes or no: say so, on what, and what happens without one."""
    case = Case.objects.select_related("buyer", "order").get(matter=fact.matter)
    offers = [
        ItemNamed(one.no, one.offer_kind, one.offer_amount, one.offer_by)
        for one in case.items.filter(state="offered").order_by("no")
    ]
    ends = fact.at + silence.CLOSES - silence.REMINDERS[min(event.times, len(silence.REMINDERS)) - 1]
    params = {"no": fact.matter.no, "last": event.times > 1, "offers": _offers(offers), "until": ends.isoformat()}
    owed = Owed("reminder", f"reminder:{fact.key}", params)
    notices.owe(owed, address_of(case), now=fact.at, matter=fact.matter)


def case_was_closed(fact: Fact, event: CaseClosed) -> None:
    """How it was is asked, once; and nobody learns by chance that their matter ended without them."""
    surveys.plan(fact.matter, event.outcome, now=fact.at)
    if event.outcome != Outcome.WITHOUT_CONFIRMATION:
        return
    case = Case.objects.select_related("buyer", "order").get(matter=fact.matter)
    owed = Owed("closed_silent", f"closed_silent:{fact.key}", {"no": fact.matter.no})
    notices.owe(owed, address_of(case), now=fact.at, matter=fact.matter)


def notice_has_failed(fact: Fact, event: NoticeFailed) -> None:
    """Who got no message was not asked how it was: the page of their matter asks."""
    if event.template == "survey":
        surveys.did_not_arrive(fact.matter)


def words_were_erased(fact: Fact, event: WordsErased) -> None:
    """What the buyer said about how it was goes with the other words."""
    surveys.forget_words(fact.matter)


def situation_has_changed(fact: Fact, event: SituationChanged) -> None:
    """What we were waiting for has happened, or a refund we spoke of did not arrive."""
    if event.before == "payment_pending":
        promises.keep(fact.matter, Kind.PAYMENT_CHECK, by="system", now=fact.at)
    has_case = Case.objects.filter(matter=fact.matter).exclude(state="closed").exists()
    if event.after in ENDS_WAITING and not has_case:
        promises.keep(fact.matter, Kind.NEXT_UPDATE, by="system", now=fact.at)
    agreed = DemandItem.objects.filter(remedy__matter=fact.matter, state="carrying_out")  # these follow it themselves
    if event.after == "refund_failed" and not agreed.exists():
        cases.open_on(fact.matter, "refund_failed", category="refund_request", channel="system", now=fact.at)


def case_was_filed(fact: Fact, event: CaseFiled) -> None:
    """The receipt that can be kept (CP1), when we know where to send it."""
    case = cases.case_on(fact.matter)
    assert case is not None
    if not talks.is_told_after_call(fact.matter, address := address_of(case)):
        owed = Owed("receipt", f"receipt:{case.pk}", {"no": fact.matter.no})
        notices.owe(owed, address, now=fact.at, matter=fact.matter)


def message_was_written(fact: Fact, event: MessageWritten) -> None:
    """Tell the buyer that somebody answered; the words themselves are read on the page."""
    if fact.matter.topic == "talk":
        talks.said(fact, event)
        return
    if event.internal or not fact.by.startswith("staff:") or _is_with_a_proposal(fact):
        return
    case = cases.case_on(fact.matter)
    if case is None:
        return
    params = {"no": fact.matter.no, "agent_no": fact.by.removeprefix("staff:")}
    notices.owe(Owed("answer", f"answer:{event.message}", params), address_of(case), now=fact.at, matter=fact.matter)


def _is_with_a_proposal(fact: Fact) -> bool:
    """Whether these words came with an offer, of which the buyer is told already."""
    written = journal.current()
    so_far = written.facts if written else []
    return any(
        one.name == CaseProposed.name and one.matter_id == fact.matter_id and not one.data["resolved"] for one in so_far
    )


def offer_was_accepted(fact: Fact, event: OfferAccepted) -> None:
    """Somebody has the chat or call now, or the case: then they answer for it (CP7)."""
    talks.was_taken(fact, event)
    if event.kind == "case":
        _takes_case(fact, event)


def _takes_case(fact: Fact, event: OfferAccepted) -> None:
    case, person = Case.objects.get(matter=fact.matter), Person.objects.get(agent_no=event.agent_no)
    if case.state != "closed":
        cases.assign(case, person, "taken_from_queue", by=fact.by, now=fact.at)
    routing.done(Item.objects.get(pk=event.item), by=fact.by, now=fact.at)


def callback_was_promised(fact: Fact, event: PromiseMade) -> None:
    """A call that we owe waits for somebody, due when it was promised."""
    if event.kind == Kind.CALLBACK:
        routing.enqueue(fact.matter, Want("callback", "general", due_at=event.due), by="system", now=fact.at)


def case_is_over(fact: Fact, event: CaseClosed) -> None:
    """Nobody is asked about a case that is closed."""
    routing.stop_waiting(fact.matter, "closed", now=fact.at)


def _tell(fact: Fact, order: Order, owed: Owed) -> None:
    """Queue a message to the order's own contact, with what every letter about an order names."""
    about = {"title": order.title, "order_no": order.order_no, "no": fact.matter.no}
    owed = replace(owed, params=owed.params | about)
    notices.owe(owed, order.snapshot.get("buyer", {}), now=fact.at, matter=fact.matter)


def carry_out_later(fact: Fact, event: RemedyApproved) -> tuple[str, dict[str, Any]]:
    return "carry_out", {"remedy_id": event.remedy}


def gather_later(fact: Fact, event: CaseFiled) -> tuple[str, dict[str, Any]] | None:
    """Attach what we hold ourselves; a case without an order we know has nothing yet (`cases.link_order`)."""
    case = cases.case_on(fact.matter)
    return ("gather_evidence", {"matter_id": fact.matter_id}) if case and case.order_id else None


def gather_again_later(fact: Fact, event: ItemArrived) -> tuple[str, dict[str, Any]] | None:
    """What the shop gave stands in its records now: keep them, so that the letter cites what shows it."""
    case = cases.case_on(fact.matter)
    from_shop = event.verified == "shop" and case is not None and case.order_id is not None
    return ("gather_evidence", {"matter_id": fact.matter_id}) if from_shop else None


def carry_item_later(fact: Fact, event: ItemAgreed) -> tuple[str, dict[str, Any]]:
    return "carry_item", {"item_id": event.item}


def send_later(fact: Fact, event: NoticeQueued) -> tuple[str, dict[str, Any]]:
    return "send_notice", {"notice_id": event.notice}


def note_shown_later(fact: Fact, event: KeyShown) -> tuple[str, dict[str, Any]]:
    """The shop keeps the time a key was first shown (FR1), also of a key that we put on the screen."""
    return "note_shown", {"order_no": Order.objects.values_list("order_no", flat=True).get(pk=event.order)}


def hook_later(fact: Fact, event: HookStopped) -> tuple[str, dict[str, Any]]:
    """Somebody's program has not listened for hours: a person looks."""
    return "alert_leads", {"what": "hook", "matter_no": fact.matter.no}


def wake_later(fact: Fact, event: BreakerTripped) -> tuple[str, dict[str, Any]]:
    return "alert_leads", {"what": "breaker", "matter_no": fact.matter.no}


def register() -> None:
    """Called once by `DomainConfig.ready`."""
    at_once = REACTIONS.at_once
    at_once[RemedyAsked] = [remedy_was_asked]
    at_once[RemedyDone] = [remedy_is_done]
    at_once[RemedyFailed] = [remedy_failed]
    at_once[RemedyNeedsPerson] = [remedy_needs_person]
    at_once[PersonNeeded] = [person_is_needed]
    at_once[WaitChosen] = [wait_was_chosen]
    at_once[ChoiceOffered] = [choice_was_offered]
    at_once[OrderSettled] = [order_is_settled]
    at_once[PromiseBroken] = [promise_is_broken]
    at_once[PromiseMade] = [callback_was_promised]
    at_once[PromiseWithdrawn] = [material_did_not_come]
    at_once[EvidenceAdded] = [evidence_was_added]
    at_once[BuyerReminded] = [buyer_was_reminded]
    at_once[CaseProposed] = [case_was_proposed]
    at_once[CaseClosed] = [case_was_closed, case_is_over]
    at_once[NoticeFailed] = [notice_has_failed]
    at_once[WordsErased] = [words_were_erased]
    at_once[SituationChanged] = [situation_has_changed]
    at_once[CaseFiled] = [case_was_filed]
    at_once[MessageWritten] = [message_was_written]
    at_once[OfferAccepted] = [offer_was_accepted]
    at_once[ItemHandedOver] = [talks.item_was_handed_over]
    at_once[ItemLeft] = [talks.item_has_left]
    at_once[MessageLeft] = [talks.message_was_left, talks.talk_has_ended]
    at_once[ConversationEnded] = [talks.talk_was_wrapped_up, talks.talk_has_ended]
    at_once[CallbackBooked] = [talks.callback_was_booked]
    at_once[RecordingErased] = [talks.recording_was_erased]
    later = REACTIONS.later
    later[RemedyApproved] = [carry_out_later]
    later[CaseFiled] = [gather_later]
    later[ItemArrived] = [gather_again_later]
    later[ConversationFiled] = [talks.keep_talk_later]
    later[ConversationEnded] = [talks.keep_talk_later]
    later[MessageWritten] = [talks.heard_later]
    later[ItemAgreed] = [carry_item_later]
    later[NoticeQueued] = [send_later]
    later[BreakerTripped] = [wake_later]
    later[HookStopped] = [hook_later]
    later[KeyShown] = [note_shown_later]
    later[RecordingClosed] = [talks.keep_recording_later]
