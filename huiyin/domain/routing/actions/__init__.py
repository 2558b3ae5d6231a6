"""The verbs of routing, and the only writers of its tables: waiting, offers, handing over, presence, modes."""

from huiyin.domain.routing.actions.handing import (
    KEPT,
    call_back,
    change_kind,
    hand_over,
    keep_away,
    return_lost,
    take_at_once,
    take_over,
)
from huiyin.domain.routing.actions.modes import set_mode
from huiyin.domain.routing.actions.offers import accept, decline, expire_due, offer, withdraw
from huiyin.domain.routing.actions.owners import stop_waiting, wait_for_owner
from huiyin.domain.routing.actions.presence import (
    RENEW_S,
    Places,
    end_wrap_ups,
    heartbeat,
    leave,
    lose_lapsed,
    set_presence,
    step_back,
    step_in,
)
from huiyin.domain.routing.actions.queues import keep_hours, queue_named, ship_queues, train
from huiyin.domain.routing.actions.rosters import keep_roster
from huiyin.domain.routing.actions.waiting import Want, done, enqueue, leave_queue, mark_urgent, wrapped

__all__ = [
    "KEPT",
    "RENEW_S",
    "Places",
    "Want",
    "accept",
    "call_back",
    "change_kind",
    "decline",
    "done",
    "end_wrap_ups",
    "enqueue",
    "expire_due",
    "hand_over",
    "heartbeat",
    "keep_away",
    "keep_hours",
    "keep_roster",
    "leave",
    "leave_queue",
    "lose_lapsed",
    "mark_urgent",
    "offer",
    "queue_named",
    "return_lost",
    "set_mode",
    "set_presence",
    "ship_queues",
    "step_back",
    "step_in",
    "stop_waiting",
    "take_at_once",
    "take_over",
    "train",
    "wait_for_owner",
    "withdraw",
    "wrapped",
]
