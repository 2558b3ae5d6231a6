"""Amounts of money in yuan, kept as whole fen so that sums are exact."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in Chinese yuan. `fen` may be negative (a balance)."""

    fen: int = 0

    @classmethod
    def parse(cls, text: str | int | Decimal) -> Self:
        """Read yuan such as `"100"`, `"9.90"`. Raises ValueError for anything finer than a fen or not a number."""
        try:
            fen = Decimal(str(text).strip()) * 100
        except InvalidOperation as fault:
            raise ValueError(f"not an amount: {text!r}") from fault
        if not fen.is_finite() or fen != fen.to_integral_value():
            raise ValueError(f"not an amount in yuan and fen: {text!r}")
        return cls(int(fen))

    def __str__(self) -> str:
        return f"{Decimal(self.fen) / 100:.2f}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.fen + other.fen)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.fen - other.fen)

    def __bool__(self) -> bool:
        return self.fen != 0


NOTHING = Money(0)
