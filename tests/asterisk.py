"""A small Asterisk in memory: it takes the requests of our client and says what follows, as the real one does."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from huiyin.adapters.asterisk.ari import Ari, Gone, NoContact
from huiyin.adapters.asterisk.events import (
    Channel,
    Ended,
    Entered,
    Event,
    HangupAsked,
    Left,
    Played,
    Pressed,
    Recorded,
    Registered,
    StateChanged,
)

STARTED = "2026-11-21T00:00:00.000+0000"
COMES_S = 0.003  # until a leg that was asked for is in our hands


@dataclass
class Line:
    """A leg as the media server knows it."""

    channel: Channel
    has_music: bool = False
    is_muted: bool = False
    heard: list[str] = field(default_factory=list)  # files
    variables: dict[str, str] = field(default_factory=dict)


class FakeAsterisk(Ari):
    """`online`: endpoints where a device is registered. `tell` is who hears events. Prompts are over at once."""

    def __init__(self, *online: str) -> None:
        super().__init__("http://asterisk.invalid", "", "")
        self.online = set(online)
        self.lines: dict[str, Line] = {}
        self.rooms: dict[str, set[str]] = {}
        self.pushed: dict[str, set[str]] = {}
        self.rung: list[tuple[str, str, str]] = []  # endpoint, channel, kind
        self.snoops: list[tuple[str, str]] = []  # what is spied on, whisper
        self.keys: list[tuple[str, str]] = []
        self.tell: Callable[[Event], Any] = lambda _: None
        self.since = STARTED
        self.on_record: Callable[[str], object] = lambda _: None  # writes the file
        self.globals: dict[str, str] = {}
        self.keeps: set[str] = set()  # contexts that give no channel back
        self.watched: set[str] = set()  # endpoints whose coming and going is told
        self.sent_on: list[tuple[str, str]] = []  # channel, context
        self.is_slow = False  # prompts go on until somebody stops them
        self.playing: list[tuple[str, str]] = []  # playbacks that go on, and where
        self.stopped: list[str] = []  # playbacks
        self.missing = ""  # files that end in this are not there
        self.sound_to = ""  # where the sound of a leg is sent …
        self.sound_from = 0  # … and from which port
        self.coming: set[str] = set()  # legs that were made and are not in our hands yet: no bridge takes them

    # ---- what people do

    def dial(
        self, channel: str = "c1", *, name: str = "trunk", via: str = "trunk", line: str = "hotline"
    ) -> str:  # fmt: skip
        """Somebody calls from this endpoint."""
        args = ("in", line, via)
        leg = Channel(channel, f"PJSIP/{name}-00000001", "Ring", "13800000000", "s", "switchboard", "huiyin", args)
        self.lines[channel] = Line(leg)
        self.tell(Entered(leg, args))
        return channel

    def key_in(self, channel: str, keys: str) -> None:
        """The caller presses keys."""
        for key in keys:
            self.tell(Pressed(channel, key))

    def pick_up(self, endpoint: str) -> str:
        """The device that rings there is answered; its channel."""
        leg = next(name for where, name, _ in reversed(self.rung) if where == endpoint and name in self.lines)
        line = self.lines[leg]
        line.channel = Channel(leg, line.channel.name, "Up", app="huiyin", args=("out",))
        self.tell(StateChanged(line.channel))
        self.tell(Entered(line.channel, ("out",)))
        return leg

    def leave(self, channel: str, cause: int = 16) -> None:
        """The other side hangs up, or is lost."""
        if self.lines.pop(channel, None) is None:
            return
        for room in self.rooms.values():
            room.discard(channel)
        self.tell(HangupAsked(channel))
        self.tell(Left(channel))
        if channel.startswith("hy."):
            self.tell(Ended(channel, cause))

    def reload(self, endpoint: str) -> None:
        """Their page is loaded again: its leg stays for now."""
        if f"endpoint:PJSIP/{endpoint}" in self.watched:
            self.tell(Registered(endpoint, "sip:before", is_here=False))

    def finish(self) -> None:
        """What is being played has been heard to its end, and so is what comes after it."""
        self.is_slow = False
        for playback, channel in self.playing:
            self.tell(Played(playback, channel, ok=True))
        self.playing.clear()

    # ---- requests

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, **params: object) -> Any:
        noun, *rest = path.split("/")
        known = {"channels": self._channels, "bridges": self._bridges, "endpoints": self._endpoints}
        if noun in known:
            return known[noun](method, rest, body or {}, params)
        if noun == "applications":
            (self.watched.add if method == "POST" else self.watched.discard)(str(params["eventSource"]))
        if noun == "playbacks":
            self.stopped.append(rest[0])
            self.playing = [one for one in self.playing if one[0] != rest[0]]
        if noun == "asterisk" and rest[0] == "info":
            return {"status": {"startup_time": self.since}}
        if noun == "asterisk" and rest[0] == "variable":
            return self._variable(method, params)
        if noun == "asterisk":
            self.pushed.setdefault(rest[-1], set()).add(rest[-2])
            if method == "DELETE":
                self.pushed.pop(rest[-1], None)
        return None

    def _variable(self, method: str, params: Mapping[str, object]) -> Any:
        if method == "POST":
            self.globals[str(params["variable"])] = str(params["value"])
        return {"value": self.globals.get(str(params["variable"]), "")}

    def _channels(self, method: str, rest: list[str], body: Mapping[str, Any], params: Mapping[str, object]) -> Any:
        if not rest:
            return [_as_json(line.channel) for line in self.lines.values()]
        name, *what = rest
        if name == "externalMedia":
            return self._send_sound(str(params["channelId"]), str(params["external_host"]))
        if not what and method == "POST":
            return self._ring(name, body, params)
        line = self.lines.get(name)
        if line is None:
            raise Gone(name)
        if not what:
            return _as_json(line.channel) if method == "GET" else self.leave(name)
        return self._to_line(name, line, (method, *what), params)

    def _send_sound(self, name: str, to: str) -> dict[str, Any]:
        self.sound_to = to
        self._comes(Channel(name, "UnicastRTP/1", "Up", args=("sends",)))
        return {"id": name, "channelvars": {"UNICASTRTP_LOCAL_PORT": str(self.sound_from)}}

    def _ring(self, name: str, body: Mapping[str, Any], params: Mapping[str, object]) -> None:
        endpoint = str(params["endpoint"]).removeprefix("PJSIP/")
        if endpoint not in self.online:
            raise NoContact(endpoint)
        self.lines[name] = Line(Channel(name, f"PJSIP/{endpoint}-00000002", "Ringing"))
        kind = (body.get("variables") or {}).get("PJSIP_HEADER(add,X-Huiyin-Kind)", "")
        self.rung.append((endpoint, name, kind))

    def _to_line(self, name: str, line: Line, what: tuple[str, ...], params: Mapping[str, object]) -> None:
        method, verb = what[0], what[1]
        if verb == "play":
            line.heard.append(str(params["media"]).removeprefix("sound:"))
            if self.is_slow:
                self.playing.append((what[2], name))
            else:
                self.tell(Played(what[2], name, ok=not (self.missing and line.heard[-1].endswith(self.missing))))
        elif verb == "moh":
            line.has_music = method == "POST"
        elif verb == "mute":
            line.is_muted = method == "POST"
        elif verb == "variable":
            line.variables[str(params["variable"])] = str(params["value"])
        elif verb == "dtmf":
            self.keys.append((name, str(params["dtmf"])))
        elif verb == "snoop":
            self.snoops.append((name, str(params["whisper"])))
            self._comes(Channel(what[2], "Snoop/1", "Up", args=("snoop",)))
        elif verb == "record":
            self.on_record(str(params["name"]))
            self.tell(Recorded(str(params["name"]), name, 5, ok=True))
        elif verb == "continue":
            self._send_on(line, str(params["context"]))

    def _comes(self, leg: Channel) -> None:
        """The answer comes first, the leg itself a moment later."""
        self.lines[leg.id] = Line(leg)
        self.coming.add(leg.id)
        asyncio.get_running_loop().call_later(COMES_S, self._enters, leg)

    def _enters(self, leg: Channel) -> None:
        self.coming.discard(leg.id)
        if leg.id in self.lines:
            self.tell(Entered(leg, leg.args))

    def _send_on(self, line: Line, context: str) -> None:
        self.sent_on.append((line.channel.id, context))
        self.tell(Left(line.channel.id))
        if context not in self.keeps:
            self.tell(Entered(line.channel, (f"{context}ed",)))

    def _bridges(self, method: str, rest: list[str], body: Mapping[str, Any], params: Mapping[str, object]) -> Any:
        if not rest:
            return [{"id": name, "channels": sorted(inside)} for name, inside in self.rooms.items()]
        name, *what = rest
        if not what and method == "POST":
            return self.rooms.setdefault(name, set()) and None
        if name not in self.rooms:
            raise Gone(name)
        if not what:
            self.rooms.pop(name)
        elif what[0] in {"addChannel", "removeChannel"}:
            self._move(name, what[0], str(params["channel"]).split(","))
        elif what[0] == "play":
            for inside in self.rooms[name]:
                self.lines[inside].heard.append(str(params["media"]).removeprefix("sound:"))
            self.tell(Played(what[1], "", ok=True))
        return None

    def _move(self, room: str, verb: str, channels: list[str]) -> None:
        if missing := [one for one in channels if one not in self.lines or one in self.coming]:
            raise Gone(missing[0])
        for one in channels:
            for other in self.rooms.values():
                other.discard(one)
        if verb == "addChannel":
            self.rooms[room] |= set(channels)

    def _endpoints(self, method: str, rest: list[str], body: Mapping[str, Any], params: Mapping[str, object]) -> Any:
        if rest[1:]:
            return {"resource": rest[1], "state": "online" if rest[1] in self.online else "offline"}
        known = sorted({"trunk", *self.online, *self.pushed})
        return [{"resource": one, "state": "online" if one in self.online else "offline"} for one in known]


def _as_json(channel: Channel) -> dict[str, Any]:
    in_stasis = {"app_name": "Stasis", "app_data": ",".join((channel.app, *channel.args))} if channel.app else {}
    return {
        "id": channel.id, "name": channel.name, "state": channel.state, "caller": {"number": channel.caller},
        "dialplan": {"exten": channel.dialled, "context": channel.context, **in_stasis},
    }  # fmt: skip
