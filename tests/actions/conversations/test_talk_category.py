"""What a case that was a conversation is about, and what is wanted in it."""

from datetime import timedelta

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import FromTalk
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.situations import judge
from tests.fakes import MIDNIGHT, FakeShop
from tests.talks import talking

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(seconds=10)


def test_cp2_what_the_order_shows_decides_where_one_of_us_makes_it_a_case(shop: FakeShop) -> None:
    snapshot = shop.holds("platform_failed")
    orders.keep_order(snapshot, judge(snapshot, MIDNIGHT), now=MIDNIGHT)
    filing = FromTalk(what_happened="你们这些骗子", order_no=snapshot.order_no)
    conversation, alice = talking()
    assert cases.from_conversation(conversation, filing, by=alice.by, now=SOON).category == "recharge_delayed"
    left, _ = talking(visitor="b" * 20)
    assert cases.from_conversation(left, filing, by="system", now=SOON).category == "other"


def test_cp17_words_that_name_no_item_are_one() -> None:
    conversation, alice = talking()
    case = cases.from_conversation(conversation, FromTalk(demand="给我个说法"), by=alice.by, now=SOON)
    assert [(one.kind, one.text) for one in case.items.all()] == [("other", "给我个说法")]
