"""How a case goes from the first word to its end: which verb is possible in which state, and where it leads.

The table below is the whole of it; docs/reference/lifecycle.md is drawn from it. A case that is not closed always has a
way on, and every state leads to an end. Where several ends are named, what became of the demand items decides: see
`offers.state_after`. Whatever is not possible says why, because a button that does nothing is an answer to nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from huiyin.lib.errors import Refusal

REOPENS_WITHIN: Final = timedelta(days=30)
HIGHEST: Final = 2  # owner, supervisor, operations


class State(StrEnum):
    DRAFT = "draft"  # on the buyer's own device, no row of ours
    FILED = "filed"
    ACKNOWLEDGED = "acknowledged"
    ASSESSED = "assessed"
    INVESTIGATING = "investigating"
    WAITING_FOR_BUYER = "waiting_for_buyer"
    PROPOSED = "proposed"
    NEGOTIATING = "negotiating"
    ESCALATED = "escalated"
    ACCEPTED = "accepted"
    CARRYING_OUT = "carrying_out"
    CLOSED = "closed"


class Verb(StrEnum):
    FILE = "file"
    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    ASSESS = "assess"  # who is responsible, which category, how urgent
    ANSWER = "answer"
    NOTE = "note"
    ADD = "add"  # the buyer adds something
    LINK_ORDER = "link_order"  # join the order it is about, where none is
    ASK = "ask"  # for one thing we do not hold
    GO_ON = "go_on"  # without the thing we asked for
    PROPOSE = "propose"
    RESOLVE = "resolve"  # propose, carry out and close in one
    ACCEPT = "accept"
    NEGOTIATE = "negotiate"  # take what is offered and go on about the rest
    REFUSE = "refuse"
    CARRY_OUT = "carry_out"
    ARRIVE = "arrive"  # what was agreed has arrived
    FAIL = "fail"  # what was agreed could not be done
    ESCALATE = "escalate"
    WITHDRAW = "withdraw"  # the buyer no longer wants it
    CLOSE = "close"
    REOPEN = "reopen"


class Party(StrEnum):
    """Who acts. A program with a key acts for staff, and for the buyer with their secret or for a reason."""

    BUYER = "buyer"
    STAFF = "staff"
    PROGRAM = "program"
    SYSTEM = "system"


class Outcome(StrEnum):
    """How a case ended. Only a confirmed one counts as solved."""

    CONFIRMED = "confirmed"
    SETTLED = "settled"  # we say so; the buyer has not contradicted yet
    WITHOUT_CONFIRMATION = "without_confirmation"  # the buyer did not answer for seven days
    WITHDRAWN = "withdrawn"
    NO_AGREEMENT = "no_agreement"  # our last word, with the ways outside

    @property
    def is_solved(self) -> bool:
        return self is Outcome.CONFIRMED


UNCONFIRMED: Final = frozenset({Outcome.SETTLED.value, Outcome.WITHOUT_CONFIRMATION.value})

Targets = tuple[State, ...]

_FOR_BUYERS = frozenset({Party.BUYER, Party.PROGRAM})
_US = frozenset({Party.STAFF, Party.PROGRAM})

_SYSTEM = frozenset({Party.SYSTEM})
WHO: Final[Mapping[Verb, frozenset[Party]]] = {
    Verb.FILE: frozenset(Party),
    Verb.ACKNOWLEDGE: _SYSTEM,
    Verb.ASSIGN: _US | _SYSTEM,
    Verb.ASSESS: _US | _SYSTEM,
    Verb.ANSWER: _US | _SYSTEM,
    Verb.NOTE: _US | _SYSTEM,
    Verb.ADD: _FOR_BUYERS,
    Verb.LINK_ORDER: _US,
    Verb.ASK: _US,
    Verb.GO_ON: _US | _SYSTEM,
    Verb.PROPOSE: _US,
    Verb.RESOLVE: _US,
    Verb.ACCEPT: _FOR_BUYERS,
    Verb.NEGOTIATE: _FOR_BUYERS,
    Verb.REFUSE: _FOR_BUYERS,
    Verb.CARRY_OUT: _SYSTEM,
    Verb.ARRIVE: _US | _FOR_BUYERS | _SYSTEM,
    Verb.FAIL: _US | _SYSTEM,
    Verb.ESCALATE: frozenset(Party),
    Verb.WITHDRAW: _FOR_BUYERS,
    Verb.CLOSE: frozenset(Party),
    Verb.REOPEN: frozenset(Party),
}

# only the buyer can say this: a program brings their secret, or says why it speaks for them
BUYERS_WORD: Final = frozenset({Verb.ACCEPT, Verb.NEGOTIATE, Verb.REFUSE, Verb.WITHDRAW, Verb.REOPEN})
_END: Final[Targets] = (State.CLOSED, State.CARRYING_OUT)  # closes by itself once what is under way has arrived
_DECIDED: Final[Targets] = (State.ACCEPTED, State.PROPOSED, State.NEGOTIATING, State.CARRYING_OUT, State.CLOSED)
_UNHAPPY: Final[Targets] = (State.NEGOTIATING,)


def _at_work(stays: State, **others: Targets) -> dict[Verb, Targets]:
    """What is possible while the matter is open, whatever the stage; `others` win."""
    usual: dict[Verb, Targets] = {
        Verb.ASSIGN: (stays,),
        Verb.ASSESS: (stays,),
        Verb.ANSWER: (stays,),
        Verb.NOTE: (stays,),
        Verb.ADD: (stays,),
        Verb.LINK_ORDER: (stays,),
        Verb.ASK: (State.WAITING_FOR_BUYER, stays),
        Verb.PROPOSE: (State.PROPOSED, State.NEGOTIATING),
        Verb.RESOLVE: _END,
        Verb.ACCEPT: _DECIDED,
        Verb.NEGOTIATE: _UNHAPPY,
        Verb.REFUSE: _UNHAPPY,
        Verb.ARRIVE: (stays,),
        Verb.FAIL: (stays,),
        Verb.ESCALATE: (State.ESCALATED,),
        Verb.WITHDRAW: (State.CLOSED, State.CARRYING_OUT, stays, State.PROPOSED),
        Verb.CLOSE: (State.CLOSED,),
    }
    return usual | {Verb(name): targets for name, targets in others.items()}


_BEGUN: Final[Targets] = (State.INVESTIGATING,)
_ASKED: Final[Targets] = (State.WAITING_FOR_BUYER, State.INVESTIGATING)

TABLE: Final[Mapping[State, Mapping[Verb, Targets]]] = {
    State.DRAFT: {Verb.FILE: (State.FILED,)},
    State.FILED: {Verb.ACKNOWLEDGE: (State.ACKNOWLEDGED,)},
    State.ACKNOWLEDGED: _at_work(State.ACKNOWLEDGED, assess=(State.ASSESSED,), answer=_BEGUN, ask=_ASKED),
    State.ASSESSED: _at_work(State.ASSESSED, answer=_BEGUN, ask=_ASKED),
    State.INVESTIGATING: _at_work(State.INVESTIGATING),
    State.WAITING_FOR_BUYER: _at_work(State.WAITING_FOR_BUYER, add=_BEGUN) | {Verb.GO_ON: _BEGUN},
    State.PROPOSED: _at_work(State.PROPOSED, fail=_UNHAPPY),
    State.NEGOTIATING: _at_work(State.NEGOTIATING),
    State.ESCALATED: _at_work(State.ESCALATED, answer=_BEGUN, ask=_ASKED),
    State.ACCEPTED: {
        Verb.NOTE: (State.ACCEPTED,),
        Verb.CARRY_OUT: (State.CARRYING_OUT,),
        Verb.CLOSE: (State.CLOSED,),
    },
    State.CARRYING_OUT: {
        Verb.ASSIGN: (State.CARRYING_OUT,),
        Verb.ASSESS: (State.CARRYING_OUT,),
        Verb.ANSWER: (State.CARRYING_OUT,),
        Verb.NOTE: (State.CARRYING_OUT,),
        Verb.ADD: (State.CARRYING_OUT,),
        Verb.LINK_ORDER: (State.CARRYING_OUT,),
        Verb.ACCEPT: (State.CARRYING_OUT,),
        Verb.REFUSE: _UNHAPPY,
        Verb.ARRIVE: (State.CLOSED, State.CARRYING_OUT),
        Verb.FAIL: _UNHAPPY,
        Verb.ESCALATE: (State.CARRYING_OUT,),
        Verb.CLOSE: (State.CLOSED,),
    },
    State.CLOSED: {
        Verb.NOTE: (State.CLOSED,),
        Verb.ACCEPT: (State.CLOSED, State.CARRYING_OUT),
        Verb.REFUSE: _UNHAPPY,
        Verb.REOPEN: (State.ACKNOWLEDGED,),
    },
}


@dataclass(frozen=True, slots=True)
class Where:
    """A case as these rules see it. Counts are of demand items; `closed_for` is the time since it was closed."""

    state: State
    offered: int = 0  # wait for the buyer's word
    open: int = 0  # nothing offered yet, or what was agreed could not be done
    refused: int = 0
    under_way: int = 0  # agreed and not arrived
    arrived: int = 0
    has_order: bool = False
    is_answered: bool = False
    has_open_remedy: bool = False
    level: int = 0
    closed_for: timedelta = timedelta()
    outcome: str = ""


def possible(where: Where, party: Party) -> dict[Verb, Refusal | None]:
    """Every verb this party can know of, with the reason where it is not possible now."""
    return {verb: why_not(verb, where, party) for verb in Verb if party in WHO[verb]}


def why_not(verb: Verb, where: Where, party: Party) -> Refusal | None:
    """Why this party cannot do this now; None when it can."""
    if party not in WHO[verb]:
        return Refusal("not_for_you", verb=verb.value)
    if verb not in TABLE[where.state]:
        return _wrong_state(verb, where)
    guard = _GUARDS.get(verb)
    return guard(where, party) if guard else None


def target(verb: Verb, where: State, wanted: State | None = None) -> State:
    """Where the verb leads: its first target, or `wanted` if that is one. Raises ValueError for what is no target."""
    targets = TABLE[where][verb]
    if wanted is not None and wanted not in targets:
        raise ValueError(f"{where} does not become {wanted} by {verb}")
    return wanted or targets[0]


def _wrong_state(verb: Verb, where: Where) -> Refusal:
    if where.state is State.CLOSED:
        return Refusal("case_closed")
    if verb is Verb.REOPEN:
        return Refusal("case_open")
    return Refusal("wrong_state", verb=verb.value, state=where.state.value)


def _accepting(where: Where, party: Party) -> Refusal | None:
    """After the end, "yes, solved" confirms what we only said ourselves."""
    may_confirm = where.state is State.CLOSED and where.outcome in UNCONFIRMED
    return None if where.offered or may_confirm else Refusal("nothing_offered")


def _negotiating(where: Where, party: Party) -> Refusal | None:
    return None if where.offered else Refusal("nothing_offered")


def _refusing(where: Where, party: Party) -> Refusal | None:
    if where.state is State.CLOSED and where.closed_for > REOPENS_WITHIN:
        return Refusal("too_late_to_reopen", days=REOPENS_WITHIN.days)
    return None if where.offered or where.arrived else Refusal("nothing_offered")


def _reopening(where: Where, party: Party) -> Refusal | None:
    is_late = where.closed_for > REOPENS_WITHIN and party in {Party.BUYER, Party.PROGRAM}
    return Refusal("too_late_to_reopen", days=REOPENS_WITHIN.days) if is_late else None


def _escalating(where: Where, party: Party) -> Refusal | None:
    return Refusal("at_the_top") if where.level >= HIGHEST else None


def _closing(where: Where, party: Party) -> Refusal | None:
    """Nothing under way is cut off. The buyer may say "solved" unless an offer waits, which that would throw away; we
    must have answered and offered first, and what the buyer refused ends without agreement only after somebody one
    step up has looked."""
    if where.under_way or where.has_open_remedy:
        return Refusal("remedy_open")
    if party is Party.BUYER and where.offered:
        return Refusal("offer_waits", items=where.offered)
    if party in {Party.BUYER, Party.SYSTEM}:
        return None
    if not where.is_answered:
        return Refusal("answer_first")
    if where.open:
        return Refusal("propose_first", items=where.open)
    if where.offered:
        return Refusal("buyer_decides", items=where.offered)
    return Refusal("escalate_first") if where.refused and not where.level else None


def _resolving(where: Where, party: Party) -> Refusal | None:
    return Refusal("remedy_open") if where.has_open_remedy else None


def _linking(where: Where, party: Party) -> Refusal | None:
    return Refusal("order_is_joined") if where.has_order else None


def _arriving(where: Where, party: Party) -> Refusal | None:
    return None if where.under_way else Refusal("nothing_under_way")


ASK_REMEDIES = frozenset({Verb.CLOSE, Verb.RESOLVE})  # whose guard looks at remedies
_GUARDS = {
    Verb.ACCEPT: _accepting,
    Verb.NEGOTIATE: _negotiating,
    Verb.REFUSE: _refusing,
    Verb.REOPEN: _reopening,
    Verb.ESCALATE: _escalating,
    Verb.CLOSE: _closing,
    Verb.RESOLVE: _resolving,
    Verb.LINK_ORDER: _linking,
    Verb.ARRIVE: _arriving,
    Verb.FAIL: _arriving,
}


def diagram() -> str:
    """The table as a Mermaid state diagram, one arrow for each pair of states with the verbs that lead along it."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for state, verbs in TABLE.items():
        for verb, targets in verbs.items():
            for after in targets:
                if after is not state:
                    arrows.setdefault((state, after), []).append(verb.value)
    lines = [f"    {before} --> {after}: {', '.join(verbs)}" for (before, after), verbs in arrows.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {State.DRAFT}", *lines, f"    {State.CLOSED} --> [*]"])


def table() -> str:
    """The table for people: one line per state and verb."""
    rows = [
        f"| `{state}` | `{verb}` | {', '.join(f'`{after}`' for after in targets)} | {_who(verb)} |"
        for state, verbs in TABLE.items()
        for verb, targets in verbs.items()
    ]
    return "\n".join(["| state | verb | leads to | who |", "|---|---|---|---|", *rows])


def _who(verb: Verb) -> str:
    return ", ".join(party.value for party in Party if party in WHO[verb])
