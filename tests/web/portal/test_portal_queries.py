"""How often the buyer's screens ask the database: an upper limit each, so that none grows unseen."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.domain.cases.models import Case
from huiyin.domain.orders.models import Finding
from tests import people
from tests.fakes import FakeShop

FORM = {
    "once": "q" * 20, "category": "service_attitude", "what_happened": "客服 1030 挂电话", "contact": "13800138000",
    "want": ["explanation", "refund"], "amount_refund": "¥30", "hours_refund": "72", "hours_explanation": "",
}  # fmt: skip
EMPTY = {"/": 5, "/track": 0, "/complain": 2, "/person": 2, "/official": 1, "/outside": 0, "/contact-block": 3}
MATTER = {"": 22, "/now": 20, "/receipt": 10}
FOUND = {"": 14, "/now": 14}


def asked(browser: Client, address: str) -> list[str]:
    """What one visit asks the database."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return [query["sql"][:100] for query in captured.captured_queries]


@pytest.mark.parametrize("address", EMPTY)
def test_op1_a_page_without_a_matter_asks_almost_nothing(browser: Client, address: str) -> None:
    assert len(said := asked(browser, address)) <= EMPTY[address], said


@pytest.mark.parametrize("part", MATTER)
def test_op1_tracking_asks_the_same_however_much_has_happened(browser: Client, part: str) -> None:
    people.on_duty()
    browser.post("/complain", FORM)
    no = Case.objects.get().matter.no
    for n in range(5):
        browser.post(f"/t/{no}/add", {"text": f"noch {n}"})
    assert len(said := asked(browser, f"/t/{no}{part}")) <= MATTER[part], said
    assert len(said := asked(browser, f"/evidence/{no}")) <= 12, said


@pytest.mark.parametrize("part", FOUND)
def test_op1_what_was_found_is_shown_with_few_questions(
    browser: Client, find: Callable[[str], Finding], shop: FakeShop, part: str
) -> None:
    found = find(shop.holds("platform_failed").payments[0].bill_no)
    assert len(said := asked(browser, f"/f/{found.pk}{part}")) <= FOUND[part], said


def test_op1_filing_asks_less_than_thirty_five_times(browser: Client) -> None:
    people.on_duty()
    with CaptureQueriesContext(connection) as captured:
        browser.post("/complain", FORM)
    assert len(captured) <= 35, [query["sql"][:100] for query in captured.captured_queries]
