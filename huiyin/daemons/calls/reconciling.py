"""After a gap: what Asterisk has against what the rows say. Nobody is lost and nothing is carried twice.

Whoever is on a line goes on where the row says they are. A row whose line is gone ends: hung up unseen, or lost with an
Asterisk that died. What belongs to no call is taken down.
"""

import logging
from datetime import datetime, timedelta

from huiyin.adapters.asterisk.ari import Gone
from huiyin.adapters.asterisk.events import Channel
from huiyin.daemons.calls import rows
from huiyin.daemons.calls.exchange import Exchange
from huiyin.daemons.calls.steps import Step
from huiyin.domain.voice.calls import State, Who
from huiyin.domain.voice.keyed import Why
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes import actions as passes

log = logging.getLogger("huiyin.switchboard")
YOUNG = timedelta(seconds=5)  # a call this new may not be in the other list yet
_WITH_AGENT = frozenset({Step.TALKING, Step.KEYING})


async def reconcile(exchange: Exchange) -> None:
    """Compare and put right."""
    ari, centre = exchange.ari, exchange.centre
    calls, recordings = await centre.threads.ask(rows.live)
    channels = {one.id: one for one in await ari.channels()}
    bridges = await ari.bridges()
    since = await ari.started_at()
    for call in calls:
        if call.pk in exchange.flows:
            continue
        if call.channel_id in channels:
            await _carry_on(exchange, call, channels, bridges, recordings)
        else:
            await _ended_unseen(exchange, call, since)
    known = {call.channel_id for call in calls} | {flow.channel for flow in exchange.flows.values()}
    for channel in channels.values():
        if channel.id not in known and channel.args[:1] == ("in",):
            exchange.arrives(channel)
    await _take_down(exchange, channels, bridges)


async def _carry_on(
    exchange: Exchange, call: Call, channels: dict[str, Channel], bridges: dict[str, tuple[str, ...]],
    recordings: dict[int, int],
) -> None:  # fmt: skip
    """Begin a flow where the row says the call is."""
    step = rows.step_of_row(call)
    bridge = f"hy.{call.pk}.talk"
    has_agent = step in _WITH_AGENT and call.agent_channel in channels
    if step in _WITH_AGENT and not has_agent:
        step = await _without_agent(exchange, call)
    log.info("call %s: carried on from %s", call.pk, step)
    for leg in channels:  # devices that rang, ears: they are rung again
        if leg.startswith(f"hy.{call.pk}.") and not (has_agent and leg == call.agent_channel):
            exchange.drop(leg)
    exchange.begin(
        call, step, announced=call.agent.agent_no if call.agent and bridge in bridges else "",
        legs={call.agent_channel} if has_agent else set(), bridge=bridge if bridge in bridges else "",
        agent_leg=call.agent_channel if has_agent else "", agent=call.agent,
        recording=recordings.get(call.pk, 0), recorded=call.agent_channel if has_agent else "",
    )  # fmt: skip


async def _without_agent(exchange: Exchange, call: Call) -> Step | None:
    """The agent's leg went in the gap. Whose device is registered has hung up; one that is lost is waited for, as
    always. (A page that was loaded again leaves its leg behind for twenty seconds: longer gaps cannot tell.)"""
    endpoint = call.agent_channel.rpartition(".")[2]
    if not endpoint or not await exchange.ari.is_reachable(endpoint):
        return Step.PARKED
    log.info("call %s: the agent hung up unseen", call.pk)
    now = exchange.centre.now()
    step = await exchange.centre.threads.ask(lambda: _agent_hung_up(call, now))
    if step is None:
        exchange.drop(call.channel_id)
    return step


def _agent_hung_up(call: Call, now: datetime) -> Step | None:
    if call.state == State.KEYING:
        passes.end_check(call, passes.stopped(Why.AGENT_GONE), now=now)
    rows.hung_up(call, Who.AGENT, 16, now)
    return rows.step_of(call)


async def _ended_unseen(exchange: Exchange, call: Call, since: datetime) -> None:
    """The line of a live row is gone: hung up in a gap, or lost with its Asterisk."""
    now, folder = exchange.centre.now(), exchange.centre.recordings
    if now - call.started_at < YOUNG:
        return
    is_lost = call.started_at < since
    log.warning("call %s: %s", call.pk, "lost with its Asterisk" if is_lost else "the buyer hung up unseen")
    await exchange.centre.threads.ask(lambda: _end(call, now, folder, is_lost=is_lost))


def _end(call: Call, now: datetime, folder: str, *, is_lost: bool) -> None:
    if call.state == State.KEYING:
        passes.end_check(call, passes.stopped(Why.HUNG_UP), now=now)
    if is_lost:
        rows.lost(call, now)
    else:
        rows.hung_up(call, Who.BUYER, 16, now)
    rows.close_open_recordings(call, folder, now, is_cut_off=is_lost)


async def _take_down(
    exchange: Exchange, channels: dict[str, Channel], bridges: dict[str, tuple[str, ...]]
) -> None:  # fmt: skip
    """Legs and bridges of calls that are over."""
    for name in (*channels, *bridges):
        key = name.split(".")[1] if name.startswith("hy.") else ""
        if not key.isdigit() or int(key) in exchange.flows:
            continue
        try:
            await (exchange.ari.end_bridge(name) if name in bridges else exchange.ari.hang_up(name))
        except Gone:
            continue
