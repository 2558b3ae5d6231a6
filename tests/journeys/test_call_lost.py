"""What happens to a call when a browser is gone without a word: nobody pays for it but the line."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error

from huiyin.adapters.asterisk.endpoints import DEAD_AFTER_S
from tests.journeys.agent import until
from tests.journeys.conftest import phone
from tests.journeys.telephones import Caller, Desk, Speaking

pytestmark = pytest.mark.journey
NOTICED_MS = (DEAD_AFTER_S + 10) * 1000


def test_op1_a_caller_whose_browser_is_shot_is_soon_noticed(
    desk: Callable[[str], Desk], speaking: Speaking, url: str
) -> None:
    agent = desk("1024")
    agent.is_here()
    theirs = speaking()
    caller = Caller(phone(theirs).new_page(), url)
    caller.asks_for_a_person()
    number = agent.answers()
    caller.is_("talking")
    with pytest.raises(Error):
        theirs.new_browser_cdp_session().send("Browser.crash")
    agent.doing("none", within_ms=NOTICED_MS)
    told = until(lambda: _ended(agent, number))
    assert told["outcome"] == "talked"


def _ended(agent: Desk, number: str) -> dict[str, str] | None:
    told: dict[str, str] = agent.agent.call("GET", f"/calls/{number}")
    return told if told["state"] == "ended" else None
