"""IN11, HL8: today's figures for programs and those who lead; the survey stands with its case."""

from collections.abc import Callable

import pytest
from django.test import Client

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.models import Case
from huiyin.domain.staff import actions as staff
from huiyin.domain.surveys import actions as surveys
from huiyin.domain.surveys.models import Survey
from huiyin.domain.surveys.rules import Answer
from huiyin.domain.voice.actions.turning import note_refused
from huiyin.lib.clock import now
from tests.people import ALICE, SUN, complaint, hire
from tests.web.api.calling import SCOPES, Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    filed = complaint("账号登不上去", owner=hire(ALICE), category="account_access", now=now())
    cases.resolve(filed, [], "已经处理好了", Doer(f"staff:{ALICE}"), now=now())
    return Case.objects.select_related("matter").get(pk=filed.pk)


def program(*scopes: str) -> Caller:
    return Caller(staff.issue_key("test", list(scopes), now=now()))


def test_in11_hl8_a_program_reads_todays_figures(case: Case) -> None:
    surveys.answer(Survey.objects.get(case=case), Answer(solved=False, rating=2, effort=1), now=now())
    note_refused("flood", times=3, now=now())
    status, seen = program("conversations").get("/figures")
    assert status == 200
    assert seen["flow"]["turned_away"] == {"flood": 3}
    assert seen["opinions"] == {
        "ratings": 1, "csat": 0.0, "mean": 2.0, "solved": 0, "not_solved": 1, "asked": 0, "effort": 1.0,
    }  # fmt: skip
    assert seen["waits"]["service_level"] is None


def test_in11_who_does_not_lead_and_a_key_without_the_scope_read_nothing() -> None:
    assert program(*SCOPES).get("/figures")[0] == 403
    assert Client().get("/api/v1/figures").status_code == 401
    for agent_no, wanted in ((ALICE, 403), (SUN, 200)):
        browser = Client()
        browser.force_login(hire(agent_no))
        assert browser.get("/api/v1/figures").status_code == wanted


def test_hl8_the_survey_stands_with_its_case(case: Case) -> None:
    key = program("complaints")
    before = complaint("还没有处理", now=now())
    assert key.get(f"/complaints/{before.matter.no}")[1]["survey"] is None
    assert key.get(f"/complaints/{case.matter.no}")[1]["survey"]["state"] == "planned"
    surveys.answer(Survey.objects.get(case=case), Answer(solved=True, rating=5, words="谢谢"), now=now())
    said = key.get(f"/complaints/{case.matter.no}")[1]["survey"]
    assert (said["state"], said["solved"], said["rating"], said["effort"]) == ("answered", True, 5, None)
    assert (said["words"], said["agent_no"]) == ("谢谢", ALICE)


Desk = Callable[..., Client]


def test_hl8_the_desk_shows_it_beside_the_case(case: Case) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(hire(ALICE))
    page = f"/desk/m/{case.matter.no}"
    assert "The buyer is asked on" in browser.get(page).content.decode()
    surveys.answer(Survey.objects.get(case=case), Answer(solved=False, rating=2, effort=1, words="<b>慢"), now=now())
    shown = browser.get(page).content.decode()
    assert "Not solved · 2 of 5" in shown
    assert "Very hard" in shown
    assert "&lt;b&gt;慢" in shown
