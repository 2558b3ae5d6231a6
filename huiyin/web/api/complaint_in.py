"""What a complaint comes in with."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from huiyin.domain.cases.actions import Filing
from huiyin.domain.cases.demand import Item, ItemKind
from huiyin.domain.cases.models import STATES
from huiyin.domain.promises.promises import Category
from huiyin.lib.money import Money
from huiyin.web.api.fields import Input, LocalMoment, Number, Plain, Written, Yuan, money_of

Channel = Literal[
    "web", "phone", "chat", "mail", "wechat", "weibo", "12315", "heimao", "association", "wechatpay", "alipay", "api"
]
State = Literal["", *STATES]  # type: ignore[valid-type]  # one list for the table, the API and its description
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
FEWEST_DIGITS = 5  # 12315; extensions and whatever stands between digits are not ours to judge
MOST_ITEMS = 20


def _email(text: str) -> str:
    if text.strip() and not _EMAIL.fullmatch(text.strip()):
        raise PydanticCustomError("email_invalid", "no mail address")
    return text


def _phone(text: str) -> str:
    if text.strip() and sum(letter.isdigit() for letter in text) < FEWEST_DIGITS:
        raise PydanticCustomError("phone_invalid", "no phone number")
    return text


class ContactIn(Input):
    """How to reach the buyer: any one of phone, email, wechat, qq."""

    name: Annotated[str, Field(max_length=60)] | None = None
    phone: Annotated[str, Field(max_length=32), AfterValidator(_phone)] | None = None
    email: Annotated[str, Field(max_length=160), AfterValidator(_email)] | None = None
    wechat: Annotated[str, Field(max_length=60)] | None = None
    qq: Annotated[str, Field(max_length=20)] | None = None

    @model_validator(mode="after")
    def _reaches_somebody(self) -> "ContactIn":
        if not self.identities():
            raise PydanticCustomError("contact_missing", "no way to reach the buyer")
        return self

    def identities(self) -> dict[str, str]:
        """Kind → address."""
        given = {"phone": self.phone, "email": self.email, "wechat": self.wechat, "qq": self.qq}
        return {kind: value.strip() for kind, value in given.items() if value and value.strip()}


class ItemIn(Input):
    """One thing wanted: how much, where to, until when."""

    kind: ItemKind
    amount: Yuan | None = None
    to: Annotated[str, Field(max_length=160)] | None = None
    by: LocalMoment | None = None
    text: Annotated[str, Field(max_length=2_000)] | None = None

    def item(self) -> Item:
        """What the domain takes."""
        to, text = (self.to or "").strip(), (self.text or "").strip()
        return Item(self.kind, money_of(self.amount) if self.amount else Money(), to, self.by, text)


class DemandIn(Input):
    """What the buyer wants, in words, and if known as items; without items they are read from the words, which are an
    item themselves where they name none."""

    text: Annotated[str, Field(max_length=4_000), Written]
    items: Annotated[list[ItemIn], Field(max_length=MOST_ITEMS)] | None = None


class ComplaintIn(Input):
    """A complaint. Without `category`, simple rules propose one."""

    contact: ContactIn
    what_happened: Annotated[str, Field(max_length=10_000), Written]
    demand: DemandIn
    order_no: Number | None = None
    category: Category | None = None
    channel: Channel | None = None
    external_ref: Annotated[str, Field(max_length=80)] | None = None
    occurred_at: LocalMoment | None = None

    def filing(self) -> Filing:
        """What the domain takes."""
        return Filing(
            what_happened=self.what_happened.strip(), demand=self.demand.text.strip(),
            identities=self.contact.identities(), name=(self.contact.name or "").strip(),
            order_no=(self.order_no or "").strip(), category=self.category.value if self.category else "",
            channel=self.channel or "api", external_ref=(self.external_ref or "").strip(), occurred_at=self.occurred_at,
            items=tuple(one.item() for one in self.demand.items or ()),
        )  # fmt: skip


class CasesWanted(Input):
    q: Annotated[Plain, Field(max_length=200)] = ""
    state: State = ""
    owner: Annotated[Plain, Field(max_length=8)] = ""
    cursor: Annotated[Plain, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=50)] = 20
