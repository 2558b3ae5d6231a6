"""What the shop had said when the order was paid, what should have arrived by it, and what did (CP16)."""

from collections.abc import Sequence
from dataclasses import dataclass

from huiyin.domain.cases.models import Case
from huiyin.domain.orders.due import compared, read_terms
from huiyin.domain.orders.models import Order, Terms
from huiyin.web.ui.times import moment, money
from huiyin.web.ui.words_desk import word
from huiyin.web.ui.words_desk_case import TERMS, expected_text


@dataclass(frozen=True, slots=True)
class Version:
    """One version of what the shop said."""

    kind: str
    title: str
    version: str
    since: str
    until: str
    text: str


@dataclass(frozen=True, slots=True)
class Due:
    """`expected` empty where nobody can say; `difference` empty where nothing is missing."""

    versions: list[Version]
    expected: str
    why: str
    credited: str
    difference: str
    shop_says: str  # filled where the shop's own figure is another


def due(case: Case) -> Due | None:
    """The terms of the case's order with the comparison; None without an order."""
    if case.order is None:
        return None
    known = read_terms(getattr(case, "terms", None) or [])
    return _due(case.order, known)


def _due(order: Order, known: Sequence[Terms]) -> Due | None:
    found = compared(order, known)
    amount = found.expected.amount or found.shop_says
    has_figures = amount is not None and found.credited is not None
    if not known and not has_figures:
        return None
    return Due(
        versions=[_version(one) for one in known], expected=money(amount) if has_figures else "",
        why=expected_text(found.expected), credited=money(found.credited) if has_figures else "",
        difference=money(found.difference) if found.difference else "",
        shop_says=money(found.shop_says) if found.contradicts_shop else "",
    )  # fmt: skip


def _version(terms: Terms) -> Version:
    return Version(
        word(TERMS, terms.kind), terms.title, terms.version, moment(terms.valid_from), moment(terms.valid_until),
        terms.text,
    )  # fmt: skip
