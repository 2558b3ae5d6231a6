"""Recordings for tests: a talk as the media server leaves it, closed and kept."""

import struct
from pathlib import Path

from django.conf import settings

from huiyin.adapters.sound.waves import RATE, measure
from huiyin.daemons import recordings
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Call, Recording
from huiyin.lib.clock import now
from tests.people import ALICE

SOUND = b"".join(struct.pack("<hh", n % 200 * 100, -(n % 100) * 50) for n in range(3 * RATE))


def closed(call: Call, name: str = "1.raw", sound: bytes = SOUND, *, talked_s: float = 3) -> Recording:
    """A talk that was recorded and closed; its file lies where the media server puts it."""
    folder = Path(settings.RECORDINGS)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(sound)
    begun = voice.start_recording(call, name, now=now())
    return voice.close_recording(begun, measure(folder / name), talked_s=talked_s, now=now())


def kept(call: Call, name: str = "1.raw", sound: bytes = SOUND, *, talked_s: float = 3) -> Recording:
    """One that lies in the store."""
    recording = closed(call, name, sound, talked_s=talked_s)
    recordings.keep_recording(recording.pk)
    recording.refresh_from_db()
    return recording


def talk_of(call: Call) -> Conversation:
    """The conversation of a call."""
    return Conversation.objects.get(matter=call.talk)


def becomes_a_case(call: Call) -> Case:
    """The agent makes the call a case."""
    return cases.from_conversation(talk_of(call), by=f"staff:{ALICE}", now=now())
