"""The people tests are about: Alice owns the case, Bo sits beside her, Sun leads, a buyer waits.

Everybody is made through actions, as in life. Agent numbers tell who is who: 1xxx line and second line, 2xxx leads,
3xxx operations, 9xxx the system's keeper.
"""

from datetime import datetime

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Filing
from huiyin.domain.cases.models import Case
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.models import Order, Remedy
from huiyin.domain.orders.plans import Plan
from huiyin.domain.orders.shop import OrderSnapshot, RemedyKind
from huiyin.domain.orders.situations import judge
from huiyin.domain.staff import actions as staff
from huiyin.domain.staff.models import Person, Tier
from huiyin.lib.money import Money
from tests.fakes import MIDNIGHT, an_order

PASSWORD = "open-sesame-1"

# agent number → tier
ALICE, BO, SECOND, RISK, SUN, SUE, OPS, KEEPER = "1024", "1025", "1101", "1301", "2001", "2002", "3001", "9001"
TIERS = {
    ALICE: Tier.L1,
    BO: Tier.L1,
    SECOND: Tier.L2,
    RISK: Tier.RISK,
    SUN: Tier.SUPERVISOR,
    SUE: Tier.SUPERVISOR,
    OPS: Tier.OPERATIONS,
    KEEPER: Tier.ADMIN,
}


def hire(agent_no: str = ALICE, *, now: datetime = MIDNIGHT, tier: str = "", email: str = "") -> Person:
    """The persona with this agent number, or somebody new of `tier`; hired once."""
    known = Person.objects.filter(agent_no=agent_no).first()
    if known is not None:
        return known
    person = staff.hire(agent_no, agent_no, tier or TIERS[agent_no].value, PASSWORD, by="test", now=now)
    if email:
        Person.objects.filter(pk=person.pk).update(email=email)
        person.refresh_from_db()
    return person


def on_duty(agent_no: str = ALICE, *, now: datetime = MIDNIGHT) -> Person:
    """A persona who is at the desk right now."""
    person = hire(agent_no, now=now)
    staff.set_duty(person, on_duty=True, now=now)
    person.refresh_from_db()
    return person


def buyer(
    email: str = "wang@example.com", *, name: str = "王小明", tier: str = "gold", now: datetime = MIDNIGHT
) -> Buyer:
    """A buyer we can reach by mail."""
    known = contacts.know({"email": email}, name=name, tier=tier, now=now)
    assert known is not None
    return known


def complaint(
    text: str = "买的卡密一直没有收到", *, now: datetime = MIDNIGHT, owner: Person | None = None, order_no: str = "",
    email: str = "wang@example.com", category: str = "",
) -> Case:  # fmt: skip
    """A filed complaint, acknowledged and, if wanted, in somebody's hands."""
    filing = Filing(
        what_happened=text, demand="补发", identities={"email": email}, name="王小明", order_no=order_no,
        category=category,
    )  # fmt: skip
    case = cases.file(filing, by="buyer", now=now)
    if owner is not None:
        cases.assign(case, owner, "test", by="system", now=now)
    return Case.objects.get(pk=case.pk)


def order(
    situation: str = "platform_failed", *, now: datetime = MIDNIGHT, seed: int = 0
) -> tuple[Order, OrderSnapshot]:
    """An order we have met, and what the shop said about it."""
    snapshot = an_order(situation, now, seed)
    return orders.keep_order(snapshot, judge(snapshot, now), now=now), snapshot


def manual_task(case_order: Order, *, by: str = "buyer", now: datetime = MIDNIGHT) -> Remedy:
    """A refund that the shop's software cannot do, so that a person does it: RM12."""
    plan = Plan(RemedyKind.REFUND, "by_hand", Money(), amount=Money(1_000), bill_no=case_order.bill_nos[0])
    remedy = orders.ask_remedy(case_order, plan, by=by, now=now)
    orders.hand_to_person(remedy.pk, "unsupported", now=now)
    return Remedy.objects.select_related("task", "matter", "order").get(pk=remedy.pk)


def request(case_order: Order, asker: Person, fen: int = 20_000, *, now: datetime = MIDNIGHT) -> Remedy:
    """A refund that is above the asker's authority and waits for approval."""
    plan = Plan(RemedyKind.REFUND, "delivery", Money(fen), amount=Money(fen), bill_no=case_order.bill_nos[0])
    return orders.ask_remedy(case_order, plan, by=asker.by, now=now, person=asker, reason="key was used before")
