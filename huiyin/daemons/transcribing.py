"""HL10: the worker writes down what was said in calls, where a recogniser is configured. One recording after the other,
in a thread that gives way to everything else; what a killed worker began is gone on with where it stopped.
"""

import logging
import os
import threading
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseError

from huiyin.adapters.speech.recognisers import the_loader
from huiyin.adapters.speech.transcribing import pieces
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.voice.hearing import Recogniser
from huiyin.domain.voice.models import Recording
from huiyin.domain.voice.transcripts import actions, queries
from huiyin.domain.voice.transcripts.actions import Spoken
from huiyin.domain.voice.transcripts.models import Speaker, State
from huiyin.lib.clock import now
from huiyin.lib.files import Spoiled

log = logging.getLogger("huiyin.transcripts")
SIDES = (Speaker.BUYER, Speaker.AGENT)  # as the channels of a recording are
GIVES_WAY = 10  # niceness: calls and pages come first


def transcripts_left() -> None:
    """Write down what nobody has yet."""
    recogniser = the_loader(settings.SPEECH_MODEL, Path(settings.RECORDINGS).parent).now
    if recogniser is None:
        return
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GIVES_WAY)  # of this thread, on Linux
    for recording in queries.next_to_transcribe(now() - timedelta(days=queries.NOT_OLDER_DAYS)):
        transcribe(recording, recogniser)


def transcribe(recording: Recording, recogniser: Recogniser) -> None:
    """From where it stands to the end. It may be killed at any place and run again."""
    transcript = actions.begin(recording, recogniser.name, now=now())
    if transcript is None or transcript.state != State.MAKING:
        return
    try:
        wav = BytesIO(the_files().read(recording.copy.sha256))
        for piece in pieces(wav, transcript.reached_s, recogniser):
            spoken = [Spoken(SIDES[side], one.start_s, one.end_s, one.text) for side, one in piece.said]
            if not actions.write_down(transcript, spoken, reached_s=piece.until_s):
                return  # another worker is at it, or the recording is gone
    except (ValueError, Spoiled) as fault:
        log.warning("recording %s is not written down: %s", recording.pk, fault)
        actions.fail(transcript)
        return
    except DatabaseError:  # no fault of the recording: gone on with later
        raise
    except Exception:  # whatever a model does: the next recording is another one
        log.exception("recording %s is not written down", recording.pk)
        actions.fail(transcript)
        return
    actions.finish(transcript, now=now())
