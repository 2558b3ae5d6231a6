"""What was said and sent in a conversation is evidence of its case, and the buyer's own."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings

from huiyin.daemons.talks import keep_talk
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.exhibits import evidence_for_buyer, the_files
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.uploads import Upload, take
from huiyin.domain.voice import actions as voice
from tests.calls import called
from tests.fakes import MIDNIGHT
from tests.people import complaint
from tests.samples import picture
from tests.talks import talking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("files")]
SOON = MIDNIGHT + timedelta(seconds=10)
LATER = MIDNIGHT + timedelta(hours=2)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    monkeypatch.setattr(settings, "PAPERS", tmp_path / "papers")
    the_files.cache_clear()
    yield
    the_files.cache_clear()


def sends(conversation: Conversation) -> None:
    take(conversation, Upload(BytesIO(picture()), "付款.png"), by="buyer", files=the_files(), now=SOON)


def test_the_transcript_becomes_evidence_once() -> None:
    conversation, alice = talking()
    case = cases.from_conversation(conversation, by=alice.by, now=SOON)
    for _ in range(2):
        keep_talk(conversation.pk)
    assert sorted(case.evidence.values_list("what", "mime")) == [("chat", "application/pdf"), ("chat", "text/plain")]
    talks.say(conversation, "还有一件事", by="buyer", now=LATER)
    keep_talk(conversation.pk)
    assert case.evidence.count() == 4


def test_hl7_a_call_in_which_nobody_wrote_leaves_no_chat() -> None:
    call = called()
    voice.begin_voicemail(call, now=SOON)
    voice.leave_voicemail(call, now=SOON)
    conversation = Conversation.objects.get(matter=call.talk)
    keep_talk(conversation.pk)
    assert not Case.objects.get(matter=call.matter).evidence.exists()


def test_ch1_the_buyer_finds_what_they_said_and_sent_among_the_evidence_of_the_case() -> None:
    conversation, alice = talking()
    sends(conversation)
    case = cases.from_conversation(conversation, by=alice.by, now=LATER)
    keep_talk(conversation.pk)
    no = conversation.matter.no
    shown = evidence_for_buyer(case).values_list("name", "custodian")
    assert list(shown) == [(f"chat-{no}.txt", "centre"), (f"chat-{no}.pdf", "centre"), ("付款.png", "buyer")]


def test_tr5_what_somebody_else_said_in_a_chat_that_joined_is_not_shown_to_the_buyer() -> None:
    conversation, alice = talking(identities={"email": "li@example.com"})
    sends(conversation)
    case = complaint(email="wang@example.com")
    cases.join_conversation(conversation, case, by=alice.by, now=LATER)
    keep_talk(conversation.pk)
    assert case.evidence.count() == 3
    assert list(evidence_for_buyer(case)) == []


def test_ch6_their_other_chats_about_it_are_theirs_too() -> None:
    conversation, alice = talking(identities={"email": "wang@example.com"})
    sends(conversation)
    case = complaint(email="wang@example.com")
    cases.join_conversation(conversation, case, by=alice.by, now=LATER)
    keep_talk(conversation.pk)
    assert evidence_for_buyer(case).count() == 3
