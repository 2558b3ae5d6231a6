"""Whatever people do to a case, in any order: nothing is lost, nothing runs for ever, every no has a reason."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import transaction

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import carrying
from huiyin.domain.cases.actions import Assessment, Doer, Filing, Question
from huiyin.domain.cases.demand import Item, ItemKind, ItemState
from huiyin.domain.cases.lifecycle import Party, State
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.offers import Offer
from huiyin.domain.cases.places import possible_for
from huiyin.domain.cases.responsibility import Responsible
from huiyin.domain.journal.chain import Link, first_break
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders import carrying as remedies
from huiyin.domain.orders.models import Remedy
from huiyin.domain.orders.situations import judge
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.queries import RUNS, due_now
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money
from tests.fakes import MIDNIGHT as NOW
from tests.fakes import FakeShop
from tests.people import ALICE, OPS, SECOND, SUN, hire

STEPS = 40
Deed = Callable[[Case, Random, datetime], object]


def _offer(case: Case, dice: Random) -> list[Offer]:
    items = [item for item in case.items.all() if item.state in {"open", "offered", "refused"}]
    kinds = [ItemKind.EXPLANATION, ItemKind.OTHER, ItemKind.REFUND, ItemKind.REISSUE]
    return [Offer(item.no, dice.choice(kinds), text="这样可以吗") for item in items if dice.random() < 0.8]


def _nos(case: Case, dice: Random) -> list[int]:
    return [] if dice.random() < 0.5 else [dice.choice([item.no for item in case.items.all()] or [1])]


def _lead() -> Doer:
    return Doer(f"staff:{OPS}")


BUYER = Doer("buyer")
DEEDS: dict[str, Deed] = {
    "assign": lambda c, d, t: cases.assign(c, d.choice(list(Person.objects.all())), "dice", by="staff:3001", now=t),
    "assess": lambda c, d, t: cases.assess(c, Assessment(d.choice(list(Responsible))), _lead(), now=t),
    "answer": lambda c, d, t: cases.answer(c, Person.objects.get(agent_no=OPS), "我们在看", now=t),
    "add": lambda c, d, t: cases.add(c.matter, "补充一下", by="buyer", now=t),
    "ask": lambda c, d, t: cases.ask(c, Question(d.choice(["balance", "error", "chat"]), "请发"), _lead(), now=t),
    "go_on": lambda c, d, t: cases.go_on(c, _lead(), now=t),
    "propose": lambda c, d, t: cases.propose(c, _offer(c, d), _lead(), now=t),
    "resolve": lambda c, d, t: cases.resolve(c, _offer(c, d), "处理好了", _lead(), now=t),
    "accept": lambda c, d, t: cases.accept(c, _nos(c, d), BUYER, now=t),
    "negotiate": lambda c, d, t: cases.negotiate(c, _nos(c, d), "还差一点", BUYER, now=t),
    "refuse": lambda c, d, t: cases.refuse(c, _nos(c, d), "不行", BUYER, now=t),
    "withdraw": lambda c, d, t: cases.withdraw(c, _nos(c, d), "", BUYER, now=t),
    "escalate": lambda c, d, t: cases.escalate(c, "buyer", by="buyer", now=t),
    "close": lambda c, d, t: cases.close(c, "settled", by=f"staff:{OPS}", now=t),
    "confirm": lambda c, d, t: cases.close(c, "confirmed", by="buyer", now=t),
    "reopen": lambda c, d, t: cases.reopen(c, "not_solved", BUYER, now=t, text="没解决"),
    "arrive": lambda c, d, t: [cases.arrive(item, _lead(), now=t) for item in c.items.filter(state="carrying_out")[:1]],
    "remind": lambda c, d, t: cases.remind(c.pk, now=t),
}


def worker(shop: FakeShop, at: datetime) -> None:
    for promise_id in due_now(at):
        promises.break_due(promise_id, now=at)
    for item_id in carrying.due(at):
        carrying.look(item_id, shop=shop, now=at)
    for remedy in Remedy.objects.filter(state__in=["approved", "executing"]):
        remedies.carry_out(remedy.pk, shop=shop, now=at)


def live(seed: int, shop: FakeShop) -> Case:
    """A case that people and the worker do things to, as dice say."""
    dice, at = Random(seed), NOW
    for agent_no in (ALICE, SECOND, SUN, OPS):
        hire(agent_no)
    snapshot = shop.holds(dice.choice(["out_of_stock", "platform_failed", "short_amount"]), quantity=1)
    orders.keep_order(snapshot, judge(snapshot, NOW), now=NOW)
    wants = (Item(ItemKind.REFUND, Money(5_000)), Item(ItemKind.EXPLANATION), Item(ItemKind.OTHER, text="道歉"))
    order_no = snapshot.order_no if dice.random() < 0.7 else ""
    filing = Filing("没有到账", "", {"qq": "10001"}, order_no=order_no, category="account_access", items=wants)
    case = cases.file(filing, by="buyer", now=at)
    for _ in range(STEPS):
        at += timedelta(minutes=dice.choice([1, 5, 60, 600, 3000]))
        _do(dice.choice(list(DEEDS)), case, dice, at)
        if dice.random() < 0.4:
            worker(shop, at)
        _must_hold(case, at)
    return Case.objects.get(pk=case.pk)


def _do(name: str, case: Case, dice: Random, at: datetime) -> None:
    try:
        with transaction.atomic():
            DEEDS[name](Case.objects.select_related("matter").get(pk=case.pk), dice, at)
    except Refusal as no:
        assert no.code


def _must_hold(case: Case, at: datetime) -> None:
    row = Case.objects.select_related("matter").get(pk=case.pk)
    items = list(DemandItem.objects.filter(case=row))
    running = set(Promise.objects.filter(matter=row.matter, state__in=RUNS).values_list("kind", "about"))
    if row.state == State.CLOSED:
        assert running == set()
        assert row.outcome
        assert not any(item.state in {ItemState.ACCEPTED, ItemState.CARRYING_OUT} for item in items)
    if row.state == State.PROPOSED:
        assert row.silent_at is not None
        assert any(item.state == ItemState.OFFERED for item in items)
    else:
        assert row.silent_at is None
    if row.state not in {State.WAITING_FOR_BUYER, State.CLOSED}:
        assert ("buyer_material", "") not in running
        assert not Promise.objects.filter(matter=row.matter, state="paused").exists()
    assert any(no is None for _, no in possible_for(row, Party.SYSTEM, now=at))


@pytest.mark.parametrize("seed", range(10))
def test_cp10_any_life_holds(seed: int, shop: FakeShop) -> None:
    case = live(seed, shop)
    links = [Link(f.seq, f.name, f.by, f.at, f.data, f.hash) for f in case.matter.facts.order_by("seq")]
    assert first_break(case.matter.no, links) is None
    given_back = [request for request in shop.ledger if request.kind == "refund"]
    assert len(given_back) <= 1
