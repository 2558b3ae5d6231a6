"""The buyer keys a secret during a talk: apart from the agent, with the recording off.

What is keyed goes from here into the comparison and nowhere else; the agent learns whether it matches. First the buyer
leaves the bridge and the recording ends, then keys are asked for; first the recording begins anew, then both are
together again. Whoever is killed in between begins this step again, so that nothing keyed is ever recorded.
"""

import asyncio
import logging
from collections.abc import Mapping

from huiyin.adapters.asterisk.ari import Gone
from huiyin.adapters.asterisk.events import Ended, Left, Pressed, Registered
from huiyin.daemons.calls import answers, rows
from huiyin.daemons.calls.answers import Question
from huiyin.daemons.calls.bridging import record, say_to_both, stop_recording
from huiyin.daemons.calls.consulting import handed_on, waits_again
from huiyin.daemons.calls.flow import BuyerGone, Flow, Turn
from huiyin.daemons.calls.signals import Checked as Look
from huiyin.daemons.calls.signals import Offered, Signal
from huiyin.daemons.calls.steps import Step
from huiyin.daemons.calls.talking import DROPPED, WHY_S, agent_left, watching_page
from huiyin.domain.voice.keyed import Field, Result, Secret, Why
from huiyin.domain.voice.logins import browser_phone
from huiyin.domain.voice.passes import actions as passes
from huiyin.domain.voice.passes.actions import Checked, stopped

log = logging.getLogger("huiyin.switchboard")
LIMIT_S = 90.0  # for all of it
KEY_S = 20.0  # between two keys
END = "#"
RESULTS: Mapping[str, Checked] = {
    answers.DIFFERS: Checked(Result.DIFFERS), answers.TOO_MANY: stopped(Why.TOO_MANY),
    answers.UNAVAILABLE: stopped(Why.UNAVAILABLE), answers.PERSON: stopped(Why.UNAVAILABLE),
}  # fmt: skip


class _AgentGone(Exception):
    """The agent's device left meanwhile. `dropped`: lost, not hung up."""

    def __init__(self, *, dropped: bool) -> None:
        super().__init__()
        self.dropped = dropped


async def key_in(flow: Flow) -> Step | None:
    """Ask for it, compare it, and put both together again."""
    try:
        async with watching_page(flow):
            checked = await _checked(flow)
    except (BuyerGone, Gone):
        await _end(flow, stopped(Why.HUNG_UP))
        raise
    except _AgentGone as gone:
        await _end(flow, stopped(Why.AGENT_GONE))
        return await agent_left(flow, dropped=gone.dropped)
    except Turn as turn:
        checked, step = stopped(Why.CANCELLED), turn.step
        if step in {Step.WAITING, None}:  # handed over: recorded again when somebody else has it; or over
            await _end(flow, checked)
            return await handed_on(flow) if step else None
    else:
        step = Step.TALKING
    try:
        await record(flow)  # before anything is said again
    except BuyerGone:  # who hangs up now has keyed it all the same
        await _end(flow, checked)
        raise
    await _end(flow, checked)
    flow.words_for_both = await flow.prompt(f"keying.{checked.result}")
    return step


async def _checked(flow: Flow) -> Checked:
    row = await flow.ask(lambda: passes.newest_check(flow.call))
    if row is None or row.result != Result.OPEN:
        return stopped(Why.FAILED)
    await flow.music(on=False)
    if not await stop_recording(flow):
        return stopped(Why.FAILED)
    await say_to_both(flow, await flow.prompt("keying.agent"))  # who is left in the bridge
    left = LIMIT_S - (flow.centre.now() - row.begun_at).total_seconds()
    end = asyncio.get_running_loop().time() + min(left, LIMIT_S)
    keyed: dict[str, str] = {}
    for field in Secret.of(row.what).fields:
        keys = await _keys(flow, field, () if keyed else ("keying.begin",), end)
        if not keys:
            return stopped(Why.TIMED_OUT)
        keyed[field.name] = keys
    return await _compared(flow, row.what, keyed)


async def _keys(flow: Flow, field: Field, words: tuple[str, ...], end: float) -> str:
    """What is keyed for one field; empty when nothing comes, or the time is over. `#` ends it, and counts for nothing
    before the first key: it may still end the field before."""
    loop = asyncio.get_running_loop()
    signal = await _question(flow, [await flow.prompt(slug) for slug in (*words, field.prompt)])
    for stray in [one for one in flow.kept if isinstance(one, Pressed)]:
        flow.kept.remove(stray)
    keys = ""
    while True:
        if signal is not None:
            await _mind(flow, signal)
        if isinstance(signal, Pressed) and signal.channel_id == flow.channel:
            if signal.key == END and keys:
                return keys
            keys += signal.key if signal.key.isdigit() else ""
            if len(keys) == field.most:
                return keys
        patience = min(KEY_S, end - loop.time())
        signal = await flow.next(patience) if patience > 0 else None
        if signal is None:
            return ""


async def _question(flow: Flow, files: list[str]) -> Signal | None:
    """Say it; the first digit ends it. A look at the row that changes nothing does not: it is said again."""
    while True:
        signal = await flow.say(*files, ends=lambda one: _is_digit(flow, one) or _is_agents(flow, one) or _is_look(one))
        if signal is None or not _is_look(signal):
            return signal
        await _mind(flow, signal)


async def _mind(flow: Flow, signal: Signal) -> None:
    """Has the agent gone, or says the row something else by now?"""
    if _is_agents(flow, signal):
        raise _AgentGone(dropped=await _is_dropped(flow, signal))
    if await waits_again(flow, signal):
        raise Turn(Step.WAITING)
    if _is_look(signal) and (step := await flow.ask(lambda: rows.step_of(flow.call))) is not Step.KEYING:
        raise Turn(step)


def _is_digit(flow: Flow, signal: Signal) -> bool:
    return isinstance(signal, Pressed) and signal.channel_id == flow.channel and signal.key != END


def _is_look(signal: Signal) -> bool:
    return isinstance(signal, Look | Offered)


def _is_agents(flow: Flow, signal: Signal) -> bool:
    if isinstance(signal, Registered):
        return not signal.is_here and signal.endpoint == browser_phone(flow.agent_no)
    return isinstance(signal, Left | Ended) and signal.channel_id == flow.agent_leg


async def _is_dropped(flow: Flow, signal: Signal) -> bool:
    """Whether the agent's device was lost; a leg that left says why a moment later."""
    while isinstance(signal, Left):
        following = await flow.next(WHY_S)
        if following is None:
            return False
        signal = following if _is_agents(flow, following) else signal
    return isinstance(signal, Registered) or (isinstance(signal, Ended) and signal.cause in DROPPED)


async def _compared(flow: Flow, what: str, keyed: dict[str, str]) -> Checked:
    """Through the same function that the menu asks."""
    call = await flow.ask(lambda: rows.fresh(flow.call))
    if what == Secret.PIN:
        keyed["case"] = await flow.ask(lambda: passes.case_no_of(call))
    question = Question(what, keyed, call, flow.language, flow.centre.now())
    found = await flow.ask(lambda: flow.centre.answers.answer(question))
    if found.answer.code == answers.MATCHES:
        return Checked(Result.MATCHES, order_no=found.order_no, proof=found.proof)
    return RESULTS.get(found.answer.code, stopped(Why.FAILED))


async def _end(flow: Flow, checked: Checked) -> None:
    log.info("call %s: what was keyed: %s", flow.call.pk, checked.result)
    await flow.ask(lambda: passes.end_check(flow.call, checked, now=flow.centre.now()))
