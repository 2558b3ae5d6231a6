"""HL14: the “before you call” card on the page of a matter."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.domain.cases.models import Case
from huiyin.domain.orders.models import Finding
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.actions import Redeemed
from huiyin.domain.voice.passes.models import CallCode
from tests import people
from tests.fakes import FakeShop

Find = Callable[[str], Finding]


def follow(browser: Client, case: Case) -> None:
    session = browser.session
    session["matters"] = [case.matter.no]
    session.save()


def digits_of(browser: Client, no: str) -> str:
    page = browser.post(f"/t/{no}/call", follow=True).content.decode()
    found = re.search(r'id="code">(\d{3}) (\d{3})<', page)
    assert found is not None
    return found[1] + found[2]


def called(digits: str) -> tuple[Call, Redeemed | None]:
    call = voice.arrive("1", "hotline", "13900139000", now=timezone.now())
    found = passes.redeem_call_code(call, digits, now=timezone.now())
    call.refresh_from_db()
    return call, found


@pytest.mark.usefixtures("shop")
def test_hl14_who_proved_an_order_carries_it_into_the_call(browser: Client, find: Find, shop: FakeShop) -> None:
    finding = find(shop.holds("platform_failed").payments[0].bill_no)
    assert finding.order is not None
    call, found = called(digits_of(browser, finding.order.matter.no))
    assert found is not None
    assert (call.order_no, call.proof) == (finding.order.order_no, finding.level)
    assert finding.level != "none"


def test_hl14_a_case_is_joined_and_its_words_are_named(browser: Client) -> None:
    case = people.complaint(now=timezone.now())
    follow(browser, case)
    assert "买的卡密一直没有收到" in browser.get(f"/t/{case.matter.no}/call").content.decode()
    call, found = called(digits_of(browser, case.matter.no))
    assert found is not None
    assert (found.case, call.buyer, call.proof) == (case.matter, case.buyer, "none")


def test_hl14_an_order_number_in_a_complaint_proves_no_order(browser: Client) -> None:
    order, _ = people.order("already_redeemed")
    case = people.complaint(now=timezone.now(), order_no=order.order_no)
    follow(browser, case)
    page = browser.get(f"/t/{case.matter.no}/call").content.decode()
    assert order.title not in page
    call, _found = called(digits_of(browser, case.matter.no))
    assert (call.order_no, call.proof) == ("", "none")


def test_hl14_a_closed_case_is_not_joined(browser: Client) -> None:
    case = people.complaint(now=timezone.now())
    Case.objects.filter(pk=case.pk).update(state="closed", outcome="confirmed", closed_at=timezone.now())
    follow(browser, case)
    _call, found = called(digits_of(browser, case.matter.no))
    assert found is not None
    assert found.case is None


def test_hl14_a_reload_shows_the_same_code_and_the_call_page_too(browser: Client) -> None:
    case = people.complaint(now=timezone.now())
    follow(browser, case)
    digits = digits_of(browser, case.matter.no)
    for _ in range(2):
        assert f"{digits[:3]} {digits[3:]}" in browser.get(f"/t/{case.matter.no}/call").content.decode()
    assert CallCode.objects.count() == 1


def test_hl14_an_old_code_is_not_shown_any_more(browser: Client) -> None:
    case = people.complaint(now=timezone.now())
    follow(browser, case)
    digits = digits_of(browser, case.matter.no)
    CallCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert called(digits)[1] is None
    assert 'id="code"' not in browser.get(f"/t/{case.matter.no}/call").content.decode()


def test_hl14_nobody_else_gets_a_code_for_this_matter(browser: Client) -> None:
    case = people.complaint(now=timezone.now())
    assert browser.get(f"/t/{case.matter.no}/call").status_code == 404
    assert browser.post(f"/t/{case.matter.no}/call").status_code == 404
    assert not CallCode.objects.exists()


def test_hl14_too_many_codes_are_refused_in_words(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.web.portal.before_call.CODES", 1)
    case = people.complaint(now=timezone.now())
    follow(browser, case)
    browser.post(f"/t/{case.matter.no}/call")
    assert browser.post(f"/t/{case.matter.no}/call").status_code == 429
