"""The sentences that scenarios are written in, each with what it does or checks.

A sentence is found by its pattern, and there is exactly one for each. People are named as in the scenario; agents by
their numbers. What is heard counts from the moment the listener last did something. What there is to say stands in
`doing`, `noticing` and `on_record`.
"""

import re
from collections.abc import Callable

from tests.voice.stage import Stage

Sentence = Callable[..., None]
_SENTENCES: list[tuple[re.Pattern[str], Sentence]] = []


def says(pattern: str) -> Callable[[Sentence], Sentence]:
    """This function carries out sentences of this pattern."""

    def kept(sentence: Sentence) -> Sentence:
        _SENTENCES.append((re.compile(pattern), sentence))
        return sentence

    return kept


def carry_out(stage: Stage, sentence: str) -> None:
    """Raises AssertionError where it is not so, LookupError where nobody understands it."""
    found = [(does, match) for pattern, does in _SENTENCES if (match := pattern.fullmatch(sentence))]
    if len(found) != 1:
        raise LookupError(f"{len(found)} meanings of: {sentence}")
    does, match = found[0]
    does(stage, **match.groupdict())
