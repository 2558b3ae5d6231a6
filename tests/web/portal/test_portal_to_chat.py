"""HL16 in the browser: the link of the text message, and the button of the page that calls."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from huiyin.domain.conversations.tokens import token_for
from huiyin.domain.notices.letters import letter
from huiyin.domain.notices.models import Notice
from huiyin.domain.routing.queries import open_item
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Via, Who
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.models import ChatLink
from huiyin.web.portal.visits import TOKENS_PER_MINUTE
from tests.calls import answered, waiting
from tests.hotline import Engine
from tests.people import ALICE
from tests.talks import here

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/sms"


def sent() -> tuple[Call, str]:
    """A waiting caller and what stands behind the # of their link."""
    call = waiting(now=timezone.now()).call
    link = passes.send_chat_link(call, now=timezone.now())
    text = letter(Notice.objects.get(once=f"chat_link:{link.pk}")).text
    return call, next(one for one in text.split() if "/w#" in one).split("#")[1]


def kind_of(call: Call) -> str:
    item = open_item(call.talk)
    return item.kind if item else ""


def test_hl16_opening_the_link_hands_the_chat_to_this_browser() -> None:
    call, token = sent()
    browser = Client()
    assert browser.get("/w").status_code == 200
    assert kind_of(call) == "call"  # a page that was only fetched ahead moves nobody
    page = browser.post("/w", {"token": token}, follow=True)
    assert page.status_code == 200
    assert token_for(call.talk.no) in page.content.decode()
    assert kind_of(call) == "chat"


def test_hl16_where_the_answer_was_lost_the_page_and_the_link_open_the_same_chat_again() -> None:
    call, token = sent()
    browser = Client()
    browser.get("/w")
    browser.post("/w", {"token": token})
    assert 'data-again="/w/chat"' in browser.get("/w").content.decode()
    for _ in "12":
        assert token_for(call.talk.no) in browser.post("/w", {"token": token}, follow=True).content.decode()
    assert "data-again" not in Client().get("/w").content.decode()


def test_hl16_a_browser_that_has_used_a_link_before_opens_the_next_one() -> None:
    browser = Client()
    first, earlier = sent()
    browser.post("/w", {"token": earlier})
    call, token = sent()
    page = browser.get("/w")
    assert (page.status_code, 'id="link"' in page.content.decode()) == (200, True)  # only it can post the new token
    opened = browser.post("/w", {"token": token}, follow=True).content.decode()
    assert (token_for(call.talk.no) in opened, kind_of(call)) == (True, "chat")
    assert token_for(first.talk.no) not in opened


def test_hl16_an_address_that_asks_without_end_makes_few_sessions_and_its_link_still_opens() -> None:
    call, token = sent()
    at = timezone.now().replace(second=1)
    with time_machine.travel(at, tick=False):
        for _ in range(TOKENS_PER_MINUTE + 5):
            assert Client().get("/w").status_code == 200
        assert Session.objects.count() == TOKENS_PER_MINUTE
        browser = Client()
        browser.get("/w")
        opened = browser.post("/w", {"token": token}, follow=True)
    assert token_for(call.talk.no) in opened.content.decode()


def test_hl16_no_other_browser_opens_it_again() -> None:
    call, token = sent()
    Client().post("/w", {"token": token})
    other = Client().post("/w", {"token": token}, follow=True)
    assert other.status_code == 410
    assert token_for(call.talk.no) not in other.content.decode()
    assert Client().get("/w/chat").status_code == 410


@pytest.mark.parametrize("token", ["", "x" * 22, "é" * 22, "x" * 5000])
def test_hl16_what_is_no_link_opens_nothing(token: str) -> None:
    assert Client().post("/w", {"token": token}).status_code == 410


def test_hl16_an_old_link_says_how_to_get_a_new_one() -> None:
    call, token = sent()
    ChatLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    page = Client().post("/w", {"token": token})
    assert (page.status_code, kind_of(call)) == (410, "call")
    assert "3" in page.content.decode()


def test_hl16_whoever_is_being_answered_is_asked_to_stay_on_the_phone() -> None:
    call, token = sent()
    answered(call, here(ALICE, now=timezone.now()), now=timezone.now())
    page = Client().post("/w", {"token": token})
    assert (page.status_code, kind_of(call)) == (409, "call")
    assert "请不要挂机" in page.content.decode()


def test_hl16_a_link_of_a_call_that_is_over_says_so_and_leads_into_a_chat() -> None:
    call, token = sent()
    voice.begin_voicemail(call, now=timezone.now())
    voice.leave_voicemail(call, now=timezone.now())
    voice.hung_up(call, Who.BUYER, now=timezone.now())
    page = Client().post("/w", {"token": token})
    assert (page.status_code, kind_of(call)) == (409, "")
    assert "这通电话已经结束" in page.content.decode()
    assert 'href="/chat"' in page.content.decode()


def calling(browser: Client) -> Call:
    """This browser calls and waits."""
    name = json.loads(browser.post("/call/ticket").content)["user"]
    call = voice.arrive(f"web-{name}", "hotline", "", via=Via.WEB, ticket=name, now=timezone.now())
    return voice.enter_queue(call, voice.Wait("general"), now=timezone.now()).call


def test_hl16_the_page_that_calls_goes_on_in_writing(hotline: Engine) -> None:
    browser = Client()
    call = calling(browser)
    told = json.loads(browser.post("/call/chat").content)
    assert told == {"id": call.talk.no, "token": token_for(call.talk.no)}
    assert (kind_of(call), json.loads(browser.get("/call/now").content)["state"]) == ("chat", "changed")
    assert json.loads(browser.post("/call/chat").content) == told


def test_hl16_the_page_learns_of_its_chat_also_when_the_call_is_over_already(hotline: Engine) -> None:
    browser = Client()
    call = calling(browser)

    def moved() -> bool:
        return bool(json.loads(browser.get("/call/now").content)["moved"])

    assert not moved()
    voice.change_to_chat(call, now=timezone.now())  # by key 3
    assert moved()
    voice.hung_up(call, Who.BUYER, now=timezone.now())
    assert moved()
    told = json.loads(browser.post("/call/chat").content)
    assert told == {"id": call.talk.no, "token": token_for(call.talk.no)}


def test_hl16_the_button_stands_where_somebody_waits(hotline: Engine) -> None:
    assert 'data-do="chat"' in Client().get("/call").content.decode()


def test_hl16_who_talks_already_stays_on_the_phone(hotline: Engine) -> None:
    browser = Client()
    call = calling(browser)
    answered(call, here(ALICE, now=timezone.now()), now=timezone.now())
    answer = browser.post("/call/chat")
    assert answer.status_code == 409
    assert json.loads(answer.content)["says"]
    assert Client().post("/call/chat").status_code == 404
