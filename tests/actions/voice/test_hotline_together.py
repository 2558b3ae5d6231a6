"""HL4: several supervisors at the menu at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from huiyin.domain.routing import actions as routing
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.hotline import actions as hotline
from huiyin.domain.voice.hotline.models import Draft, Take
from huiyin.domain.voice.hotline.queries import draft, live, working
from huiyin.domain.voice.hotline.tables import fingerprint
from huiyin.domain.voice.menu import Known
from huiyin.domain.voice.models import Menu
from huiyin.domain.voice.shipped_menu import TABLE
from huiyin.lib.errors import Refusal
from tests import people
from tests.fakes import MIDNIGHT

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ["main", "progress", "bill", "amount", "code", "secret", "closed", "recharge"]


@pytest.fixture(autouse=True)
def _shipped(db: None) -> None:
    routing.ship_queues()
    voice.ship_lines()


def at_once(deeds: list[Callable[[], Any]]) -> list[str]:
    """All of them at the same moment; how each ended: empty, or the code of its refusal."""
    together = Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> str:
        try:
            together.wait(10)
            deed()
        except Refusal as no:
            return no.code
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def slower(name: str, lead: Person, seconds: int = 20) -> Callable[[], Any]:
    node = TABLE["nodes"][name]
    return lambda: hotline.keep_node(name, node | {"seconds": seconds}, fingerprint(node), lead, now=MIDNIGHT)


def test_changes_of_different_nodes_all_stay() -> None:
    sun, sue = people.hire(people.SUN), people.hire(people.SUE)
    ends = at_once([slower(name, (sun, sue)[at % 2]) for at, name in enumerate(NAMES)])
    assert ends == [""] * len(NAMES)
    assert {working()["nodes"][name]["seconds"] for name in NAMES} == {20}
    assert Draft.objects.get().edition == len(NAMES)


def test_of_changes_of_one_node_the_first_stays_and_the_others_are_told() -> None:
    sun, sue = people.hire(people.SUN), people.hire(people.SUE)
    ends = at_once([slower("main", (sun, sue)[at % 2], 10 + at) for at in range(6)])
    assert sorted(ends) == ["", *["node_changed"] * 5]


def test_a_draft_is_published_once() -> None:
    sun, sue = people.hire(people.SUN), people.hire(people.SUE)
    slower("main", sun)()
    ours = draft()
    assert ours is not None
    publishing = [lambda: hotline.publish(ours.edition, Known(), sun, now=MIDNIGHT)] * 3
    changing = [slower("bill", sue)]
    ends = at_once([*publishing, *changing])
    assert ends[:3].count("") <= 1
    assert set(ends[:3]) <= {"", "nothing_drafted", "draft_changed"}
    assert ends[3] == ""
    assert Menu.objects.filter(is_active=True).count() == ends[:3].count("")
    assert working()["nodes"]["main"]["seconds"] == working()["nodes"]["bill"]["seconds"] == 20


def test_one_version_counts_however_many_are_brought_back() -> None:
    lead = people.hire(people.SUN)
    for seconds in (10, 11):
        before = live().table["nodes"]["main"]
        hotline.keep_node("main", before | {"seconds": seconds}, fingerprint(before), lead, now=MIDNIGHT)
        ours = draft()
        assert ours is not None
        hotline.publish(ours.edition, Known(), lead, now=MIDNIGHT)
    first = Menu.objects.order_by("pk").values_list("pk", flat=True)[0]
    seen = live().pk

    def back(pk: int) -> Callable[[], Any]:
        return lambda: hotline.bring_back(pk, seen, Known(), lead, now=MIDNIGHT)

    ends = at_once([back(pk) for pk in (first, 0, first, 0)])
    assert ends.count("menu_changed") >= 2
    assert Menu.objects.filter(is_active=True).count() <= 1


def test_one_recording_is_played_however_many_are_brought() -> None:
    lead = people.hire(people.SUN)
    sounds = [hotline.Sound(f"{at}" * 64, f"{at}" * 64, 1.0) for at in range(6)]

    def record(one: hotline.Sound) -> Callable[[], Any]:
        return lambda: hotline.record_sentence("menu.bye", "en", one, lead, now=MIDNIGHT)

    ends = at_once([record(one) for one in sounds])
    assert ends == [""] * 6
    assert (Take.objects.count(), Take.objects.filter(ended_at=None).count()) == (6, 1)
