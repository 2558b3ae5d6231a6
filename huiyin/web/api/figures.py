"""The figures of today, as the board shows them; how each is counted: docs/reference/figures.md."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from huiyin.domain.insight import metrics
from huiyin.domain.insight.queries import Board, board
from huiyin.domain.staff.models import Person
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.api.fields import iso
from huiyin.web.api.problems import PROBLEMS
from huiyin.web.api.talkers import staff_or_program

router = Router(tags=["figures"])  # programs with the scope `conversations`, and those who lead


class WaitsOut(Schema):
    """Of those who came to a queue today; times in seconds, shares 0 to 1, null where nobody counts."""

    came: int
    waiting: int
    answered: int
    abandoned: int
    service_level: float | None
    within_s: float
    connection_rate: float | None
    abandonment: float | None
    mean_wait_s: float | None


class FlowOut(Schema):
    """IN11. `turned_away`: by reason (queue_closed, queue_full, limit, busy, flood); `left_message`: likewise."""

    turned_away: dict[str, int]
    left_message: dict[str, int]
    handed_over: int
    came_again: int
    told_twice: int
    keys_before_a_person: float | None
    calls_that_reached_a_person: int


class OpinionsOut(Schema):
    """HL8. `csat`: ratings of 4 and 5 ÷ `ratings`."""

    ratings: int
    csat: float | None
    mean: float | None
    solved: int
    not_solved: int
    asked: int
    effort: float | None


class FiguresOut(Schema):
    """As of `at`, since `since` (midnight where the business is). `without_fate`: CP15, the target is 0."""

    at: str
    since: str
    without_fate: int
    promises_missed: int
    waits: WaitsOut
    flow: FlowOut
    opinions: OpinionsOut


@router.get("", response={200: FiguresOut, **PROBLEMS})
def get_figures(request: HttpRequest) -> dict[str, Any]:
    """Today's figures."""
    who = staff_or_program(request)
    if isinstance(who, Person) and not who.leads:
        raise Refusal("only_leads")
    seen = board(now())
    return {
        "at": iso(seen.at), "since": iso(seen.start), "without_fate": seen.without_fate,
        "promises_missed": seen.broken, "waits": _waits(seen), "flow": _flow(seen), "opinions": _opinions(seen),
    }  # fmt: skip


def _waits(seen: Board) -> dict[str, Any]:
    today = seen.today
    return {
        "came": today.offered + today.waiting, "waiting": today.waiting, "answered": today.answered,
        "abandoned": today.abandoned, "service_level": metrics.service_level(today), "within_s": seen.aim.within_s,
        "connection_rate": metrics.connection_rate(today), "abandonment": metrics.abandonment(today),
        "mean_wait_s": metrics.speed_of_answer(today),
    }  # fmt: skip


def _flow(seen: Board) -> dict[str, Any]:
    flow = seen.flow
    return {
        "turned_away": dict(flow.turned_away), "left_message": dict(flow.blocked), "handed_over": flow.handed_over,
        "came_again": flow.repeated, "told_twice": flow.told_twice, "keys_before_a_person": flow.steps,
        "calls_that_reached_a_person": flow.reached,
    }  # fmt: skip


def _opinions(seen: Board) -> dict[str, Any]:
    said = seen.opinions
    return {
        "ratings": said.given, "csat": said.share, "mean": said.mean, "solved": said.solved,
        "not_solved": said.unsolved, "asked": said.asked, "effort": said.effort,
    }  # fmt: skip
