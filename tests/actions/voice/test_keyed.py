"""What the buyer keys in a talk: when it is possible, and what is kept of it."""

from datetime import timedelta

import pytest

from huiyin.domain.journal.models import Fact
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.keyed import Result, Secret, Why
from huiyin.domain.voice.models import Call, SecretCheck
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.actions import Checked
from huiyin.lib.errors import Refusal
from tests.calls import called, talking, waiting
from tests.fakes import MIDNIGHT
from tests.people import BO, complaint, hire

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(seconds=20)
MATCHES = Checked(Result.MATCHES, order_no="KM1", proof="order_facts")


def begun() -> tuple[Call, SecretCheck]:
    call, alice = talking()
    return call, passes.begin_check(call, Secret.PAYMENT, by=alice.by, now=SOON)


def fresh(call: Call) -> Call:
    return Call.objects.select_related("matter", "talk", "agent").get(pk=call.pk)


def test_hl11_what_matches_says_whose_order_it_is() -> None:
    call, _ = begun()
    assert fresh(call).state == "keying"
    passes.end_check(call, MATCHES, now=SOON)
    ours = fresh(call)
    assert (ours.state, ours.order_no, ours.proof) == ("talking", "KM1", "order_facts")
    passes.end_check(call, passes.stopped(Why.TIMED_OUT), now=SOON)  # said again: the first result stays
    assert SecretCheck.objects.get().result == "matches"


def test_hl11_what_differs_proves_nothing() -> None:
    call, _ = begun()
    passes.end_check(call, Checked(Result.DIFFERS, order_no="KM1", proof="order_facts"), now=SOON)
    assert (fresh(call).order_no, fresh(call).proof) == ("", "none")


def test_hl11_beginning_again_is_the_same_one() -> None:
    call, check = begun()
    assert passes.begin_check(call, Secret.PIN, by="staff:1024", now=SOON) == check
    assert Fact.objects.filter(name="secret_check_begun").count() == 1


def test_hl11_one_that_a_crash_left_open_does_not_keep_the_next_from_beginning() -> None:
    call, first = begun()
    Call.objects.filter(pk=call.pk).update(state="talking")
    second = passes.begin_check(call, Secret.PAYMENT, by="staff:1024", now=SOON)
    first.refresh_from_db()
    assert (first.result, first.why, second.result) == ("stopped", "failed", "open")


def test_hl11_hanging_up_meanwhile_is_a_talk_that_is_over() -> None:
    call, _ = begun()
    ended = voice.hung_up(call, Who.BUYER, now=SOON)
    assert (ended.state, ended.outcome) == ("ended", "talked")
    passes.end_check(call, passes.stopped(Why.HUNG_UP), now=SOON)
    assert fresh(call).state == "ended"


@pytest.mark.parametrize("what", ["hold", "mute", "keypad", "transfer", "secret"])
def test_hl11_nothing_else_is_done_to_the_call_meanwhile(what: str) -> None:
    call, _ = begun()
    agent = fresh(call).agent
    assert agent is not None
    with pytest.raises(Refusal, match="call_not_now"):
        voice.ask(call, what, {"keys": "1", "to": "supervisor"}, agent, now=SOON)
    assert voice.ask(call, "cancel", {}, agent, now=SOON).state == "asked"


def test_hl11_only_whoever_talks_asks_for_it_and_only_then() -> None:
    call, alice = talking()
    with pytest.raises(Refusal, match="not_your_talk"):
        voice.ask(call, "secret", {}, hire(BO), now=SOON)
    for other in (called("+8613800138009"), waiting("+8613800138010").call):
        with pytest.raises(Refusal, match=r"not_your_talk|call_not_now"):
            voice.ask(other, "secret", {}, alice, now=SOON)
    assert voice.ask(call, "secret", {"what": "", "keys": "1"}, alice, now=SOON).params == {"what": "payment"}


def test_hl11_a_pin_belongs_to_a_case() -> None:
    call, alice = talking()
    with pytest.raises(Refusal, match="no_case_known"):
        passes.begin_check(call, Secret.PIN, by=alice.by, now=SOON)
    case = complaint()
    Call.objects.filter(pk=call.pk).update(case=case.matter)
    assert passes.begin_check(call, Secret.PIN, by=alice.by, now=SOON).what == "pin"
    assert passes.case_no_of(fresh(call)) == case.matter.no
