"""Live streams: a real server, a real PostgreSQL, readers that speak HTTP over plain sockets."""

import asyncio
import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.core import signing
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from huiyin.domain.journal.nudges import CHANNEL, nudge
from huiyin.web.live import SALT, WAITING, Grant, Hub, Reader, event, read_grant, sign_topics, stream
from tests.web.serving import in_process, say

PATIENCE = 20.0
MANY = 500
DEEP = b"GET /healthz?deep=1 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
Server = tuple[int, "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def url(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """The address of the tests' database as `DATABASE_URL` writes it."""
    known = connection.settings_dict
    who = f"{known['USER']}:{known['PASSWORD']}" if known["PASSWORD"] else known["USER"]
    if not known["HOST"].startswith("/"):
        return f"postgresql://{who}@{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"
    return f"postgresql://{who}@/{known['NAME']}?host={known['HOST']}"


@pytest.fixture(scope="module")
def server(url: str) -> Iterator[Server]:
    with in_process(url, HUIYIN_LIVE_STREAMS_PER_ADDRESS=str(MANY)) as server:
        until_it_listens(server[0])
        yield server


def until_it_listens(port: int) -> None:
    """A stream opened before the server listens is told to reload when it does; these tests count events."""
    end = time.monotonic() + PATIENCE
    while '"live": true' not in say(port, DEEP).body:
        assert time.monotonic() < end


@pytest.fixture(scope="module")
def port(server: Server) -> int:
    return server[0]


class Stream:
    """One reader: its status, then its events one by one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.status = 0

    @classmethod
    async def open(cls, port: int, lists: str) -> "Stream":
        self = cls(*await asyncio.open_connection("127.0.0.1", port))
        self.writer.write(f"GET /live HTTP/1.1\r\nhost: localhost\r\nhuiyin-topics: {lists}\r\n\r\n".encode())
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readuntil(b"\r\n\r\n")
        self.status = int(head.split()[1])
        return self

    async def next(self) -> str:
        """The name of the next event, with its topic if it has one; "end" when the server ends the stream."""
        name = ""
        async with asyncio.timeout(PATIENCE):
            while (line := await self.reader.readline()) not in (b"0\r\n", b""):  # the last chunk, or nobody there
                key, _, value = line.decode().strip().partition(": ")
                if key == "data":
                    return f"{name} {value}".removesuffix(" {}")
                name = value if key == "event" else name
        return "end"

    async def until(self, wanted: str) -> None:
        """Read on until this event comes; everything before it is passed over."""
        async with asyncio.timeout(PATIENCE):
            while await self.next() != wanted:
                pass

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


async def opened(port: int, *topics: str, ttl: int = 60) -> Stream:
    stream = await Stream.open(port, sign_topics(topics, "staff:7", ttl))
    assert await stream.next() == "hello"
    return stream


def changed(topic: str) -> str:
    return f'changed {{"topic": "{topic}"}}'


def send_nudge(url: str, *topics: str) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        for topic in topics:
            link.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])


def links_of_the_server(url: str) -> list[int]:
    """Process ids of the database's connections that listen."""
    with psycopg.connect(url) as link:
        rows = link.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
        return [row[0] for row in rows]


def connections(url: str) -> int:
    with psycopg.connect(url) as link:
        row = link.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()").fetchone()
        assert row is not None
        return int(row[0])


@pytest.mark.django_db(transaction=True)
def test_kp3_a_change_reaches_who_watches_it_and_nobody_else(port: int) -> None:
    async def watch() -> None:
        mine, other = await opened(port, "matter:1", "desk"), await opened(port, "matter:2")
        await asyncio.to_thread(change)
        assert await mine.next() == changed("matter:1")
        assert await other.next() == changed("matter:2")
        await mine.close()
        await other.close()

    def change() -> None:
        with transaction.atomic():
            nudge("matter:1")
        with transaction.atomic():
            nudge("matter:2")
        connection.close()

    asyncio.run(watch())


def test_a_lost_database_link_is_made_again_and_everybody_reloads(port: int, url: str) -> None:
    async def watch() -> None:
        reader = await opened(port, "matter:1")
        with psycopg.connect(url, autocommit=True) as link:
            for pid in links_of_the_server(url):
                link.execute("SELECT pg_terminate_backend(%s)", [pid])
        await reader.until("reload")
        send_nudge(url, "matter:1")
        assert await reader.next() == changed("matter:1")
        await reader.close()

    asyncio.run(watch())


def test_forged_and_expired_lists_are_refused(port: int) -> None:
    good = sign_topics(["desk"], "staff:7", 60)
    bad = [
        "",
        "nonsense",
        good[:-3] + "abc",
        sign_topics(["desk"], "staff:7", -1),
        f"{good},nonsense",
        ",".join([good] * 40),
    ]

    async def try_all() -> None:
        for lists in bad:
            reader = await Stream.open(port, lists)
            assert reader.status == 403, lists
            await reader.close()

    asyncio.run(try_all())


def test_a_stream_ends_when_its_list_does(port: int) -> None:
    async def watch() -> None:
        reader = await opened(port, "desk", ttl=2)
        assert await reader.next() == "expired"
        assert await reader.next() == "end"
        await reader.close()

    asyncio.run(watch())


def test_ch6_five_hundred_streams_need_no_database_and_leave_nothing_behind(port: int, url: str) -> None:
    async def crowd() -> None:
        await until_there_is_room(port)
        before = connections(url)
        readers = list(await asyncio.gather(*[opened(port, f"matter:{n}", "desk") for n in range(MANY)]))
        assert connections(url) == before
        one_more = await Stream.open(port, sign_topics(["desk"], "staff:7"))
        assert one_more.status == 429
        await one_more.close()
        send_nudge(url, "desk", "matter:7")
        assert await asyncio.gather(*[reader.next() for reader in readers]) == [changed("desk")] * MANY
        assert await readers[7].next() == changed("matter:7")
        await asyncio.gather(*[reader.close() for reader in readers])
        await until_there_is_room(port)

    asyncio.run(crowd())


async def until_there_is_room(port: int) -> None:
    """Who has left is noticed: as many streams as are allowed can be opened at once."""
    async with asyncio.timeout(PATIENCE):
        while True:
            lists = sign_topics(["desk"], "staff:7")
            readers = await asyncio.gather(*[Stream.open(port, lists) for _ in range(MANY)])
            for reader in readers:
                await reader.close()
            if all(reader.status == 200 for reader in readers):
                return


def test_told_to_stop_the_server_says_goodbye_and_ends_within_seconds(url: str) -> None:
    async def watch(port: int, process: "subprocess.Popen[bytes]") -> None:
        reader = await opened(port, "desk")
        process.send_signal(signal.SIGTERM)
        assert await reader.next() == "bye"
        assert await reader.next() == "end"
        await reader.close()

    with in_process(url) as (port, process):
        until_it_listens(port)
        asyncio.run(watch(port, process))
        assert process.wait(5) in (0, -signal.SIGTERM)  # uvicorn passes the signal on when it is done


def test_health_says_whether_the_database_answers(server: Server) -> None:
    answer = say(server[0], DEEP)
    assert answer.status == 200
    assert '"database": true' in answer.body
    with in_process("postgresql://nobody@127.0.0.1:9/nothing") as (port, _):
        answer = say(port, DEEP)
        assert answer.status == 503
        assert answer.body == '{"ok": false, "database": false, "live": false}'


def test_a_list_names_its_topics_and_when_it_ends() -> None:
    now = time.time()
    joined = ",".join([sign_topics(["desk", "matter:1"], "staff:7", 60), sign_topics(["matter:2"], "buyer", 30)])
    grant = read_grant(joined, now)
    assert grant is not None
    assert grant.topics == {"desk", "matter:1", "matter:2"}
    assert grant.audience == "buyer+staff:7"
    assert 28 < grant.until - now <= 30
    assert read_grant(joined, now + 31) is None


def test_lists_signed_for_something_else_are_no_lists() -> None:
    assert read_grant(signing.dumps({"t": ["desk"], "a": "x", "e": 9e9}, salt="other"), 0) is None
    assert read_grant(signing.dumps({"t": ["desk"], "a": "x", "e": 9e9}, salt=SALT), 0) is not None
    with pytest.raises(ValueError, match="not a topic"):
        sign_topics(["desk\nevent: fake"], "staff:7")


def a_reader(*topics: str) -> Reader:
    return Reader(Grant(frozenset(topics), "staff:7", 2**40), "127.0.0.1")


def test_a_slow_reader_gets_each_topic_once() -> None:
    reader = a_reader()
    for _ in range(1000):
        reader.tell(event("changed", topic="desk"))
        reader.tell(event("changed", topic="matter:1"))
    assert reader.take() == event("changed", topic="desk") + event("changed", topic="matter:1")
    assert reader.take() == b""


def test_a_reader_too_slow_for_its_line_reloads_instead() -> None:
    reader = a_reader()
    for number in range(WAITING + 3):
        reader.tell(event("changed", topic=f"matter:{number}"))
    assert reader.take().split(b"\n")[0] == b"event: reload"
    assert len(reader.waiting) == 0


def test_overflow_at_a_stalled_client_becomes_one_reload() -> None:
    """The client takes nothing while more changes than fit in its line; then it takes everything."""
    topics = [f"matter:{number}" for number in range(WAITING * 2)]
    hub = Hub(lambda: "", per_address=5, at_most=5)
    sent: list[bytes] = []

    async def play() -> None:
        stalled, goes_on, gone = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def send(message: dict[str, object]) -> None:
            sent.append(bytes(message.get("body", b"")))  # type: ignore[call-overload]
            if b"hello" in sent[-1]:
                stalled.set()
                await goes_on.wait()
            if b"reload" in sent[-1]:
                gone.set()

        async def receive() -> dict[str, object]:
            await gone.wait()
            return {"type": "http.disconnect"}

        headers = [(b"huiyin-topics", sign_topics(topics, "staff:7").encode())]
        serving = asyncio.create_task(stream(hub, {"headers": headers, "client": ("1.1.1.1", 1)}, receive, send))  # type: ignore[arg-type]
        await stalled.wait()
        for topic in topics:
            hub.changed(topic)
        goes_on.set()
        async with asyncio.timeout(PATIENCE):
            await serving

    asyncio.run(play())
    told = b"".join(sent)
    assert told.count(b"event: reload") == 1
    assert told.count(b"event: changed") == WAITING - 1
    assert not hub.readers
    assert not hub.by_topic
    assert not hub.by_address


def test_the_limit_in_all_holds_for_different_addresses() -> None:
    hub = Hub(lambda: "", per_address=2, at_most=3)
    with contextlib.ExitStack() as seats:
        for address in ("a", "a", "b"):
            assert not hub.is_full_for(address)
            seats.enter_context(hub.seat(Reader(Grant(frozenset({"desk"}), "x", 1), address)))
        assert hub.is_full_for("c")
    assert not hub.is_full_for("c")
