"""Owing somebody a message, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.notices.events import NoticeFailed, NoticeQueued, NoticeSent
from huiyin.domain.notices.models import Notice
from huiyin.lib.postgresql.often import count, insert_unless_there
from huiyin.lib.seal import seal

WAITS = [timedelta(seconds=s) for s in (5, 30, 120, 600, 3600)]


def reach(address: dict[str, Any]) -> tuple[str, str] | None:
    """The channel and address that reach an order's or case's buyer best: mail first, it holds a key; then SMS."""
    if address.get("email"):
        return "mail", str(address["email"])
    if address.get("phone"):
        return "sms", str(address["phone"])
    return None


@dataclass(frozen=True, slots=True)
class Owed:
    """A message we owe. `once` makes a repeat harmless; `secret` (a key, a code) is sealed until it is out; `language`
    where we know which one they speak."""

    template: str
    once: str
    params: dict[str, Any] = field(default_factory=dict)
    secret: str = ""
    language: str = "zh-hans"


@transaction.atomic(savepoint=False)
def owe(owed: Owed, address: dict[str, Any], *, now: datetime, matter: Matter | None = None) -> Notice | None:
    """Queue a message. `matter` must be locked. None when there is no address or it was queued before."""
    way = reach(address)
    if way is None:
        return None
    sealed = seal(settings.SECRET_KEY.encode(), owed.secret) if owed.secret else ""
    notice = Notice(
        matter=matter, once=owed.once, channel=way[0], to=way[1], template=owed.template, params=owed.params,
        sealed=sealed, created_at=now, next_try_at=now, language=owed.language,
    )  # fmt: skip
    if not insert_unless_there(notice):
        return None
    if matter is not None:
        event = NoticeQueued(notice=notice.pk, template=owed.template, channel=way[0])
        journal.record(matter, event, by="system", now=now)
    else:
        journal.defer("send_notice", notice_id=notice.pk)
    return notice


_SENT = "UPDATE notices_notice SET state = 'sent', sent_at = %s, sealed = '' WHERE id = %s AND state = 'queued'"


@journal.verb
def sent(notice: Notice, *, now: datetime) -> None:
    """It is out. The secret it carried is wiped."""
    matter = journal.lock_one(notice.matter_id) if notice.matter_id else None
    if not count(_SENT, [now, notice.pk]):
        return
    if matter is not None:
        event = NoticeSent(notice=notice.pk, template=notice.template, channel=notice.channel)
        journal.record(matter, event, by="system", now=now)


@journal.verb
def not_sent(notice: Notice, fault: str, *, final: bool, now: datetime) -> None:
    """It did not go out: again later, five times at growing distance, then a person is told."""
    matter = journal.lock_one(notice.matter_id) if notice.matter_id else None
    over = final or notice.tries + 1 >= len(WAITS)
    Notice.objects.filter(pk=notice.pk, state="queued").update(
        tries=notice.tries + 1, fault=fault[:200], state="failed" if over else "queued",
        next_try_at=now + WAITS[min(notice.tries, len(WAITS) - 1)],
    )  # fmt: skip
    if over and matter is not None:
        event = NoticeFailed(notice=notice.pk, template=notice.template, channel=notice.channel)
        journal.record(matter, event, by="system", now=now)
