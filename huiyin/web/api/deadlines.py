"""Deadlines: when a span of time is over, by any calendar."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from huiyin.lib.calendars import calendar_from
from huiyin.lib.errors import Refusal
from huiyin.lib.working_time import Calendar, Pause, Unit, due
from huiyin.web.api.auth import Key
from huiyin.web.api.fields import Input
from huiyin.web.api.problems import PROBLEMS

router = Router(tags=["deadlines"], auth=Key("deadlines"))
Time = Annotated[str, Field(max_length=40, description="ISO 8601; without an offset: in the zone of the calendar")]


class PauseIn(Input):
    start: Time
    end: Time


class DeadlineIn(Input):
    """`calendar`: `cn` (Monday to Friday 9 to 18 with the announced Chinese holidays; what is used without one),
    `always`, or `{timezone, weekly, holidays, special}` inline."""

    start: Time
    amount: Annotated[int, Field(strict=True)]
    unit: Unit
    calendar: str | dict[str, Any] | None = None
    pauses: Annotated[list[PauseIn], Field(max_length=1_000)] | None = None


class DeadlineOut(Schema):
    """`due` carries the offset of the calendar's zone; `estimated`: a year it touches is not announced yet."""

    due: str
    estimated: bool


@router.post("", response={200: DeadlineOut, **PROBLEMS})
def compute_deadline(request: HttpRequest, body: DeadlineIn) -> dict[str, Any]:
    """When `amount` units after `start` are over, pauses left out."""
    calendar = calendar_from("cn" if body.calendar is None else body.calendar)
    pauses = [Pause(_moment(p.start, calendar), _moment(p.end, calendar)) for p in body.pauses or []]
    end = due(_moment(body.start, calendar), body.amount, body.unit, calendar, pauses)
    return {"due": end.at.astimezone(calendar.zone).isoformat(), "estimated": end.estimated}


def _moment(text: str, calendar: Calendar) -> datetime:
    """A time as given; one without an offset is a wall clock where the calendar is. Raises Refusal('time_invalid')."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as fault:
        raise Refusal("time_invalid", at=text) from fault
    return at if at.tzinfo else at.replace(tzinfo=calendar.zone)
