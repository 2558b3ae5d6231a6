"""Getting a message out: the worker calls this, outside any transaction."""

from datetime import datetime, timedelta

from huiyin.domain.notices import actions
from huiyin.domain.notices.letters import letter
from huiyin.domain.notices.models import Notice
from huiyin.domain.notices.quiet import held_back
from huiyin.domain.notices.sender import Sender
from huiyin.lib.errors import Refusal, Rejected, Unavailable
from huiyin.lib.postgresql.often import Read

OF_ITS_JOB = timedelta(seconds=10)  # a message just owed is sent by the job that was made with it
_DUE = Read(lambda pk, now: Notice.objects.filter(pk=pk, state="queued", next_try_at__lte=now))


def post(notice_id: int, senders: dict[str, Sender], *, now: datetime) -> None:
    """Send one queued notice and note what became of it. A message may go out twice if we die between the two; it is
    never lost. What is held back at night stays queued."""
    notice = _DUE.first(notice_id, now)
    if notice is None or notice.template in held_back(now):
        return None
    try:
        words = letter(notice)
        senders[notice.channel].send(notice.to, words.subject, words.text)
    except Unavailable as trouble:
        return actions.not_sent(notice, str(trouble), final=False, now=now)
    except (Rejected, Refusal) as no:
        return actions.not_sent(notice, str(no), final=True, now=now)
    actions.sent(notice, now=now)


def waiting(now: datetime, most: int = 100) -> list[int]:
    """Notices whose turn it is, and whose own job has had its time: both at once would send one twice. Served by the
    index `notice_queued`."""
    left = Notice.objects.filter(state="queued", next_try_at__lte=now, created_at__lte=now - OF_ITS_JOB)
    queued = left.exclude(template__in=held_back(now))
    return list(queued.order_by("next_try_at").values_list("pk", flat=True)[:most])
