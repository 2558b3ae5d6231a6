"""In which order waiting items are served, per policy."""

from collections.abc import Callable, Mapping
from typing import Final

from huiyin.domain.routing.matching.values import Key, Policy, Waiting

_RANK: Final = {"urgent": 0, "diamond": 0, "vip": 0, "gold": 1, "elderly": 1, "silver": 2}
_LAST: Final = 3


def _by_promise(item: Waiting) -> Key:
    return item.due, item.arrived, item.id


def _by_arrival(item: Waiting) -> Key:
    return item.arrived, 0.0, item.id


def _by_tier(item: Waiting) -> Key:
    return _RANK.get(item.tier, _LAST), item.arrived, item.id


ORDERS: Final[Mapping[Policy, Callable[[Waiting], Key]]] = {
    Policy.DEADLINE: _by_promise,
    Policy.FIFO: _by_arrival,
    Policy.LONGEST_IDLE: _by_tier,
}
