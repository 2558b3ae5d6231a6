"""Conversations: what is refused or limited, and what is said about it."""

import json
from datetime import timedelta

import pytest
from django.conf import settings

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Queue
from huiyin.lib import signing
from huiyin.lib.clock import now
from tests.web.api.calling import ROOT, Caller
from tests.web.api.visiting import Visitor, signed, talk_of

pytestmark = pytest.mark.usefixtures("shop", "midnight", "db")


@pytest.fixture(autouse=True)
def _queues(db: None) -> None:
    routing.ship_queues()


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_a_buyer_writes_no_notes(visitor: Visitor) -> None:
    visitor.begin()
    assert visitor.say("嘘", internal=True)[1]["internal"] is False


def test_somebody_elses_conversation_is_not_there(visitor: Visitor) -> None:
    visitor.begin()
    other = Visitor()
    other.begin()
    visitor.no = other.no
    assert visitor.get(f"/conversations/{other.no}")[0] == 404
    assert visitor.say("hi")[0] == 404


@pytest.mark.parametrize(
    ("token", "code"), [("", "key_missing"), ("x" * 43, "token_unknown"), ("y" * 500, "token_unknown")]
)
def test_without_a_good_token_nothing_is_told(visitor: Visitor, token: str, code: str) -> None:
    visitor.begin()
    visitor.token = token
    status, told = visitor.get(f"/conversations/{visitor.no}")
    assert (status, told["code"]) == (401, code)


def test_a_token_ends_thirty_days_after_the_conversation(visitor: Visitor) -> None:
    visitor.begin()
    Conversation.objects.update(state="ended", outcome="buyer_left", ended_at=now() - timedelta(days=31))
    status, told = visitor.get(f"/conversations/{visitor.no}")
    assert (status, told["code"]) == (401, "token_expired")


def test_a_program_needs_the_scope(visitor: Visitor, api: Caller) -> None:
    visitor.begin()
    assert api.get(f"/conversations/{visitor.no}")[1]["code"] == "scope_missing"


def test_full_queues_leave_a_message(visitor: Visitor) -> None:
    Queue.objects.update(most_waiting=0)
    assert visitor.begin()["left"]["why"] == "queue_full"


def test_a_flood_of_openings_is_limited_and_told_so() -> None:
    contact = {"phone": "13800138000"}
    answers = [Visitor().post("/conversations", {"text": "喂", "contact": contact}) for _ in range(8)]
    assert [status for status, _ in answers] == [201] * 6 + [429] * 2
    assert answers[-1][1]["code"] == "too_often"
    assert answers[-1][1]["detail"]


def test_too_often_says_when_to_come_back(visitor: Visitor) -> None:
    for _ in range(7):
        answer = visitor.client.post(
            f"{ROOT}/conversations", json.dumps({"text": "喂", "visitor": "v" * 20}), content_type="application/json"
        )
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 600


@pytest.mark.parametrize("wrong", [
    {"text": ""}, {"text": "   "}, {"text": "x" * 4001}, {"text": 5}, {}, {"text": "a", "urgent": "because"},
    {"text": "a", "contact": {"email": "no"}}, {"text": "a", "visitor": "short"}, {"text": "a", "channel": "fax"},
])  # fmt: skip
def test_wrong_openings_are_refused_with_the_field(visitor: Visitor, wrong: dict[str, object]) -> None:
    status, told = visitor.post("/conversations", wrong)
    assert (status, told["code"]) == (422, "invalid")
    assert told["errors"]
    assert not Conversation.objects.exists()


def test_a_text_that_is_too_long_is_told_how_long_it_may_be(visitor: Visitor) -> None:
    visitor.begin()
    status, told = visitor.say("很" * 4001)
    assert (status, told["errors"][0]["code"]) == (422, "string_too_long")
    assert "4000" in told["errors"][0]["detail"]


def test_an_unknown_queue_is_named(visitor: Visitor) -> None:
    status, told = visitor.post("/conversations", {"text": "a", "queue": "nowhere"})
    assert (status, told["code"]) == (422, "queue_unknown")


def test_what_anybody_types_makes_no_diamond(visitor: Visitor) -> None:
    visitor.begin(contact={"phone": "13800138000", "tier": "diamond"})
    buyer = talk_of(visitor).buyer
    assert buyer is not None
    assert buyer.tier == "ordinary"


def test_a_forged_identity_is_refused_and_says_what_to_do(visitor: Visitor) -> None:
    good = signed()
    payload, _, mac = good.partition(".")
    for token in (good[:-2] + "xx", f"{payload}x.{mac}", "a.b", "a", signed() + "x"):
        status, told = visitor.post("/conversations", {"text": "我是会员", "identity": token})
        assert (status, told["code"]) == (403, "identity_wrong")
        assert told["detail"]
    assert not Conversation.objects.exists()


def test_an_old_identity_is_refused(visitor: Visitor) -> None:
    for expires in (now() - timedelta(seconds=1), now() + timedelta(hours=3)):
        token = signing.identity_token(signing.Identity("m"), expires, settings.SHOP_SECRET)
        assert visitor.post("/conversations", {"text": "a", "identity": token})[1]["code"] == "identity_expired"


def test_urgent_needs_a_reason_and_is_limited(visitor: Visitor) -> None:
    visitor.begin(contact={"phone": "13800138000"})
    status, told = visitor.post(f"/conversations/{visitor.no}/urgent", {"reason": "account_stolen"})
    assert (status, told["urgent"]) == (200, True)
    assert visitor.post(f"/conversations/{visitor.no}/urgent", {"reason": "boredom"})[0] == 422


def test_ch2_urgent_from_the_start_counts_three_times_a_day() -> None:
    wanted = {"contact": {"phone": "13800138000"}, "urgent": "money_at_risk"}
    told = [Visitor().begin(**wanted) for _ in range(5)]  # type: ignore[arg-type]  # as JSON
    assert [one["urgent"] for one in told] == [True, True, True, False, False]
    assert [one["urgent_refused"] for one in told] == [False, False, False, True, True]
    assert Visitor().begin(contact={"phone": "13900139000"}, urgent=True)["urgent"] is True


def test_a_flood_of_messages_is_limited_and_told_so(visitor: Visitor) -> None:
    visitor.begin()
    answers = [visitor.say(f"第{number}句")[0] for number in range(80)]
    assert answers[:59] == [201] * 59
    assert set(answers[69:]) == {429}
    status, told = visitor.say("再来")
    assert (status, told["code"]) == (429, "too_often")
