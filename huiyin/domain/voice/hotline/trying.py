"""Trying a menu without a call (pure): the same walk that callers take, with every key written down.

What was pressed so far is a list of tokens; the walk is gone again from its beginning each time, so that nothing has to
be kept anywhere and one key can be taken back. `k1` a key, `d1234` digits, `s` silence, `a…` how a search ended.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from huiyin.domain.voice.menu import (
    Answer,
    Ask,
    Facts,
    Listen,
    Menu,
    Say,
    Step,
    ToQueue,
    answered,
    begin,
    heard,
    press,
    timed_out,
    turned_away,
)

MOST_TOKENS: Final = 100
TOKEN: Final = re.compile(r"k[0-9*#]|d[0-9]{1,32}|s|a[a-z_]{1,24}")
Stands = Callable[[str], str]  # of a queue: "" = somebody can be waited for, else queue_closed | queue_full


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done, and where."""

    node: str
    token: str


@dataclass(frozen=True, slots=True)
class Trial:
    """How far it came: the last step, everything said since the last token, and the way there."""

    step: Step
    say: tuple[Say, ...]
    way: tuple[Done, ...]
    away: str = ""  # why nobody could be waited for

    @property
    def is_over(self) -> bool:
        return not isinstance(self.step.then, Listen | Ask)


def tokens_of(text: str) -> list[str]:
    """Tokens as they stand in an address, `k1~d12345678`; what is none is left out."""
    return [one for one in text.split("~")[:MOST_TOKENS] if TOKEN.fullmatch(one)]


def trial(menu: Menu, node: str, facts: Facts, stands: Stands, tokens: Sequence[str]) -> Trial:
    """Go the way of these tokens; what does not fit where it comes is left out."""
    here = _entered(begin(menu, node, facts), (), stands)
    for token in tokens:
        following = None if here.is_over else _next(here.step, token)
        if following is not None:
            here = _entered(following, (*here.way, Done(here.step.walk.node, token)), stands)
    return here


def _next(step: Step, token: str) -> Step | None:
    if isinstance(step.then, Ask):
        return answered(step.walk, Answer(token[1:], served=token == "aother")) if token.startswith("a") else None
    assert isinstance(step.then, Listen)
    if token == "s":
        return timed_out(step.walk)
    if token.startswith("d"):
        return heard(step.walk, token[1:])
    if not token.startswith("k"):
        return None
    return press(step.walk, token[1:]) if step.then.most == 1 else heard(step.walk, token[1:].strip("#"))


def _entered(step: Step, way: tuple[Done, ...], stands: Stands) -> Trial:
    """Where it leads to a person who cannot be waited for, what then comes."""
    said, away = step.say, ""
    while isinstance(step.then, ToQueue) and (why := stands(step.then.queue)):
        away = why
        step = turned_away(step.walk, why)  # as the switchboard does: first the place, then the words
        said = step.say
    return Trial(step, said, way, away)
