"""IN1, OP12: the board for who leads, the screen on the wall, and how the centre works."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.insight.models import Wall
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import mode_now
from huiyin.domain.voice.actions.turning import note_refused
from huiyin.web.console.picture import reached
from huiyin.web.live import read_grant
from tests import people
from tests.routing import here, talking, waiting
from tests.web.console.conftest import NOON

At = Callable[..., Client]
BOARD = "/console/wallboard"


def text_of(page: str) -> str:
    """What somebody reads."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def page(client: Client, path: str = BOARD) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("agent_no", [people.ALICE, people.SECOND, people.RISK])
@pytest.mark.parametrize("path", [BOARD, "/console/"])
def test_who_does_not_lead_is_told_so_and_where_their_work_is(at_console: At, agent_no: str, path: str) -> None:
    answer = at_console(agent_no).get(path)
    assert answer.status_code == 403
    assert "/desk/" in answer.content.decode()


@pytest.mark.parametrize("agent_no", [people.SUN, people.OPS, people.KEEPER])
@pytest.mark.parametrize("path", [BOARD, "/console/"])
def test_who_leads_sees_it(at_console: At, agent_no: str, path: str) -> None:
    assert page(at_console(agent_no), path)


def test_a_stranger_is_led_to_the_login_and_a_fragment_gets_401() -> None:
    assert Client().get(BOARD).status_code == 302
    assert Client().get(f"{BOARD}?part=board", headers={"HX-Request": "true"}).status_code == 401


def test_in1_an_empty_day_says_what_it_means(at_console: At) -> None:
    said = text_of(page(at_console()))
    for words in ("nobody waits", "nobody is here", "nobody has come yet today", "every matter has its answer",
                  "No promise is near its time"):  # fmt: skip
        assert words in said


def test_in1_the_four_numbers_say_how_it_stands(at_console: At) -> None:
    alice = here(people.ALICE, now=NOON - timedelta(minutes=8))
    talking(alice, now=NOON - timedelta(minutes=8))
    waiting(now=NOON - timedelta(seconds=75))
    contacts.note("phone", "person", now=NOON)
    said = text_of(page(at_console()))
    assert re.search(r"Longest wait 1:1[5-9] longer than the 60 s we promise", said)
    assert re.search(r"Answered within 60 s 50% far below nine of ten", said)
    assert "1 the target is 0" in said


def test_in1_places_that_are_free_for_nobody_who_waits_are_no_comfort(at_console: At) -> None:
    here(people.ALICE, now=NOON, chats=2, skills={})
    waiting(queue="vip", now=NOON)
    waiting("case", now=NOON - timedelta(minutes=20))
    said = text_of(page(at_console()))
    assert "2 free places, none for 1 of them" in said
    assert re.search(r"Matters waiting 1 · 20 min", said)
    assert "Calls back waiting" not in said


@pytest.mark.parametrize(("share", "said"), [(0.899, "89%"), (0.9, "90%"), (0.29, "29%"), (1.0, "100%"), (None, "–")])
def test_in1_what_is_below_nine_of_ten_never_reads_as_nine_of_ten(share: float | None, said: str) -> None:
    assert reached(share) == said


def test_in1_what_is_counted_is_named(at_console: At) -> None:
    assert "answered within 60 s ÷ (all who came − who left within 60 s)" in text_of(page(at_console()))


def test_in1_the_fragment_is_the_board_alone_and_fetches_itself(at_console: At) -> None:
    client = at_console()
    whole, part = page(client), page(client, f"{BOARD}?part=board")
    assert part.startswith('<main id="board"')
    assert 'hx-get="/console/wallboard?part=board"' in part
    assert 'data-live="queue"' in part
    assert "<html" in whole


def test_in1_long_names_and_thirty_queues_are_all_there(at_console: At) -> None:
    for number in range(25):
        Queue.objects.create(slug=f"q{number}", title="很长的队列名称" * 5, title_en=f"Queue {number} <script>alert(1)")
    waiting(queue="q7", now=NOON)
    shown = page(at_console())
    assert shown.count('<th scope="row"><span class="cut"') == 30
    assert "<script>alert" not in shown
    assert shown.index("Queue 7 ") < shown.index("Queue 1 ")  # of many, those where somebody waits come first


def test_in1_the_number_of_statements_does_not_grow(at_console: At) -> None:
    client = at_console()
    page(client)
    for number in range(12):
        talking(here(people.ALICE, now=NOON, chats=20), now=NOON - timedelta(seconds=number))
        waiting(now=NOON)
    with CaptureQueriesContext(connection) as asked:
        page(client, f"{BOARD}?part=board")
    assert len(asked) <= 28


def test_in1_the_chart_has_its_table(at_console: At) -> None:
    shown = page(at_console())
    assert 'for="quarters"' in shown
    rows = shown.split('id="quarters"')[1].split("</table>")[0]
    assert rows.count("<tr data-wait") == 49  # 00:00 to 12:00, and the quarter that has begun


def test_op12_one_switch_changes_how_the_centre_works(at_console: At) -> None:
    client = at_console()
    assert client.post("/console/mode", {"mode": "night"}).status_code == 302
    assert mode_now() == "night"
    assert "Night ✓" in text_of(page(client, "/console/"))
    assert "Mode Night" in text_of(page(client))
    client.post("/console/mode", {"mode": "nonsense"})
    assert mode_now() == "night"
    assert at_console(people.ALICE).post("/console/mode", {"mode": "peak"}).status_code == 403
    assert mode_now() == "night"


def hung(client: Client) -> str:
    """The token of a new link."""
    answer = client.post("/console/walls", {"name": "Hall <b>"})
    assert answer.status_code == 201
    found = re.search(r"/console/wall#([\w-]+)", answer.content.decode())
    assert found is not None
    return found[1]


def test_a_screen_on_the_wall_needs_nobody_logged_in(at_console: At) -> None:
    token, screen = hung(at_console()), Client()
    assert screen.get("/console/wall/board").status_code == 403
    answer = screen.post("/console/wall", {"token": token})
    assert (answer.status_code, answer["Location"]) == (302, "/console/wall/board")
    cookie = answer.cookies["wall"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/console/wall")
    assert token not in cookie.value
    shown = page(screen, "/console/wall/board")
    grant = read_grant(re.findall(r'<hy-live topics="([^"]+)"', shown)[0], NOON.timestamp())
    assert grant is not None
    assert grant.topics == {"queue"}


def test_a_screen_on_the_wall_leads_nowhere(at_console: At) -> None:
    screen = Client()
    screen.post("/console/wall", {"token": hung(at_console())})
    shown = page(screen, "/console/wall/board")
    assert "/desk/" not in shown
    for path in ("/console/", BOARD, "/desk/"):
        assert screen.get(path).status_code == 302


def test_a_screen_whose_link_was_taken_away_goes_blank(at_console: At) -> None:
    lead, screen = at_console(), Client(headers={"accept-language": "en"})
    screen.post("/console/wall", {"token": hung(lead)})
    wall = Wall.objects.get()
    lead.post(f"/console/walls/{wall.pk}/down")
    part = screen.get("/console/wall/board?part=board")
    assert part.status_code == 200  # htmx shows no errors, and old figures would be worse than none
    assert "This screen shows nothing more" in part.content.decode()
    assert screen.get("/console/wall/board").status_code == 403


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 5000, "\x00"])
def test_a_wrong_link_opens_nothing(token: str) -> None:
    screen = Client()
    assert screen.post("/console/wall", {"token": token}).status_code in {400, 409, 422}
    assert screen.get("/console/wall/board").status_code == 403


def test_a_forged_cookie_opens_nothing(at_console: At) -> None:
    hung(at_console())
    screen = Client()
    screen.cookies["wall"] = "1:abc:def"
    assert screen.get("/console/wall/board").status_code == 403


def test_only_who_leads_makes_links(at_console: At) -> None:
    assert at_console(people.ALICE).post("/console/walls", {"name": "x"}).status_code == 403
    assert not Wall.objects.exists()


def test_in11_hl8_what_callers_put_up_with_and_what_buyers_say_stand_on_the_board(at_console: At) -> None:
    said = text_of(page(at_console()))
    for words in ("Told twice 0", "Calls turned away 0", "Keys before a person –", "Content today – · 0",
                  "Not solved, they say 0 / 0"):  # fmt: skip
        assert words in said
    note_refused("flood", times=3, now=NOON)
    assert "Calls turned away 3" in text_of(page(at_console()))
    assert "closed: 0 · full: 0 · too many of one caller: 3" in page(at_console())
