"""What the verbs of a case take. Everything has a sensible default: a body may be left out where nothing must be said.

`text` may also be called reason, message, note, words, result or resolution, `items` may be called offers, and an item
may be its number alone: programs of many hands call this.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from huiyin.domain.cases.demand import ItemKind
from huiyin.domain.cases.evidence import What
from huiyin.domain.cases.lifecycle import Outcome
from huiyin.domain.cases.models import DemandItem
from huiyin.domain.cases.offers import Offer
from huiyin.domain.cases.responsibility import Responsible
from huiyin.domain.promises.promises import Category, Severity
from huiyin.lib.money import Money
from huiyin.web.api.fields import Input, LocalMoment, Number, Written, Yuan, money_of

TEXTS = AliasChoices("text", "reason", "message", "note", "words", "result", "resolution", "question")
_AGENTS = AliasChoices("agent_no", "agent", "owner", "to", "assignee")
_ITEMS = AliasChoices("items", "item", "nos", "no")
_OFFERS = AliasChoices("offers", "items", "offer", "proposal")
_OPEN = {"open", "refused", "offered"}
Words = Annotated[str, Field(max_length=4_000, validation_alias=TEXTS)]
Wording = Annotated[str, Field(max_length=4_000, validation_alias=TEXTS), Written]


def _list(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


def _number(value: object) -> object:
    """`{"no": 2}` means 2."""
    return value.get("no") if isinstance(value, dict) else value


No = Annotated[int, BeforeValidator(_number), Field(ge=1, le=10_000)]
Nos = Annotated[list[No], BeforeValidator(_list), Field(max_length=50, validation_alias=_ITEMS)]


class Behalf(Input):
    """Why a program says the buyer's word for them."""

    reason: Annotated[str, Field(max_length=80), Written]


class VerbIn(Input):
    """What every verb may carry: the version the caller saw; the buyer's PIN, or why the buyer cannot say it."""

    version: Annotated[int, Field(ge=0, le=10**9)] | None = None
    secret: Annotated[str, Field(max_length=40)] | None = None
    on_behalf: Behalf | None = None


class Nothing(VerbIn):
    """Go on without anything more."""


class AssignIn(VerbIn):
    """To whom: an agent number or login; without one, to whoever has the fewest open cases."""

    agent_no: Annotated[str, Field(max_length=60, validation_alias=_AGENTS)] = ""
    text: Words = ""


class TextIn(VerbIn):
    text: Wording


class MaybeTextIn(VerbIn):
    text: Words = ""


class AnswerIn(TextIn):
    """A program's words count as an answer when they name what comes next (`step`) and by when (`until`); the buyer
    reads both below the text."""

    step: Annotated[str, Field(max_length=200)] = ""
    until: LocalMoment | None = None


class AskIn(AnswerIn):
    """One thing we do not hold, as a slug of the evidence page, and the words for it."""

    item: Annotated[What | None, Field(validation_alias=AliasChoices("item", "what", "kind", "for"))] = None


class LinkIn(VerbIn):
    order_no: Annotated[Number, Written]


class AssessIn(VerbIn):
    responsible: Responsible | None = None
    text: Words = ""
    category: Category | None = None
    urgency: Severity | None = None


class OfferIn(Input):
    """An offer for the item `no`; without a number, for the open item of this kind, else for the first one open."""

    no: Annotated[int | None, Field(ge=1, le=10_000, validation_alias=AliasChoices("no", "item", "id"))] = None
    kind: ItemKind | None = None
    amount: Yuan | None = None
    by: LocalMoment | None = None
    text: Annotated[str, Field(max_length=2_000, validation_alias=AliasChoices("text", "words", "reason"))] = ""


class OffersIn(VerbIn):
    """Offers item by item; without any, everything that is wanted is offered as it is wanted."""

    offers: Annotated[list[OfferIn], BeforeValidator(_list), Field(max_length=50, validation_alias=_OFFERS)] = []
    text: Words = ""


class ResolveIn(OffersIn):
    """The reason the buyer reads; offers for what is given at once."""

    text: Wording
    offers: Annotated[list[OfferIn], BeforeValidator(_list), Field(max_length=50, validation_alias=_OFFERS)] = []


class ItemsIn(VerbIn):
    """Demand items by number; all that the verb can be about, if none is named."""

    items: Nos = []
    text: Words = ""


class ItemsTextIn(ItemsIn):
    text: Wording


class CloseIn(VerbIn):
    outcome: Outcome | None = None
    text: Words = ""


def offers_of(given: list[OfferIn], items: list[DemandItem], text: str) -> list[Offer]:
    """The offers as the domain takes them. Raises nothing: a number that is not an item, the action refuses."""
    free = [item for item in items if item.state in _OPEN]
    if not given:
        return [_as_wanted(item, text) for item in free if item.state != "offered"]
    named = {one.no for one in given if one.no}
    free = [item for item in free if item.no not in named]
    return [_offer(one, items, free, text) for one in given]


def _offer(given: OfferIn, items: list[DemandItem], free: list[DemandItem], text: str) -> Offer:
    item = next((row for row in items if row.no == given.no), None) if given.no else _meant(given.kind, free)
    kind = given.kind or ItemKind(item.kind if item else "other")
    amount = money_of(given.amount) if given.amount else Money()
    return Offer((item.no if item else given.no) or 0, kind, amount, given.by, given.text or text)


def _meant(kind: ItemKind | None, free: list[DemandItem]) -> DemandItem | None:
    """Takes the item out of those that are left."""
    chosen = next((row for row in free if row.kind == kind), free[0] if free else None)
    if chosen is not None:
        free.remove(chosen)
    return chosen


def _as_wanted(item: DemandItem, text: str) -> Offer:
    later: datetime | None = None  # until when is ours to say; as wanted it may have passed
    return Offer(item.no, ItemKind(item.kind), item.amount, later, text or item.text)


def schema_of(kinds: "dict[str, type[VerbIn]]") -> dict[str, Any]:
    """For the description of the API: which body each verb takes."""
    return {"anyOf": [kind.model_json_schema(by_alias=False) | {"title": verb} for verb, kind in kinds.items()]}
