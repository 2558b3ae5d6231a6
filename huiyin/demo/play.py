"""`huiyin demo`: the midnight buyer, a chat and a complaint, played through HTTP against an instance of its own.

What happens is said to stderr step by step with times; `--json` prints one object to stdout. The exit code is 1 when
something is not as promised.
"""

import argparse
import json
import secrets
import sys
from dataclasses import asdict

import httpx
from rich.console import Console
from rich.markup import escape

from huiyin.daemons.ephemeral import DidNotStart, Running, running_instance
from huiyin.demo.play_chat import chat
from huiyin.demo.stage import NotAsPromised, Play, Step, expect, until

WATCH_PATIENCE_S = 45.0  # delivery was promised within 10 s of the first start of the shop


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
        effects = until(lambda: play.effects(order["order_no"]), WATCH_PATIENCE_S, "the watch did nothing")
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
    parser = argparse.ArgumentParser(
        prog="huiyin demo", description="Play the midnight buyer, a chat and a complaint through HTTP."
    )
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
        for part in (midnight_buyer, the_watch, chat, complaint):
            part(play)
    except (NotAsPromised, httpx.HTTPError) as trouble:
        return str(trouble)
    finally:
        play.close()
    return ""
