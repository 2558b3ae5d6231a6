"""HL2, HL4: lines and menu as those who lead change them: nothing half done is heard, nothing is overwritten unseen."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from huiyin.domain.cases.exhibits import named_files
from huiyin.domain.journal.models import Fact
from huiyin.domain.routing import actions as routing
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice import queries
from huiyin.domain.voice.hotline import actions as hotline
from huiyin.domain.voice.hotline.actions.lines import Seen
from huiyin.domain.voice.hotline.models import Draft
from huiyin.domain.voice.hotline.queries import Columns, columns_of, draft, live, takes, takes_over, versions, working
from huiyin.domain.voice.hotline.tables import fingerprint, frame_of
from huiyin.domain.voice.menu import Known, MenuFault
from huiyin.domain.voice.models import Line, Menu
from huiyin.domain.voice.shipped_menu import TABLE, shipped_menu
from huiyin.lib.errors import Refusal
from tests import people
from tests.fakes import MIDNIGHT

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(minutes=5)
COLUMNS = Columns("退款专线", "Refunds", "general", node="recharge")


@pytest.fixture(autouse=True)
def _shipped(db: None) -> None:
    routing.ship_queues()
    voice.ship_lines()


def node(name: str) -> Any:
    return deepcopy(working()["nodes"][name])


def with_key_6(to: str = "to_general") -> Draft:
    """Key 6 of the main menu leads somewhere."""
    main, lead = node("main"), people.hire(people.SUN)
    kept = hotline.keep_node("main", main | {"keys": main["keys"] | {"6": to}}, fingerprint(main), lead, now=SOON)
    assert kept is not None
    return kept


def codes(fault: pytest.ExceptionInfo[MenuFault]) -> set[tuple[str, str]]:
    return {(one.code, one.node) for one in fault.value.faults}


def refused(code: str) -> Any:
    return pytest.raises(Refusal, match=f"^{code}")


def test_hl4_callers_hear_nothing_of_a_draft_until_it_is_published() -> None:
    edition = with_key_6().edition
    assert queries.active_menu() == shipped_menu()
    kept = hotline.publish(edition, Known(), people.hire(people.SUN), now=SOON)
    assert queries.active_menu().nodes["main"]["keys"]["6"] == "to_general"
    assert draft() is None
    assert live().pk == kept.pk
    told = list(Fact.objects.filter(name__startswith="menu_").order_by("pk").values_list("name", "by"))
    assert told == [("menu_drafted", "staff:2001"), ("menu_published", "staff:2001")]


def test_hl4_what_is_kept_without_a_change_makes_no_draft_and_no_fact() -> None:
    lead, frame, main = people.hire(people.SUN), frame_of(working()), node("main")
    assert hotline.keep_frame(frame, fingerprint(frame), lead, now=SOON) is None
    assert hotline.keep_node("main", main, fingerprint(main), lead, now=SOON) is None
    assert (draft(), Fact.objects.filter(name="menu_drafted").count()) == (None, 0)
    edition, changed = with_key_6().edition, node("main")
    for same in (
        hotline.keep_frame(frame, fingerprint(frame), lead, now=SOON),
        hotline.keep_node("main", changed, fingerprint(changed), lead, now=SOON),
    ):
        assert same is not None and same.edition == edition  # who is about to publish it need not look again
    beside = {"extra": {"kind": "hang_up"}}
    more = hotline.keep_node("main", changed, fingerprint(changed), lead, beside=beside, now=SOON)
    assert more is not None and "extra" in more.table["nodes"]


def test_hl4_a_draft_with_faults_stays_and_is_not_heard() -> None:
    edition = with_key_6("nowhere").edition
    with pytest.raises(MenuFault) as fault:
        hotline.publish(edition, Known(), people.hire(people.SUN), now=SOON)
    assert codes(fault) == {("node_unknown", "main")}
    assert queries.active_menu() == shipped_menu()
    assert working()["nodes"]["main"]["keys"]["6"] == "nowhere"


def test_hl4_a_line_that_would_begin_nowhere_is_a_fault() -> None:
    lead = people.hire(people.SUN)
    hotline.remove_node("vip", fingerprint(node("vip")), lead, now=SOON)
    with pytest.raises(MenuFault) as fault:
        hotline.publish(1, Known(), lead, now=SOON)
    assert codes(fault) == {("line_begins_nowhere", "vip")}


def test_hl4_only_what_was_seen_is_published() -> None:
    seen = with_key_6().edition
    hotline.keep_frame(frame_of(working()) | {"tries": 3}, fingerprint(frame_of(working())), people.hire(people.SUE),
                       now=SOON)  # fmt: skip
    with refused("draft_changed"):
        hotline.publish(seen, Known(), people.hire(people.SUN), now=SOON)
    assert live().pk == 0
    with refused("draft_changed"):
        hotline.drop_draft(seen, people.hire(people.SUN), now=SOON)
    assert draft() is not None


def test_hl4_who_saw_one_draft_does_not_publish_the_next() -> None:
    seen = with_key_6().edition
    hotline.publish(seen, Known(), people.hire(people.SUE), now=SOON)
    with_key_6("to_recharge")
    with refused("draft_changed"):
        hotline.publish(seen, Known(), people.hire(people.SUN), now=SOON)
    assert live().table["nodes"]["main"]["keys"]["6"] == "to_general"


def test_hl4_two_who_change_the_same_node_do_not_overwrite_each_other() -> None:
    main = node("main")
    with_key_6()
    with refused("node_changed"):
        hotline.keep_node("main", main | {"seconds": 9}, fingerprint(main), people.hire(people.SUE), now=SOON)
    with refused("node_changed"):
        hotline.remove_node("main", fingerprint(main), people.hire(people.SUE), now=SOON)
    progress = node("progress")
    hotline.keep_node("progress", progress | {"seconds": 20}, fingerprint(progress), people.hire(people.SUE), now=SOON)
    assert working()["nodes"]["main"]["keys"]["6"] == "to_general"  # another node is another matter
    assert working()["nodes"]["progress"]["seconds"] == 20


def test_hl4_a_version_that_cannot_be_read_any_more_leaves_nobody_in_silence() -> None:
    Menu.objects.create(table=TABLE | {"start": "nowhere"}, by="staff:2001", at=SOON)
    assert queries.active_menu() == shipped_menu()


@pytest.mark.parametrize("name", ["", "Main", "a b", "1st", "x" * 33, "a-b", "人工"])
def test_a_node_has_a_name_that_everybody_can_type(name: str) -> None:
    with refused("node_name_invalid"):
        hotline.keep_node(name, {"kind": "hang_up"}, "", people.hire(people.SUN), now=SOON)


def test_a_new_node_takes_no_known_name_and_no_whole_disk() -> None:
    lead = people.hire(people.SUN)
    with refused("node_name_taken"):
        hotline.keep_node("main", {"kind": "hang_up"}, "", lead, now=SOON)
    with refused("node_too_large"):
        hotline.keep_node("huge", {"kind": "say", "say": ["x" * 30_000]}, "", lead, now=SOON)
    assert draft() is None


def test_hl4_the_version_before_and_the_shipped_one_can_be_brought_back() -> None:
    lead = people.hire(people.SUN)
    first = hotline.publish(with_key_6().edition, Known(), lead, now=SOON)
    second = hotline.publish(with_key_6("to_recharge").edition, Known(), lead, now=SOON)
    assert [one.pk for one in versions()] == [second.pk, first.pk, 0]
    again = hotline.bring_back(first.pk, second.pk, Known(), lead, now=SOON)
    assert again.table == first.table
    assert Menu.objects.filter(is_active=True).count() == 1
    with refused("menu_changed"):
        hotline.bring_back(0, second.pk, Known(), lead, now=SOON)
    assert hotline.bring_back(0, again.pk, Known(), lead, now=SOON).pk == 0
    assert queries.active_menu() == shipped_menu()
    assert hotline.bring_back(0, 0, Known(), lead, now=SOON).pk == 0  # twice does no harm


def test_hl4_what_would_lead_nowhere_now_is_not_brought_back() -> None:
    lead = people.hire(people.SUN)
    hotline.keep_node("offers", {"kind": "queue", "queue": "general"}, "", lead, now=SOON)
    ours = draft()
    assert ours is not None
    hotline.publish(ours.edition, Known(), lead, now=SOON)
    hotline.add_line("003", replace(COLUMNS, node="offers"), lead, now=SOON)
    with pytest.raises(MenuFault) as fault:
        hotline.bring_back(0, live().pk, Known(), lead, now=SOON)
    assert codes(fault) == {("line_begins_nowhere", "offers")}


def test_hl2_a_new_line_counts_from_the_next_call() -> None:
    hotline.add_line("003", COLUMNS, people.hire(people.SUN), now=SOON)
    assert columns_of(voice.line_for("003")) == COLUMNS
    hotline.remove_line("003", people.hire(people.SUN), now=SOON)
    hotline.remove_line("003", people.hire(people.SUN), now=SOON)
    assert voice.line_for("003").number == "hotline"
    told = Fact.objects.filter(name="line_changed").order_by("pk").values_list("data__verb", flat=True)
    assert list(told) == ["add", "remove"]


@pytest.mark.parametrize("number", ["", "a b", "ECHO", "echo", "0" * 25, "++1", "一", "1;2", "1\n"])
def test_hl2_a_number_that_nobody_can_dial_is_no_line(number: str) -> None:
    with refused("line_number_invalid"):
        hotline.add_line(number, COLUMNS, people.hire(people.SUN), now=SOON)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": ""}, "line_title_missing"), ({"queue": "moon"}, "queue_unknown"),
        ({"tier": "iron"}, "line_tier_unknown"), ({"node": "nowhere"}, "line_node_unknown"),
    ],
)  # fmt: skip
def test_hl2_a_line_leads_to_what_there_is(change: dict[str, Any], code: str) -> None:
    with refused(code):
        hotline.add_line("003", replace(COLUMNS, **change), people.hire(people.SUN), now=SOON)
    assert not Line.objects.filter(number="003").exists()


def test_hl2_a_line_is_not_changed_over_somebody_elses_change() -> None:
    line = Line.objects.get(number="001")
    before = columns_of(line)
    seen = Seen("001", fingerprint({name: getattr(before, name) for name in before.__slots__}))
    hotline.change_line(seen, replace(before, shown="400-1"), people.hire(people.SUN), now=SOON)
    with refused("line_changed"):
        hotline.change_line(seen, replace(before, shown="400-2"), people.hire(people.SUE), now=SOON)
    line.refresh_from_db()
    assert line.shown == "400-1"
    assert Fact.objects.get(name="line_changed").data["columns"] == ["shown"]


def test_hl2_the_usual_line_stays_and_a_known_one_is_not_made_twice() -> None:
    with refused("line_is_default"):
        hotline.remove_line("hotline", people.hire(people.SUN), now=SOON)
    with refused("line_taken"):
        hotline.add_line("001", COLUMNS, people.hire(people.SUN), now=SOON)


@pytest.mark.parametrize("agent_no", [people.ALICE, people.SECOND, people.RISK])
def test_only_those_who_lead_set_up_the_hotline(agent_no: str) -> None:
    person, known = people.hire(agent_no), Known()
    deeds: list[Any] = [
        lambda: hotline.keep_node("x", {"kind": "hang_up"}, "", person, now=SOON),
        lambda: hotline.remove_node("main", "", person, now=SOON),
        lambda: hotline.keep_frame({}, "", person, now=SOON),
        lambda: hotline.drop_draft(1, person, now=SOON),
        lambda: hotline.publish(1, known, person, now=SOON),
        lambda: hotline.bring_back(0, 0, known, person, now=SOON),
        lambda: hotline.add_line("003", COLUMNS, person, now=SOON),
        lambda: hotline.change_line(Seen("001", ""), COLUMNS, person, now=SOON),
        lambda: hotline.remove_line("001", person, now=SOON),
        lambda: hotline.record_sentence("menu.main", "en", hotline.Sound("a", "b", 1.0), person, now=SOON),
        lambda: hotline.take_back("menu.main", "en", person, now=SOON),
    ]
    for deed in deeds:
        with refused("supervisors_only"):
            deed()
    assert working() == TABLE


def test_hl3_one_recording_is_played_at_a_time_and_none_is_forgotten() -> None:
    lead = people.hire(people.SUN)
    hotline.record_sentence("menu.main", "en", hotline.Sound("a" * 64, "b" * 64, 2.0), lead, now=SOON)
    hotline.record_sentence("menu.main", "en", hotline.Sound("c" * 64, "d" * 64, 2.0), lead, now=SOON)
    hotline.record_sentence("menu.main", "en", hotline.Sound("c" * 64, "d" * 64, 2.0), lead, now=SOON)
    assert [one.sha256 for one in takes()] == ["c" * 64]
    hotline.take_back("menu.main", "en", lead, now=SOON)
    assert takes() == []
    assert len(takes_over()) == 2
    assert named_files(["a" * 64, "b" * 64, "e" * 64]) == {"a" * 64, "b" * 64}
