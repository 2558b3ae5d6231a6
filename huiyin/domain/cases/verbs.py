"""What a person may do with a case, and why not (pure).

Everybody who works here sees the cases of the centre. Who answers for a case acts on it; a case without an owner is
anybody's; supervisors and operations act on all. Whoever keeps the system gives no money. Nobody approves or checks
what they asked for or did themselves. Every "no" is a `Refusal`, so that the button can say why and the deed is
refused for the same reason.
"""

from dataclasses import dataclass
from enum import StrEnum

from huiyin.domain.orders.brakes import AUTHORITY, authority
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money

LEADS = {"supervisor", "operations"}
HIGHEST = 2
UNDER_WAY = {"requested", "approved", "executing", "needs_person"}


class Verb(StrEnum):
    ANSWER = "answer"
    NOTE = "note"
    TAKE = "take"
    HAND_OVER = "hand_over"
    ESCALATE = "escalate"
    GIVE = "give"
    CLOSE = "close"
    REOPEN = "reopen"
    REVEAL = "reveal"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants to do it: the agent number and a `Tier` value."""

    agent_no: str
    tier: str

    @property
    def by(self) -> str:
        return f"staff:{self.agent_no}"

    @property
    def gives_money(self) -> bool:
        return bool(AUTHORITY.get(self.tier))


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as these rules see it. `owner` is an agent number or empty."""

    state: str
    owner: str = ""
    level: int = 0
    is_answered: bool = False
    has_order: bool = False
    has_buyer: bool = False
    has_open_remedy: bool = False
    about: frozenset[str] = frozenset()  # agent numbers the complaint is about (CP21)

    @property
    def is_closed(self) -> bool:
        return self.state == "closed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A remedy as these rules see it."""

    state: str
    asked_by: str
    amount: Money
    member_tier: str = "ordinary"


@dataclass(frozen=True, slots=True)
class Task:
    """A manual task: who did it and who checked it, as agent numbers; empty = nobody yet."""

    remedy_state: str
    done_by: str = ""
    checked_by: str = ""


def verbs(actor: Actor, case: Standing) -> dict[Verb, Refusal | None]:
    """Every verb this person can know of, with the reason where it is not possible now."""
    known = [verb for verb in Verb if verb is not Verb.GIVE or actor.gives_money]
    return {verb: why_not(verb, actor, case) for verb in known}


def why_not(verb: Verb, actor: Actor, case: Standing) -> Refusal | None:
    """Why this person cannot do this now; None when they can."""
    if actor.agent_no in case.about:
        return Refusal("about_you")
    if verb is Verb.NOTE:
        return None
    if verb is Verb.REVEAL:
        return None if case.has_buyer else Refusal("nobody_known")
    if verb is Verb.TAKE:
        return _why_not_take(actor, case)
    if (not_mine := why_not_act(actor, case)) is not None:
        return not_mine
    if verb is Verb.REOPEN:
        return None if case.is_closed else Refusal("case_open")
    if case.is_closed:
        return Refusal("case_closed")
    return _why_not_now(verb, actor, case)


def why_not_act(actor: Actor, case: Standing) -> Refusal | None:
    """Cases of others are for those who lead; a case without an owner is anybody's; never one's own failings (CP21)."""
    if actor.agent_no in case.about:
        return Refusal("about_you")
    if actor.tier in LEADS or case.owner in {"", actor.agent_no}:
        return None
    return Refusal("not_yours", owner=case.owner)


def _why_not_take(actor: Actor, case: Standing) -> Refusal | None:
    if case.is_closed:
        return Refusal("case_closed")
    if case.owner == actor.agent_no:
        return Refusal("yours_already")
    return why_not_act(actor, case)


def _why_not_now(verb: Verb, actor: Actor, case: Standing) -> Refusal | None:
    if verb is Verb.ESCALATE and case.level >= HIGHEST:
        return Refusal("at_the_top")
    if verb is Verb.GIVE:
        return _why_not_give(actor, case)
    if verb is Verb.CLOSE and not case.is_answered:
        return Refusal("answer_first")
    if verb is Verb.CLOSE and case.has_open_remedy:
        return Refusal("remedy_open")
    return None


def _why_not_give(actor: Actor, case: Standing) -> Refusal | None:
    if not actor.gives_money:
        return Refusal("gives_no_money")
    return None if case.has_order else Refusal("no_order")


def why_not_approve(actor: Actor, remedy: Asked) -> Refusal | None:
    """RM9: somebody else than who asked, with authority over the amount."""
    if not actor.gives_money:
        return Refusal("gives_no_money")
    if remedy.state != "requested":
        return Refusal("remedy_is", state=remedy.state)
    if remedy.asked_by == actor.by:
        return Refusal("four_eyes")
    limit = authority(actor.tier, remedy.member_tier)
    return Refusal("above_authority", limit=str(limit)) if remedy.amount > limit else None


def why_not_decline(actor: Actor, case: Standing, remedy: Asked) -> Refusal | None:
    """Who asked may take it back; who answers for the case or leads may decline it, with a reason."""
    if not actor.gives_money:
        return Refusal("gives_no_money")
    if remedy.state not in {"requested", "needs_person"}:
        return Refusal("remedy_is", state=remedy.state)
    return None if remedy.asked_by == actor.by else why_not_act(actor, case)


def why_not_finish(actor: Actor, case: Standing, task: Task) -> Refusal | None:
    """Whoever answers for the case does the steps."""
    if not actor.gives_money:
        return Refusal("gives_no_money")
    if task.remedy_state != "needs_person":
        return Refusal("remedy_is", state=task.remedy_state)
    if task.done_by:
        return Refusal("task_is_done")
    return why_not_act(actor, case)


def why_not_check(actor: Actor, task: Task) -> Refusal | None:
    """A second pair of eyes, anybody's who may give money."""
    if not actor.gives_money:
        return Refusal("gives_no_money")
    if task.remedy_state != "needs_person":
        return Refusal("remedy_is", state=task.remedy_state)
    if not task.done_by:
        return Refusal("task_not_done")
    if task.done_by == actor.agent_no:
        return Refusal("four_eyes")
    return Refusal("task_is_checked") if task.checked_by else None
