"""Chat: how soon the other side sees a message with 2 000 live streams, and whether any is ever lost or doubled.

First 1 000 conversations with a stream on each side, on one web process, 200 messages a second in an open loop: the
time from a message's scheduled instant to its event on the other side's stream. Then 10 000 messages while streams are
cut at random, the web process is killed again and again and PostgreSQL once: every message must reach both streams
exactly once and in order, and stand in the table exactly once.
"""

import argparse
import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from rich.console import Console

from bench.caller import Client
from bench.machine import Processes
from bench.openloop import spread
from bench.talks import Talk, make
from bench.wire import Cut, Events
from huiyin.daemons.ephemeral import Running, running_instance
from huiyin.daemons.postgres import find_running

GOAL_MS = 100.0
LINKS = 64
EXTRA = {
    "HUIYIN_WEB_PROCESSES": "1", "HUIYIN_LIVE_STREAMS_PER_ADDRESS": "20000", "HUIYIN_LOG": "warning",
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What to measure."""

    streams: int = 2_000
    rate: float = 200.0
    seconds: float = 60.0
    storm: int = 10_000
    storm_talks: int = 200  # so that nobody writes faster than the limit for one conversation
    kills: int = 6


@dataclass
class Side:
    """One stream: what it has heard, in its order."""

    events: Events
    name: str
    heard: list[tuple[int, str]] = field(default_factory=list)
    cuts: int = 0


@dataclass
class Room:
    """Everybody who listens, and when each message was due."""

    port: int
    sides: list[Side] = field(default_factory=list)
    due: dict[str, float] = field(default_factory=dict)
    taken: list[float] = field(default_factory=list)
    stopped: bool = False

    def listen(self, talks: Sequence[Talk]) -> list[asyncio.Task[None]]:
        """A stream for each side of each conversation."""
        self.sides = [
            Side(Events(self.port, talk.no, token), name)
            for talk in talks for name, token in (("buyer", talk.token), ("agent", talk.key))
        ]  # fmt: skip
        return [asyncio.create_task(self._hear(side)) for side in self.sides]

    async def _hear(self, side: Side) -> None:
        pause = 0.05
        while not self.stopped:
            try:
                async for seq, text in side.events.read():
                    self._take(side, seq, text)
                    pause = 0.05
            except Cut:
                pass
            side.cuts += 1
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    def _take(self, side: Side, seq: int, text: str) -> None:
        side.heard.append((seq, text))
        side.events.last = seq
        author, _, _ = text.partition(" ")
        if author != side.name and text in self.due:
            self.taken.append(time.perf_counter() - self.due[text])

    async def all_open(self, patience: float = 60.0) -> None:
        """Until every stream has been opened."""
        end = time.monotonic() + patience
        while any(side.events.opened == 0 for side in self.sides):
            if time.monotonic() > end:
                raise RuntimeError(f"{sum(side.events.opened == 0 for side in self.sides)} streams did not open")
            await asyncio.sleep(0.05)

    async def close(self, tasks: list[asyncio.Task[None]]) -> None:
        self.stopped = True
        for side in self.sides:
            side.events.cut()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass
class Sender:
    """Says things, again and again until it knows that they arrived."""

    port: int
    patience: float = 10.0  # seconds for one answer
    again: int = 0
    refused: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.client = Client(f"http://127.0.0.1:{self.port}", {}, timeout=self.patience)
        self.links = asyncio.Semaphore(LINKS)

    async def say(self, talk: Talk, side: str, text: str) -> None:
        """As a page does it: the same client_id until there is an answer."""
        token = talk.token if side == "buyer" else talk.key
        body = {"text": text, "client_id": text.replace(" ", "-")}
        path = f"/api/v1/conversations/{talk.no}/messages"
        while True:
            async with self.links:
                status = await self._post(path, f"Authorization: Bearer {token}\r\n", body)
            if status == 201:
                return
            self.again += 1
            self.refused[status] += 1
            await asyncio.sleep(0.1)

    async def _post(self, path: str, head: str, body: dict[str, str]) -> int:
        """The status; 0 where nobody knows whether it was heard."""
        try:
            return (await self.client.request("POST", path, body, more=head)).status
        except (OSError, TimeoutError, ValueError):
            return 0

    def close(self) -> None:
        """Hang up."""
        self.client.close()


async def flow(room: Room, talks: Sequence[Talk], wish: Wish, processes: Processes) -> dict[str, Any]:
    """The open loop: message → event on the other side."""
    tasks, sender, dice = room.listen(talks), Sender(room.port), Random(3)
    await room.all_open()
    for number in range(40):  # warm up
        await sender.say(talks[number % len(talks)], "buyer", f"warm {number}")
    count = int(wish.rate * wish.seconds)
    processes.begin()
    begun, saying = time.perf_counter() + 0.2, []
    for number in range(count):
        at, side = begun + number / wish.rate, "buyer" if number % 2 else "agent"
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        text = f"{side} m{number}"
        room.due[text] = at
        saying.append(asyncio.create_task(sender.say(dice.choice(talks), side, text)))
    await asyncio.gather(*saying)
    await _until(lambda: len(room.taken) >= count, 15)
    await room.close(tasks)
    sender.close()
    heard = Counter(text for side in room.sides for _, text in side.heard if text in room.due)
    return {
        "streams": len(room.sides), "messages": count, "p99_ms": spread(room.taken or [99.0])["p99"],
        "seen_ms": spread(room.taken or [99.0]), "lost": sum(heard[text] < 2 for text in room.due),
        "doubled": sum(heard[text] > 2 for text in room.due), "sent_again": sender.again,
        "cut": sum(side.cuts for side in room.sides),
    }  # fmt: skip


async def storm(room: Room, talks: Sequence[Talk], wish: Wish, instance: Running) -> dict[str, Any]:
    """Messages while everything is cut and killed."""
    tasks, sender, dice = room.listen(talks), Sender(room.port, patience=5.0), Random(7)
    await room.all_open()
    left, trouble = iter(range(wish.storm)), asyncio.create_task(_trouble(room, wish, instance, dice))

    async def talk_on(part: Sequence[Talk]) -> None:
        """One after the other, as a person writes: so that there is an order to keep."""
        for number in left:
            talk, side = part[number % len(part)], "buyer" if number % 3 else "agent"
            text = f"{side} s{number}"
            room.due[text] = time.perf_counter()
            await sender.say(talk, side, text)

    await asyncio.gather(*(talk_on([talk]) for talk in talks))
    killed = await trouble
    await _until(lambda: sum(len(side.heard) for side in room.sides) >= 2 * wish.storm, 60)
    await room.close(tasks)
    sender.close()
    told = Counter(text for side in room.sides for _, text in side.heard if text in room.due)
    rows = _rows(instance)
    disordered = sum([seq for seq, _ in side.heard] != sorted({seq for seq, _ in side.heard}) for side in room.sides)
    gaps = sum([seq for seq, _ in side.heard] != list(range(1, len(side.heard) + 1)) for side in room.sides)
    return {
        "messages": wish.storm, "lost": sum(told[text] < 2 for text in room.due) + sum(rows[t] < 1 for t in room.due),
        "doubled": sum(told[text] > 2 for text in room.due) + sum(rows[t] > 1 for t in room.due),
        "out_of_order": disordered, "gaps": gaps, "killed": killed, "sent_again": sender.again,
        "cut": sum(side.cuts for side in room.sides), "answers": dict(sender.refused),
    }  # fmt: skip


async def _trouble(room: Room, wish: Wish, instance: Running, dice: Random) -> dict[str, int]:
    """Streams are cut all the time; the processes are killed at random moments of the progress."""
    killed, moments = (
        Counter[str](),
        sorted(dice.sample(range(wish.storm // 20, int(wish.storm * 0.9)), wish.kills + 1)),
    )
    victims = ["web"] * wish.kills
    victims.insert(wish.kills // 2, "postgres")
    for victim, moment in zip(victims, moments, strict=True):
        while len(room.due) < moment:
            for side in dice.sample(room.sides, 3):
                side.events.cut()
            await asyncio.sleep(0.05)
        await _until(lambda: _kill(instance, victim), 30)  # noqa: B023
        killed[victim] += 1
    return dict(killed)


def _kill(instance: Running, victim: str) -> bool:
    for child in Path(f"/proc/{instance.process.pid}/task/{instance.process.pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        if victim in words or (victim == "postgres" and words[0].endswith("/postgres")):
            os.kill(int(child), signal.SIGKILL)
            return True
    return False


async def _until(is_so: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        await asyncio.sleep(0.1)


def _rows(instance: Running) -> Counter[str]:
    url = find_running(instance.var)
    assert url is not None
    with psycopg.connect(url) as link:
        found = link.execute("SELECT text FROM conversations_message WHERE kind = 'text'").fetchall()
    return Counter(text for (text,) in found)


def measure(console: Console, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Start an instance and talk in it."""
    wish = _parse(arguments)
    console.print("starting an instance …")
    with running_instance(extra=EXTRA) as instance:
        url = find_running(instance.var)
        assert url is not None
        port = int(instance.ready["url"].rsplit(":", 1)[1].rstrip("/"))
        agent = next(login for login in instance.ready["logins"] if login["role"] == "L1")
        talks = make(url, instance.var, wish.streams // 2 + wish.storm_talks, agent["api_key"], agent["agent_no"])
        processes = Processes(instance.process.pid)
        console.print(f"{wish.streams} streams, {wish.rate:g} messages/s for {wish.seconds:g} s …")
        flowing = asyncio.run(flow(Room(port), talks[wish.storm_talks :], wish, processes))
        spent = processes.since()
        console.print(str(flowing))
        console.print(f"{wish.storm} messages with cuts and kills …")
        stormy = asyncio.run(storm(Room(port), talks[: wish.storm_talks], wish, instance)) if wish.storm else {}
        console.print(str(stormy))
    return _result(wish, flowing, stormy, spent)


def _result(wish: Wish, flowing: dict[str, Any], stormy: dict[str, Any], spent: dict[str, float]) -> dict[str, Any]:
    lost, doubled = (flowing[name] + stormy.get(name, 0) for name in ("lost", "doubled"))
    order_kept = not stormy.get("out_of_order") and not stormy.get("gaps")
    is_met = flowing["p99_ms"] <= GOAL_MS and not lost and not doubled and order_kept
    return {
        "streams": flowing["streams"], "rate": wish.rate, "p99_ms": flowing["p99_ms"], "lost": lost, "doubled": doubled,
        "order_kept": order_kept, "flow": flowing, "storm": stormy,
        "cpu_ms_per_message": {name: round(1000 * s / max(1, flowing["messages"]), 2) for name, s in spent.items()},
        "goal": {"p99_ms": GOAL_MS, "lost": 0, "doubled": 0}, "is_goal_met": is_met,
    }  # fmt: skip


def _parse(arguments: Sequence[str]) -> Wish:
    parser = argparse.ArgumentParser(prog="huiyin bench chat")
    parser.add_argument("--streams", type=int, default=Wish.streams)
    parser.add_argument("--rate", type=float, default=Wish.rate)
    parser.add_argument("--seconds", type=float, default=Wish.seconds)
    parser.add_argument("--storm", type=int, default=Wish.storm, help="messages under kills; 0 = leave it out")
    given = parser.parse_args(arguments)
    return Wish(given.streams, given.rate, given.seconds, given.storm)
