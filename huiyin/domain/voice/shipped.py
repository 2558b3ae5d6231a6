"""The lines every hotline begins with. Pure data: the operator changes the rows."""

from dataclasses import asdict, dataclass
from typing import Any, Final

DEFAULT: Final = "hotline"


@dataclass(frozen=True, slots=True)
class Shipped:
    number: str
    title: str
    title_en: str
    queue: str = "general"
    tier: str = ""
    node: str = ""
    is_public: bool = True

    def columns(self) -> dict[str, Any]:
        """The columns of the row."""
        return asdict(self)


LINES: Final = (
    Shipped(DEFAULT, "客服热线", "Hotline"),
    Shipped("001", "充值卡密专线", "Recharge and card keys", "recharge", node="recharge"),
    Shipped("002", "账户与安全专线", "Accounts and safety", "account", node="account"),
    Shipped("vip", "钻石会员专线", "Diamond members", "vip", "diamond", node="vip", is_public=False),
)
