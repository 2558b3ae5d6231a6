"""The one ring of a matter: the next thing we owe."""

from datetime import datetime

from huiyin.domain.journal.models import Matter
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import State
from huiyin.domain.promises.queries import next_owed
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.words import promise_text


def ring_for(matter: Matter, now: datetime) -> Ring | None:
    """The ring of the next promise of this matter, if there is one."""
    promise = next_owed(matter)
    return ring_of(promise, now) if promise else None


def ring_of(promise: Promise, now: datetime) -> Ring:
    """One promise as a ring."""
    return Ring(promise.started, promise.due, State(promise.state), promise_text(promise), now)
