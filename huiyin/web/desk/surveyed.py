"""What the buyer said when the case had ended (HL8), beside the case."""

from dataclasses import dataclass

from django.utils.translation import gettext

from huiyin.domain.cases.models import Case
from huiyin.domain.surveys.models import Survey
from huiyin.domain.surveys.queries import survey_of
from huiyin.domain.surveys.rules import State
from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_surveys import effort_name


@dataclass(frozen=True, slots=True)
class Surveyed:
    """`tone`: of the chip; `says`: why there is no answer yet."""

    chip: str = ""
    tone: str = ""
    effort: str = ""
    words: str = ""
    says: str = ""


def surveyed(case: Case) -> Surveyed | None:
    """None as long as the case has not ended once."""
    if case.closed_at is None and not case.reopened:
        return None
    survey = survey_of(case.matter_id)
    return _shown(survey) if survey is not None else None


def _shown(survey: Survey) -> Surveyed:
    if survey.state != State.ANSWERED:
        return Surveyed(says=_waits(survey))
    values = {"rating": survey.rating}
    solved = gettext("Solved · %(rating)s of 5") if survey.solved else gettext("Not solved · %(rating)s of 5")
    tone = "green" if survey.solved and (survey.rating or 0) > 3 else "amber"
    return Surveyed(solved % values, tone, effort_name(survey.effort), survey.words)


def _waits(survey: Survey) -> str:
    says = {
        State.PLANNED: gettext("The buyer is asked on %(at)s.") % {"at": deadline(survey.ask_at)},
        State.SENT: gettext("The buyer was asked and has not answered yet."),
        State.UNREACHABLE: gettext("No message reaches the buyer; their page asks."),
        State.UNWANTED: gettext("The buyer does not want to be asked."),
        State.DROPPED: gettext("Taken up again before we asked."),
    }
    return says[State(survey.state)]
