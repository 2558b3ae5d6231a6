"""HL3 in the console: when a queue answers, by the calendar."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from huiyin.domain.journal.models import Fact
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import is_open
from tests import people
from tests.web.console.hotline import HOTLINE, At, form
from tests.web.console.test_console import page, text_of

PATH = "/hours/general"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def hours() -> Any:
    return Queue.objects.get(slug="general").hours


def keep(client: Client, **typed: str) -> Any:
    return client.post(HOTLINE + PATH, form(client, PATH) | typed)


def test_hl3_hours_are_kept_and_read_by_everybody(at_console: At) -> None:
    client = at_console()
    shown = page(client, HOTLINE + PATH)
    assert "around the clock" in text_of(shown)
    assert keep(client, days_0="work", from_0="09:00", to_0="22:00", days_1="5", to_1="18:00").status_code == 302
    assert hours() == [
        {"days": "work", "from": "09:00", "to": "22:00"}, {"days": [5], "from": "09:00", "to": "18:00"}
    ]  # fmt: skip
    assert "working days 09:00–22:00; Sat 09:00–18:00" in text_of(page(client, HOTLINE))
    assert "Hours of the queue general changed" in text_of(page(client, HOTLINE))
    queue = Queue.objects.get(slug="general")
    assert is_open(queue, datetime(2026, 11, 23, 21, tzinfo=SHANGHAI))
    assert not is_open(queue, datetime(2026, 11, 23, 22, tzinfo=SHANGHAI))
    assert Fact.objects.get(name="hours_changed").by == "staff:2001"


@pytest.mark.parametrize(
    "kept",
    [
        [], [{"days": "all", "from": "00:00", "to": "24:00"}], [{"days": [0, 2, 4], "from": "22:00", "to": "06:00"}],
        [{"days": "rest", "from": "10:00", "to": "18:00"}, {"days": "work", "from": "00:00", "to": "24:00"}],
    ],
)  # fmt: skip
def test_hl3_a_form_that_nobody_touched_keeps_the_hours(at_console: At, kept: Any) -> None:
    Queue.objects.filter(slug="general").update(hours=kept)
    assert keep(at_console()).status_code == 302
    assert hours() == kept
    assert not Fact.objects.filter(name="hours_changed").exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"days_0": "work", "from_0": "09:00", "to_0": "09:00"}, {"days_0": "work", "from_0": "", "to_0": "10:00"},
        {"days_0": "moon"}, {"days_0": "7"}, {"days_0": "all", "from_0": "25:00"}, {"days_0": ","},
    ],
)  # fmt: skip
def test_hl3_hours_that_cannot_be_are_refused_and_stay_typed(at_console: At, typed: dict[str, str]) -> None:
    answer = keep(at_console(), **typed)
    assert answer.status_code == 409
    assert "Rule 1 of the opening hours cannot be read" in answer.content.decode()
    assert hours() == []


def test_hl3_hours_are_not_changed_over_somebody_elses_change(at_console: At) -> None:
    sun, sue = at_console(), at_console(people.SUE)
    stale = form(sun, PATH)
    keep(sue, days_0="all", from_0="09:00", to_0="18:00")
    assert sun.post(HOTLINE + PATH, stale | {"days_0": "all", "from_0": "08:00"}).status_code == 409
    assert sun.post(HOTLINE + PATH, stale | {"was": "{", "days_0": "all", "from_0": "08:00"}).status_code == 409
    assert hours()[0]["from"] == "09:00"


def test_who_does_not_lead_changes_no_hours(at_console: At) -> None:
    assert at_console(people.ALICE).post(HOTLINE + PATH, {"was": "[]", "days_0": "all"}).status_code == 403
    assert at_console().get(f"{HOTLINE}/hours/moon").status_code == 404
    assert hours() == []
