"""API 8: where a webhook may lead, and how long we try."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.notices.hooks.rules import EVENTS, WAITS_S, Wanted, check, check_url, may_call, pause_before
from huiyin.lib.errors import Refusal
from huiyin.lib.signing import SIGNATURE_HEADER, Message, ShopKey, signed_headers
from tests.house.tree import ROOT

INSIDE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1",
    "::7f00:1", "64:ff9b:1::a00:1", "fec0::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "114.114.114.114", "2001:4860:4860::8888", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_of_our_own_network_is_never_called(address: str) -> None:
    assert not may_call(address, allow_private=False)
    assert may_call(address, allow_private=True)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_public_internet_is_called(address: str) -> None:
    assert may_call(address, allow_private=False)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_as_private_inside_ipv6_as_by_itself(number: int) -> None:
    plain = ipaddress.IPv4Address(number)
    forms = [ipaddress.IPv6Address(f"::ffff:{plain}"), ipaddress.IPv6Address((0x64FF9B << 96) | number)]
    if not may_call(str(plain), allow_private=False):
        assert not any(may_call(str(form), allow_private=False) for form in forms)


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://a.example/x", "http://a.example/x", "https://", "https:///x", "https://u:p@a.example/",
        "//a.example", "https://a.example/#x", "https://a.example/\nHost: b", "https://a.example:0/", "https://a.example:99999/",
        "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/x", "https://a.example/" + "x" * 500,
        "https://exämple.de/", "javascript:alert(1)", "https://a.example/ x",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_right_is_refused_at_once(url: str) -> None:
    with pytest.raises(Refusal) as no:
        check_url(url, allow_private=False)
    assert no.value.code == "hook_url"


def test_an_address_that_can_be_right_is_taken() -> None:
    check_url("https://shop.example/huiyin?from=1", allow_private=False)
    check_url("https://8.8.8.8/huiyin", allow_private=False)
    check_url("http://127.0.0.1:8099/huiyin", allow_private=True)


@pytest.mark.parametrize("events", [(), ("case_filed", "no_such"), ("notice_sent",), ("ping",)])
def test_only_public_events_can_be_subscribed_to(events: tuple[str, ...]) -> None:
    with pytest.raises(Refusal) as no:
        check(Wanted("x", "https://a.example/", events), allow_private=False)
    assert no.value.code == "hook_event_unknown"


def test_nothing_that_says_who_somebody_is_goes_out() -> None:
    told = {field for fields in EVENTS.values() for field in fields}
    assert not told & {"name", "phone", "email", "text", "text_hash", "words", "contact", "buyer"}


def test_the_example_of_the_page_stays_the_same_so_that_other_languages_can_check_theirs() -> None:
    body = b'{"id":"1-1","seq":1,"event":"ping","at":"2026-11-22T00:00:00+00:00","data":{}}'
    at = datetime.fromtimestamp(1_795_305_600, UTC)
    headers = signed_headers(Message("POST", "/told?by=huiyin", body), ShopKey("hook-1", "secret"), at)
    assert headers[SIGNATURE_HEADER] == "e3acd13171624dee99ba3eb488a3254c93fd0efa869fd863e8f01f94cc3cd90c"
    assert f"`{headers[SIGNATURE_HEADER]}`" in (ROOT / "docs" / "reference" / "webhooks.md").read_text()


@given(st.integers(1, 30), st.floats(0, 1))
def test_pauses_grow_and_end(tries: int, dice: float) -> None:
    pause = pause_before(tries, dice)
    assert (pause is None) == (tries > len(WAITS_S))
    if pause is not None:
        assert timedelta(seconds=0.75 * WAITS_S[tries - 1]) <= pause <= timedelta(seconds=1.25 * WAITS_S[tries - 1])
