"""Where things wait, and how long: for programs and people of this centre."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from huiyin.domain.routing.queries import QueueNow, mode_now, queues_now
from huiyin.lib.clock import now
from huiyin.web.api.fields import iso
from huiyin.web.api.persons import Anybody
from huiyin.web.api.problems import PROBLEMS

router = Router(tags=["agents"], auth=Anybody())


class QueueOut(Schema):
    """`expected_wait_s` is null where nobody is here to answer; `opens_at` where nobody can say when."""

    slug: str
    title: str
    title_en: str
    waiting: int
    longest_wait_s: int
    available: int
    talking: int
    expected_wait_s: int | None
    is_open: bool
    opens_at: str | None


class QueuesOut(Schema):
    mode: str
    queues: list[QueueOut]


@router.get("", response={200: QueuesOut, **PROBLEMS})
def list_queues(request: HttpRequest) -> dict[str, Any]:
    """Every queue right now."""
    return {"mode": mode_now(), "queues": [_queue(one) for one in queues_now(now())]}


def _queue(one: QueueNow) -> dict[str, Any]:
    return {**asdict(one), "opens_at": iso(one.opens_at) if one.opens_at else None}
