"""A message reads its conversation once, and once more only where something has happened to it since."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations import queries
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.lib.errors import Refusal
from tests.fakes import MIDNIGHT
from tests.people import BO
from tests.talks import here, taken, talking


def read_by_no(conversation: Conversation) -> Conversation:
    found = queries.find_by_no(conversation.matter.no)
    assert found is not None
    return found


def reads(captured: CaptureQueriesContext) -> int:
    return sum('FROM "conversations_conversation"' in query["sql"] for query in captured.captured_queries)


def test_ch6_nothing_is_read_twice_where_nothing_happened() -> None:
    found = read_by_no(talking()[0])
    with CaptureQueriesContext(connection) as captured:
        talks.say(found, "在吗", by="buyer", now=MIDNIGHT)
    assert reads(captured) == 0
    with CaptureQueriesContext(connection) as captured:
        talks.say(found, "你好", by="buyer", now=MIDNIGHT)  # the first message has happened since
    assert reads(captured) == 1


def test_ch6_whoever_has_lost_the_conversation_since_it_was_read_cannot_write() -> None:
    conversation, alice = talking()
    found = read_by_no(conversation)
    talks.hand_over(conversation, "queue:general", "summary", by=alice.by, now=MIDNIGHT)
    taken(read_by_no(conversation), here(BO))
    with pytest.raises(Refusal, match="not_your_talk"):
        talks.say(found, "我来处理", by=alice.by, now=MIDNIGHT)


def test_ch6_what_has_ended_since_it_was_read_takes_no_more_words() -> None:
    conversation, alice = talking()
    found = read_by_no(conversation)
    talks.end(conversation, WrapUp("solved", number_spoken=True), by=alice.by, now=MIDNIGHT)
    with pytest.raises(Refusal, match="talk_ended"):
        talks.say(found, "还在吗", by="buyer", now=MIDNIGHT)
