"""HL8: when a case ends its buyer is asked once how it was; what they say stands in a row of the case."""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as talks
from huiyin.domain.journal.models import Fact
from huiyin.domain.notices import actions as notices
from huiyin.domain.notices import posting
from huiyin.domain.notices.actions import Owed
from huiyin.domain.notices.letters import letter
from huiyin.domain.notices.models import Notice
from huiyin.domain.surveys import actions as surveys
from huiyin.domain.surveys.models import Survey, Unasked
from huiyin.domain.surveys.queries import rating_in_talk, survey_behind, to_ask, waits_for_answer
from huiyin.domain.surveys.rules import LIVES, Answer, State
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Who
from huiyin.lib.errors import Refusal, Rejected, Unavailable
from tests import calls
from tests.fakes import MIDNIGHT
from tests.people import ALICE, complaint, hire
from tests.recordings import becomes_a_case
from tests.talks import talking

NOON = MIDNIGHT + timedelta(hours=12)
NIGHT = MIDNIGHT + timedelta(hours=23)
CONTENT = Answer(solved=True, rating=5, effort=4, words="很快")
NOT_SOLVED = Answer(solved=False, rating=1, words="还是没有收到")


class Outbox:
    """Carries messages, or has a fault."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.fault: Exception | None = None

    def send(self, to: str, subject: str, text: str) -> None:
        if self.fault is not None:
            raise self.fault
        self.sent.append(to)


def closed(*, now: datetime = NOON, email: str = "wang@example.com") -> Case:
    """A complaint that Alice answered for, and that its buyer says is solved."""
    case = complaint(owner=hire(ALICE), email=email)
    cases.answer(case, hire(ALICE), "已为您补发", now=NOON)
    cases.close(case, "confirmed", by="buyer", now=now)
    return Case.objects.get(pk=case.pk)


def settled() -> Case:
    """One that only we say is settled."""
    case = complaint("账号登不上去", owner=hire(ALICE), category="account_access")
    cases.resolve(case, [], "已经处理好了", Doer(f"staff:{ALICE}"), now=NOON)
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "settled")
    return case


def asked(case: Case, *, now: datetime = NOON) -> Survey:
    for pk in to_ask(now):
        surveys.send(pk, now=now)
    return Survey.objects.get(case=case)


def messages(case: Case) -> list[Notice]:
    return list(Notice.objects.filter(matter=case.matter, template="survey"))


def test_hl8_a_buyer_is_asked_once_by_the_channel_they_gave() -> None:
    case = closed()
    survey = asked(case)
    asked(case, now=NOON + timedelta(minutes=1))
    assert (survey.state, survey.channel, survey.agent) == (State.SENT, "mail", hire(ALICE))
    assert survey.contact is not None and survey.contact.matter_id == case.matter_id
    sent = messages(case)
    assert [(one.channel, one.to) for one in sent] == [("mail", "wang@example.com")]
    text = letter(sent[0]).text
    token = text.partition("/s#")[2].split()[0]
    assert survey_behind(token, NOON + timedelta(days=1)) == survey
    assert survey_behind(token, NOON + LIVES) is None
    assert token not in "".join(str(one.params) for one in sent) and survey.digest != token


def test_hl8_a_case_that_ends_twice_is_asked_about_once() -> None:
    case = closed()
    survey = asked(case)
    cases.reopen(case, "not_solved", Doer("buyer"), now=NOON, text="又坏了")
    cases.answer(Case.objects.get(pk=case.pk), hire(ALICE), "再补发一次", now=NOON)
    cases.close(Case.objects.get(pk=case.pk), "confirmed", by="buyer", now=NOON + timedelta(hours=1))
    asked(case, now=NOON + timedelta(hours=2))
    assert len(messages(case)) == 1
    assert Survey.objects.get(case=case).pk == survey.pk


def test_hl8_who_takes_it_up_again_before_we_ask_is_asked_when_it_has_really_ended() -> None:
    case = closed()
    cases.reopen(case, "not_solved", Doer("buyer"), now=NOON, text="又坏了")
    assert asked(case).state == State.DROPPED
    assert messages(case) == []
    cases.answer(Case.objects.get(pk=case.pk), hire(ALICE), "再补发一次", now=NOON)
    cases.close(Case.objects.get(pk=case.pk), "confirmed", by="buyer", now=NOON + timedelta(hours=1))
    assert asked(case, now=NOON + timedelta(hours=1)).state == State.SENT


def test_op17_nobody_is_asked_at_night() -> None:
    case = closed(now=NIGHT)
    assert asked(case, now=NIGHT).state == State.PLANNED
    assert asked(case, now=NIGHT + timedelta(hours=9)).state == State.PLANNED
    assert asked(case, now=NIGHT + timedelta(hours=10)).state == State.SENT


def test_op17_neither_a_second_try_nor_a_message_that_has_waited_goes_out_at_night() -> None:
    case, late = closed(), closed(email="li@example.com")
    asked(case)
    asked(late)
    tried, waited = (messages(one)[0] for one in (case, late))
    held = {tried.pk, waited.pk}
    gone, evening = Outbox(), NIGHT - timedelta(hours=2, minutes=1)
    gone.fault = Unavailable("away")
    posting.post(tried.pk, {"mail": gone}, now=evening)
    gone.fault = None
    for night in (NIGHT, NIGHT + timedelta(hours=9, minutes=59)):
        assert held & set(posting.waiting(night)) == set()
        posting.post(tried.pk, {"mail": gone}, now=night)  # the job of a worker that was long busy
    assert gone.sent == []
    answer = notices.owe(Owed("answer", "answer:at-night", {}), {"email": "zhao@example.com"}, now=NIGHT)
    soon = NIGHT + timedelta(minutes=1)
    assert answer is not None and answer.pk in posting.waiting(soon)  # who asked us is answered at any hour
    posting.post(answer.pk, {"mail": gone}, now=NIGHT)
    morning = NIGHT + timedelta(hours=10)
    assert held <= set(posting.waiting(morning))
    for pk in held:
        posting.post(pk, {"mail": gone}, now=morning)
    assert gone.sent[0] == "zhao@example.com"
    assert sorted(gone.sent[1:]) == ["li@example.com", "wang@example.com"]


def test_hl8_who_got_no_message_was_not_asked_and_their_page_asks() -> None:
    case = closed()
    asked(case)
    gone = Outbox()
    gone.fault = Rejected("no such mailbox")
    posting.post(messages(case)[0].pk, {"mail": gone}, now=NOON)
    survey = Survey.objects.get(case=case)
    assert (survey.state, survey.channel, survey.sent_at) == (State.UNREACHABLE, "", None)
    assert waits_for_answer(case)
    assert surveys.answer(survey, CONTENT, now=NOON).state == State.ANSWERED


def ends_again(case: Case, *, now: datetime) -> Survey:
    """Taken up again and brought to its end, and then its buyer is asked."""
    cases.reopen(Case.objects.get(pk=case.pk), "not_solved", Doer("buyer"), now=now, text="又坏了")
    cases.answer(Case.objects.get(pk=case.pk), hire(ALICE), "再补发一次", now=now)
    cases.close(Case.objects.get(pk=case.pk), "confirmed", by="buyer", now=now)
    return asked(case, now=now)


def test_hl8_who_could_not_be_reached_once_is_asked_when_the_case_ends_again(settings: Settings) -> None:
    settings.SMS_URL = ""
    talk, person = talking(now=NOON, identities={"phone": "13800138000"})
    case = cases.from_conversation(talk, by=person.by, now=NOON)
    cases.answer(case, person, "已为您补发", now=NOON)
    cases.close(Case.objects.get(pk=case.pk), "confirmed", by="buyer", now=NOON)
    assert asked(case).state == State.UNREACHABLE
    settings.SMS_URL = "http://127.0.0.1:1/sms"  # by now there is a way
    assert ends_again(case, now=NOON + timedelta(hours=1)).state == State.SENT


def test_hl8_whose_message_did_not_arrive_gets_another_when_the_case_ends_again() -> None:
    case = closed()
    first = asked(case)
    gone = Outbox()
    gone.fault = Rejected("mailbox full")
    posting.post(messages(case)[0].pk, {"mail": gone}, now=NOON)
    second = ends_again(case, now=NOON + timedelta(hours=1))
    assert (second.pk, second.state, second.digest != first.digest) == (first.pk, State.SENT, True)
    gone.fault = None
    for one in messages(case):
        posting.post(one.pk, {"mail": gone}, now=NOON + timedelta(hours=1))
    assert gone.sent == ["wang@example.com"]


def test_hl8_who_says_no_is_not_asked_again_about_anything() -> None:
    survey = asked(closed())
    surveys.decline(survey, now=NOON)
    surveys.decline(survey, now=NOON)
    later = closed(email="WANG@example.com")
    assert asked(later).state == State.UNWANTED
    assert messages(later) == []
    assert asked(closed(email="li@example.com")).state == State.SENT
    assert "wang" not in str(list(Unasked.objects.values()))
    surveys.allow(survey, now=NOON)
    surveys.allow(survey, now=NOON)
    assert asked(closed()).state == State.SENT


def test_hl8_who_talked_with_us_in_english_is_asked_in_english() -> None:
    talk, person = talking(now=NOON, identities={"email": "li@example.com"}, language="en")
    case = cases.from_conversation(talk, by=person.by, now=NOON)
    cases.resolve(case, [], "已经处理好了", Doer(person.by), now=NOON)
    asked(case)
    assert "has ended. Is it solved" in letter(messages(case)[0]).text


def test_hl8_without_text_messages_a_number_alone_is_asked_on_the_page_only(settings: Settings) -> None:
    settings.SMS_URL = ""
    talk, person = talking(now=NOON, identities={"phone": "13800138000"})
    case = cases.from_conversation(talk, by=person.by, now=NOON)
    cases.resolve(case, [], "已经处理好了", Doer(person.by), now=NOON)
    assert asked(case).state == State.UNREACHABLE
    said = surveys.answer(Survey.objects.get(case=case), CONTENT, now=NOON)
    assert said.state == State.ANSWERED


def test_hl8_who_gave_a_number_only_is_asked_by_sms(settings: Settings) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/sms"
    talk, person = talking(now=NOON, identities={"phone": "13800138000"})
    case = cases.from_conversation(talk, by=person.by, now=NOON)
    cases.resolve(case, [], "已经处理好了", Doer(person.by), now=NOON)
    assert asked(case).channel == "sms"
    assert [(one.channel, one.to) for one in messages(case)] == [("sms", "+8613800138000")]
    assert len(letter(messages(case)[0]).text) < 300


def test_hl8_an_answer_is_a_row_of_case_contact_and_agent_and_its_fact_has_no_words() -> None:
    case = closed()
    said = surveys.answer(asked(case), CONTENT, now=NOON)
    assert (said.case, said.agent, said.solved, said.rating, said.effort) == (case, hire(ALICE), True, 5, 4)
    fact = Fact.objects.get(matter=case.matter, name="survey_answered")
    assert fact.data == {"survey": said.pk, "solved": True, "rating": 5, "effort": 4, "agent_no": ALICE}
    with pytest.raises(Refusal) as no:
        surveys.answer(said, NOT_SOLVED, now=NOON)
    assert no.value.code == "survey_answered"


def test_hl8_that_it_is_solved_confirms_what_we_had_only_said_ourselves() -> None:
    case = settled()
    surveys.answer(asked(case), CONTENT, now=NOON)
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "confirmed")
    assert len(messages(case)) == 1


def test_hl8_that_it_is_not_solved_leaves_the_end_to_the_buyers_tap() -> None:
    case = settled()
    surveys.answer(asked(case), NOT_SOLVED, now=NOON)
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "settled")


def test_hl8_what_was_keyed_after_the_call_is_filled_in_already() -> None:
    call, person = calls.talking(now=NOON)
    case = becomes_a_case(call)
    voice.rate(voice.hung_up(call, Who.AGENT, now=NOON), "4", now=NOON)
    cases.resolve(case, [], "已经处理好了", Doer(person.by), now=NOON)
    assert rating_in_talk(Survey.objects.get(case=case)) == 4


def test_hl8_what_was_tapped_after_a_chat_is_filled_in_too() -> None:
    talk, person = talking(now=NOON)
    case = cases.from_conversation(talk, by=person.by, now=NOON)
    talks.rate(talk, 2, by="buyer", now=NOON)
    cases.resolve(case, [], "已经处理好了", Doer(person.by), now=NOON)
    assert rating_in_talk(Survey.objects.get(case=case)) == 2


def test_hl8_erasing_the_words_of_a_case_erases_those_of_its_survey() -> None:
    case = closed()
    surveys.answer(asked(case), CONTENT, now=NOON)
    cases.erase_words(case, "asked", by="staff:9001", now=NOON)
    survey = Survey.objects.get(case=case)
    assert (survey.words, survey.rating) == ("", 5)
