"""Where things wait, and how long: for programs and people of this centre."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from huiyin.domain.routing.queries import QueueNow, mode_now, queues_now
from huiyin.lib.clock import now
from huiyin.web.api.persons import Anybody
from huiyin.web.api.problems import PROBLEMS

router = Router(tags=["agents"], auth=Anybody())


class QueuesOut(Schema):
    mode: str
    queues: list[QueueNow]


@router.get("", response={200: QueuesOut, **PROBLEMS})
def list_queues(request: HttpRequest) -> dict[str, Any]:
    """Every queue right now."""
    return {"mode": mode_now(), "queues": queues_now(now())}
