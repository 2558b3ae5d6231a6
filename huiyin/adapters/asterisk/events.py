"""What Asterisk says about channels while we carry calls: its ARI events as values. What nobody asks for is None."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Channel:
    """One leg of a call. `caller` is what the other side claims to be and proves nothing; `state` as Asterisk says it
    (Ring, Ringing, Up …); `app` and `args` are those of Stasis while it is there."""

    id: str
    name: str = ""
    state: str = ""
    caller: str = ""
    dialled: str = ""
    context: str = ""
    app: str = ""
    args: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_up(self) -> bool:
        return self.state == "Up"


@dataclass(frozen=True, slots=True)
class Entered:
    """A channel is in our hands now."""

    channel: Channel
    args: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A channel is in our hands no more: hung up, or sent on into the dialplan."""

    channel_id: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A channel that we made is gone. `cause`: Q.850 number (17 busy, 19 no answer, 21 refused …)."""

    channel_id: str
    cause: int


@dataclass(frozen=True, slots=True)
class HangupAsked:
    """The other side of this leg has hung up, or Asterisk gave it up; `cause` as in Ended."""

    channel_id: str
    cause: int = 0


@dataclass(frozen=True, slots=True)
class StateChanged:
    """A leg rings or is answered."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key: 0–9, *, #."""

    channel_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Played:
    """A prompt is over; not `ok` where the caller left in the middle or the file is missing."""

    playback_id: str
    channel_id: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording that ARI made is closed."""

    name: str
    channel_id: str
    seconds: int
    ok: bool


@dataclass(frozen=True, slots=True)
class Registered:
    """A phone of an endpoint that we watch came (`is_here`) or went; `contact` is its address."""

    endpoint: str
    contact: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Replaced:
    """Another client took our place: nothing more is said to us."""


Event = Entered | Left | Ended | HangupAsked | StateChanged | Pressed | Played | Recorded | Registered | Replaced


def channel_of(data: Mapping[str, Any]) -> Channel:
    """A channel as ARI writes it."""
    plan = data.get("dialplan") or {}
    in_stasis = plan.get("app_name") == "Stasis"
    app, *args = str(plan.get("app_data") or "").split(",") if in_stasis else ("",)
    return Channel(
        id=data["id"], name=data.get("name", ""), state=data.get("state", ""),
        caller=(data.get("caller") or {}).get("number", ""), dialled=plan.get("exten", ""),
        context=plan.get("context", ""), app=app, args=tuple(args), variables=data.get("channelvars") or {},
    )  # fmt: skip


def _entered(data: Mapping[str, Any]) -> Event:
    return Entered(channel_of(data["channel"]), tuple(data.get("args") or ()))


def _played(data: Mapping[str, Any]) -> Event:
    one = data["playback"]
    return Played(one["id"], str(one.get("target_uri", "")).removeprefix("channel:"), one.get("state") == "done")


def _recorded(data: Mapping[str, Any]) -> Event:
    one = data["recording"]
    target = str(one.get("target_uri", "")).removeprefix("channel:")
    return Recorded(one["name"], target, int(one.get("duration") or 0), one.get("state") == "done")


def _registered(data: Mapping[str, Any]) -> Event:
    info = data["contact_info"]
    is_here = info.get("contact_status") != "Removed"  # what does not answer a ping now may do so in a second
    return Registered(data["endpoint"]["resource"], info.get("uri", ""), is_here)


_READ: Mapping[str, Callable[[Mapping[str, Any]], Event]] = {
    "StasisStart": _entered,
    "StasisEnd": lambda data: Left(data["channel"]["id"]),
    "ChannelDestroyed": lambda data: Ended(data["channel"]["id"], int(data.get("cause") or 0)),
    "ChannelHangupRequest": lambda data: HangupAsked(data["channel"]["id"], int(data.get("cause") or 0)),
    "ChannelStateChange": lambda data: StateChanged(channel_of(data["channel"])),
    "ChannelDtmfReceived": lambda data: Pressed(data["channel"]["id"], data["digit"]),
    "PlaybackFinished": _played,
    "RecordingFinished": _recorded,
    "RecordingFailed": _recorded,
    "ContactStatusChange": _registered,
    "ApplicationReplaced": lambda _: Replaced(),
}


def event_of(data: Mapping[str, Any]) -> Event | None:
    """An event as ARI writes it; None where it says nothing that we need."""
    read = _READ.get(data.get("type", ""))
    return read(data) if read else None
