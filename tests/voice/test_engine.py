"""Asterisk as the hotline runs it, without the rest: born, spoken to, killed, and with nobody there to decide."""

import asyncio
import os
import signal
import subprocess
import time
from array import array
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from huiyin.adapters.asterisk import endpoints
from huiyin.adapters.asterisk.ari import Ari
from huiyin.adapters.asterisk.configuration import Network
from huiyin.adapters.asterisk.events import Entered
from huiyin.adapters.asterisk.paths import USER, Engine
from huiyin.daemons.ephemeral import running_instance
from huiyin.daemons.hotline import READY_PATIENCE, Hotline, prepare
from huiyin.daemons.supervisor import Supervisor
from tests.chaos.processes import eventually
from tests.voice.parties import Party, parties
from tests.voice.tones import OTHER, timeline

PASSWORD = "only for this test"
CALLER_HZ = 1000
BACK_WITHIN_S = 1.0  # after a kill


@dataclass
class Alone:
    """An Asterisk that a supervisor watches, and nothing else."""

    line: Hotline
    supervisor: Supervisor
    work: float  # seconds of a processor that it took to its first answer

    @property
    def engine(self) -> Engine:
        assert self.line.engine is not None
        return self.line.engine

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        process = self.supervisor.children[0].process
        assert process is not None
        return process

    def put(self, pieces: list[endpoints.Piece]) -> None:
        for piece in pieces:
            httpx.put(
                f"{self.engine.ari_url}/ari/{piece.path}", json=piece.body, auth=(USER, PASSWORD), trust_env=False
            ).raise_for_status()

    def is_well(self) -> bool:
        self.supervisor.look_after_all()
        return self.line.is_answering()


def processor_seconds(pid: int) -> float:
    """What a process has used of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alone]:
    var = tmp_path_factory.mktemp("engine")
    (var / "log").mkdir()
    line = prepare(var, PASSWORD, {})
    assert line.is_on, line.why
    supervisor = Supervisor(lambda _: None)
    supervisor.run(line.child())
    assert eventually(line.is_answering, 20)
    process = supervisor.children[0].process
    assert process is not None
    try:
        yield Alone(line, supervisor, processor_seconds(process.pid))
    finally:
        supervisor.stop([["asterisk"]])


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Party]:
    with parties(tmp_path) as make:
        yield make("caller", CALLER_HZ)


def with_ari(alone: Alone, work: Callable[[Ari], Coroutine[Any, Any, Any]]) -> Any:
    """Do this as the application that takes the calls."""

    async def whole() -> Any:
        async with Ari(alone.engine.ari_url, USER, PASSWORD) as ari:
            return await asyncio.wait_for(work(ari), 20)

    with ThreadPoolExecutor(1) as apart:  # browsers of other tests leave a loop in this thread
        return apart.submit(lambda: asyncio.run(whole())).result()


async def entered(ari: Ari) -> Entered:
    """The next channel that comes to us."""
    async for event in ari.events():
        if isinstance(event, Entered):
            return event
    raise AssertionError("the link went down")


def test_op3_it_is_ready_after_so_little_work_that_three_seconds_are_enough(alone: Alone) -> None:
    """In seconds of a processor, because on a busy machine the clock says how busy it is."""
    assert alone.work <= READY_PATIENCE / 2


def test_op3_it_ends_what_a_killed_start_left_behind(alone: Alone, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    line = prepare(tmp_path, PASSWORD, {})
    assert line.engine is not None
    assert line.program is not None
    orphan = subprocess.Popen([*line.program.command, "-C", str(line.engine.conf / "asterisk.conf"), "-f"])
    assert eventually(line.is_answering, 20)
    again = prepare(tmp_path, PASSWORD, {})
    assert orphan.wait(5) == -signal.SIGKILL
    assert again.engine == line.engine  # the same ports


def test_hl6_a_phone_that_is_put_into_memory_can_register(alone: Alone, caller: Party) -> None:
    alone.put(endpoints.phone("a1024", "right", Network()))
    assert caller.registers("a1024", "right", alone.engine.sip_port) == 200
    assert "a1024" not in (alone.engine.conf / "pjsip.conf").read_text()


@pytest.mark.parametrize(("user", "password"), [("a1025", "wrong"), ("nobody", "right")])
def test_hl6_nobody_else_can(alone: Alone, caller: Party, user: str, password: str) -> None:
    alone.put(endpoints.phone("a1025", "right", Network()))
    assert caller.registers(user, password, alone.engine.sip_port) in {401, 403, 404}


def test_hl5_whoever_calls_while_nobody_decides_hears_a_word_and_music_and_is_found_later(
    alone: Alone, caller: Party
) -> None:
    caller.opens("sip:13800000001@127.0.0.1")
    caller.calls(f"sip:001@127.0.0.1:{alone.engine.sip_port}")
    caller.is_connected()
    caller.hears(OTHER, seconds=2.0)
    event = with_ari(alone, entered)
    assert event.args == ("in", "001", "trunk")


def test_hl2_what_was_dialled_cannot_add_words_of_its_own(alone: Alone, caller: Party) -> None:
    async def arrives(ari: Ari) -> Any:
        caller.opens("sip:13800000002@127.0.0.1")
        caller.calls(f"sip:001%2Crecorded%2Cx@127.0.0.1:{alone.engine.sip_port}")
        return (await entered(ari)).args

    assert with_ari(alone, arrives) == ("in", "001recordedx", "trunk")


def test_hl7_both_sides_are_recorded_once_the_call_has_passed_the_context_record(
    alone: Alone, caller: Party, tmp_path: Path
) -> None:
    file = tmp_path / "talk.raw"

    async def recorded(ari: Ari) -> tuple[str, ...]:
        caller.opens("sip:13800000003@127.0.0.1")
        caller.calls(f"sip:001@127.0.0.1:{alone.engine.sip_port}")
        channel = (await entered(ari)).channel.id
        await ari.answer(channel)
        await ari.ask("POST", f"channels/{channel}/variable", variable="HY_REC", value=str(file))
        await ari.ask("POST", f"channels/{channel}/continue", context="record", extension="s", priority=1)
        back = await entered(ari)
        await ari.music(channel, on=True)
        while not file.exists() or file.stat().st_size < 65_536:  # two seconds
            await asyncio.sleep(0.05)
        await ari.hang_up(channel)
        return back.args

    assert with_ari(alone, recorded) == ("recorded",)
    caller.is_cut_off()
    samples = array("h", file.read_bytes()[:65_536])
    said, heard = timeline(samples[0::2], [CALLER_HZ]), timeline(samples[1::2], [CALLER_HZ])
    assert said.seconds(CALLER_HZ) > 1.5
    assert heard.seconds(CALLER_HZ) == 0
    assert heard.seconds(OTHER) > 1.0


def test_op3_killed_it_is_back_within_a_second(alone: Alone) -> None:
    first = alone.process
    first.kill()
    first.wait()
    died = time.monotonic()

    def is_another() -> bool:  # at once, or after a moment's pause where it has died at birth
        alone.supervisor.look_after_all()
        return alone.process.pid != first.pid

    assert eventually(is_another, 20)
    assert time.monotonic() - died < BACK_WITHIN_S
    assert eventually(alone.is_well, 20)
    os.kill(alone.process.pid, 0)


def test_op3_a_centre_without_asterisk_does_everything_else(tmp_path: Path) -> None:
    with running_instance(tmp_path / "var", extra={"HUIYIN_ASTERISK": "off"}) as running:
        assert running.ready["voice"] == {
            "state": "off", "why": "HUIYIN_ASTERISK=off", "sip_uri": None, "ws_uri": None, "lines": [],
        }  # fmt: skip
        assert httpx.get(f"{running.ready['url']}/healthz?deep=1", trust_env=False).is_success
        told = httpx.get(f"{running.ready['url']}/api/v1/status", trust_env=False).json()["voice"]
        assert (told["state"], told["why"], told["detail"]) == ("off", "no_engine", "")
        assert "HUIYIN_ASTERISK=off" in (running.var / "said.txt").read_text()
