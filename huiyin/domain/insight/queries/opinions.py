"""HL8: how content buyers are, by what they said today: after a talk, and when their case had ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

CONTENT: Final = 4  # of 5, and better


@dataclass(frozen=True, slots=True)
class Opinions:
    """Of one day. `given`: ratings; `content`: those of 4 and 5; `solved`, `unsolved`: answers to surveys; `asked`:
    surveys sent; `effort`: mean, 1 (very hard) to 5 (very easy)."""

    given: int
    content: int
    mean: float | None
    solved: int
    unsolved: int
    asked: int
    effort: float | None

    @property
    def share(self) -> float | None:
        """CSAT: the share of ratings of 4 and 5; None without any."""
        return self.content / self.given if self.given else None


# The newest word about a talk counts. Where the same buyer has answered the survey about its case since, that one
# counts instead: it began with what they had keyed. What is keyed after it is a word of its own. Served by
# `fact_name_at` and `survey_answered`.
_SAID = """
WITH rated AS (
    SELECT DISTINCT ON (fact.matter_id) fact.matter_id, fact.at, (fact.data->>'rating')::int AS rating
    FROM journal_fact fact WHERE fact.name = 'conversation_rated' AND fact.at >= %(start)s
    ORDER BY fact.matter_id, fact.seq DESC
), answered AS (
    SELECT rating, solved, effort FROM surveys_survey WHERE answered_at >= %(start)s
), given AS (
    SELECT rated.rating FROM rated JOIN conversations_conversation talk ON talk.matter_id = rated.matter_id
    WHERE NOT EXISTS (
        SELECT 1 FROM cases_case concerned JOIN surveys_survey survey ON survey.case_id = concerned.id
        WHERE concerned.matter_id = talk.case_id AND survey.answered_at >= rated.at)
    UNION ALL SELECT rating FROM answered
)
SELECT (SELECT COUNT(*) FROM given), (SELECT COUNT(*) FROM given WHERE rating >= %(content)s),
    (SELECT AVG(rating)::float FROM given), (SELECT COUNT(*) FROM answered WHERE solved),
    (SELECT COUNT(*) FROM answered WHERE NOT solved),
    (SELECT COUNT(*) FROM journal_fact WHERE name = 'survey_sent' AND at >= %(start)s),
    (SELECT AVG(effort)::float FROM answered)
"""


def opinions(start: datetime) -> Opinions:
    """What buyers have said since then."""
    with connection.cursor() as cursor:
        cursor.execute(_SAID, {"start": start, "content": CONTENT})
        row = cursor.fetchone()
    assert row is not None
    return Opinions(*row)
