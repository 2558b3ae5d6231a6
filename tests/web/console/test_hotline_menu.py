"""HL4 in the console: the menu as a draft with its faults named at their nodes."""

from copy import deepcopy

import pytest
from django.http import QueryDict
from django.utils.translation import override

from huiyin.domain.voice import queries
from huiyin.domain.voice.hotline.queries import draft, live, working
from huiyin.domain.voice.hotline.tables import fingerprint
from huiyin.domain.voice.menu import Ask, Facts, begin, heard
from huiyin.domain.voice.models import Call, Menu
from huiyin.domain.voice.shipped_menu import TABLE, shipped_menu
from huiyin.lib.clock import now
from huiyin.web.console.hotline_forms import read
from huiyin.web.desk.call_cards import pressed
from tests import people
from tests.web.console.hotline import HOTLINE, At, Form, change, form, publish
from tests.web.console.test_console import page, text_of


@pytest.mark.parametrize("name", TABLE["nodes"])
def test_hl4_a_form_that_nobody_touched_changes_nothing(at_console: At, name: str) -> None:
    sent = QueryDict(mutable=True)
    for field, value in form(at_console(), f"/menu/node/{name}").items():
        sent[field] = value
    before = TABLE["nodes"][name]
    assert read(sent, before, TABLE["nodes"]).node == before


def test_hl4_key_6_leads_to_a_queue_once_it_is_published(at_console: At) -> None:
    client = at_console()
    answer = change(client, "main", key_6="queue:supervisor", words_6="主管，经理、the boss")
    assert answer.status_code == 302
    assert queries.active_menu().nodes["main"]["keys"].get("6") is None
    made = working()["nodes"]["to_supervisor"]
    assert made == {
        "kind": "queue",
        "queue": "supervisor",
        "title": {"zh-hans": "转人工：主管", "en": "To: Supervisors"},
    }
    change(client, "main_plain", key_6="queue:supervisor")  # it has its node now
    assert working()["nodes"]["main_plain"]["keys"]["6"] == "to_supervisor"
    assert "3 places differ from what callers hear" in text_of(page(client, f"{HOTLINE}/menu"))
    assert publish(client).status_code == 302
    main = queries.active_menu().nodes["main"]
    assert main["keys"]["6"] == "to_supervisor"
    assert main["words"]["6"] == ["主管", "经理", "the boss"]
    assert "The menu was published" in text_of(page(client, HOTLINE))


def test_hl4_a_queue_that_has_its_node_gets_no_second_one(at_console: At) -> None:
    change(at_console(), "main", key_6="queue:general")
    assert working()["nodes"]["main"]["keys"]["6"] == "to_general"
    assert len(working()["nodes"]) == len(TABLE["nodes"])


def test_hl4_what_is_wrong_is_named_at_its_node_and_not_published(at_console: At) -> None:
    client = at_console()
    sent = change(client, "closed", key_1="", key_2="")
    assert sent["Location"].endswith("/menu/node/closed")
    assert "finds neither recorder nor call-back" in text_of(page(client, f"{HOTLINE}/menu/node/closed"))
    shown = page(client, f"{HOTLINE}/menu")
    assert 'disabled aria-describedby="why-not"' in shown
    card = shown.split('id="n-closed"')[1].split("</li>")[0]
    assert "finds neither recorder nor call-back" in text_of(card)
    answer = publish(client)
    assert answer.status_code == 409
    assert "This cannot be heard by callers" in answer.content.decode()
    assert live().pk == 0


def test_hl4_a_form_that_nobody_touched_makes_no_draft(at_console: At) -> None:
    client = at_console()
    change(client, "main")
    assert draft() is None
    assert "Nothing was different, so no draft was made" in text_of(page(client, f"{HOTLINE}/menu"))


def counts_with_a_fault() -> Menu:
    """A version that an older edition of the program let through."""
    table = deepcopy(dict(TABLE))
    table["nodes"]["main"]["keys"]["6"] = "nowhere"
    table["nodes"]["bye"]["say"] = [{"zh-hans": "慢走。", "en": "Mind how you go."}]
    return Menu.objects.create(table=table, by=f"staff:{people.SUE}", at=now())


def test_hl4_a_version_with_a_fault_is_not_said_to_be_heard(at_console: At) -> None:
    row = counts_with_a_fault()
    client = at_console()
    assert queries.active_menu() == shipped_menu()
    assert (live().pk, live().table, live().unheard) == (0, TABLE, row.pk)
    said = f"Version {row.pk} of the menu counts, but this edition of the program finds a fault in it"
    beside = {HOTLINE: "The menu as it is shipped.", f"{HOTLINE}/menu": f"Below stands version {row.pk}, to be mended."}
    for path, more in beside.items():
        text = text_of(page(client, path))
        assert (said in text, more in text) == (True, True), path
        assert f"version {row.pk}, published by" not in text.lower(), path


def test_hl4_a_version_with_a_fault_is_mended_from_where_it_stands(at_console: At) -> None:
    row = counts_with_a_fault()
    client = at_console()
    card = page(client, f"{HOTLINE}/menu").split('id="n-main"')[1].split("</li>")[0]
    assert "which is not there" in text_of(card)
    change(client, "main", key_6="")
    assert publish(client).status_code == 302
    assert live().unheard == 0
    assert live().pk > row.pk
    assert queries.active_menu().nodes["bye"]["say"] == [{"zh-hans": "慢走。", "en": "Mind how you go."}]


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("bill", {"next": ""}, "which is not there"),
        ("bill", {"least": "1"}, "does not work"),
        ("bill", {"seconds": "99"}, "between 1 and 60 seconds"),
        ("main", {f"key_{key}": "" for key in "1234567890"}, "No key leads anywhere"),
        ("main", {"say_2_zh-hans": "只有中文", "say_2_en": ""}, "says nothing in one language"),
        ("elderly", {"next": "english"}, ""),
        ("english", {"next": "english"}, "endless loop"),
        ("find_case", {"answer_other": ""}, "not said where to go on after the answer"),
        ("find_case", {"action": "order_by_code"}, ""),
        ("vip", {"next": "bye"}, "able to press 0"),
        ("main", {"words_5": "传真"}, "key 5, which leads nowhere"),
        ("closed", {"words_#": "留言"}, "“留言” ends the call here"),
    ],
)
def test_hl4_each_fault_says_what_to_do(at_console: At, name: str, typed: dict[str, str], says: str) -> None:
    client = at_console()
    change(client, name, **typed)
    assert says in text_of(page(client, f"{HOTLINE}/menu/node/{name}"))


def test_hl4_two_who_change_the_same_node_see_the_difference(at_console: At) -> None:
    sun, sue = at_console(), at_console(people.SUE)
    stale = form(sun, "/menu/node/progress")
    change(sue, "progress", seconds="20")
    answer = sun.post(f"{HOTLINE}/menu/node/progress", stale | {"seconds": "25"})
    assert answer.status_code == 409
    assert "Seconds to wait 20 25" in text_of(answer.content.decode())
    assert sun.post(f"{HOTLINE}/menu/node/progress", Form(answer.content.decode(), "was").fields).status_code == 302
    assert working()["nodes"]["progress"]["seconds"] == 25


def test_hl4_what_was_typed_is_not_lost_with_a_node_that_a_colleague_took_out(at_console: At) -> None:
    sun, sue = at_console(), at_console(people.SUE)
    path = f"{HOTLINE}/menu/node/progress"
    stale = form(sun, "/menu/node/progress") | {"seconds": "25"}
    sue.post(path, {"was": fingerprint(TABLE["nodes"]["progress"]), "gone": "1"})
    assert sun.get(path).status_code == 404
    answer = sun.post(path, stale)
    assert answer.status_code == 409
    assert "Seconds to wait – 25" in text_of(answer.content.decode())
    assert sun.post(path, Form(answer.content.decode(), "was").fields).status_code == 302
    assert working()["nodes"]["progress"] == TABLE["nodes"]["progress"] | {"seconds": 25}


def test_hl4_signs_that_nobody_can_read_do_no_harm(at_console: At) -> None:
    client = at_console()
    strange = "a\x00b\u202ec\ud7ff<script>"
    change(client, "bye", **{"say_0_en": strange, "say_0_zh-hans": strange, "title_en": strange})
    said = working()["nodes"]["bye"]
    assert said["title"]["en"] == said["say"][0]["en"] == "abc<script>"
    assert "<script>" not in page(client, f"{HOTLINE}/menu").split('id="n-bye"')[1].split("</li>")[0]
    typed = form(client, "/line") | {"number": "003", "title": strange, "title_en": strange, "shown": strange}
    assert client.post(f"{HOTLINE}/line", typed).status_code == 302
    assert client.post(f"{HOTLINE}/line", typed | {"number": "0\x003"}).status_code == 409
    frame = form(client, "/menu", "tries") | {"start": strange, "queue": "moon"}
    assert client.post(f"{HOTLINE}/menu/frame", frame).status_code == 302
    assert "It leads to “abc<script>”, which is not there" in text_of(page(client, f"{HOTLINE}/menu"))
    client.post(f"{HOTLINE}/menu/frame", form(client, "/menu", "tries") | {"start": "main", "queue": "moon"})
    assert "There is no queue “moon”" in text_of(page(client, f"{HOTLINE}/menu"))


@pytest.mark.parametrize("kind", ["choice", "digits", "ask", "say", "set", "queue", "voicemail", "callback", "hang_up"])
def test_hl4_a_new_node_of_any_kind_has_its_form(at_console: At, kind: str) -> None:
    client = at_console()
    typed = {"name": "fresh", "kind": kind, "title_en": "Fresh", "title_zh-hans": "新的"}
    assert client.post(f"{HOTLINE}/menu/node", typed)["Location"].endswith("/menu/node/fresh")
    assert "Fresh" in text_of(page(client, f"{HOTLINE}/menu/node/fresh"))
    assert change(client, "fresh", seconds="7").status_code == 302
    shown = page(client, f"{HOTLINE}/menu")
    assert "nobody comes here" in text_of(shown.split('id="n-fresh"')[1].split("</li>")[0])
    assert client.post(f"{HOTLINE}/menu/node", typed).status_code == 409


def test_mb1_the_level_of_members_behind_two_numbers_gets_them(at_console: At) -> None:
    client = at_console()
    client.post(f"{HOTLINE}/menu/node", {"name": "mine", "kind": "ask", "title_en": "Level", "title_zh-hans": "等级"})
    change(client, "mine", action="membership", answer_other="anything_else")
    change(client, "member_amount", next="mine")
    assert publish(client).status_code == 302
    step = begin(queries.active_menu(), "member_bill", Facts())
    asked = heard(heard(step.walk, "12345678").walk, "1000").then
    assert asked == Ask("membership", {"bill": "12345678", "amount": "1000"})


def test_hl4_a_version_is_brought_back_and_a_draft_is_dropped(at_console: At) -> None:
    client = at_console()
    change(client, "main", key_6="queue:general")
    publish(client)
    first = live().pk
    client.post(f"{HOTLINE}/menu/back", {"version": "0", "live": str(first)})
    assert live().pk == 0
    assert "The shipped menu was brought back" in text_of(page(client, HOTLINE))
    client.post(f"{HOTLINE}/menu/back", {"version": str(first), "live": "0"})
    assert live().table["nodes"]["main"]["keys"]["6"] == "to_general"
    assert client.post(f"{HOTLINE}/menu/back", {"version": "999999", "live": str(live().pk)}).status_code == 404
    change(client, "main", key_6="")
    assert client.post(f"{HOTLINE}/menu/drop", {"edition": "0"}).status_code == 409
    client.post(f"{HOTLINE}/menu/drop", {"edition": str(getattr(draft(), "edition", 0))})
    assert draft() is None


def test_hl4_the_frame_of_the_menu_is_changed_in_the_draft(at_console: At) -> None:
    client = at_console()
    typed = form(client, "/menu", "tries") | {"tries": "3"}
    client.post(f"{HOTLINE}/menu/frame", typed)
    assert working()["tries"] == 3
    stale = client.post(f"{HOTLINE}/menu/frame", typed | {"tries": "5"})  # seen before it was changed
    assert stale.status_code == 409
    assert "Asks again 3 5" in text_of(stale.content.decode())
    client.post(f"{HOTLINE}/menu/frame", Form(stale.content.decode(), "tries").fields)
    assert working()["tries"] == 5


def test_hl6_whoever_answers_reads_what_a_key_of_the_own_menu_was_for(at_console: At) -> None:
    client = at_console()
    client.post(f"{HOTLINE}/menu/node", {"name": "refund", "kind": "queue", "title_en": "Money back"})
    change(client, "main", key_6="refund")
    publish(client)
    call = Call(pressed=[{"node": "main", "key": "6"}, {"node": "main", "key": "0"}, {"node": "gone", "key": "1"}])
    with override("en"):
        told = pressed(call)
    assert told == [("6", "Money back"), ("0", "a person"), ("1", "")]
