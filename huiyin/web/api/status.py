"""Whether we are there: for the contact block in a shop's pages and for whoever monitors us. Public."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema

from huiyin.adapters.asterisk.standing import reason, standing
from huiyin.adapters.speech import recognisers as speech
from huiyin.domain.orders.queries import breaker_is_open
from huiyin.domain.staff.queries import key_for, somebody_is_on_duty
from huiyin.lib.calendars import named
from huiyin.lib.clock import now
from huiyin.lib.working_time import is_open
from huiyin.web.api.problems import PROBLEMS
from huiyin.web.api.talkers import bearer

router = Router(tags=["status"])


class VoiceOut(Schema):
    """`on` while both Asterisk and the switchboard answer; `why` says what is missing, `detail` in words for whoever
    runs it why there is no engine: empty without a key."""

    state: str
    why: str
    detail: str
    sip_uri: str | None
    ws_uri: str | None


class SpeechOut(Schema):
    """`on` where a model understands speech: words in the menu, transcripts. `why` says what is missing: no_model,
    directory_missing, model_unknown, model_streams, library_missing, model_unusable."""

    state: str
    why: str
    model: str


class BreakerOut(Schema):
    """Open: automatic remedies are stopped, people decide."""

    open: bool


class StatusOut(Schema):
    service: str
    people_on_duty: bool
    open_now: bool
    voice: VoiceOut
    speech: SpeechOut
    breaker: BreakerOut


@router.get("", response={200: StatusOut, **PROBLEMS})
def get_status(request: HttpRequest) -> dict[str, Any]:
    """Is the service up, is somebody there, are automatic remedies running?"""
    at = now()
    return {
        "service": "ok", "people_on_duty": somebody_is_on_duty(at),
        "open_now": is_open(at, named(settings.SERVICE_CALENDAR)),
        "voice": _voice(request), "speech": _speech(), "breaker": {"open": breaker_is_open()},
    }  # fmt: skip


def _speech() -> dict[str, Any]:
    now_ = speech.standing(settings.SPEECH_MODEL, Path(settings.RECORDINGS).parent)
    return {"state": "on" if now_.is_on else "off", "why": now_.why, "model": now_.name}


def _voice(request: HttpRequest) -> dict[str, Any]:
    now_ = standing()
    is_known = key_for(bearer(request)) is not None
    return {
        "state": "on" if now_.is_on else "off", "why": now_.why,
        "detail": reason() if is_known else "", "sip_uri": now_.sip_uri, "ws_uri": now_.ws_uri,
    }  # fmt: skip
