"""The simulator against the formulas, under their own assumptions: Poisson arrivals, exponential times, one kind.

20 000 contacts a row, fixed seeds. The stated error is what such a sample may stray by: shares within 0.02, mean waits
within 12 % and a tenth of a second, occupancy within 0.01.
"""

import math
from random import Random

import pytest

from huiyin.domain.insight.staffing import Load, erlang_a, erlang_c
from huiyin.domain.routing.matching import Policy
from huiyin.sim import goals
from huiyin.sim.centre import Centre, Rules
from huiyin.sim.contacts import Contact, Person
from huiyin.sim.figures import figures

CONTACTS = 20_000
# contacts, interval s, handle s, people, patience s: rows of the facts in which a sample of this size says much
ROWS = [
    (20, 1800, 300, 6, math.inf),
    (5, 1800, 300, 3, math.inf),
    (1, 1800, 300, 1, math.inf),
    (30, 3600, 600, 8, math.inf),
    (100, 1800, 180, 12, 120),
    (20, 1800, 300, 4, 90),
    (30, 3600, 600, 5, 240),
]


@pytest.mark.parametrize(("contacts", "interval", "handle", "people", "patience"), ROWS)
def test_in7_a_simulated_day_agrees_with_the_formula(
    contacts: int, interval: float, handle: float, people: int, patience: float
) -> None:
    load = Load(contacts, interval, handle)
    formula = erlang_a(load, people, patience, 20) if patience < math.inf else erlang_c(load, people, 20)
    got = figures(Centre(_arrivals(load, patience), _people(people), Rules(Policy.DEADLINE)).run())
    assert got["service_level_20s"] == pytest.approx(formula.service_level, abs=0.02)
    assert got["connection_rate"] == pytest.approx(1 - formula.p_abandon, abs=0.02)
    assert got["asa_s"] == pytest.approx(formula.asa_s, rel=0.12, abs=0.1)
    assert got["occupancy"] == pytest.approx(formula.occupancy, abs=0.01)


def test_kp1_kp4_kp7_double_eleven_is_held_with_a_third_more_people_than_work() -> None:
    found = goals.reading("more_than_the_work", 1.0, [1])["double_eleven"]
    assert all(found["deadline"]["reached"].values()), found["deadline"]
    assert found["deadline"]["vip_asa_s"] < found["fifo"]["vip_asa_s"]


def _arrivals(load: Load, patience: float) -> list[Contact]:
    chance, now, found = Random(f"{load} {patience}"), 0.0, []
    for _ in range(CONTACTS):
        now += chance.expovariate(load.rate)
        waits = chance.expovariate(1 / patience) if patience < math.inf else math.inf
        found.append(Contact(now, chance.expovariate(1 / load.handle_s), waits))
    return found


def _people(count: int) -> list[Person]:
    return [Person(number) for number in range(1, count + 1)]
