"""HL14: six digits carry an order or a case into a call, once, and cannot be guessed."""

from datetime import timedelta

import pytest

from huiyin.domain.journal.models import Fact
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.actions import About
from huiyin.domain.voice.passes.actions.codes import GIVEN, LIVES, TRIES_OF_CALL, TRIES_OF_NUMBER
from huiyin.domain.voice.passes.models import CallCode
from huiyin.lib.errors import Refusal
from tests import people
from tests.fakes import MIDNIGHT as NOW

pytestmark = pytest.mark.django_db


def a_call(channel: str = "1", caller: str = "13800138000") -> Call:
    return voice.arrive(channel, "hotline", caller, now=NOW)


def about_a_case() -> About:
    case = people.complaint()
    return About(case.matter, "order_facts", "KM1", case.buyer, is_case=True)


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06}"


def test_hl14_the_code_brings_case_order_proof_and_buyer_into_the_call() -> None:
    about, call = about_a_case(), a_call()
    code = passes.give_call_code(about, now=NOW)
    found = passes.redeem_call_code(call, code.digits, now=NOW)
    assert found is not None
    assert (found.matter, found.case, found.order_no, found.proof) == (about.matter, about.matter, "KM1", "order_facts")
    call.refresh_from_db()
    assert (call.order_no, call.proof, call.buyer, call.case) == ("KM1", "order_facts", about.buyer, about.matter)
    used = Fact.objects.get(matter=call.matter, name="call_code_used")
    assert used.data == {"about_no": about.matter.no, "proof": "order_facts"}


def test_hl14_a_matter_without_a_case_proves_its_order_and_joins_nothing() -> None:
    matter, call = people.complaint().matter, a_call()
    code = passes.give_call_code(About(matter, "contact", "KM2"), now=NOW)
    found = passes.redeem_call_code(call, code.digits, now=NOW)
    assert found is not None
    assert found.case is None
    call.refresh_from_db()
    assert (call.order_no, call.proof, call.case) == ("KM2", "contact", None)


def test_hl14_a_case_whose_order_nobody_proved_proves_none() -> None:
    case, call = people.complaint(), a_call()
    code = passes.give_call_code(About(case.matter, buyer=case.buyer, is_case=True), now=NOW)
    assert passes.redeem_call_code(call, code.digits, now=NOW) is not None
    call.refresh_from_db()
    assert (call.order_no, call.proof) == ("", "none")


def test_hl14_a_code_opens_once() -> None:
    code = passes.give_call_code(about_a_case(), now=NOW)
    assert passes.redeem_call_code(a_call("1"), code.digits, now=NOW) is not None
    assert passes.redeem_call_code(a_call("2"), code.digits, now=NOW) is None


def test_hl14_a_code_is_over_after_a_quarter_of_an_hour() -> None:
    code = passes.give_call_code(about_a_case(), now=NOW)
    assert code.expires_at == NOW + LIVES
    assert passes.redeem_call_code(a_call(), code.digits, now=NOW + LIVES) is None


def test_hl14_a_new_code_makes_the_old_one_void() -> None:
    about = about_a_case()
    old, new = passes.give_call_code(about, now=NOW), passes.give_call_code(about, now=NOW)
    assert CallCode.objects.count() == 1
    call = a_call()
    assert old.digits == new.digits or passes.redeem_call_code(call, old.digits, now=NOW) is None
    assert passes.redeem_call_code(call, new.digits, now=NOW) is not None


def test_hl14_the_digits_stand_in_no_table() -> None:
    code = passes.give_call_code(about_a_case(), now=NOW)
    row = CallCode.objects.get()
    assert len(code.digits) == 6
    assert code.digits not in row.digest


def test_hl14_after_three_wrong_tries_a_call_takes_no_code_any_more() -> None:
    code, call = passes.give_call_code(about_a_case(), now=NOW), a_call()
    for _ in range(TRIES_OF_CALL):
        assert passes.redeem_call_code(call, wrong(code.digits), now=NOW) is None
    with pytest.raises(Refusal, match="too_often"):
        passes.redeem_call_code(call, code.digits, now=NOW)
    assert passes.redeem_call_code(a_call("2", "13900139000"), code.digits, now=NOW) is not None


def test_hl14_hanging_up_and_calling_again_gives_a_number_no_more_tries() -> None:
    code = passes.give_call_code(about_a_case(), now=NOW)
    for n in range(TRIES_OF_NUMBER):
        passes.redeem_call_code(a_call(f"c{n}"), wrong(code.digits), now=NOW)
    with pytest.raises(Refusal, match="too_often"):
        passes.redeem_call_code(a_call("last"), code.digits, now=NOW)


def test_hl14_guessing_from_everywhere_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.domain.voice.passes.actions.codes.TRIES_OF_ALL", 2)
    code = passes.give_call_code(about_a_case(), now=NOW)
    for n in range(2):
        passes.redeem_call_code(a_call(f"c{n}", f"1380013800{n}"), wrong(code.digits), now=NOW)
    with pytest.raises(Refusal, match="too_often"):
        passes.redeem_call_code(a_call("last", "13900139000"), code.digits, now=NOW)
    assert passes.redeem_call_code(a_call("later", "13900139000"), code.digits, now=NOW + timedelta(hours=1)) is None


def test_hl14_nobody_fills_the_table_with_codes() -> None:
    about = about_a_case()
    for _ in range(GIVEN):
        passes.give_call_code(about, now=NOW)
    with pytest.raises(Refusal, match="too_often"):
        passes.give_call_code(about, now=NOW)


def test_hl14_full_width_digits_and_blanks_are_forgiven() -> None:
    code = passes.give_call_code(about_a_case(), now=NOW)
    typed = " ".join(chr(ord(digit) + 0xFEE0) for digit in code.digits)
    assert passes.redeem_call_code(a_call(), typed, now=NOW) is not None
