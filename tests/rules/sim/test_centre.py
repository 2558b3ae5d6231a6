"""The simulated day, small enough to follow by hand."""

import itertools
import math
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain.routing.capacity import Capacity
from huiyin.domain.routing.matching import Policy
from huiyin.sim.centre import Centre, Day, Rules
from huiyin.sim.contacts import Contact, Outcome, Person
from huiyin.sim.figures import figures, quarters

INF = math.inf


def day(contacts: Iterable[Contact], people: int | list[Person], rules: Rules | None = None) -> Day:
    crew = [Person(number) for number in range(1, people + 1)] if isinstance(people, int) else people
    return Centre(list(contacts), crew, rules or Rules()).run()


def waits(found: Day) -> list[float | None]:
    return [one.waited_s if one.answered_s is not None else None for one in found.outcomes]


def test_one_after_the_other() -> None:
    found = day([Contact(0, 100), Contact(10, 50), Contact(20, 50)], 1)
    assert waits(found) == [0, 90, 130]
    assert (found.busy_s, found.here_s) == (200, 200)


def test_patience_ends() -> None:
    found = day([Contact(0, 100), Contact(10, 50, 30), Contact(20, 50)], 1)
    assert waits(found) == [0, None, 80]
    assert found.outcomes[1].left_s == 40


def test_who_is_answered_at_the_very_last_second_is_answered() -> None:
    assert waits(day([Contact(0, 100), Contact(40, 10, 60)], 1)) == [0, 60]
    assert waits(day([Contact(0, 100, 0)], 1)) == [0]


def test_what_comes_in_the_same_instant_is_seen_together() -> None:
    """The diamond member stands below in the file and is answered first all the same."""
    assert waits(day([Contact(5, 10), Contact(5, 10, tier="diamond")], 1)) == [10, 0]
    assert waits(day([Contact(5, 10), Contact(5, 10, tier="diamond")], 1, Rules(Policy.FIFO))) == [0, 10]


def test_mb1_members_go_first_within_the_promise_of_everybody_else() -> None:
    contacts = [Contact(0, 100), Contact(10, 100), Contact(20, 100, tier="diamond"), Contact(60, 100, tier="diamond")]
    assert waits(day(contacts, 1)) == [0, 190, 80, 240]
    assert waits(day(contacts, 1, Rules(Policy.LONGEST_IDLE))) == [0, 290, 80, 140]
    assert waits(day(contacts, 1, Rules(Policy.FIFO))) == [0, 90, 180, 240]


def test_a_tier_nobody_knows_is_promised_what_everybody_is() -> None:
    assert Rules().term("platinum") == Rules().term("ordinary") == 60
    assert Rules().term("vip") == Rules().term("diamond") == 15


def test_skills_hold_until_waiting_opens_the_contact_to_others() -> None:
    people = [Person(1, {"account": 1}), Person(2, {"recharge": 1})]
    contacts = [Contact(0, 300, needs=(("recharge", 1),)), Contact(1, 10, needs=(("recharge", 1),))]
    assert waits(day(contacts, people)) == [0, 120]
    assert waits(day(contacts, people, Rules(relax=()))) == [0, 299]
    assert waits(day(contacts, people, Rules(Policy.FIFO))) == [0, 299]


def test_chats_go_side_by_side_and_take_a_little_longer() -> None:
    people = [Person(1, None, Capacity(chats=2, calls=0, cases=0))]
    found = day([Contact(0, 100, kind="chat"), Contact(0, 100, kind="chat"), Contact(0, 85, kind="chat")], people)
    slowed = 100 * 2 / 1.7  # two together do 1.7 times the work of one
    assert waits(found) == [0, 0, pytest.approx(slowed)]
    assert found.busy_s == pytest.approx(slowed + 85)


def test_a_shift_begins_and_ends_but_what_was_begun_is_finished() -> None:
    people = [Person(1, None, spans=((100.0, 200.0), (500.0, 600.0)))]
    found = day([Contact(0, 50), Contact(120, 150), Contact(190, 10)], people)
    assert waits(found) == [100, 30, 310]
    assert (found.busy_s, found.here_s) == (50 + 150 + 10, 50 + 150 + 100)


def test_nobody_there_answers_nobody() -> None:
    found = figures(day([Contact(0, 10), Contact(0, 10, 5)], 0))
    assert [found[name] for name in ("offered", "answered", "abandoned", "unanswered")] == [2, 0, 1, 1]
    assert [found[name] for name in ("connection_rate", "service_level_20s", "asa_s", "occupancy")] == [
        0,
        0,
        None,
        None,
    ]


def test_no_contacts_have_no_figures_but_numbers_of_nothing() -> None:
    found = figures(day([], 3))
    assert (found["offered"], found["connection_rate"], found["asa_s"], found["occupancy"]) == (0, None, None, None)
    assert (found["worst_quarter_hour"], found["per_tier"]) == (None, {})


def test_one_contact_is_a_whole_day() -> None:
    found = figures(day([Contact(1000, 60, tier="gold")], 2))
    assert (found["connection_rate"], found["asa_s"], found["service_level_20s"], found["occupancy"]) == (1, 0, 1, 0.5)
    assert found["worst_quarter_hour"]["start_s"] == 900
    assert found["per_tier"]["gold"]["p99_wait_s"] == 0


def test_all_abandoned_is_defined() -> None:
    found = figures(day([Contact(number, 10, 1) for number in range(5)], 0))
    assert (found["abandoned"], found["connection_rate"], found["asa_s"], found["p99_wait_s"]) == (5, 0, None, None)


def test_figures_count_as_they_say() -> None:
    contact = Contact(0, 1)
    outcomes = [Outcome(contact, answered_s=wait) for wait in (0.0, 10.0, 20.0, 21.0, 200.0)]
    outcomes += [Outcome(contact, left_s=190.0), Outcome(Contact(900, 1), left_s=901.0), Outcome(Contact(900, 1))]
    found = figures(Day(outcomes, 30.0, 60.0))
    assert (found["connection_rate"], found["service_level_20s"], found["within_180s"]) == (0.625, 0.375, 0.5)
    assert (found["kept_waiting_180s"], found["asa_s"], found["occupancy"]) == (0.25, 50.2, 0.5)
    assert (found["p50_wait_s"], found["p90_wait_s"], found["max_wait_s"]) == (20, 200, 200)
    assert found["worst_quarter_hour"]["start_s"] == 0
    assert [row["offered"] for row in quarters(outcomes)] == [6, 2]


contact = st.builds(
    Contact,
    st.integers(0, 300).map(float),
    st.integers(0, 200).map(float),
    st.integers(0, 200).map(float) | st.just(INF),
    st.sampled_from(["diamond", "ordinary", "elderly"]),
    st.sampled_from([(), (("recharge", 1),)]),
    st.sampled_from(["call", "chat"]),
)
person = st.sampled_from(
    [
        (None, Capacity(chats=0, cases=0)),
        ({"recharge": 1}, Capacity(chats=2, calls=0)),
        ({}, Capacity(chats=3, calls=1)),
    ]
)


@settings(max_examples=settings().max_examples // 2)
@given(st.lists(contact, max_size=25), st.lists(person, max_size=3), st.sampled_from(list(Policy)))
def test_nobody_is_lost_nobody_works_above_capacity_and_the_same_day_is_the_same(
    contacts: list[Contact], kinds: list[tuple[dict[str, int] | None, Capacity]], policy: Policy
) -> None:
    people = [Person(number, skills, capacity) for number, (skills, capacity) in enumerate(kinds, start=1)]
    contacts.sort(key=lambda one: one.arrived_s)
    first, second = (Watched(contacts, people, Rules(policy)) for _ in range(2))
    outcomes = first.run().outcomes
    assert outcomes == second.run().outcomes
    for one in outcomes:
        assert one.answered_s is None or one.left_s is None
        assert 0 <= one.waited_s <= one.contact.patience_s
        if one.answered_s is None and one.left_s is None:
            assert one.contact.patience_s == INF
    assert first.is_never_above_capacity


class Watched(Centre):
    """Looks at every desk whenever somebody takes something."""

    is_never_above_capacity = True

    def _take(self, decision: Any) -> None:
        super()._take(decision)
        for desk in self._desks.values():
            able, busy = desk.person.capacity, desk.busy
            both = busy.calls and busy.chats
            if busy.calls > able.calls or busy.chats > able.chats or both:
                self.is_never_above_capacity = False


def test_nobody_starves_while_members_come_without_end() -> None:
    """One agent, and more diamond members than one can serve: an ordinary buyer is answered within their ceiling."""
    flood = [Contact(number * 50.0, 60.0, tier="diamond") for number in range(100)]
    contacts = sorted([*flood, Contact(101.0, 60.0)], key=lambda one: one.arrived_s)
    found = {policy: day(contacts, 1, Rules(policy)) for policy in (Policy.DEADLINE, Policy.LONGEST_IDLE)}
    ours, theirs = (
        next(one.waited_s for one in found[policy].outcomes if one.contact.tier == "ordinary") for policy in found
    )
    before = sum(one.arrived_s <= 101.0 + 60 - 15 for one in flood)
    assert ours <= before * 60.0
    assert theirs > 4_000


def test_a_call_is_answered_though_chats_come_all_day() -> None:
    """Two people take calls and chats. Somebody clears their desk once the call is overdue: 60 s, and a chat's rest."""
    people = [Person(number, None, Capacity(chats=3, calls=1, cases=0)) for number in (1, 2)]
    chats = [Contact(number * 20.0, 100.0, kind="chat") for number in range(400)]
    found = day(sorted([*chats, Contact(501.0, 60.0)], key=lambda one: one.arrived_s), people)
    (call,) = (one for one in found.outcomes if one.contact.kind == "call")
    assert 60 <= call.waited_s <= 60 + 2 * 120
    assert all(one.answered_s is not None for one in found.outcomes)


def test_every_policy_serves_as_much_when_nobody_leaves() -> None:
    """Orders change who waits, not how much work there is."""
    contacts = [
        Contact(number * 7.0, 20.0, tier=tier) for number, tier in zip(range(60), itertools.cycle("ab"), strict=False)
    ]
    means = {round(figures(day(contacts, 2, Rules(policy)))["asa_s"], 6) for policy in Policy}
    assert len(means) == 1
