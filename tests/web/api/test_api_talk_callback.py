"""HL5: whoever waits in a chat has us call instead, and keeps the place."""

import pytest
from pytest_django import Settings

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item
from huiyin.domain.voice.models import Callback
from huiyin.lib.clock import now
from tests.hotline import Engine
from tests.talks import here, taken
from tests.web.api.visiting import Visitor, talk_of

pytestmark = pytest.mark.usefixtures("shop", "midnight", "db")


@pytest.fixture
def visitor(hotline: Engine) -> Visitor:
    routing.ship_queues()
    one = Visitor()
    one.begin()
    return one


def asks(visitor: Visitor, phone: str = "139 0013 9000") -> tuple[int, dict[str, object]]:
    return visitor.post(f"/conversations/{visitor.no}/call-back", {"phone": phone})


def test_hl5_the_place_is_kept_and_the_number_is_told_masked(visitor: Visitor) -> None:
    before = Item.objects.get(state="waiting")
    status, told = asks(visitor)
    assert (status, told["state"], told["callback"]) == (200, "queued", "139****9000")
    after = Item.objects.get(state="waiting")
    assert (after.kind, after.arrived_at, after.due_at) == ("callback", before.arrived_at, before.due_at)
    assert visitor.get(f"/conversations/{visitor.no}")[1]["callback"] == "139****9000"


def test_asked_twice_we_call_once(visitor: Visitor) -> None:
    assert asks(visitor)[0] == asks(visitor)[0] == 200
    assert Callback.objects.count() == 1


def test_a_number_is_called_back_for_one_matter_at_a_time(visitor: Visitor) -> None:
    asks(visitor)
    other = Visitor()
    other.begin()
    assert asks(other)[1]["code"] == "callback_known"


@pytest.mark.parametrize(("phone", "code"), [("12", "number_invalid"), ("+1 202 555 0100", "number_not_allowed")])
def test_what_we_cannot_or_do_not_call_is_said(visitor: Visitor, phone: str, code: str) -> None:
    assert asks(visitor, phone)[1]["code"] == code
    assert Item.objects.get(state="waiting").kind == "chat"


def test_while_the_hotline_is_off_nobody_is_promised_a_call(visitor: Visitor, settings: Settings) -> None:
    settings.HOTLINE_WS = ""
    assert asks(visitor)[1]["code"] == "hotline_off"
    assert visitor.client.get("/chat.json").json()["calls_back"] is False


def test_who_talks_already_needs_no_call(visitor: Visitor) -> None:
    taken(talk_of(visitor), here(now=now()), now=now())
    assert asks(visitor)[1]["code"] == "talk_not_now"
