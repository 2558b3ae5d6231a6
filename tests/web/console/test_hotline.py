"""HL2 in the console: who may set up the hotline, and its lines."""

import pytest
from django.test import Client

from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.hotline.queries import draft, live
from huiyin.domain.voice.models import Line
from tests import people
from tests.web.console.hotline import HOTLINE, At, Form, form
from tests.web.console.test_console import page, text_of

PAGES = [
    "", "/line", "/line/001", "/menu", "/menu/node", "/menu/node/main", "/try", "/sentences",
    "/sentences/zh-hans/menu.main", "/sound/en/menu.bye",
]  # fmt: skip


@pytest.mark.parametrize(
    ("agent_no", "path"), [*((people.ALICE, path) for path in PAGES), (people.SECOND, "/menu"), (people.RISK, "/menu")]
)
def test_who_does_not_lead_sets_up_nothing(at_console: At, agent_no: str, path: str) -> None:
    assert at_console(agent_no).get(HOTLINE + path).status_code == 403
    assert Client().get(HOTLINE + path).status_code == 302


@pytest.mark.parametrize("path", ["/line", "/line/001", "/menu/publish", "/menu/drop", "/menu/back", "/menu/frame",
                                  "/menu/node", "/menu/node/main", "/sentences/en/menu.bye"])  # fmt: skip
def test_who_does_not_lead_changes_nothing(at_console: At, path: str) -> None:
    assert at_console(people.ALICE).post(HOTLINE + path, {"gone": "1"}).status_code == 403
    assert (draft(), live().pk, Line.objects.count()) == (None, 0, 4)


@pytest.mark.parametrize(
    ("agent_no", "path"), [*((people.SUN, path) for path in PAGES), (people.OPS, "/menu"), (people.KEEPER, "/menu")]
)
def test_who_leads_sees_every_page_in_both_languages(at_console: At, agent_no: str, path: str) -> None:
    client = at_console(agent_no)
    for language in ("en", "zh-hans"):
        assert client.get(HOTLINE + path, headers={"accept-language": language}).status_code == 200


@pytest.mark.parametrize("path", ["/line/moon", "/menu/node/moon", "/sentences/en/moon", "/sentences/fr/menu.main",
                                  "/sound/en/own.0000000000000000", "/sound/en/..%2f..%2fetc"])  # fmt: skip
def test_what_there_is_not_is_absent(at_console: At, path: str) -> None:
    assert at_console().get(HOTLINE + path).status_code == 404


def test_hl2_a_line_is_added_changed_and_taken_away(at_console: At) -> None:
    client = at_console()
    typed = form(client, "/line") | {"number": "003", "title": "退款专线", "title_en": "Refunds", "node": "recharge"}
    assert client.post(f"{HOTLINE}/line", typed).status_code == 302
    assert "Refunds" in text_of(page(client, HOTLINE))
    assert voice.line_for("003").node == "recharge"
    client.post(f"{HOTLINE}/line/003", form(client, "/line/003") | {"title_en": "Money back"})
    assert Line.objects.get(number="003").title_en == "Money back"
    client.post(f"{HOTLINE}/line/003", {"gone": "1"})
    assert not Line.objects.filter(number="003").exists()


def test_op18_without_a_number_that_rings_the_page_says_so(at_console: At) -> None:
    client, warning = at_console(), "No number is known that people can call back"
    assert warning in text_of(page(client, HOTLINE))
    Line.objects.filter(number="hotline").update(shown="400-123-4567")
    assert warning not in text_of(page(client, HOTLINE))


def test_hl2_who_changes_a_line_that_is_taken_away_keeps_what_was_typed(at_console: At) -> None:
    client = at_console()
    typed = form(client, "/line/002") | {"title_en": "Members, at last", "shown": "400 转 2"}
    at_console(people.SUE).post(f"{HOTLINE}/line/002", {"gone": "1"})
    refused = client.post(f"{HOTLINE}/line/002", typed)
    body = refused.content.decode()
    assert (refused.status_code, "Somebody has taken line 002 away meanwhile" in text_of(body)) == (409, True)
    again = Form(body, "was").fields
    assert (again["number"], again["title_en"], again["shown"]) == ("002", "Members, at last", "400 转 2")
    assert 'action="/console/hotline/line"' in body
    assert client.post(f"{HOTLINE}/line", again).status_code == 302
    assert Line.objects.get(number="002").title_en == "Members, at last"


def test_hl2_a_line_form_that_is_stale_shows_the_difference_and_keeps_what_was_typed(at_console: At) -> None:
    sun, sue = at_console(), at_console(people.SUE)
    stale = form(sun, "/line/001")
    sue.post(f"{HOTLINE}/line/001", form(sue, "/line/001") | {"shown": "400-1"})
    answer = sun.post(f"{HOTLINE}/line/001", stale | {"shown": "400-2"})
    said = text_of(answer.content.decode())
    assert answer.status_code == 409
    assert "As people read it 400-1 400-2" in said
    again = Form(answer.content.decode(), "was").fields
    assert again["shown"] == "400-2"
    assert sun.post(f"{HOTLINE}/line/001", again).status_code == 302
    assert Line.objects.get(number="001").shown == "400-2"
