"""The assumed days and their rosters."""

import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import pytest

from huiyin.domain.insight.staffing import Load
from huiyin.sim.contacts import DAY_S, QUARTER_S
from huiyin.sim.picture import drawn
from huiyin.sim.profiles import CONTACTS, ORDINARY, PROFILES, contacts_of, loads
from huiyin.sim.roster import above_the_work, by_kp1, exactly, in_shifts, of_size, people_of, size, with_more

PEAK = PROFILES["double_eleven"]


def test_the_same_seed_is_the_same_day_and_another_is_another() -> None:
    assert contacts_of(ORDINARY, 0.1, 1) == contacts_of(ORDINARY, 0.1, 1)
    assert contacts_of(ORDINARY, 0.1, 1) != contacts_of(ORDINARY, 0.1, 2)


def test_double_eleven_is_three_ordinary_days() -> None:
    foreseen = sum(PEAK.rate(quarter * QUARTER_S, 1.0) for quarter in range(96)) * QUARTER_S
    assert foreseen == pytest.approx(3 * CONTACTS)
    assert len(contacts_of(PEAK, 0.3, 1)) == pytest.approx(0.9 * CONTACTS, rel=0.1)


def test_an_outage_brings_one_kind_of_question_in_one_hour() -> None:
    usual, outage = (
        Counter((int(one.arrived_s // 3600), one.needs) for one in contacts_of(PROFILES[name], 0.5, 1))
        for name in ("ordinary", "outage")
    )
    recharge = (("recharge", 2),)
    assert outage[20, recharge] > 4 * usual[20, recharge]
    assert outage[10, recharge] < 2 * usual[10, recharge]


def test_every_contact_lies_within_the_day_and_is_somebody() -> None:
    for one in contacts_of(PEAK, 0.05, 3):
        assert 0 <= one.arrived_s < DAY_S
        assert one.handle_s > 0
        assert one.patience_s >= 0
        assert one.kind in {"call", "chat"}


def test_in7_shifts_cover_every_quarter_hour() -> None:
    roster = in_shifts(PEAK, 0.5, by_kp1)
    for team in roster:
        for quarter in range(96):
            at = quarter * QUARTER_S
            here = sum(any(begins <= at < ends for begins, ends in spans) for spans in roster[team])
            assert here >= by_kp1(team, loads(PEAK, at, 0.5)[team])


def test_exactly_is_exact() -> None:
    roster = exactly(PEAK, 1.0, above_the_work(30))
    for quarter in (0, 16, 80):
        at = quarter * QUARTER_S
        here = sum(any(begins <= at < ends for begins, ends in spans) for spans in roster["call"])
        assert here == above_the_work(30)("call", loads(PEAK, at, 1.0)["call"])


def test_more_people_are_so_many_percent_more() -> None:
    roster = in_shifts(ORDINARY, 1.0, by_kp1)
    assert size(with_more(roster, 100)) == 2 * size(roster)
    assert size(of_size(roster, 17)) == 17
    assert size(of_size(roster, 0)) == 0
    assert len(people_of(with_more(roster, 30))) == pytest.approx(1.3 * size(roster), abs=1)


def test_kp1_takes_one_person_even_for_nearly_nothing() -> None:
    assert by_kp1("call", Load(0, QUARTER_S, 240)) == 1


def test_the_picture_is_whole_and_names_what_it_shows() -> None:
    rows: list[dict[str, Any]] = [
        {"start_s": 0.0, "offered": 9, "answered": 7, "asa_s": 12.0},
        {"start_s": 900.0, "offered": 1, "answered": 0, "asa_s": None},
    ]
    picture = drawn('a "day" <of> 3 & 4', {"deadline": rows, "fifo": rows})
    tree = ET.fromstring(picture)  # our own text, not a stranger's
    said = "".join(tree.itertext())
    assert 'a "day" <of> 3 & 4' in said
    assert "deadline" in said and "fifo" in said
    assert len(tree.findall("{*}rect")) == 3
    assert ET.fromstring(drawn("empty", {"deadline": []})) is not None
