"""What every verb of a case begins and ends with: lock, ask the rules, move to the next state."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huiyin.domain.cases import lifecycle
from huiyin.domain.cases.demand import ItemState
from huiyin.domain.cases.lifecycle import Party, State, Verb
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.places import party_of, where
from huiyin.domain.cases.verbs import Actor, Standing, why_not_act
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Fact, Matter
from huiyin.domain.promises import actions as promises
from huiyin.domain.staff.models import Person
from huiyin.lib.bigrams import pairs, plain
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

# what changes what a form was filled in for; news such as a sent notice does not
_CHANGES = (
    "case_assigned", "case_assessed", "case_proposed", "items_decided", "item_arrived", "item_failed", "case_closed",
    "case_reopened", "case_escalated", "material_came", "material_asked", "demand_named", "order_named",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does it: `by` as facts name them; `seen` = the matter's head_seq their page was made of, refused when the
    case has changed since; `behalf` = why somebody says the buyer's word for them."""

    by: str
    seen: int | None = None
    behalf: str = ""

    @property
    def party(self) -> Party:
        return Party.BUYER if self.behalf.strip() else party_of(self.by)


@dataclass(frozen=True, slots=True)
class Begun:
    """A verb that is possible: the locked matter, the case's items, and the member of staff, if it is one."""

    matter: Matter
    items: list[DemandItem]
    person: Person | None


items_of = often.Read(lambda case: DemandItem.objects.filter(case=case).order_by("no"))


def begin(case: Case, verb: Verb, doer: Doer, *, now: datetime) -> Begun:
    """Lock the case and ask whether the verb is possible. Raises Refusal."""
    matter = locked(case, now, doer.seen)
    items = items_of(case.pk)
    refuse_impossible(case, verb, doer, items, now)
    return Begun(matter, items, _person(case, doer))


def locked(case: Case, now: datetime, seen: int | None = None) -> Matter:
    """Lock a case and read it again, after what is late on it has been broken: a verb never ends a clock too late.
    `seen` as in `Doer`: raises Refusal `changed_meanwhile`."""
    matter = journal.lock_one(case.matter_id)
    refuse_stale(matter, seen)
    promises.break_overdue(matter, now=now)
    read_again(case, matter)
    return matter


_FRESH = often.Read(lambda pk: Case.objects.select_related("order", "owner", "buyer").filter(pk=pk))
_NOTE = "case"


def read_again(case: Case, matter: Matter) -> None:
    """The row of a case whose matter is locked, with its order, owner and buyer. Until the end of the verb this object
    is the case: reactions take it from here."""
    fresh = _FRESH.first(case.pk)
    if fresh is None:
        raise Case.DoesNotExist(case.pk)
    case.__dict__.update({name: value for name, value in fresh.__dict__.items() if name != "_state"})
    case.__dict__.pop("_prefetched_objects_cache", None)
    case._state.fields_cache = {**fresh._state.fields_cache, "matter": matter}
    keep_in_mind(case, matter)


def keep_in_mind(case: Case, matter: Matter) -> None:
    """This object is the case until the end of the verb."""
    if (chapter := journal.current()) is not None:
        chapter.notes[_NOTE, matter.pk] = case


def case_on(matter: Matter) -> Case | None:
    """The case of a matter, as the running verb has it or as it stands."""
    if (chapter := journal.current()) is not None and (_NOTE, matter.pk) in chapter.notes:
        known: Case = chapter.notes[_NOTE, matter.pk]
        return known
    return Case.objects.select_related("order", "owner", "buyer").filter(matter=matter).first()


def refuse_impossible(case: Case, verb: Verb, doer: Doer, items: Sequence[DemandItem], now: datetime) -> None:
    """Raise the reason why this cannot be done now, if there is one."""
    party = doer.party
    if party is Party.PROGRAM and verb in lifecycle.BUYERS_WORD:
        raise Refusal("behalf_missing")
    remedies = None if verb in lifecycle.ASK_REMEDIES else ()
    if (no := lifecycle.why_not(verb, where(case, items, now, remedies), party)) is not None:
        raise no


def _person(case: Case, doer: Doer) -> Person | None:
    """The member of staff behind a verb. Raises Refusal where the case is somebody else's."""
    if not doer.by.startswith("staff:"):
        return None
    person = Person.objects.filter(agent_no=doer.by.removeprefix("staff:"), is_active=True).first()
    if person is None:
        raise Refusal("not_for_you")
    owner = case.owner.agent_no if case.owner else ""
    stands = Standing(case.state, owner, about=frozenset(case.about_agents))
    if (no := why_not_act(Actor(person.agent_no, person.tier), stands)) is not None:
        raise no
    return person


def changes_since(matter: Matter, seen: int) -> list[Fact]:
    """What happened after this place of the chain and changes what a form was filled in for."""
    return list(matter.facts.filter(seq__gt=seen, name__in=_CHANGES).order_by("seq"))


def refuse_stale(matter: Matter, seen: int | None) -> None:
    """Raise Refusal `changed_meanwhile` with the difference where a locked case has changed since it was seen."""
    if seen is None or seen >= matter.head_seq:
        return
    since = changes_since(matter, seen)
    changes = [{"seq": fact.seq, "name": fact.name, "by": fact.by, "data": fact.data} for fact in since]
    if changes:
        raise Refusal("changed_meanwhile", changes=changes, seen=seen, now=matter.head_seq)


def move(case: Case, verb: Verb, to: State | None = None, **changes: object) -> State:
    """Write the next state, and whatever else changes with it; returns it."""
    state = lifecycle.target(verb, State(case.state), to)
    if state is not State.PROPOSED and case.silent_at is not None:
        changes |= {"silent_at": None, "reminded": 0}
    often.change(case, state=state.value, **changes)
    return state


_WORDS = """
INSERT INTO cases_casetext (case_id, filed_at, plain, pairs) VALUES (%s, %s, %s, %s)
ON CONFLICT (case_id) DO UPDATE SET plain = EXCLUDED.plain, pairs = EXCLUDED.pairs
"""


def keep_words(case: Case) -> None:
    """Let the search find what the case says now."""
    words = plain(f"{case.what_happened} {case.demand}")
    if words:
        often.run(_WORDS, [case.pk, case.filed_at, words, pairs(words)])


def set_item(item: DemandItem, state: ItemState, **changes: object) -> None:
    """Write an item's state and whatever changes with it."""
    often.change(item, state=state.value, **changes)


def set_items(items: Sequence[DemandItem], state: ItemState, **changes: object) -> None:
    """As `set_item`, the same for several."""
    often.change_all(items, state=state.value, **changes)


def chosen(items: Sequence[DemandItem], nos: Sequence[int], *states: ItemState) -> list[DemandItem]:
    """The items with these numbers, or all that are in one of `states`. Raises Refusal for a number that is not."""
    able = {item.no: item for item in items if item.state in states}
    wrong = sorted(set(nos) - set(able))
    if wrong:
        raise Refusal("no_such_item", items=wrong, possible=sorted(able))
    return [able[no] for no in dict.fromkeys(nos)] if nos else list(able.values())


def salted_hash(text: str) -> str:
    """Facts prove words without keeping them."""
    return hashlib.sha256((secrets.token_hex(16) + text).encode()).hexdigest() if text else ""


def new_salt() -> str:
    """What makes the hash of a short text impossible to guess; it lives beside the text and goes with it."""
    return secrets.token_hex(16)


def words_hash(case: Case) -> str:
    """SHA-256 of the case's salt, what happened and what is wanted, the two texts apart by a NUL, which no text holds.
    `huiyin verify` computes the same from a dossier."""
    return hashlib.sha256(f"{case.salt}{case.what_happened}\0{case.demand}".encode()).hexdigest()
