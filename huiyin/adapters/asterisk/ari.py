"""Asterisk's remote control (ARI) on one websocket: what happens comes in, what we want goes out, in order.

`Gone` is normal everywhere: between two requests anybody may hang up. `Trouble` is Asterisk's own. Keys and variables
that people press or we set may be secrets: nothing of what is sent or received is logged here.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from huiyin.adapters.asterisk.events import Channel, Event, channel_of, event_of
from huiyin.lib.errors import Outside, Unavailable

ANSWER_WITHIN_S = 5.0  # Asterisk on this machine answers in a millisecond
HEARTBEAT_S = 5.0
GONE = frozenset({404, 409, 410, 412, 422})


class Gone(Outside):
    """The channel, bridge, prompt or recording is not there (any more), or not in our hands."""


class NoContact(Outside):
    """Nobody is registered at this endpoint."""


class Trouble(Unavailable):
    """Asterisk did not answer, answered with trouble of its own, or the link is down."""


class Ari:
    """One client of one application. `async with` connects; `events()` ends when the link does."""

    def __init__(self, url: str, user: str, password: str, app: str = "huiyin") -> None:
        self._url, self._app = url.rstrip("/"), app
        self._auth = aiohttp.encode_basic_auth(user, password)
        self._numbers = itertools.count(1)
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._heard: asyncio.Queue[Event | None] = asyncio.Queue()
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(headers={"Authorization": self._auth})
        try:
            self._socket = await self._http.ws_connect(
                f"{self._url}/ari/events", params={"app": self._app}, heartbeat=HEARTBEAT_S, max_msg_size=0
            )
        except (aiohttp.ClientError, OSError, TimeoutError) as trouble:
            await self._http.close()
            raise Trouble(f"no link to Asterisk: {type(trouble).__name__}") from trouble
        self._reader = asyncio.create_task(self._read(self._socket))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._reader is not None
        assert self._socket is not None
        assert self._http is not None
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        self._end()
        await self._socket.close()
        await self._http.close()

    async def events(self) -> AsyncIterator[Event]:
        """Everything that happens, in order, until the link is down."""
        while (event := await self._heard.get()) is not None:
            yield event

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(json.loads(message.data))
        finally:
            self._end()

    def _take(self, data: dict[str, Any]) -> None:
        if data.get("type") == "RESTResponse":
            waiting = self._asked.pop(data.get("request_id", ""), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(data)
            return
        event = event_of(data)
        if event is not None:
            self._heard.put_nowait(event)

    def _end(self) -> None:
        self._heard.put_nowait(None)
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(Trouble("the link to Asterisk is down"))
        self._asked.clear()

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, **params: object) -> Any:
        """One request. Raises Gone, NoContact, Trouble."""
        if self._socket is None or self._socket.closed:
            raise Trouble("the link to Asterisk is down")
        number = str(next(self._numbers))
        waiting = asyncio.get_running_loop().create_future()
        self._asked[number] = waiting
        try:
            await self._socket.send_str(json.dumps(_request(number, method, path, body, params)))
            answer = await asyncio.wait_for(waiting, ANSWER_WITHIN_S)
        except (TimeoutError, ConnectionError, aiohttp.ClientError) as trouble:
            raise Trouble(f"{method} {path.split('/', maxsplit=1)[0]}: no answer") from trouble
        finally:
            self._asked.pop(number, None)
        return _body(answer, f"{method} {path.split('/', maxsplit=1)[0]}")

    # ---- channels

    async def channels(self) -> list[Channel]:
        return [channel_of(one) for one in await self.ask("GET", "channels")]

    async def channel(self, channel: str) -> Channel:
        return channel_of(await self.ask("GET", f"channels/{channel}"))

    async def answer(self, channel: str) -> None:
        await self.ask("POST", f"channels/{channel}/answer")

    async def ring(self, channel: str) -> None:
        """Let the caller hear that it rings."""
        await self.ask("POST", f"channels/{channel}/ring")

    async def hang_up(self, channel: str, reason: str = "normal") -> None:
        await self.ask("DELETE", f"channels/{channel}", reason=reason)

    async def play(self, channel: str, playback: str, media: str) -> None:
        """Play `media` (`sound:/path/without/ending`); a Played follows."""
        await self.ask("POST", f"channels/{channel}/play/{playback}", media=media)

    async def stop_playing(self, playback: str) -> None:
        await self.ask("DELETE", f"playbacks/{playback}")

    async def music(self, channel: str, *, on: bool) -> None:
        await (self.ask("POST", f"channels/{channel}/moh") if on else self.ask("DELETE", f"channels/{channel}/moh"))

    async def mute(self, channel: str, *, on: bool, direction: str = "in") -> None:
        await self.ask("POST" if on else "DELETE", f"channels/{channel}/mute", direction=direction)

    async def press(self, channel: str, keys: str) -> None:
        """Send keys into this leg."""
        await self.ask("POST", f"channels/{channel}/dtmf", dtmf=keys)

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        await self.ask("POST", f"channels/{channel}/variable", variable=name, value=value)

    async def send_on(self, channel: str, context: str, extension: str = "s") -> None:
        """Give the channel to the dialplan; it comes back by itself, or not."""
        await self.ask("POST", f"channels/{channel}/continue", context=context, extension=extension, priority=1)

    async def call(self, endpoint: str, channel: str, *, caller: str, ring_s: int, **variables: str) -> None:
        """Ring an address (`PJSIP/w1024`) as a new channel of this name; it Enters when it is answered. Raises
        NoContact where nobody is registered."""
        wanted = {"endpoint": endpoint, "app": self._app, "appArgs": "out", "callerId": caller, "timeout": ring_s}
        await self.ask("POST", f"channels/{channel}", {"variables": variables}, **wanted)

    async def snoop(self, channel: str, snoop: str, *, spy: str, whisper: str) -> None:
        """A channel of this name that hears (`spy`) and speaks into (`whisper`) another: none | in | out | both."""
        await self.ask("POST", f"channels/{channel}/snoop/{snoop}", spy=spy, whisper=whisper, app=self._app,
                       appArgs="snoop")  # fmt: skip

    async def send_sound(self, channel: str, to: str, form: str) -> int:
        """A channel of this name that sends what it hears as RTP in this form to `host:port`; the port it sends
        from."""
        made = await self.ask("POST", "channels/externalMedia", channelId=channel, app=self._app, external_host=to,
                              transport="udp", encapsulation="rtp", format=form)  # fmt: skip
        return int(made["channelvars"]["UNICASTRTP_LOCAL_PORT"])

    async def record(self, channel: str, name: str, *, most_s: int, silence_s: int) -> None:
        """Record what this leg says as WAV until `#`, silence or `most_s`; a Recorded follows."""
        await self.ask("POST", f"channels/{channel}/record", name=name, format="wav", maxDurationSeconds=most_s,
                       maxSilenceSeconds=silence_s, ifExists="overwrite", beep=True, terminateOn="#")  # fmt: skip

    # ---- bridges

    async def bridges(self) -> dict[str, tuple[str, ...]]:
        """Bridge → channels in it."""
        return {one["id"]: tuple(one["channels"]) for one in await self.ask("GET", "bridges")}

    async def bridge(self, bridge: str, *channels: str) -> None:
        """A bridge of this name with these channels; made where there is none."""
        with suppress(Gone):  # what is there already is a conflict
            await self.ask("POST", f"bridges/{bridge}", type="mixing")
        await self.join(bridge, *channels)

    async def join(self, bridge: str, *channels: str) -> None:
        if channels:
            await self.ask("POST", f"bridges/{bridge}/addChannel", channel=",".join(channels))

    async def take_out(self, bridge: str, *channels: str) -> None:
        await self.ask("POST", f"bridges/{bridge}/removeChannel", channel=",".join(channels))

    async def play_in_bridge(self, bridge: str, playback: str, media: str) -> None:
        """Everybody in the bridge hears it."""
        await self.ask("POST", f"bridges/{bridge}/play/{playback}", media=media)

    async def end_bridge(self, bridge: str) -> None:
        await self.ask("DELETE", f"bridges/{bridge}")

    # ---- endpoints

    async def is_reachable(self, endpoint: str) -> bool:
        """Whether somebody is registered at `w1024`."""
        try:
            known = await self.ask("GET", f"endpoints/PJSIP/{endpoint}")
        except Gone:
            return False
        return bool(known.get("state") == "online")

    async def endpoints(self) -> dict[str, bool]:
        """Every endpoint, and whether somebody is registered there."""
        known = await self.ask("GET", "endpoints/PJSIP")
        return {one["resource"]: one.get("state") == "online" for one in known}

    async def watch(self, endpoint: str) -> None:
        """Be told when phones of `w1024` come and go."""
        await self.ask("POST", f"applications/{self._app}/subscription", eventSource=f"endpoint:PJSIP/{endpoint}")

    async def unwatch(self, endpoint: str) -> None:
        await self.ask("DELETE", f"applications/{self._app}/subscription", eventSource=f"endpoint:PJSIP/{endpoint}")

    async def started_at(self) -> datetime:
        """Since when this Asterisk runs: calls that are older ended with the one before."""
        known = await self.ask("GET", "asterisk/info", only="status")
        return datetime.fromisoformat(known["status"]["startup_time"])

    async def push(self, kind: str, name: str, fields: Mapping[str, str]) -> None:
        """Make or change one object (`auth`, `aor`, `endpoint`) of the running SIP stack; it lives until Asterisk
        ends."""
        pairs = [{"attribute": key, "value": value} for key, value in fields.items()]
        await self.ask("PUT", f"asterisk/config/dynamic/res_pjsip/{kind}/{name}", {"fields": pairs})

    async def pull(self, kind: str, name: str) -> None:
        """Take a pushed object away."""
        await self.ask("DELETE", f"asterisk/config/dynamic/res_pjsip/{kind}/{name}")


def _request(
    number: str, method: str, path: str, body: Mapping[str, Any] | None, params: Mapping[str, object]
) -> dict[str, Any]:  # fmt: skip
    said = [{"name": name, "value": _text(value)} for name, value in params.items()]
    request: dict[str, Any] = {
        "type": "RESTRequest", "request_id": number, "method": method, "uri": quote(path, safe="/"),
        "query_strings": said,
    }  # fmt: skip
    if body is not None:
        request |= {"content_type": "application/json", "message_body": json.dumps(body)}
    return request


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _body(answer: Mapping[str, Any], what: str) -> Any:
    status, text = int(answer.get("status_code", 0)), answer.get("message_body") or ""
    if status < 400:
        return json.loads(text) if text else None
    said = text[:200] if isinstance(text, str) else ""
    if status in GONE or (status == 400 and "not found" in said.lower()):
        raise Gone(f"{what}: {status} {said}")
    if status == 500 and "Allocation failed" in said:
        raise NoContact(what)
    raise Trouble(f"{what}: {status} {said}")
