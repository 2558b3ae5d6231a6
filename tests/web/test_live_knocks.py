"""Whoever knocks at the stream of a conversation is counted before anybody looks who it is."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from huiyin.web import live_chat
from huiyin.web.asgi_types import Message
from huiyin.web.live import Hub
from huiyin.web.live_chat import Talks
from huiyin.web.live_doors import Door
from huiyin.web.live_knocks import MOST_WRONG, Knocks

GOOD = "t" * 43


@dataclass
class Doorkeeper:
    """Answers as told, once it is let go."""

    answer: Door = field(default_factory=lambda: Door(status=401))
    free: threading.Event = field(default_factory=threading.Event)
    asked: int = 0

    def __call__(self, no: str, authorization: str, language: str) -> Door:
        self.asked += 1
        assert self.free.wait(20)
        return self.answer


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Doorkeeper]:
    at_the_door = Doorkeeper()
    monkeypatch.setattr("huiyin.web.live_doors.door_for", at_the_door)
    yield at_the_door
    at_the_door.free.set()


def talks(per_address: int = 500, at_most: int = 500) -> Talks:
    return Talks(Hub(lambda: "", per_address=per_address, at_most=at_most))


async def knock(at: Talks, address: str = "10.0.0.1", token: str = GOOD) -> tuple[int, dict[str, Any]]:
    """Status and body of a refused request."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope = {"client": (address, 1), "headers": [(b"authorization", f"Bearer {token}".encode())]}
    await at(scope, receive, send, "123456789012")
    return sent[0]["status"], json.loads(sent[1]["body"] or b"{}")


async def until_asked(keeper: Doorkeeper) -> None:
    async with asyncio.timeout(20):
        while not keeper.asked:
            await asyncio.sleep(0)


def test_a_stream_is_counted_before_its_door(keeper: Doorkeeper) -> None:
    """Thousands that knock at once from one address do not stand in line before everybody else."""

    async def play() -> None:
        here = talks(per_address=2)
        first = [asyncio.create_task(knock(here)) for _ in range(2)]
        await until_asked(keeper)
        assert (await knock(here))[0] == 429
        keeper.free.set()
        assert [status for status, _ in await asyncio.gather(*first)] == [401, 401]
        assert (await knock(here))[0] == 401
        assert here.hub.by_address.total() == 0

    asyncio.run(play())


def test_the_line_before_the_door_ends_somewhere(keeper: Doorkeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_chat, "MOST_AT_THE_DOOR", 3)

    async def play() -> None:
        here = talks()
        first = [asyncio.create_task(knock(here, f"10.0.0.{number}")) for number in range(3)]
        await until_asked(keeper)
        assert (await knock(here, "10.0.0.9"))[0] == 503
        keeper.free.set()
        await asyncio.gather(*first)
        assert (await knock(here, "10.0.0.9"))[0] == 401

    asyncio.run(play())


@pytest.mark.parametrize(
    ("token", "code"),
    [("x", "token_unknown"), ("x" * 42, "token_unknown"), ("x" * 44, "token_unknown"), ("不" * 43, "token_unknown"),
     ("'" * 43, "token_unknown"), ("hy_x", "key_unknown"), ("hy_" + "x" * 44, "key_unknown"), ("", "token_missing")],
)  # fmt: skip
def test_what_cannot_be_a_token_asks_nobody(keeper: Doorkeeper, token: str, code: str) -> None:
    status, told = asyncio.run(knock(talks(), token=token))
    assert (status, told["code"], keeper.asked) == (401, code, 0)


def test_whoever_knocks_in_vain_again_and_again_is_not_looked_up_for_a_while(keeper: Doorkeeper) -> None:
    keeper.free.set()

    async def play() -> None:
        here = talks()
        assert [(await knock(here))[0] for _ in range(MOST_WRONG)] == [401] * MOST_WRONG
        assert (await knock(here))[0] == 429
        assert keeper.asked == MOST_WRONG
        assert (await knock(here, "10.0.0.2"))[0] == 401

    asyncio.run(play())


def test_what_was_in_vain_is_forgotten_within_two_minutes() -> None:
    knocks = Knocks()
    for _ in range(MOST_WRONG):
        knocks.note("a", 1000.0)
    assert knocks.are_enough("a", 1000.0)
    assert not knocks.are_enough("b", 1000.0)
    assert not knocks.are_enough("a", 1120.0)
    assert not knocks.wrong
