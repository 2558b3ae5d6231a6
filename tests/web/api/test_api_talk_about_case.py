"""Whoever has opened a matter of theirs talks about that matter: the chat joins its case."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing

from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as talks
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item, Queue
from huiyin.lib.clock import now
from huiyin.web.case_links import case_link
from tests.people import ALICE, BO, complaint, hire
from tests.talks import here, taken
from tests.web.api.visiting import Visitor, talk_of

pytestmark = pytest.mark.usefixtures("shop", "midnight", "db")


@pytest.fixture
def case() -> Case:
    return complaint(email="wang@example.com", owner=hire(BO, now=now()))


def begun(case: Case, **more: object) -> Visitor:
    visitor = Visitor()
    visitor.begin("进展如何", case_link=case_link(case.matter.no), **more)
    return visitor


def test_cp7_it_joins_the_case_and_its_owner_is_asked_first(case: Case) -> None:
    owner = here(BO, now=now())
    talk = talk_of(begun(case, contact={"email": "other@example.com"}))
    assert (talk.case, talk.buyer, talk.order_no) == (case.matter, case.buyer, case.order_no)
    assert Item.objects.get(matter=talk.matter).prefers == owner
    assert talk.contact is not None and talk.contact.fate == "joined"
    assert Case.objects.count() == 1


def test_cp21_whom_the_case_is_about_is_never_asked(case: Case) -> None:
    alice = hire(ALICE, now=now())
    Case.objects.filter(pk=case.pk).update(about_agents=[ALICE])
    assert alice.pk in Item.objects.get(matter=talk_of(begun(case)).matter).barred


def test_a_repeat_of_the_opening_begins_and_joins_nothing_anew(case: Case) -> None:
    words = {"visitor": "v" * 16, "client_id": "c-1"}
    assert begun(case, **words).no == begun(case, **words).no
    assert case.matter.talks.count() == 1


def test_cp9_a_message_left_when_nobody_can_come_stays_with_the_case(case: Case) -> None:
    routing.ship_queues()
    Queue.objects.update(most_waiting=0)
    visitor = Visitor()
    left = visitor.begin("进展如何", case_link=case_link(case.matter.no))["left"]
    assert (left["why"], left["case_no"], left["secret"]) == ("queue_full", case.matter.no, "")
    assert Case.objects.count() == 1


def test_cp9_whoever_goes_after_a_hand_over_leaves_it_with_the_case(case: Case) -> None:
    alice = here(now=now())
    talk = taken(talk_of(begun(case)), alice, now=now())
    talks.hand_over(talk, "queue:general", "买家在等", by=alice.by, now=now())
    talks.nobody_came(talk, now=now())
    talk.refresh_from_db()
    assert (talk.outcome, talk.case, Case.objects.count()) == ("left_message", case.matter, 1)


@pytest.mark.parametrize("link", ["x", "", "forged"])
def test_a_link_that_is_not_ours_opens_nothing(case: Case, link: str) -> None:
    made = signing.dumps(case.matter.no, salt="other") if link == "forged" else link
    visitor = Visitor()
    status, told = visitor.post("/conversations", {"text": "你好", "case_link": made})
    if not link:
        assert status == 201 and told["case_no"] is None
        return
    assert told["code"] == "link_wrong"


def test_a_link_lives_an_hour(case: Case) -> None:
    old = case_link(case.matter.no)
    with time_machine.travel(now() + timedelta(minutes=61)):
        status, told = Visitor().post("/conversations", {"text": "你好", "case_link": old})
    assert (status, told["code"]) == (422, "link_expired")
