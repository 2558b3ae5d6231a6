"""CP16: what a promotion owes is said to the buyer in a sentence with its version, and the demand starts from it."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from huiyin.adapters.papers.dues import due_sentence
from huiyin.adapters.papers.of_case import papers_of
from huiyin.demo.terms import terms_for
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.models import Case
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.models import Finding, Order
from huiyin.domain.orders.situations import judge
from huiyin.lib.money import Money
from tests import people
from tests.fakes import MIDNIGHT, FakeShop, an_order

Find = Callable[[str], Finding]
Read = Callable[[str], str]
SAYS = "付 100.00 元，应到账 150.00 元。实际到账 120.00 元，还少 30.00 元。"


@pytest.fixture
def order(shop: FakeShop, find: Find) -> Order:
    """充 100 送 50, and 120 arrived."""
    snapshot = shop.holds("short_amount")
    found = find(snapshot.payments[0].bill_no).order
    assert found is not None
    orders.keep_terms(found, terms_for(snapshot), now=MIDNIGHT)
    return found


def test_cp16_the_buyer_reads_what_is_due_before_complaining_and_while_following(
    browser: Client, order: Order, read: Read
) -> None:
    for address in (f"/t/{order.matter.no}/complain", f"/t/{order.matter.no}"):
        page = read(address)
        assert "版本 2024-06" in page, address
        assert "".join(SAYS.split()) in "".join(page.split()), address


def test_cp16_the_demand_starts_from_what_is_missing(browser: Client, order: Order) -> None:
    hint = browser.post("/complain/check", {"matter": order.matter.no, "demand": "少了钱"}).json()
    assert "30.00" in hint["suggestion"]


def test_cp16_the_form_is_filled_in_with_what_is_missing(browser: Client, order: Order, read: Read) -> None:
    people.on_duty()
    page = read(f"/t/{order.matter.no}/complain")
    assert 'name="amount_reissue" maxlength="16" autocomplete="off" value="30.00"' in page
    sent = {"want": ["reissue"], "amount_reissue": "30.00", "hours_reissue": "24", "once": "b" * 20}
    browser.post(f"/t/{order.matter.no}/complain", sent)
    case = Case.objects.get()
    assert case.items.get().amount == Money.parse("30")
    assert case.demand == ""  # what a chip says is no word of theirs


def test_cp16_the_guided_complaint_starts_from_it_as_well(browser: Client, order: Order) -> None:
    said = {"order_no": order.order_no, "category": "promo_dispute", "demand": "活动不算数"}
    assert "30.00" in browser.post("/complain/check", said).json()["suggestion"]
    assert "30.00" not in Client().post("/complain/check", said).json()["suggestion"]


def test_cp16_the_rule_counts_where_the_shop_says_less(browser: Client, shop: FakeShop) -> None:
    snapshot = replace(an_order("short_amount"), expected_value=Money.parse("120"))
    found = orders.keep_order(snapshot, judge(snapshot, MIDNIGHT), now=MIDNIGHT)
    orders.keep_terms(found, terms_for(snapshot), now=MIDNIGHT)
    assert "还少 30.00 元" in due_sentence(found)


def test_cp16_without_a_version_nothing_is_guessed(browser: Client) -> None:
    snapshot = replace(an_order("short_amount"), expected_value=None)
    found = orders.keep_order(snapshot, judge(snapshot, MIDNIGHT), now=MIDNIGHT)
    assert due_sentence(found) == "这一单参加的活动，系统算不出应到账多少，由人工为您核对。"


def test_cp16_an_order_without_a_promotion_says_nothing(browser: Client) -> None:
    found, _ = people.order("platform_failed")
    assert due_sentence(found) == ""


def test_cp16_the_result_cites_the_version(browser: Client, order: Order) -> None:
    people.on_duty()
    case = cases.want(order.matter, cases.Wanted(what_happened="少了 30"), by="buyer", now=MIDNIGHT)
    cases.resolve(case, [], "补了 30", Doer(people.hire().by), now=MIDNIGHT)
    again = Case.objects.select_related("matter", "owner", "order__matter", "buyer").get(pk=case.pk)
    pdf = papers_of(again).result_pdf()
    assert pdf
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    assert "版本2024-06" in "".join(said.split())
