"""Putting the buyer and whoever talks with them together and apart, and recording both while they talk.

The recording runs on the buyer's leg from the first word with a person to the last; it never runs in the menu, where
secrets are keyed. It begins and ends by a way through the dialplan, with the buyer's leg outside of any bridge.
"""

import logging
import secrets

from huiyin.adapters.asterisk.ari import Gone
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.flow import Flow
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.phone import RecordingKind

log = logging.getLogger("huiyin.switchboard")


async def apart(flow: Flow) -> None:
    """The buyer hears music; whoever else is in the bridge stays there."""
    if flow.bridge:
        await flow.quietly(flow.ari.take_out(flow.bridge, flow.channel))
    await flow.music(on=True)


async def together(flow: Flow) -> None:
    """Buyer and agent in one bridge. Nothing where the agent is gone: that is heard of otherwise."""
    await flow.music(on=False)
    flow.bridge = flow.name("talk")
    await flow.quietly(flow.ari.bridge(flow.bridge, flow.channel, flow.agent_leg))


async def unmute(flow: Flow) -> None:
    """Whoever is with the agent hears them again."""
    await flow.ask(lambda: voice.mute(flow.call, muted=False, now=flow.centre.now()))
    await flow.ari.mute(flow.agent_leg, on=False)


async def say_to_both(flow: Flow, file: str) -> None:
    """Everybody in the bridge hears this file."""
    playback = flow.name(f"both.{secrets.token_hex(2)}")
    await flow.quietly(flow.ari.play_in_bridge(flow.bridge, playback, f"sound:{file}"))


async def change_agent(flow: Flow, leg: str, person: Person) -> None:
    """Somebody else has the call now, on this leg."""
    before, flow.agent_leg, flow.agent = flow.agent_leg, leg, person
    await drop(flow, before)


async def drop(flow: Flow, leg: str) -> None:
    """Hang up one leg."""
    if leg:
        flow.legs.discard(leg)
        await flow.quietly(flow.ari.hang_up(leg))


async def unbridge(flow: Flow) -> None:
    """The bridge is not needed for now."""
    if flow.bridge:
        bridge, flow.bridge = flow.bridge, ""
        await flow.quietly(flow.ari.end_bridge(bridge))


async def record(flow: Flow) -> None:
    """Begin to record, unless it is being recorded. Whoever was not told so is not recorded (HL7), and the time line
    says why. A recording that cannot begin stops nobody from talking."""
    if flow.recording:
        return
    now = flow.centre.now()
    if not flow.notified:
        log.warning("call %s: not recorded, the notice was not heard", flow.call.pk)
        await flow.ask(lambda: voice.not_recorded(flow.call, "no_notice", now=now))
        return
    row = await flow.ask(lambda: rows.start_recording(flow.call, RecordingKind.TALK, "raw", now))
    flow.recording, flow.recorded = row.pk, flow.agent_leg  # whatever comes now, it is closed
    try:
        await flow.ari.set_variable(flow.channel, "HY_REC", f"{flow.centre.recordings}/{row.path}")
        is_on = await flow.through("record")
    except Gone:
        log.info("call %s: gone before it was recorded", flow.call.pk)
        is_on = False
    if not is_on:  # it says so itself: nothing is in it
        await close_recording(flow)


async def stop_recording(flow: Flow) -> bool:
    """What was recorded is closed. Whether nothing is recorded any more, for certain. The buyer's leg stands outside of
    any bridge. Raises Gone, BuyerGone."""
    if flow.bridge:
        await flow.quietly(flow.ari.take_out(flow.bridge, flow.channel))
    try:
        is_off = await flow.through("unrecord")  # always: one that began too late for us is in no row
    except Gone:
        await flow.ari.channel(flow.channel)  # raises Gone where the buyer has hung up
        is_off = False
    await close_recording(flow)
    return is_off


async def close_recording(flow: Flow) -> None:
    """The file is complete."""
    recording, flow.recording = flow.recording, 0
    if recording:
        folder, now = flow.centre.recordings, flow.centre.now()
        await flow.ask(lambda: rows.close_recording(recording, folder, now))
