"""Words by which people know that it is us, and words about what was recorded."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.voice.models import Recording
from huiyin.domain.voice.phone import RecordingState
from huiyin.lib.code_words import code_word, in_english
from huiyin.web.ui.times import moment


def word_of_today(no: str, now: datetime) -> str:
    """Today's code word of a matter, in the reader's language."""
    word = code_word(settings.SECRET_KEY.encode(), no, timezone.localtime(now).date())
    return in_english(word) if (get_language() or "").startswith("en") else word


_FLAGS = {
    "short": _("shorter than the talk was: its end is missing"),
    "repaired": _("mended after a crash"),
    "empty": _("nothing was recorded"),
    "changed": _("its bytes changed between the call and the store"),
}
_KINDS = {"talk": _("Recording of the call"), "voicemail": _("Message to the recorder")}


def recording_flags(flags: Sequence[str]) -> str:
    """What is wrong with a recording; empty where nothing is."""
    return gettext(", ").join(gettext(_FLAGS[one]) for one in flags if one in _FLAGS)


def recording_kind(kind: str) -> str:
    return gettext(_KINDS.get(kind, _KINDS["talk"]))


def recording_state(recording: Recording) -> str:
    """Why there is nothing to play."""
    if recording.erased_at is not None:
        return gettext("Erased %(at)s: no matter needed it and its time was over.") % {
            "at": moment(recording.erased_at)
        }
    if recording.state == RecordingState.OPEN:
        return gettext("Is being recorded; it can be played a moment after the call.")
    if not recording.size:
        return gettext("Nothing was recorded.")
    return gettext("Is being put away; it can be played in a moment.")
