"""The promise ring: how much of a promised time is left, as a picture and always as words.

`{% include "ui/ring.html" with ring=… %}` draws it; `ring.js` keeps it running where there is JavaScript.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from huiyin.domain.promises.promises import State

DAY, HOUR, MINUTE = 86_400, 3_600, 60


@dataclass(frozen=True)
class Ring:
    """One ring as of `now`. `label` says what is promised and by when: "给出结果，今天 20:10 前"."""

    started: datetime
    due: datetime
    state: State
    label: str
    now: datetime

    @property
    def is_settled(self) -> bool:
        """Whether it does not run: the ring is then full and shows a sign instead of a time."""
        return self.state in (State.KEPT, State.PAUSED, State.WITHDRAWN)

    @property
    def left(self) -> timedelta:
        """Time until it is due; negative after that."""
        return self.due - self.now

    @property
    def percent(self) -> int:
        """How much of the ring is filled, 0 to 100: what is left while it runs, all of it once it is settled."""
        if self.is_settled:
            return 100
        whole = (self.due - self.started).total_seconds()
        share = self.left.total_seconds() / whole if whole > 0 else 0.0
        return round(100 * min(1.0, max(0.0, share)))

    @property
    def tone(self) -> str:
        """The name of its colour: teal, amber in the last fifth, red, grey or green."""
        if self.is_settled:
            return "green" if self.state == State.KEPT else "grey"
        if self.state == State.BROKEN or self.left <= timedelta():
            return "red"
        return "amber" if self.percent <= 20 else "teal"

    @property
    def text(self) -> str:
        """What stands inside: `2时29分`, later `11时`, `9分`, `-4分`, `✓`; never `2:29`, which may be minutes."""
        if self.is_settled:
            return {State.KEPT: "✓", State.PAUSED: gettext("wait")}.get(self.state, "–")
        sign = "-" if self.left < timedelta() else ""
        return sign + _short(abs(int(self.left.total_seconds())), self.units.split("|"))

    @property
    def lines(self) -> list[str]:
        """The text in lines that fit into the ring: hours above minutes."""
        head, hours, tail = self.text.partition(self.units.split("|")[1])
        return [head + hours, tail] if hours and tail and not self.is_settled else [self.text]

    @property
    def units(self) -> str:
        """Signs for day, hour, minute and second, for the reader's language: `天|时|分|秒`."""
        return gettext("d|h|m|s")

    @property
    def patterns(self) -> str:
        """How a screen reader hears it: running | overdue | paused | kept | withdrawn, `%s` being the time."""
        return gettext("%s left|%s overdue|paused|kept|withdrawn")

    @property
    def words(self) -> str:
        """The label and the state in words."""
        running, overdue, paused, kept, withdrawn = self.patterns.split("|")
        settled = {State.PAUSED: paused, State.KEPT: kept, State.WITHDRAWN: withdrawn}
        pattern = settled.get(self.state) or (overdue if self.left < timedelta() else running)
        return f"{self.label}, {pattern.replace('%s', self.text.lstrip('-'))}"


def _short(seconds: int, units: list[str]) -> str:
    if seconds >= DAY:
        return f"{seconds // DAY}{units[0]}"
    if seconds >= 10 * HOUR:
        return f"{seconds // HOUR}{units[1]}"
    if seconds >= HOUR:
        return f"{seconds // HOUR}{units[1]}{seconds % HOUR // MINUTE}{units[2]}"
    return f"{seconds // MINUTE}{units[2]}" if seconds >= MINUTE else f"{seconds}{units[3]}"
