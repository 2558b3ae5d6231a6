"""Everything the middle and right columns show of one matter, read once and put into words."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from huiyin.domain.cases import queries
from huiyin.domain.cases.giving import Gift
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.queries import Everything
from huiyin.domain.cases.verbs import Actor, Standing, Verb, verbs
from huiyin.domain.contacts.actions import REVEAL_REASONS
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal.models import Fact, Matter
from huiyin.domain.orders.brakes import AUTHORITY
from huiyin.domain.promises.models import Promise
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.phones import mask_name
from huiyin.web.desk import cards, facts
from huiyin.web.desk.gate import me
from huiyin.web.desk.lines import masked, ring_of
from huiyin.web.ui import words_desk as words
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.times import deadline, short_money
from huiyin.web.ui.words_desk import refusal_at_desk, word
from huiyin.web.ui.words_promises import promise_if_missed
from huiyin.web.ui.words_steps import event_text

REVEALED_S = 600  # a revealed contact stays open this long, so that a live update does not close it
SESSION_REVEALED = "revealed"


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked for, why not, and what was typed, so that nothing is lost."""

    verb: str
    says: str
    typed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the time line: a message of somebody, or a fact."""

    at: datetime
    text: str
    who: str
    kind: str  # buyer | ours | note | fact


@dataclass(frozen=True, slots=True)
class Owed:
    ring: Ring
    what: str
    by: str
    then: str
    state: str


def picture(request: HttpRequest, case: Case, now: datetime, refused: Refused | None = None) -> dict[str, Any]:
    """The template's values for one matter."""
    about = queries.everything_about(case)
    actor, standing = queries.actor(me(request)), queries.standing(case, about.remedies)
    remedies = cards.cards(about, actor, standing)
    seen = {
        "can": _can(actor, standing),
        "remedies": remedies,
        "is_to_do": any(card.is_mine for card in remedies),
        "buyer": _buyer(request, case),
        "refused": refused,
        "typed": refused.typed if refused else {},
    }
    return seen | _facts(case, about, now) | _choices(me(request), case, now)


def _facts(case: Case, about: Everything, now: datetime) -> dict[str, Any]:
    """What is the same for everybody who looks at the matter."""
    return {
        "case": case,
        "no": case.matter.no,
        "title": words.case_title(case),
        "chips": _chips(case),
        "facts": facts.found(case.order) if case.order else [],
        "entries": _entries(about),
        "left_off": about.facts_left_off,
        "owed": _owed(about.promises, now),
        "related": [_related(one) for one in about.related],
    }


def _choices(person: Person, case: Case, now: datetime) -> dict[str, Any]:
    """What the forms offer."""
    return {
        "colleagues": [_colleague(one, now) for one in queries.colleagues(person)],
        "gifts": _gifts(case),
        "authority": short_money(AUTHORITY.get(person.tier, "")),
        "outcomes": [(code, word(words.OUTCOMES, code)) for code in words.CLOSE_OUTCOMES],
        "reveals": [(code, word(words.REVEALS, code)) for code in REVEAL_REASONS],
    }


def _chips(case: Case) -> dict[str, str]:
    return {
        "state": word(words.STATES, case.state),
        "category": word(words.CATEGORIES, case.category),
        "urgency": "" if case.urgency == "normal" else word(words.URGENCIES, case.urgency),
        "channel": word(words.CHANNELS, case.channel),
        "level": gettext(words.LEVELS[case.level]) if case.level else "",
        "owner": case.owner.agent_no if case.owner else "",
        "why": words.why_text(case.why) if case.why else "",
        "outcome": word(words.OUTCOMES, case.outcome) if case.outcome else "",
    }


def _can(actor: Actor, standing: Standing) -> dict[str, dict[str, Any]]:
    """By verb: whether it is possible, else why not. A verb that is missing is not this person's at all."""
    return {
        verb.value: _possible(no) for verb, no in verbs(actor, standing).items() if _is_shown(verb, standing, actor)
    }


def _possible(no: Refusal | None) -> dict[str, Any]:
    return {"yes": no is None, "why": refusal_at_desk(no) if no else ""}


def _is_shown(verb: Verb, standing: Standing, actor: Actor) -> bool:
    """Opposites are never both there: a closed matter shows Reopen, an open one Close; nobody takes their own."""
    if verb is Verb.TAKE:
        return standing.owner != actor.agent_no and not standing.is_closed
    if verb in {Verb.REOPEN, Verb.CLOSE}:
        return (verb is Verb.REOPEN) == standing.is_closed
    return True


def _entries(about: Everything) -> list[Entry]:
    said = [_said(one) for one in about.messages]
    return sorted([*said, *(_happened(one) for one in about.facts)], key=lambda entry: entry.at)


def _said(message: Message) -> Entry:
    kind = "note" if message.internal else "ours" if message.author.startswith("staff:") else "buyer"
    return Entry(message.at, message.text, words.by_text(message.author), kind)


def _happened(fact: Fact) -> Entry:
    who = "" if fact.by == "system" else words.by_text(fact.by)
    return Entry(fact.at, event_text(fact), who, "fact")


def _owed(promises: Sequence[Promise], now: datetime) -> list[Owed]:
    """What runs and what broke without being made up for, by time; then nothing else."""
    newest = {one.kind: one.pk for one in promises}
    shown = [
        one for one in promises
        if one.state in {"running", "paused"} or (one.state == "broken" and newest[one.kind] == one.pk)
    ]  # fmt: skip
    return [
        Owed(
            ring_of(one, now), word(words.PROMISES, one.kind), deadline(one.due, now), promise_if_missed(one), one.state
        )
        for one in shown
    ]


def _buyer(request: HttpRequest, case: Case) -> dict[str, Any]:
    until = request.session.get(SESSION_REVEALED, {}).get(case.matter.no, 0)
    is_open = until > time.time()
    known = getattr(case, "identities", None) or []
    return {
        "name": (case.buyer.name if is_open else mask_name(case.buyer.name)) if case.buyer and case.buyer.name else "",
        "member": word(words.MEMBERS, case.buyer.tier) if case.buyer else "",
        "is_revealed": is_open,
        "ways": [
            (word(words.IDENTITIES, one["kind"]), one["value"] if is_open else masked(one["kind"], one["value"]))
            for one in known
        ],
    }


def _related(matter: Matter) -> dict[str, str]:
    case, order = getattr(matter, "case", None), getattr(matter, "order", None)
    if case is not None:
        title = case.what_happened[:40] or word(words.CATEGORIES, case.category)
        return {"no": matter.no, "title": title, "state": word(words.STATES, case.state)}
    situation = word(words.SITUATIONS, order.situation) if order else ""
    return {"no": "", "title": order.title if order else matter.no, "state": situation}


def _colleague(person: Person, now: datetime) -> tuple[str, str]:
    here = person.on_duty and person.seen_at is not None and (now - person.seen_at).total_seconds() < 180
    state = gettext("on duty") if here else gettext("off duty")
    return person.agent_no, f"{person.agent_no} · {word(words.TIERS, person.tier)} · {state}"


def _gifts(case: Case) -> list[tuple[str, str]]:
    """What can be offered at all; what the shop says about it now comes with the refusal."""
    goods = case.order.snapshot.get("goods", {}) if case.order else {}
    gone = set()
    if not goods.get("alternatives"):
        gone.add(Gift.EXCHANGE)
    if not case.order or case.order.situation != "short_amount":
        gone.add(Gift.MAKE_UP)
    return [(gift.value, word(words.GIFTS, gift.value)) for gift in Gift if gift not in gone]
