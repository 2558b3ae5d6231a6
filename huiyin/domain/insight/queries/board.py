"""The board: what is going on at this instant, and how the day has gone (IN1, IN11, CP15)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Contact
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.insight.metrics import Aim, Counts, Quarter
from huiyin.domain.insight.queries.flow import Flow, flow
from huiyin.domain.insight.queries.opinions import Opinions, opinions
from huiyin.domain.insight.queries.people import AgentLine, agents_now, work_since
from huiyin.domain.insight.queries.waits import Line, QueueLine, day_of, lines_of, not_live, quarters_of, summed
from huiyin.domain.insight.spans import Worked
from huiyin.domain.journal.models import Fact
from huiyin.domain.promises.models import Promise
from huiyin.domain.routing.queries import mode_now

LATELY = timedelta(hours=1)  # over which occupancy is told: how full people are now, not how the morning was
NEAR = timedelta(hours=24)  # what is due later is not near, however much of its time is used up
MOST_NEAR = 6
MOST_LATE = 3  # of them: what can still be kept stays in sight
MOST = 1000  # what is counted no further: "1000 and more"


@dataclass(frozen=True, slots=True)
class Near:
    """A promise of ours in its last fifth, or missed and not made up for. `owner`: whose it is, empty when nobody's."""

    no: str
    topic: str
    kind: str
    reason: str
    started: datetime
    due: datetime
    state: str
    owner: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows, as of `at`."""

    at: datetime
    start: datetime
    aim: Aim
    mode: str
    queues: list[QueueLine]
    not_live: dict[str, Line]
    today: Counts
    day: list[Quarter]
    agents: list[AgentLine]
    work: Worked
    near: list[Near]
    near_count: int
    broken: int
    without_fate: int
    flow: Flow
    opinions: Opinions

    @property
    def waiting(self) -> int:
        return sum(line.waiting for line in self.queues)

    @property
    def since(self) -> datetime | None:
        """When whoever waits longest arrived."""
        return min((line.since for line in self.queues if line.since), default=None)


def board(now: datetime) -> Board:
    """The board at this instant; the number of statements does not depend on how much is going on."""
    start, aim = midnight(now), Aim(settings.SERVICE_LEVEL_S, settings.SHORT_ABANDON_S)
    parts = day_of(start, now, aim)
    agents, free = agents_now(now)
    late, near = _late(now), _near(now)
    return Board(
        at=now, start=start, aim=aim, mode=mode_now(), queues=lines_of(parts, free, now), not_live=not_live(),
        today=summed(parts), day=quarters_of(parts, start, now), agents=agents, work=work_since(now - LATELY, now),
        near=_named([*late[:MOST_LATE], *near][:MOST_NEAR]), near_count=len(late) + len(near),
        broken=_broken_since(start), without_fate=without_fate(), flow=flow(start), opinions=opinions(start),
    )  # fmt: skip


def midnight(now: datetime) -> datetime:
    """When today began, in the zone of the business."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)


def without_fate() -> int:
    """CP15: contacts that nobody has answered, joined, called back or closed; the target is 0."""
    return Contact.objects.filter(fate__isnull=True).order_by()[:MOST].count()


def _near(now: datetime) -> list[Promise]:
    """Served by the index `promise_due`."""
    running = Promise.objects.filter(state="running", obligor="us", due__lte=now + NEAR, warn_at__lte=now)
    return list(running.select_related("matter").order_by("due", "pk")[:MOST])


def _late(now: datetime) -> list[Promise]:
    """Missed within a day and not made up for: nothing of the kind was promised anew, nobody has answered since, and
    the matter is open. Served by the index `fact_name_at`."""
    lately = Fact.objects.filter(name="promise_broken", at__gt=now - NEAR).values("matter")
    again = Promise.objects.filter(matter=OuterRef("matter"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    broken = Promise.objects.filter(matter__in=lately, state="broken", obligor="us", due__gt=now - NEAR)
    cases, talks = (model.objects.filter(matter=OuterRef("matter")) for model in (Case, Conversation))
    said = Message.objects.filter(matter=OuterRef("matter"), author__startswith="staff:", internal=False)
    calls = talks.filter(channel="phone", answered_at__isnull=False)
    answered = Exists(cases.filter(answered_at__isnull=False)) | Exists(calls) | Exists(said)
    over = Exists(cases.filter(state="closed")) | (~Exists(cases) & Exists(talks.filter(state="ended")))
    still = broken.exclude(over).exclude(answered, kind="first_answer")
    left = still.exclude(Exists(again.filter(about=OuterRef("about"))))
    return list(left.select_related("matter").order_by("due", "pk")[:MOST])


def _named(promises: list[Promise]) -> list[Near]:
    matters = [one.matter_id for one in promises]
    owners = dict(Case.objects.filter(matter__in=matters, owner__isnull=False).values_list("matter", "owner__agent_no"))
    talks = Conversation.objects.filter(matter__in=matters, agent__isnull=False)
    owners |= dict(talks.values_list("matter", "agent__agent_no"))
    return [
        Near(
            one.matter.no, one.matter.topic, one.kind, one.reason, one.started, one.due, one.state,
            owners.get(one.matter_id, ""),
        )
        for one in promises
    ]  # fmt: skip


def _broken_since(start: datetime) -> int:
    """Served by the index `fact_name_at`."""
    return Fact.objects.filter(name="promise_broken", at__gte=start).count()
