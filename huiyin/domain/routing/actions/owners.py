"""Cases whose owner is not here wait for somebody who is: one statement when filed, one when somebody has them."""

from datetime import datetime

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing.actions.ending import withdraw_pending
from huiyin.domain.routing.actions.queues import queue_named
from huiyin.domain.routing.actions.waiting import Want
from huiyin.domain.routing.events import ItemLeft, ItemQueued
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.states import Kind
from huiyin.domain.routing.terms import CASE_TERM_S
from huiyin.lib.postgresql import often

# Written by hand because it stands in the way of every complaint that is filed at night: what has an open item already,
# as a chat that became a case, keeps that.
_WAIT = """
INSERT INTO routing_item (matter_id, kind, queue_id, buyer_id, tier, urgent, elderly, skills, arrived_at, due_at, state,
                          prefers_id, barred, why_left)
SELECT %s, 'case', queue.id, %s, %s, %s, %s, queue.skills, %s,
       COALESCE(%s::timestamptz, %s + make_interval(secs => COALESCE((queue.terms ->> 'case')::integer, %s))),
       'waiting', %s, %s, ''
FROM routing_queue queue WHERE queue.slug = %s ON CONFLICT DO NOTHING RETURNING id, due_at
"""
_FOUND = """
UPDATE routing_item SET state = 'left', why_left = %s, ended_at = %s
WHERE matter_id = %s AND kind = 'case' AND state IN ('waiting', 'offered') RETURNING id
"""


@journal.verb
def wait_for_owner(matter: Matter, want: Want, *, now: datetime) -> None:
    """A case on a locked matter waits for the first person on duty who can take it: until `due_at`, where something was
    promised, else as long as its queue says."""
    values = [
        matter.pk, want.buyer.pk if want.buyer else None, want.tier, want.urgent, want.elderly, now, want.due_at, now,
        CASE_TERM_S, want.prefers.pk if want.prefers else None, list(want.barred), want.queue,
    ]  # fmt: skip
    rows = often.run(_WAIT, values)
    if not rows and queue_named(want.queue):
        rows = often.run(_WAIT, values)
    for pk, due in rows:
        queued = ItemQueued(
            item=pk, kind=Kind.CASE.value, queue=want.queue, due=due, tier=want.tier, urgent=want.urgent
        )  # fmt: skip
        journal.record(matter, queued, by="system", now=now, tell=("queue", f"router:i{pk}"))


@journal.verb
def stop_waiting(matter: Matter, why: str, *, now: datetime) -> None:
    """Somebody answers for the case on a locked matter, or it is closed: nobody is asked about it any more."""
    for (pk,) in often.run(_FOUND, [why, now, matter.pk]):
        item = Item.objects.get(pk=pk)
        withdraw_pending(item, matter, why, now=now)
        left = ItemLeft(item=pk, kind=item.kind, why=why, waited_s=int((now - item.arrived_at).total_seconds()))
        journal.record(matter, left, by="system", now=now, tell=("queue", f"router:i{pk}"))
