"""RM5: our side of the contract. Whatever a shop does, we get a value, `Unavailable` or `Rejected`, and in time."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from huiyin.adapters.shop.http import LARGEST_ANSWER, HttpShop, from_settings
from huiyin.adapters.shop.silence import REMEMBERED_S, Silence, TimedOut
from huiyin.domain.orders.shop import ReceiptState, RemedyKind, RemedyRequest
from huiyin.lib.errors import Rejected, Unavailable
from huiyin.lib.money import Money
from huiyin.lib.signing import Message, ShopKey, check_signed
from tests.adapters.liar import Liar, drips, hangs, hangs_up, lying, says, took
from tests.chaos.processes import eventually
from tests.contract.shops import free_port

KEY = ShopKey("shop-1", "secret")
NOTHING_FOUND = says('{"orders": []}')
REQUEST = RemedyRequest("r-1", "KM1", RemedyKind.REFUND, Money.parse("9.90"), bill_no="42", reason="不要了")
TIME_OUT = 0.4
SLACK = 0.6  # a busy machine; what is measured would otherwise last ten seconds


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying() as found:
        yield found


@pytest.fixture
def shop(liar: Liar) -> Iterator[HttpShop]:
    port = HttpShop(liar.url, KEY.key_id, KEY.secret, timeout_s=TIME_OUT)
    yield port
    port.close()


@pytest.fixture
def until() -> Iterator[threading.Event]:
    """Lets hanging answers go when the test is over."""
    event = threading.Event()
    yield event
    event.set()


CALLS: list[Callable[[HttpShop], object]] = [
    lambda shop: shop.capabilities(),
    lambda shop: shop.find("email", "a@b.example"),
    lambda shop: shop.order("KM1"),
    lambda shop: shop.requery("42"),
    lambda shop: shop.paid_since(datetime(2026, 11, 22, tzinfo=UTC)),
    lambda shop: shop.reveal("KM1"),
    lambda shop: shop.remedy(REQUEST),
    lambda shop: shop.remedy_state("r-1"),
    lambda shop: shop.terms("KM1"),
]


def test_rm5_requests_are_signed_as_they_stand_on_the_wire(liar: Liar, shop: HttpShop) -> None:
    liar.says(NOTHING_FOUND)
    shop.find("email", "王 a+b@例子.example&x=/?#")
    method, target = liar.asked[0].split(" ", 1)
    check_signed(Message(method, target), _titled(liar.headers[0]), KEY, datetime.now(UTC))
    assert target.startswith("/huiyin/v1/orders?by=email&value=%E7%8E%8B%20a%2Bb")


def test_rm5_the_body_of_a_remedy_is_signed_and_says_everything(liar: Liar, shop: HttpShop) -> None:
    liar.says(says('{"key": "r-1", "state": "pending"}'))
    assert shop.remedy(REQUEST).state is ReceiptState.PENDING
    message = Message("POST", "/huiyin/v1/remedies", liar.bodies[0])
    check_signed(message, _titled(liar.headers[0]), KEY, datetime.now(UTC))
    assert json.loads(liar.bodies[0]) == {
        "key": "r-1",
        "order_no": "KM1",
        "kind": "refund",
        "amount": "9.90",
        "quantity": 1,
        "bill_no": "42",
        "replaces": [],
        "to": "",
        "sku": "",
        "reason": "不要了",
    }


@pytest.mark.parametrize("call", CALLS)
def test_rm5_a_shop_that_hangs_is_unavailable_in_time(
    liar: Liar, shop: HttpShop, until: threading.Event, call: Callable[[HttpShop], object]
) -> None:
    liar.says(hangs(until))
    assert took(lambda: _unavailable(shop, call)) < TIME_OUT + SLACK
    assert len(liar.asked) == 1  # time is up: asking again would only make the buyer wait


def test_rm5_a_shop_that_drips_is_unavailable_in_time(liar: Liar, shop: HttpShop, until: threading.Event) -> None:
    liar.says(drips(until))
    assert took(lambda: _unavailable(shop, CALLS[1])) < TIME_OUT + SLACK


def test_rm5_a_shop_that_is_not_there_is_unavailable() -> None:
    shop = HttpShop(f"http://127.0.0.1:{free_port()}", "k", "s", timeout_s=TIME_OUT)
    for call in CALLS:
        _unavailable(shop, call)
    shop.close()


@pytest.mark.parametrize("hiccup", [says("{}", 503), says("<html>", 502), hangs_up])
def test_rm5_a_read_is_tried_again_after_a_hiccup(liar: Liar, shop: HttpShop, hiccup: Callable[..., None]) -> None:
    liar.says(hiccup, NOTHING_FOUND)
    assert shop.find("email", "a@b.example") == ()
    assert len(liar.asked) == 2


def test_rm5_reads_are_tried_three_times_at_most(liar: Liar, shop: HttpShop) -> None:
    liar.says(says("{}", 500))
    _unavailable(shop, CALLS[1])
    assert 1 <= len(liar.asked) <= 3


@pytest.mark.parametrize("call", [CALLS[5], CALLS[6]])
def test_rm4_what_changes_something_is_never_repeated_by_itself(
    liar: Liar, shop: HttpShop, call: Callable[[HttpShop], object]
) -> None:
    liar.says(says("{}", 503))
    _unavailable(shop, call)
    assert len(liar.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 409, 410, 422, 302, 204])
def test_rm5_a_clear_no_is_rejected_with_the_shops_code(liar: Liar, shop: HttpShop, status: int) -> None:
    body = "" if status == 204 else '{"code": "over_paid", "detail": "too much"}'
    liar.says(says(body, status))
    with pytest.raises(Rejected) as rejected:
        shop.remedy(REQUEST)
    assert rejected.value.code == ("http_204" if status == 204 else "over_paid")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_rm5_try_again_later_is_unavailable(liar: Liar, shop: HttpShop, status: int) -> None:
    liar.says(says('{"code": "busy"}', status))
    _unavailable(shop, CALLS[6])


def test_rm5_an_order_that_is_not_there_is_none(liar: Liar, shop: HttpShop) -> None:
    liar.says(says('{"code": "not_found"}', 404))
    assert shop.order("KM1") is None
    assert shop.requery("42") is None


@pytest.mark.parametrize("name", ["", "a/b", "../orders", "KM1?x=1", "单号", "a" * 101, "KM1\n"])
def test_rm5_what_cannot_be_an_order_number_is_never_sent(liar: Liar, shop: HttpShop, name: str) -> None:
    assert shop.order(name) is None
    with pytest.raises(Rejected, match="not_found"):
        shop.reveal(name)
    assert liar.asked == []


@pytest.mark.parametrize("status", [404, 405, 501])
def test_rm12_a_shop_that_cannot_tell_about_remedies_is_unsupported(liar: Liar, shop: HttpShop, status: int) -> None:
    liar.says(says("Not here", status))
    with pytest.raises(Rejected, match="unsupported"):
        shop.remedy_state("r-1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe{}",
        b"{" * 100_000,
        b'{"a":' * 100_000,
        b'{"orders": [{"order_no": 17}]}',
        b'{"state": "done", "key": "another", "orders": 5, "keys": [1], "shop": 7}',
        b'{"state": NaN, "keys": Infinity, "orders": "x"}',
        b"[" + b"9" * 10_000 + b"]",
        b'{"orders": "' + b"x" * LARGEST_ANSWER + b'"}',
    ],
)
def test_rm5_a_shop_that_lies_is_unavailable(liar: Liar, shop: HttpShop, body: bytes) -> None:
    liar.says(says(body))
    for call in CALLS:
        _unavailable(shop, call)


def test_rm5_an_answer_of_a_megabyte_is_not_read_further(liar: Liar, shop: HttpShop) -> None:
    liar.says(says(b" " * (LARGEST_ANSWER + 1)))
    with pytest.raises(Unavailable, match="megabyte"):
        shop.remedy(REQUEST)


def test_rm5_capabilities_are_asked_once_a_minute(liar: Liar, shop: HttpShop) -> None:
    liar.says(says('{"shop": "x", "can": ["refund"]}'))
    assert shop.capabilities() is shop.capabilities()
    assert len(liar.asked) == 1


def test_rm5_a_base_address_may_name_the_contract_path_or_not(liar: Liar) -> None:
    liar.says(NOTHING_FOUND)
    for url in (liar.url, f"{liar.url}/", f"{liar.url}/huiyin/v1", f"{liar.url}/huiyin/v1/"):
        shop = HttpShop(url, "k", "s")
        shop.find("qq", "1")
        shop.close()
    assert {line.split("?")[0] for line in liar.asked} == {"GET /huiyin/v1/orders"}


def test_rm5_the_shop_of_the_settings_is_one_client(settings: object, liar: Liar) -> None:
    settings.SHOP_URL = liar.url  # type: ignore[attr-defined]
    liar.says(NOTHING_FOUND)
    assert from_settings() is from_settings()
    assert from_settings().find("qq", "1") == ()
    from_settings().close()


def _unavailable(shop: HttpShop, call: Callable[[HttpShop], object]) -> None:
    with pytest.raises(Unavailable):
        call(shop)


def _all_unavailable(shop: HttpShop, times: int) -> None:
    for _ in range(times):
        _unavailable(shop, CALLS[2])


def _titled(headers: dict[str, str]) -> dict[str, str]:
    return {name.title(): value for name, value in headers.items()}


def test_rm5_a_shop_that_hangs_is_not_waited_for_again_at_once(
    liar: Liar, shop: HttpShop, until: threading.Event
) -> None:
    liar.says(hangs(until))
    with pytest.raises(Unavailable):
        shop.order("KM1")
    assert took(lambda: _all_unavailable(shop, 20)) < TIME_OUT
    assert len(liar.asked) == 1
    liar.says(says("{}", 404))
    assert eventually(lambda: _knows_nothing(shop), seconds=REMEMBERED_S + 5)
    assert len(liar.asked) == 2  # the one that found out that it answers again
    assert shop.order("KM1") is None


def _knows_nothing(shop: HttpShop) -> bool:
    try:
        return shop.order("KM1") is None
    except Unavailable:
        return False


def test_rm5_while_one_question_tries_the_others_are_told_that_the_shop_is_silent() -> None:
    at = [100.0]
    silence = Silence(lambda: at[0])
    with pytest.raises(TimedOut), silence.watched():
        raise TimedOut("hangs")
    at[0] += REMEMBERED_S
    with silence.watched(), pytest.raises(Unavailable), silence.watched():
        raise AssertionError("asked beside the one that tries")
    with silence.watched(), silence.watched():
        pass


def test_rm5_a_try_that_fails_is_silence_again() -> None:
    at = [100.0]
    silence = Silence(lambda: at[0])
    for _ in range(2):
        with pytest.raises(TimedOut), silence.watched():
            raise TimedOut("hangs")
        with pytest.raises(Unavailable), silence.watched():
            raise AssertionError("asked while silent")
        at[0] += REMEMBERED_S
