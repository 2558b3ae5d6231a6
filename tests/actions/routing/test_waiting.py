"""Joining queues: terms, closed and full ones, urgency with a limit, where one stands, and handing over."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Places, Want
from huiyin.domain.routing.models import Item, Queue
from huiyin.domain.routing.queries import loads, place, places, queues_now, state_of
from huiyin.lib.errors import Refusal
from tests import people
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, OPS, SUN, hire
from tests.routing import a_talk, here, offered, talking, waiting

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(seconds=5)


def test_kp1_everybody_is_promised_a_person_by_tier() -> None:
    due = {
        tier: (waiting(tier=tier).due_at - MIDNIGHT).total_seconds()
        for tier in ("ordinary", "silver", "gold", "diamond")
    }
    assert due == {"ordinary": 60, "silver": 45, "gold": 30, "diamond": 15}


def test_a_matter_waits_once() -> None:
    matter = a_talk()
    first = routing.enqueue(matter, Want("chat", "general"), by="buyer", now=MIDNIGHT)
    assert routing.enqueue(matter, Want("chat", "recharge"), by="buyer", now=SOON) == first
    assert matter.facts.filter(name="item_queued").count() == 1


def test_a_closed_queue_says_when_somebody_answers() -> None:
    routing.ship_queues()
    Queue.objects.filter(slug="account").update(hours=[{"days": "all", "from": "09:00", "to": "18:00"}])
    with pytest.raises(Refusal, match="queue_closed") as no:
        waiting(queue="account")
    assert str(no.value.params["opens_at"]).startswith("2026-11-22T09:00")


def test_op12_night_mode_closes_what_does_not_stay_open() -> None:
    routing.ship_queues()
    routing.set_mode("night", hire(SUN), now=MIDNIGHT)
    with pytest.raises(Refusal, match="queue_closed"):
        waiting(queue="supervisor")
    assert waiting(queue="general").state == "waiting"


def test_a_full_queue_overflows_and_then_says_so() -> None:
    routing.ship_queues()
    Queue.objects.filter(slug__in=["vip", "general"]).update(most_waiting=1)
    waiting(queue="vip")
    assert waiting(queue="vip").queue.slug == "general"
    with pytest.raises(Refusal, match="queue_full"):
        waiting(queue="vip")


def test_an_unknown_queue_is_refused() -> None:
    with pytest.raises(Refusal, match="queue_unknown"):
        waiting(queue="nonsense")


def test_ch2_urgent_shortens_the_promise_and_is_limited() -> None:
    buyer = people.buyer()
    items = [waiting(buyer=buyer) for _ in range(4)]
    marked = [routing.mark_urgent(one, "money_at_risk", by="buyer", now=SOON) for one in items[:3]]
    assert {one.due_at for one in marked} == {SOON + timedelta(seconds=15)}
    with pytest.raises(Refusal, match="urgent_often"):
        routing.mark_urgent(items[3], "money_at_risk", by="buyer", now=SOON)
    assert routing.mark_urgent(items[3], "safety", by=hire(ALICE).by, now=SOON).urgent
    with pytest.raises(Refusal, match="say_why"):
        routing.mark_urgent(waiting(), "because", by="buyer", now=SOON)


def test_hl5_the_place_counts_who_is_due_before() -> None:
    first, second, vip = waiting(), waiting(now=SOON), waiting(now=SOON, tier="diamond")
    assert [place(one, SOON).position for one in (first, second, vip)] == [2, 3, 1]


def test_the_expected_wait_is_honest() -> None:
    items = [waiting() for _ in range(3)]
    assert place(items[0], MIDNIGHT).expected_wait_s is None  # nobody is here
    here(chats=1)
    guesses = [place(one, MIDNIGHT) for one in items]
    assert [one.expected_wait_s for one in guesses] == [5, 300, 600]
    assert [one.is_honest_guess for one in guesses] == [True, False, False]


@pytest.mark.parametrize(("state", "wait"), [("busy", None), ("break", None), ("wrap_up", 300), ("available", 5)])
def test_nobody_waits_for_who_takes_nothing(state: str, wait: int | None) -> None:
    item, alice = waiting(), here(chats=1)
    routing.set_presence(alice, "desk", state, now=MIDNIGHT)
    general = next(one for one in queues_now(MIDNIGHT) if one.slug == "general")
    assert place(item, MIDNIGHT).expected_wait_s == wait
    assert places([item.matter_id], MIDNIGHT)[item.matter_id] == place(item, MIDNIGHT)
    assert (general.expected_wait_s is None) is (wait is None)


def test_cp21_nobody_waits_for_whom_they_complain_about() -> None:
    alice = here()
    first, second = waiting(barred=(alice.pk,)), waiting()
    seen = places([first.matter_id, second.matter_id], MIDNIGHT)
    assert [place(one, MIDNIGHT).expected_wait_s for one in (first, second)] == [None, 5]
    assert [seen[one.matter_id] for one in (first, second)] == [place(one, MIDNIGHT) for one in (first, second)]


def test_whoever_stepped_in_is_gone_again_with_the_last_thing_in_hand() -> None:
    sun, alice = hire(SUN), here()
    items = [routing.take_over(waiting(), sun, by=sun.by, now=MIDNIGHT) for _ in range(2)]
    for person in (sun, alice):
        routing.step_in(person, "laptop", now=MIDNIGHT)
    states = []
    for item in items:
        routing.wrapped(item, by=sun.by, now=SOON)
        for job in ProcrastinateJob.objects.filter(task_name="step_back"):
            routing.step_back(**job.args, now=SOON)
        states.append(state_of(sun, SOON).state)
    assert (states, state_of(alice, SOON).state) == (["busy", "offline"], "available")
    sun.refresh_from_db()
    assert not sun.on_duty


def test_whoever_says_what_they_do_after_stepping_in_stays_so() -> None:
    sun = hire(SUN)
    item = routing.take_over(waiting(), sun, by=sun.by, now=MIDNIGHT)
    routing.step_in(sun, "laptop", now=MIDNIGHT)
    routing.set_presence(sun, "laptop", "available", now=SOON)
    routing.wrapped(item, by=sun.by, now=SOON)
    routing.step_back(sun.pk, now=SOON)
    assert state_of(sun, SOON).state == "available"


def test_what_was_measured_lately_makes_the_guess_honest() -> None:
    alice = here(chats=1)
    for number in range(5):
        begun = MIDNIGHT + timedelta(minutes=number)
        routing.set_presence(alice, "desk", "available", now=begun)
        routing.done(talking(alice, now=begun), by=alice.by, now=begun + timedelta(seconds=40))
    now = MIDNIGHT + timedelta(minutes=5)
    here(chats=1, now=now)
    talking(alice, now=now)
    guess = place(waiting(now=now), now)
    assert (guess.expected_wait_s, guess.is_honest_guess) == (40, True)


def test_op12_at_peak_whoever_agreed_takes_one_more() -> None:
    alice = hire(ALICE)
    routing.set_presence(alice, "desk", "available", capacity=Places({"chat": 1}, stretches=True), now=MIDNIGHT)
    talking(alice)
    assert routing.offer(waiting().pk, alice.pk, [], now=MIDNIGHT) is None
    routing.set_mode("peak", hire(SUN), now=MIDNIGHT)
    made = routing.offer(waiting().pk, alice.pk, [], now=MIDNIGHT)
    assert made is not None
    assert made.expires_at == MIDNIGHT + timedelta(seconds=12)


@pytest.mark.parametrize(("mode", "seconds"), [("ordinary", 60), ("peak", 30)])
def test_hl12_after_a_call_there_is_time_to_wrap_up(mode: str, seconds: int) -> None:
    alice = here()
    routing.set_mode(mode, hire(SUN), now=MIDNIGHT)
    routing.done(talking(alice, kind="call"), by=alice.by, now=SOON)
    now = state_of(alice, SOON)
    assert (now.state, now.until) == ("wrap_up", SOON + timedelta(seconds=seconds))


def test_after_a_chat_there_is_none_because_it_was_wrapped_up_before() -> None:
    alice = here()
    routing.done(talking(alice), by=alice.by, now=SOON)
    assert state_of(alice, SOON).state == "available"


def test_op12_only_those_who_lead_switch_the_mode() -> None:
    with pytest.raises(Refusal, match="only_leads"):
        routing.set_mode("peak", hire(ALICE), now=MIDNIGHT)
    with pytest.raises(Refusal, match="mode_unknown"):
        routing.set_mode("carnival", hire(OPS), now=MIDNIGHT)


def test_a_hand_over_to_a_queue_waits_there() -> None:
    routing.ship_queues()
    alice = here()
    old = talking(alice)
    new = routing.hand_over(old, "queue:vip", by=alice.by, now=SOON, why="handed_over")
    old.refresh_from_db()
    assert (old.state, old.why_left) == ("done", "handed_over")
    assert (new.queue.slug, new.barred, new.came_from, new.due_at) == (
        "vip",
        [],
        old,
        SOON + timedelta(seconds=15),
    )
    fact = new.matter.facts.get(name="item_handed_over")
    assert (fact.data["before"], fact.data["to"]) == (ALICE, "queue:vip")


def test_a_hand_over_to_a_supervisor_needs_no_name() -> None:
    alice = here()
    new = routing.hand_over(talking(alice), "supervisor", by=alice.by, now=SOON, why="wants_supervisor")
    assert new.queue.slug == "supervisor"


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("agent:1025", "agent_away"), ("agent:4711", "agent_unknown"), ("agent:1024", "agent_unknown"),
        ("queue:x", "queue_unknown"), ("somebody", "handed_nowhere"), ("queue:", "handed_nowhere"),
    ],
)  # fmt: skip
def test_a_hand_over_to_nobody_changes_nothing(to: str, code: str) -> None:
    alice, _ = here(), hire(BO)
    item = talking(alice)
    with pytest.raises(Refusal, match=code):
        routing.hand_over(item, to, by=alice.by, now=SOON, why="x")
    assert Item.objects.get().state == "taken"


def test_cp21_only_who_leads_learns_that_it_is_about_whom_they_hand_it_to() -> None:
    alice, bo, sun = here(), here(BO), here(SUN)
    item = talking(alice)
    Item.objects.filter(pk=item.pk).update(barred=[bo.pk])
    for by, code in ((alice.by, "agent_unknown"), (sun.by, "complained_about")):
        with pytest.raises(Refusal, match=code):
            routing.hand_over(item, f"agent:{BO}", by=by, now=SOON, why="x")
    Item.objects.filter(pk=item.pk).update(barred=[bo.pk, sun.pk])
    with pytest.raises(Refusal, match="agent_unknown"):
        routing.hand_over(item, f"agent:{BO}", by=sun.by, now=SOON, why="x")


def test_who_leads_takes_over_whoever_has_it() -> None:
    alice, sun = here(), here(SUN)
    new = routing.take_over(talking(alice), sun, by=sun.by, now=SOON)
    assert (new.state, new.agent) == ("taken", sun)
    assert loads([alice.pk], SOON)[alice.pk].held.chats == 0


def test_who_leads_takes_over_what_rings_for_somebody() -> None:
    alice, sun, item = here(), here(SUN), waiting()
    offer = offered(item, alice)
    assert routing.take_over(item, sun, by=sun.by, now=SOON).agent == sun
    with pytest.raises(Refusal, match="offer_gone"):
        routing.accept(offer.pk, alice, "desk", now=SOON)


def test_who_leads_takes_back_what_they_had_handed_over() -> None:
    routing.ship_queues()
    sun, bo = here(SUN), here(BO)
    given = routing.hand_over(talking(sun), f"agent:{BO}", by=sun.by, now=SOON, why="handed_over")
    item = routing.accept(offered(given, bo, now=SOON).pk, bo, "desk", now=SOON)
    assert routing.take_over(item, sun, by=sun.by, now=SOON).agent == sun


def test_others_do_not_take_over_and_cp21_nor_do_those_it_is_about() -> None:
    alice, sun = here(), here(SUN)
    with pytest.raises(Refusal, match="only_leads"):
        routing.take_over(waiting(), alice, by=alice.by, now=SOON)
    with pytest.raises(Refusal, match="kept_out"):
        routing.take_over(waiting(barred=(sun.pk,)), sun, by=sun.by, now=SOON)


def test_queues_count_what_waits_and_who_is_free() -> None:
    routing.ship_queues()
    waiting()
    talking(here())
    shown = {one.slug: one for one in queues_now(MIDNIGHT + timedelta(seconds=30))}
    assert (shown["general"].waiting, shown["general"].longest_wait_s, shown["general"].talking) == (1, 30, 1)
    assert shown["supervisor"].available == 0


def test_an_agent_whose_laptop_slept_is_back_as_before() -> None:
    alice = here()
    later = MIDNIGHT + timedelta(seconds=50)
    assert routing.lose_lapsed(later) == [alice.pk]
    alice.refresh_from_db()
    assert (state_of(alice, later).state, alice.on_duty) == ("offline", False)
    routing.heartbeat(alice, "desk", now=later + timedelta(seconds=5))
    assert state_of(alice, later + timedelta(seconds=5)).state == "available"


def test_facts_of_waiting_tell_no_names_and_no_words() -> None:
    buyer = people.buyer(name="王小明")
    item = waiting(buyer=buyer)
    assert "王" not in str([fact.data for fact in item.matter.facts.all()])
