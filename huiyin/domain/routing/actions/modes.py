"""Night, peak and ordinary."""

from datetime import datetime

from huiyin.domain.journal import actions as journal
from huiyin.domain.routing.events import ModeChanged
from huiyin.domain.routing.models import Mode
from huiyin.domain.routing.queries import mode_now
from huiyin.domain.routing.states import ModeName
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal


@journal.verb
def set_mode(name: str, person: Person, *, now: datetime) -> Mode:
    """Switch the whole centre (OP12). Raises Refusal `only_leads`, `mode_unknown`."""
    if not person.leads:
        raise Refusal("only_leads")
    known = [one.value for one in ModeName]
    if name not in known:
        raise Refusal("mode_unknown", known=known)
    matter = journal.lock_one(person.matter_id)
    before = mode_now()
    mode = Mode.objects.create(name=name, since=now, by=person.by)
    if name != before:
        changed = ModeChanged(mode=name, before=before)
        journal.record(matter, changed, by=person.by, now=now, tell=("queue", "router:all"))
    return mode
