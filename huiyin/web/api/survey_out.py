"""What a buyer said when their case had ended, as programs see it."""

from typing import Any

from ninja import Schema

from huiyin.domain.cases.models import Case
from huiyin.domain.surveys.queries import survey_of
from huiyin.web.api.fields import iso


class SurveyOut(Schema):
    """`state`: planned, sent, unreachable, unwanted, dropped, answered. `rating` 1 to 5; `effort` 1 (very hard) to 5
    (very easy), null where it was not said; `agent_no`: who answered for the case when it ended."""

    state: str
    channel: str | None
    sent_at: str | None
    answered_at: str | None
    solved: bool | None
    rating: int | None
    effort: int | None
    words: str
    agent_no: str | None


def survey_line(case: Case) -> dict[str, Any] | None:
    """None as long as the case has not ended once."""
    if case.closed_at is None and not case.reopened:
        return None
    survey = survey_of(case.matter_id)
    if survey is None:
        return None
    return {
        "state": survey.state, "channel": survey.channel or None,
        "sent_at": iso(survey.sent_at) if survey.sent_at else None,
        "answered_at": iso(survey.answered_at) if survey.answered_at else None,
        "solved": survey.solved, "rating": survey.rating, "effort": survey.effort, "words": survey.words,
        "agent_no": survey.agent.agent_no if survey.agent else None,
    }  # fmt: skip
