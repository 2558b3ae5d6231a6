"""The worker's rounds, step by step: what was forgotten is found, whoever was killed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from huiyin.daemons import rounds
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.models import Case
from huiyin.domain.notices.models import Notice
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders import queries, rescue
from huiyin.domain.orders.actions.searches import Asker
from huiyin.domain.orders.models import Finding, Order, Remedy, ShopEvent
from huiyin.domain.promises.models import Promise
from tests import people
from tests.fakes import MIDNIGHT, FakeShop

pytestmark = pytest.mark.django_db
BUYER = Asker("web", "buyer", "rounds")
_shop = FakeShop()


def the_fake() -> FakeShop:
    """What `settings.SHOP` names here."""
    return _shop


@pytest.fixture
def shop(settings: object) -> Iterator[FakeShop]:
    global _shop
    _shop = FakeShop()
    settings.SHOP = "tests.daemons.test_rounds.the_fake"  # type: ignore[attr-defined]
    queries.the_shop.cache_clear()
    yield _shop
    queries.the_shop.cache_clear()


@pytest.fixture(autouse=True)
def night() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MIDNIGHT, tick=False) as clock:
        yield clock


def later(clock: time_machine.Traveller, shop: FakeShop, **delta: float) -> datetime:
    clock.shift(timedelta(**delta))
    shop.now = shop.now + timedelta(**delta)
    return shop.now


def found(shop: FakeShop, situation: str) -> Finding:
    number = shop.holds(situation).payments[0].bill_no
    return rescue.find(number, rescue.Proof(), BUYER, shop=shop, now=shop.now)


def test_pa4_polling_finds_paid_orders_and_the_watch_puts_them_right(
    shop: FakeShop, night: time_machine.Traveller
) -> None:
    snapshot = shop.holds("watched")
    rounds.shop_news()
    assert Order.objects.get().watch_at == snapshot.delivery.promised_by
    rounds.watched_orders()
    assert not Remedy.objects.exists()
    later(night, shop, minutes=4)
    rounds.watched_orders()
    later(night, shop, seconds=6)
    rounds.forgotten_remedies()
    assert [effect.order_no for effect in shop.ledger] == [snapshot.order_no]


def test_pa4_news_come_page_by_page_and_once(
    shop: FakeShop, night: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "PAGE", 1)
    for seed in range(3):
        shop.holds("delivered", seed=seed)
    rounds.shop_news()
    rounds.shop_news()
    assert Order.objects.count() == 3


def test_rm3_a_remedy_whose_job_was_lost_is_carried_out(shop: FakeShop, night: time_machine.Traveller) -> None:
    finding = found(shop, "platform_failed")
    rescue.choose(finding, "reissue", by="buyer", shop=shop, now=shop.now)
    rounds.forgotten_remedies()
    assert shop.ledger == []  # its job has five seconds first
    later(night, shop, seconds=6)
    rounds.forgotten_remedies()
    rounds.forgotten_remedies()
    assert len(shop.ledger) == 1


def test_rm1_a_silent_shop_is_asked_again_each_minute(shop: FakeShop, night: time_machine.Traveller) -> None:
    finding = found(shop, "shop_unreachable")
    later(night, shop, seconds=61)
    rounds.changing_findings()
    assert Finding.objects.get(pk=finding.pk).verdict["situation"] == "shop_unreachable"
    shop.silent.clear()
    later(night, shop, seconds=61)
    rounds.changing_findings()
    assert Finding.objects.get(pk=finding.pk).verdict["situation"] == "platform_failed"


def test_cp8_a_remedy_that_takes_too_long_gets_a_person(shop: FakeShop, night: time_machine.Traveller) -> None:
    finding = found(shop, "platform_failed")
    rescue.choose(finding, "reissue", by="buyer", shop=shop, now=shop.now)
    later(night, shop, minutes=11)
    rounds.due_promises()
    assert Promise.objects.get(kind="remedy").state == "broken"
    assert Case.objects.get().why == "broken_remedy"


def test_rm5_an_event_the_shop_sent_twice_is_one_look(shop: FakeShop, night: time_machine.Traveller) -> None:
    order_no = shop.holds("platform_failed").order_no
    assert orders.take_in("e1", "paid", order_no, {}, at=shop.now, now=shop.now)
    assert not orders.take_in("e1", "paid", order_no, {}, at=shop.now, now=shop.now)
    later(night, shop, seconds=11)
    rounds.unhandled_events()
    assert Order.objects.get().order_no == order_no
    assert ShopEvent.objects.get().handled_at is not None


def test_rm5_an_event_while_the_shop_is_silent_waits(shop: FakeShop, night: time_machine.Traveller) -> None:
    order_no = shop.holds("shop_unreachable").order_no
    orders.take_in("e2", "paid", order_no, {}, at=shop.now, now=shop.now)
    later(night, shop, seconds=11)
    rounds.unhandled_events()
    assert ShopEvent.objects.get().handled_at is None


def test_fr1_the_shop_notes_when_a_key_was_first_shown(shop: FakeShop, night: time_machine.Traveller) -> None:
    snapshot = shop.holds("page_closed")
    rounds.note_first_shown(snapshot.order_no)
    assert shop.orders[snapshot.order_no].delivery.items[0].first_shown_at == shop.now
    assert Order.objects.get().situation == "delivered"


def test_hl8_op17_the_worker_asks_in_the_morning_about_what_ended_at_night(night: time_machine.Traveller) -> None:
    case = people.complaint("账号登不上去", owner=people.hire(), category="account_access")
    cases.resolve(case, [], "已经处理好了", Doer(people.hire().by), now=MIDNIGHT)
    for hour, sent in ((0, 0), (8.99, 0), (9, 1), (10, 1)):
        night.move_to(MIDNIGHT + timedelta(hours=hour))
        rounds.ended_cases()
        assert Notice.objects.filter(template="survey").count() == sent
