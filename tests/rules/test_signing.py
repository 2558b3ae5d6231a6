"""RM5: seals between Huiyin and a shop. A request or link that was not made with the secret proves nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.lib.errors import Refusal
from huiyin.lib.signing import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    WINDOW_S,
    Message,
    ShopKey,
    check_signed,
    link_token,
    order_in_link,
    signed_headers,
)

NOW = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
KEY = ShopKey("shop-1", "a secret of thirty-two characters")
MESSAGE = Message("POST", "/huiyin/v1/remedies?x=%E4%BD%A0", b'{"a":1}')


def _refusal(message: Message, headers: dict[str, str], key: ShopKey = KEY, now: datetime = NOW) -> str:
    with pytest.raises(Refusal) as refused:
        check_signed(message, headers, key, now)
    return refused.value.code


def test_rm5_a_signed_request_is_accepted_within_the_window() -> None:
    headers = signed_headers(MESSAGE, KEY, NOW)
    check_signed(MESSAGE, headers, KEY, NOW + timedelta(seconds=WINDOW_S))
    check_signed(MESSAGE, headers, KEY, NOW - timedelta(seconds=WINDOW_S))


def test_rm5_a_known_example_stays_the_same_so_that_other_languages_can_check_theirs() -> None:
    headers = signed_headers(Message("GET", "/huiyin/v1/capabilities"), ShopKey("demo", "secret"), NOW)
    assert headers[TIMESTAMP_HEADER] == "1795305600"
    assert headers[SIGNATURE_HEADER] == "2ed2c4a00c2fe3ccb4ee6653776220e2d082c85e2efe9721b8b3ab3e3c462094"


@pytest.mark.parametrize(
    "changed",
    [
        Message("GET", MESSAGE.target, MESSAGE.body),
        Message("POST", "/huiyin/v1/remedies", MESSAGE.body),
        Message("POST", MESSAGE.target, b'{"a":2}'),
    ],
)
def test_rm5_a_changed_request_is_refused(changed: Message) -> None:
    assert _refusal(changed, signed_headers(MESSAGE, KEY, NOW)) == "signature_wrong"


def test_rm5_another_key_or_secret_is_refused() -> None:
    headers = signed_headers(MESSAGE, KEY, NOW)
    assert _refusal(MESSAGE, headers, ShopKey("shop-1", "guess")) == "signature_wrong"
    assert _refusal(MESSAGE, headers, ShopKey("shop-2", KEY.secret)) == "signature_wrong"


@pytest.mark.parametrize("seconds", [WINDOW_S + 1, -WINDOW_S - 1])
def test_rm5_a_stale_request_is_refused(seconds: int) -> None:
    headers = signed_headers(MESSAGE, KEY, NOW)
    assert _refusal(MESSAGE, headers, now=NOW + timedelta(seconds=seconds)) == "signature_stale"


@given(stamp=st.text(max_size=30), seal=st.text(max_size=80))
def test_rm5_nonsense_in_the_headers_is_refused_and_never_an_error(stamp: str, seal: str) -> None:
    headers = signed_headers(MESSAGE, KEY, NOW) | {TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: seal}
    assert _refusal(MESSAGE, headers).startswith("signature_")


def test_rm5_a_link_proves_its_order_until_it_expires() -> None:
    token = link_token("KM1", NOW + timedelta(days=1), KEY.secret)
    assert order_in_link(token, KEY.secret, NOW) == "KM1"
    with pytest.raises(Refusal, match="link_expired"):
        order_in_link(token, KEY.secret, NOW + timedelta(days=2))


@given(st.text(max_size=200))
def test_rm5_an_invented_link_proves_nothing(token: str) -> None:
    with pytest.raises(Refusal, match="link_wrong"):
        order_in_link(token, KEY.secret, NOW)


def test_rm5_a_link_of_another_shop_or_with_another_order_proves_nothing() -> None:
    token = link_token("KM1", NOW + timedelta(days=1), KEY.secret)
    other = link_token("KM2", NOW + timedelta(days=1), "other")
    for forged in (other, other.split(".")[0] + "." + token.split(".")[1], token[:-1]):
        with pytest.raises(Refusal, match="link_wrong"):
            order_in_link(forged, KEY.secret, NOW)
