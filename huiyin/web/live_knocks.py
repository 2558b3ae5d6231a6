"""Who has knocked in vain at the streams of this process (pure: no clock, no network).

Guessing 256 bits is hopeless; being asked about every guess is what costs. So whoever was turned away often enough is
not looked up again before the minute is over.
"""

from collections import Counter
from dataclasses import dataclass, field

MOST_WRONG, MINUTE_S = 120, 60  # a minute and address: a whole office whose conversations have expired


@dataclass
class Knocks:
    """Wrong knocks of the current minute, by address."""

    minute: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    def note(self, address: str, at: float) -> None:
        """This one was turned away. `at`: seconds."""
        self._turn(at)
        self.wrong[address] += 1

    def are_enough(self, address: str, at: float) -> bool:
        """Whether this address need not be looked up now."""
        self._turn(at)
        return self.wrong.get(address, 0) >= MOST_WRONG

    def _turn(self, at: float) -> None:
        if (minute := int(at) // MINUTE_S) != self.minute:
            self.minute = minute
            self.wrong.clear()
