"""The ARI client against a small server that speaks as Asterisk 22 does on the websocket."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from huiyin.adapters.asterisk.ari import Ari, Gone, NoContact, Trouble
from huiyin.adapters.asterisk.events import Ended, Entered, Event, HangupAsked, Played, Pressed, Registered, event_of

CHANNEL = {
    "id": "1.1", "name": "PJSIP/trunk-00000001", "state": "Up", "caller": {"number": "13800138000"},
    "channelvars": {"HY_CALL": "7"},
    "dialplan": {"context": "switchboard", "exten": "s", "app_name": "Stasis", "app_data": "huiyin,in,001,trunk"},
}  # fmt: skip
ANSWERS: Mapping[tuple[str, str], tuple[int, str]] = {
    ("GET", "channels"): (200, json.dumps([CHANNEL])),
    ("DELETE", "channels/gone"): (404, '{"message":"Channel not found"}'),
    ("POST", "channels/1.1/answer"): (409, '{"message":"Channel not in Stasis application"}'),
    ("POST", "bridges/b/addChannel"): (400, '{"message":"Channel not found"}'),
    ("POST", "channels/new"): (500, '{"message":"Allocation failed"}'),
    ("POST", "channels/odd"): (400, '{"message":"Endpoint not specified"}'),
    ("GET", "endpoints/PJSIP"): (200, '[{"resource":"a1","state":"online"},{"resource":"w1","state":"offline"}]'),
    ("POST", "bridges/there"): (409, '{"message":"Bridge with id already exists"}'),
}


class Server:
    """Answers requests from ANSWERS, 204 where it knows none; `hello` is sent at the beginning."""

    def __init__(self, *hello: Mapping[str, Any], breaks_at: str = "") -> None:
        self.hello, self.breaks_at = hello, breaks_at
        self.asked: list[dict[str, Any]] = []

    async def talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for event in self.hello:
            await socket.send_str(json.dumps(event))
        async for message in socket:
            asked = json.loads(message.data)
            self.asked.append(asked)
            if asked["uri"] == self.breaks_at:
                await socket.close()
                break
            status, body = ANSWERS.get((asked["method"], asked["uri"]), (204, ""))
            answer = {"type": "RESTResponse", "request_id": asked["request_id"], "status_code": status}
            await socket.send_str(json.dumps({**answer, "message_body": body}))
        return socket


@asynccontextmanager
async def linked(server: Server) -> AsyncIterator[Ari]:
    app = web.Application()
    app.router.add_get("/ari/events", server.talk)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        async with Ari(f"http://{host}:{port}", "huiyin", "secret") as ari:
            yield ari
    finally:
        await runner.cleanup()


def with_link(use: Callable[[Ari], Awaitable[None]], server: Server | None = None) -> None:
    async def scenario() -> None:
        async with linked(server or Server()) as ari:
            await use(ari)

    asyncio.run(asyncio.wait_for(scenario(), 10))


def test_a_channel_is_a_value() -> None:
    async def use(ari: Ari) -> None:
        [channel] = await ari.channels()
        assert (channel.id, channel.caller, channel.app, channel.args) == (
            "1.1", "13800138000", "huiyin", ("in", "001", "trunk"),
        )  # fmt: skip
        assert channel.is_up
        assert channel.variables == {"HY_CALL": "7"}

    with_link(use)


def test_what_has_gone_is_told_from_what_is_in_trouble() -> None:
    async def use(ari: Ari) -> None:
        for asked in (ari.hang_up("gone"), ari.answer("1.1"), ari.join("b", "gone")):
            with pytest.raises(Gone):
                await asked
        with pytest.raises(NoContact):
            await ari.call("PJSIP/a1", "new", caller="x", ring_s=5)
        with pytest.raises(Trouble):
            await ari.call("", "odd", caller="x", ring_s=5)

    with_link(use)


def test_a_bridge_that_is_there_is_used() -> None:
    server = Server()

    async def use(ari: Ari) -> None:
        await ari.bridge("there", "1.1", "1.2")
        assert server.asked[-1]["query_strings"] == [{"name": "channel", "value": "1.1,1.2"}]

    with_link(use, server)


def test_who_is_registered() -> None:
    async def use(ari: Ari) -> None:
        assert await ari.endpoints() == {"a1": True, "w1": False}

    with_link(use)


def test_names_cannot_break_out_of_the_path() -> None:
    server = Server()

    async def use(ari: Ari) -> None:
        await ari.hang_up("x?y#z")
        assert server.asked[-1]["uri"] == "channels/x%3Fy%23z"

    with_link(use, server)


def test_a_link_that_breaks_ends_events_and_whoever_waits_for_an_answer() -> None:
    async def use(ari: Ari) -> None:
        with pytest.raises(Trouble):
            await ari.ask("GET", "break")
        assert [event async for event in ari.events()] == []
        with pytest.raises(Trouble):
            await ari.channels()

    with_link(use, Server(breaks_at="break"))


def test_no_asterisk_is_trouble() -> None:
    async def use() -> None:
        with pytest.raises(Trouble):
            async with Ari("http://127.0.0.1:9", "huiyin", "secret"):
                pass

    asyncio.run(use())


def test_events_come_in_order_and_unknown_ones_not_at_all() -> None:
    said = [
        {"type": "StasisStart", "channel": CHANNEL, "args": ["in", "001", "trunk"]},
        {"type": "ChannelVarset", "channel": CHANNEL},
        {"type": "ChannelDtmfReceived", "channel": CHANNEL, "digit": "5"},
    ]

    async def use(ari: Ari) -> None:
        events = ari.events()
        first, second = await anext(events), await anext(events)
        assert isinstance(first, Entered)
        assert first.args == ("in", "001", "trunk")
        assert second == Pressed("1.1", "5")

    with_link(use, Server(*said))


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ({"type": "ChannelDestroyed", "channel": CHANNEL, "cause": 17}, Ended("1.1", 17)),
        ({"type": "ChannelHangupRequest", "channel": CHANNEL}, HangupAsked("1.1")),
        (
            {"type": "PlaybackFinished", "playback": {"id": "p", "target_uri": "channel:1.1", "state": "failed"}},
            Played("p", "1.1", ok=False),
        ),
        (
            {
                "type": "ContactStatusChange", "endpoint": {"resource": "w1"},
                "contact_info": {"uri": "sip:x", "contact_status": "Removed"},
            },
            Registered("w1", "sip:x", is_here=False),
        ),
    ],
)  # fmt: skip
def test_events_are_values(data: Mapping[str, Any], event: Event) -> None:
    assert event_of(data) == event
