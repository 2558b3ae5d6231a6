"""What the menu answers by itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from huiyin.domain.voice.menu import Answer
from huiyin.domain.voice.models import Call


class Answers(Protocol):
    """Finds things out for a caller. Runs in a thread."""

    def answer(self, action: str, inputs: Mapping[str, str], call: Call, now: datetime) -> Answer: ...


class OurAnswers:
    """As the portal answers."""

    def answer(self, action: str, inputs: Mapping[str, str], call: Call, now: datetime) -> Answer:
        """What was asked for; `person` where only a person can answer."""
        return Answer("person")
