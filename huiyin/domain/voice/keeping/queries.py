"""Recordings that still have something to be done about them, and those of a matter."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from huiyin.domain.voice.calls import State
from huiyin.domain.voice.keeping.models import Copy
from huiyin.domain.voice.models import Recording
from huiyin.domain.voice.phone import RecordingState

LEFT_ALONE = timedelta(minutes=2)  # its own job does it within seconds
_FULL = ("call__matter", "call__talk", "copy")


def recordings_of(matter_id: int) -> QuerySet[Recording]:
    """Everything recorded in the calls of a conversation or a call, in order."""
    theirs = Recording.objects.filter(Q(call__talk=matter_id) | Q(call__matter=matter_id))
    shown = theirs.select_related(*_FULL, "transcript").defer("transcript__plain", "transcript__pairs")
    return shown.order_by("started_at", "pk")


def never_closed(now: datetime) -> QuerySet[Recording]:
    """Still open, though the call has long ended: whoever should have closed them died."""
    open_ = Recording.objects.filter(state=RecordingState.OPEN, started_at__lte=now - LEFT_ALONE)
    return open_.filter(call__state=State.ENDED, call__ended_at__lte=now - LEFT_ALONE).select_related(*_FULL)


def never_kept(now: datetime) -> QuerySet[Recording]:
    """Closed and not in the file store: their job died."""
    closed = Recording.objects.filter(
        state=RecordingState.CLOSED, copy=None, size__gt=0, closed_at__lte=now - LEFT_ALONE
    )
    return closed.select_related(*_FULL)


def over(now: datetime) -> QuerySet[Recording]:
    """No case needs them, nobody holds them, and their time is over. Served by `recording_kept`."""
    edge = now - timedelta(days=settings.RECORDING_DAYS)
    closed = Recording.objects.filter(state=RecordingState.CLOSED, legal_hold=False, closed_at__lt=edge)
    return closed.select_related(*_FULL).order_by("closed_at")


def named_by_recordings(hashes: list[str]) -> set[str]:
    """Those of these files that a recording which is not erased points at."""
    rows = Copy.objects.exclude(recording__state=RecordingState.ERASED)
    found = rows.filter(Q(sha256__in=hashes) | Q(small_sha256__in=hashes)).values_list("sha256", "small_sha256")
    return {one for pair in found for one in pair if one}
