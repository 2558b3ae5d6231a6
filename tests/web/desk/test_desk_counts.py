"""KP3: the numbers beside the filters end where nobody counts any further."""

from collections.abc import Callable

import pytest
from django.test import Client

from huiyin.domain.cases import queries
from huiyin.web.desk import lines
from tests import people

AtDesk = Callable[..., Client]


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
