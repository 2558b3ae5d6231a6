"""What people type into the forms of the desk: reasons, amounts, times, offers. What cannot be read is a refusal."""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from huiyin.domain.cases.actions import Doer
from huiyin.domain.cases.demand import ItemKind
from huiyin.domain.cases.offers import Offer
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money
from huiyin.web.desk.gate import me

LONGEST_REASON = 80


def version(request: HttpRequest) -> int | None:
    """The place of the chain the page showed; None where the form does not say."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def newest_remedy(request: HttpRequest) -> int | None:
    """The newest remedy the page showed, 0 for none; None where the form does not say."""
    typed = request.POST.get("remedy", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 16 else None


def doer(request: HttpRequest, behalf: str = "") -> Doer:
    """Who decides, on what page."""
    return Doer(me(request).by, version(request), behalf)


def reason(request: HttpRequest) -> str:
    """Why. Raises Refusal `say_why`."""
    typed = request.POST.get("reason", "").strip()
    if not typed:
        raise Refusal("say_why")
    return typed[:LONGEST_REASON]


def amount(typed: str) -> Money:
    """An amount in yuan, zero for nothing typed. Raises Refusal `amount_unreadable`."""
    plain = typed.strip().lstrip("¥￥").removesuffix("元").strip()
    if not plain:
        return Money()
    try:
        return Money.parse(plain)
    except ValueError:
        raise Refusal("amount_unreadable") from None


def moment(typed: str) -> datetime | None:
    """A time of a `datetime-local` field, in the shop's time zone. Raises Refusal `time_unreadable`."""
    if not typed.strip():
        return None
    try:
        local = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise Refusal("time_unreadable") from None
    return local if local.tzinfo else timezone.make_aware(local)


def numbers(request: HttpRequest, name: str) -> list[int]:
    """The numbers of the items that were ticked."""
    return [int(one) for one in request.POST.getlist(name) if one.isascii() and one.isdigit() and len(one) < 6]


def offers(request: HttpRequest) -> list[Offer]:
    """The offers that were ticked, one for each demand item."""
    return [_offer(request.POST, no) for no in numbers(request, "offer")]


def _offer(typed: Mapping[str, str], no: int) -> Offer:
    kind = typed.get(f"kind-{no}", "")
    if kind not in set(ItemKind):
        raise Refusal("not_an_option")
    return Offer(
        no, ItemKind(kind), amount(typed.get(f"amount-{no}", "")), moment(typed.get(f"by-{no}", "")),
        typed.get(f"text-{no}", "").strip(),
    )  # fmt: skip
