"""CH1: people chat while streams are cut and web and PostgreSQL are killed; nothing is lost, doubled or disordered."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from bench.chat import EXTRA, Room, Wish, storm
from bench.talks import Talk, make
from huiyin.daemons.ephemeral import Running, running_instance
from huiyin.daemons.postgres import find_running
from huiyin.domain.journal.chain import Link, first_break

WISH = Wish(storm=600, storm_talks=30, kills=3)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Running]:
    with running_instance(tmp_path, extra=EXTRA) as running:
        yield running


def test_ch1_every_message_arrives_once_and_in_order(instance: Running) -> None:
    url = find_running(instance.var)
    assert url is not None
    port = int(instance.ready["url"].rsplit(":", 1)[1].rstrip("/"))
    agent = next(login for login in instance.ready["logins"] if login["role"] == "L1")
    talks = make(url, instance.var, WISH.storm_talks, agent["api_key"], agent["agent_no"])
    with ThreadPoolExecutor(1) as apart:  # browsers of other tests leave a loop in this thread
        told = apart.submit(lambda: asyncio.run(storm(Room(port), talks, WISH, instance))).result()
    assert told["killed"] == {"web": 3, "postgres": 1}
    assert told["cut"] > 2 * len(talks)
    assert (told["lost"], told["doubled"], told["out_of_order"], told["gaps"]) == (0, 0, 0, 0), told
    assert_chains_are_whole(url, talks)


def assert_chains_are_whole(url: str, talks: list[Talk]) -> None:
    """Every word stands in its chain, and no chain is broken."""
    with psycopg.connect(url) as link:
        for talk in talks:
            rows = link.execute(
                "SELECT fact.seq, name, by, at, data, hash FROM journal_fact AS fact JOIN journal_matter AS matter"
                " ON matter.id = fact.matter_id WHERE matter.no = %s ORDER BY fact.seq",
                [talk.no],
            ).fetchall()
            assert rows
            assert first_break(talk.no, [Link(*row) for row in rows]) is None
