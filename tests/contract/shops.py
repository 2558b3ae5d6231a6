"""The shop under test: the demo shop, started here on free ports, or any shop named by the environment.

`HUIYIN_CONTRACT_URL`, `HUIYIN_CONTRACT_KEY`, `HUIYIN_CONTRACT_SECRET` name another shop; `HUIYIN_CONTRACT_ORDERS` then
holds JSON `{"platform_failed": ["order", …], …}` with orders these tests may use up (docs/reference/shop-contract.md).
"""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from huiyin.adapters.shop.http import HttpShop
from huiyin.domain.orders.shop import OrderSnapshot
from huiyin.lib.signing import ShopKey

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
TEST_KEY = ShopKey("contract-test", "only-between-this-test-and-its-shop")


@dataclass
class ShopUnderTest:
    """Where the shop is, its secret, and orders to use up."""

    url: str
    key: ShopKey
    given: dict[str, list[str]] = field(default_factory=dict)
    is_demo: bool = True

    def port(self) -> HttpShop:
        """The shop through our own adapter."""
        return HttpShop(self.url, self.key.key_id, self.key.secret, timeout_s=10 if self.is_demo else 20)

    def order(self, situation: str) -> OrderSnapshot:
        """A fresh order in this situation."""
        order_no = self._order_no(situation)
        shop = self.port()
        try:
            found = shop.order(order_no)
        finally:
            shop.close()
        assert found is not None, f"the shop does not know its own order {order_no}"
        return found

    def _order_no(self, situation: str) -> str:
        if self.is_demo:
            return str(more_orders(self.url, situation)[0]["order_no"])
        assert self.given.get(situation), f"HUIYIN_CONTRACT_ORDERS holds no more orders for {situation}"
        return self.given[situation].pop(0)


@dataclass
class DemoShop:
    """A demo shop process with a directory of its own. `start` after `kill` goes on with the same data."""

    var: Path
    centre_url: str = "http://127.0.0.1:9"
    port: int = field(default_factory=lambda: free_port())
    smtp_port: int = field(default_factory=lambda: free_port())
    key: ShopKey = TEST_KEY
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it says it is usable."""
        ready = self.var / "demo-shop.json"
        ready.unlink(missing_ok=True)
        secrets = {"shop_key_id": self.key.key_id, "shop_secret": self.key.secret}
        (self.var / "secrets.json").write_text(json.dumps(secrets))
        ports = ["--port", str(self.port), "--smtp-port", str(self.smtp_port)]
        env = os.environ | {
            "HUIYIN_VAR": str(self.var),
            "HUIYIN_SECRET_FILE": str(self.var / "secrets.json"),
            "HUIYIN_PUBLIC_URL": self.centre_url,
        }
        with (self.var / "demo-shop.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "huiyin.demo.serve", *ports], cwd=ROOT, env=env, stdout=log, stderr=log
            )
        wait_for(lambda: ready.exists() or self._has_ended())
        assert ready.exists(), (self.var / "demo-shop.log").read_text()

    def told(self) -> dict[str, Any]:
        """What it wrote for the supervisor."""
        told: dict[str, Any] = json.loads((self.var / "demo-shop.json").read_text())
        return told

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it politely; the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(15)

    def _has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def another_shop() -> ShopUnderTest | None:
    """The shop the environment names, if any."""
    url = os.environ.get("HUIYIN_CONTRACT_URL")
    if not url:
        return None
    key = ShopKey(os.environ["HUIYIN_CONTRACT_KEY"], os.environ["HUIYIN_CONTRACT_SECRET"])
    return ShopUnderTest(url, key, json.loads(os.environ.get("HUIYIN_CONTRACT_ORDERS", "{}")), is_demo=False)


def more_orders(url: str, situation: str, count: int = 1) -> list[dict[str, str]]:
    """New orders at a demo shop."""
    answer = httpx.post(f"{url}/demo/orders", json={"situation": situation, "count": count}, trust_env=False)
    assert answer.status_code == 201, answer.text
    made: list[dict[str, str]] = answer.json()
    return made


def flip(url: str, fault: str, *, order_no: str = "", on: bool = True) -> None:
    """Turn a switch of a demo shop."""
    body = {"fault": fault, "order_no": order_no, "on": on}
    assert httpx.post(f"{url}/demo/faults", json=body, trust_env=False).status_code == 200


def ledger(url: str) -> list[dict[str, str]]:
    """The effects a demo shop has had."""
    lines: list[dict[str, str]] = httpx.get(f"{url}/ledger", trust_env=False).json()
    return lines


def wait_for(is_so: Any, patience_s: float = PATIENCE_S) -> None:
    """Wait until something is so; it is asked every 50 ms."""
    ends = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
