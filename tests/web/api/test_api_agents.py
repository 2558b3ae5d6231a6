"""Presence and offers over the API, person by person."""

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import hashers
from django.test import Client

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Lease, Offer, Queue, Seat
from huiyin.domain.staff import actions as staff
from huiyin.domain.staff.models import ApiKey, Person
from huiyin.lib.clock import now
from tests import people
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, PASSWORD, SUN, hire
from tests.routing import offered, waiting
from tests.web.api.calling import Caller, is_problem, new_caller, seen

pytestmark = pytest.mark.django_db


def calls(person: Person) -> Caller:
    """This person's own program."""
    return Caller(staff.issue_own_key(person, now=now()))


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


@pytest.fixture
def alice() -> Caller:
    return calls(hire(ALICE))


def put(caller: Caller, body: str) -> Any:
    return caller.ask("PUT", "/agents/me/presence", body.encode())


def be_available(caller: Caller) -> None:
    assert put(caller, '{"state": "available"}').status_code == 200


def ring(agent_no: str = ALICE) -> Offer:
    """Something that waits, offered to this person."""
    return offered(waiting(now=now()), hire(agent_no), now=now())


def test_op12_presence_is_what_was_said(alice: Caller) -> None:
    answer = put(alice, '{"state": "available", "capacity": 2}').json()
    assert (answer["agent_no"], answer["state"], answer["devices"]) == (ALICE, "available", ["api"])
    assert answer["capacity"] == {"chat": 2, "call": 1, "case": 30}
    assert Person.objects.get(agent_no=ALICE).on_duty


def test_a_break_says_why(alice: Caller) -> None:
    answer = put(alice, '{"state": "break", "reason": "lunch", "capacity": {"case": 5}, "stretch": true}').json()
    assert (answer["state"], answer["reason"], answer["capacity"]["case"], answer["stretch"]) == (
        "break",
        "lunch",
        5,
        True,
    )


def test_offline_ends_every_device(alice: Caller) -> None:
    put(alice, '{"state": "available", "device": "phone"}')
    put(alice, '{"state": "available", "device": "laptop"}')
    assert put(alice, '{"state": "offline"}').json()["state"] == "offline"
    assert not Person.objects.get(agent_no=ALICE).on_duty


def test_available_on_one_device_is_available(alice: Caller) -> None:
    put(alice, '{"state": "available", "device": "phone"}')
    answer = put(alice, '{"state": "break", "device": "laptop"}').json()
    assert (answer["state"], sorted(answer["devices"])) == ("available", ["laptop", "phone"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"state": "asleep"}', "presence_unknown"),
        ('{"state": "break", "reason": "nonsense"}', "reason_unknown"),
        ('{"state": "available", "reason": "lunch"}', "reason_unknown"),
        ('{"state": "available", "capacity": 21}', "capacity_out_of_range"),
        ('{"state": "available", "capacity": {"call": 2}}', "capacity_out_of_range"),
        ('{"state": "available", "capacity": -1}', "invalid"),
        ('{"state": "available", "capacity": true}', "invalid"),
        ('{"state": "available", "capacity": {"fax": 1}}', "invalid"),
        ('{"state": "available", "device": "' + "x" * 65 + '"}', "invalid"),
        ('{"state": "available", "device": "a\\tb"}', "device_invalid"),
        ("{}", "invalid"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(alice: Caller, body: str, code: str) -> None:
    assert is_problem(put(alice, body), 422, code)
    assert not Lease.objects.exists()
    assert not Seat.objects.exists()


def test_an_offer_shows_with_the_reason_for_it(alice: Caller) -> None:
    be_available(alice)
    made = routing.offer(
        waiting(now=now()).pk, hire(ALICE).pk, [{"code": "best_fit", "numbers": {"over": 1}}], now=now()
    )
    assert made is not None
    (shown,) = alice.get("/offers")[1]["offers"]
    assert (shown["id"], shown["kind"], shown["queue"]) == (made.pk, "chat", "general")
    assert shown["conversation"] == made.item.matter.no
    assert shown["why"] == [{"code": "best_fit", "numbers": {"over": 1.0}, "says": "您的技能最合适"}]
    assert 0 < shown["left_s"] <= 20


def test_accepting_puts_it_into_ones_hands(alice: Caller) -> None:
    be_available(alice)
    offer = ring()
    status, taken = alice.post(f"/offers/{offer.pk}/accept", {})
    assert (status, taken["state"], taken["conversation"]) == (200, "taken", offer.item.matter.no)
    assert [one["id"] for one in alice.get("/agents/me")[1]["in_hand"]] == [offer.item.matter.no]
    assert alice.get("/offers")[1] == {"offers": []}


def test_of_two_windows_the_first_has_it_and_the_other_is_told(alice: Caller) -> None:
    be_available(alice)
    offer = ring()
    assert alice.post(f"/offers/{offer.pk}/accept", {"device": "laptop"})[0] == 200
    assert alice.post(f"/offers/{offer.pk}/accept", {"device": "laptop"})[0] == 200
    late = alice.ask("POST", f"/offers/{offer.pk}/accept", b'{"device": "phone"}')
    assert is_problem(late, 409, "offer_taken_here")
    assert seen(late)[1]["detail"] == "您已在另一个窗口接起，请到那个窗口继续。"


def test_a_stale_accept_is_a_409(alice: Caller) -> None:
    be_available(alice)
    offer = ring()
    with time_machine.travel(now() + timedelta(seconds=21)):
        assert is_problem(alice.ask("POST", f"/offers/{offer.pk}/accept"), 409, "offer_gone")


def test_declining_needs_no_body_and_may_be_repeated(alice: Caller) -> None:
    be_available(alice)
    offer = ring()
    assert alice.ask("POST", f"/offers/{offer.pk}/decline").status_code == 204
    assert alice.ask("POST", f"/offers/{offer.pk}/decline", b'{"reason": "busy"}').status_code == 204
    assert is_problem(alice.ask("POST", f"/offers/{offer.pk}/accept"), 409, "offer_gone")


def test_a_reason_for_declining_is_a_code(alice: Caller) -> None:
    be_available(alice)
    assert is_problem(
        alice.ask("POST", f"/offers/{ring().pk}/decline", '{"reason": "没空"}'.encode()), 422, "reason_unknown"
    )


@pytest.mark.parametrize("agent_no", [BO, SUN])
def test_somebody_elses_offer_is_not_for_colleagues_nor_for_leads(alice: Caller, agent_no: str) -> None:
    be_available(alice)
    offer, other = ring(), calls(hire(agent_no))
    assert other.get("/offers")[1] == {"offers": []}
    for answer in ("accept", "decline"):
        assert is_problem(other.ask("POST", f"/offers/{offer.pk}/{answer}"), 403, "not_yours")
    assert Offer.objects.get().state == "pending"


@pytest.mark.parametrize("number", ["0", "999999", "9" * 19, "-1", "abc"])
def test_an_offer_that_never_was_is_a_404(alice: Caller, number: str) -> None:
    assert is_problem(alice.ask("POST", f"/offers/{number}/accept"), 404, "not_found")


def test_the_key_of_a_program_is_nobody(db: None) -> None:
    program = new_caller()
    assert is_problem(program.ask("GET", "/offers"), 403, "key_of_a_program")
    assert is_problem(put(program, '{"state": "available"}'), 403, "key_of_a_program")
    assert program.get("/queues")[0] == 200


def test_a_persons_key_opens_nothing_else(alice: Caller) -> None:
    assert is_problem(alice.ask("GET", "/complaints"), 403, "scope_missing")


def test_without_a_key_nobody_gets_in(db: None) -> None:
    for path in ("/agents/me", "/offers", "/queues"):
        assert is_problem(Caller("").ask("GET", path, Authorization=""), 401, "key_missing")
        assert is_problem(Caller("").ask("GET", path, Authorization="Bearer x"), 401, "key_unknown")


def test_whoever_left_the_company_is_out_at_once(alice: Caller) -> None:
    be_available(alice)
    Person.objects.filter(agent_no=ALICE).update(is_active=False)
    assert is_problem(alice.ask("GET", "/offers"), 401, "key_unknown")
    assert is_problem(Caller("").ask("GET", "/offers", Authorization=basic(ALICE, PASSWORD)), 401, "login_wrong")


def test_name_and_password_do_as_well_and_are_checked_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    hire(ALICE)
    assert Caller("").get("/agents/me", Authorization=basic(ALICE, PASSWORD))[1]["agent_no"] == ALICE
    monkeypatch.setattr(hashers, "check_password", lambda *_: pytest.fail("checked again"))
    monkeypatch.setattr("django.contrib.auth.base_user.check_password", lambda *_: pytest.fail("checked again"))
    assert Caller("").ask("GET", "/agents/me", Authorization=basic(ALICE, PASSWORD)).status_code == 200


def test_a_new_password_ends_the_old_one_at_once(db: None) -> None:
    person = hire(ALICE)
    assert Caller("").ask("GET", "/offers", Authorization=basic(ALICE, PASSWORD)).status_code == 200
    staff.set_password(person, "another-one-2", by="test", now=MIDNIGHT)
    assert is_problem(Caller("").ask("GET", "/offers", Authorization=basic(ALICE, PASSWORD)), 401, "login_wrong")


@pytest.mark.parametrize("given", ["Basic", "Basic !!!", "Basic " + "A" * 2_000, basic(ALICE, ""), basic("", "")])
def test_a_broken_login_is_a_401(db: None, given: str) -> None:
    hire(ALICE)
    assert is_problem(Caller("").ask("GET", "/offers", Authorization=given), 401, "login_wrong")


def test_guessing_passwords_is_stopped(db: None) -> None:
    hire(ALICE)
    for number in range(8):
        Caller("").ask("GET", "/offers", Authorization=basic(ALICE, f"guess-{number}"))
    assert is_problem(Caller("").ask("GET", "/offers", Authorization=basic(ALICE, PASSWORD)), 429, "too_often")


def test_a_login_at_the_desk_is_enough_but_only_from_our_pages(db: None) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(hire(ALICE))
    assert browser.get("/api/v1/agents/me").json()["agent_no"] == ALICE
    forged = browser.put("/api/v1/agents/me/presence", '{"state": "available"}', content_type="application/json")
    assert (forged.status_code, forged.json()["code"]) == (403, "not_from_our_page")
    browser.get("/desk/")
    token = browser.cookies["csrftoken"].value
    own = browser.put(
        "/api/v1/agents/me/presence", '{"state": "available"}', content_type="application/json",
        headers={"X-CSRFToken": token},
    )  # fmt: skip
    assert own.status_code == 200


def test_a_heartbeat_renews_and_needs_a_presence_first(alice: Caller) -> None:
    assert is_problem(alice.ask("POST", "/agents/me/heartbeat"), 409, "no_lease")
    be_available(alice)
    first = Lease.objects.get().expires_at
    with time_machine.travel(now() + timedelta(seconds=10)):
        assert alice.ask("POST", "/agents/me/heartbeat").status_code == 200
        assert Lease.objects.get().expires_at > first


def test_asking_for_offers_renews_the_lease(alice: Caller) -> None:
    be_available(alice)
    with time_machine.travel(now() + timedelta(seconds=40)):
        alice.get("/offers")
    with time_machine.travel(now() + timedelta(seconds=70)):
        assert alice.get("/agents/me")[1]["state"] == "available"


def test_queues_say_how_long_it_takes(alice: Caller) -> None:
    routing.ship_queues()
    waiting(now=now() - timedelta(seconds=30))
    status, answer = alice.get("/queues")
    assert (status, answer["mode"]) == (200, "ordinary")
    general = next(one for one in answer["queues"] if one["slug"] == "general")
    assert (general["waiting"], general["expected_wait_s"]) == (1, None)
    assert 30 <= general["longest_wait_s"] < 60
    be_available(alice)
    general = next(one for one in alice.get("/queues")[1]["queues"] if one["slug"] == "general")
    assert (general["available"], general["expected_wait_s"], general["is_open"]) == (1, 5, True)
    assert general["opens_at"] is None


def test_a_closed_queue_says_in_our_zone_when_it_opens(alice: Caller) -> None:
    routing.ship_queues()
    Queue.objects.filter(slug="general").update(hours=[{"days": "all", "from": "09:00", "to": "10:00"}])
    with time_machine.travel(MIDNIGHT + timedelta(hours=1), tick=False):
        general = alice.get("/queues")[1]["queues"][0]
    assert (general["is_open"], general["opens_at"]) == (False, "2026-11-22T09:00:00+08:00")


def test_a_key_is_of_one_person(alice: Caller) -> None:
    people.hire(BO)
    assert {key.by for key in ApiKey.objects.all()} == {"staff:1024"}
