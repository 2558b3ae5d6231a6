"""Streams of conversations where one listener does not keep up, or may not listen any longer."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from huiyin.domain.conversations.queries import MOST
from huiyin.web import live_chat
from huiyin.web.live import Hub
from huiyin.web.live_chat import Talks
from huiyin.web.live_ears import Ear, Told, told
from tests.web.test_live_ears import ear, news, seqs


@pytest.fixture
def talks() -> Talks:
    return Talks(Hub(lambda: "", per_address=9, at_most=9))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The places that are read from; there are a thousand messages and one."""
    asked: list[int] = []

    def read(wanted: Mapping[str, int], waiting: frozenset[str]) -> dict[str, Told]:
        asked.extend(wanted.values())
        return {no: told(news(seq, min(seq + MOST, 1001)), seq, {}, MOST) for no, seq in wanted.items()}

    monkeypatch.setattr("huiyin.web.live_doors.read_news", read)
    return asked


def listening(talks: Talks, one: Ear) -> Ear:
    talks.ears[one.no].add(one)
    return one


def test_one_that_does_not_keep_up_holds_nobody_up(talks: Talks, reads: list[int]) -> None:
    slow, quick = listening(talks, ear(0)), listening(talks, ear(1000))
    slow.is_behind = True
    asyncio.run(talks._read({"1"}))
    assert seqs(quick.take()) == [1001]
    assert (reads, slow.seq) == ([1000], 0)


def test_nothing_is_read_again_and_again_for_one_whose_line_is_full(talks: Talks, reads: list[int]) -> None:
    slow = listening(talks, ear(0))
    for _ in range(9):
        talks.dirty.clear()
        asyncio.run(talks._read({"1"}))
    assert slow.is_behind
    assert len(reads) == 2
    assert talks.dirty == set()
    reached = seqs(slow.take())[-1]
    slow.is_behind = False  # as `_send_all` does when it has sent
    asyncio.run(talks._read({"1"}))
    assert reads[2] == reached
    assert seqs(slow.take())[0] == reached + 1


def test_whoever_may_not_listen_any_longer_is_shown_out(talks: Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_chat, "CHECK_S", 0.0)
    agent, buyer = listening(talks, ear(sees_notes=True)), listening(talks, ear(sees_notes=False))
    agent.authorization = "Bearer hy_1"
    asked: list[Mapping[str, Collection[str]]] = []

    def put_off(those: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        asked.append(those)
        return {authorization: set(numbers) if len(asked) > 2 else set() for authorization, numbers in those.items()}

    monkeypatch.setattr("huiyin.web.live_doors.put_off", put_off)

    async def play() -> None:
        check: Any = asyncio.create_task(talks._check_staff())
        async with asyncio.timeout(20):
            await agent.stirred.wait()
        check.cancel()

    asyncio.run(play())
    assert asked[0] == {"Bearer hy_1": {"1"}}
    assert agent.is_gone and not buyer.is_gone
    assert b"event: bye" in agent.take()
