"""`huiyin start`, the real one: usable, unkillable, stoppable."""

import json
import os
import re
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from huiyin.daemons.ephemeral import Running, running_instance, start_instance, stop_instance
from huiyin.daemons.postgres import ensure_cluster
from huiyin.daemons.start import web_names
from tests.chaos.processes import HOTLINE, WHOLE_AGAIN_S, children_of, eventually, everybody, is_whole

SITUATIONS = set(
    re.findall(
        r"\w+",
        "delivered platform_failed payment_pending payment_failed out_of_stock expired_card wrong_region"
        " already_redeemed redeemed_before_delivery short_amount duplicate_charge mail_mistyped page_closed"
        " paid_after_expiry partial_delivery key_sold_twice manual_goods wrong_account shop_unreachable"
        " refund_failed watched",
    )
)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_instance(tmp_path_factory.mktemp("instance")) as running:
        assert is_whole(running)  # that is what ready.json says
        yield running


@pytest.fixture
def instance(started: Running) -> Running:
    """One for all tests here, over what the one before did to it: they come in any order."""
    assert eventually(lambda: is_whole(started), WHOLE_AGAIN_S)
    return started


def test_op3_one_command_makes_a_whole_centre(instance: Running) -> None:
    """How long that takes is measured (`bench find`), not tested."""
    assert set(children_of(instance.ready["pid"])) == everybody(instance)


def test_op3_ready_json_tells_a_black_box_check_all_it_needs(instance: Running) -> None:
    ready = instance.ready
    assert ready.keys() == {"url", "pid", "api_key", "logins", "voice", "demo_orders", "demo_shop"}
    assert ready["pid"] == instance.process.pid
    assert ready["voice"].keys() == {"state", "why", "sip_uri", "ws_uri", "lines"}
    assert all(login.keys() == {"role", "username", "password", "agent_no", "api_key"} for login in ready["logins"])
    count = dict.fromkeys(SITUATIONS, 0)
    for order in ready["demo_orders"]:
        assert order.keys() - {"phone"} == {"order_no", "bill_no", "amount", "email", "situation"}
        count[order["situation"]] += 1
    assert min(count.values()) >= 2
    ledger = httpx.get(ready["demo_shop"]["url"] + ready["demo_shop"]["ledger_path"], trust_env=False)
    assert isinstance(ledger.json(), list)


def test_op3_only_the_owner_can_read_what_is_secret(instance: Running) -> None:
    for name in ("ready.json", "secrets.json"):
        assert stat.S_IMODE((instance.var / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", [*web_names(), "worker", "demo-shop", "postgres"])
def test_op3_a_killed_process_comes_back_and_the_others_stay(instance: Running, name: str) -> None:
    before = children_of(instance.ready["pid"])
    os.kill(before[name], signal.SIGKILL)
    assert eventually(lambda: children_of(instance.ready["pid"]).get(name, before[name]) != before[name], seconds=2)
    assert eventually(lambda: is_whole(instance), WHOLE_AGAIN_S)
    after = children_of(instance.ready["pid"])
    assert {other for other in before if before[other] == after.get(other)} == set(before) - {name}


def test_op3_nobody_is_refused_while_web_is_replaced(instance: Running) -> None:
    for name, pid in children_of(instance.ready["pid"]).items():
        if name in web_names():
            os.kill(pid, signal.SIGKILL)
    assert httpx.get(f"{instance.ready['url']}/healthz", timeout=20, trust_env=False).is_success


def test_op3_a_second_start_on_the_same_directory_says_so(instance: Running) -> None:
    second = start_instance(instance.var)
    assert second.wait(20) == 1
    assert f"already running on {instance.var}" in (instance.var / "said.txt").read_text()
    assert is_whole(instance)


def test_op3_sigterm_stops_everything_and_what_was_there_is_there_again(tmp_path: Path) -> None:
    with running_instance(tmp_path) as running:
        first, pids = running.ready, children_of(running.ready["pid"])
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(15) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())
        assert not (tmp_path / "ready.json").exists()
    with running_instance(tmp_path) as again:
        assert again.ready["api_key"] == first["api_key"]
        assert again.ready["demo_orders"][0] == first["demo_orders"][0]
        pids = children_of(again.ready["pid"])
        again.process.kill()
        again.process.wait()
        assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids.values()), seconds=10)
        assert (tmp_path / "ready.json").exists()  # stale now: the next start removes it
    with running_instance(tmp_path) as third:
        assert third.ready["pid"] == third.process.pid


def test_op3_another_database_is_used_and_left_running(tmp_path: Path) -> None:
    cluster = ensure_cluster(tmp_path / "theirs", fast_and_unsafe=True)
    cluster.start()
    process = start_instance(tmp_path / "ours", extra={"DATABASE_URL": cluster.url})
    assert eventually((tmp_path / "ours" / "ready.json").exists, seconds=40)
    try:
        assert set(children_of(process.pid)) - HOTLINE == {"demo-shop", "worker", "router", *web_names()}
    finally:
        assert stop_instance(process) == 0
        assert cluster.is_answering()
        cluster.stop()


def test_op3_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start_instance(tmp_path, "--port", str(taken.getsockname()[1]))
        assert process.wait(20) == 1
    assert "choose another with --port" in (tmp_path / "said.txt").read_text()


def test_op3_public_refuses_a_missing_address_and_demo_keys(tmp_path: Path) -> None:
    assert start_instance(tmp_path, "--public").wait(20) == 1
    assert "HUIYIN_PUBLIC_URL" in (tmp_path / "said.txt").read_text()
    (tmp_path / "secrets.json").write_text(json.dumps({"made_for": "demo", "secret_key": "known"}))
    process = start_instance(tmp_path, "--public", extra={"HUIYIN_PUBLIC_URL": "https://help.example.com"})
    assert process.wait(20) == 1
    assert "give --public another --var" in (tmp_path / "said.txt").read_text()


def test_op3_public_has_no_demo_people_and_no_demo_shop(tmp_path: Path) -> None:
    process = start_instance(tmp_path, "--public", extra={"HUIYIN_PUBLIC_URL": "https://help.example.com"})
    try:
        assert eventually((tmp_path / "ready.json").exists, seconds=30)
        ready = json.loads((tmp_path / "ready.json").read_text())
        assert (ready["logins"], ready["api_key"], ready["demo_shop"], ready["demo_orders"]) == ([], None, None, [])
        assert set(children_of(process.pid)) - HOTLINE == {"postgres", "worker", "router", *web_names()}
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def test_op3_a_process_that_cannot_run_is_named_with_its_last_words(tmp_path: Path) -> None:
    process = start_instance(tmp_path, extra={"HUIYIN_WEB_THREADS": "many"})  # web cannot start with this
    assert process.wait(60) == 1
    said = (tmp_path / "said.txt").read_text()
    assert "did not become usable" in said
    assert "ValueError" in said
    assert not (tmp_path / "ready.json").exists()
