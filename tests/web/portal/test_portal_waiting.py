"""CH7: how long a person takes now is told from the real queue, and honestly when nobody is there."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Queue
from tests.fakes import MIDNIGHT
from tests.routing import here, talking, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _queues(db: None) -> None:
    routing.ship_queues()


def chat() -> dict[str, object]:
    """What any page may read."""
    told: dict[str, object] = json.loads(Client(headers={"accept-language": "en"}).get("/contact.json").content)["chat"]
    return told


def home() -> str:
    page = Client(headers={"accept-language": "en"}).get("/").content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_ch7_nobody_there_is_no_wait_of_zero() -> None:
    assert chat() == {"open": True, "waiting": 0, "expected_wait_s": None, "opens_at": None, "words": ""}
    assert "Talk to a person answer by" in home()


def test_ch7_somebody_free_means_no_waiting() -> None:
    here(now=MIDNIGHT)
    assert chat()["words"] == "no waiting right now"
    assert "Talk to a person no waiting right now" in home()


def test_ch7_who_is_before_you_is_counted() -> None:
    alice = here(now=MIDNIGHT, chats=1)
    talking(alice, now=MIDNIGHT)
    waiting(now=MIDNIGHT)
    waiting(now=MIDNIGHT)
    told = chat()
    assert told["waiting"] == 2
    assert isinstance(told["expected_wait_s"], int)
    assert told["expected_wait_s"] > 60
    assert re.fullmatch(r"2 people before you, about \d+ minutes", str(told["words"]))


def test_ch7_a_closed_queue_says_when_it_opens() -> None:
    here(now=MIDNIGHT)
    Queue.objects.filter(slug="general").update(hours=[{"days": "all", "from": "09:00", "to": "22:00"}])
    told = chat()
    assert (told["open"], told["expected_wait_s"]) == (False, None)
    assert str(told["opens_at"]).startswith(f"{MIDNIGHT + timedelta(hours=9):%Y-%m-%d}")
    assert "the chat opens" in home()
    assert "leave a message until then" in home()


def test_ch7_without_any_queue_nothing_is_promised() -> None:
    Queue.objects.all().delete()
    assert chat()["open"] is False
    assert "Talk to a person answer by" in home()
