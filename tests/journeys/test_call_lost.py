"""What happens to a call when a browser is gone without a word: nobody pays for it but the line."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error

from huiyin.adapters.asterisk.endpoints import DEAD_AFTER_S
from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import until
from tests.journeys.conftest import phone
from tests.journeys.telephones import Caller, Desk, SipCaller, Speaking, hears
from tests.journeys.wires import Wire
from tests.voice.centre import Centre
from tests.voice.tones import OTHER

pytestmark = pytest.mark.journey
AWAY_MS = 10_000
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


def test_hl9_op1_a_desk_gets_over_a_dead_network_and_a_dead_hotline(
    desk: Callable[..., Desk], sip_caller: SipCaller, centre: Running
) -> None:
    """Ten seconds without network: the caller hears music and is theirs again. Asterisk killed: the phone is back by
    itself, and takes the next call."""
    with Wire(centre.ready["voice"]["ws_uri"]) as wire:
        agent = desk("1024", wire.flag)
        agent.is_here()
        caller = sip_caller()
        number = agent.answers()
        caller.hears(OTHER, since=caller.listened())
        with wire.cut(agent.phone, agent.page):
            agent.stands("lost")
            caller.hears(OTHER, since=caller.listened())  # music
            agent.phone.wait_for_timeout(AWAY_MS)
            assert agent.agent.call("GET", f"/calls/{number}")["state"] == "parked"
        agent.stands("ready")
        agent.doing("talking")
        hears(agent.phone)
        Centre(centre).kill("asterisk")
        assert until(lambda: _ended(agent, number))["ended_by"] == "lost"
        agent.stands("ready")
        agent.doing("none")
        agent.agent.wraps_up(number)
        later = sip_caller()
        agent.answers()
        hears(agent.phone)
        later.hangs_up()
        agent.doing("none")


def _ended(agent: Desk, number: str) -> dict[str, str] | None:
    told: dict[str, str] = agent.agent.call("GET", f"/calls/{number}")
    return told if told["state"] == "ended" else None
