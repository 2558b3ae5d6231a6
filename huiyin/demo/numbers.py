"""Numbers, names and keys as a Chinese card shop has them. All invented; the dice are passed in."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
KEY_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without 0 O 1 I, as on printed cards
HANDLES = ("yuebai", "qingmu", "beichuan", "nanzhi", "yunwu", "songguo", "hupo", "xiaoman", "zhuyu", "shanlan")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Draws every number of one order. With a seeded `dice` the same numbers come out again."""

    dice: Random
    now: datetime

    def order_no(self) -> str:
        return f"KM{self._day()}{self._digits(10)}"

    def bill_no(self, channel: str) -> str:
        """28 digits: WeChat bills start with 42000, Alipay bills with the date."""
        if channel == "wechat":
            return f"42000{self._digits(5)}{self._day()}{self._digits(10)}"
        return f"{self._day()}22001{self._digits(15)}"

    def trade_no(self) -> str:
        return f"T{self._day()}{self._digits(12)}"

    def key_id(self) -> str:
        return f"k{self._digits(14)}"

    def code(self) -> str:
        """A card key such as `HX7K-9QPM-2W4T-8RDC`."""
        return "-".join("".join(self.dice.choices(KEY_LETTERS, k=4)) for _ in range(4))

    def email(self) -> str:
        return f"{self.dice.choice(HANDLES)}{self._digits(7)}@mail.example"

    def phone(self) -> str:
        return f"1900{self._digits(7)}"

    def member_no(self) -> str:
        return f"M{self._digits(8)}"

    def account(self) -> str:
        return f"{self.dice.choice(HANDLES)}_{self._digits(6)}"

    def _digits(self, count: int) -> str:
        return "".join(self.dice.choices("0123456789", k=count))

    def _day(self) -> str:
        return self.now.astimezone(SHANGHAI).strftime("%Y%m%d")


def masked(code: str) -> str:
    """A key as anybody may see it: the first and last four characters."""
    return f"{code[:4]}****{code[-4:]}" if len(code) > 8 else "****"
