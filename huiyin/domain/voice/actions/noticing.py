"""HL7: who talks with us knows that it is recorded."""

from datetime import datetime

from huiyin.domain.journal.actions import verb
from huiyin.domain.voice.actions.locking import lock
from huiyin.domain.voice.models import Call
from huiyin.lib.postgresql import often


@verb
def notice_heard(call: Call, *, now: datetime) -> Call:
    """The caller has heard to its end that they are recorded; the first time counts. Harmless to repeat. In the menu it
    rides along with `Walked`."""
    ours = lock(call)
    if ours.notified_at is None:
        often.change(ours, notified_at=now)
    return ours
