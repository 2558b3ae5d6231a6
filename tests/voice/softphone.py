"""A SIP phone in a process of its own: `python -m tests.voice.softphone DIRECTORY TONE`.

It speaks with one tone and writes what it hears to `DIRECTORY/heard.wav`. Orders come as JSON lines on stdin, what
happens goes out as JSON lines on stdout. One process per phone: a PJSUA2 that is torn down and made again in the same
process aborts it. References to calls and media are kept until the end: one that is collected aborts the process, too.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import pjsua2 as pj

HOST = "127.0.0.1"
POLL_MS = 10
BETWEEN_KEYS_S = 0.5
LAST_MS = 300  # sound files and BYEs go out a little after they were ordered

Order = dict[str, Any]


def say(event: str, **more: Any) -> None:
    """One line to whoever started us."""
    sys.stdout.write(json.dumps({"ev": event, "at": time.time(), **more}) + "\n")
    sys.stdout.flush()


class Talk(pj.Call):  # type: ignore[misc]  # PJSUA2 has no types
    """One call: connects its sound to our tone and our recorder."""

    def __init__(self, phone: "Phone", account: Any, number: int, call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, call_id)
        self.phone, self.number, self.is_on_hold = phone, number, False

    def onCallState(self, _: Any) -> None:
        now = self.getInfo()
        say("state", call=self.number, state=now.stateText, code=now.lastStatusCode, reason=now.lastReason)
        if now.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.phone.live.pop(self.number, None)

    def onCallMediaState(self, _: Any) -> None:
        now = self.getInfo()  # held: `getInfo().media` would read memory that is free again
        for index, media in enumerate(now.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                sound = self.getAudioMedia(index)
                self.phone.kept.append(sound)
                self.phone.player.startTransmit(sound)
                sound.startTransmit(self.phone.recorder)
                say("media", call=self.number)

    def onDtmfDigit(self, pressed: Any) -> None:
        say("digit", call=self.number, digit=pressed.digit)


class Line(pj.Account):  # type: ignore[misc]
    """Where calls come in."""

    phone: "Phone"

    def onRegState(self, now: Any) -> None:
        say("registered", code=now.code)

    def onIncomingCall(self, coming: Any) -> None:
        talk = self.phone.keep(coming.callId)
        ringing = pj.CallOpParam()
        ringing.statusCode = 180
        talk.answer(ringing)
        say("incoming", call=talk.number, caller=talk.getInfo().remoteUri, invite=coming.rdata.wholeMsg)


class Phone:
    """The endpoint, its one account and its calls."""

    def __init__(self, directory: Path, tone: int) -> None:
        self.live, self.kept, self.calls = dict[int, Talk](), list[Any](), 0
        self.keys = list[tuple[float, str]]()  # when to press which
        self.endpoint = _endpoint()
        self.recorder, self.player = pj.AudioMediaRecorder(), pj.ToneGenerator()
        self.recorder.createRecorder(str(directory / "heard.wav"))
        self.player.createToneGenerator(8000)
        self.speak(tone)
        self.line = Line()
        self.line.phone = self

    def open(self, uri: str, registrar: str = "", user: str = "", password: str = "") -> None:
        """Be this address; with a registrar, register there."""
        wanted = pj.AccountConfig()
        wanted.idUri = uri
        wanted.mediaConfig.transportConfig.boundAddress = HOST
        wanted.mediaConfig.transportConfig.publicAddress = HOST
        if registrar:
            wanted.regConfig.registrarUri = registrar
            wanted.regConfig.timeoutSec = 60
            wanted.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
        self.line.create(wanted)
        say("open", port=self.port())

    def port(self) -> int:
        """Of our own SIP socket."""
        transport = self.endpoint.transportGetInfo(self.endpoint.transportEnum()[0])
        return int(transport.localAddress.rpartition(":")[2])

    def keep(self, call_id: int = pj.PJSUA_INVALID_ID) -> Talk:
        talk = Talk(self, self.line, self.calls, call_id)
        self.calls += 1
        self.live[talk.number] = talk
        self.kept.append(talk)
        return talk

    def call(self, uri: str, headers: dict[str, str] | None = None) -> None:
        wish = pj.CallOpParam(True)
        wish.opt.audioCount, wish.opt.videoCount = 1, 0
        for name, value in (headers or {}).items():
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            wish.txOption.headers.append(header)
        talk = self.keep()
        say("calling", call=talk.number)
        talk.makeCall(uri, wish)

    def dial(self, digits: str) -> None:
        """Press keys, as RFC 4733 events, one after the other as a finger does: two alike at once would be one."""
        due = time.monotonic()
        self.keys += [(due + number * BETWEEN_KEYS_S, digit) for number, digit in enumerate(digits)]

    def _press_what_is_due(self) -> None:
        while self.keys and self.keys[0][0] <= time.monotonic():
            _, digit = self.keys.pop(0)
            try:
                self._latest().dialDtmf(digit)
            except (pj.Error, ValueError) as fault:
                say("fault", verb="dial", why=str(fault))

    def answer(self, code: int = 200) -> None:
        wish = pj.CallOpParam()
        wish.statusCode = code
        self._latest().answer(wish)

    def hang_up(self) -> None:
        for talk in list(self.live.values()):
            talk.hangup(pj.CallOpParam())

    def speak(self, tone: int) -> None:
        """From now on, this tone; 0 is silence."""
        self.player.stop()
        if tone:
            one = pj.ToneDesc()
            one.freq1, one.freq2, one.on_msec, one.off_msec, one.volume = tone, 0, 1000, 0, 8000
            tones = pj.ToneDescVector()
            tones.append(one)
            self.player.play(tones, True)

    def _latest(self) -> Talk:
        return self.live[max(self.live)]

    def run(self, orders: SimpleQueue[str]) -> None:
        """Until told to end."""
        verbs: dict[str, Callable[..., None]] = {
            "open": self.open, "call": self.call, "dial": self.dial, "answer": self.answer, "hang_up": self.hang_up,
            "speak": self.speak,
        }  # fmt: skip
        while True:
            self.endpoint.libHandleEvents(POLL_MS)
            self._press_what_is_due()
            with contextlib.suppress(Empty):
                order: Order = json.loads(orders.get_nowait())
                if (verb := order.pop("do")) == "end":
                    return
                try:
                    verbs[verb](**order)
                except (pj.Error, KeyError, ValueError) as fault:  # the call is gone: normal on a telephone
                    say("fault", verb=verb, why=str(fault))

    def end(self) -> None:
        self.hang_up()
        deadline = time.monotonic() + LAST_MS / 1000
        while self.live and time.monotonic() < deadline:
            self.endpoint.libHandleEvents(POLL_MS)


def _endpoint() -> Any:
    endpoint, wanted = pj.Endpoint(), pj.EpConfig()
    endpoint.libCreate()
    wanted.logConfig.level = wanted.logConfig.consoleLevel = 0
    wanted.uaConfig.threadCnt, wanted.uaConfig.mainThreadOnly = 0, True
    wanted.medConfig.clockRate, wanted.medConfig.noVad, wanted.medConfig.ecTailLen = 8000, True, 0
    endpoint.libInit(wanted)
    socket = pj.TransportConfig()
    socket.port, socket.boundAddress, socket.publicAddress = 0, HOST, HOST
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, socket)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    for codec in endpoint.codecEnum2():
        endpoint.codecSetPriority(codec.codecId, 255 if codec.codecId.startswith("PCMA") else 0)
    return endpoint


def _read(orders: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        orders.put(line)
    orders.put('{"do": "end"}')  # whoever started us is gone


def main() -> None:
    orders = SimpleQueue[str]()
    phone = Phone(Path(sys.argv[1]), int(sys.argv[2]))
    Thread(target=_read, args=(orders,), daemon=True).start()
    say("up")
    phone.run(orders)
    phone.end()
    os._exit(0)  # taking PJSUA2 down in order aborts once Python has collected a call


if __name__ == "__main__":
    main()
