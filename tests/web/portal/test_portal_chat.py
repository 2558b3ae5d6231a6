"""The chat as a page of the portal: its form for browsers without scripts, and the order it was reached from."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client

from huiyin.domain.cases.models import Case
from huiyin.domain.orders.models import Finding
from huiyin.lib.signing import order_in_link
from huiyin.web.case_links import case_behind
from tests.fakes import FakeShop

Find = Callable[[str], Finding]
Read = Callable[[str], str]


def token_on(page: str) -> str:
    found = re.search(r'data-order="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_ch1_without_scripts_the_page_is_a_form_that_becomes_a_case(browser: Client, read: Read) -> None:
    page = read("/chat")
    form = re.search(r'<form id="form"[^>]*action="([^"]*)"', page)
    once = re.search(r'name="once" value="([^"]*)"', page)
    assert form is not None and once is not None
    answer = browser.post(form[1], {"once": once[1], "what_happened": "卡密用不了", "contact": "wang@example.com"})
    case = Case.objects.select_related("matter").get()
    assert answer.headers["Location"] == f"/t/{case.matter.no}/receipt"


@pytest.mark.parametrize("from_page", ["/", "/track", "/no-such-page"])
def test_ch2_whoever_wants_a_person_is_led_to_the_chat(read: Read, from_page: str) -> None:
    assert 'href="/chat"' in read(from_page)


def test_an_order_proven_here_goes_along_sealed(find: Find, read: Read, shop: FakeShop) -> None:
    order = shop.holds("platform_failed")
    page = read(f"/chat?f={find(order.payments[0].bill_no).pk}")
    assert order_in_link(token_on(page), settings.SHOP_SECRET, datetime.now(UTC)) == order.order_no


def test_what_was_found_but_not_proven_goes_along_unsaid(find: Find, read: Read, shop: FakeShop) -> None:
    found = find(shop.holds("platform_failed").order_no)
    assert token_on(read(f"/chat?f={found.pk}")) == ""


def test_cp7_ones_own_matter_goes_along_sealed_and_nobody_elses(browser: Client, read: Read) -> None:
    once = re.search(r'name="once" value="([^"]*)"', read("/chat"))
    assert once is not None
    words = {"once": once[1], "what_happened": "卡密用不了", "contact": "wang@example.com"}
    browser.post("/person", words)
    case = Case.objects.select_related("matter").get()
    no = case.matter.no
    assert f'href="/chat?m={no}"' in read(f"/t/{no}")
    sealed = re.search(r'data-case="([^"]*)"', read(f"/chat?m={no}"))
    assert sealed is not None and case_behind(sealed[1]) == case
    assert "data-case" not in Client().get("/chat", {"m": no}).content.decode()
    Case.objects.update(state="closed")
    assert "data-case" not in read(f"/chat?m={no}")


@pytest.mark.parametrize("asked", ["", "0", "-1", "x", "9" * 40, "٣"])
def test_a_finding_that_is_not_ones_own_gives_nothing(find: Find, shop: FakeShop, asked: str) -> None:
    find(shop.holds("platform_failed").payments[0].bill_no)
    stranger = Client()
    mine = Finding.objects.get().pk
    for wanted in (asked, str(mine)):
        answer = stranger.get("/chat", {"f": wanted})
        assert answer.status_code == 200
        assert token_on(answer.content.decode()) == ""


def test_the_page_of_an_order_leads_to_the_chat_about_it(find: Find, read: Read, shop: FakeShop) -> None:
    found = find(shop.holds("platform_failed").payments[0].bill_no)
    assert f'href="/chat?f={found.pk}"' in read(f"/f/{found.pk}")
