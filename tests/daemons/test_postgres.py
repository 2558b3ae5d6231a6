"""The PostgreSQL we bring along, really started and really killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from huiyin.daemons import postgres
from huiyin.daemons.children import Identity, unprivileged_identity
from huiyin.daemons.postgres import Cluster, ensure_cluster, find_running

# Root has two ways to run PostgreSQL; everybody else has one.
WAYS = list(dict.fromkeys([unprivileged_identity(), *([Identity.SWITCHED] if os.geteuid() == 0 else [])]))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = ensure_cluster(tmp_path, fast_and_unsafe=True)
    cluster.start()
    yield cluster
    cluster.stop()


def ask(url: str, question: LiteralString) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def eventually(is_so: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so()


@pytest.mark.parametrize("way", WAYS)
def test_a_cluster_starts_below_a_closed_directory(
    way: Identity, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres, "unprivileged_identity", lambda: way)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = ensure_cluster(closed / "var")
    try:
        cluster.start()
        assert ask(cluster.url, "select current_setting('server_encoding') || current_setting('fsync')") == "UTF8on"
        assert ask(cluster.url, "select '客' < '服'") is not None
        assert find_running(closed / "var") == cluster.url
    finally:
        cluster.stop()
    assert find_running(closed / "var") is None


def test_only_the_socket_leads_in_and_only_for_its_owner(cluster: Cluster) -> None:
    assert ask(cluster.url, "show listen_addresses") == ""
    assert cluster.sockets.stat().st_mode & 0o777 == 0o700
    assert (cluster.home / "password").stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://huiyin:wrong@/huiyin?host={cluster.sockets}")


def test_a_killed_postmaster_comes_back_with_what_was_committed(tmp_path: Path) -> None:
    cluster = ensure_cluster(tmp_path)
    cluster.start()
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("create table said (words text)")
        connection.execute("insert into said values ('有着落')")
    assert cluster.process is not None
    cluster.process.kill()
    cluster.process.wait()
    cluster.start()
    assert ask(cluster.url, "select words from said") == "有着落"
    cluster.stop()


def test_a_lock_file_whose_number_is_another_process_now_is_no_obstacle(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getppid()}\n{cluster.data}\n")
    cluster.start()
    assert ask(cluster.url, "select 1") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    var = tmp_path / ("long" * 30)
    cluster = ensure_cluster(var, fast_and_unsafe=True)
    cluster.start()
    assert not cluster.sockets.is_relative_to(var)
    assert ask(cluster.url, "select 1") == 1
    cluster.stop()
    shutil.rmtree(cluster.sockets)


def test_a_half_made_cluster_is_made_again(tmp_path: Path) -> None:
    killed_before_its_rename = ensure_cluster(tmp_path, fast_and_unsafe=True)
    killed_before_its_rename.data.rename(killed_before_its_rename.home / "data.new")
    cluster = ensure_cluster(tmp_path, fast_and_unsafe=True)
    cluster.start()
    assert ask(cluster.url, "select 1") == 1
    cluster.stop()


def test_the_database_ends_cleanly_when_its_starter_is_killed(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time; from huiyin.daemons.postgres import ensure_cluster; "
        "ensure_cluster(pathlib.Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"up\n"
        assert find_running(tmp_path) is not None
        starter.send_signal(signal.SIGKILL)
    assert eventually(lambda: find_running(tmp_path) is None)
    assert "database system is shut down" in (tmp_path / "log" / "postgres.log").read_text()
