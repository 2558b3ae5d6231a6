"""TR1: what we promise everybody, beside what we did: computed from the rows of the last 30 days, never typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Avg, Count, Exists, OuterRef, Q

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.talk import Disposition
from huiyin.domain.insight import metrics
from huiyin.domain.insight.metrics import Aim
from huiyin.domain.insight.queries.flow import AGAIN_WITHIN
from huiyin.domain.insight.queries.waits import day_of, summed
from huiyin.domain.promises.models import Promise
from huiyin.domain.surveys.models import Survey

PERIOD = timedelta(days=30)
VIP_S = 180  # KP4
# what is shown of promises on cases and remedies: kind → the rule that sets it, empty for all of that kind
PROMISED = (("result", "undelivered_key"), ("result", ""), ("first_answer", ""), ("l2_answer", ""), ("callback", ""))


@dataclass(frozen=True, slots=True)
class Standard:
    """One promise to everybody. `share` and `mean_s` of the period, None where nothing happened; `of`: how many."""

    name: str
    aim: float  # the share we promise
    share: float | None
    of: int
    mean_s: float | None = None


@dataclass(frozen=True, slots=True)
class Standards:
    since: datetime
    standards: list[Standard]
    rating: float | None  # 1 to 5
    ratings: int
    surveys: int  # answered
    solved: int  # of them


def standards(now: datetime) -> Standards:
    """As of now, over PERIOD."""
    since = now - PERIOD
    rated = Conversation.objects.filter(started_at__gte=since, rating__isnull=False)
    marks = rated.aggregate(mean=Avg("rating"), count=Count("pk"))
    answered = Survey.objects.filter(answered_at__gte=since)
    surveys = answered.aggregate(all=Count("pk"), solved=Count("pk", filter=Q(solved=True)))
    return Standards(
        since, [*_chats(since, now), _first_time(since, now), *_promises(since)], marks["mean"], marks["count"],
        surveys["all"], surveys["solved"],
    )  # fmt: skip


def _chats(since: datetime, now: datetime) -> Iterable[Standard]:
    counts = summed(day_of(since, now, Aim(settings.SERVICE_LEVEL_S, settings.SHORT_ABANDON_S)))
    level, mean = metrics.service_level(counts), metrics.speed_of_answer(counts)
    yield Standard("answered_in_time", 0.9, level, counts.offered, mean)
    yield Standard("reached_a_person", 0.9, metrics.connection_rate(counts), counts.offered)
    vip = summed(day_of(since, now, Aim(VIP_S, settings.SHORT_ABANDON_S), tier="diamond"))
    yield Standard("diamond_in_time", 0.99, metrics.service_level(vip), vip.offered, metrics.speed_of_answer(vip))


def _first_time(since: datetime, now: datetime) -> Standard:
    """Of the talks that a person has wrapped up a week ago or longer, whose buyer we know: how many were settled there
    and then, and the buyer has not come again within that week. Served by `talk_by_buyer`."""
    again = Conversation.objects.filter(
        buyer=OuterRef("buyer"),
        started_at__gt=OuterRef("ended_at"),
        started_at__lte=OuterRef("ended_at") + AGAIN_WITHIN,
    )
    talks = Conversation.objects.filter(started_at__gte=since, ended_at__lte=now - AGAIN_WITHIN, buyer__isnull=False)
    wrapped = talks.exclude(disposition__in=["", Disposition.NO_ANSWER, Disposition.ABUSE])
    settled = Q(disposition__in=[Disposition.SOLVED, Disposition.INFORMED]) & ~Q(Exists(again))
    sums = wrapped.aggregate(all=Count("pk"), settled=Count("pk", filter=settled))
    share = sums["settled"] / sums["all"] if sums["all"] else None
    return Standard("settled_first_time", 0.8, share, sums["all"])


def _promises(since: datetime) -> Iterable[Standard]:
    """Of the promises whose time came: how many were kept. Those withdrawn owe nobody anything."""
    ended = Promise.objects.filter(obligor="us", state__in=["kept", "broken"], ended_at__gte=since)
    rows = ended.values_list("kind", "reason").annotate(kept=Count("pk", filter=Q(state="kept")), whole=Count("pk"))
    counted = {(kind, reason): (kept, whole) for kind, reason, kept, whole in rows}
    for kind, reason in PROMISED:
        fits = [n for (k, r), n in counted.items() if k == kind and reason in ("", r)]
        kept, whole = sum(n[0] for n in fits), sum(n[1] for n in fits)
        name = f"promise_{reason or kind}"
        yield Standard(name, 1.0, kept / whole if whole else None, whole)
