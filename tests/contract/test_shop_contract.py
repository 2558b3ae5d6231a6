"""RM5: what every shop behind the contract must do. Runs against the demo shop, or the one the environment names."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from huiyin.adapters.shop.http import BASE_PATH, HttpShop
from huiyin.domain.orders.shop import (
    DeliveryState,
    OrderSnapshot,
    PaymentState,
    Receipt,
    ReceiptState,
    RefundState,
    RemedyKind,
    RemedyRequest,
)
from huiyin.domain.orders.terms import in_force
from huiyin.lib.errors import Rejected
from huiyin.lib.money import Money
from huiyin.lib.signing import SIGNATURE_HEADER, Message, ShopKey, signed_headers
from tests.contract.shops import ShopUnderTest, wait_for

PATH = f"{BASE_PATH}/capabilities"


def _get(tested: ShopUnderTest, path: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.get(tested.url.removesuffix(BASE_PATH) + path, headers=headers, trust_env=False, timeout=20)


def _sealed(tested: ShopUnderTest, path: str = PATH, at: datetime | None = None) -> dict[str, str]:
    return signed_headers(Message("GET", path), tested.key, at or datetime.now(UTC))


def _request(order: OrderSnapshot, kind: RemedyKind = RemedyKind.REISSUE) -> RemedyRequest:
    return RemedyRequest(f"test-{uuid4().hex}", order.order_no, kind)


def _seen(shop: HttpShop, order: OrderSnapshot) -> OrderSnapshot:
    found = shop.order(order.order_no)
    assert found is not None
    return found


def _finished(shop: HttpShop, receipt: Receipt) -> Receipt:
    wait_for(lambda: shop.remedy_state(receipt.key).state is not ReceiptState.PENDING)
    return shop.remedy_state(receipt.key)


def test_rm5_a_sealed_request_is_answered(tested: ShopUnderTest) -> None:
    assert _get(tested, PATH, _sealed(tested)).status_code == 200


def test_rm5_a_request_without_a_seal_is_refused(tested: ShopUnderTest) -> None:
    assert _get(tested, PATH, {}).status_code == 401


@pytest.mark.parametrize("minutes", [-6, 6])
def test_rm5_a_stale_request_is_refused(tested: ShopUnderTest, minutes: int) -> None:
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    assert _get(tested, PATH, _sealed(tested, at=at)).status_code == 401


def test_rm5_a_wrong_seal_is_refused(tested: ShopUnderTest) -> None:
    assert _get(tested, PATH, _sealed(tested) | {SIGNATURE_HEADER: "0" * 64}).status_code == 401
    assert _get(tested, f"{PATH}?more=1", _sealed(tested)).status_code == 401
    guessed = signed_headers(Message("GET", PATH), ShopKey(tested.key.key_id, "guess"), datetime.now(UTC))
    assert _get(tested, PATH, guessed).status_code == 401


def test_rm5_the_shop_says_what_it_can_do(shop: HttpShop) -> None:
    assert shop.capabilities().shop
    assert shop.capabilities().can <= {*RemedyKind, "void", "reveal", "events", "remedy_state"}


@pytest.mark.parametrize("by", ["order_no", "bill_no", "trade_no", "email"])
def test_rm5_an_order_is_found_by_each_key(shop: HttpShop, tested: ShopUnderTest, by: str) -> None:
    order = tested.order("delivered")
    names = {"order_no": order.order_no, "email": order.buyer.email}
    value = names.get(by) or getattr(order.payments[0], by)
    assert order.order_no in {found.order_no for found in shop.find(by, value)}


def test_rm5_what_is_not_there_is_not_found_and_no_error(shop: HttpShop) -> None:
    assert shop.find("bill_no", "42000" + "0" * 23) == ()
    assert shop.find("email", "nobody@nowhere.example") == ()
    assert shop.order("NO-SUCH-ORDER") is None
    assert shop.requery("42000" + "0" * 23) is None


@pytest.mark.parametrize("situation", ["delivered", "platform_failed", "page_closed"])
def test_mb1_only_a_member_has_points(tested: ShopUnderTest, situation: str) -> None:
    """A shop may leave them out; whoever bought without an account has none."""
    buyer = tested.order(situation).buyer
    assert buyer.points is None or (buyer.member_no and buyer.points >= 0)


def test_cp16_the_terms_in_force_when_paid_are_told(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("delivered")
    paid_at = min(payment.paid_at for payment in order.payments if payment.paid_at)
    said = shop.terms(order.order_no)
    assert list(said) == in_force(said, paid_at)
    assert {one.sku for one in said} <= {"", order.goods.sku}
    assert shop.terms("NO-SUCH-ORDER") == ()


def test_rm5_an_unknown_way_to_search_is_refused(shop: HttpShop) -> None:
    with pytest.raises(Rejected):
        shop.find("shoe_size", "43")


def test_pa4_paid_orders_can_be_polled(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("platform_failed")
    paid_at = order.payments[0].paid_at
    assert paid_at is not None
    assert order.order_no in {found.order_no for found in shop.paid_since(paid_at - timedelta(seconds=1))}
    assert order.order_no not in {found.order_no for found in shop.paid_since(paid_at + timedelta(seconds=1))}


def test_rm1_a_pending_payment_can_be_asked_about_again(shop: HttpShop, tested: ShopUnderTest) -> None:
    payment = shop.requery(tested.order("payment_pending").payments[0].bill_no)
    assert payment is not None
    assert payment.state is PaymentState.PENDING


def test_rm5_keys_are_masked_until_revealed(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("page_closed")
    item = order.delivery.items[0]
    assert "*" in item.masked
    assert item.first_shown_at is None
    (key,) = shop.reveal(order.order_no)
    assert key.startswith(item.masked[:4])
    shown = _seen(shop, order).delivery.items[0].first_shown_at
    assert shown is not None
    shop.reveal(order.order_no)
    assert _seen(shop, order).delivery.items[0].first_shown_at == shown


def test_rm4_a_repeated_remedy_happens_once(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("platform_failed")
    request = _request(order)
    first = shop.remedy(request)
    assert first.state is ReceiptState.DONE
    assert len(first.keys) == 1
    assert shop.remedy(request) == first
    assert shop.remedy_state(request.key) == first
    after = _seen(shop, order)
    assert after.delivery.state is DeliveryState.DONE
    assert len(after.delivery.items) == 1


def test_rm4_ten_doubles_at_once_happen_once(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("platform_failed")
    request = _request(order)
    with ThreadPoolExecutor(10) as crowd:
        receipts = list(crowd.map(lambda _: shop.remedy(request), range(10)))
    assert len(set(receipts)) == 1
    assert len(_seen(shop, order).delivery.items) == 1


def test_rm4_two_remedies_at_once_deliver_one_key(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("platform_failed")

    def attempt(number: int) -> str:
        try:
            return shop.remedy(_request(order)).state
        except Rejected as fault:
            return fault.code

    with ThreadPoolExecutor(4) as crowd:
        results = list(crowd.map(attempt, range(4)))
    assert results.count("done") == 1
    assert len(_seen(shop, order).delivery.items) == 1


def test_rm4_one_key_cannot_mean_two_things(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("platform_failed")
    request = _request(order)
    shop.remedy(request)
    with pytest.raises(Rejected):
        shop.remedy(replace(request, kind=RemedyKind.REFUND, amount=order.amount))


def test_rm4_the_old_key_is_voided_first(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("expired_card")
    old = order.delivery.items[0].key_id
    receipt = shop.remedy(replace(_request(order), replaces=(old,)))
    items = {item.key_id: item for item in _seen(shop, order).delivery.items}
    fresh = next(item for key_id, item in items.items() if key_id != old)
    voided_at = items[old].voided_at
    assert voided_at is not None and voided_at <= fresh.delivered_at
    assert shop.reveal(order.order_no) == receipt.keys


def test_rm4_a_refused_remedy_voids_nothing(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("expired_card")
    old = order.delivery.items[0].key_id
    with pytest.raises(Rejected):
        shop.remedy(replace(_request(order), replaces=(old,), quantity=order.quantity + 1))
    assert _seen(shop, order).delivery.items[0].voided_at is None


def test_rm9_a_refund_over_the_paid_amount_is_refused(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("platform_failed")
    with pytest.raises(Rejected):
        shop.remedy(replace(_request(order, RemedyKind.REFUND), amount=order.amount + Money(1)))
    assert _seen(shop, order).refunds == ()


def test_rm9_parts_of_a_refund_never_exceed_the_whole(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("platform_failed")
    part = replace(_request(order, RemedyKind.REFUND), amount=Money(order.amount.fen * 3 // 5))
    shop.remedy(part)
    with pytest.raises(Rejected):
        shop.remedy(replace(part, key=f"test-{uuid4().hex}"))


def test_rm10_a_refund_goes_back_along_the_payment(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("out_of_stock")
    receipt = shop.remedy(replace(_request(order, RemedyKind.REFUND), amount=order.amount))
    assert _finished(shop, receipt).state is ReceiptState.DONE
    (refund,) = _seen(shop, order).refunds
    assert (refund.state, refund.amount, refund.key) == (RefundState.ARRIVED, order.amount, receipt.key)
    assert refund.bill_no == order.payments[0].bill_no


def test_rm1_an_article_of_the_same_price_can_be_taken_instead(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("out_of_stock")
    other = order.goods.alternatives[0]
    assert other.price == order.goods.price
    receipt = shop.remedy(replace(_request(order, RemedyKind.EXCHANGE), sku=other.sku))
    assert len(receipt.keys) == order.quantity


def test_rm3_a_bounced_key_is_sent_again(shop: HttpShop, tested: ShopUnderTest) -> None:
    order = tested.order("mail_mistyped")
    receipt = shop.remedy(replace(_request(order, RemedyKind.RESEND), to="right@mail.example"))
    assert receipt.keys == shop.reveal(order.order_no)
    assert _seen(shop, order).delivery.items[0].to == "right@mail.example"


def test_rm5_a_remedy_nobody_asked_for_is_unknown(shop: HttpShop) -> None:
    assert shop.remedy_state(f"test-{uuid4().hex}").state is ReceiptState.UNKNOWN


def test_rm5_a_remedy_for_an_order_that_does_not_exist_is_refused(shop: HttpShop) -> None:
    with pytest.raises(Rejected):
        shop.remedy(RemedyRequest(f"test-{uuid4().hex}", "NO-SUCH-ORDER", RemedyKind.REISSUE))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff\xfe", b'{"key": 5}', b'{"key":"a","order_no":"b","kind":"gift"}']
)
def test_rm5_a_remedy_that_cannot_be_read_is_a_clear_refusal(tested: ShopUnderTest, body: bytes) -> None:
    path = f"{BASE_PATH}/remedies"
    headers = signed_headers(Message("POST", path, body), tested.key, datetime.now(UTC))
    url = tested.url.removesuffix(BASE_PATH) + path
    answer = httpx.post(url, content=body, headers=headers, trust_env=False, timeout=20)
    assert answer.status_code in (400, 422)
