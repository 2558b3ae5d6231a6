"""KP3: the numbers beside the filters end where nobody counts any further."""

from collections.abc import Callable

import pytest
from django.test import Client

from huiyin.domain.cases import queries
from huiyin.web.desk import lines
from tests import people

AtDesk = Callable[..., Client]


@pytest.mark.parametrize(
    ("most", "count", "shown"),
    [(1000, 1, ">1 matter is open in all<"), (1000, 2, ">2 matters are open in all<"),
     (2, 2, ">1+ matters are open in all<")],
)  # fmt: skip
def test_who_has_nothing_to_do_reads_how_much_there_is(
    at_desk: AtDesk, monkeypatch: pytest.MonkeyPatch, most: int, count: int, shown: str
) -> None:
    monkeypatch.setattr(queries, "MOST_COUNTED", most)
    monkeypatch.setattr(lines, "MOST_COUNTED", most)
    for n in range(count):
        people.complaint(email=f"b{n}@x.com", owner=people.hire(people.BO))
    assert shown in at_desk().get("/desk/").content.decode()


@pytest.mark.parametrize(("most", "shown"), [(1000, "<b>3</b>"), (3, "<b>2+</b>")])
def test_kp3_a_long_list_is_counted_to_its_bound(
    at_desk: AtDesk, monkeypatch: pytest.MonkeyPatch, most: int, shown: str
) -> None:
    monkeypatch.setattr(queries, "MOST_COUNTED", most)
    monkeypatch.setattr(lines, "MOST_COUNTED", most)
    alice = people.hire()
    for n in range(3):
        people.complaint(email=f"b{n}@x.com", owner=alice)
    assert shown in at_desk().get("/desk/").content.decode()
