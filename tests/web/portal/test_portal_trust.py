"""HL1: the numbers that are ours, and whether something or somebody is."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from huiyin.domain.notices.letters import _TEMPLATES, TO_STAFF, letter
from huiyin.domain.notices.models import Notice
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item, Queue
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.models import Call
from huiyin.web.portal import ours
from huiyin.web.portal.calling_now import words_of
from huiyin.web.ui.words_trust import word_of_today
from tests import people
from tests.calls import talking
from tests.fakes import MIDNIGHT
from tests.routing import a_talk, here, waiting
from tests.routing import talking as busy

HOTLINE = "400-123-4567"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def hotline(db: None, settings: Settings) -> Iterator[str]:
    routing.ship_queues()
    settings.HOTLINE = HOTLINE
    cache.clear()
    yield HOTLINE
    cache.clear()


@pytest.fixture
def reader(hotline: str) -> Client:
    return Client(headers=ENGLISH)


def asked(reader: Client, what: str) -> tuple[int, str]:
    answer = reader.post("/ours", {"what": what})
    return answer.status_code, answer.content.decode()


def published(reader: Client) -> list[dict[str, object]]:
    """The lines that programs read."""
    lines: list[dict[str, object]] = json.loads(reader.get("/.well-known/official-contacts.json").content)["lines"]
    return lines


@pytest.mark.usefixtures("midnight")
def test_hl1_the_first_page_names_number_purpose_hours_and_the_wait_now(reader: Client) -> None:
    alice = here(now=MIDNIGHT, chats=1)
    busy(alice, now=MIDNIGHT)
    waiting(now=MIDNIGHT)
    page = reader.get("/").content.decode()
    for told in (f'href="tel:{HOTLINE}"', "All questions and complaints", "around the clock", "1 person before you"):
        assert told in page


def test_hl1_programs_read_the_same(reader: Client) -> None:
    Queue.objects.filter(slug="general").update(hours=[{"days": "work", "from": "09:00", "to": "22:00"}])
    [line] = published(reader)
    assert line["number"] == HOTLINE
    assert line["hours"] == "working days 09:00–22:00"
    assert line["expected_wait_s"] is None  # nobody is here


@pytest.mark.usefixtures("midnight")
def test_hl1_the_quiet_hours_of_the_week_come_from_who_came(reader: Client) -> None:
    matter, queue = a_talk(), Queue.objects.get(slug="general")
    hours = [MIDNIGHT - timedelta(hours=n) for n in range(1, 7 * 24) if (MIDNIGHT - timedelta(hours=n)).hour != 6]
    fields = {"matter": matter, "queue": queue, "kind": "chat", "state": "done", "ended_at": MIDNIGHT}
    Item.objects.bulk_create(Item(**fields, arrived_at=at, due_at=at) for at in hours + hours)
    [line] = published(reader)
    assert line["quiet_hours"] == "Mon 13:00–15:00, Tue 13:00–15:00"  # 6 o'clock UTC is 14 in Shanghai
    assert "Few people call: " in reader.get("/").content.decode()


def test_hl2_every_public_line_stands_there_with_what_it_is_for(reader: Client) -> None:
    voice.ship_lines()
    voice.keep_line("001", shown="400-123-4567 转 1", now=MIDNIGHT)
    voice.keep_line("vip", shown="400-123-9999", now=MIDNIGHT)
    assert [(line["number"], line["purpose"]) for line in published(reader)] == [
        (HOTLINE, "All questions and complaints"), ("400-123-4567 转 1", "Recharge and card keys"),
    ]  # fmt: skip
    assert "400-123-9999" not in reader.get("/").content.decode()
    assert "Yes, this is ours." in asked(reader, "400 123 9999")[1]  # who has it may ask


def test_hl1_without_a_number_nothing_is_claimed(db: None) -> None:
    page = Client(headers=ENGLISH).get("/").content.decode()
    assert "The hotline is not open yet" in page
    assert "tel:" not in page


@pytest.mark.parametrize(
    "told", [HOTLINE, "4001234567", "+86 400 123 4567", "0086-400-123-4567", "４００１２３４５６７"]
)
def test_hl1_our_number_is_known_however_it_is_written(reader: Client, told: str) -> None:
    assert "Yes, this is ours." in asked(reader, told)[1]


@pytest.mark.parametrize("told", ["hotline", "Hotline", "001", "vip"])
def test_hl1_op18_what_our_messages_say_a_phone_shows_is_ours(reader: Client, told: str) -> None:
    voice.ship_lines()
    assert "Yes, this is ours." in asked(reader, told)[1]
    assert "No agent of ours" in asked(reader, "003")[1]


@pytest.mark.parametrize(
    "told", ["400-123-4568", "13800138000", "400-123-4567-1", "evil.example", "help@evil.example", "[x"]
)
def test_hl1_what_is_not_ours_is_called_so(reader: Client, told: str) -> None:
    assert "No, this is not ours." in asked(reader, told)[1]


def test_hl1_our_pages_and_mail_are_ours(reader: Client, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://help.example.com"
    settings.DEFAULT_FROM_EMAIL = "回音 <help@example.com>"
    assert "Yes, this is ours." in asked(reader, "help.example.com/chat")[1]
    assert "Yes, this is ours." in asked(reader, "Help@Example.com")[1]
    assert "No, this is not ours." in asked(reader, "help.example.com.evil.example")[1]


def test_hl1_a_name_before_the_host_fools_nobody(reader: Client, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://help.example.com"
    assert "No, this is not ours." in asked(reader, "https://help.example.com@evil.example/")[1]


def test_hl1_an_agents_number_is_known_and_proves_nothing(reader: Client) -> None:
    people.hire()
    status, page = asked(reader, people.ALICE)
    assert status == 200
    assert "An agent with this number works for us." in page
    assert "Ask for the code word" in page
    assert "alice" not in page.lower()


def test_hl1_who_left_or_keeps_the_system_answers_no_buyers(reader: Client) -> None:
    people.hire(people.KEEPER)
    people.hire(people.BO)
    Person.objects.filter(agent_no=people.BO).update(is_active=False)
    for nobody in (people.KEEPER, people.BO, "7777"):
        assert "No agent of ours has this number." in asked(reader, nobody)[1]


def test_hl1_nobody_reads_a_list_of_our_agents(reader: Client) -> None:
    people.hire()
    for number in range(5000, 5000 + ours.TRIES):
        assert asked(reader, str(number))[0] == 200
    assert asked(reader, "6000")[0] == 429
    assert asked(reader, people.ALICE)[0] == 429  # a yes tells as much
    assert asked(reader, HOTLINE)[0] == 200  # what is public is still answered


def test_hl1_many_addresses_together_are_stopped_too(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "ALL_TRIES", 3)
    for n in range(3):
        reader.post("/ours", {"what": str(5000 + n)}, REMOTE_ADDR=f"198.51.100.{n}")
    assert reader.post("/ours", {"what": "6000"}, REMOTE_ADDR="198.51.100.99").status_code == 429


@pytest.fixture
def ringing(reader: Client) -> Call:
    """A call in which Alice talks with a buyer."""
    call, _alice = talking(now=timezone.now())
    return call


def is_it_us(reader: Client, agent: str, word: str, address: str = "127.0.0.1") -> str:
    return reader.post("/ours/calling", {"agent": agent, "word": word}, REMOTE_ADDR=address).content.decode()


def test_hl1_who_is_called_learns_that_it_is_us(reader: Client, ringing: Call) -> None:
    for word in words_of(ringing, timezone.now()):
        assert "Yes, this is us" in is_it_us(reader, people.ALICE, word)


def test_hl1_the_word_of_the_case_counts_in_a_call_about_it(reader: Client, ringing: Call) -> None:
    case = people.complaint(now=timezone.now())
    Call.objects.filter(pk=ringing.pk).update(case=case.matter)
    with translation.override("zh-hans"):
        word = word_of_today(case.matter.no, timezone.now())
    assert "Yes, this is us" in is_it_us(reader, people.ALICE, word)


def test_hl1_neither_agent_nor_word_alone_is_enough(reader: Client, ringing: Call) -> None:
    people.hire(people.BO)
    word = words_of(ringing, timezone.now())[0]
    for agent, told in ((people.BO, word), (people.ALICE, "青松 99x"), (people.ALICE, " "), ("", word)):
        assert "No call of ours has this agent and this word" in is_it_us(reader, agent, told)


def test_hl1_after_the_call_the_word_confirms_nothing(reader: Client, ringing: Call) -> None:
    voice.hung_up(ringing, Who.BUYER, now=timezone.now())
    assert "No call of ours" in is_it_us(reader, people.ALICE, words_of(ringing, timezone.now())[0])


def test_hl1_words_cannot_be_tried_through(reader: Client, ringing: Call) -> None:
    for n in range(ours.TRIES):
        is_it_us(reader, people.ALICE, f"青松 {n}")
    answer = reader.post("/ours/calling", {"agent": people.ALICE, "word": words_of(ringing, timezone.now())[0]})
    assert answer.status_code == 429


def test_hl1_nothing_typed_is_nothing_asked(reader: Client) -> None:
    status, page = asked(reader, "  ")
    assert status == 200
    assert 'id="answer"' not in page


def test_hl1_buyer_and_agent_read_the_same_code_word(reader: Client) -> None:
    case = people.complaint(now=timezone.now(), owner=people.hire())
    session = reader.session
    session["matters"] = [case.matter.no]
    session.save()
    with translation.override("en"):
        word = word_of_today(case.matter.no, timezone.now())
    assert word in reader.get(f"/t/{case.matter.no}").content.decode()
    reader.force_login(people.hire())
    assert word in reader.get(f"/desk/m/{case.matter.no}").content.decode()


@pytest.mark.parametrize("template", sorted(set(_TEMPLATES) - TO_STAFF))
def test_hl1_every_message_to_a_buyer_names_the_official_number(hotline: str, template: str) -> None:
    assert hotline in written(template)


@pytest.mark.parametrize("template", sorted(TO_STAFF))
def test_hl1_messages_to_staff_do_not(hotline: str, template: str) -> None:
    assert hotline not in written(template)


def test_hl1_where_there_is_no_number_messages_name_none(db: None) -> None:
    assert "/ours" not in written("receipt")


def written(template: str) -> str:
    params = {
        "no": "483102759164",
        "title": "点券",
        "order_no": "A1",
        "amount": "9.90",
        "until": "2026-11-22T00:00:00Z",
        "about": "483102759164",
        "agent_no": "1024",
        "disposition": "solved",
    }
    return letter(Notice(template=template, params=params | {"minutes": 30}, language="en")).text
