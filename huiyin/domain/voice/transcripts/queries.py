"""Which recordings are to be written down next, and what was said in one."""

from datetime import datetime

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.voice.models import Call, Recording
from huiyin.domain.voice.phone import RecordingState
from huiyin.domain.voice.transcripts.models import State, Stretch

NOT_OLDER_DAYS = 30  # a model that is configured today does not go through years of calls


def next_to_transcribe(since: datetime, most: int = 10) -> list[Recording]:
    """Kept recordings that nobody has written down: those begun first (by `transcript_open`), then the newest."""
    kept = Recording.objects.filter(copy__isnull=False, closed_at__gte=since, size__gt=0)
    kept = kept.exclude(state=RecordingState.ERASED).select_related("copy", "call__matter")
    begun = list(kept.filter(transcript__state=State.MAKING).order_by("transcript__begun_at")[:most])
    return begun + list(kept.filter(transcript=None).order_by("-closed_at")[: most - len(begun)])


def said_in(recording: Recording) -> list[Stretch]:
    """What was said in a recording, in order; empty while nobody has written it down."""
    if recording.state == RecordingState.ERASED:
        return []
    return list(Stretch.objects.filter(transcript__recording=recording).order_by("start_s", "who"))


def ledger_of(call: Call) -> int:
    """The matter whose ledger says who read what was said: that of the case, else of the conversation."""
    joined = Conversation.objects.filter(matter=call.talk_id).values_list("case_id", flat=True).first()
    return joined or call.case_id or call.talk_id
