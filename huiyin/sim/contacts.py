"""Who turns to us on the simulated day, and who is there to answer. Times are seconds since the day began."""

import math
from dataclasses import dataclass, field

from huiyin.domain.routing.capacity import Capacity
from huiyin.domain.routing.matching import Needs

DAY_S = 86_400.0
QUARTER_S = 900.0


@dataclass(frozen=True, slots=True)
class Contact:
    """One call or chat: when it comes, how long it takes one person, how long somebody waits for us at most."""

    arrived_s: float
    handle_s: float
    patience_s: float = math.inf
    tier: str = "ordinary"
    needs: Needs = ()
    kind: str = "call"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who answers, in these spans of the day. `skills` None: everything."""

    id: int
    skills: dict[str, int] | None = None
    capacity: Capacity = field(default_factory=lambda: Capacity(chats=0, cases=0))
    spans: tuple[tuple[float, float], ...] = ((-math.inf, math.inf),)


@dataclass(slots=True)
class Outcome:
    """What became of a contact; both None: it still waits when everybody has gone."""

    contact: Contact
    answered_s: float | None = None
    left_s: float | None = None

    @property
    def waited_s(self) -> float:
        """Until the answer or until they left; 0 for what nobody ever ended."""
        ended = self.answered_s if self.answered_s is not None else self.left_s
        return ended - self.contact.arrived_s if ended is not None else 0.0
