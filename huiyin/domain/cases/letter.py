"""The letter of complaint that writes itself (CP6).

It has three parts, in the buyer's own voice: who I am and what I want; what happened, by time, each sentence citing
what proves it; until when I wait and what I do then. Nothing is invented: sentences come from facts of the order and of
the case, and from the buyer's own words, which are quoted whole. Every piece of evidence is cited somewhere, and
nothing is cited that is not in the annex. The words are put together where the paper is made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from huiyin.lib.money import Money

_SNAPSHOTS = frozenset({"order", "payment", "delivery_log", "balance"})  # the shop's word at one moment; terms hold on
STAGE = timedelta(hours=72)  # CP9: after this without a reasonable result a buyer should go outside


class NextStep(StrEnum):
    """Where the buyer turns when the deadline is missed."""

    NONE = ""
    SUPERVISOR = "supervisor"
    HOTLINE_12315 = "12315"
    HEIMAO = "heimao"
    ASSOCIATION = "association"
    COURT = "court"
    POLICE = "police"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One piece of evidence. `what` says what it shows; `captured_at` when it was true or taken, as far as known."""

    no: int
    type: str
    what: str
    source: str
    name: str
    mime: str
    size: int
    sha256: str
    added_at: datetime
    captured_at: datetime | None = None
    by: str = ""
    custodian: str = ""
    is_damaged: bool = False

    @property
    def at(self) -> datetime:
        return self.captured_at or self.added_at


@dataclass(frozen=True, slots=True)
class Wish:
    """One demand item with what was offered for it and how far it is."""

    no: int
    kind: str
    amount: Money | None = None
    to: str = ""
    by: datetime | None = None
    text: str = ""
    state: str = "open"
    offer_kind: str = ""
    offer_amount: Money | None = None
    offer_by: datetime | None = None
    offer_text: str = ""
    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who complains: a name only where one was given, and one way to reach them at least."""

    name: str = ""
    reach: tuple[tuple[str, str], ...] = ()  # kind, address


@dataclass(frozen=True, slots=True)
class Purchase:
    """The order the complaint is about."""

    order_no: str
    title: str = ""
    amount: Money = Money(0)
    bill_nos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened: a code with values, and which kinds of evidence show it. `is_lasting`: it was so before
    `at` as well, so that an older record of the shop shows it, too."""

    at: datetime
    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    shown_by: frozenset[str] = frozenset()
    is_lasting: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """What a letter is made from. `as_of`: the time of the newest fact, so that the same facts give the same letter."""

    case_no: str
    filed_at: datetime
    as_of: datetime
    claimant: Claimant = Claimant()
    purchase: Purchase | None = None
    wishes: tuple[Wish, ...] = ()
    demand: str = ""  # in the buyer's own words
    account: str = ""  # what happened, in the buyer's own words
    occurred_at: datetime | None = None
    happenings: tuple[Happening, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    next_step: NextStep = NextStep.NONE
    ending: str = ""  # how it ended (`outcome.ending`), `agreed` while a result is on its way, empty before


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the second part. `cites`: numbers of evidence, ascending."""

    at: datetime
    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    cites: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter, ready for its words. `is_asked`: the deadline is the buyer's own, else it is that of the stage."""

    material: Material
    facts: tuple[Sentence, ...]
    deadline: datetime
    is_asked: bool
    is_over: bool


def letter(material: Material) -> Letter:
    """The letter of these facts."""
    asked = [wish.by for wish in material.wishes if wish.by and wish.state != "withdrawn"]
    deadline = min(asked) if asked else material.filed_at + STAGE
    return Letter(material, tuple(_facts(material)), deadline, is_asked=bool(asked), is_over=deadline <= material.as_of)


def _facts(material: Material) -> list[Sentence]:
    exhibits = sorted(material.exhibits, key=lambda one: one.no)
    told = [_told(happening, exhibits) for happening in material.happenings]
    if material.account.strip():
        told.append(_account(material, exhibits))
    cited = {no for sentence in told for no in sentence.cites}
    rest = [one for one in exhibits if one.no not in cited]
    told += [Sentence(_known_at(one), "exhibit", {"shows": one.what}, (one.no,)) for one in rest]
    return sorted(told, key=lambda sentence: sentence.at)  # stable: what happened at once keeps its order


def _known_at(one: Exhibit) -> datetime:
    """When it belongs to the story: terms were true for years before."""
    return one.added_at if one.source == "system" else one.at


def _told(happening: Happening, exhibits: Iterable[Exhibit]) -> Sentence:
    cites = tuple(one.no for one in exhibits if _shows(one, happening))
    return Sentence(happening.at, happening.code, happening.values, cites)


def _shows(one: Exhibit, happening: Happening) -> bool:
    """A record of the shop holds nothing that happened after it was made."""
    is_later = one.source == "system" and one.what in _SNAPSHOTS and one.at < happening.at
    return one.what in happening.shown_by and (happening.is_lasting or not is_later)


def _account(material: Material, exhibits: Iterable[Exhibit]) -> Sentence:
    """The buyer's own words, with what the buyer gave."""
    mine = tuple(one.no for one in exhibits if one.source == "buyer")
    return Sentence(material.occurred_at or material.filed_at, "account", {"text": material.account.strip()}, mine)
