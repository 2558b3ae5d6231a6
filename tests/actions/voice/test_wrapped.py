"""HL12, issue 5: wrapping up a call makes what is left to do a case, in one step, unless somebody says no."""

from datetime import timedelta

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.commitments import Commitment
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.promises.models import Promise
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Who
from huiyin.lib.errors import Refusal
from tests import talks
from tests.calls import talking
from tests.fakes import MIDNIGHT

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(minutes=3)
LATER = SOON + timedelta(hours=2)
STEP = WrapUp("follow_up", "核实后补发卡密", LATER, number_spoken=True)
SOLVED = WrapUp("solved", number_spoken=True)


def hung_up() -> tuple[Conversation, Person]:
    call, alice = talking()
    voice.hung_up(call, Who.BUYER, now=SOON)
    return Conversation.objects.select_related("matter", "agent", "contact", "case").get(matter=call.talk), alice


def test_hl12_what_is_left_to_do_after_a_call_is_a_case_with_its_number() -> None:
    talk, alice = hung_up()
    case = cases.wrap_up(talk, STEP, by=alice.by, now=SOON)
    assert case is not None
    assert (case.matter.no, case.owner, case.channel) == (talk.matter.no, alice, "phone")
    assert "核实后补发卡密" in case.what_happened
    talk.refresh_from_db()
    assert (talk.state, talk.disposition, talk.case_id) == ("ended", "follow_up", talk.matter_id)
    assert Promise.objects.get(matter=case.matter, kind="commitment").due == LATER


def test_hl12_whoever_says_no_has_no_case_and_the_promise_all_the_same() -> None:
    talk, alice = hung_up()
    assert cases.wrap_up(talk, STEP, by=alice.by, now=SOON, as_case=False) is None
    assert not Case.objects.exists()
    assert Promise.objects.get(matter=talk.matter, kind="commitment").due == LATER


def test_cp14_what_was_promised_while_they_talked_is_not_promised_twice() -> None:
    talk, alice = hung_up()
    until = LATER.replace(second=30)
    conversations.promise_made(talk, Commitment("核实后补发卡密", until), by=alice.by, now=SOON)
    talk.refresh_from_db()
    cases.wrap_up(talk, STEP, by=alice.by, now=SOON)
    assert Promise.objects.get(matter=talk.matter, kind="commitment").due == until


def test_what_is_settled_is_no_case_whatever_was_ticked() -> None:
    talk, alice = hung_up()
    assert cases.wrap_up(talk, SOLVED, by=alice.by, now=SOON, as_case=True) is None
    assert not Case.objects.exists()


def test_a_wrap_up_that_is_refused_leaves_no_case_behind() -> None:
    talk, alice = hung_up()
    with pytest.raises(Refusal, match="wrap_up_incomplete"):
        cases.wrap_up(talk, WrapUp("follow_up", number_spoken=True), by=alice.by, now=SOON)
    assert not Case.objects.exists()


def test_a_chat_becomes_one_only_when_somebody_says_so() -> None:
    talk, alice = talks.talking()
    assert cases.wrap_up(talk, STEP, by=alice.by, now=SOON) is None
    other, alice = talks.talking(now=SOON, identities={"phone": "13900139000"})
    case = cases.wrap_up(other, STEP, by=alice.by, now=SOON + timedelta(seconds=9), as_case=True)
    assert case is not None
    assert case.what_happened == "卡密一直没收到"
