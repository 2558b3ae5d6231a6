"""CP21 in chats: whoever is complained about talks no longer with the buyer."""

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import FromTalk
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.queries import open_item, pending_offers
from tests.fakes import MIDNIGHT
from tests.people import ALICE
from tests.talks import asked, here, talking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
SOON = MIDNIGHT


def test_cp21_an_agent_complained_about_in_the_chat_does_not_talk_on() -> None:
    conversation, alice = talking(text=f"工号{ALICE}态度恶劣，我要投诉")
    filing = FromTalk(category="service_attitude")
    cases.from_conversation(conversation, filing, by=alice.by, now=SOON)
    conversation.refresh_from_db()
    item = open_item(conversation.matter)
    assert item is not None
    assert (conversation.state, conversation.agent, item.queue.slug, item.barred) == (
        "queued", None, "supervisor", [alice.pk],
    )  # fmt: skip
    assert routing.offer(item.pk, alice.pk, [], now=SOON) is None


def test_cp21_what_rings_for_whom_it_complains_about_rings_no_longer() -> None:
    alice, talk = here(), asked().conversation
    item = open_item(talk.matter)
    assert item is not None
    assert routing.offer(item.pk, alice.pk, [], now=MIDNIGHT)
    for _ in range(2):
        routing.keep_away(talk.matter, [alice.pk], now=MIDNIGHT)
    item.refresh_from_db()
    assert (item.state, item.barred, pending_offers(alice)) == ("waiting", [alice.pk], [])


def test_cp21_others_go_on_talking() -> None:
    conversation, _ = talking()
    routing.keep_away(conversation.matter, [4711], now=MIDNIGHT)
    conversation.refresh_from_db()
    assert conversation.state == "talking"
