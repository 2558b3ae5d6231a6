"""Which recordings are to be written down next, and what was said in one."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.voice.models import Call, Recording
from huiyin.domain.voice.phone import RecordingState
from huiyin.domain.voice.transcripts.models import State, Stretch, Transcript

NOT_OLDER_DAYS = 30  # a model that is configured today does not go through years of calls


def next_to_transcribe(since: datetime, most: int = 10) -> list[Recording]:
    """Kept recordings that nobody has written down: those begun first, then the newest."""
    kept = Recording.objects.filter(copy__isnull=False, closed_at__gte=since, size__gt=0)
    open_ = kept.exclude(state=RecordingState.ERASED).filter(Q(transcript=None) | Q(transcript__state=State.MAKING))
    return list(open_.select_related("copy", "call__matter").order_by("transcript__begun_at", "-closed_at")[:most])


def said_in(recording: Recording) -> list[Stretch]:
    """What was said in a recording, in order; empty while nobody has written it down."""
    if recording.state == RecordingState.ERASED:
        return []
    return list(Stretch.objects.filter(transcript__recording=recording).order_by("start_s", "who"))


def transcripts_of(recordings: Sequence[Recording]) -> dict[int, Transcript]:
    """Recording → its transcript, without the words."""
    rows = Transcript.objects.filter(recording__in=recordings).defer("plain", "pairs")
    return {one.recording_id: one for one in rows}


def ledger_of(call: Call) -> int:
    """The matter whose ledger says who read what was said: that of the case, else of the conversation."""
    joined = Conversation.objects.filter(matter=call.talk_id).values_list("case_id", flat=True).first()
    return joined or call.case_id or call.talk_id
