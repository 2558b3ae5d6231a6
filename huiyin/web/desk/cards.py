"""Remedies as the desk shows them: state, who asked and why, the task to do by hand, and who may decide."""

from dataclasses import dataclass

from huiyin.domain.cases.queries import Everything, task_standing
from huiyin.domain.cases.verbs import (
    Actor,
    Asked,
    Standing,
    why_not_approve,
    why_not_check,
    why_not_decline,
    why_not_finish,
)
from huiyin.domain.orders.models import ManualTask, Remedy
from huiyin.lib.errors import Refusal
from huiyin.web.ui.times import money
from huiyin.web.ui.words_desk import WHYS, by_text, refusal_at_desk, word
from huiyin.web.ui.words_desk_case import reason_at_desk
from huiyin.web.ui.words_remedies import remedy_name, remedy_state
from huiyin.web.ui.words_steps import step_text

TONES = {"done": "green", "failed": "red", "needs_person": "amber", "requested": "amber"}


@dataclass(frozen=True, slots=True)
class Button:
    """A decision. `why` is empty when it is possible."""

    verb: str
    why: str


@dataclass(frozen=True, slots=True)
class TaskCard:
    steps: list[str]
    why: str
    proof: str
    done_by: str
    checked_by: str
    finish: Button
    check: Button


@dataclass(frozen=True, slots=True)
class Card:
    """One remedy. `stop`: the brake that put it to a person. The buttons are None where nothing is to be decided."""

    pk: int
    name: str
    amount: str
    state: str
    tone: str
    asked_by: str
    asked_at: object
    approved_by: str
    reason: str
    detail: str
    stop: str
    approve: Button | None
    decline: Button | None
    task: TaskCard | None

    @property
    def is_open(self) -> bool:
        """Whether somebody must still decide or do something."""
        return self.tone == "amber"

    @property
    def is_mine(self) -> bool:
        """Whether this person can decide or do it now: then it is the first thing to do on the screen."""
        buttons = [self.task.check if self.task.done_by else self.task.finish] if self.task else [self.approve]
        return any(button is not None and not button.why for button in buttons)

    @property
    def verb(self) -> dict[str, str]:
        """The names under which a refused decision comes back to its form."""
        return {name: f"{name}-{self.pk}" for name in ("approve", "decline", "finish", "check")}


def cards(about: Everything, actor: Actor, standing: Standing) -> list[Card]:
    """What waits for a decision first, then the others, the newest first."""
    stops = {fact.data["remedy"]: fact.data.get("stop", "") for fact in about.facts if fact.name == "remedy_asked"}
    made = [_card(one, about.tasks.get(one.pk), stops.get(one.pk, ""), actor, standing) for one in about.remedies]
    return sorted(made, key=lambda card: (not card.is_open, -card.pk))


def _card(remedy: Remedy, task: ManualTask | None, stop: str, actor: Actor, standing: Standing) -> Card:
    asked = Asked(remedy.state, remedy.asked_by, remedy.amount)
    decides = actor.gives_money
    amount = remedy.request.get("amount", "0.00")
    return Card(
        pk=remedy.pk, name=remedy_name(remedy.kind), amount="" if amount == "0.00" else money(amount),
        state=remedy_state(remedy), tone=TONES.get(remedy.state, ""),
        asked_by=by_text(remedy.asked_by), asked_at=remedy.asked_at, approved_by=by_text(remedy.approved_by),
        reason=reason_at_desk(remedy.reason), detail="" if remedy.detail == "on_its_way" else word(WHYS, remedy.detail),
        stop=word(WHYS, stop) if stop and remedy.state == "requested" else "",
        approve=_button("approve", why_not_approve(actor, asked)) if decides and remedy.state == "requested" else None,
        decline=_button("decline", why_not_decline(actor, standing, asked))
        if decides and remedy.state in {"requested", "needs_person"} else None,
        task=_task(remedy, task, actor, standing) if task and remedy.state == "needs_person" else None,
    )  # fmt: skip


def _task(remedy: Remedy, task: ManualTask, actor: Actor, standing: Standing) -> TaskCard:
    seen = task_standing(remedy, task)
    return TaskCard(
        steps=[step_text(step) for step in task.steps], why=word(WHYS, task.why), proof=task.proof,
        done_by=seen.done_by, checked_by=seen.checked_by,
        finish=_button("finish", why_not_finish(actor, standing, seen)),
        check=_button("check", why_not_check(actor, seen)),
    )  # fmt: skip


def _button(verb: str, no: Refusal | None) -> Button:
    return Button(verb, refusal_at_desk(no) if no else "")
