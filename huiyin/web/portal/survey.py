"""How it was (HL8): three questions when a case has ended, opened by the link of our message or from the matter."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.lifecycle import Party, Verb
from huiyin.domain.cases.places import possible_for
from huiyin.domain.surveys import actions as surveys
from huiyin.domain.surveys.models import Survey
from huiyin.domain.surveys.queries import get_survey, rating_in_talk, survey_behind, survey_of
from huiyin.domain.surveys.rules import LONGEST, Answer, State
from huiyin.lib.errors import Refusal
from huiyin.web.portal import visits
from huiyin.web.ui.words import refusal_text
from huiyin.web.ui.words_surveys import efforts, ratings

KEPT = "survey"


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form shows as chosen."""

    solved: str = ""
    rating: int = 0
    effort: int = 0
    words: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def opened(request: HttpRequest) -> HttpResponse:
    """`/s#token` from our message: the token is posted by the page, and stands in no log."""
    if request.method != "POST":
        return render(request, "portal/link.html")
    now = timezone.now()
    survey = survey_behind(visits.posted_token(request, now), now)
    if survey is None:
        raise Refusal("survey_over")
    request.session[KEPT] = survey.pk
    return redirect("portal:survey")


@require_POST
def from_matter(request: HttpRequest, no: str) -> HttpResponse:
    """From the page of a matter that has ended."""
    survey = survey_of(visits.matter_for(request, no).pk)
    if survey is None:
        raise Refusal("survey_over")
    request.session[KEPT] = survey.pk
    return redirect("portal:survey")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The three questions; once answered, thanks and what can still be done."""
    survey, now = _mine(request), timezone.now()
    if survey is None:
        return render(request, "portal/survey_over.html", status=410)
    if survey.state == State.UNWANTED:
        return render(request, "portal/survey_over.html", {"unasked": True})
    if survey.state == State.ANSWERED:
        return render(request, "portal/survey_thanks.html", {"survey": survey, "can_reopen": _can_reopen(survey, now)})
    if request.method != "POST":
        return render(request, "portal/survey.html", _form(survey, Typed(rating=rating_in_talk(survey) or 0)))
    try:
        surveys.answer(survey, _answer(request), now=now)
    except Refusal as no:
        return render(request, "portal/survey.html", _form(survey, _typed(request), refusal_text(no)), status=422)
    return redirect("portal:survey")


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Not solved: one tap takes it up again, with the words that were written."""
    survey = _mine(request)
    if survey is None or survey.solved is not False:
        raise Refusal("survey_over")
    cases.reopen(survey.case, "not_solved", Doer("buyer"), now=timezone.now(), text=survey.words)
    visits.remember_matter(request, survey.case.matter)
    return redirect("portal:matter", no=survey.case.matter.no)


@require_POST
def unwanted(request: HttpRequest) -> HttpResponse:
    """They do not want to be asked, now or later."""
    survey = _mine(request)
    if survey is None:
        raise Refusal("survey_over")
    surveys.decline(survey, now=timezone.now())
    return redirect("portal:survey")


@require_POST
def allowed(request: HttpRequest) -> HttpResponse:
    """They do after all."""
    survey = _mine(request)
    if survey is None:
        raise Refusal("survey_over")
    surveys.allow(survey, now=timezone.now())
    return redirect("portal:survey")


def _mine(request: HttpRequest) -> Survey | None:
    pk = request.session.get(KEPT)
    return get_survey(pk) if pk is not None and Survey.objects.filter(pk=pk).exists() else None


def _form(survey: Survey, typed: Typed, says: str = "") -> dict[str, object]:
    return {
        "survey": survey, "typed": typed, "says": says, "ratings": ratings(), "efforts": efforts(), "most": LONGEST,
        "was_keyed": rating_in_talk(survey) is not None,
    }  # fmt: skip


def _typed(request: HttpRequest) -> Typed:
    numbers = {name: request.POST.get(name, "") for name in ("rating", "effort")}
    rating, effort = (int(one) if one.isascii() and one.isdigit() and len(one) == 1 else 0 for one in numbers.values())
    return Typed(request.POST.get("solved", ""), rating, effort, request.POST.get("words", "")[:LONGEST])


def _answer(request: HttpRequest) -> Answer:
    typed = _typed(request)
    if typed.solved not in {"yes", "no"}:
        raise Refusal("say_if_solved")
    return Answer(typed.solved == "yes", typed.rating, typed.effort, typed.words)


def _can_reopen(survey: Survey, now: datetime) -> bool:
    if survey.solved is not False:
        return False
    return dict(possible_for(survey.case, Party.BUYER, now=now)).get(Verb.REOPEN, Refusal("wrong_state")) is None
