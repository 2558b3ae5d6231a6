"""The verbs of orders, and the only writers of their tables: searching, remedies, manual tasks, shop events."""

from huiyin.domain.orders.actions.events_in import handled, take_in
from huiyin.domain.orders.actions.remedies import (
    approve,
    ask_remedy,
    begin,
    close_breaker,
    decline,
    fail,
    finish,
    hand_to_person,
)
from huiyin.domain.orders.actions.searches import (
    ask_person,
    keep_finding,
    keep_order,
    offer_choice,
    retry_later,
    settled,
    shown,
    wait,
    watch_later,
)
from huiyin.domain.orders.actions.tasks import check_task, finish_task
from huiyin.domain.orders.actions.terms_in import keep_terms

__all__ = [
    "approve",
    "ask_person",
    "ask_remedy",
    "begin",
    "check_task",
    "close_breaker",
    "decline",
    "fail",
    "finish",
    "finish_task",
    "hand_to_person",
    "handled",
    "keep_finding",
    "keep_order",
    "keep_terms",
    "offer_choice",
    "retry_later",
    "settled",
    "shown",
    "take_in",
    "wait",
    "watch_later",
]
