"""The quiet pages: first screen, contact block, language, errors."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from huiyin.web.portal import contact

Read = Callable[[str], str]


def test_kp10_the_first_page_has_one_field(read: Read) -> None:
    page = read("/")
    assert page.count('type="text"') == 1
    assert "付了钱没收到？" in page
    assert "热线尚未开通" in page
    assert "过去 30 天" not in page  # nothing was promised yet, so nothing is claimed


def test_kp3_the_hotline_is_a_link_with_what_to_expect(read: Read, settings: Settings) -> None:
    settings.HOTLINE = "400-000-0000"
    page = read("/")
    assert 'href="tel:400-000-0000"' in page
    assert "现在没有人值班" in page


def test_ch7_any_page_may_read_how_to_reach_us_and_nothing_personal(browser: Client) -> None:
    answer = browser.get("/contact.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    facts = json.loads(answer.content)
    assert facts["on_duty"] is False
    told = {"name", "hotline", "lines", "hours", "wait", "on_duty", "answer_by", "chat", "help", "words"}
    assert set(facts) == told


def test_ch7_the_plain_block_may_stand_in_any_frame(browser: Client) -> None:
    answer = browser.get("/contact-block")
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert b"<script" not in answer.content


def test_ch7_the_script_is_small() -> None:
    root = contact.__file__.rsplit("/", 1)[0]
    with open(f"{root}/static/portal/contact-block.js", "rb") as script:
        assert len(script.read()) <= 6_000


def test_ch7_the_official_contacts_are_published(browser: Client) -> None:
    facts = json.loads(browser.get("/.well-known/official-contacts.json").content)
    assert "card key" in facts["never_asks_for"]


def test_op3_the_language_is_the_readers_choice_and_leads_nowhere_else(browser: Client) -> None:
    answer = browser.post("/language", {"to": "en", "back": "https://evil.example/"})
    assert answer.headers["Location"] == "/"
    assert b"Paid and got nothing?" in browser.get("/").content


def test_op3_an_unknown_page_says_what_is_safe(browser: Client) -> None:
    answer = browser.get("/nonsense")
    assert answer.status_code == 404
    assert "再查一次" in answer.content.decode()


def test_op3_a_form_without_its_token_says_that_nothing_was_saved() -> None:
    answer = Client(enforce_csrf_checks=True).post("/find", {"q": "x"})
    assert answer.status_code == 403
    assert "什么都没有保存" in answer.content.decode()


def test_op3_pages_run_no_inline_code(read: Read) -> None:
    for address in ("/", "/track", "/person", "/complain", "/outside", "/official"):
        page = read(address)
        assert " style=" not in page
        assert "onclick" not in page


def test_op3_our_own_mistake_is_called_ours(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("huiyin.web.portal.home.presence", broken)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert "我们出错了" in answer.content.decode()
