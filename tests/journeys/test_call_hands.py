"""A call goes from hand to hand at desks in browsers: asked first, put through at once, taken over, dialled."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from huiyin.daemons.ephemeral import Running
from tests.journeys.agent import until
from tests.journeys.telephones import SLOWEST_MS, Desk, SipCaller, hears
from tests.voice.parties import Party
from tests.voice.tones import OTHER

pytestmark = pytest.mark.journey
Open = Callable[[str], Desk]


def has_it(who: Desk, number: str) -> None:
    """The call is theirs, and stands in the bar of their desk."""
    until(lambda: who.agent.call("GET", f"/calls/{number}")["agent_no"] == who.agent_no or None)
    expect(who.page.locator("#call-bar .call-who")).to_be_visible(timeout=SLOWEST_MS)


def test_hl9_a_colleague_who_is_asked_first_has_the_caller_then(desk: Open, sip_caller: SipCaller) -> None:
    agent, colleague = desk("1024"), desk("1101")
    agent.is_here()
    caller = sip_caller()
    number = agent.answers()
    colleague.is_here()
    agent.hands_over("1101", first=True)
    colleague.doing("ringing")
    expect(colleague.phone.locator("[data-card]")).to_contain_text("137", timeout=SLOWEST_MS)  # who it is about
    asking = agent.page.locator("#call-cancel")
    expect(asking).to_be_visible()
    colleague.phone.keyboard.press("d")
    expect(asking).to_be_hidden()
    hears(agent.phone)
    agent.hands_over("1101", first=True)
    colleague.lifts()
    hears(colleague.phone)
    agent.does("complete")
    agent.doing("none")
    has_it(colleague, number)
    hears(colleague.phone)
    caller.hangs_up()
    colleague.doing("none")


def test_hl9_put_through_at_once_it_is_offered_to_the_colleague(desk: Open, sip_caller: SipCaller) -> None:
    agent, colleague = desk("1024"), desk("1101")
    agent.is_here()
    caller = sip_caller()
    number = agent.answers()
    colleague.is_here()
    agent.hands_over("1101", first=False)
    agent.doing("none")
    assert colleague.answers() == number
    has_it(colleague, number)
    expect(colleague.page.locator("#main")).to_contain_text("付款后没收到卡密")  # the words of whoever had it
    hears(colleague.phone)
    colleague.does("hang_up")
    colleague.doing("none")
    until(lambda: colleague.agent.call("GET", f"/calls/{number}")["state"] == "rating" or None)
    caller.hangs_up()


def test_hl9_hl6_whoever_leads_takes_a_call_over_and_may_load_their_phone_again(
    desk: Open, sip_caller: SipCaller, url: str
) -> None:
    """The switchboard follows the device of whoever has the call now."""
    agent, lead = desk("1024"), desk("2001")
    agent.is_here()
    caller = sip_caller()
    number = agent.answers()
    lead.page.goto(f"{url}/desk/calls")
    lead.page.locator(f"#call-{number}").get_by_role("button", name="接管").click()
    lead.doing("talking")
    agent.doing("none")
    has_it(lead, number)
    hears(lead.phone)
    lead.phone.reload()
    lead.doing("talking")
    hears(lead.phone)
    has_it(lead, number)
    caller.hangs_up()
    lead.doing("none")


def test_hl5_a_call_back_is_dialled_from_the_browser(desk: Open, sip_caller: SipCaller, network: Party) -> None:
    since = len(network.events)
    caller = sip_caller()
    caller.hears(OTHER, seconds=1.0)
    caller.hangs_up()
    agent = desk("1024")
    agent.is_here()
    agent.accepts()
    network.rings(since=since, within=30)
    before = network.listened()
    network.answers()
    network.hears(OTHER, since=before, seconds=0.3)
    network.presses("1")
    agent.doing("talking")
    hears(agent.phone)
    network.hears(OTHER, since=network.listened())
    network.hangs_up()
    agent.doing("none")


def test_kp4_the_buyer_of_an_open_matter_is_dialled_from_its_page(
    desk: Open, network: Party, centre: Running, url: str
) -> None:
    body = {"contact": {"phone": "13912345678"}, "what_happened": "没收到卡密", "demand": {"text": "请补发"}}
    headers = {"Authorization": f"Bearer {centre.ready['api_key']}"}
    filed = httpx.post(f"{url}/api/v1/complaints", json=body, headers=headers, timeout=20).json()
    since, lead = len(network.events), desk("2001")
    lead.page.goto(f"{url}/desk/m/{filed['case_no']}")
    lead.page.get_by_role("button", name="给买家打电话").click()
    assert "13912345678" in network.rings(since=since, within=30)["invite"]
    network.answers()
    lead.doing("talking")
    hears(lead.phone)
    lead.phone.get_by_role("button", name="挂断").click()
    lead.doing("none")
    network.is_cut_off(since=since)
