"""Asking how it was, and noting what the buyer says."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.addresses import address_of
from huiyin.domain.cases.lifecycle import Outcome, Party, Verb
from huiyin.domain.cases.lifecycle import State as CaseState
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.places import possible_for
from huiyin.domain.contacts.actions import normal_identity
from huiyin.domain.contacts.models import Contact
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.notices import actions as notices
from huiyin.domain.notices.actions import Owed
from huiyin.domain.notices.quiet import is_quiet
from huiyin.domain.surveys.events import SurveyAllowed, SurveyAnswered, SurveyDeclined, SurveySent
from huiyin.domain.surveys.models import Survey, Unasked
from huiyin.domain.surveys.queries import digest_of, get_survey, language_of
from huiyin.domain.surveys.rules import LIVES, LONGEST, Answer, State, ask_at
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

_AGAIN = frozenset(
    {State.PLANNED, State.DROPPED, State.UNREACHABLE}
)  # nobody was asked yet: a later end of the case may ask


def plan(locked: Matter, outcome: str, *, now: datetime) -> None:
    """Reaction: the case on this locked matter has ended. Harmless to repeat; a case is asked about once."""
    case = cases.case_on(locked)
    assert case is not None
    values = {"agent": case.owner, "ask_at": ask_at(now, outcome)}
    if often.insert_unless_there(Survey(case=case, **values)):
        return
    known = Survey.objects.get(case=case)
    if known.state in _AGAIN:
        often.change(known, state=State.PLANNED.value, **values)


@verb
def send(survey_id: int, *, now: datetime) -> None:
    """Ask, by the address the buyer gave, unless the case goes on, nobody can be reached, or they said no."""
    survey = _locked(survey_id)
    if survey.state != State.PLANNED or is_quiet(now):
        return
    address = address_of(survey.case)
    if (why_not := _why_not(survey, address)) is not None:
        often.change(survey, state=why_not.value)
        return
    token = secrets.token_urlsafe(16)
    about = {"about": survey.case.matter.no}
    owed = Owed("survey", _once(survey), about, secret=token, language=language_of(survey))
    notice = notices.owe(owed, address, now=now, matter=survey.case.matter)
    if notice is None:
        return
    often.change(
        survey, state=State.SENT.value, channel=notice.channel, digest=digest_of(token), sent_at=now,
        expires_at=now + LIVES, contact=_contact(survey),
    )  # fmt: skip
    sent = SurveySent(survey=survey.pk, channel=notice.channel)
    journal.record(survey.case.matter, sent, by="system", now=now)


def did_not_arrive(locked: Matter) -> None:
    """Reaction: the message about the case on this locked matter could not be delivered: nobody was asked."""
    sent = Survey.objects.filter(case__matter=locked, state=State.SENT)
    sent.update(state=State.UNREACHABLE.value, channel="", sent_at=None)


@verb
def answer(survey: Survey, said: Answer, *, now: datetime) -> Survey:
    """What the buyer says, once. That it is solved confirms what we had only said ourselves. Raises Refusal
    `survey_answered`, `case_open` where we have not asked and the case goes on."""
    ours = _locked(survey.pk)
    if ours.state == State.ANSWERED:
        raise Refusal("survey_answered")
    if ours.case.state != CaseState.CLOSED and ours.state != State.SENT:
        raise Refusal("case_open")
    often.change(
        ours, state=State.ANSWERED.value, answered_at=now, solved=said.solved, rating=said.rating,
        effort=said.effort or None, words=said.words.replace("\x00", "").strip()[:LONGEST], contact=_contact(ours),
    )  # fmt: skip
    answered = SurveyAnswered(
        survey=ours.pk, solved=said.solved, rating=said.rating, effort=said.effort,
        agent_no=ours.agent.agent_no if ours.agent else "",
    )  # fmt: skip
    journal.record(ours.case.matter, answered, by="buyer", now=now, tell=("desk", "queue"))
    if said.solved and _waits_for_word(ours.case, now):
        cases.accept(ours.case, [], Doer("buyer"), now=now)
    return ours


@verb
def decline(survey: Survey, *, now: datetime) -> None:
    """The buyer does not want to be asked: not at any address we know of theirs. Harmless to repeat."""
    ours = _locked(survey.pk)
    for digest in _digests(address_of(ours.case)):
        often.insert_unless_there(Unasked(digest=digest, at=now))
    if ours.state in {State.ANSWERED, State.UNWANTED}:
        return
    often.change(ours, state=State.UNWANTED.value)
    journal.record(ours.case.matter, SurveyDeclined(survey=ours.pk), by="buyer", now=now)


@verb
def allow(survey: Survey, *, now: datetime) -> None:
    """The buyer takes their no back: a tap may have been a slip. Harmless to repeat."""
    ours = _locked(survey.pk)
    if ours.state != State.UNWANTED:
        return
    Unasked.objects.filter(digest__in=list(_digests(address_of(ours.case)))).delete()
    often.change(ours, state=State.SENT.value if ours.sent_at else State.PLANNED.value)
    journal.record(ours.case.matter, SurveyAllowed(survey=ours.pk), by="buyer", now=now)


def forget_words(locked: Matter) -> None:
    """Reaction: the buyer's words on this matter were erased; those of the survey go with them."""
    Survey.objects.filter(case__matter=locked).exclude(words="").update(words="")


def _locked(survey_id: int) -> Survey:
    """A survey whose matter is locked, as it stands now."""
    matter_id = Survey.objects.values_list("case__matter", flat=True).get(pk=survey_id)
    matter = journal.lock_one(matter_id)
    survey = get_survey(survey_id)
    survey.case.matter = matter
    return survey


def _once(survey: Survey) -> str:
    """What makes it the same message: where one before did not arrive, this is another."""
    return f"survey:{survey.pk}:{survey.digest[:16]}" if survey.digest else f"survey:{survey.pk}"


def _contact(survey: Survey) -> Contact | None:
    """The last time the buyer turned to us about it before we asked."""
    return survey.contact or Contact.objects.filter(matter=survey.case.matter_id).order_by("-at", "-pk").first()


def _why_not(survey: Survey, address: Mapping[str, str]) -> State | None:
    """Why nobody is asked, if nobody is."""
    if survey.case.state != CaseState.CLOSED:
        return State.DROPPED
    way = notices.reach(dict(address))
    if way is None or (way[0] == "sms" and not settings.SMS_URL):
        return State.UNREACHABLE
    said_no = Unasked.objects.filter(digest__in=list(_digests(address))).exists()
    return State.UNWANTED if said_no else None


def _waits_for_word(case: Case, now: datetime) -> bool:
    """Whether we only said ourselves that it is settled. "Solved" is no yes to offers left unanswered for a week."""
    if case.outcome != Outcome.SETTLED and case.items.filter(state="offered").exists():
        return False
    return dict(possible_for(case, Party.BUYER, now=now)).get(Verb.ACCEPT, Refusal("wrong_state")) is None


def _digests(address: Mapping[str, str]) -> Iterable[str]:
    key = settings.SECRET_KEY.encode()
    for kind, value in address.items():
        if kind in {"email", "phone"} and value:
            spelt = f"{kind}:{normal_identity(kind, str(value))}"
            yield hmac.digest(key, b"huiyin unasked 1\0" + spelt.encode(), hashlib.sha256).hex()
