"""An order number that anybody may have typed is not what somebody has proven; the desk tells the two apart."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from huiyin.lib import signing
from huiyin.lib.clock import now
from tests import people
from tests.web.api.calling import new_caller
from tests.web.api.visiting import Visitor, signed
from tests.web.desk import chats
from tests.web.shops import midnight, shop

__all__ = ["midnight", "shop"]
pytestmark = pytest.mark.usefixtures("midnight", "shop")
CLAIMED, PROVEN = "Told by the buyer, not verified", "Verified"


def side(client: Client, no: str) -> str:
    return client.get(f"/desk/c/{no}?part=side").content.decode()


@pytest.fixture
def lead(at_desk: Callable[[str], Client]) -> Client:
    chats.here()
    return at_desk(people.SUN)


def begun(order_no: str, way: str) -> str:
    """A conversation about this order, named in one of the ways there are; its number."""
    link = signing.link_token(order_no, now() + timedelta(days=1), settings.SHOP_SECRET)
    ways: dict[str, dict[str, str]] = {
        "typed": {"order_no": order_no}, "link": {"order_link": link},
        "member": {"identity": signed(order_no=order_no)},
        "typed by a member": {"identity": signed(), "order_no": order_no},
    }  # fmt: skip
    if way == "program":
        _, told = new_caller("conversations").post("/conversations", {"text": "喂", "order_no": order_no})
        return str(told["id"])
    return str(Visitor().begin(**ways[way])["id"])


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize(
    ("way", "is_proven"),
    [("typed", False), ("typed by a member", False), ("link", True), ("member", True), ("program", True)],
)
def test_se1_an_order_somebody_typed_is_told_from_one_that_is_proven(
    lead: Client, way: str, *, is_proven: bool, is_known: bool
) -> None:
    order_no = people.order()[0].order_no if is_known else "KM404"
    text = side(lead, begun(order_no, way))
    assert order_no in text
    assert (PROVEN in text, CLAIMED in text) == (is_proven, not is_proven)
