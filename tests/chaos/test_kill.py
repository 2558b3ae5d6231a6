"""A thousand people complain, and a hundred of them are put right, while everything is killed under them.

A real instance; SIGKILL to web, worker, demo shop and the postmaster at random moments. Nothing is lost and nothing
happens twice: every remedy is done, the shop's own ledger has one effect per order, every complaint is there once under
the number its buyer was told, with its promises; every chain is whole, and every file that was kept is the one sent.
"""

import hashlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC
from functools import partial
from itertools import groupby
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import psycopg
import pytest

from huiyin.adapters.storage.disk import DiskFiles
from huiyin.daemons.ephemeral import Running, running_instance
from huiyin.daemons.postgres import find_running
from huiyin.domain.journal.chain import Link, first_break
from huiyin.lib.files import Health
from tests import samples
from tests.chaos.processes import children_of, eventually

BUYERS = 100  # with an order that the shop did not deliver
COMPLAINTS = 1_000  # theirs among them
PICTURES = 100  # of those who complain about something else
AT_ONCE = 8
VICTIMS = ["web", "worker", "demo-shop", "postgres"]
KILLS_EACH = 3
PATIENCE_S = 240.0  # on a machine that others load; it takes about a minute on a quiet one
PUT_RIGHT = {"delivered", "page_closed", "refunded", "refund_on_its_way"}
TROUBLE = {429, 500, 502, 503}


class GaveUp(Exception):
    """A buyer was not helped in time; carries the last answer."""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Running]:
    with running_instance(tmp_path) as running:
        yield running


@dataclass
class Killer:
    """Kills each victim several times, in random order, at random moments of the buyers' progress (`served` of them):
    a slow machine does not get a calm end that way."""

    running: Running
    dice: random.Random
    served: list[int] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def run(self) -> None:
        victims = VICTIMS * KILLS_EACH
        self.dice.shuffle(victims)
        for victim, moment in zip(
            victims, sorted(self.dice.sample(range(COMPLAINTS - AT_ONCE), len(victims))), strict=True
        ):
            while len(self.served) < moment or self.dice.random() < 0.9:  # and a little later, 0.2 s on average
                if self.stop.wait(0.02):
                    return
            assert eventually(partial(self._kill, victim), seconds=30), victim
            self.killed.append(victim)

    def _kill(self, victim: str) -> bool:
        """False while the supervisor has not yet started again what died before."""
        pid = children_of(self.running.ready["pid"]).get(victim)
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        return True


@dataclass
class Buyer:
    """Asks until helped, as people do: whatever fails is simply tried again. Without an order they only complain, the
    first ones with a picture. `told`: the number they were given."""

    running: Running
    client: httpx.Client
    number: int
    deadline: float
    order: dict[str, str] = field(default_factory=dict)
    told: str = ""
    sent: str = ""  # SHA-256 of their picture

    def insist(self) -> None:
        if self.order:
            self._until_put_right("reissue" if self.number % 3 else "refund")
        self._until_filed()
        if BUYERS <= self.number < BUYERS + PICTURES:
            self._until_attached()

    def _until_put_right(self, option: str) -> None:
        while True:
            found = self._post("/orders/find", {"q": self.order["bill_no"]})
            if found["situation"] in PUT_RIGHT:
                return
            if found["situation"] == "platform_failed":
                chosen = self._ask(f"/orders/{found['ref']}/choose", {"option": option})
                if chosen.status_code == 200 and chosen.json()["remedy"]:
                    return
            self._breathe(found)

    def _until_filed(self) -> None:
        """Some press twice: the same key gets the same number."""
        email, wechat = self.order.get("email"), f"kill_{self.number}"
        complaint = {
            "contact": {"email": email} if email else {"wechat": wechat}, "what_happened": "半夜没有到货",
            "demand": {"text": "说明原因"}, "external_ref": f"kill-{self.number}",
        }  # fmt: skip
        key = f"kill-{self.number}"
        answers = [self._post("/complaints", complaint, key=key) for _ in range(2 if self.number % 10 == 0 else 1)]
        assert len({answer["case_no"] for answer in answers}) == 1
        self.told = answers[0]["case_no"]

    def _until_attached(self) -> None:
        picture = samples.picture("PNG", 100 + self.number, 120)
        self.sent = hashlib.sha256(picture).hexdigest()
        self._post(f"/complaints/{self.told}/evidence", {}, picture=picture)

    def _post(self, path: str, body: dict[str, Any], *, key: str = "", picture: bytes = b"") -> dict[str, Any]:
        while True:
            answer = self._ask(path, body, key=key, picture=picture)
            if answer.is_success:
                result: dict[str, Any] = answer.json()
                return result
            assert answer.status_code in TROUBLE, answer.text
            self._breathe(answer.text)

    def _ask(self, path: str, body: dict[str, Any], *, key: str = "", picture: bytes = b"") -> httpx.Response:
        url, token = self.running.ready["url"], self.running.ready["api_key"]
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        what: dict[str, Any] = {"files": {"file": ("a.png", picture)}} if picture else {"json": body}
        try:
            return self.client.post(f"{url}/api/v1{path}", headers=headers, **what)
        except httpx.TransportError as fault:
            return httpx.Response(503, text=repr(fault))

    def _breathe(self, last: object) -> None:
        if time.monotonic() > self.deadline:
            raise GaveUp(last)
        time.sleep(0.3)


def undelivered_orders(running: Running) -> list[dict[str, str]]:
    """As many orders that the shop failed to deliver as there are buyers."""
    shop = running.ready["demo_shop"]["url"]
    body = {"situation": "platform_failed", "count": BUYERS}
    made: list[dict[str, str]] = httpx.post(f"{shop}/demo/orders", json=body, timeout=30, trust_env=False).json()
    assert len(made) == BUYERS
    return made


def effects(running: Running, orders: list[dict[str, str]]) -> Counter[str]:
    """Order number → how often the shop says that it did something about it."""
    shop = running.ready["demo_shop"]
    try:
        lines = httpx.get(shop["url"] + shop["ledger_path"], timeout=10, trust_env=False).json()
    except httpx.TransportError:
        return Counter()
    ours = {order["order_no"] for order in orders}
    return Counter(line["order_no"] for line in lines if line["order_no"] in ours)


def asked(running: Running, question: str) -> list[tuple[Any, ...]]:
    """Read the instance's own tables."""
    url = find_running(running.var)
    assert url
    with psycopg.connect(url, connect_timeout=10) as link:
        return link.execute(question).fetchall()


def unfinished(running: Running) -> int:
    try:
        return int(asked(running, "SELECT count(*) FROM orders_remedy WHERE state IN ('approved', 'executing')")[0][0])
    except psycopg.OperationalError:
        return -1


def broken_chains(running: Running) -> list[str]:
    """Numbers of matters whose facts do not follow each other."""
    rows = asked(
        running,
        "SELECT m.no, f.seq, f.name, f.by, f.at, f.data, f.hash FROM journal_fact f"
        " JOIN journal_matter m ON m.id = f.matter_id ORDER BY m.no, f.seq",
    )
    chains = groupby(rows, key=lambda row: str(row[0]))
    return [
        no for no, links in chains
        if first_break(no, (Link(s, n, by, at.astimezone(UTC), data, h) for _, s, n, by, at, data, h in links))
    ]  # fmt: skip


def lost_files(running: Running, buyers: list[Buyer]) -> list[int]:
    """Buyers whose picture is not a row of their complaint, once, with the very bytes they sent on disk."""
    rows = asked(
        running,
        "SELECT m.no, e.sha256 FROM cases_evidence e JOIN cases_case c ON c.id = e.case_id"
        " JOIN journal_matter m ON m.id = c.matter_id WHERE e.source = 'staff'",  # a program brought it
    )
    files, kept = DiskFiles(running.var / "files"), Counter(rows)
    whole = {row: files.health(row[1]) is Health.WHOLE for row in kept}
    wanted = [(buyer.number, (buyer.told, buyer.sent)) for buyer in buyers if buyer.sent]
    assert len(wanted) == PICTURES
    return [number for number, row in wanted if kept[row] != 1 or not whole[row]]


def test_rm1_cp1_what_a_thousand_people_were_told_holds_however_often_everything_is_killed(instance: Running) -> None:
    orders = undelivered_orders(instance)
    seed = random.SystemRandom().randrange(10**6)
    killer = Killer(instance, random.Random(seed))
    deadline = time.monotonic() + PATIENCE_S
    thread = Thread(target=killer.run)
    client = httpx.Client(timeout=20, trust_env=False, verify=False)  # one for all: it costs more than a filing
    buyers = [Buyer(instance, client, number, deadline, order) for number, order in enumerate(orders)]
    buyers += [Buyer(instance, client, number, deadline) for number in range(BUYERS, COMPLAINTS)]

    def serve(buyer: Buyer) -> None:
        buyer.insist()
        killer.served.append(buyer.number)

    thread.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(serve, random.Random(seed).sample(buyers, len(buyers))))
        thread.join(30)
    finally:
        killer.stop.set()
        thread.join(40)
        client.close()
    assert Counter(killer.killed) == dict.fromkeys(VICTIMS, KILLS_EACH), seed
    assert eventually(lambda: unfinished(instance) == 0, seconds=45), seed
    assert effects(instance, orders) == dict.fromkeys([order["order_no"] for order in orders], 1), seed
    numbers = ", ".join(f"'{order['order_no']}'" for order in orders)
    ours = f"JOIN orders_order o ON o.id = r.order_id WHERE order_no IN ({numbers})"
    assert asked(instance, f"SELECT state, count(*) FROM orders_remedy r {ours} GROUP BY 1") == [("done", BUYERS)], seed
    filed = asked(
        instance,
        "SELECT c.external_ref, m.no, (SELECT count(*) FROM promises_promise p WHERE p.matter_id = m.id)"
        " FROM cases_case c JOIN journal_matter m ON m.id = c.matter_id WHERE c.external_ref LIKE 'kill-%'",
    )
    assert sorted((ref, no) for ref, no, _ in filed) == sorted((f"kill-{one.number}", one.told) for one in buyers), seed
    assert min(promises for _, _, promises in filed) >= 3, seed
    assert lost_files(instance, buyers) == [], seed
    assert broken_chains(instance) == [], seed
