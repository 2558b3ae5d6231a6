"""The queues every centre begins with. Pure data: the operator changes the rows."""

from dataclasses import dataclass, field
from typing import Any, Final

RELAX: Final = [{"after_s": 60, "levels": 1}, {"after_s": 120, "any": True}]


@dataclass(frozen=True, slots=True)
class Shipped:
    slug: str
    title: str
    title_en: str
    skills: dict[str, int] = field(default_factory=dict)
    overflow_to: str = ""
    at_night: bool = True

    def columns(self) -> dict[str, Any]:
        """The columns of the row, without the reference to another queue."""
        return {
            "slug": self.slug, "title": self.title, "title_en": self.title_en, "skills": self.skills,
            "relax": RELAX if self.skills else [], "at_night": self.at_night,
            "overflow_after_s": 90 if self.overflow_to else None,
        }  # fmt: skip


GENERAL: Final = "general"
SUPERVISOR: Final = "supervisor"
_BY_CATEGORY: Final = {
    "recharge_delayed": "recharge", "card_invalid": "recharge", "wrong_amount": "recharge",
    "duplicate_charge": "recharge", "account_stolen": "account", "account_access": "account", "fraud": "account",
}  # fmt: skip
QUEUES: Final = (
    Shipped(GENERAL, "综合", "General"),
    Shipped("recharge", "充值卡密", "Recharge and card keys", {"recharge": 2}, GENERAL),
    Shipped("account", "账户与安全", "Accounts and safety", {"account": 2}, GENERAL),
    Shipped("vip", "会员专线", "Members' line", {"vip": 2}, GENERAL),
    Shipped(SUPERVISOR, "主管", "Supervisors", {"supervisor": 1}, at_night=False),
)


def queue_of_case(category: str, level: int) -> str:
    """Where a case waits whose owner is not here: by what went wrong, and with those who lead once it has been moved
    up."""
    return SUPERVISOR if level else _BY_CATEGORY.get(category, GENERAL)
