"""The board as a page shows it: figures in words, with the tone that says how they stand."""

import math
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from huiyin.domain.insight import metrics
from huiyin.domain.insight.queries import AgentLine, Board, QueueLine
from huiyin.domain.insight.queries.board import MOST, Near
from huiyin.domain.insight.queries.flow import Flow
from huiyin.domain.insight.queries.opinions import Opinions
from huiyin.domain.insight.queries.waits import Line
from huiyin.domain.promises.promises import State
from huiyin.domain.routing.states import Kind, Presence
from huiyin.domain.voice.actions.turning import WHYS
from huiyin.web.ui.hotline import calls_now
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_console import (
    NOTHING,
    clock_words,
    level_words,
    local_clock,
    mode_words,
    percent,
    queue_title,
)
from huiyin.web.ui.words_desk import PROMISES, word
from huiyin.web.ui.words_desk_live import BREAKS, PRESENCES, span

FEW_QUEUES = 8  # so many keep their places; of more, those where somebody waits come first
GOOD_LEVEL, POOR_LEVEL = 0.9, 0.8  # KP1: nine of ten reach a person
SHOWN = (Presence.AVAILABLE, Presence.BUSY, Presence.WRAP_UP, Presence.BREAK)
MOST_AGENTS = 60


@dataclass(frozen=True, slots=True)
class Big:
    """One of the four numbers. `since`: it is a time that runs; `says`: how it stands, for those who see no colour."""

    name: str
    value: str
    tone: str
    says: str
    since: datetime | None = None
    href: str = ""  # where it can be acted on, for those who may

    @property
    def is_long(self) -> bool:
        """Whether it needs smaller figures to fit: more than `24:46`."""
        return len(self.value) > 5


@dataclass(frozen=True, slots=True)
class Small:
    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    title: str
    waiting: int
    since: datetime | None
    longest: str
    tone: str
    free: int
    talking: int
    answered: int
    offered: int
    level: str
    given_up: str
    closed: str


@dataclass(frozen=True, slots=True)
class AgentRow:
    agent_no: str
    in_hand: int
    since: datetime
    long: str
    reason: str


@dataclass(frozen=True, slots=True)
class StateRow:
    """Everybody who does one thing; `more`: so many more than are named."""

    state: str
    name: str
    count: int
    agents: list[AgentRow]
    more: int


@dataclass(frozen=True, slots=True)
class NearRow:
    no: str
    what: str
    by: str
    owner: str
    is_talk: bool
    is_missed: bool
    ring: Ring


@dataclass(frozen=True, slots=True)
class QuarterRow:
    """A quarter-hour of the day; the chart is drawn from these rows, and they are the table behind it."""

    start: str
    offered: int
    answered: int
    given_up: int
    other: int
    wait_s: int | None
    wait: str
    level: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole board."""

    at: datetime
    clock: str
    mode: str
    is_ordinary: bool
    big: list[Big]
    small: list[Small]
    queues: list[QueueRow]
    states: list[StateRow]
    near: list[NearRow]
    near_more: int
    quarters: list[QuarterRow]
    day_says: str
    within_s: int


def picture(seen: Board) -> Picture:
    """What the templates show of a board."""
    return Picture(
        at=seen.at, clock=local_clock(seen.at), mode=mode_words(seen.mode)["title"],
        is_ordinary=seen.mode == "ordinary", big=_big(seen), small=_small(seen),
        queues=[_queue(line, seen) for line in _in_order(seen.queues)], states=_states(seen.agents, seen.at),
        near=[_near(one, seen.at) for one in seen.near], near_more=seen.near_count - len(seen.near),
        quarters=[_quarter(one) for one in seen.day], day_says=_day_says(seen), within_s=int(seen.aim.within_s),
    )  # fmt: skip


def _big(seen: Board) -> list[Big]:
    return [_waiting(seen), _longest(seen), _level(seen), _fates(seen)]


def _waiting(seen: Board) -> Big:
    free = sum(agent.free for agent in seen.agents)
    stuck = sum(line.waiting for line in seen.queues if not line.free)
    says = gettext("%(free)s free places") % {"free": free}
    if stuck and free:
        says = gettext("%(free)s free places, none for %(stuck)s of them") % {"free": free, "stuck": stuck}
    if not seen.agents:
        says = gettext("nobody is here")
    tone = "red" if seen.waiting and not seen.agents else "amber" if seen.waiting > free or stuck else ""
    return Big(gettext("Waiting"), str(seen.waiting), tone, says)


def _longest(seen: Board) -> Big:
    name = gettext("Longest wait")
    if seen.since is None:
        return Big(name, NOTHING, "green", gettext("nobody waits"))
    waited = (seen.at - seen.since).total_seconds()
    values = {"s": f"{seen.aim.within_s:g}"}
    if waited > seen.aim.within_s:
        return Big(name, clock_words(waited), "red", gettext("longer than the %(s)s s we promise") % values, seen.since)
    tone = "amber" if waited > 0.8 * seen.aim.within_s else ""
    return Big(name, clock_words(waited), tone, gettext("promised: %(s)s s") % values, seen.since)


def _level(seen: Board) -> Big:
    share = metrics.service_level(seen.today)
    name = gettext("Answered within %(s)s s") % {"s": f"{seen.aim.within_s:g}"}
    if share is None:
        return Big(name, NOTHING, "", gettext("nobody has come yet today"))
    tone = "green" if share >= GOOD_LEVEL else "amber" if share >= POOR_LEVEL else "red"
    says = {
        "green": gettext("as we promise"), "amber": gettext("below nine of ten"),
        "red": gettext("far below nine of ten"),
    }[tone]  # fmt: skip
    return Big(name, reached(share), tone, says)


def reached(share: float | None) -> str:
    """A share that is measured against a promise, in whole percent: never rounded up to what it has not reached."""
    return percent(None if share is None else math.floor(100 * share + 1e-9) / 100)


def _fates(seen: Board) -> Big:
    name, count = gettext("Contacts without an answer"), seen.without_fate
    if not count:
        return Big(name, "0", "green", gettext("every matter has its answer"))
    value = f"{count}+" if count >= MOST else str(count)
    return Big(name, value, "amber", gettext("the target is 0"), href=reverse("desk:contacts"))


def _small(seen: Board) -> list[Small]:
    today, work, flow = seen.today, seen.work, seen.flow
    short = {"s": f"{seen.aim.short_s:g}"}
    blocked = sum(flow.blocked.values())
    return [
        _calls(),
        *(_not_live(seen)),
        Small(gettext("Came today"), str(today.offered + today.waiting)),
        Small(gettext("Answered"), str(today.answered)),
        Small(
            gettext("Gave up"), f"{today.abandoned} · {percent(metrics.abandonment(today))}",
            gettext("the share leaves out who left within %(s)s s") % short,
        ),
        Small(
            gettext("Connection rate"), reached(metrics.connection_rate(today)),
            gettext("answered ÷ (all who came − who left within %(s)s s)") % short,
        ),
        Small(gettext("Mean wait"), clock_words(metrics.speed_of_answer(today)), gettext("of those who were answered")),
        Small(
            gettext("Occupancy, last hour"), percent(work.occupancy),
            gettext("talking and wrapping up ÷ the same and being free"),
        ),
        *(_put_up_with(flow)),
        *(_content(seen.opinions)),
        Small(gettext("Left a message"), str(blocked), gettext("closed, full, or nobody came: each became a matter")),
        Small(gettext("Promises missed today"), str(seen.broken)),
    ]  # fmt: skip


def _not_live(seen: Board) -> list[Small]:
    """What waits for a person while nobody sits at the other end; nothing where nothing waits."""
    names = {Kind.CASE.value: gettext("Matters waiting"), Kind.CALLBACK.value: gettext("Calls back waiting")}
    return [_since(name, seen.not_live[kind], seen.at) for kind, name in names.items() if kind in seen.not_live]


def _since(name: str, line: Line, now: datetime) -> Small:
    # in words: "22 · 17:30" would be a time of day
    longest = span((now - line.since).total_seconds()) if line.since else NOTHING
    return Small(name, f"{line.waiting} · {longest}", gettext("how many · for how long the first"))


def _put_up_with(flow: Flow) -> list[Small]:
    """IN11."""
    away = gettext("closed: %(closed)s · full: %(full)s · too many of one caller: %(many)s") % {
        "closed": flow.turned_away.get("queue_closed", 0), "full": flow.turned_away.get("queue_full", 0),
        "many": sum(flow.turned_away.get(why, 0) for why in WHYS),
    }  # fmt: skip
    steps = NOTHING if flow.steps is None else f"{flow.steps:.1f}"
    return [
        Small(gettext("Passed on"), str(flow.handed_over)),
        Small(gettext("Came again within 7 days"), str(flow.repeated)),
        Small(
            gettext("Told twice"), str(flow.told_twice),
            gettext("about the same matter within 24 hours, to somebody else"),
        ),
        Small(gettext("Calls turned away"), str(sum(flow.turned_away.values())), away),
        Small(
            gettext("Keys before a person"), steps,
            gettext("pressed in the menu by those who reached a person (%(calls)s calls)") % {"calls": flow.reached},
        ),
    ]  # fmt: skip


def _content(said: Opinions) -> list[Small]:
    """HL8: what buyers say."""
    mean = NOTHING if said.mean is None else f"{said.mean:.1f}"
    return [
        Small(
            gettext("Content today"), f"{reached(said.share)} · {said.given}",
            gettext("ratings of 4 and 5 ÷ all ratings · how many; mean %(mean)s of 5") % {"mean": mean},
        ),
        Small(
            gettext("Not solved, they say"), f"{said.unsolved} / {said.solved + said.unsolved}",
            gettext("of the surveys answered today; %(asked)s were asked") % {"asked": said.asked},
        ),
    ]  # fmt: skip


def _calls() -> Small:
    """The phone at this moment."""
    now = calls_now()
    parts = {"waiting": now.waiting, "menu": now.menu}
    says = gettext("talking · waiting for a person: %(waiting)s · in the menu: %(menu)s") % parts
    return Small(gettext("On the phone"), f"{now.talking} · {now.waiting}", says)


def _in_order(lines: list[QueueLine]) -> list[QueueLine]:
    """Few keep their places, so that nothing jumps; they come from the query with the longest wait first."""
    return sorted(lines, key=lambda line: line.pk) if len(lines) <= FEW_QUEUES else lines


def _queue(line: QueueLine, seen: Board) -> QueueRow:
    waited = (seen.at - line.since).total_seconds() if line.since else None
    tone = "red" if waited is not None and waited > seen.aim.within_s else ""
    closed = ""
    if not line.is_open:
        opens = gettext("closed, opens %(at)s") % {"at": deadline(line.opens_at)} if line.opens_at else ""
        closed = opens or gettext("closed")
    return QueueRow(
        queue_title(line.title, line.title_en), line.waiting, line.since, clock_words(waited), tone, line.free,
        line.talking, line.today.answered, line.today.offered + line.today.waiting,
        reached(metrics.service_level(line.today)), percent(metrics.abandonment(line.today)), closed,
    )  # fmt: skip


def _states(agents: list[AgentLine], now: datetime) -> list[StateRow]:
    rows = []
    for state in SHOWN:
        own = [agent for agent in agents if agent.state is state]
        named = [_agent(agent, now) for agent in own[:MOST_AGENTS]]
        rows.append(StateRow(state.value, word(PRESENCES, state.value), len(own), named, len(own) - len(named)))
    return rows


def _agent(agent: AgentLine, now: datetime) -> AgentRow:
    reason = word(BREAKS, agent.reason) if agent.state is Presence.BREAK and agent.reason in BREAKS else ""
    long = clock_words((now - agent.since).total_seconds())
    return AgentRow(agent.agent_no, agent.in_hand, agent.since, long, reason)


def _near(one: Near, now: datetime) -> NearRow:
    label = f"{word(PROMISES, one.kind)}, {deadline(one.due, now)}"
    ring = Ring(one.started, one.due, State(one.state), label, now)
    return NearRow(
        one.no, word(PROMISES, one.kind), deadline(one.due, now), one.owner, one.topic == "talk",
        one.state == State.BROKEN, ring,
    )  # fmt: skip


def _quarter(one: metrics.Quarter) -> QuarterRow:
    counts, wait = one.counts, metrics.speed_of_answer(one.counts)
    return QuarterRow(
        local_clock(one.start), counts.offered + counts.waiting, counts.answered, counts.abandoned,
        counts.other + counts.waiting, None if wait is None else round(wait), clock_words(wait),
        reached(metrics.service_level(counts)),
    )  # fmt: skip


def _day_says(seen: Board) -> str:
    """One sentence about the day, which the chart shows in detail (KP7)."""
    ratio = metrics.peak_over_normal(seen.day)
    level = level_words(seen.aim)
    if ratio is None:
        return level
    peak = gettext("In the fullest quarter-hour people waited %(times)s times as long as usual.")
    return f"{peak % {'times': f'{ratio:.1f}'}} {level}"
