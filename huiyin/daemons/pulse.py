"""How the supervisor notices a child that lives and does nothing: frozen, stuck in a call, in a loop without end.

Each turn of a child's main loop is a beat, a byte in a pipe that it has inherited. Silence is counted only while the
supervisor looks: when the machine slept, or the supervisor itself stood still, nobody is blamed for it. No clock of the
machine is compared and no file is left behind.
"""

import os
from contextlib import suppress
from dataclasses import dataclass

VARIABLE = "HUIYIN_PULSE"
LONGEST_LOOK = 2.0  # seconds between two looks that count; what is longer, we slept through


@dataclass
class Pulse:
    """The beats of one child. `patience` in seconds without a beat; `birth` in seconds until the first one."""

    patience: float
    birth: float = 60.0
    silent: float = 0.0
    has_begun: bool = False
    looked: float = 0.0
    _ear: int = -1
    _mouth: int = -1

    def renew(self, now: float) -> int:
        """A pipe for a new child, which inherits the end that is returned. `now` is monotonic."""
        self._close(self._ear)
        self._ear, self._mouth = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.silent, self.has_begun, self.looked = 0.0, False, now
        return self._mouth

    def handed_over(self) -> None:
        """The child has its end: ours is closed."""
        self._close(self._mouth)
        self._mouth = -1

    def has_stopped(self, now: float) -> bool:
        """Whether the child has been silent for too long; to be asked every second."""
        self.silent += min(now - self.looked, LONGEST_LOOK)
        self.looked = now
        if self._heard():
            self.silent, self.has_begun = 0.0, True
        return self.silent > (self.patience if self.has_begun else self.birth)

    def _heard(self) -> bool:
        try:
            return bool(os.read(self._ear, 65_536))
        except BlockingIOError:
            return False

    @staticmethod
    def _close(end: int) -> None:
        if end >= 0:
            os.close(end)


def beat() -> None:
    """Tell the supervisor that this process goes on; nothing where there is none. A byte that finds no room is not
    missed: those before it say the same."""
    if end := os.environ.get(VARIABLE):
        with suppress(OSError):
            os.write(int(end), b".")
