"""Owing somebody a message, and what became of it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.notices.events import NoticeFailed, NoticeQueued, NoticeSent
from huiyin.domain.notices.models import Notice
from huiyin.lib.seal import seal

WAITS = [timedelta(seconds=s) for s in (5, 30, 120, 600, 3600)]


def reach(address: dict[str, Any]) -> tuple[str, str] | None:
    """The channel and address that reach an order's or case's buyer best: mail first, it holds a key; then SMS."""
    if address.get("email"):
        return "mail", str(address["email"])
    if address.get("phone"):
        return "sms", str(address["phone"])
    return None


@transaction.atomic
def owe(
    template: str, address: dict[str, Any], params: dict[str, Any], *, once: str, now: datetime,
    matter: Matter | None = None, secret: str = "", by: str = "system",
) -> Notice | None:  # fmt: skip
    """Queue a message; `once` makes a repeat harmless. `matter` must be locked. None when there is no address."""
    way = reach(address)
    if way is None or Notice.objects.filter(once=once).exists():
        return None
    sealed = seal(settings.SECRET_KEY.encode(), secret) if secret else ""
    notice = Notice.objects.create(
        matter=matter, once=once, channel=way[0], to=way[1], template=template, params=params,
        sealed=sealed, created_at=now, next_try_at=now,
    )  # fmt: skip
    if matter is not None:
        event = NoticeQueued(notice=notice.pk, template=template, channel=way[0])
        journal.record(matter, event, by=by, now=now)
    else:
        journal.defer("send_notice", notice_id=notice.pk)
    return notice


@transaction.atomic
def sent(notice: Notice, *, now: datetime) -> None:
    """It is out. The secret it carried is wiped."""
    matter = journal.lock_one(notice.matter_id) if notice.matter_id else None
    if not Notice.objects.filter(pk=notice.pk, state="queued").update(state="sent", sent_at=now, sealed=""):
        return
    if matter is not None:
        event = NoticeSent(notice=notice.pk, template=notice.template, channel=notice.channel)
        journal.record(matter, event, by="system", now=now)


@transaction.atomic
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
