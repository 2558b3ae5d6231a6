"""Reasons: what the rules count is what the words say."""

import re

import pytest

from huiyin.domain.routing.matching import Agent, Code, Policy, Pool, Waiting
from huiyin.domain.routing.matching.reasons import NUMBERS, Reason
from huiyin.web.ui.words_routing import WHY, why_offered


@pytest.mark.parametrize("code", Code)
def test_every_reason_has_words_that_fit_its_numbers(code: Code) -> None:
    wanted = set(re.findall(r"%\((\w+)\)s", WHY[code]))
    assert wanted <= NUMBERS.get(code, frozenset())
    numbers = dict.fromkeys(NUMBERS.get(code, ()), 3.0)
    assert "%(" not in why_offered({"code": code, "numbers": numbers})


def test_a_promise_that_is_late_is_said_to_be_late() -> None:
    assert "7" in why_offered({"code": "due", "numbers": {"slack_s": -7.0, "waited_s": 67.0}})
    assert "-" not in why_offered({"code": "due", "numbers": {"slack_s": -7.0, "waited_s": 67.0}})


def test_decisions_carry_the_numbers_that_are_named() -> None:
    pool = Pool(Policy.DEADLINE)
    pool.put(Waiting(id=1, kind="chat", queue="general", arrived=0.0, due=60.0, needs=(("recharge", 3),)))
    said: list[Reason] = [*pool.for_item(1, 5.0).why]
    pool.seat(Agent(id=7, skills={"recharge": 5}, room={"chat": 2, "call": 1}, idle_since=0.0, load=0.0))
    said += [*pool.for_item(1, 5.0).why, *pool.for_agent(7, 6.0).why]
    pool.put(Waiting(id=2, kind="chat", queue="general", arrived=1.0, due=61.0, barred=frozenset({7})))
    said += pool.for_agent(7, 6.0).why
    assert len({reason.code for reason in said}) >= 4
    for reason in said:
        assert set(reason.numbers) - NUMBERS.get(Code(reason.code), frozenset()) == set(), reason
