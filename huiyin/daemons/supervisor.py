"""Keeps processes running: what dies or hangs is started again, what must end ends in order."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from huiyin.daemons.pulse import Pulse

# Whoever lived this long did not die of its start; whoever was killed from outside need not have lived so long.
SETTLED_SECONDS = 10.0
SETTLED_IF_KILLED_SECONDS = 1.0
LONGEST_PAUSE = 5.0
# While we wait for the first usable moment: so many deaths at birth are not bad luck.
HOPELESS = 5


class StoppedEarly(Exception):
    """Somebody asked us to stop while we were still waiting for something."""


class NotUsable(Exception):
    """A child did not become usable; the message says which."""


@dataclass
class Child:
    """One process to keep running, and how to end it. One with a `pulse` is killed when it hangs. Without one that is
    not `is_needed` the rest goes on, however often it dies."""

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    end_with: signal.Signals = signal.SIGTERM
    patience: float = 8.0
    pulse: Pulse | None = None
    is_needed: bool = True
    process: subprocess.Popen[bytes] | None = None
    born: float = 0.0
    next_birth: float = 0.0
    early_deaths: int = 0
    is_mourned: bool = False

    def start(self) -> None:
        self.born = time.monotonic()
        self.is_mourned = False
        self.process = self.launch()

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def hangs(self) -> bool:
        return self.is_alive and self.pulse is not None and self.pulse.has_stopped(time.monotonic())

    def schedule(self, now: float) -> float:
        """After a death: the seconds to wait before the next start, 0 unless it keeps dying at birth."""
        was_killed = self.process is not None and self.process.returncode in (-signal.SIGKILL, -signal.SIGTERM)
        settled = SETTLED_IF_KILLED_SECONDS if was_killed else SETTLED_SECONDS
        self.early_deaths = 0 if now - self.born >= settled else self.early_deaths + 1
        pause = min(0.05 * 2**self.early_deaths, LONGEST_PAUSE) if self.early_deaths else 0.0
        self.next_birth = now + pause
        return pause

    def end(self) -> None:
        if self.is_alive and self.process is not None:
            self.process.send_signal(self.end_with)

    def await_end(self) -> None:
        """Wait for the end as long as it may take, then kill."""
        if self.process is None:
            return
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """A loop in the main thread that sleeps until a child ends or a signal asks us to stop."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.children: list[Child] = []
        self.is_asked_to_stop = False
        self._ear, self._mouth = os.pipe()

    def listen(self) -> None:
        """Take over the signals of this process."""
        os.set_blocking(self._ear, False)
        os.set_blocking(self._mouth, False)
        signal.set_wakeup_fd(self._mouth, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for word in (signal.SIGTERM, signal.SIGINT):
            signal.signal(word, self._asked_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup leaves it
            signal.signal(signal.SIGHUP, self._asked_to_stop)

    def run(self, child: Child) -> Child:
        """Start a child and keep it running from now on."""
        self.children.append(child)
        child.start()
        return child

    def wait_for(self, what: str, is_so: Callable[[], bool], *, patience: float) -> None:
        """Keep everything running until `is_so`. Raises StoppedEarly, and NotUsable after `patience` seconds."""
        deadline = time.monotonic() + patience
        while not is_so():
            if time.monotonic() > deadline:
                raise NotUsable(what)
            self._sleep(0.03)
            self.look_after_all()
            hopeless = next((c.name for c in self.children if c.is_needed and c.early_deaths >= HOPELESS), None)
            if hopeless:
                raise NotUsable(hopeless)
            if self.is_asked_to_stop:
                raise StoppedEarly

    def keep_running(self, on_the_minute: Callable[[], None]) -> None:
        """Until somebody asks us to stop."""
        next_minute = time.monotonic()
        while not self.is_asked_to_stop:
            self.look_after_all()
            if time.monotonic() >= next_minute:
                on_the_minute()
                next_minute = time.monotonic() + 60
            self._sleep(min([1.0, *self._pauses()]))

    def look_after_all(self) -> None:
        """Kill what hangs, start again what is dead and due."""
        for child in self.children:
            self._look_after(child)

    def stop(self, order: Iterable[Iterable[str]]) -> None:
        """End the named children, group after group; those of one group together."""
        for names in order:
            group = [child for child in self.children if child.name in names]
            for child in group:
                child.end()
            for child in group:
                child.await_end()

    def _look_after(self, child: Child) -> None:
        if child.hangs and child.process is not None and child.pulse is not None:
            self.say(f"{child.name} hangs (not a word for {child.pulse.silent:.0f} s), killing it")
            child.process.kill()
            child.process.wait()
        if child.is_alive or child.process is None:
            return
        now = time.monotonic()
        if not child.is_mourned:
            child.is_mourned = True
            pause = child.schedule(now)
            when = f"again in {pause:.1f} s" if pause else "starting again"
            self.say(f"{child.name} ended ({_fate(child.process.returncode)}), {when}")
        if now >= child.next_birth:
            child.start()

    def _pauses(self) -> list[float]:
        now = time.monotonic()
        return [max(0.01, child.next_birth - now) for child in self.children if not child.is_alive]

    def _sleep(self, seconds: float) -> None:
        heard, _, _ = select.select([self._ear], [], [], seconds)
        if heard:
            os.read(self._ear, 4096)

    def _asked_to_stop(self, *_: object) -> None:
        self.is_asked_to_stop = True


def _fate(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
