"""What becomes of each demand item: offered, decided, carried out until it has arrived (CP10, CP17, CP18)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q

from huiyin.domain.cases import silence
from huiyin.domain.cases.actions import promising
from huiyin.domain.cases.actions.lifecycle import end, next_item, write
from huiyin.domain.cases.actions.steps import Begun, Doer, begin, chosen, move, salted_hash, set_item, set_items
from huiyin.domain.cases.demand import Item, ItemKind, ItemState
from huiyin.domain.cases.events import (
    BuyerReminded,
    CaseClosed,
    CaseProposed,
    ItemAgreed,
    ItemNamed,
    ItemsDecided,
)
from huiyin.domain.cases.lifecycle import Outcome, Party, State, Verb
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.offers import GIVES, Giver, Offer, after_yes, rest_of, state_after, why_not_offer
from huiyin.domain.cases.purses import purse_for, refuse_unpayable
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.queries import limits
from huiyin.domain.promises.promises import Kind
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money
from huiyin.lib.postgresql import often

UNDER_WAY = (ItemState.ACCEPTED, ItemState.CARRYING_OUT)
OPEN_TO_OFFERS = (ItemState.OPEN, ItemState.OFFERED, ItemState.REFUSED)
LOOK_SOON = timedelta(seconds=5)  # when the round takes up what no job has begun


def name_items(case: Case, items: Iterable[Item]) -> tuple[ItemNamed, ...]:
    """Write down what the buyer wants, while the case is filed."""
    rows = [
        DemandItem(case=case, no=no, kind=item.kind.value, amount=item.amount, to=item.to, by=item.by, text=item.text)
        for no, item in enumerate(items, 1)
    ]
    if rows:
        often.insert(rows)
    return tuple(ItemNamed(row.no, row.kind, row.amount, row.by) for row in rows)


@verb
def propose(case: Case, offers: Sequence[Offer], doer: Doer, *, now: datetime, text: str = "") -> None:
    """Put offers on the table, item by item. With them the promised result is given; now it is the buyer's word."""
    begun = begin(case, Verb.PROPOSE, doer, now=now)
    if not offers:
        raise Refusal("nothing_offered")
    _offer(case, begun, offers, doer, now)
    state = _move_by_items(case, Verb.PROPOSE, now)
    event = CaseProposed(_named(offers), resolved=False, text_hash=salted_hash(text), state=state.value)
    journal.record(begun.matter, event, by=doer.by, now=now)  # first, so that the buyer gets one notice of both
    write(case, begun.matter, text or _words(offers), by=doer.by, now=now)
    if state is State.PROPOSED:
        promising.their_turn(begun.matter, by=doer.by, now=now)
    else:
        promising.promise(case, begun.matter, Kind.NEXT_UPDATE, by=doer.by, now=now)


@verb
def resolve(case: Case, offers: Sequence[Offer], text: str, doer: Doer, *, now: datetime) -> None:
    """Propose, carry out and close in one, for what is finished on the spot. `text` is the reason the buyer reads; open
    items without an offer are answered by it. Closes once everything has arrived; counts as solved when the buyer says
    so."""
    begun = begin(case, Verb.RESOLVE, doer, now=now)
    named = {offer.no for offer in offers}
    rest = [item for item in begun.items if item.state in (ItemState.OPEN, ItemState.REFUSED) and item.no not in named]
    offers = [*offers, *(Offer(item.no, ItemKind.EXPLANATION, text=text.strip()) for item in rest)]
    _offer(case, begun, offers, doer, now)
    write(case, begun.matter, text, by=doer.by, now=now)
    agreed = [i for i in begun.items if i.state == ItemState.OFFERED and i.offer_kind in {*GIVES, ItemKind.OTHER}]
    refuse_unpayable(case, agreed)
    for item in agreed:
        _agree(begun.matter, item, doer, now)
    is_under_way = any(item.state in UNDER_WAY for item in begun.items)
    state = State.CARRYING_OUT if is_under_way else State.CLOSED
    event = CaseProposed(_named(offers), resolved=True, text_hash=salted_hash(text), state=state.value)
    journal.record(begun.matter, event, by=doer.by, now=now)
    if state is State.CLOSED:
        return end(case, begun.matter, Outcome.SETTLED, doer, now=now, verb=Verb.RESOLVE)
    move(case, Verb.RESOLVE, state)
    promising.their_turn(begun.matter, by=doer.by, now=now)


def _offer(case: Case, begun: Begun, offers: Sequence[Offer], doer: Doer, now: datetime) -> None:
    nos = [offer.no for offer in offers]
    rows = {item.no: item for item in chosen(begun.items, nos, *OPEN_TO_OFFERS)}
    giver = Giver(begun.person.tier if begun.person else "", promising.tier_of(case).value, limits().act)
    purse = purse_for(case, offers)
    alike: dict[Offer, list[DemandItem]] = {}
    for offer in offers:
        if (no := why_not_offer(offer, giver, now, purse)) is not None:
            raise no
        _refuse_without_order(case, offer)
        purse = purse.less(offer.amount) if offer.kind is ItemKind.REFUND else purse
        alike.setdefault(replace(offer, no=0), []).append(rows[offer.no])
    for offer, same in alike.items():
        set_items(
            same, ItemState.OFFERED, offer_kind=offer.kind.value, offer_amount=offer.amount,
            offer_by=offer.by, offer_text=offer.text.strip(), offered_by=doer.by, offered_at=now, decided_at=None,
        )  # fmt: skip


def _refuse_without_order(case: Case, offer: Offer) -> None:
    if offer.kind is ItemKind.COMPENSATION and case.order is None:
        raise Refusal("no_order")


def _words(offers: Sequence[Offer]) -> str:
    """What the conversation shows where nobody wrote anything beside the offers."""
    return "\n".join(offer.text for offer in offers if offer.text) or "·"


def _named(offers: Sequence[Offer]) -> tuple[ItemNamed, ...]:
    return tuple(ItemNamed(offer.no, offer.kind.value, offer.amount, offer.by) for offer in offers)


@verb
def accept(case: Case, nos: Sequence[int], doer: Doer, *, now: datetime) -> None:
    """The buyer takes these offers (all that are on the table, if none is named). What must be carried out has a clock
    until it has arrived. After the end it confirms what we had only said ourselves."""
    begun = begin(case, Verb.ACCEPT, doer, now=now)
    taken = chosen(begun.items, nos, ItemState.OFFERED)
    refuse_unpayable(case, taken)
    for item in taken:
        _agree(begun.matter, item, doer, now)
    if case.state == State.CLOSED:
        return _confirm(case, begun, taken, doer, now)
    _decided(case, begun.matter, "accepted", taken, doer, now)
    settle(case, begun.matter, Verb.ACCEPT, by=doer.by, now=now)


def _confirm(case: Case, begun: Begun, taken: Sequence[DemandItem], doer: Doer, now: datetime) -> None:
    if any(item.state in (ItemState.ACCEPTED, ItemState.OFFERED) for item in begun.items):
        has_more = any(item.state == ItemState.ACCEPTED for item in begun.items)
        if has_more:
            move(case, Verb.ACCEPT, State.CARRYING_OUT, closed_at=None, outcome="")
        return _decided(case, begun.matter, "accepted", taken, doer, now)
    move(case, Verb.ACCEPT, State.CLOSED, outcome=Outcome.CONFIRMED.value)
    _decided(case, begun.matter, "accepted", taken, doer, now)
    closed = CaseClosed(outcome=Outcome.CONFIRMED.value, behalf=doer.behalf[:80])
    journal.record(begun.matter, closed, by=doer.by, now=now)


@verb
def negotiate(case: Case, nos: Sequence[int], text: str, doer: Doer, *, now: datetime) -> None:
    """Partly: take what is offered, and go on about the rest, which becomes an item of its own."""
    begun = begin(case, Verb.NEGOTIATE, doer, now=now)
    conversations.write(begun.matter, text, by=doer.by, now=now)
    taken = chosen(begun.items, nos, ItemState.OFFERED)
    refuse_unpayable(case, taken)
    for item in taken:
        _agree(begun.matter, item, doer, now)
        rest = rest_of(item.amount, item.offer_amount) if item.offer_amount else Money()
        next_item(case, ItemKind(item.kind), text, amount=rest, to=item.to, by=item.by)
    _no(case, begun.matter, Verb.NEGOTIATE, ("partly", taken), doer, now)


@verb
def refuse(case: Case, nos: Sequence[int], text: str, doer: Doer, *, now: datetime) -> None:
    """The buyer does not take these offers, or says that something did not arrive as agreed. A new result is owed;
    after the end it takes the case up again."""
    begun = begin(case, Verb.REFUSE, doer, now=now)
    states = (ItemState.OFFERED, ItemState.ARRIVED) if nos else (ItemState.OFFERED,)
    if case.state == State.CLOSED:
        states = (ItemState.OFFERED, ItemState.ARRIVED)
    refused = chosen(begun.items, nos, *states)
    if not refused:
        raise Refusal("nothing_offered")
    if text.strip():
        conversations.write(begun.matter, text, by=doer.by, now=now)
    for item in refused:
        set_item(item, ItemState.REFUSED, decided_at=now, arrived_at=None, check_at=None)
        promising.given_up(begun.matter, item, "refused", by=doer.by, now=now)
    _no(case, begun.matter, Verb.REFUSE, ("refused", refused), doer, now)


def _no(
    case: Case, matter: Matter, verb: Verb, said: tuple[str, Sequence[DemandItem]], doer: Doer, now: datetime
) -> None:  # fmt: skip
    again = {"closed_at": None, "outcome": "", "reopened": case.reopened + 1} if case.state == State.CLOSED else {}
    move(case, verb, State.NEGOTIATING, **again)
    _decided(case, matter, said[0], said[1], doer, now)
    promising.our_turn(case, matter, by=doer.by, now=now)


@verb
def withdraw(case: Case, nos: Sequence[int], text: str, doer: Doer, *, now: datetime) -> None:
    """The buyer no longer wants these items (all, if none is named). What is under way goes on until it has arrived."""
    begun = begin(case, Verb.WITHDRAW, doer, now=now)
    if text.strip():
        conversations.write(begun.matter, text, by=doer.by, now=now)
    gone = chosen(begun.items, nos, *OPEN_TO_OFFERS)
    for item in gone:
        set_item(item, ItemState.WITHDRAWN, decided_at=now)
        promising.given_up(begun.matter, item, "withdrawn", by=doer.by, now=now)
    _decided(case, begun.matter, "withdrawn", gone, doer, now)
    to = state_after(ItemState(item.state) for item in begun.items)
    if to is State.CLOSED:
        has_arrived = any(item.state == ItemState.ARRIVED for item in begun.items)
        outcome = Outcome.CONFIRMED if has_arrived else Outcome.WITHDRAWN
        return end(case, begun.matter, outcome, doer, now=now, verb=Verb.WITHDRAW)
    if to is State.CARRYING_OUT or (to is State.PROPOSED and case.state == State.NEGOTIATING):
        move(case, Verb.WITHDRAW, to, **_silent_from(to, now))
        promising.their_turn(begun.matter, by=doer.by, now=now)


def _agree(matter: Matter, item: DemandItem, doer: Doer, now: datetime) -> None:
    """What was offered is agreed; `decided_at` only where the buyer said so."""
    state = after_yes(ItemKind(item.offer_kind))
    word = {"decided_at": now} if doer.party is Party.BUYER else {}
    if state is ItemState.ARRIVED:
        return set_item(item, state, arrived_at=now, **word)
    set_item(item, state, check_at=now + LOOK_SOON, **word)
    promising.agreed(matter, item, by=doer.by, now=now)
    journal.record(matter, ItemAgreed(item=item.pk, no=item.no), by=doer.by, now=now)


def _decided(
    case: Case, matter: Matter, decision: str, items: Sequence[DemandItem], doer: Doer, now: datetime
) -> None:  # fmt: skip
    event = ItemsDecided(
        items=tuple(item.no for item in items), decision=decision, state=case.state, behalf=doer.behalf[:80]
    )
    journal.record(matter, event, by=doer.by, now=now)


def _move_by_items(case: Case, verb: Verb, now: datetime) -> State:
    to = state_after(ItemState(state) for state in case.items.values_list("state", flat=True))
    return move(case, verb, to, **_silent_from(to, now))


def _silent_from(to: State, now: datetime) -> dict[str, object]:
    """From a proposal on the buyer is reminded; any new word starts that anew."""
    return {"silent_at": silence.next_at(now, 0), "reminded": 0} if to is State.PROPOSED else {}


def settle(case: Case, matter: Matter, verb: Verb, *, by: str, now: datetime) -> None:
    """Where the case stands once items were decided or have arrived: it closes when nothing is left."""
    states = [ItemState(state) for state in case.items.values_list("state", flat=True)]
    to = state_after(states)
    if case.state == State.CARRYING_OUT:  # offers of a resolved case may be answered before or after the end
        to = State.CARRYING_OUT if set(states) & set(UNDER_WAY) else State.CLOSED
    if to is State.CLOSED:
        return end(case, matter, _outcome(case), Doer(by), now=now, verb=verb)
    if to is State.CARRYING_OUT and case.state != State.CARRYING_OUT:
        move(case, Verb.ACCEPT, State.ACCEPTED)
        move(case, Verb.CARRY_OUT)
    else:
        move(case, verb, to, **_silent_from(to, now))
    if to is State.CARRYING_OUT:
        promising.their_turn(matter, by=by, now=now)


def _outcome(case: Case) -> Outcome:
    """Confirmed when the buyer said yes to everything that arrived, else what we say ourselves."""
    unsaid = Q(state=ItemState.ARRIVED, decided_at__isnull=True) | Q(state=ItemState.OFFERED)
    return Outcome.SETTLED if case.items.filter(unsaid).exists() else Outcome.CONFIRMED


@verb
def remind(case_id: int, *, now: datetime) -> None:
    """A buyer who owes us a word is reminded twice; then the case closes without confirmation, which is not solving."""
    matter = journal.lock_one(Case.objects.only("matter_id").get(pk=case_id).matter_id)
    case = Case.objects.filter(pk=case_id, silent_at__lte=now, state=State.PROPOSED.value).first()
    if case is None:
        return None
    if case.items.filter(state__in=UNDER_WAY).exists():  # nothing that is under way is cut off
        Case.objects.filter(pk=case.pk).update(silent_at=now + timedelta(days=1))
        return None
    if silence.is_over(case.reminded):
        return end(case, matter, Outcome.WITHOUT_CONFIRMATION, Doer("system"), now=now)
    reminded = case.reminded + 1
    Case.objects.filter(pk=case.pk).update(reminded=reminded, silent_at=silence.next_at(now, reminded))
    journal.record(matter, BuyerReminded(times=reminded), by="system", now=now)
