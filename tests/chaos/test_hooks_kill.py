"""API 8: whoever is killed, a hook hears every event at least once, in order, and can tell repeats by their id."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from huiyin.daemons.ephemeral import Running, running_instance
from huiyin.daemons.postgres import find_running
from tests.chaos.processes import children_of, eventually
from tests.hooked import Listener, listening

CASES = 12


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Running]:
    with running_instance(tmp_path) as running:
        yield running


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


def test_a_worker_killed_in_the_middle_of_a_call_loses_nothing(instance: Running, listener: Listener) -> None:
    supervisor = instance.ready["pid"]
    headers = {"Authorization": f"Bearer {instance.ready['api_key']}"}
    filed = []

    def answer(call: int) -> int:
        """Every fourth call, the worker that waits for this answer is killed before it gets one."""
        if call % 4 == 2 and call < 12:
            os.kill(children_of(supervisor)["worker"], signal.SIGKILL)
            lapse(instance)
        return 204

    listener.answer = answer
    with httpx.Client(base_url=f"{instance.ready['url']}/api/v1", headers=headers, timeout=20) as api:
        wanted = {"name": "test", "url": listener.url, "events": ["case_filed", "case_assigned"]}
        hook = api.post("/hooks", json=wanted).raise_for_status().json()
        for number in range(CASES):
            contact = {"email": f"b{number}@example.com"}
            body = {"contact": contact, "what_happened": f"第 {number} 件", "demand": {"text": "退款"}}
            filed.append(api.post("/complaints", json=body).raise_for_status().json()["case_no"])
        assert eventually(lambda: _is_told(api, hook["id"], listener, filed), seconds=90)
    once = list(dict.fromkeys((one["seq"], one["id"]) for one in listener.told))
    assert [seq for seq, _ in once] == list(range(1, len(once) + 1))  # in order, none left out
    assert len(listener.calls) > len(once)  # some were sent again: their answer never arrived
    assert {one["matter_no"] for one in listener.told if one["event"] == "case_filed"} == set(filed)


def lapse(instance: Running) -> None:
    """The dead worker's turn is over: what the clock does to it in twenty seconds."""
    url = find_running(instance.var)
    assert url is not None
    with psycopg.connect(url) as link:
        assert link.execute("UPDATE notices_hook SET busy_until = now() WHERE busy_until > now()").rowcount == 1


def _is_told(api: httpx.Client, hook: int, listener: Listener, filed: list[str]) -> bool:
    told = {one["matter_no"] for one in listener.told if one["event"] == "case_filed"}
    try:
        return told == set(filed) and api.get(f"/hooks/{hook}").json()["waiting"] == 0
    except httpx.HTTPError:
        return False
