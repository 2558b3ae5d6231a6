"""What is owed next on a case follows from its promises, from what became of remedies, and from whether it is answered:
after any of that it is looked up anew, once at the end of the verb."""

from typing import Any

from huiyin.domain.cases.actions.owing import note_owed
from huiyin.domain.cases.events import CaseAnswered, CaseFiled, CaseReopened
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Fact
from huiyin.domain.journal.registry import REACTIONS
from huiyin.domain.orders import events as orders
from huiyin.domain.promises import events as promises

CHANGING = (
    promises.PromiseMade, promises.PromiseKept, promises.PromiseWithdrawn, promises.PromiseBroken,
    promises.PromisePaused, promises.PromiseResumed,
    orders.RemedyAsked, orders.RemedyApproved, orders.RemedyStarted, orders.RemedyDone, orders.RemedyFailed,
    orders.RemedyNeedsPerson, CaseFiled, CaseAnswered, CaseReopened,
)  # fmt: skip


def owes_otherwise(fact: Fact, event: Any) -> None:
    """Look again at the end of the verb."""
    journal.at_end(note_owed, fact.matter_id)


def register() -> None:
    """Called once by `DomainConfig.ready`, after all other reactions."""
    for event in CHANGING:
        REACTIONS.at_once.setdefault(event, []).append(owes_otherwise)
