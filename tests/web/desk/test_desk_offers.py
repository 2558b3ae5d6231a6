"""What the router offers to somebody: in every window of theirs, taken once, and what became of it is said."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from huiyin.domain.cases import actions as cases
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Want
from huiyin.domain.routing.models import Item, Offer
from huiyin.lib.clock import now
from huiyin.web.ui.times import deadline
from tests import people
from tests.web.desk import chats

AtDesk = Callable[..., Client]
ELEMENT = {"Huiyin-Element": "offers"}


def shown(client: Client) -> str:
    answer = client.get("/desk/offers", headers=ELEMENT)
    assert answer.status_code == 200
    return answer.content.decode()


def test_hl5_a_card_says_who_waits_how_long_for_what_and_why_you(at_desk: AtDesk) -> None:
    alice = chats.here()
    client = at_desk()
    talk = chats.waiting("充了100只到80", elderly=True, urgent_reason="account_stolen", tier="diamond")
    chats.offered(talk, alice)
    text = shown(client)
    for words in ("Conversation · 王**", "Diamond", "General", "Elderly: take your time", "Account stolen",
                  "充了100只到80", "First answer by", "has waited 0 s", "you have the least in hand"):  # fmt: skip
        assert words in text, words
    assert "王小明" not in text
    assert text.count("<hy-ring") == 2


def test_cp8_a_card_says_the_time_that_the_buyer_was_promised(at_desk: AtDesk) -> None:
    talk = chats.waiting("半夜没人")  # nobody is here: the promise is later than the place in the queue
    promise = talk.matter.promises.get(kind="first_answer", state="running")
    offer = chats.offered(talk, chats.here())
    assert promise.due > offer.item.due_at
    text = shown(at_desk())
    assert f'due="{timezone.localtime(promise.due).isoformat()}"' in text
    with translation.override("en"):
        assert f"First answer by {deadline(promise.due)}" in text.replace("\u00a0", " ")


def test_whoever_gives_no_name_is_a_visitor(at_desk: AtDesk) -> None:
    alice = chats.here()
    chats.offered(chats.waiting(name=""), alice)
    assert "Conversation · A visitor" in shown(at_desk())


def test_html_in_a_name_and_in_the_first_words_stays_text(at_desk: AtDesk) -> None:
    alice = chats.here()
    chats.offered(chats.waiting("<img src=x onerror=alert(1)>", name="<script>alert(1)</script>"), alice)
    text = shown(at_desk())
    assert "<script>" not in text
    assert "<img" not in text
    assert "&lt;img src=x" in text


def test_accepting_leads_to_the_conversation(at_desk: AtDesk) -> None:
    alice = chats.here()
    talk = chats.waiting()
    offer = chats.offered(talk, alice)
    assert at_desk().post(f"/desk/offers/{offer.pk}/accept")["Location"] == f"/desk/c/{talk.matter.no}"
    talk.refresh_from_db()
    assert talk.agent == alice
    assert "工号 1024" in chats.said(talk)[-1]


def test_cp7_a_matter_that_is_offered_leads_to_the_matter_and_is_owned(at_desk: AtDesk) -> None:
    alice = chats.here()
    case = people.complaint(owner=people.hire(people.BO))
    item = Item.objects.filter(matter=case.matter, state="waiting").first() or routing.enqueue(
        case.matter, Want("case", "general"), by="system", now=now()
    )
    offer = routing.offer(item.pk, alice.pk, [], now=now())
    assert offer is not None
    answer = at_desk().post(f"/desk/offers/{offer.pk}/accept", headers=ELEMENT)
    assert answer.json() == {"go": f"/desk/m/{case.matter.no}"}
    case.refresh_from_db()
    assert case.owner == alice


def test_cp7_a_matter_that_began_as_a_chat_leads_to_the_matter(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here(people.BO))
    case = cases.from_conversation(talk, by=people.hire(people.BO).by, now=now())
    conversations.end(talk, WrapUp("solved", number_spoken=True), by=people.hire(people.BO).by, now=now())
    alice = chats.here()
    item = routing.enqueue(case.matter, Want("case", "general"), by="system", now=now())
    offer = routing.offer(item.pk, alice.pk, [], now=now())
    assert offer is not None
    client = at_desk()
    answer = client.post(f"/desk/offers/{offer.pk}/accept", headers=ELEMENT)
    assert answer.json() == {"go": f"/desk/m/{case.matter.no}"}
    assert f'href="/desk/m/{case.matter.no}" data-go' in shown(client)


def test_the_second_window_is_told_that_the_first_took_it(at_desk: AtDesk) -> None:
    alice = chats.here()
    desk, laptop = at_desk(), at_desk()
    offer = chats.offered(chats.waiting(), alice)
    assert desk.post(f"/desk/offers/{offer.pk}/accept", headers=ELEMENT).status_code == 200
    assert desk.post(f"/desk/offers/{offer.pk}/accept", headers=ELEMENT).status_code == 200
    late = laptop.post(f"/desk/offers/{offer.pk}/accept", headers=ELEMENT)
    assert late.status_code == 409
    assert late.json()["code"] == "offer_taken_here"
    assert "Taken by you in another window" in shown(laptop)
    assert f"/desk/c/{offer.item.matter.no}" in shown(laptop)
    assert Offer.objects.filter(state="accepted").count() == 1


def test_an_accept_that_comes_too_late_says_so_and_takes_nothing(at_desk: AtDesk) -> None:
    alice = chats.here()
    client = at_desk()
    offer = chats.offered(chats.waiting(), alice)
    late = offer.expires_at + timedelta(seconds=1)
    routing.expire_due(late)
    with time_machine.travel(late):
        answer = client.post(f"/desk/offers/{offer.pk}/accept", headers=ELEMENT)
        assert answer.status_code == 409
        assert "This offer is over" in answer.json()["says"]
        assert "Not answered in time" in shown(client)
        assert "Choose “Available”" in shown(client)
    assert Item.objects.get().agent is None
    with time_machine.travel(late + timedelta(minutes=2)):
        assert "Not answered" not in shown(client)


def test_what_was_withdrawn_says_that_nobody_waits(at_desk: AtDesk) -> None:
    offer = chats.offered(chats.waiting(), chats.here())
    routing.leave_queue(offer.item, "gone", by="buyer", now=now())
    assert "It is no longer waiting." in shown(at_desk())


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_nobody_answers_for_somebody_else(verb: str, at_desk: AtDesk) -> None:
    offer = chats.offered(chats.waiting(), chats.here())
    bo = at_desk(people.BO)
    answer = bo.post(f"/desk/offers/{offer.pk}/{verb}", headers=ELEMENT)
    assert answer.status_code == 409
    assert answer.json()["says"] == "This is offered to somebody else."
    assert shown(bo).strip() == ""
    offer.refresh_from_db()
    assert offer.state == "pending"
    assert bo.post(f"/desk/offers/999999/{verb}").status_code == 404


def test_declining_says_why_and_lets_it_go(at_desk: AtDesk) -> None:
    client = at_desk()
    offer = chats.offered(chats.waiting(), chats.here())
    answer = client.post(f"/desk/offers/{offer.pk}/decline", {"reason": "not_my_field"}, headers=ELEMENT)
    assert answer.json() == {"done": True}
    offer.refresh_from_db()
    assert (offer.state, offer.reason) == ("declined", "not_my_field")
    bad = client.post(f"/desk/offers/{offer.pk}/decline", {"reason": "<b>"}, headers=ELEMENT)
    assert bad.status_code == 409


def test_cp21_a_matter_about_somebody_is_never_offered_to_them(at_desk: AtDesk) -> None:
    alice = chats.here()
    case = people.complaint("工号1024态度恶劣，骂人", category="service_attitude")
    assert alice.agent_no in case.about_agents
    cases.assign(case, people.hire(people.SUN), "test", by="system", now=now())
    item = Item.objects.filter(matter=case.matter).first()
    assert item is None or routing.offer(item.pk, alice.pk, [], now=now()) is None
    assert "offer-card" not in shown(at_desk())
