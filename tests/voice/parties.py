"""The people of a call, as the test sees them: they call, press, answer, speak, and say what they hear."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from tests.voice.tones import RATE, Timeline, samples_so_far, timeline

ROOT = Path(__file__).resolve().parents[2]
TONES = (1000, 1150, 1300, 1500, 1700, 1900)  # what parties speak with
NETWORK_HZ = 1850  # of whoever we call
STRANGER_HZ = 2100  # what nobody should hear
PATIENCE_S = 12.0
HEARING_S = 0.6  # as long as this a tone must have been heard to count
WRITTEN_LATE_S = 0.6  # sound gets into the file this much later at most

Event = dict[str, Any]


class DidNotHappen(AssertionError):
    """What a test waited for did not come in time; carries what happened instead."""


class Party:
    """One phone. Its tone is what others hear of it."""

    def __init__(self, directory: Path, name: str, tone: int) -> None:
        self.name, self.tone, self.directory = name, tone, directory / f"phone-{name}"
        self.directory.mkdir(parents=True)
        self.events: list[Event] = []
        self._changed = Condition()
        command = [sys.executable, "-m", "tests.voice.softphone", str(self.directory), str(tone)]
        with (self.directory / "said.txt").open("wb") as said:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True, cwd=ROOT
            )
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.happens("up")

    # --- what it does

    def opens(self, address: str, **registration: str) -> int:
        """Be this SIP address, perhaps registered somewhere; the port of our socket."""
        self._order("open", uri=address, **registration)
        return int(self.happens("open")["port"])

    def registers(self, user: str, password: str, port: int) -> int:
        """Register at this hotline; the answer's code."""
        since = len(self.events)
        self.opens(f"sip:{user}@127.0.0.1:{port}", registrar=f"sip:127.0.0.1:{port}", user=user, password=password)
        return int(self.happens("registered", since=since)["code"])

    def calls(self, uri: str, **headers: str) -> None:
        self._order("call", uri=uri, headers=headers)
        self.happens("calling")

    def presses(self, digits: str) -> None:
        self._order("dial", digits=digits)

    def answers(self, code: int = 200) -> None:
        self._order("answer", code=code)

    def hangs_up(self) -> None:
        self._order("hang_up")

    def speaks(self, tone: int) -> None:
        """From now on with this tone; 0: says nothing."""
        self._order("speak", tone=tone)

    # --- what it notices

    def happens(self, event: str, *, since: int = 0, within: float = PATIENCE_S, **facts: Any) -> Event:
        """The first event of this kind with these facts, among those from number `since` on. Raises DidNotHappen."""
        end = time.monotonic() + within
        with self._changed:
            while True:
                for one in self.events[since:]:
                    if one["ev"] == event and all(one.get(name) == value for name, value in facts.items()):
                        return one
                if (left := end - time.monotonic()) <= 0:
                    raise DidNotHappen(f"{self.name}: no {event} {facts or ''}; but {self.events[since:]}")
                self._changed.wait(left)

    def is_connected(self, within: float = PATIENCE_S) -> Event:
        return self.happens("state", state="CONFIRMED", within=within)

    def is_cut_off(self, *, since: int = 0, within: float = PATIENCE_S) -> Event:
        """The call ended, whoever ended it."""
        return self.happens("state", state="DISCONNECTED", since=since, within=within)

    def rings(self, *, since: int = 0, within: float = PATIENCE_S) -> Event:
        return self.happens("incoming", since=since, within=within)

    def heard(self) -> Timeline:
        """Everything heard so far. Its clock starts with the first sound."""
        return timeline(samples_so_far(self.directory / "heard.wav"), (*TONES, NETWORK_HZ, STRANGER_HZ))

    def listened(self) -> float:
        """Seconds of sound so far: a mark for `hears(since=…)`."""
        file = self.directory / "heard.wav"
        return max(0.0, (file.stat().st_size - 44) / 2 / RATE) if file.exists() else 0.0

    def hears(
        self, tone: int | str, *, since: float = 0.0, seconds: float = HEARING_S, within: float = PATIENCE_S
    ) -> Timeline:
        """Wait until this has been heard so long since then. Raises DidNotHappen."""
        return self._until(lambda so_far: so_far.seconds(tone, since) >= seconds - 1e-6, f"hears {tone}", within)

    def hears_no(self, tone: int | str, *, since: float, seconds: float = 1.0) -> Timeline:
        """Listen for so long from then on: this must not be in it."""
        wanted = since + seconds
        so_far = self._until(lambda heard: heard.end >= wanted, f"listens until {wanted}", seconds + PATIENCE_S)
        if so_far.seconds(tone, since) > 0.2:  # a word that was under way may still come in
            raise DidNotHappen(f"{self.name} hears {tone}: {so_far}")
        return so_far

    def _until(self, is_so: Callable[[Timeline], bool], what: str, within: float) -> Timeline:
        end = time.monotonic() + within
        while not is_so(so_far := self.heard()):
            if time.monotonic() > end:
                raise DidNotHappen(f"{self.name} {what}: no. Heard {so_far}; {self.events[-6:]}")
            time.sleep(0.1)
        return so_far

    # --- its life

    def ends(self) -> None:
        """Hang up and be gone."""
        with contextlib.suppress(OSError, ValueError):
            self._order("end")
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(5)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def dies(self) -> None:
        """Gone without a word, as a phone whose battery is empty."""
        self._process.kill()
        self._process.wait()

    def _order(self, verb: str, **more: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": verb, **more}) + "\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):  # the library prints a few lines of its own first
                with self._changed:
                    self.events.append(json.loads(line))
                    self._changed.notify_all()


@contextlib.contextmanager
def parties(directory: Path) -> Iterator[Callable[[str, int], Party]]:
    """A maker of phones; all are ended at the end."""
    made: list[Party] = []

    def make(name: str, tone: int) -> Party:
        made.append(Party(directory, name, tone))
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            one.ends()
