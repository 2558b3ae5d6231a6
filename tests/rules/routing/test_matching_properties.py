"""What is always true of matching, whatever happens: compared with a slow reference, and property by property."""

import dataclasses
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.domain.routing.matching import Agent, Code, Policy, Pool, Waiting
from tests.rules.routing.centre import AGENTS, agents, items
from tests.rules.routing.naive import SHORTEST_S, NaivePool, order

# Each example is a whole centre: a third of the usual number keeps the folder quick; `./run soak` tries thousands.
some = settings(max_examples=settings().max_examples // 3)
VERBS = ("put", "put", "put", "drop", "seat", "seat", "seat", "unseat", "for_agent", "for_agent", "for_item", "wait")


@some
@given(st.data())
def test_the_pool_decides_as_the_slow_reference_does(data: st.DataObject) -> None:
    fast, slow, now = Pool(), NaivePool(), 1_000.0
    for number in range(data.draw(st.integers(1, 30))):
        verb = data.draw(st.sampled_from(VERBS))
        if verb == "wait":
            now += data.draw(st.integers(1, 90))
        elif verb == "put":
            item = data.draw(items(number, now))
            fast.put(item)
            slow.put(item)
        elif verb == "seat":
            agent = data.draw(agents(data.draw(st.sampled_from(AGENTS)), now))
            fast.seat(agent)
            slow.seat(agent)
        elif verb in {"drop", "for_item"}:
            chosen = data.draw(st.sampled_from([*sorted(slow.items), -1]))
            _both(fast, slow, verb, chosen, now)
        else:
            _both(fast, slow, verb, data.draw(st.sampled_from(AGENTS)), now)
        assert set(fast.entries) == set(slow.items)


def _both(fast: Pool, slow: NaivePool, verb: str, who: int, now: float) -> None:
    if verb in {"drop", "unseat"}:
        getattr(fast, verb)(who)
        getattr(slow, verb)(who)
        return
    decision = getattr(fast, verb)(who, now)
    assert (decision.item, decision.agent) == getattr(slow, verb)(who, now)
    assert decision.why


@st.composite
def centres(draw: st.DrawFn) -> tuple[Pool, NaivePool, float]:
    """A pool and the reference with the same things in them."""
    now = 1_000.0
    fast, slow = Pool(), NaivePool()
    for number in draw(st.lists(st.integers(1, 40), unique=True, max_size=14)):
        item = draw(items(number, now))
        fast.put(item)
        slow.put(item)
    for number in draw(st.lists(st.sampled_from(AGENTS), unique=True)):
        agent = draw(agents(number, now))
        fast.seat(agent)
        slow.seat(agent)
    return fast, slow, now


@some
@given(centres(), st.integers(0, 300))
def test_matches_gives_out_all_that_can_be_given_and_each_agent_what_is_due_first(
    centre: tuple[Pool, NaivePool, float], later: int
) -> None:
    """With equal skills the earlier due goes first; nothing is offered twice; nobody is asked twice at once."""
    pool, slow, now = centre
    now += later
    for decision in pool.matches(now):
        assert decision.item is not None and decision.agent is not None
        first = slow.first_for(decision.agent, now)
        assert first is not None and first.id == decision.item
        slow._give(decision.item, decision.agent)
    assert [agent for agent in slow.agents if slow.first_for(agent, now)] == []
    assert pool.matches(now) == []


@some
@given(centres(), st.integers(0, 300))
def test_nothing_is_overtaken_by_what_arrived_later_than_its_promise_minus_the_shortest(
    centre: tuple[Pool, NaivePool, float], later: int
) -> None:
    pool, slow, now = centre
    now += later
    for decision in pool.matches(now):
        assert decision.item is not None and decision.agent is not None
        agent, taken = slow.agents[decision.agent], slow.items[decision.item]
        for other in slow.items.values():
            could = slow.may_take(agent, dataclasses.replace(other, sticky_until=0.0), now)
            if could and slow.has_room(agent, other) and order(other) < order(taken):
                assert taken.arrived <= other.arrived + (other.due - other.arrived) - SHORTEST_S
        slow._give(decision.item, decision.agent)


@some
@given(centres(), st.integers(0, 300))
def test_cp21_nobody_is_offered_what_they_are_barred_from(centre: tuple[Pool, NaivePool, float], later: int) -> None:
    pool, slow, now = centre
    for decision in pool.matches(now + later):
        assert decision.agent not in slow.items[decision.item or 0].barred


@some
@given(st.data())
def test_waiting_only_ever_opens_an_item_to_more_people(data: st.DataObject) -> None:
    """Who may take an item at one time may take it at any later time; keeping it for somebody only ends."""
    agent = data.draw(agents(1, 1_000.0).filter(lambda one: any(one.room.values())))
    item = data.draw(items(7, 1_000.0))
    answers = []
    for now in sorted(data.draw(st.lists(st.integers(1_000, 1_400), min_size=2, max_size=6))):
        pool = Pool()
        pool.seat(agent)
        pool.seat(Agent(2, {}, {item.kind: 0}, 0.0, 0.0))
        pool.put(item)
        answers.append(pool.for_agent(1, now).item is not None)
    assert answers == sorted(answers)


@some
@given(centres(), st.randoms(use_true_random=False))
def test_hl5_the_position_is_never_better_than_it_turns_out(
    centre: tuple[Pool, NaivePool, float], chance: random.Random
) -> None:
    """Whoever can take an item takes at most `position - 1` others of its kind before it."""
    pool, slow, now = centre
    promised = {item: pool.position(item, now) for item in slow.items}
    waiting, taken_before = dict(slow.items), dict.fromkeys(slow.items, 0)
    asked = [agent for agent in slow.agents for _ in range(12)]
    chance.shuffle(asked)
    for agent_id in asked:
        pool.unseat(agent_id)
        pool.seat(slow.agents[agent_id])
        taken = pool.for_agent(agent_id, now).item
        if taken is None:
            continue
        assert taken_before.pop(taken) < promised[taken]
        kind = waiting.pop(taken).kind
        for other in waiting.values():
            if other.kind == kind and slow.may_take(slow.agents[agent_id], other, now):
                taken_before[other.id] += 1


@some
@given(centres(), st.randoms(use_true_random=False))
def test_the_same_things_in_another_order_give_the_same_decisions(
    centre: tuple[Pool, NaivePool, float], chance: random.Random
) -> None:
    pool, slow, now = centre
    other = Pool()
    everything: list[Waiting | Agent] = [*slow.items.values(), *slow.agents.values()]
    chance.shuffle(everything)
    for each in everything:
        other.put(each) if isinstance(each, Waiting) else other.seat(each)
    assert other.matches(now) == pool.matches(now)


@some
@given(st.lists(st.sampled_from([15.0, 30.0, 45.0, 60.0]), min_size=1, max_size=60), st.sampled_from([60.0, 240.0]))
def test_mb1_an_ordinary_buyer_has_a_ceiling_behind_members(terms: list[float], spacing: float) -> None:
    """One agent, twice as much work as they can do: still only who arrived before the buyer's promise goes first."""
    pool = Pool()
    pool.put(Waiting(1, "chat", "general", 0.0, 60.0))
    for number, term in enumerate(terms, start=2):
        arrived = number * spacing / 10
        pool.put(Waiting(number, "chat", "general", arrived, arrived + term))
    before = 0
    while True:
        pool.seat(Agent(1, {}, {"chat": 1}, 0.0, 0.0))
        if pool.for_agent(1, 10_000.0).item == 1:
            break
        before += 1
    assert before <= sum(number * spacing / 10 <= 60.0 - SHORTEST_S for number in range(2, len(terms) + 2))


@some
@given(st.lists(st.tuples(st.integers(0, 100), st.sampled_from(["diamond", "ordinary"])), max_size=12))
def test_first_in_first_out_knows_neither_promise_nor_tier(arrivals: list[tuple[int, str]]) -> None:
    pool = Pool(Policy.FIFO)
    for number, (arrived, tier) in enumerate(arrivals):
        term = 15.0 if tier == "diamond" else 60.0
        pool.put(Waiting(number, "call", "general", arrived, arrived + term, tier=tier))
    taken = []
    for _ in arrivals:
        pool.seat(Agent(1, {}, {"call": 1}, 0.0, 0.0))
        taken.append(pool.for_agent(1, 1_000.0).item)
    assert taken == sorted(range(len(arrivals)), key=lambda number: (arrivals[number][0], number))


@some
@given(centres(), st.integers(0, 300))
def test_every_waiting_item_can_say_why_it_waits(centre: tuple[Pool, NaivePool, float], later: int) -> None:
    pool, _, now = centre
    pool.matches(now + later)
    for item_id in pool.entries:
        codes = [reason.code for reason in pool.explain(item_id, now + later)]
        assert Code.POSITION in codes and ({Code.ALL_BUSY, Code.NOBODY_ABLE} & set(codes))
