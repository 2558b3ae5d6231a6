"""Screens 2 and 3, without a browser."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from huiyin.domain.cases.models import Case
from huiyin.domain.orders.models import Finding, Remedy
from huiyin.domain.orders.shop import DeliveryState
from huiyin.web.portal.home import FINDS_PER_MINUTE
from tests.fakes import EVERYTHING, SITUATIONS, FakeShop

Find = Callable[[str], Finding]
Read = Callable[[str], str]
CHANGING = re.compile(r'value="[A-Za-z0-9]{64}"|/f/\d+|finding:\d+|topics="[^"]*"|\d\d:\d\d')


def plain(page: str) -> str:
    return CHANGING.sub("…", page)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_rm2_every_situation_has_a_page_with_one_primary_button(
    situation: str, find: Find, read: Read, shop: FakeShop
) -> None:
    order = shop.holds(situation)
    page = read(f"/f/{find(order.payments[0].bill_no).pk}")
    assert page.count('class="btn"') == 1
    assert "%(" not in page


def test_hl11_a_right_and_a_wrong_order_number_get_the_same_page(find: Find, read: Read, shop: FakeShop) -> None:
    right = find(shop.holds("platform_failed").order_no)
    wrong = find("KM202611220000000000")
    assert plain(read(f"/f/{right.pk}")) == plain(read(f"/f/{wrong.pk}"))
    assert "find order_no" not in shop.asked


def test_hl11_nobody_elses_browser_opens_a_finding(find: Find, shop: FakeShop) -> None:
    found = find(shop.holds("platform_failed").payments[0].bill_no)
    assert Client().get(f"/f/{found.pk}").status_code == 404
    assert Client().post(f"/f/{found.pk}/choose", {"option": "reissue"}).status_code == 404


def test_rm1_a_second_tap_and_a_reload_give_the_same_key(
    browser: Client, find: Find, read: Read, shop: FakeShop
) -> None:
    found = find(shop.holds("platform_failed").payments[0].bill_no)
    for _ in range(2):
        browser.post(f"/f/{found.pk}/choose", {"option": "reissue"})
    pages = [re.findall(r'<code class="key"[^>]*>([^<]+)', read(f"/f/{found.pk}")) for _ in range(2)]
    assert pages[0] == pages[1] != []
    assert len(shop.ledger) == Remedy.objects.count() == 1
    assert found.order is not None
    assert found.order.matter.facts.filter(name="key_shown").count() == 1


def test_rm1_a_refund_goes_back_the_way_it_came(browser: Client, find: Find, read: Read, shop: FakeShop) -> None:
    found = find(shop.holds("out_of_stock").payments[0].bill_no)
    browser.post(f"/f/{found.pk}/choose", {"option": "refund"})
    assert "按原路退回" in read(f"/f/{found.pk}")


def test_rm9_above_the_limit_waits_for_a_person_and_says_so(
    browser: Client, find: Find, read: Read, shop: FakeShop, settings: Settings
) -> None:
    settings.BRAKES = settings.BRAKES | {"act": 100}
    found = find(shop.holds("platform_failed").payments[0].bill_no)
    browser.post(f"/f/{found.pk}/choose", {"option": "reissue"})
    page = read(f"/f/{found.pk}")
    assert "需要一个人批准" in page
    assert "现在没有人值班" in page


def test_rm12_what_the_shop_cannot_do_is_done_by_hand(browser: Client, find: Find, read: Read, shop: FakeShop) -> None:
    shop.can = EVERYTHING - {"reissue"}
    found = find(shop.holds("platform_failed").payments[0].bill_no)
    browser.post(f"/f/{found.pk}/choose", {"option": "reissue"})
    assert "由人工来办" in read(f"/f/{found.pk}")


def test_rm1_a_failed_remedy_is_told_and_a_person_takes_over(
    browser: Client, find: Find, read: Read, shop: FakeShop
) -> None:
    order = shop.holds("out_of_stock")
    shop.refund_fails.add(order.order_no)
    found = find(order.payments[0].bill_no)
    browser.post(f"/f/{found.pk}/choose", {"option": "refund"})
    assert "没有办成，现在由人工接手" in read(f"/f/{found.pk}")
    assert Case.objects.filter(order__order_no=order.order_no).exists()


def test_rm2_a_silent_shop_is_never_nothing_found(find: Find, read: Read, shop: FakeShop) -> None:
    shop.is_down = True
    assert "现在查不到店铺，我们每分钟再试" in read(f"/f/{find('4200087644202611224265334799').pk}")


def test_rm2_the_shop_dies_while_choosing_and_nothing_is_lost(
    browser: Client, find: Find, read: Read, shop: FakeShop
) -> None:
    found = find(shop.holds("platform_failed").payments[0].bill_no)
    shop.is_down = True
    browser.post(f"/f/{found.pk}/choose", {"option": "reissue"})
    page = read(f"/f/{found.pk}")
    assert "现在查不到店铺" in page
    assert "现在把卡密给我" in page


def test_hl11_too_many_wrong_numbers_lead_to_a_person(find: Find, read: Read, shop: FakeShop) -> None:
    for at in range(5):
        find(f"42000876442026112242653347{at:02}")
    assert "试的次数有点多" in read(f"/f/{find('4200087644202611224265334799').pk}")


def test_hl11_a_bill_number_proves_it_whatever_was_typed_first(browser: Client, find: Find, shop: FakeShop) -> None:
    order = shop.holds("platform_failed")
    first = find("4200087644202611224265334700")
    answer = browser.post(f"/f/{first.pk}/prove", {"bill_no": order.payments[0].bill_no}, follow=True)
    assert "是我们的问题" in answer.content.decode()


def test_rm2_waiting_is_a_promise_and_the_page_stays(browser: Client, find: Find, shop: FakeShop) -> None:
    found = find(shop.holds("payment_pending").payments[0].bill_no)
    page = browser.post(f"/f/{found.pk}/choose", {"option": "wait"}, follow=True)
    assert page.redirect_chain[-1][0] == f"/f/{found.pk}"
    assert found.order is not None
    assert found.order.matter.promises.filter(kind="payment_check").exists()


def test_rm2_a_change_seen_by_others_shows_at_once(find: Find, read: Read, shop: FakeShop) -> None:
    order = shop.holds("payment_pending")
    found = find(order.payments[0].bill_no)
    shop.settle(order.payments[0].bill_no)
    find(order.payments[0].bill_no)
    assert "钱没有丢" not in read(f"/f/{found.pk}/now")
    assert shop.orders[order.order_no].delivery.state is DeliveryState.QUEUED


def test_kp10_not_solved_opens_a_case_on_the_same_matter(browser: Client, find: Find, shop: FakeShop) -> None:
    found = find(shop.holds("platform_failed").payments[0].bill_no)
    browser.post(f"/f/{found.pk}/choose", {"option": "reissue"})
    page = browser.post(f"/f/{found.pk}/not-solved", follow=True)
    assert found.order is not None
    assert page.redirect_chain[-1][0] == f"/t/{found.order.matter.no}/complain"
    assert Case.objects.get().why == "not_solved"


def test_op3_a_flood_of_searches_from_one_address_is_slowed_down(browser: Client, shop: FakeShop) -> None:
    answers = [browser.post("/find", {"q": "KM202611220000000000"}) for _ in range(FINDS_PER_MINUTE + 1)]
    assert [answer.status_code for answer in answers[-2:]] == [302, 429]
    assert "有点太频繁了" in answers[-1].content.decode()


def test_hl11_codes_for_one_entry_are_few_whoever_asks(browser: Client, find: Find, shop: FakeShop) -> None:
    found = find(shop.holds("platform_failed").order_no)
    answers = [browser.post(f"/f/{found.pk}/choose", {"option": "code"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
