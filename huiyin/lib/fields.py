"""Column types of ours."""

from typing import TYPE_CHECKING, Any

from django.db import models

from huiyin.lib.money import Money

if TYPE_CHECKING:
    _Column = models.BigIntegerField[Money | int, Money]
else:
    _Column = models.BigIntegerField


class MoneyField(_Column):
    """Whole fen in the table, `Money` in Python."""

    def from_db_value(self, value: int | None, *_: object) -> Money | None:
        return None if value is None else Money(value)

    def to_python(self, value: Any) -> Money | None:
        if value is None or isinstance(value, Money):
            return value
        return Money(int(value))

    def get_prep_value(self, value: Any) -> int | None:
        if isinstance(value, Money):
            return value.fen
        return None if value is None else int(value)
