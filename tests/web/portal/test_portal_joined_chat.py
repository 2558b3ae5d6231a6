"""A chat that joined a case is read where the case is read: at the desk and on the buyer's page."""

import re
from typing import Any

from django.test import Client

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation
from huiyin.lib.clock import now
from tests import people
from tests.talks import asked, here, taken
from tests.web.portal.test_portal_matters import Read, case

__all__ = ["case"]


def joined(case: Case, **opening: Any) -> Conversation:
    """A chat of this case, with a note."""
    alice = here(now=now())
    talk = taken(asked("钱还没退", now=now(), **opening).conversation, alice, now=now())
    talks.say(talk, "我查到了，下午三点退", by=alice.by, now=now())
    talks.say(talk, "这位脾气不好", by=alice.by, now=now(), internal=True)
    cases.join_conversation(talk, case, by=alice.by, now=now())
    return talk


def at_desk() -> Client:
    client = Client()
    client.force_login(people.hire(people.SUN))
    return client


def test_cp9_the_words_of_a_joined_chat_stand_on_both_screens(read: Read, case: Case) -> None:
    talk = joined(case, identities={"email": "wang@example.com"})
    page, desk = read(f"/t/{case.matter.no}"), at_desk().get(f"/desk/m/{case.matter.no}").content.decode()
    for text in (page, desk):
        assert "钱还没退" in text
        assert "我查到了，下午三点退" in text
        assert f"会话{talk.matter.no}" in re.sub(r"\s", "", text)
    assert "这位脾气不好" not in page
    assert "这位脾气不好" in desk


def test_ax1_the_chat_of_somebody_else_is_not_shown_to_the_buyer(read: Read, case: Case) -> None:
    """An agent may join what belongs together for us; whose words they are is another matter."""
    joined(case, identities={"phone": "13700137000"})
    assert "钱还没退" not in read(f"/t/{case.matter.no}")
    assert "钱还没退" in at_desk().get(f"/desk/m/{case.matter.no}").content.decode()
