"""Writing down what was said, piece by piece, so that a worker that is killed loses a minute of work and no words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.voice.actions.locking import lock, topics
from huiyin.domain.voice.models import Recording
from huiyin.domain.voice.phone import RecordingState
from huiyin.domain.voice.transcripts.events import CallTranscribed
from huiyin.domain.voice.transcripts.masking import masked
from huiyin.domain.voice.transcripts.models import Speaker, State, Stretch, Transcript
from huiyin.lib.bigrams import pairs, plain
from huiyin.lib.postgresql import often

MOST_TRIES = 3
_LOOKED_BACK = 20  # stretches of one person: a number of sixteen, digit by digit, with a word between


@dataclass(frozen=True, slots=True)
class Spoken:
    """One person says something. Seconds from the beginning of the recording."""

    who: Speaker
    start_s: float
    end_s: float
    text: str


def begin(recording: Recording, model: str, *, now: datetime) -> Transcript | None:
    """The transcript of a recording, begun now if there is none; None where the recording is erased."""
    with transaction.atomic():
        # whoever erases it comes before, and is seen here, or after, and finds this row
        if Recording.objects.select_for_update().get(pk=recording.pk).state == RecordingState.ERASED:
            return None
        often.insert_unless_there(Transcript(recording=recording, model=model[:120], begun_at=now))
    return Transcript.objects.get(recording=recording)


@transaction.atomic(savepoint=False)
def write_down(transcript: Transcript, spoken: Sequence[Spoken], *, reached_s: float) -> bool:
    """What was said from `transcript.reached_s` to here. False: somebody else has gone on with it, or it is over."""
    row = Transcript.objects.select_for_update().get(pk=transcript.pk)
    if row.state != State.MAKING or row.reached_s != transcript.reached_s:
        return False
    for who in Speaker:
        _write(row, who, [one for one in spoken if one.who == who])
    row.reached_s = transcript.reached_s = reached_s
    row.save(update_fields=["reached_s"])
    return True


def _write(row: Transcript, who: Speaker, spoken: list[Spoken]) -> None:
    """A number that goes on from before is one number: what was written of it is masked now."""
    before = list(row.stretches.filter(who=who).order_by("-start_s")[:_LOOKED_BACK])[::-1]
    texts = masked([*(one.text for one in before), *(one.text for one in spoken)])
    for one, text in zip(before, texts, strict=False):
        if text != one.text:
            one.text = text
            one.save(update_fields=["text"])
    said = zip(spoken, texts[len(before) :], strict=True)
    Stretch.objects.bulk_create(
        [Stretch(transcript=row, who=who.value, start_s=one.start_s, end_s=one.end_s, text=text) for one, text in said],
        ignore_conflicts=True,
    )


@verb
def finish(transcript: Transcript, *, now: datetime) -> None:
    """All of it is written down: it can be searched from here on. Of a recording that is erased nothing is. Harmless to
    repeat."""
    recording = Recording.objects.select_related("call").get(pk=transcript.recording_id)
    ours = lock(recording.call)
    row = Transcript.objects.select_for_update().get(pk=transcript.pk)
    if row.state != State.MAKING:
        return
    if _is_erased(recording.pk):
        _empty(row)
        return
    texts = list(row.stretches.order_by("start_s").values_list("text", flat=True))
    row.plain = plain(" ".join(texts))
    row.pairs, row.state, row.done_at = pairs(row.plain), State.DONE.value, now
    row.save(update_fields=["plain", "pairs", "state", "done_at"])
    done = CallTranscribed(recording=recording.pk, model=row.model, stretches=len(texts))
    journal.record(ours.matter, done, by="system", now=now, tell=topics(ours))


@transaction.atomic(savepoint=False)
def fail(transcript: Transcript) -> None:
    """It went wrong; after three times it stays so."""
    row = Transcript.objects.select_for_update().get(pk=transcript.pk)
    if row.state != State.MAKING:
        return
    row.tries += 1
    row.state = State.FAILED.value if row.tries >= MOST_TRIES else row.state
    row.save(update_fields=["tries", "state"])


@transaction.atomic(savepoint=False)
def forget(recording_id: int) -> None:
    """Its recording is erased, and so is what was said in it."""
    row = Transcript.objects.select_for_update().filter(recording=recording_id).first()
    if row is not None and _is_erased(recording_id):
        _empty(row)


def _is_erased(recording_id: int) -> bool:
    return Recording.objects.filter(pk=recording_id, state=RecordingState.ERASED).exists()


def _empty(row: Transcript) -> None:
    row.stretches.all().delete()
    row.state, row.plain, row.pairs = State.ERASED.value, "", []
    row.save(update_fields=["state", "plain", "pairs"])
