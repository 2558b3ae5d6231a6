"""How the whole centre works: ordinary, night or peak, switched by one act (OP12). Pure.

At night only the queues that stay open at night answer; the others say when somebody is there again. At peak offers
ring shorter, wrapping up is shorter, and whoever agreed to it takes one chat more.
"""

from dataclasses import dataclass
from typing import Final

from huiyin.domain.routing.states import ModeName

SHORTEST_OFFER_S: Final = 8
SHORTEST_WRAP_UP_S: Final = 15


@dataclass(frozen=True, slots=True)
class Rules:
    """What a mode changes."""

    offer_times: float = 1.0
    wrap_up_times: float = 1.0
    more_chats: int = 0  # for those who agreed
    only_night_queues: bool = False

    def offer_s(self, usual: int) -> int:
        return usual if self.offer_times == 1 else max(min(usual, SHORTEST_OFFER_S), round(usual * self.offer_times))

    def wrap_up_s(self, usual: int) -> int:
        shorter = round(usual * self.wrap_up_times)
        return usual if self.wrap_up_times == 1 else max(min(usual, SHORTEST_WRAP_UP_S), shorter)


RULES: Final[dict[str, Rules]] = {
    ModeName.ORDINARY: Rules(),
    ModeName.NIGHT: Rules(only_night_queues=True),
    ModeName.PEAK: Rules(offer_times=0.6, wrap_up_times=0.5, more_chats=1),
}


def rules_of(name: str) -> Rules:
    """What this mode changes; an unknown one changes nothing."""
    return RULES.get(name, Rules())
