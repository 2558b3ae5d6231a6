"""HL8: the three questions after a case has ended: opened by a link, answered once, "not solved" reopens in one tap."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal.models import Fact
from huiyin.domain.notices.letters import letter, tracking_link
from huiyin.domain.notices.models import Notice
from huiyin.domain.surveys import actions as surveys
from huiyin.domain.surveys.models import Survey
from huiyin.domain.surveys.queries import to_ask
from huiyin.domain.surveys.rules import State, ask_at
from huiyin.lib.clock import now
from tests.people import ALICE, BO, complaint, hire

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def case() -> Case:
    """One that we say is settled."""
    filed = complaint("账号登不上去", owner=hire(ALICE), category="account_access", now=now())
    cases.resolve(filed, [], "已经处理好了", Doer(f"staff:{ALICE}"), now=now())
    return Case.objects.select_related("matter").get(pk=filed.pk)


def daytime() -> datetime:
    """The next moment at which we may ask."""
    return ask_at(now(), "settled") + timedelta(seconds=1)


def token() -> str:
    """What stands in the newest message."""
    for pk in to_ask(daytime()):
        surveys.send(pk, now=daytime())
    notice = Notice.objects.filter(template="survey").latest("pk")
    return letter(notice).text.partition("/s#")[2].split()[0]


def opened(case: Case) -> Client:
    browser = Client(headers=ENGLISH)
    answer = browser.post("/s", {"token": token()})
    assert answer.headers["Location"] == "/s/how"
    return browser


def page(browser: Client, address: str = "/s/how") -> str:
    return browser.get(address).content.decode()


def test_hl8_the_link_opens_three_questions_without_signing_in(case: Case) -> None:
    text = page(opened(case))
    assert [f"{no}. " in text for no in (1, 2, 3)] == [True] * 3
    assert text.count("<fieldset>") == 3


def test_hl8_the_page_promises_no_more_privacy_than_there_is(case: Case) -> None:
    browser = opened(case)
    assert "Our colleagues who look after this matter read it" in page(browser)
    chinese = browser.get("/s/how", headers={"accept-language": "zh-CN"}).content.decode()
    assert "经办这件事的同事会看到您的回答" in chinese
    browser.post("/s/how", {"solved": "yes", "rating": "5", "words": "很快"})
    colleague = Client()
    colleague.force_login(hire(BO))
    assert "很快" in colleague.get(f"/desk/m/{case.matter.no}").content.decode()


def test_hl8_solved_and_content_is_thanked_for_and_confirms_the_case(case: Case) -> None:
    browser = opened(case)
    browser.post("/s/how", {"solved": "yes", "rating": "5", "effort": "4", "words": "很快"})
    survey = Survey.objects.get(case=case)
    assert (survey.solved, survey.rating, survey.effort, survey.words) == (True, 5, 4, "很快")
    text = page(browser)
    assert "Good that it is solved" in text
    assert "/s/again" not in text
    case.refresh_from_db()
    assert case.outcome == "confirmed"


def test_hl8_not_solved_takes_it_up_again_in_one_tap_with_the_words(case: Case) -> None:
    browser = opened(case)
    browser.post("/s/how", {"solved": "no", "rating": "1", "words": "还是登不上去"})
    assert "/s/again" in page(browser)
    answer = browser.post("/s/again")
    assert answer.headers["Location"] == f"/t/{case.matter.no}"
    case.refresh_from_db()
    assert (case.state, case.reopened) == ("acknowledged", 1)
    assert Message.objects.filter(matter=case.matter, author="buyer").latest("pk").text == "还是登不上去"
    assert "taken up again" in page(browser)
    browser.post("/s/again")
    case.refresh_from_db()
    assert case.reopened == 1


def test_hl8_an_answer_stands_and_the_link_gives_no_second_one(case: Case) -> None:
    first = opened(case)
    second = Client(headers=ENGLISH)
    second.post("/s", {"token": letter(Notice.objects.get(template="survey")).text.partition("/s#")[2].split()[0]})
    first.post("/s/how", {"solved": "no", "rating": "2"})
    second.post("/s/how", {"solved": "yes", "rating": "5"})
    assert Survey.objects.get(case=case).rating == 2
    assert Fact.objects.filter(name="survey_answered").count() == 1


@pytest.mark.parametrize("sent", [{}, {"solved": "yes"}, {"rating": "5"}, {"solved": "maybe", "rating": "5"},
                                  {"solved": "yes", "rating": "9"}, {"solved": "yes", "rating": "⁵"}])  # fmt: skip
def test_hl8_what_is_missing_is_said_and_nothing_is_lost(case: Case, sent: dict[str, str]) -> None:
    browser = opened(case)
    answer = browser.post("/s/how", sent | {"words": "写了很久的话"})
    assert answer.status_code == 422
    assert "写了很久的话" in answer.content.decode()
    assert Survey.objects.get(case=case).state == State.SENT


def test_hl8_who_does_not_want_to_be_asked_says_so_there(case: Case) -> None:
    browser = opened(case)
    browser.post("/s/unwanted")
    assert "We will not ask you again" in page(browser)
    assert Survey.objects.get(case=case).state == State.UNWANTED
    assert browser.post("/s/how", {"solved": "yes", "rating": "5"}).status_code == 200
    assert Survey.objects.get(case=case).state == State.UNWANTED
    browser.post("/s/allowed")
    assert Survey.objects.get(case=case).state == State.SENT
    assert "Is it solved?" in page(browser)


@pytest.mark.parametrize("typed", ["", "x" * 22, "x" * 4000, "\x00" * 22, "../../etc/passwd/aaaaaa"])
def test_hl8_a_link_nobody_sent_opens_nothing(case: Case, typed: str) -> None:
    token()
    browser = Client(headers=ENGLISH)
    assert browser.post("/s", {"token": typed}).status_code in {400, 409, 422}
    assert browser.get("/s/how").status_code == 410
    assert browser.post("/s/again").status_code in {409, 422}
    assert browser.post("/s/unwanted").status_code in {409, 422}
    assert browser.post("/s/allowed").status_code in {409, 422}


def test_hl8_the_page_of_an_ended_matter_asks_too_until_it_is_answered(case: Case) -> None:
    browser = Client(headers=ENGLISH)
    browser.post("/m", {"token": tracking_link(case.matter.no).partition("#")[2]})
    assert f"/t/{case.matter.no}/how" in page(browser, f"/t/{case.matter.no}")
    assert Client().post(f"/t/{case.matter.no}/how").status_code == 404
    assert browser.post(f"/t/{case.matter.no}/how").headers["Location"] == "/s/how"
    browser.post("/s/how", {"solved": "yes", "rating": "4"})
    assert f"/t/{case.matter.no}/how" not in page(browser, f"/t/{case.matter.no}")
    for pk in to_ask(daytime()):
        surveys.send(pk, now=daytime())
    assert not Notice.objects.filter(template="survey").exists()
