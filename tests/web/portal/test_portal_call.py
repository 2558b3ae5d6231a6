"""Calling from the browser: the page, its ticket, and what the caller reads meanwhile."""

import pytest
from django.test import Client
from pytest_django import Settings

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Places
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Wait
from huiyin.domain.voice.calls import Via, Who
from huiyin.domain.voice.models import Call, Ticket
from huiyin.lib.clock import now
from huiyin.web.ui.templatetags.huiyin import grouped
from tests import calls
from tests.hotline import Engine
from tests.people import ALICE, BO, hire
from tests.talks import here
from tests.web.conftest import WS


@pytest.fixture
def client(hotline: Engine) -> Client:
    return Client(headers={"accept-language": "en"})


def test_hl2_the_page_calls_and_says_what_happens(client: Client, db: None) -> None:
    answer = client.get("/call")
    page = answer.content.decode()
    for words in ("Call now", "0 reaches a person", "recorded once a person answers", "hy-caller"):
        assert words in page, words
    assert f"connect-src 'self' {WS.rpartition('/')[0]}" in answer["Content-Security-Policy"]
    assert "/call" in client.get("/").content.decode()


@pytest.mark.parametrize(("demo", "sip"), [(True, "sip:001@127.0.0.1:1"), (False, "")])
def test_hl1_a_line_without_a_number_is_called_from_the_page(
    client: Client, settings: Settings, hotline: Engine, demo: bool, sip: str
) -> None:
    settings.DEMO = demo
    routing.ship_queues()
    voice.ship_lines()
    home, official = client.get("/").content.decode(), client.get("/official").content.decode()
    for page in (home, official):
        for words in ('href="/call?line=001"', "Recharge and card keys", "around the clock", "All questions", sip):
            assert words in page, words
        assert "vip" not in page
        assert ("sip:" in page) is demo
    lines = client.get("/.well-known/official-contacts.json").json()["lines"]
    assert [one["number"] for one in lines] == [sip.replace("001", name) or None for name in ("hotline", "001", "002")]
    assert lines[1]["call"] == f"{settings.PUBLIC_URL}/call?line=001"
    assert client.get("/contact.json").json()["hotline"] is None
    if demo:
        assert "Yes, this is ours." in client.post("/ours", {"what": sip}).content.decode()
    hotline.die()
    assert "/call?line=" not in client.get("/").content.decode()


def test_hl1_the_wait_on_the_phone_is_told_by_who_takes_calls(client: Client, db: None) -> None:
    routing.ship_queues()
    voice.ship_lines()
    at = now()
    alice, bo = hire(ALICE, now=at), hire(BO, now=at)
    routing.set_presence(alice, "desk", "available", capacity=Places({"chat": 3, "call": 0}), now=at)
    assert waits(client) == {"nobody is on duty right now"}
    routing.set_presence(bo, "desk", "available", capacity=Places({"chat": 0, "call": 1}), now=at)
    assert waits(client) == {"no waiting right now"}
    for _ in range(2):
        calls.waiting("", now=at)
    assert {one.partition(",")[0] for one in waits(client)} == {"2 people before you"}
    assert client.get("/contact.json").json()["chat"]["words"] == "no waiting right now"


def waits(client: Client) -> set[str]:
    """How long the usual line takes, on every page that says so."""
    home, call, block = (client.get(path).content.decode() for path in ("/", "/call", "/contact-block"))
    lines = client.get("/.well-known/official-contacts.json").json()["lines"]
    words = {lines[0]["words"], client.get("/contact.json").json()["wait"]}
    (said,) = words
    assert home.count(said) >= 2  # beside the button and among the numbers
    assert said in call
    assert said in block
    return words


def test_while_the_hotline_is_off_the_page_says_so_and_leads_on(client: Client, settings: Settings, db: None) -> None:
    settings.HOTLINE_WS = ""
    page = client.get("/call").content.decode()
    assert "The hotline is not running right now" in page
    assert "hy-caller" not in page
    assert 'href="/chat"' in page
    assert client.post("/call/ticket").status_code == 409
    assert Ticket.objects.count() == 0


def test_hl1_an_engine_that_is_dead_is_said_with_what_to_do_instead(client: Client, hotline: Engine) -> None:
    assert client.get("/call/standing").json() == {"on": True, "says": ""}
    hotline.die()
    told = client.get("/call/standing").json()
    assert (told["on"], "does not answer at this moment" in told["says"]) == (False, True)
    for path in ("/call", "/"):
        page = client.get(path).content.decode()
        assert "does not answer at this moment" in page, path
        assert "<hy-standing" in page, path
        assert 'href="/chat"' in page, path
        assert "hy-caller" not in page, path
    assert client.get("/chat.json?lang=en").json()["calls_back"] is False
    assert client.post("/call/ticket").status_code == 409


def test_hl2_a_ticket_lets_one_browser_call_once_at_a_time(client: Client, db: None) -> None:
    told = client.post("/call/ticket", {"number": "001"}).json()
    assert (told["ws"], told["number"]) == (WS, "001")
    assert told["user"] == Ticket.objects.get().name
    call = voice.arrive("web.1", "001", "", via=Via.WEB, ticket=told["user"], now=now())
    again = client.post("/call/ticket")
    assert again.status_code == 409
    assert "under way already" in again.json()["says"]
    voice.hung_up(call, Who.BUYER, now=now())
    assert client.post("/call/ticket").status_code == 200


def test_hl2_whoever_dials_without_end_is_stopped(client: Client, db: None) -> None:
    answers = [client.post("/call/ticket") for _ in range(8)]
    assert [one.status_code for one in answers[:6]] == [200] * 6
    assert answers[-1].status_code == 429
    assert "says" in answers[-1].json()


def test_hl5_the_caller_reads_how_it_stands(client: Client, db: None) -> None:
    assert client.get("/call/now").json() == {}
    call = arrived(client)
    assert now_of(client) == ("menu", "Press the keys below or on your keyboard; 0 reaches a person.")
    routing.ship_queues()
    voice.enter_queue(call, Wait("general"), now=now())
    assert now_of(client) == ("waiting", "You are next.")
    state, says = now_of(client, after=lambda: calls.answered(call, here(now=now()), now=now()))
    assert state == "talking"
    assert "Agent 1024 is talking with you" in says
    voice.hung_up(call, Who.BUYER, now=now())
    assert now_of(client) == ("ended", "Thank you for calling.")
    assert client.get("/call/now").json()["shown"] == grouped(call.matter.no)


def test_nobody_reads_how_the_call_of_somebody_else_stands(client: Client, db: None) -> None:
    arrived(client)
    assert Client().get("/call/now").json() == {}


def arrived(client: Client) -> Call:
    """This browser's call has come in."""
    told = client.post("/call/ticket").json()
    return voice.arrive("web.1", "hotline", "", via=Via.WEB, ticket=told["user"], now=now())


def now_of(client: Client, after: object = None) -> tuple[str, str]:
    """State and words, after something has happened."""
    if callable(after):
        after()
    told = client.get("/call/now").json()
    return told["state"], told["says"]
