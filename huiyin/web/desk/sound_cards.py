"""Recordings as the desk shows them, and who may take one away.

Everybody who sees a matter may play what was said on it. A file to take away is for those who lead and for whoever
answers for the matter: what leaves the desk is not under our lock any more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from huiyin.domain.cases.models import Case
from huiyin.domain.cases.verbs import LEADS
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.keeping.models import Copy
from huiyin.domain.voice.keeping.queries import recordings_of
from huiyin.domain.voice.models import Recording, Transcript
from huiyin.domain.voice.phone import RecordingState
from huiyin.lib.errors import Refusal
from huiyin.web.ui.waves import Wave, wave_of
from huiyin.web.ui.words_trust import recording_flags, recording_kind, recording_state


@dataclass(frozen=True, slots=True)
class Sound:
    """One recording as its player needs it. `state`: why there is nothing to play, in words; empty where there is."""

    pk: int
    title: str
    started_at: datetime
    seconds: float
    wave: Wave | None
    mime: str
    flags: str
    state: str
    is_held: bool
    words: str = ""  # how far what was said is written down: making, done, failed; empty where nobody does


def sounds_of(matter_id: int) -> list[Sound]:
    """Everything recorded in the calls of a conversation."""
    return [_sound(one) for one in recordings_of(matter_id)]


def sounds_by_hash(hashes: Collection[str]) -> dict[str, Sound]:
    """The players of evidence that is a recording, by the hash of the evidence."""
    if not hashes:
        return {}
    found = Recording.objects.filter(copy__sha256__in=hashes).select_related("copy", "call__matter", "transcript")
    return {one.copy.sha256: _sound(one) for one in found}


def _sound(one: Recording) -> Sound:
    copy: Copy | None = getattr(one, "copy", None)
    is_there = copy is not None and one.state != RecordingState.ERASED and bool(copy.small_sha256)
    return Sound(
        pk=one.pk, title=recording_kind(one.kind), started_at=one.started_at, seconds=one.seconds,
        wave=wave_of(copy.peaks) if copy is not None and is_there else None, flags=recording_flags(one.flags),
        mime=copy.small_mime if copy else "", state="" if is_there else recording_state(one), is_held=one.legal_hold,
        words=_words(one) if is_there else "",
    )  # fmt: skip


def _words(one: Recording) -> str:
    """An empty talk has nothing to read."""
    made: Transcript | None = getattr(one, "transcript", None)
    return made.state if made is not None else ""


def may_take(person: Person, case: Case | None) -> bool:
    """Whether this person may take a recording away from the desk."""
    return person.tier in LEADS or (case is not None and case.owner_id == person.pk)


def refuse_to_take(person: Person, case: Case | None) -> None:
    """Raises Refusal `recording_not_to_take`."""
    if not may_take(person, case):
        raise Refusal("recording_not_to_take")


def holds_recordings(case: Case) -> bool:
    """Whether one of a case's pieces is a recording of ours."""
    return case.evidence.filter(what="call", source="system").exists()
