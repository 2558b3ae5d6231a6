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
from huiyin.domain.cases.places import where
from huiyin.domain.cases.queries import Everything
from huiyin.domain.contacts.actions import REVEAL_REASONS
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal.models import Fact, Matter
from huiyin.domain.orders.brakes import AUTHORITY, authority
from huiyin.domain.orders.models import LIVE
from huiyin.domain.promises.models import Promise
from huiyin.domain.staff.models import Person
from huiyin.lib.money import Money
from huiyin.lib.phones import mask_name
from huiyin.web.desk import assessing, cards, due, exhibits, facts, items, possible, times
from huiyin.web.desk.dialling import dialling
from huiyin.web.desk.gate import me
from huiyin.web.desk.lines import masked, ring_of
from huiyin.web.desk.naming import naming
from huiyin.web.desk.sound_cards import may_take
from huiyin.web.desk.surveyed import surveyed
from huiyin.web.ui import words_desk as words
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.templatetags.huiyin import grouped
from huiyin.web.ui.times import deadline, short_money
from huiyin.web.ui.words_desk import word
from huiyin.web.ui.words_desk_case import DECISIONS, given_text
from huiyin.web.ui.words_promises import promise_if_missed
from huiyin.web.ui.words_steps import event_text

REVEALED_S = 600  # a revealed contact stays open this long, so that a live update does not close it
SESSION_REVEALED = "revealed"


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked for, why not, what was typed, so that nothing is lost, and what others did in the meantime."""

    verb: str
    says: str
    typed: dict[str, list[str]] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """What was written in sentences."""
        names = (name for name in self.typed if name.startswith("text") or name == "reason")
        return [text for name in names for text in self.typed[name] if text.strip()]


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
    about = queries.everything_about(case, me(request))
    actor, standing = queries.actor(me(request)), queries.standing(case, about.remedies)
    remedies = cards.cards(about, actor, standing)
    typed = refused.typed if refused else {}
    stands = where(case, about.items, now, about.remedies)
    can = possible.can(actor, standing, stands)
    seen = {
        "can": can,
        "homeless": _is_homeless(refused, can),
        "decisions": [(code, word(DECISIONS, code)) for code in possible.buyers_words(stands)],
        "remedies": remedies,
        "newest_remedy": max((one.pk for one in about.remedies if one.order_id == case.order_id), default=0),
        "is_to_do": any(card.is_mine for card in remedies),
        "buyer": _buyer(request, case),
        "refused": refused,
        "typed": {name: values[-1] for name, values in typed.items() if values},
        "ticked": typed,
        "offers": items.offer_forms(case, about.items, typed if refused and refused.verb in possible.OFFERS else {}),
    }
    return seen | _facts(case, about, now) | _of_the_case(case, about, now) | _choices(me(request), case, now)


def _of_the_case(case: Case, about: Everything, now: datetime) -> dict[str, Any]:
    """What the problem is, how it is proven, what is due, and who is responsible."""
    return {
        "items": items.rows(about.items, about.promises, now),
        "kinds": items.kinds(),
        "is_ours": any(one.state in items.OURS for one in about.items),
        "proof": exhibits.proof(case, about.evidence),
        "due": due.due(case),
        "used": times.used(case.order, case.category),
        "finding": assessing.finding(case),
        "assessing": assessing.choices(),
        "given": _given(case, about),
        "survey": surveyed(case),
    }


def _is_homeless(refused: Refused | None, can: dict[str, dict[str, Any]]) -> bool:
    """Whether the refused form is not on the page any more, because its verb is not possible now. The composer is."""
    if refused is None or refused.verb in {"answer", "note", "evidence"} or "-" in refused.verb:
        return False
    forms = possible.OFFERS if refused.verb in possible.OFFERS else {refused.verb}
    return not any(can.get(verb, {}).get("yes") for verb in forms)


def _given(case: Case, about: Everything) -> str:
    """What has been given on this order, beside what was paid."""
    if case.order is None:
        return ""
    live = [one for one in about.remedies if one.order_id == case.order_id and one.state in LIVE]
    return given_text(Money(sum(one.amount.fen for one in live)), case.order.amount)


def _facts(case: Case, about: Everything, now: datetime) -> dict[str, Any]:
    """What is the same for everybody who looks at the matter."""
    return {
        "case": case,
        "no": case.matter.no,
        "title": words.case_title(case),
        "chips": _chips(case, about),
        "facts": facts.found(case.order) if case.order else [],
        "entries": _entries(about, case),
        "left_off": about.facts_left_off,
        "owed": _owed(about.promises, now),
        "related": [_related(one) for one in about.related],
    }


def _choices(person: Person, case: Case, now: datetime) -> dict[str, Any]:
    """What the forms offer."""
    return {
        "dial": dialling(case, person),
        "colleagues": [_colleague(one, now) for one in queries.colleagues(person, case)],
        "gifts": _gifts(case),
        "authority": short_money(authority(person.tier, case.buyer.tier if case.buyer else "")),
        "authority_usual": short_money(AUTHORITY.get(person.tier, Money())),
        "reveals": [(code, word(words.REVEALS, code)) for code in REVEAL_REASONS],
        "may_take": may_take(person, case),
    }


def _chips(case: Case, about: Everything) -> dict[str, str]:
    return {
        "state": word(words.STATES, case.state),
        "category": word(words.CATEGORIES, case.category),
        "urgency": "" if case.urgency == "normal" else word(words.URGENCIES, case.urgency),
        "channel": word(words.CHANNELS, case.channel),
        "level": gettext(words.LEVELS[case.level]) if case.level else "",
        "owner": case.owner.agent_no if case.owner else "",
        "why": words.why_text(case.why) if case.why else "",
        "outcome": word(words.OUTCOMES, queries.how_ended(case, about.facts)) if case.outcome else "",
    }


def _entries(about: Everything, case: Case) -> list[Entry]:
    said = [_said(one, case) for one in about.messages]
    return sorted([*said, *(_happened(one) for one in about.facts)], key=lambda entry: entry.at)


def _said(message: Message, case: Case) -> Entry:
    kind = "note" if message.internal else "ours" if message.author.startswith("staff:") else "buyer"
    who = words.by_text(message.author)
    if message.matter_id != case.matter_id and message.matter.topic == "talk":
        who = gettext("%(who)s, in chat %(no)s") % {"who": who, "no": grouped(message.matter.no)}
    return Entry(message.at, message.text, who, kind)


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
        Owed(ring_of(one, now), _owed_what(one), deadline(one.due, now), promise_if_missed(one), one.state)
        for one in shown
    ]


def _owed_what(promise: Promise) -> str:
    what = word(words.PROMISES, promise.kind)
    return gettext("%(what)s, item %(no)s") % {"what": what, "no": promise.about} if promise.about else what


def is_revealed(request: HttpRequest, case: Case) -> bool:
    """Whether this person has had the buyer's addresses shown within the last ten minutes."""
    until: float = request.session.get(SESSION_REVEALED, {}).get(case.matter.no, 0)
    return until > time.time()


def _buyer(request: HttpRequest, case: Case) -> dict[str, Any]:
    is_open = is_revealed(request, case)
    known = getattr(case, "identities", None) or []
    return {
        "name": (case.buyer.name if is_open else mask_name(case.buyer.name)) if case.buyer and case.buyer.name else "",
        "member": word(words.MEMBERS, case.buyer.tier) if case.buyer else "",
        "manager": case.buyer.manager if case.buyer else "",
        "deputy": case.buyer.deputy if case.buyer else "",
        "naming": naming(case.buyer, me(request)),
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
