"""IN11: what buyers had to put up with today. How each figure is counted stands in docs/reference/figures.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.models import Fact
from huiyin.domain.voice.actions.turning import refused_since
from huiyin.domain.voice.calls import Direction
from huiyin.domain.voice.models import Call

AGAIN_WITHIN = timedelta(days=7)
TWICE_WITHIN = timedelta(hours=24)
_COUNTED = ("conversation_handed_over", "message_left")


@dataclass(frozen=True, slots=True)
class Flow:
    """Of one day. `turned_away`: queue_closed, queue_full (a call-back or the recorder was offered), and attempts that
    reached no menu: limit, busy, flood."""

    handed_over: int
    repeated: int  # came again within a week
    told_twice: int  # about the same matter within a day, to somebody else
    blocked: Mapping[str, int]  # queue_closed, queue_full, nobody_came → conversations that became a message
    turned_away: Mapping[str, int]
    steps: float | None  # keys pressed in the menu before a person came, on average
    reached: int  # calls that reached a person


def flow(start: datetime) -> Flow:
    """Since then. Served by the index `fact_name_at`."""
    told = Fact.objects.filter(name__in=_COUNTED, at__gte=start).values_list("name", "data__why")
    counted = {(name, why or ""): count for name, why, count in told.annotate(Count("pk"))}

    def of(wanted: str) -> dict[str, int]:
        return {why: count for (name, why), count in counted.items() if name == wanted}

    handed = sum(count for why, count in of("conversation_handed_over").items() if why != "agent_away")
    steps, reached = _steps(start)
    return Flow(
        handed_over=handed, repeated=_came_again(start), told_twice=_told_twice(start), blocked=of("message_left"),
        turned_away=_turned_away(start) | refused_since(start), steps=steps, reached=reached,
    )  # fmt: skip


# Who insists hears it twice, of another queue with another reason: a call counts once, by what it heard first.
_AWAY = """
SELECT why, COUNT(*) FROM (
    SELECT DISTINCT ON (matter_id) data->>'why' AS why FROM journal_fact WHERE name = 'call_turned_away' AND at >= %s
    ORDER BY matter_id, seq
) AS first GROUP BY why
"""


def _turned_away(start: datetime) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_AWAY, [start])
        return dict(cursor.fetchall())


def _came_again(start: datetime) -> int:
    """Conversations of today whose buyer had talked with us within a week before. Served by `talk_by_buyer`."""
    before = Conversation.objects.filter(
        buyer=OuterRef("buyer"), started_at__lt=OuterRef("started_at"), started_at__gte=start - AGAIN_WITHIN
    )
    return _begun(start).filter(Exists(before), buyer__isnull=False).count()


def _told_twice(start: datetime) -> int:
    """Conversations of today that came within a day after one with somebody else: about the same case, or with the
    same buyer where one of the two belongs to no case. Served by the index of the case and by `talk_by_buyer`."""
    a_day_before = OuterRef("started_at") - TWICE_WITHIN
    earlier = Conversation.objects.filter(started_at__lt=OuterRef("started_at"), started_at__gte=a_day_before)
    before = earlier.filter(agent__isnull=False).exclude(agent=OuterRef("agent"))
    same_case = before.filter(case=OuterRef("case"))
    same_buyer = before.filter(buyer=OuterRef("buyer"))
    has_no_other = Q(Exists(same_buyer.filter(case=None))) | Q(Exists(same_buyer), case=None)
    return _begun(start).filter(Exists(same_case) | has_no_other, agent__isnull=False).count()


def _begun(start: datetime) -> QuerySet[Conversation]:
    """Conversations in which somebody came to us: not calls that we make ourselves."""
    started = Fact.objects.filter(name="conversation_started", at__gte=start).values("matter")
    ours = Call.objects.filter(matter=OuterRef("matter"), direction=Direction.OUT)
    return Conversation.objects.filter(~Exists(ours), matter__in=started)


# A call is connected again when it is passed on: it counts once.
_STEPS = """
SELECT AVG(jsonb_array_length(call.pressed))::float, COUNT(*) FROM voice_call call
WHERE call.direction = 'in' AND call.matter_id IN (
    SELECT matter_id FROM journal_fact WHERE name = 'call_connected' AND at >= %s)
"""


def _steps(start: datetime) -> tuple[float | None, int]:
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [start])
        mean, reached = cursor.fetchone() or (None, 0)
    return mean, reached
