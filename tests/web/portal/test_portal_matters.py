"""Filing, following and opening a matter."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.demand import ItemKind
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.offers import Offer
from huiyin.domain.orders.models import Finding
from huiyin.lib import numbers
from huiyin.lib.money import Money
from tests.fakes import FakeShop
from tests.people import ALICE, hire

Find = Callable[[str], Finding]
Read = Callable[[str], str]
FORM = {"once": "a" * 20, "what_happened": "充 100 送 50 只到了 120", "demand": "补 30", "contact": "wang@example.com"}


@pytest.fixture
def case(browser: Client) -> Case:
    browser.post("/complain", FORM)
    return Case.objects.select_related("matter").get()


def pin_of(case: Case) -> str:
    return numbers.pin(settings.SECRET_KEY.encode(), case.matter.no)


def test_cp11_a_receipt_names_number_pin_and_promises(read: Read, case: Case) -> None:
    page = read(f"/t/{case.matter.no}/receipt")
    assert " ".join(case.matter.no[at : at + 4] for at in (0, 4, 8)) in page
    assert pin_of(case)[:4] in page
    assert "给您结果" in page


def test_cp11_the_same_form_sent_twice_is_one_case(browser: Client, case: Case) -> None:
    again = browser.post("/complain", FORM)
    assert again.headers["Location"] == f"/t/{case.matter.no}/receipt"
    assert Case.objects.count() == 1


@pytest.mark.parametrize(("contact", "kind"), [("13800138000", "phone"), ("QQ 1234567", "qq"), ("wx_buyer7", "wechat")])
def test_cp11_any_one_contact_is_enough(browser: Client, contact: str, kind: str) -> None:
    browser.post("/person", FORM | {"contact": contact})
    buyer = Case.objects.get().buyer
    assert buyer is not None
    assert [identity.kind for identity in buyer.identities.all()] == [kind]


def test_cp11_what_was_written_stays_when_the_contact_is_unreadable(browser: Client) -> None:
    page = browser.post("/complain", FORM | {"contact": "?"})
    assert page.status_code == 422
    assert FORM["what_happened"] in page.content.decode()
    assert Case.objects.count() == 0


def test_cp11_number_and_pin_open_it_elsewhere(case: Case, shop: FakeShop) -> None:
    other = Client()
    assert other.get(f"/t/{case.matter.no}").headers["Location"] == "/track"
    answer = other.post("/track", {"no": f" {case.matter.no[:6]}-{case.matter.no[6:]}", "pin": pin_of(case)})
    assert answer.headers["Location"] == f"/t/{case.matter.no}"


def test_cp11_five_wrong_pins_close_it_and_look_like_an_unknown_number(case: Case, shop: FakeShop) -> None:
    other = Client()
    wrong = [other.post("/track", {"no": case.matter.no, "pin": "00000000"}) for _ in range(5)]
    closed = other.post("/track", {"no": case.matter.no, "pin": pin_of(case)})
    unknown = other.post("/track", {"no": "123456789012", "pin": "00000000"})
    assert {answer.status_code for answer in (*wrong, closed, unknown)} == {422}
    says = {answer.content.decode().count("这两个号码对不上") for answer in (*wrong, closed, unknown)}
    assert says == {1}


def test_cp11_twenty_wrong_pins_close_an_address(case: Case, shop: FakeShop) -> None:
    other = Client()
    for at in range(20):
        other.post("/track", {"no": f"1234567890{at:02}", "pin": "00000000"})
    assert other.post("/track", {"no": case.matter.no, "pin": pin_of(case)}).status_code == 422


def test_cp11_order_and_bill_number_open_the_orders_matter(browser: Client, shop: FakeShop) -> None:
    order = shop.holds("platform_failed")
    right = {"order_no": order.order_no, "bill_no": order.payments[0].bill_no}
    assert browser.post("/track", right).headers["Location"].startswith("/t/")
    assert browser.post("/track", right | {"bill_no": "4200087644202611224265334700"}).status_code == 422


def test_cp12_the_buyer_adds_something_and_sees_it(browser: Client, read: Read, case: Case) -> None:
    browser.post(f"/t/{case.matter.no}/add", {"text": "<b>截图在这里</b>"})
    assert "&lt;b&gt;截图在这里&lt;/b&gt;" in read(f"/t/{case.matter.no}")


def test_cp8_the_buyer_may_demand_a_supervisor_once(browser: Client, read: Read, case: Case) -> None:
    for _ in range(2):
        browser.post(f"/t/{case.matter.no}/supervisor")
    case.refresh_from_db()
    assert case.level == 1
    assert "要求主管处理" not in read(f"/t/{case.matter.no}")


def test_cp11_nobody_else_reads_or_writes_it(case: Case) -> None:
    stranger = Client()
    for address in ("now", "receipt"):
        assert stranger.get(f"/t/{case.matter.no}/{address}").status_code == 404
    assert stranger.post(f"/t/{case.matter.no}/add", {"text": "?"}).status_code == 404


def test_hl11_a_key_on_the_matter_is_for_who_proved_the_order(browser: Client, find: Find, shop: FakeShop) -> None:
    found = find(shop.holds("platform_failed").payments[0].bill_no)
    browser.post(f"/f/{found.pk}/choose", {"option": "reissue"})
    assert found.order is not None
    no = found.order.matter.no
    other = Client()
    other.post("/track", {"no": no, "pin": numbers.pin(settings.SECRET_KEY.encode(), no)})
    assert 'class="key"' in browser.get(f"/t/{no}").content.decode()
    assert 'class="key"' not in other.get(f"/t/{no}").content.decode()


def test_cp11_a_forged_link_opens_nothing(browser: Client, case: Case) -> None:
    assert Client().post("/m", {"token": f"{case.matter.no}.{'A' * 22}"}).status_code == 409
    assert Client().post("/o", {"token": "eyJ9.AAAA"}).status_code == 409


def test_cp10_while_an_offer_waits_the_page_asks_for_a_word_on_it_and_not_whether_it_is_solved(
    browser: Client, read: Read, case: Case
) -> None:
    alice = hire(ALICE)
    now = timezone.now()
    cases.assign(case, alice, "test", by="system", now=now)
    page = f"/t/{case.matter.no}"
    assert 'value="solved"' in read(page)
    cases.propose(case, [Offer(1, ItemKind.REFUND, Money(1_000))], Doer(alice.by), now=now)
    shown = read(page)
    assert 'value="accept"' in shown
    assert 'value="solved"' not in shown
    browser.post(f"{page}/decide", {"deed": "solved"})
    assert "请先接受或拒绝" in read(page)
    case.refresh_from_db()
    assert case.state == "proposed"
