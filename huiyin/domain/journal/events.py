"""What a fact is made of. Each subject defines its own facts as frozen dataclasses with a stable name."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """A fact about to be recorded. Carries ids, codes and values; never message text or names."""

    name: ClassVar[str] = ""
