"""CH6: who calls. The number they call from is a claim; an order that they prove in the call says more, and counts
where we knew nobody, or of somebody nothing but this number. Nobody's addresses change for it: a number can be forged.
"""

from datetime import datetime
from typing import Any

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Buyer, Identity
from huiyin.domain.orders.models import Order
from huiyin.domain.promises.promises import Tier
from huiyin.domain.voice.models import Call

UNPROVEN = frozenset({"", "none"})


def buyer_of(call: Call, *, now: datetime) -> Buyer | None:
    """Whose number it is, so that what they do here is found again; new if nobody has it yet."""
    if call.buyer is not None or not call.caller:
        return call.buyer
    return contacts.know({"phone": call.caller}, now=now)


def proven_by(call: Call, order_no: str, proof: str) -> Buyer | None:
    """Whose order this is, where it was proven in this call and says more than we knew."""
    if not order_no or proof in UNPROVEN or not _is_stranger(call):
        return None
    order = Order.objects.filter(order_no=order_no).select_related("buyer").first()
    return order.buyer if order is not None else None


def _is_stranger(call: Call) -> bool:
    who = call.buyer
    if who is None:
        return True
    if who.name or who.tier != Tier.ORDINARY or Order.objects.filter(buyer=who).exists():
        return False
    return not Identity.objects.filter(buyer=who).exclude(kind="phone", value=call.caller).exists()


def known_as(call: Call, buyer: Buyer | None) -> dict[str, Any]:
    """What changes on a locked call whose buyer this is; that they turned to us is theirs, too."""
    if buyer is None:
        return {}
    if call.contact is not None:
        contacts.belongs_to(call.contact, buyer)
    is_usual = call.tier == Tier.ORDINARY
    return {"buyer": buyer, "tier": buyer.tier if is_usual else call.tier}
