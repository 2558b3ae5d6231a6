"""Nobody waits for ever: a call-back that keeps the place, or words on a recorder that become a case."""

import logging

from django.utils import timezone

from huiyin.adapters.asterisk.ari import Gone
from huiyin.adapters.asterisk.events import Pressed, Recorded
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.farewell import goodbye
from huiyin.daemons.calls.flow import BuyerGone, Flow
from huiyin.daemons.calls.steps import Step
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.phone import RecordingKind
from huiyin.lib.errors import Refusal

log = logging.getLogger("huiyin.switchboard")
LONGEST_S = 180
SILENCE_S = 6
PATIENCE_S = LONGEST_S + 20.0


async def book(flow: Flow) -> Step | None:
    """Book a call-back to the number that called. Whoever has none that we may call goes on waiting."""
    try:
        booked = await flow.ask(lambda: voice.book_callback(flow.call, now=flow.centre.now()))
    except Refusal as no:
        log.info("call %s: no call-back (%s)", flow.call.pk, no.code)
        await flow.say(await flow.prompt("callback.refused"))
        return await flow.ask(lambda: rows.step_of(flow.call))
    await flow.music(on=False)
    by, code = timezone.localtime(booked.due), booked.callback.code
    await flow.say(await flow.prompt("callback.booked", number=booked.call.talk.no, by=by, code=code))
    return await goodbye(flow)


async def leave_message(flow: Flow) -> Step | None:
    """Record what the caller says after the words that ask for it; it becomes a case."""
    await flow.music(on=False)
    await flow.ask(lambda: voice.begin_voicemail(flow.call, now=flow.centre.now()))
    await flow.say(await flow.prompt("voicemail.ask"), ends=lambda signal: isinstance(signal, Pressed))
    now = flow.centre.now()
    row = await flow.ask(lambda: rows.start_recording(flow.call, RecordingKind.VOICEMAIL, "wav", now))
    name = row.path.removesuffix(".wav")
    try:
        await flow.ari.record(flow.channel, name, most_s=LONGEST_S, silence_s=SILENCE_S)
        while (signal := await flow.next(PATIENCE_S)) is not None:
            if isinstance(signal, Recorded) and signal.name == name:
                break
    except (BuyerGone, Gone):
        await _keep(flow, row.pk)
        raise
    kept = await _keep(flow, row.pk)
    if kept is not None:  # whoever said nothing is called back, as somebody who hung up
        await flow.say(await flow.prompt("voicemail.thanks", number=kept.number, by=kept.by))
    return await goodbye(flow)


async def _keep(flow: Flow, recording: int) -> rows.Kept | None:
    """The words, hashed and on the call."""
    folder, now = flow.centre.recordings, flow.centre.now()
    return await flow.ask(lambda: rows.keep_message(flow.call, recording, folder, now))
