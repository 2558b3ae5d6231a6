"""Facts about surveys: codes and figures, never the buyer's words."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class SurveySent(Event):
    name: ClassVar[str] = "survey_sent"
    survey: int
    channel: str


@dataclass(frozen=True, slots=True)
class SurveyAnswered(Event):
    """`effort`: 1 (very hard) to 5 (very easy), 0 = not said; `agent_no`: who answered for the case when it ended."""

    name: ClassVar[str] = "survey_answered"
    survey: int
    solved: bool
    rating: int
    effort: int
    agent_no: str


@dataclass(frozen=True, slots=True)
class SurveyDeclined(Event):
    """The buyer does not want to be asked, about this case and later ones."""

    name: ClassVar[str] = "survey_declined"
    survey: int


@dataclass(frozen=True, slots=True)
class SurveyAllowed(Event):
    """They took that back."""

    name: ClassVar[str] = "survey_allowed"
    survey: int
