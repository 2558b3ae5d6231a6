"""Calls over the API: who sees which, what may be asked of them, and tickets for pages that call."""

from datetime import timedelta
from typing import Any

import pytest

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.orders.models import Order
from huiyin.domain.routing import actions as routing
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Pressed, Walked
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.models import Command
from huiyin.lib.clock import now
from tests import people
from tests.calls import NUMBER, called, talking, waiting
from tests.hotline import Engine
from tests.people import ALICE, BO, SUN, complaint, hire
from tests.talks import here
from tests.web.api.calling import Caller, new_caller
from tests.web.api.visiting import Visitor, person_calls
from tests.web.conftest import WS

pytestmark = pytest.mark.django_db
VISITOR = {"visitor": "browser-0123456789"}


@pytest.fixture
def program() -> Caller:
    return new_caller("conversations")


def refused(answer: tuple[int, dict[str, Any]], status: int, code: str) -> None:
    assert (answer[0], answer[1]["code"]) == (status, code)


def listed(caller: Caller, query: str = "") -> list[str]:
    status, told = caller.get(f"/calls{query}")
    assert status == 200, told
    return [one["id"] for one in told["calls"]]


def test_a_program_reads_a_call_without_its_number(program: Caller) -> None:
    entered = waiting(now=now())
    voice.walked(called(now=now()), Walked([Pressed("main", "1")]), now=now())
    status, told = program.get(f"/calls/{entered.call.matter.no}")
    assert (status, told["state"], told["caller"]) == (200, "waiting", "138****8000")
    assert (told["place"]["position"], told["conversation"]) == (1, told["id"])
    assert NUMBER not in str(told)


def test_hl6_whoever_has_the_call_reads_who_calls_and_nobody_else(program: Caller) -> None:
    order, snapshot = people.order("already_redeemed")
    member = contacts.know({"phone": NUMBER}, now=now(), name="李雷", tier="gold")
    Order.objects.filter(pk=order.pk).update(buyer=member)
    case = people.complaint("兑换时提示已使用")
    Case.objects.filter(pk=case.pk).update(buyer=member)
    before = voice.hung_up(called(now=now()), Who.BUYER, now=now())
    call, alice = talking(now=now())
    about = person_calls(alice).get(f"/calls/{call.matter.no}")[1]["about"]
    assert (about["name"], about["tier"], about["wrote"], about["pictures"]) == ("李**", "gold", "", 0)
    bought = about["orders"][0]
    assert (bought["order_no"], bought["situation"]) == (order.order_no, "already_redeemed")
    paid, said = bought["payments"][0], snapshot.payments[0]
    assert (paid["amount"], paid["state"], paid["channel"]) == (str(said.amount), said.state.value, said.channel)
    assert said.bill_no not in str(about)
    past = about["contacts"][0]
    assert (past["channel"], past["fate"], past["conversation"]) == ("phone", "closed", before.matter.no)
    assert about["cases"] == [{"id": case.matter.no, "state": "acknowledged", "category": case.category}]
    assert program.get(f"/calls/{call.matter.no}")[1]["about"] is None
    waits = waiting("+8613800138001", now=now()).call
    assert person_calls(hire(BO)).get(f"/calls/{waits.matter.no}")[1]["about"] is None


def test_calls_are_listed_by_state(program: Caller) -> None:
    in_menu, waits = called(now=now()), waiting("+8613800138001", now=now()).call
    gone = voice.hung_up(called(now=now()), Who.BUYER, now=now())
    assert set(listed(program)) == {one.matter.no for one in (in_menu, waits, gone)}
    assert listed(program, "?state=waiting") == [waits.matter.no]
    assert set(listed(program, "?state=live")) == {in_menu.matter.no, waits.matter.no}
    assert program.get("/calls?state=nonsense")[0] == 422


def test_s2_an_agent_sees_their_own_calls_and_those_that_wait() -> None:
    call, alice = talking(now=now())
    waits = waiting("+8613800138001", now=now()).call
    assert set(listed(person_calls(alice))) == {call.matter.no, waits.matter.no}
    assert listed(person_calls(hire(BO))) == [waits.matter.no]
    assert set(listed(person_calls(hire(SUN)))) == {call.matter.no, waits.matter.no}
    assert person_calls(hire(BO)).get(f"/calls/{call.matter.no}")[0] == 404


def test_cp21_nobody_sees_a_call_about_themselves() -> None:
    case = complaint()
    Case.objects.filter(pk=case.pk).update(about_agents=[SUN])
    alice = hire(ALICE)
    made = voice.call_buyer(case.matter, NUMBER, alice, now=now())
    assert listed(person_calls(hire(SUN))) == []
    assert person_calls(hire(SUN)).get(f"/calls/{made.matter.no}")[0] == 404
    assert person_calls(alice).get(f"/calls/{made.matter.no}")[0] == 200


def test_nobody_without_a_key_reads_calls() -> None:
    call = called(now=now())
    assert Visitor().get(f"/calls/{call.matter.no}")[0] == 401
    assert new_caller("orders").get("/calls")[0] == 403


def test_a_command_is_asked_and_shown() -> None:
    call, alice = talking(now=now())
    status, told = person_calls(alice).post(f"/calls/{call.matter.no}/commands", {"verb": "hold"})
    assert (status, told["verb"], told["state"]) == (202, "hold", "asked")
    voice.answer_command(Command.objects.get(), now=now())
    shown = person_calls(alice).get(f"/calls/{call.matter.no}")[1]["commands"]
    assert [(one["verb"], one["state"]) for one in shown] == [("hold", "done")]


def test_hl12_what_is_left_to_do_after_a_call_is_a_case_unless_it_is_said_otherwise() -> None:
    by = (now() + timedelta(hours=3)).isoformat()
    body = {"disposition": "follow_up", "next_step": "补发", "next_by": by, "number_spoken": True}
    for more, filed in (({}, True), ({"as_case": False}, False)):
        call, alice = talking(now=now())
        voice.hung_up(call, Who.BUYER, now=now())
        status, told = person_calls(alice).post(f"/conversations/{call.matter.no}/end", body | more)
        assert status == 200, told
        assert Case.objects.filter(matter=call.matter).exists() is filed


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"verb": "explode"}, 422, "verb_unknown"),
        ({"verb": "keypad", "keys": "12;rm"}, 422, "keys_invalid"),
        ({"verb": "secret", "what": "cvv"}, 422, "secret_unknown"),
        ({"verb": "transfer", "to": "nobody"}, 409, "handed_nowhere"),
        ({"verb": "listen"}, 403, "only_leads"),
    ],
)
def test_a_wrong_command_is_refused(body: dict[str, Any], status: int, code: str) -> None:
    call, alice = talking(now=now())
    answer = person_calls(alice).post(f"/calls/{call.matter.no}/commands", body)
    refused(answer, status, code)
    assert not Command.objects.exists()


def test_an_unknown_verb_is_told_what_can_be_done_to_a_call() -> None:
    call, alice = talking(now=now())
    status, told = person_calls(alice).post(f"/calls/{call.matter.no}/commands", {"verb": "explode"})
    assert (status, "complaint" in told["detail"].lower(), "投诉" in told["detail"]) == (422, False, False)
    assert {"hold", "hang_up", "secret"} <= set(told["possible"])
    assert not {"dial", "listen", "take_over"} & set(told["possible"])


def test_a_call_is_taken_by_its_phone_only() -> None:
    entered, alice = waiting(now=now()), here(ALICE, now=now())
    assert entered.item is not None
    held = routing.offer(entered.item.pk, alice.pk, [], now=now())
    assert held is not None
    answer = person_calls(alice).post(f"/offers/{held.pk}/accept", {})
    refused(answer, 409, "answer_on_phone")
    held.refresh_from_db()
    assert held.state == "pending"


def test_a_page_gets_a_ticket_for_one_call(hotline: Engine) -> None:
    status, told = Visitor().post("/calls/tickets", VISITOR)
    assert (status, told["number"], told["ws_uri"]) == (201, "hotline", WS)
    call = voice.arrive("web-1", "hotline", "", ticket=told["user"], now=now())
    refused(Visitor().post("/calls/tickets", VISITOR), 409, "call_on_already")
    voice.hung_up(call, Who.BUYER, now=now())
    assert Visitor().post("/calls/tickets", VISITOR)[0] == 201


def test_tickets_are_limited_and_need_a_hotline(hotline: Engine, settings: Any) -> None:
    settings.HOTLINE_WS = ""
    refused(Visitor().post("/calls/tickets", VISITOR), 409, "hotline_off")
    settings.HOTLINE_WS = WS
    answers = [Visitor().post("/calls/tickets", VISITOR)[0] for _ in range(8)]
    assert answers.count(201) == 6
    assert answers[-1] == 429


def test_a_known_number_waits_as_the_member_it_is(program: Caller) -> None:
    contacts.know({"phone": NUMBER}, now=now(), tier="diamond")
    told = program.get(f"/calls/{waiting(now=now()).call.matter.no}")[1]
    assert (told["tier"], told["proof"]) == ("diamond", "none")
