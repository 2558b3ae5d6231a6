"""The port that carries a message to somebody. Real: `adapters/mail`, `adapters/sms`; fake: `tests/fakes.py`."""

from typing import Protocol


class Sender(Protocol):
    def send(self, to: str, subject: str, text: str) -> None:
        """Deliver one message. Raises Unavailable (try again) or Rejected (this address never works)."""
