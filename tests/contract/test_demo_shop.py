"""RM5: the demo shop's own promises: situations, switches, ledger, events, mailbox, and that a kill loses nothing."""

import json
import re
import smtplib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from huiyin.adapters.shop.http import HttpShop
from huiyin.domain.orders.promotions import expected
from huiyin.domain.orders.shop import (
    DeliveryState,
    OrderSnapshot,
    PaymentState,
    ReceiptState,
    RemedyKind,
    RemedyRequest,
)
from huiyin.lib.errors import Outside, Rejected, Unavailable
from huiyin.lib.money import Money
from huiyin.lib.signing import Message, check_signed, identity_in, order_in_link
from tests.contract.shops import DemoShop, flip, ledger, more_orders, wait_for
from tests.fakes import SITUATIONS, an_order

LONG_SUBJECT = "您的“《星河战盟》100 元点卡”在这里，还附上了怎么用和从哪里回来找我们"  # long enough to be folded


@pytest.fixture(scope="module")
def shop(demo: DemoShop) -> Iterator[HttpShop]:
    port = HttpShop(demo.url, demo.key.key_id, demo.key.secret, timeout_s=1.5)
    yield port
    port.close()


@pytest.fixture
def fault(demo: DemoShop) -> Iterator[Any]:
    """Turn a switch of the whole shop on; it is off again after the test."""
    on: list[str] = []

    def turn_on(name: str) -> None:
        on.append(name)
        flip(demo.url, name)

    yield turn_on
    for name in on:
        flip(demo.url, name, on=False)


def _facts(order: OrderSnapshot) -> tuple[Any, ...]:
    """What the rules look at, without numbers and times."""
    delivery = order.delivery
    return (
        order.goods.kind,
        bool(order.goods.stock),
        bool(order.goods.alternatives),
        [payment.state for payment in order.payments],
        [(refund.state, refund.reason) for refund in order.refunds],
        delivery.state,
        [(attempt.result, attempt.detail) for attempt in delivery.attempts],
        [(item.by, item.mail_state, item.region, item.also_in_orders, item.redeemed_by) for item in delivery.items],
        (order.quantity, order.expected_value, order.credited_value, order.promotion, order.account_confirmed),
    )


def test_op3_the_supervisor_is_told_at_least_three_orders_of_each_situation(demo: DemoShop) -> None:
    told = demo.told()
    assert (told["url"], told["ledger_path"], told["smtp_port"]) == (demo.url, "/ledger", demo.smtp_port)
    for situation in SITUATIONS:
        assert sum(1 for order in told["demo_orders"] if order["situation"] == situation) >= 3
    assert all({"order_no", "bill_no", "amount", "email"} <= order.keys() for order in told["demo_orders"])


def test_mb1_the_demo_shop_tells_the_points_of_its_members(demo: DemoShop, shop: HttpShop) -> None:
    members = [one.buyer for one in shop.paid_since(datetime(2000, 1, 1, tzinfo=UTC)) if one.buyer.member_no]
    assert members
    assert all(one.points is not None and one.tier for one in members)


def test_cp16_the_demo_shop_promises_50_for_100(demo: DemoShop, shop: HttpShop) -> None:
    order_no = more_orders(demo.url, "short_amount")[0]["order_no"]
    said = {one.kind.value: one for one in shop.terms(order_no)}
    assert set(said) == {"goods_page", "promotion", "fees", "refund"}
    assert expected(said["promotion"].rule, Money.parse("100")).amount == Money.parse("150")


@pytest.mark.parametrize("situation", [s for s in SITUATIONS if s != "shop_unreachable"])
def test_rm5_the_demo_shop_and_the_fake_show_the_same_facts(demo: DemoShop, shop: HttpShop, situation: str) -> None:
    lines = [order for order in demo.told()["demo_orders"] if order["situation"] == situation]
    for seed, line in enumerate(lines):
        seen = shop.order(line["order_no"])
        assert seen is not None
        assert _facts(seen) == _facts(an_order(situation, seed=seed))


def test_rm5_a_shop_that_does_not_answer_about_an_order_is_unavailable_until_healed(demo: DemoShop) -> None:
    def hasty() -> HttpShop:
        """Remembers nothing of an earlier silence."""
        return HttpShop(demo.url, demo.key.key_id, demo.key.secret, timeout_s=0.5)

    for line in more_orders(demo.url, "shop_unreachable", 2):
        for by in ("order_no", "bill_no", "email"):
            with closing(hasty()) as shop, pytest.raises(Unavailable):
                shop.find(by, line[by])
        for trouble in ("silent", "busy"):
            flip(demo.url, trouble, order_no=line["order_no"], on=False)
        with closing(hasty()) as shop:
            assert shop.order(line["order_no"]) is not None


def test_rm1_a_channel_settles_and_the_shop_delivers_by_itself(demo: DemoShop, shop: HttpShop) -> None:
    line = more_orders(demo.url, "payment_pending")[0]
    flip(demo.url, "channel_settles", order_no=line["order_no"])
    payment = shop.requery(line["bill_no"])
    assert payment is not None and payment.state is PaymentState.PAID
    wait_for(lambda: _state(shop, line["order_no"]) is DeliveryState.DONE)


def test_rm9_a_refund_that_failed_fails_again_and_leaves_no_effect(demo: DemoShop, shop: HttpShop) -> None:
    line = more_orders(demo.url, "refund_failed")[0]
    order = shop.order(line["order_no"])
    assert order is not None
    receipt = shop.remedy(RemedyRequest(f"f-{order.order_no}", order.order_no, RemedyKind.REFUND, order.amount))
    assert (receipt.state, receipt.detail) == (ReceiptState.FAILED, "account closed")
    assert order.order_no not in {effect["order_no"] for effect in ledger(demo.url)}


def test_rm4_a_lost_reply_has_happened_and_can_be_asked_for(demo: DemoShop, shop: HttpShop) -> None:
    order_no = more_orders(demo.url, "platform_failed")[0]["order_no"]
    flip(demo.url, "reply_lost", order_no=order_no)
    request = RemedyRequest(f"lost-{order_no}", order_no, RemedyKind.REISSUE)
    with pytest.raises(Unavailable):
        shop.remedy(request)
    assert shop.remedy_state(request.key).state is ReceiptState.DONE
    assert [e["effect"] for e in ledger(demo.url) if e["order_no"] == order_no] == ["reissue"]


def test_rm12_a_shop_that_cannot_act_says_so(demo: DemoShop, fault: Any) -> None:
    fault("no_remedies")
    fault("no_remedy_state")
    shop = HttpShop(demo.url, demo.key.key_id, demo.key.secret)
    assert shop.capabilities().can == {"reveal", "events"}
    with pytest.raises(Rejected, match="unsupported"):
        shop.remedy_state("anything")
    shop.close()


def test_rm5_a_shop_that_lies_is_unavailable(shop: HttpShop, fault: Any) -> None:
    fault("lies")
    with pytest.raises(Unavailable):
        shop.find("email", "a@b.example")


def test_op3_the_mailbox_shows_mails_and_sms(demo: DemoShop) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "回音 <help@huiyin.example>", "buyer@mail.example", LONG_SUBJECT
    mail.set_content("您的卡密在这里")
    with smtplib.SMTP("127.0.0.1", demo.smtp_port, timeout=5) as client:
        client.send_message(mail)
    httpx.post(f"{demo.url}/sms", json={"to": "19000000001", "text": "验证码 123456"}, trust_env=False)
    (kept,) = _letters(demo, "buyer@mail.example")
    assert (kept["subject"], kept["from"], kept["text"]) == (mail["Subject"], mail["From"], "您的卡密在这里\n")
    assert _letters(demo, "19000000001")[0]["text"] == "验证码 123456"


def test_rm5_the_order_page_carries_a_signed_link_and_the_contact_block(demo: DemoShop) -> None:
    order_no = more_orders(demo.url, "platform_failed")[0]["order_no"]
    page = httpx.get(f"{demo.url}/orders/{order_no}", trust_env=False).text
    token = page.split("/o#", 1)[1].split('"', 1)[0]
    assert order_in_link(token, demo.key.secret, datetime.now(UTC)) == order_no
    assert "/static/portal/contact-block.js" in page
    assert f'data-token="{token}"' in page


def test_ch1_the_order_page_carries_the_chat_with_its_order_and_its_member(demo: DemoShop) -> None:
    order_nos = [one["order_no"] for one in more_orders(demo.url, "delivered", 2)]
    pages = [httpx.get(f"{demo.url}/orders/{no}", trust_env=False).text for no in order_nos]
    tag = re.compile(r'<script src="[^"]+/chat.js" data-order="([^"]+)"(?: data-identity="([^"]+)")?')
    tags = [tag.findall(page)[0] for page in pages]
    now = datetime.now(UTC)
    assert [order_in_link(link, demo.key.secret, now) for link, _ in tags] == order_nos
    signed = [identity_in(token, demo.key.secret, now) for _, token in tags if token]
    assert signed
    assert {member.order_no for member in signed} <= set(order_nos)
    assert all(member.sub.startswith("M") for member in signed)


def test_rm5_the_pages_of_the_demo_work(demo: DemoShop) -> None:
    with httpx.Client(base_url=demo.url, trust_env=False, follow_redirects=True) as browser:
        for path in ("/", "/mailbox", "/static/demo/shop.css", "/huiyin/v1/openapi.json", "/healthz"):
            assert browser.get(path).status_code == 200
        browser.get("/")
        form = {"csrfmiddlewaretoken": browser.cookies["demo-shop-csrf"], "situation": "", "email": "me@mail.example"}
        bought = browser.post("/buy", data=form)
        assert bought.status_code == 200
        wait_for(lambda: "已发货" in browser.get(bought.url).text)
        shown = browser.post(f"{bought.url}/show", data=form)
        assert 'class="key"' in shown.text
        assert _letters(demo, "me@mail.example")[0]["subject"] == "您的卡密"
        assert browser.post(f"{bought.url}/redeem", data=form).status_code == 200
        assert browser.get("/orders/none").status_code == 404


def test_pa4_events_are_signed_and_sent_until_they_arrive(tmp_path: Path) -> None:
    with _centre(refusals=3) as (url, heard):
        shop = DemoShop(tmp_path, centre_url=url)
        shop.start()
        try:
            wait_for(lambda: len(heard) >= 4 + 3)  # one for each watched order, and the refused ones again
        finally:
            assert shop.stop() == 0
    for headers, told in heard:
        body = json.dumps(told, ensure_ascii=False).encode()
        check_signed(Message("POST", "/api/v1/shop/events", body), headers, shop.key, datetime.now(UTC))
        assert (told["type"], set(told)) == ("paid", {"id", "type", "order_no", "at", "data"})
    assert len({told["id"] for _, told in heard}) == 4


def test_op3_a_restarted_shop_has_unused_orders_for_every_situation(tmp_path: Path) -> None:
    shop = DemoShop(tmp_path)
    shop.start()
    port = HttpShop(shop.url, shop.key.key_id, shop.key.secret, timeout_s=5)
    used = [line["order_no"] for line in shop.told()["demo_orders"] if line["situation"] == "platform_failed"]
    for order_no in used:
        port.remedy(RemedyRequest(f"used-{order_no}", order_no, RemedyKind.REISSUE))
    port.close()
    assert shop.stop() == 0
    shop.start()
    told = shop.told()["demo_orders"]
    assert shop.stop() == 0
    assert not set(used) & {line["order_no"] for line in told}
    assert all(sum(1 for line in told if line["situation"] == situation) >= 2 for situation in SITUATIONS)


def test_op3_a_killed_shop_comes_back_with_everything_and_does_nothing_twice(tmp_path: Path) -> None:
    shop = DemoShop(tmp_path)
    shop.start()
    before = shop.told()["demo_orders"]
    orders = [line["order_no"] for line in more_orders(shop.url, "platform_failed", 30)]
    port = HttpShop(shop.url, shop.key.key_id, shop.key.secret, timeout_s=5)
    requests = [RemedyRequest(f"kill-{no}", no, RemedyKind.REISSUE) for no in orders]
    some_done = threading.Event()

    def attempt(request: RemedyRequest) -> None:
        with suppress(Outside):
            port.remedy(request)
        some_done.set()

    with ThreadPoolExecutor(4) as crowd:
        work = [crowd.submit(attempt, request) for request in requests]
        assert some_done.wait(10)
        shop.kill()
        for job in work:
            job.result()
    shop.start()
    assert {line["order_no"] for line in before} <= {line["order_no"] for line in shop.told()["demo_orders"]}
    for request in requests:
        port.remedy(request)
    done = [line["order_no"] for line in ledger(shop.url)]
    assert sorted(done) == sorted(orders)
    port.close()
    assert shop.stop() == 0


def _state(shop: HttpShop, order_no: str) -> DeliveryState:
    order = shop.order(order_no)
    assert order is not None
    return order.delivery.state


def _letters(demo: DemoShop, to: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = httpx.get(f"{demo.url}/mailbox.json", params={"to": to}, trust_env=False).json()
    return found


@contextmanager
def _centre(refusals: int) -> Iterator[tuple[str, list[tuple[dict[str, str], dict[str, Any]]]]]:
    """A centre that refuses the first events and takes the rest."""
    heard: list[tuple[dict[str, str], dict[str, Any]]] = []

    class Centre(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((dict(self.headers.items()), json.loads(body)))
            self.send_response(503 if len(heard) <= refusals else 204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Centre)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
