"""HL12: what a caller has in writing afterwards."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from huiyin.domain.cases import actions as cases
from huiyin.domain.contacts.models import Identity
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.notices import posting
from huiyin.domain.notices.letters import grouped, letter
from huiyin.domain.notices.models import Notice
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.models import Call
from tests.calls import NUMBER, talking
from tests.fakes import MIDNIGHT
from tests.people import ALICE

pytestmark = pytest.mark.django_db
NOON = MIDNIGHT.replace(hour=12)


def talk(call: Call) -> Conversation:
    return Conversation.objects.select_related("matter", "agent", "contact", "case").get(matter=call.talk_id)


def at(now: datetime, minutes: int) -> datetime:
    return now + timedelta(minutes=minutes)


def message_after(wrap_up: WrapUp) -> Notice:
    """What is owed to a caller whose talk was wrapped up like this."""
    call, alice = talking(now=NOON)
    over = voice.hung_up(call, Who.BUYER, now=at(NOON, 1))
    talks.end(talk(over), wrap_up, by=alice.by, now=at(NOON, 2))
    return Notice.objects.get(template="talk_over")


def test_hl12_number_next_step_and_by_when_of_a_call_are_sent(settings: Any) -> None:
    settings.SMS_URL = "http://sms.example/send"
    owed = message_after(WrapUp("follow_up", "补发卡密", at(NOON, 60), number_spoken=True))
    assert (owed.channel, owed.to, owed.matter) == ("sms", NUMBER, Call.objects.get().talk)
    assert "补发" not in str(owed.params)
    words, no = letter(owed).text, Call.objects.get().talk.no
    by = f"{timezone.localtime(at(NOON, 60)):%H:%M}"
    assert all(one in words for one in (grouped(no), "补发卡密", by, ALICE))


def test_hl12_what_its_job_is_sending_is_not_sent_by_the_round_as_well(settings: Any) -> None:
    settings.SMS_URL = "http://sms.example/send"
    owed = message_after(WrapUp("informed", number_spoken=True))
    assert owed.pk not in posting.waiting(owed.created_at + timedelta(seconds=1))
    assert owed.pk in posting.waiting(owed.created_at + timedelta(seconds=10))


@pytest.mark.parametrize(
    ("disposition", "says"), [("solved", "已经解决"), ("informed", "已经答复"), ("no_answer", "没能")]
)
def test_hl12_who_is_settled_or_told_hears_the_number_and_that(settings: Any, disposition: str, says: str) -> None:
    settings.SMS_URL = "http://sms.example/send"
    owed = message_after(WrapUp(disposition, number_spoken=True))
    assert says in letter(owed).text
    assert grouped(Call.objects.get().talk.no) in letter(owed).text


def test_hl12_where_no_text_message_can_go_the_mail_has_it(settings: Any) -> None:
    settings.SMS_URL = ""
    call, alice = talking(now=NOON)
    buyer = talk(call).buyer
    assert buyer is not None
    Identity.objects.create(buyer=buyer, kind="email", value="b@example.com")
    over = voice.hung_up(call, Who.BUYER, now=at(NOON, 1))
    talks.end(talk(over), WrapUp("informed", number_spoken=True), by=alice.by, now=at(NOON, 2))
    assert Notice.objects.get(template="talk_over").to == "b@example.com"


def test_hl12_a_call_that_became_a_case_goes_by_the_number_of_the_case(settings: Any) -> None:
    settings.SMS_URL = "http://sms.example/send"
    call, alice = talking(now=NOON)
    case = cases.from_conversation(talk(call), cases.FromTalk(what_happened="没收到"), by=alice.by, now=NOON)
    over = voice.hung_up(call, Who.BUYER, now=at(NOON, 1))
    talks.end(talk(over), WrapUp("informed", number_spoken=True), by=alice.by, now=at(NOON, 2))
    owed = Notice.objects.get(template="talk_over")
    assert owed.params["no"] == case.matter.no
    assert "/m#" in letter(owed).text


def test_hl12_a_wrap_up_that_becomes_a_case_is_told_in_one_message(settings: Any) -> None:
    settings.SMS_URL = "http://sms.example/send"
    call, alice = talking(now=NOON)
    over = voice.hung_up(call, Who.BUYER, now=at(NOON, 1))
    left = WrapUp("follow_up", "补发卡密", at(NOON, 60), number_spoken=True)
    case = cases.wrap_up(talk(over), left, by=alice.by, now=at(NOON, 2))
    assert case is not None
    owed = Notice.objects.get()
    assert (owed.template, owed.to) == ("talk_over", NUMBER)
    words = letter(owed).text
    assert all(one in words for one in ("/m#", "补发卡密", grouped(case.matter.no)))


def test_hl12_who_has_a_mail_address_too_has_the_receipt_there(settings: Any) -> None:
    settings.SMS_URL = "http://sms.example/send"
    call, alice = talking(now=NOON)
    buyer = talk(call).buyer
    assert buyer is not None
    Identity.objects.create(buyer=buyer, kind="email", value="b@example.com")
    over = voice.hung_up(call, Who.BUYER, now=at(NOON, 1))
    left = WrapUp("follow_up", "补发卡密", at(NOON, 60), number_spoken=True)
    cases.wrap_up(talk(over), left, by=alice.by, now=at(NOON, 2))
    sent = set(Notice.objects.values_list("template", "channel"))
    assert sent == {("talk_over", "sms"), ("receipt", "mail")}
