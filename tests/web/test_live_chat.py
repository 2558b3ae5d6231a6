"""Streams of conversations: a real server, a real PostgreSQL, readers that speak HTTP over plain sockets."""

import asyncio
import contextlib
import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.tokens import token_for
from huiyin.domain.staff import actions as staff
from huiyin.lib.clock import now
from tests.people import BO, SUN, hire
from tests.talks import asked, here, taken, talking
from tests.web.serving import in_process
from tests.web.serving import say as http
from tests.web.test_live import until_it_listens, url

__all__ = ["url"]

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20.0
Server = tuple[int, "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def port(url: str) -> Iterator[int]:
    with in_process(url, HUIYIN_LIVE_STREAMS_PER_ADDRESS="120", HUIYIN_WIDGET_ORIGINS="https://shop.example") as server:
        until_it_listens(server[0])
        yield server[0]


@dataclass(frozen=True)
class Heard:
    name: str
    data: dict[str, Any]
    id: str = ""


class Stream:
    """One listener: its status and headers, then its events one by one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.status, self.head = 0, ""

    @classmethod
    async def open(cls, port: int, no: str, token: str, **headers: str) -> "Stream":
        self = cls(*await asyncio.open_connection("127.0.0.1", port))
        said = {"host": "localhost", "authorization": f"Bearer {token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
        self.writer.write(f"GET /api/v1/conversations/{no}/events HTTP/1.1\r\n{lines}\r\n".encode())
        async with asyncio.timeout(PATIENCE):
            self.head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        self.status = int(self.head.split()[1])
        return self

    async def next(self) -> Heard:
        """The next event; "end" when the server ends the stream."""
        name, at = "", ""
        async with asyncio.timeout(PATIENCE):
            while (line := await self.reader.readline()) not in (b"0\r\n", b""):
                key, _, value = line.decode().rstrip("\r\n").partition(": ")
                if key == "data":
                    return Heard(name, json.loads(value), at)
                name, at = (value if key == "event" else name), (value if key == "id" else at)
        return Heard("end", {})

    async def until(self, name: str) -> Heard:
        """The next event of this name; others are passed over."""
        while (heard := await self.next()).name != name:
            assert heard.name != "end", name
        return heard

    async def messages(self, count: int) -> list[Heard]:
        return [await self.until("message") for _ in range(count)]

    async def body(self) -> dict[str, Any]:
        length = int(self.head.split("content-length: ")[1].split("\r\n")[0])
        told: dict[str, Any] = json.loads(await self.reader.readexactly(length))
        return told

    def close(self) -> None:
        self.writer.transport.abort()


async def do(act: Any, *args: Any, **more: Any) -> Any:
    """Something in the database, off the event loop, on a connection of its own."""

    def acting() -> Any:
        try:
            return act(*args, **more)
        finally:
            connection.close()

    return await asyncio.to_thread(acting)


def say(conversation: Conversation, text: str, by: str = "buyer") -> int:
    return talks.say(conversation, text, by=by, now=now()).seq


def test_a_message_rides_in_its_event_with_its_place_as_id(port: int) -> None:
    started = asked(now=now())

    async def play() -> None:
        stream = await Stream.open(port, started.conversation.matter.no, started.token)
        assert stream.status == 200
        first = await stream.until("message")
        assert (first.id, first.data["text"], first.data["author"]) == ("1", "卡密一直没收到", "buyer")
        await do(say, started.conversation, "还在吗")
        second = await stream.until("message")
        assert (second.id, second.data["seq"], second.data["text"]) == ("2", 2, "还在吗")
        stream.close()

    asyncio.run(play())


@pytest.mark.parametrize(
    ("last", "first"), [("2", 3), ("0", 1), ("", 1), ("99", 1), ("-1", 1), ("2; DROP", 1), ("٢", 1), ("9" * 80, 1)]
)
def test_a_listener_goes_on_exactly_after_its_last_event_and_garbage_means_everything(
    port: int, last: str, first: int
) -> None:  # fmt: skip
    started = asked(now=now())
    for number in range(4):
        say(started.conversation, f"第{number}句")

    async def play() -> None:
        stream = await Stream.open(
            port, started.conversation.matter.no, started.token, last_event_id=last.encode().decode("latin-1")
        )
        assert [one.data["seq"] for one in await stream.messages(6 - first)] == list(range(first, 6))
        stream.close()

    asyncio.run(play())


def test_a_late_commit_is_neither_lost_nor_overtaken(port: int) -> None:
    """One transaction has its number and does not commit; another one, later, waits behind it."""
    conversation, alice = talking(now=now())
    told = Conversation.objects.get(pk=conversation.pk)
    numbered, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            say(told, "先写的，晚提交")
            numbered.set()
            assert go_on.wait(PATIENCE)
        connection.close()

    async def play() -> None:
        stream = await Stream.open(port, conversation.matter.no, token_for(conversation.matter.no))
        await stream.messages(2)
        first = threading.Thread(target=slowly)
        first.start()
        assert await asyncio.to_thread(numbered.wait, PATIENCE)
        second = asyncio.create_task(do(say, told, "后写的", alice.by))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await stream.until("message")
        assert not second.done()
        go_on.set()
        heard = await stream.messages(2)
        assert [(one.id, one.data["text"]) for one in heard] == [("3", "先写的，晚提交"), ("4", "后写的")]
        await second
        first.join(PATIENCE)
        stream.close()

    asyncio.run(play())


def test_what_is_rolled_back_is_never_heard(port: int) -> None:
    started = asked(now=now())

    def taken_back() -> None:
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            say(started.conversation, "不算")
            raise ZeroDivisionError

    async def play() -> None:
        stream = await Stream.open(port, started.conversation.matter.no, started.token)
        await stream.messages(1)
        await do(taken_back)
        await do(say, started.conversation, "算")
        assert [(one.id, one.data["text"]) for one in await stream.messages(1)] == [("2", "算")]
        stream.close()

    asyncio.run(play())


def test_who_may_not_listen_is_told_why(port: int) -> None:
    started, other = asked(now=now()), asked(now=now(), identities={"phone": "13900139000"})
    conversation, _ = talking(now=now(), identities={"phone": "13700137000"})
    bo = hire(BO, now=now())
    key = staff.issue_key("bo", [], now=now(), person=bo)
    program = staff.issue_key("program", ["orders"], now=now())
    no = started.conversation.matter.no
    wanted = [
        (no, "", 401, "token_missing"), (no, "x" * 43, 401, "token_unknown"), (no, other.token, 404, "not_found"),
        ("1", started.token, 404, "not_found"), (conversation.matter.no, key, 404, "not_found"),
        (no, program, 403, "scope_missing"), (no, "hy_nothing", 401, "key_unknown"),
        (no, "x" * 3000, 401, "token_unknown"),
    ]  # fmt: skip

    async def play() -> None:
        for number, given, status, code in wanted:
            stream = await Stream.open(port, number, given, origin="https://shop.example")
            assert (stream.status, (await stream.body())["code"]) == (status, code), (number, given[:9])
            assert "access-control-allow-origin: https://shop.example" in stream.head
            stream.close()
        await do(Conversation.objects.filter(pk=started.conversation.pk).update, state="ended", outcome="buyer_left",
                 ended_at=now() - timedelta(days=31))  # fmt: skip
        stream = await Stream.open(port, no, started.token)
        assert (stream.status, (await stream.body())["code"]) == (401, "token_expired")
        stream.close()

    asyncio.run(play())


def test_notes_are_heard_by_staff_only(port: int) -> None:
    started = asked(now=now())
    alice = here(now=now())
    conversation = taken(started.conversation, alice, now=now())
    key = staff.issue_key("own", [], now=now(), person=alice)

    async def play() -> None:
        buyer = await Stream.open(port, conversation.matter.no, started.token)
        agent = await Stream.open(port, conversation.matter.no, key)
        await asyncio.gather(buyer.messages(2), agent.messages(2))
        await do(talks.say, conversation, "内部说一句", by=alice.by, now=now(), internal=True)
        await do(talks.say, conversation, "您好", by=alice.by, now=now())
        heard = await agent.messages(2)
        assert [one.data["internal"] for one in heard] == [True, False]
        assert [one.data["seq"] for one in await buyer.messages(1)] == [4]
        for stream in (buyer, agent):
            stream.close()

    asyncio.run(play())


def test_states_marks_and_typing_are_told(port: int) -> None:
    started = asked(now=now())
    alice, sun = here(now=now()), hire(SUN, now=now())

    async def play() -> None:
        stream = await Stream.open(port, started.conversation.matter.no, started.token)
        state = await stream.until("state")
        assert (state.data["state"], state.data["position"]) == ("queued", 1)
        conversation = await do(taken, started.conversation, alice, now=now())
        while (state := await stream.until("state")).data["state"] != "talking":
            pass
        assert state.data["agent_no"] == "1024"
        await do(talks.typing, conversation, by=sun.by)  # reads along, perhaps writing a whisper
        await do(talks.read_up_to, conversation, 2, by=alice.by, now=now())
        while (heard := await stream.next()).data.get("agent_read") != 2:
            assert heard.name != "typing"
        await do(talks.typing, conversation, by=alice.by)
        assert (await stream.until("typing")).data == {"author": "agent"}
        stream.close()

    asyncio.run(play())


def test_how_it_stands_is_not_told_again_with_every_message(port: int) -> None:
    conversation, alice = talking(now=now())

    async def play() -> None:
        stream = await Stream.open(port, conversation.matter.no, token_for(conversation.matter.no))
        await stream.until("read")
        for number in range(3):
            await do(say, conversation, f"第{number}句", alice.by)
        heard = [(await stream.next()).name for _ in range(6)]
        assert sorted(heard) == ["message"] * 3 + ["read"] * 3
        stream.close()

    asyncio.run(play())


def test_places_in_the_queue_move_live(port: int) -> None:
    first, second = asked(now=now()), asked(now=now(), identities={"phone": "13900139000"})

    async def play() -> None:
        stream = await Stream.open(port, second.conversation.matter.no, second.token)
        while (await stream.until("state")).data["position"] != 2:
            pass
        await do(talks.buyer_ends, first.conversation, by="buyer", now=now())
        while (await stream.until("state")).data["position"] != 1:
            pass
        stream.close()

    asyncio.run(play())


def test_a_nudge_that_was_missed_is_made_up_for(port: int) -> None:
    started = asked(now=now())

    def silently() -> None:
        """As if PostgreSQL had told nobody."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL search_path = public")
            cursor.execute("CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE sql AS ''")
            cursor.execute("SET LOCAL search_path = public, pg_catalog")
            say(started.conversation, "没人通知")
            cursor.execute("DROP FUNCTION public.pg_notify(text, text)")

    async def play() -> None:
        stream = await Stream.open(port, started.conversation.matter.no, started.token)
        await stream.messages(1)
        await do(silently)
        assert (await stream.until("message")).data["text"] == "没人通知"
        stream.close()

    asyncio.run(play())


def test_many_tabs_hear_the_same(port: int) -> None:
    started = asked(now=now())

    async def play() -> None:
        tabs = [await Stream.open(port, started.conversation.matter.no, started.token) for _ in range(60)]
        await asyncio.gather(*(tab.messages(1) for tab in tabs))
        for number in range(20):
            await do(say, started.conversation, f"第{number}句")
        heard = await asyncio.gather(*(tab.messages(20) for tab in tabs))
        assert {tuple(one.data["seq"] for one in each) for each in heard} == {tuple(range(2, 22))}
        for tab in tabs:
            tab.close()

    asyncio.run(play())


def test_a_long_conversation_comes_whole(port: int) -> None:
    started = asked(now=now())
    for number in range(450):
        say(started.conversation, f"第{number}句", "api:7")

    async def play() -> None:
        stream = await Stream.open(port, started.conversation.matter.no, started.token)
        assert [one.data["seq"] for one in await stream.messages(451)] == list(range(1, 452))
        stream.close()

    asyncio.run(play())


def test_a_preflight_is_answered_for_known_pages_only(port: int) -> None:
    def ask(origin: str) -> str:
        request = (
            f"OPTIONS /api/v1/conversations HTTP/1.1\r\nhost: localhost\r\norigin: {origin}\r\n"
            "access-control-request-method: POST\r\nconnection: close\r\n\r\n"
        )
        return http(port, request.encode()).head

    known, unknown = ask("https://shop.example"), ask("https://evil.example")
    assert known.startswith("http/1.1 204")
    assert "access-control-allow-headers: authorization, content-type, last-event-id" in known
    assert unknown.startswith("http/1.1 403")
    assert "access-control-allow-origin" not in unknown
