"""Conversations over a bad line: what is sent again is answered with what there is, never refused and never counted;
what is new is counted by time."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from huiyin.daemons.talks import gone_from_queues
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.routing import actions as routing
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.api import conversation_files, conversations
from tests.fakes import FakeShop
from tests.web.api.calling import ROOT, new_caller, seen
from tests.web.api.visiting import Visitor, talk_of

pytestmark = pytest.mark.usefixtures("shop", "midnight", "db")
BROWSER = "browser-0123456789"


@pytest.fixture(autouse=True)
def _queues(db: None) -> None:
    routing.ship_queues()


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def flood(visitor: Visitor) -> None:
    """As much as a buyer may write in a minute."""
    visitor.begin()
    for number in range(talks.MOST_A_MINUTE - 1):
        assert visitor.say(f"第{number}句", client_id=f"m-{number}")[0] == 201


def test_ch1_in_a_flood_what_is_sent_again_is_answered(visitor: Visitor) -> None:
    flood(visitor)
    assert visitor.say("再来", client_id="new")[0] == 429
    status, told = visitor.say("第7句", client_id="m-7")
    assert (status, told["seq"], told["text"]) == (201, 9, "第7句")


@pytest.mark.parametrize("others", [0, 1, 7])
def test_messages_are_counted_by_time_wherever_the_count_stands(visitor: Visitor, others: int) -> None:
    """What others say in between neither helps nor hurts."""
    visitor.begin()
    for number in range(others):
        talks.say(talk_of(visitor), f"机器人{number}", by="api:7", now=now())
    answers = [visitor.say(f"第{number}句")[0] for number in range(talks.MOST_A_MINUTE + 5)]
    assert answers == [201] * (talks.MOST_A_MINUTE - 1) + [429] * 6


def test_after_a_minute_there_is_room_again(visitor: Visitor) -> None:
    before = now()
    flood(visitor)
    talk, minute = talk_of(visitor), timedelta(seconds=talks.MINUTE_S)
    with pytest.raises(Refusal, match="too_often"):
        talks.say(talk, "等等", by="buyer", now=before + minute)
    assert talks.say(talk, "等等", by="buyer", now=now() + minute).seq == talks.MOST_A_MINUTE + 1


def test_an_opening_sent_again_is_not_counted(visitor: Visitor) -> None:
    opening = {"visitor": BROWSER, "client_id": "open-1"}
    numbers = {visitor.begin(**opening)["id"] for _ in range(conversations.OPENINGS * 2)}
    assert len(numbers) == 1
    answers = [visitor.post("/conversations", {"text": "喂", "visitor": BROWSER})[0] for _ in range(7)]
    assert answers == [201] * (conversations.OPENINGS - 1) + [429] * 2


def test_a_file_sent_again_is_answered_though_there_are_enough(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(conversation_files, "UPLOADS", 1)
    visitor.begin()
    answers = [send(visitor, client_id) for client_id in ("f1", "f1", "f2", "f1")]
    assert [status for status, _ in answers] == [201, 201, 429, 201]
    assert answers[0] == answers[1] == answers[3]


def test_no_note_is_read_by_its_client_id(visitor: Visitor) -> None:
    visitor.begin()
    talks.say(talk_of(visitor), "内部备注", by="staff:1024", now=now(), client_id="n1", internal=True)
    for told in (visitor.say("嘘", client_id="n1"), send(visitor, "n1")):
        assert told[0] == 409
        assert "内部备注" not in str(told)
    assert Message.objects.count() == 2


def send(visitor: Visitor, client_id: str) -> tuple[int, dict[str, object]]:
    body = {"file": SimpleUploadedFile("a.txt", b"paid 9.90"), "client_id": client_id}
    return seen(visitor.client.post(f"{ROOT}/conversations/{visitor.no}/files", body, headers=visitor._headers()))  # type: ignore[arg-type]  # Django's client adds to its answers


@pytest.mark.parametrize("path", ["", "/messages"])
def test_ch1_whoever_asks_how_it_stands_is_there(visitor: Visitor, path: str) -> None:
    """Not every page holds a stream open; one that asks again and again waits as well."""
    visitor.begin(contact={"phone": "13800138000"})
    begun = now()
    for minutes in range(6, 25, 6):
        with time_machine.travel(begun + timedelta(minutes=minutes), tick=False):
            assert visitor.get(f"/conversations/{visitor.no}{path}")[0] == 200
            gone_from_queues()
    assert talk_of(visitor).state == "queued"
    with time_machine.travel(begun + timedelta(minutes=40), tick=False):
        gone_from_queues()
    assert talk_of(visitor).state == "ended"


def test_ch1_whom_a_program_speaks_for_is_not_given_up(shop: FakeShop) -> None:
    """A bridge to another messenger has no stream; its buyers look elsewhere."""
    status, told = new_caller("conversations").post("/conversations", {"text": "微信来的", "channel": "wechat"})
    assert status == 201
    with time_machine.travel(now() + timedelta(minutes=40), tick=False):
        gone_from_queues()
    assert Conversation.objects.get(matter__no=told["id"]).state == "queued"


def test_ch1_the_same_client_id_with_other_words_is_refused(visitor: Visitor) -> None:
    visitor.begin(visitor=BROWSER, client_id="first")
    assert [visitor.say("喂", client_id="m")[0] for _ in range(2)] == [201, 201]
    status, told = visitor.say("别的", client_id="m")
    assert (status, told["code"]) == (409, "client_id_taken")
    again, told = Visitor().post("/conversations", {"text": "别的", "visitor": BROWSER, "client_id": "first"})
    assert (again, told["code"]) == (409, "client_id_taken")


def test_ch2_new_names_mark_no_more_as_urgent_from_one_address() -> None:
    marked = [Visitor().begin(visitor=f"{BROWSER}{number}", urgent="other")["urgent"] for number in range(8)]
    assert marked == [True] * 6 + [False] * 2
    visitor = Visitor()
    visitor.begin(visitor=f"{BROWSER}8")
    status, told = visitor.post(f"/conversations/{visitor.no}/urgent", {"reason": "other"})
    assert (status, told["code"]) == (429, "urgent_crowded")
    assert "您的位置不变" in told["detail"]
