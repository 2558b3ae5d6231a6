"""Hiring, duty, passwords, language; contacts that are revealed or closed."""

from datetime import timedelta

import pytest

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.journal.models import Fact
from huiyin.domain.staff import actions as staff
from huiyin.domain.staff.queries import key_for, least_busy, on_duty, somebody_is_on_duty
from huiyin.lib.errors import Refusal
from tests import people
from tests.fakes import MIDNIGHT

LATER = MIDNIGHT + timedelta(minutes=4)


def test_duty_ends_by_itself_when_the_desk_is_closed() -> None:
    alice = people.on_duty()
    assert list(on_duty(MIDNIGHT)) == [alice]
    assert not somebody_is_on_duty(LATER)
    staff.seen(alice, now=LATER)
    assert somebody_is_on_duty(LATER)


def test_duty_is_a_fact_only_when_it_changes() -> None:
    alice = people.on_duty()
    staff.set_duty(alice, on_duty=True, now=LATER)
    staff.set_duty(alice, on_duty=False, now=LATER)
    assert Fact.objects.filter(matter=alice.matter, name="duty_changed").count() == 2


def test_cp7_whoever_is_on_duty_goes_before_whoever_is_idle() -> None:
    people.hire(people.ALICE)
    bo = people.on_duty(people.BO)
    people.complaint(owner=bo)
    assert least_busy(("L1",), MIDNIGHT) == bo


def test_cp7_of_two_on_duty_the_less_busy_one() -> None:
    alice, bo = people.on_duty(people.ALICE), people.on_duty(people.BO)
    people.complaint(owner=alice)
    assert least_busy(("L1",), MIDNIGHT) == bo


def test_a_new_password_works_and_the_old_one_does_not() -> None:
    alice = people.hire()
    staff.set_password(alice, "another-one-2", by="staff:2001", now=MIDNIGHT)
    alice.refresh_from_db()
    assert alice.check_password("another-one-2")
    assert not alice.check_password(people.PASSWORD)
    assert "another" not in str(list(Fact.objects.values_list("data", flat=True)))


def test_people_keep_their_language() -> None:
    alice = people.hire()
    staff.speak(alice, "en")
    alice.refresh_from_db()
    assert alice.language == "en"


def test_a_key_is_known_by_its_digest_only() -> None:
    token = staff.issue_key("till", ["orders"], now=MIDNIGHT)
    key = key_for(token)
    assert key is not None
    assert token not in key.digest
    assert key_for(token + "x") is None


def test_a_revealed_contact_is_recorded_with_its_reason_and_without_the_address() -> None:
    case = people.complaint()
    assert case.buyer is not None
    known = contacts.reveal(case.matter, case.buyer, "call_buyer", by="staff:1024", now=MIDNIGHT)
    assert known == {"email": "wang@example.com"}
    fact = Fact.objects.get(matter=case.matter, name="contact_revealed")
    assert fact.by == "staff:1024"
    assert fact.data == {"buyer": case.buyer.pk, "kinds": ["email"], "reason": "call_buyer"}


@pytest.mark.parametrize("reason", ["", "because"])
def test_a_contact_is_not_revealed_without_a_known_reason(reason: str) -> None:
    case = people.complaint()
    assert case.buyer is not None
    with pytest.raises(Refusal, match="say_why"):
        contacts.reveal(case.matter, case.buyer, reason, by="staff:1024", now=MIDNIGHT)
    assert not Fact.objects.filter(name="contact_revealed").exists()


def test_cp15_a_contact_is_closed_once_and_with_a_reason() -> None:
    contact = contacts.note("phone", "person", now=MIDNIGHT)
    with pytest.raises(Refusal, match="say_why"):
        contacts.close_without_answer(contact, "", now=MIDNIGHT)
    contacts.close_without_answer(contact, "spam", now=MIDNIGHT)
    contact.refresh_from_db()
    assert (contact.fate, contact.fate_reason) == ("closed", "spam")
    with pytest.raises(Refusal, match="contact_has_fate"):
        contacts.close_without_answer(contact, "spam", now=MIDNIGHT)
