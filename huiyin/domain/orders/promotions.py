"""What a promotion promised for a payment (CP16): 充 100 送 50 means that 150 must arrive. Pure.

A rule is data that the shop gives with its version of the promotion:

- `{"type": "bonus", "steps": [{"pay": "100.00", "bonus": "50.00"}, …], "repeat": true}`: the highest step reached gives
  its bonus, with `repeat` as often as it fits into the payment (每充 100 送 50), else once;
- `{"type": "percent", "percent": "10", "from": "50.00", "most": "30.00"}`: so much on top, from an amount on, capped;
- `{"type": "face", "steps": [{"pay": "95.00", "face": "100.00"}, …]}`: what a price buys, times quantity.

What cannot be read is said, never guessed: then a person compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

from huiyin.lib.money import Money


@dataclass(frozen=True, slots=True)
class Expected:
    """What should have arrived. `amount` None = nobody can say; `why` is the code of the reason, with its values."""

    amount: Money | None
    why: str
    values: Mapping[str, str] = field(default_factory=dict)


class _Unreadable(ValueError):
    """The rule is not one of those above."""


def expected(rule: Mapping[str, Any], paid: Money) -> Expected:
    """Face value due for a payment under a rule."""
    try:
        return _RULES[str(rule.get("type"))](rule, paid)
    except (_Unreadable, KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
        return Expected(None, "rule_unreadable")


def _bonus(rule: Mapping[str, Any], paid: Money) -> Expected:
    reached = [(pay, bonus) for pay, bonus in _steps(rule, "bonus") if pay <= paid]
    if not reached:
        return Expected(paid, "below_first_step", {"paid": str(paid)})
    pay, bonus = max(reached)
    times = paid.fen // pay.fen if rule.get("repeat") is True else 1
    values = {"paid": str(paid), "step": str(pay), "bonus": str(bonus), "times": str(times)}
    return Expected(paid + Money(bonus.fen * times), "bonus", values)


def _percent(rule: Mapping[str, Any], paid: Money) -> Expected:
    percent = Decimal(str(rule["percent"]))
    if not percent.is_finite() or not 0 < percent <= 1000:
        raise _Unreadable
    if paid < Money.parse(rule.get("from", "0")):
        return Expected(paid, "below_first_step", {"paid": str(paid)})
    extra = Money(int((paid.fen * percent / 100).to_integral_value(ROUND_DOWN)))
    if "most" in rule:
        extra = min(extra, Money.parse(rule["most"]))
    return Expected(paid + extra, "percent", {"paid": str(paid), "percent": str(percent), "bonus": str(extra)})


def _face(rule: Mapping[str, Any], paid: Money) -> Expected:
    """Only a price that the list names buys something: halves are for a person."""
    fitting = [(pay, face) for pay, face in _steps(rule, "face") if paid.fen % pay.fen == 0 and paid]
    if not fitting:
        return Expected(None, "price_not_listed", {"paid": str(paid)})
    pay, face = max(fitting)
    times = paid.fen // pay.fen
    return Expected(Money(face.fen * times), "face", {"paid": str(paid), "step": str(pay), "times": str(times)})


def _steps(rule: Mapping[str, Any], gives: str) -> list[tuple[Money, Money]]:
    steps = [(Money.parse(step["pay"]), Money.parse(step[gives])) for step in rule["steps"]]
    if not steps or any(pay.fen <= 0 or given.fen < 0 for pay, given in steps):
        raise _Unreadable
    return steps


_RULES = {"bonus": _bonus, "percent": _percent, "face": _face}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What should have arrived beside what did. `difference`: what is owed, zero where nothing is."""

    expected: Expected
    credited: Money | None
    difference: Money = Money()
    shop_says: Money | None = None  # what the shop itself expects, where it says so
    contradicts_shop: bool = False


def compare(due: Expected, credited: Money | None, shop_says: Money | None = None) -> Comparison:
    """Compare with what arrived; without a rule of ours the shop's own figure counts."""
    amount = due.amount if due.amount is not None else shop_says
    short = amount - credited if amount is not None and credited is not None and credited < amount else Money()
    disagrees = due.amount is not None and shop_says is not None and due.amount != shop_says
    return Comparison(due, credited, short, shop_says, disagrees)
