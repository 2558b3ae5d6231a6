"""Who wants to hear of which fact. `reactions.py` fills it at start-up; `journal` knows no subject itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from huiyin.domain.journal.events import Event
from huiyin.domain.journal.models import Fact

AtOnce = Callable[[Fact, Any], None]
Later = Callable[[Fact, Any], tuple[str, dict[str, Any]] | None]


@dataclass(slots=True)
class Registry:
    """`at_once` runs in the same transaction; `later` names a job and its arguments, deferred in it."""

    at_once: dict[type[Event], list[AtOnce]] = field(default_factory=dict)
    later: dict[type[Event], list[Later]] = field(default_factory=dict)


REACTIONS = Registry()
