"""HL16: from the phone into the chat, with the place kept, and back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.notices.letters import letter
from huiyin.domain.notices.models import Notice
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.queries import open_item
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Wait, Walked
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.models import Call, Callback
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.actions import chat_links
from huiyin.domain.voice.passes.models import ChatLink
from huiyin.lib.errors import Refusal
from tests.calls import NUMBER, answered, called, talking, waiting
from tests.fakes import MIDNIGHT
from tests.people import ALICE
from tests.talks import here

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(seconds=40)


@pytest.fixture(autouse=True)
def _texts(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/sms"


def token_of(link: ChatLink) -> str:
    """What stands behind the # of the message."""
    notice = Notice.objects.get(once=f"chat_link:{link.pk}")
    return next(one for one in letter(notice).text.split() if "/w#" in one).split("#")[1]


def places(call: Call) -> list[Item]:
    """Where its caller waits: as what, since when."""
    return list(Item.objects.filter(matter=call.talk_id, state__in=["waiting", "offered", "taken"]))


def fresh(call: Call) -> Call:
    return Call.objects.select_related("matter", "talk").get(pk=call.pk)


def test_hl16_the_link_turns_the_waiting_call_into_a_chat_in_the_same_place() -> None:
    call = waiting().call
    before = open_item(call.talk)
    link = passes.send_chat_link(call, now=SOON)
    assert [one.kind for one in places(call)] == ["call"]  # nothing happens until it is opened
    found = passes.find_chat_link(token_of(link), now=SOON)
    assert found is not None
    talk = passes.use_chat_link(found, now=SOON)
    (now_,) = places(call)
    assert before is not None
    assert (now_.kind, now_.arrived_at, now_.due_at) == ("chat", before.arrived_at, before.due_at)
    assert (talk.channel, talk.matter_id, fresh(call).state) == ("chat", call.talk_id, "changed")


def test_hl16_who_went_on_in_english_gets_the_messages_in_english() -> None:
    call = voice.enter_queue(called(), Wait("general"), walk=Walked(language="en"), now=MIDNIGHT).call
    link = passes.send_chat_link(call, now=SOON)
    voice.book_callback(call, now=SOON)
    sent = Notice.objects.filter(template__in=["chat_link", "callback"])
    assert sorted((one.template, one.language) for one in sent) == [("callback", "en"), ("chat_link", "en")]
    told = letter(Notice.objects.get(once=f"chat_link:{link.pk}")).text
    assert "minutes" in told
    assert "分钟" not in told


def test_hl16_the_call_ends_elsewhere_and_nobody_is_called_back() -> None:
    call = waiting().call
    voice.change_to_chat(call, now=SOON)
    ended = voice.hung_up(call, Who.BUYER, now=SOON)
    assert (ended.state, ended.outcome) == ("ended", "elsewhere")
    assert not Callback.objects.exists()
    assert [one.kind for one in places(call)] == ["chat"]
    assert Conversation.objects.get(matter=call.talk_id).state == "queued"


def test_hl16_a_link_works_once_and_not_too_late() -> None:
    call = waiting().call
    first = token_of(passes.send_chat_link(call, now=SOON))
    second = passes.send_chat_link(call, now=SOON)
    assert passes.find_chat_link(first, now=SOON) is None
    token = token_of(second)
    assert passes.find_chat_link(token, now=SOON + chat_links.LIVES) is None
    passes.use_chat_link(second, now=SOON)
    assert passes.find_chat_link(token, now=SOON) is None
    with pytest.raises(Refusal, match="chat_link_over"):
        passes.use_chat_link(second, now=SOON)
    assert passes.find_chat_link("short", now=SOON) is None


def test_hl16_links_are_few_and_go_to_numbers_that_get_messages(settings: Any) -> None:
    call = waiting().call
    for _ in range(chat_links.OF_CALL):
        passes.send_chat_link(call, now=SOON)
    with pytest.raises(Refusal, match="too_often"):
        passes.send_chat_link(call, now=SOON)
    with pytest.raises(Refusal, match="no_mobile_number"):
        passes.send_chat_link(waiting("").call, now=SOON)
    settings.SMS_URL = ""
    with pytest.raises(Refusal, match="no_mobile_number"):
        passes.send_chat_link(waiting("+8613800138001").call, now=SOON)


def test_hl16_one_number_gets_few_links_a_day_however_often_it_calls() -> None:
    sent = 0
    with pytest.raises(Refusal, match="too_often"):
        for _ in range(chat_links.OF_NUMBER + 1):
            passes.send_chat_link(waiting().call, now=SOON)
            sent += 1
    assert sent == chat_links.OF_NUMBER


def test_hl16_a_link_opened_while_somebody_answers_changes_nothing_and_still_works() -> None:
    call, alice = waiting().call, here(ALICE)
    link = passes.send_chat_link(call, now=SOON)
    answered(call, alice, now=SOON)
    with pytest.raises(Refusal, match="call_not_now"):
        passes.use_chat_link(link, now=SOON)
    assert passes.find_chat_link(token_of(link), now=SOON) == link
    assert (fresh(call).state, [one.kind for one in places(call)]) == ("talking", ["call"])
    voice.wait_again(call, "agent_away", now=SOON)  # and waits once more
    assert passes.use_chat_link(link, now=SOON).channel == "chat"


def test_hl16_who_hangs_up_and_opens_the_link_then_has_the_same_place_in_the_chat() -> None:
    call = waiting().call
    arrived = places(call)[0].arrived_at
    link = passes.send_chat_link(call, now=SOON)
    voice.hung_up(call, Who.BUYER, now=SOON)
    assert [one.kind for one in places(call)] == ["callback"]
    passes.use_chat_link(link, now=SOON)
    assert [(one.kind, one.arrived_at) for one in places(call)] == [("chat", arrived)]
    assert Callback.objects.get().why == "changed_channel"


def test_hl16_back_from_the_chat_to_a_call_in_the_same_place() -> None:
    call = waiting().call
    arrived = places(call)[0].arrived_at
    _, talk = voice.change_to_chat(call, now=SOON)
    voice.hung_up(call, Who.SYSTEM, now=SOON)
    voice.book_callback_for(talk, NUMBER, by="buyer", now=SOON + timedelta(minutes=3))
    assert [(one.kind, one.arrived_at) for one in places(call)] == [("callback", arrived)]


def test_hl16_changing_again_is_harmless_and_so_it_is_when_somebody_has_come() -> None:
    call = waiting().call
    voice.change_to_chat(call, now=SOON)
    assert voice.change_to_chat(call, now=SOON)[1].channel == "chat"
    assert [one.kind for one in places(call)] == ["chat"]


def gone() -> Call:
    """Hung up, and has no number."""
    return voice.hung_up(waiting("").call, Who.BUYER, now=SOON)


@pytest.mark.parametrize("begin", [called, lambda: talking()[0], gone], ids=["menu", "talking", "gone"])
def test_hl16_only_who_waits_can_change(begin: Callable[[], Call]) -> None:
    call = begin()
    with pytest.raises(Refusal, match=r"call_not_now|call_over"):
        voice.change_to_chat(call, now=SOON)
    with pytest.raises(Refusal, match="call_not_now"):
        passes.send_chat_link(call, now=SOON)


def test_hl16_the_chat_says_that_the_place_is_kept() -> None:
    call = waiting().call
    _, talk = voice.change_to_chat(call, now=SOON)
    assert [one.text for one in talk.matter.messages.all()]
    talks.say(talk, "我在等", by="buyer", now=SOON)
