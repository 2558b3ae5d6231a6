"""Sentences that people have recorded; the bytes lie in the file store before any of this is called."""

from dataclasses import dataclass
from datetime import datetime

from huiyin.domain.journal import actions as journal
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.hotline.actions.holding import hold
from huiyin.domain.voice.hotline.events import SentenceRecorded, SentenceTakenBack
from huiyin.domain.voice.hotline.models import Take


@dataclass(frozen=True, slots=True)
class Sound:
    """A file as it came, and what was made of it for the telephone: their hashes, and how long it is."""

    sha256: str
    ready_sha256: str
    seconds: float


@journal.verb
def record_sentence(slug: str, voice: str, sound: Sound, person: Person, *, now: datetime) -> Take:
    """It is played in place of the spoken sentence, and of an earlier recording. The same twice is one."""
    matter = hold(person)
    before = Take.objects.filter(slug=slug, voice=voice, ended_at=None).first()
    if before is not None and before.sha256 == sound.sha256 and before.ready_sha256 == sound.ready_sha256:
        return before
    Take.objects.filter(slug=slug, voice=voice, ended_at=None).update(ended_at=now)
    take = Take.objects.create(
        slug=slug, voice=voice, sha256=sound.sha256, ready_sha256=sound.ready_sha256, seconds=sound.seconds,
        by=person.by, at=now,
    )  # fmt: skip
    recorded = SentenceRecorded(slug=slug, voice=voice, sha256=sound.sha256)
    journal.record(matter, recorded, by=person.by, now=now, tell=("hotline", "calls"))
    return take


@journal.verb
def take_back(slug: str, voice: str, person: Person, *, now: datetime) -> None:
    """The sentence is spoken again. Harmless to repeat."""
    matter = hold(person)
    if Take.objects.filter(slug=slug, voice=voice, ended_at=None).update(ended_at=now):
        taken = SentenceTakenBack(slug=slug, voice=voice)
        journal.record(matter, taken, by=person.by, now=now, tell=("hotline", "calls"))
