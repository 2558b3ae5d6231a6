"""Who is signed in at the demo shop, told to the chat so that it believes it: the shop's seal over its own member."""

from datetime import datetime, timedelta

from django.conf import settings

from huiyin.domain.orders.shop import Buyer
from huiyin.lib.signing import Identity, identity_token

LIVES = timedelta(minutes=55)  # an hour is the most that is believed; each page gets a new one


def identity_of(buyer: Buyer, order_no: str, now: datetime) -> str:
    """The token for `data-identity`; empty for somebody who bought without an account."""
    if not buyer.member_no:
        return ""
    member = Identity(
        sub=buyer.member_no, phone=buyer.phone, email=buyer.email, tier=buyer.tier, order_no=order_no
    )  # fmt: skip
    return identity_token(member, now + LIVES, settings.SHOP_SECRET)
