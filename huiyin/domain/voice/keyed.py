"""What a buyer keys during a talk, apart from the agent and unrecorded, and what may come of it (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is keyed: its name, the prompt that asks for it, how many keys it has at most; `#` ends it."""

    name: str
    prompt: str
    most: int


class Secret(StrEnum):
    PAYMENT = "payment"  # the end of the bill number and the amount in fen: whose order it is
    PIN = "pin"  # of the case that the talk is about

    @classmethod
    def of(cls, text: object) -> "Secret":
        """As it was asked for; payment where it is not said."""
        return cls.PIN if text == cls.PIN else cls.PAYMENT

    @property
    def fields(self) -> Sequence[Field]:
        """What is keyed, one after the other."""
        if self is Secret.PIN:
            return (Field("secret", "ask.secret", 8),)
        return (Field("bill", "ask.bill", 8), Field("amount", "ask.amount", 9))


class Result(StrEnum):
    """What the agent learns, and nothing else."""

    OPEN = "open"  # is being keyed
    MATCHES = "matches"
    DIFFERS = "differs"
    STOPPED = "stopped"  # nothing was compared


class Why(StrEnum):
    """Why nothing was compared."""

    CANCELLED = "cancelled"  # the agent, or whoever took the call over
    TIMED_OUT = "timed_out"
    HUNG_UP = "hung_up"
    AGENT_GONE = "agent_gone"
    UNAVAILABLE = "unavailable"  # the shop does not answer
    TOO_MANY = "too_many"  # wrong tries
    FAILED = "failed"  # a bug of ours
