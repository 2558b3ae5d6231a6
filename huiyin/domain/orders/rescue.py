"""The one function for the midnight buyer: find → facts → choice → remedy.

Page, API and watch call it, and later chat and phone: the same levels of proof, the same brakes, one remedy row. It
asks the shop outside any transaction and writes through actions only. `now` is read once by the caller.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.journal.models import Matter
from huiyin.domain.notices import actions as notices
from huiyin.domain.orders import actions
from huiyin.domain.orders.actions.searches import LOOK_AGAIN, Asker, Search
from huiyin.domain.orders.models import Finding, Order, Remedy
from huiyin.domain.orders.plans import Plan, plan
from huiyin.domain.orders.proof import TAIL, Level, is_tail_and_amount, is_whole_bill_no
from huiyin.domain.orders.queries import live_remedy
from huiyin.domain.orders.shop import OrderSnapshot, PaymentState, Shop
from huiyin.domain.orders.situations import BY_ITSELF, Option, Situation, Verdict, about_the_search, judge, made_good
from huiyin.lib.errors import Refusal, Rejected, Unavailable
from huiyin.lib.limits import actions as limits
from huiyin.lib.money import Money
from huiyin.lib.paste import Entry, entries
from huiyin.lib.seal import unseal

TRIES = 5  # wrong entries within 15 minutes before a person helps instead
WINDOW_S = 900


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody gives besides what they typed. `order_no` comes from a link of the shop, already checked."""

    bill_no: str = ""
    amount: str = ""
    code: str = ""
    order_no: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What came of a choice. `keys` are full card keys, for the screen of somebody who may see them."""

    matter: Matter
    remedy: Remedy | None = None
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Hit:
    level: Level
    snapshot: OrderSnapshot | None = None
    shows: bool = False
    is_wrong: bool = False  # something was claimed and is not true: counts as a try


def find(text: str, proof: Proof, asker: Asker, *, shop: Shop, now: datetime) -> Finding:
    """Look for an order and say what is wrong with it, as far as the proof allows.

    Without proof nothing is looked up, so a right and a wrong entry get the same answer in the same time. A shop that
    does not answer is said to be silent, never "nothing found"; the worker asks again every minute.
    """
    asked = {"text": text[:200], "bill_no": proof.bill_no[:64], "amount": proof.amount[:20], "order_no": proof.order_no}
    bucket = f"find:{asker.bucket}"
    if limits.used(bucket, WINDOW_S, now) >= TRIES:
        verdict = about_the_search(Situation.TOO_MANY_TRIES)
        return actions.keep_finding(Search(asker, asked, Level.NONE), verdict, None, now=now)
    try:
        hit = _look(text, proof, shop, now)
    except Unavailable:
        verdict = about_the_search(Situation.SHOP_UNREACHABLE, now + LOOK_AGAIN)
        return actions.keep_finding(Search(asker, asked, Level.NONE), verdict, None, now=now)
    if hit.is_wrong and limits.count(bucket, WINDOW_S, now) >= TRIES:
        verdict = about_the_search(Situation.TOO_MANY_TRIES)
        return actions.keep_finding(Search(asker, asked, Level.NONE), verdict, None, now=now)
    verdict, order = _facts(hit, now)
    return actions.keep_finding(Search(asker, asked, hit.level, hit.shows), verdict, order, now=now)


def _facts(hit: _Hit, now: datetime) -> tuple[Verdict, Order | None]:
    if hit.snapshot is None:
        return about_the_search(Situation.NOT_FOUND if hit.is_wrong else Situation.PROOF_NEEDED), None
    verdict = judged(hit.snapshot, now)
    return verdict, actions.keep_order(hit.snapshot, verdict, now=now)


def judged(snapshot: OrderSnapshot, now: datetime) -> Verdict:
    """The verdict on an order, knowing also what we have done about it."""
    verdict = judge(snapshot, now)
    ours = Remedy.objects.filter(order__order_no=snapshot.order_no, kind="reissue", state="done").order_by("-pk")
    remedy = ours.first()
    return made_good(verdict, remedy.asked_by, remedy.ended_at or now) if remedy else verdict


def _look(text: str, proof: Proof, shop: Shop, now: datetime) -> _Hit:
    if proof.order_no:
        found = shop.order(proof.order_no)
        return _Hit(Level.SIGNED, found, shows=True) if found else _Hit(Level.NONE, is_wrong=True)
    typed = entries(text)
    for entry in typed:
        if entry.by == "bill_no" and (orders := shop.find("bill_no", entry.value)):
            return _Hit(Level.ORDER_FACTS, orders[0], shows=True)
    if proof.bill_no:
        return _by_bill(typed, proof, shop)
    if proof.code:
        return _by_code(typed, proof.code, shop, now)
    claimed = any(entry.by == "bill_no" for entry in typed)
    return _Hit(Level.NONE, is_wrong=claimed or not typed)


def _by_bill(typed: tuple[Entry, ...], proof: Proof, shop: Shop) -> _Hit:
    """The order number (or address) named, and the bill number as its proof: both must belong to one order."""
    given = "".join(proof.bill_no.split())
    amount = _amount(proof.amount)
    if not typed and amount is not None:
        return _by_tail(given, amount, shop)
    for entry in typed:
        for order in shop.find(entry.by, entry.value):
            if is_whole_bill_no(given, order):
                return _Hit(Level.ORDER_FACTS, order, shows=True)
            if amount is not None and is_tail_and_amount(given, amount, order):
                return _Hit(Level.ORDER_FACTS, order)
    return _Hit(Level.NONE, is_wrong=True)


def _by_tail(given: str, amount: Money, shop: Shop) -> _Hit:
    """All that a caller can key: the end of the bill number and the amount. Two orders that fit are none."""
    if len(given) < TAIL or not given.isdigit():
        return _Hit(Level.NONE, is_wrong=True)
    try:
        fitting = [one for one in shop.find("bill_tail", given) if is_tail_and_amount(given, amount, one)]
    except Rejected:  # a shop that cannot look for it
        fitting = []
    return _Hit(Level.ORDER_FACTS, fitting[0]) if len(fitting) == 1 else _Hit(Level.NONE, is_wrong=True)


def _by_code(typed: tuple[Entry, ...], code: str, shop: Shop, now: datetime) -> _Hit:
    """A code that we sent to the order's contact. Of several orders the first one with trouble is meant."""
    numbers = next((nos for entry in typed if (nos := contacts.use_code(_name(entry), code, now=now))), [])
    orders = [found for number in numbers[:5] if (found := shop.order(number))]
    if not orders:
        return _Hit(Level.NONE, is_wrong=True)
    troubled = [order for order in orders if judge(order, now).situation is not Situation.DELIVERED]
    return _Hit(Level.CONTACT, (troubled or orders)[0], shows=True)


def _name(entry: Entry) -> str:
    return f"{entry.by}:{entry.value}"


def _amount(text: str) -> Money | None:
    try:
        return Money.parse(text) if text else None
    except ValueError:
        return None


def send_code(text: str, *, shop: Shop, now: datetime) -> None:
    """Send a code to the contact of the orders behind this entry, if there are any. Run by the worker, so that the
    page answers everybody alike and at once."""
    for entry in entries(text)[:3]:
        orders = shop.find(entry.by, entry.value)
        if not orders:
            continue
        if entry.by == "email":
            address = {"email": entry.value}
        elif entry.by == "phone":
            address = {"phone": entry.value}
        else:
            address = {"email": orders[0].buyer.email, "phone": orders[0].buyer.phone}
        code = contacts.new_code(_name(entry), [order.order_no for order in orders[:5]], now=now)
        once = f"code:{_name(entry)[:50]}:{int(now.timestamp())}"
        notices.owe(notices.Owed("code", once, secret=code), address, now=now)
        return


def look_again(finding: Finding, *, shop: Shop, now: datetime) -> None:
    """Ask the shop again for a finding that still changes: silent shop, pending payment. The page flips by itself."""
    asked = json.loads(unseal(settings.SECRET_KEY.encode(), finding.asked))
    proof = Proof(bill_no=asked["bill_no"], amount=asked["amount"], order_no=asked["order_no"])
    try:
        if finding.order is not None:
            hit = _Hit(Level(finding.level), _fresh(finding.order, shop), shows=finding.verdict.get("shows", False))
        else:
            hit = _look(asked["text"], proof, shop, now)
    except Unavailable:
        return actions.retry_later(finding, None, finding.order, now=now)
    verdict, order = _facts(hit, now)
    actions.retry_later(finding, verdict, order, now=now, level=hit.level, shows=hit.shows)


def _fresh(order: Order, shop: Shop) -> OrderSnapshot | None:
    """The order as it stands now; a pending payment is asked for at the channel first, so that we are not the last
    to know."""
    for payment in order.snapshot.get("payments", []):
        if payment["state"] == PaymentState.PENDING:
            shop.requery(payment["bill_no"])
    return shop.order(order.order_no)


def choose(finding: Finding, option: str, *, by: str, shop: Shop, now: datetime) -> Choice:
    """Do what the buyer chose. The same choice twice gives the same remedy.

    Raises Refusal: finding_expired, not_an_option (with what is possible), situation_changed (look at the new finding),
    proof_needed; and Unavailable when the shop is silent.
    """
    if now >= finding.expires_at:
        raise Refusal("finding_expired")
    if option not in finding.verdict["options"]:
        if (again := _chosen_before(finding)) is not None:
            return again
        raise Refusal("not_an_option", option=option[:20], options=finding.verdict["options"])
    chosen = Option(option)
    if chosen in {Option.PERSON, Option.NOT_WORKING, Option.NOT_MY_MAIL}:
        return Choice(actions.ask_person(finding, option, by=by, now=now))
    if finding.order is None:
        raise Refusal("proof_needed")
    if chosen is Option.WAIT:
        return Choice(actions.wait(finding, by=by, now=now))
    if chosen is Option.SHOW:
        return _show(finding, finding.order, by=by, shop=shop, now=now)
    return _remedy(finding, finding.order, chosen, by=by, shop=shop, now=now)


def _chosen_before(finding: Finding) -> Choice | None:
    remedy = live_remedy(finding.order) if finding.order else None
    return Choice(remedy.matter, remedy) if remedy and remedy.asked_at >= finding.created_at else None


def _show(finding: Finding, order: Order, *, by: str, shop: Shop, now: datetime) -> Choice:
    if not finding.verdict.get("shows"):
        raise Refusal("proof_needed")
    keys = list(shop.reveal(order.order_no))
    matter = actions.shown(order, finding.level, len(keys), by=by, now=now)
    return Choice(matter, keys=keys)


def _remedy(finding: Finding, order: Order, chosen: Option, *, by: str, shop: Shop, now: datetime) -> Choice:
    if (again := _chosen_before(finding)) is not None:
        return again
    snapshot = _fresh(order, shop)
    if snapshot is None:
        raise Refusal("situation_changed")
    verdict = judged(snapshot, now)
    order = actions.keep_order(snapshot, verdict, now=now)
    if chosen not in verdict.options:
        if (again := _chosen_before(finding)) is not None:
            return again  # the same choice, made twice at once: the other one is already done
        level = Level(finding.level)
        actions.retry_later(finding, verdict, order, now=now, level=level, shows=finding.verdict.get("shows", False))
        raise Refusal("situation_changed", situation=verdict.situation.value)
    return _ask(finding, order, plan(snapshot, verdict.situation, chosen), by=by, now=now)


def _ask(finding: Finding, order: Order, wanted: Plan, *, by: str, now: datetime) -> Choice:
    remedy = actions.ask_remedy(order, wanted, by=by, now=now)
    if remedy.state == "done" and remedy.asked_at < finding.created_at:
        return Choice(actions.ask_person(finding, "already_made_good", by=by, now=now), remedy)
    return Choice(remedy.matter, remedy)


def watch(order: Order, *, shop: Shop, now: datetime) -> None:
    """PA4: look at a paid order by ourselves. What nobody would choose otherwise is put right at once; what is the
    buyer's choice is put to them; what we cannot know yet is looked at again."""
    try:
        snapshot = _fresh(order, shop)
    except Unavailable:
        return actions.watch_later(order, now + LOOK_AGAIN, tries=order.watch_tries + 1)
    if snapshot is None:
        return actions.watch_later(order, None)
    verdict = judge(snapshot, now)
    order = actions.keep_order(snapshot, verdict, now=now)
    recommended = verdict.options[0]
    if verdict.situation in BY_ITSELF and recommended is Option.REISSUE:
        actions.ask_remedy(order, plan(snapshot, verdict.situation, recommended), by="watch", now=now)
        return actions.watch_later(order, None)
    if verdict.situation is Situation.OUT_OF_STOCK:
        return _put_to_choice(order, now)
    tries = order.watch_tries + 1
    again = verdict.situation in {Situation.PAYMENT_PENDING, Situation.WATCHED} and tries < 60
    return actions.watch_later(order, max(now + LOOK_AGAIN, verdict.by or now) if again else None, tries=tries)


def _put_to_choice(order: Order, now: datetime) -> None:
    """Out of stock after payment: tell the buyer once, and keep looking for stock while they wait."""
    waiting = order.findings.filter(chosen="wait").exists()
    actions.offer_choice(order, now=now)
    actions.watch_later(order, now + timedelta(minutes=5) if waiting else None)
