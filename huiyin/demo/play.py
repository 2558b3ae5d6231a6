"""`huiyin demo`: the midnight buyer, played through HTTP against an instance that lives for this one play.

What happens is said to stderr step by step with times; `--json` prints one object to stdout. The exit code is 1 when
something is not as promised.
"""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape

from huiyin.daemons.ephemeral import DidNotStart, Running, running_instance

WATCH_PATIENCE_S = 45.0  # delivery was promised within 10 s of the first start of the shop
GLANCE_S = 0.1


class NotAsPromised(Exception):
    """A step did not end as we promise; the message says how."""


@dataclass(frozen=True)
class Step:
    """One thing that happened: how long it took and what came of it."""

    name: str
    ms: int
    result: str


@dataclass
class Play:
    """The instance, its API, and what happened so far."""

    ready: dict[str, Any]
    console: Console
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.api = httpx.Client(
            base_url=f"{self.ready['url']}/api/v1", timeout=20, trust_env=False,
            headers={"Authorization": f"Bearer {self.ready['api_key']}", "Accept-Language": "zh-CN"},
        )  # fmt: skip

    def step(self, name: str, do: Callable[[], str]) -> None:
        """Do one thing, and say what came of it and how long it took."""
        begun = time.monotonic()
        result = do()
        self.told(Step(name, round((time.monotonic() - begun) * 1000), result))

    def told(self, step: Step) -> None:
        self.steps.append(step)
        self.console.print(f"[green]✓[/] {step.name}  [dim]{step.ms / 1000:.2f} s[/]\n  {escape(step.result)}")

    def post(self, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        answer = self.api.post(path, json=body, headers=headers)
        expect(answer.is_success, f"{path}: {answer.status_code} {answer.text[:300]}")
        return dict(answer.json())

    def order(self, situation: str) -> dict[str, str]:
        orders = self.ready["demo_orders"]
        return dict(next(order for order in orders if order["situation"] == situation))

    def effects(self, order_no: str) -> list[str]:
        """What the shop's own ledger says was done about an order."""
        shop = self.ready["demo_shop"]
        lines = httpx.get(shop["url"] + shop["ledger_path"], timeout=10, trust_env=False).json()
        return [line["effect"] for line in lines if line["order_no"] == order_no]


def expect(is_so: object, otherwise: str) -> None:
    """Raise NotAsPromised unless it is so."""
    if not is_so:
        raise NotAsPromised(otherwise)


def midnight_buyer(play: Play) -> None:
    """Paid and got nothing: found by the number on the bill, helped, and helped only once."""
    order, known = play.order("platform_failed"), {"ref": "", "id": 0}

    def find() -> str:
        found = play.post("/orders/find", {"q": order["bill_no"]})
        options = [option["key"] for option in found["options"]]
        expect(found["found"] and "reissue" in options, f"found {found}")
        known["ref"] = found["ref"]
        return str(found["says"])

    def choose() -> str:
        chosen = play.post(f"/orders/{known['ref']}/choose", {"option": "reissue"})
        expect(chosen["remedy"]["state"] == "done" and chosen.get("key"), f"chose {chosen}")
        known["id"] = chosen["remedy"]["id"]
        return f"{chosen['key']}  ({chosen['matter_no']})"

    def again() -> str:
        chosen = play.post(f"/orders/{known['ref']}/choose", {"option": "reissue"})
        expect(chosen["remedy"]["id"] == known["id"], f"another remedy: {chosen}")
        effects = play.effects(order["order_no"])
        expect(len(effects) == 1, f"the shop did {effects}")
        return ", ".join(effects)

    play.step("凭账单单号查到订单 · found by the bill number", find)
    play.step("选“现在给我”，拿到卡密 · chose a new key and got it", choose)
    play.step("再选一次：店铺只发了一次 · chosen again, the shop acted once", again)


def the_watch(play: Play) -> None:
    """An order that nobody asks about is put right all the same."""
    order = play.order("watched")

    def wait() -> str:
        end = time.monotonic() + WATCH_PATIENCE_S
        while not (effects := play.effects(order["order_no"])) and time.monotonic() < end:
            time.sleep(GLANCE_S)
        expect(len(effects) == 1, f"the watch did {effects}")
        return f"{order['order_no']}: {', '.join(effects)}"

    play.step("没人来问的订单，自己补发了 · an order nobody asked about was put right", wait)


def complaint(play: Play) -> None:
    """Filed once however often it is sent, and followed by its number."""
    body = {
        "contact": {"email": "midnight@example.com"}, "what_happened": "半夜买的卡密迟到了，想知道原因",
        "demand": {"text": "说明原因"}, "order_no": play.order("platform_failed")["order_no"],
    }  # fmt: skip
    known: dict[str, str] = {}

    def file() -> str:
        once = {"Idempotency-Key": secrets.token_hex(8)}
        filed = play.post("/complaints", body, **once)
        expect(play.post("/complaints", body, **once) == filed, "a repeat of the filing got another answer")
        known["no"] = filed["case_no"]
        return f"{filed['case_no']}  " + ", ".join(f"{p['kind']} {p['due'][:16]}" for p in filed["promises"])

    def follow() -> str:
        answer = play.api.get(f"/complaints/{known['no']}")
        expect(answer.status_code == 200 and answer.json()["timeline"], answer.text[:300])
        case = answer.json()
        return f"{case['state']}, {case['owner']['agent_no']}: {case['timeline'][-1]['says']}"

    play.step("投诉登记一次，号码和承诺马上有 · complaint filed once, with number and promises", file)
    play.step("凭号码查进度 · followed by its number", follow)


def main(arguments: list[str]) -> int:
    """Play it. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="huiyin demo", description="Play the midnight buyer through HTTP.")
    parser.add_argument("--json", action="store_true", help="print one JSON object to stdout")
    chosen = parser.parse_args(arguments)
    console, fault, steps = Console(stderr=True, highlight=False, soft_wrap=True), "", list[Step]()
    try:
        with running_instance() as running:
            fault = _played(running, console, steps)
    except DidNotStart as trouble:
        fault = f"the instance did not start: {trouble}"
    console.print(
        f"[bold red]✗ {escape(fault)}[/]" if fault else "[bold green]✓ 都和承诺的一样 · everything as promised[/]"
    )
    if chosen.json:
        told = {"ok": not fault, "fault": fault, "steps": [asdict(step) for step in steps]}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return 1 if fault else 0


def _played(running: Running, console: Console, steps: list[Step]) -> str:
    """What was not as promised, empty when all was well; `steps` receives what happened."""
    play = Play(running.ready, console, steps)
    play.told(Step("一切就绪 · everything is up", round(running.seconds * 1000), running.ready["url"]))
    try:
        for part in (midnight_buyer, the_watch, complaint):
            part(play)
    except (NotAsPromised, httpx.HTTPError) as trouble:
        return str(trouble)
    finally:
        play.api.close()
    return ""
