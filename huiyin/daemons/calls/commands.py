"""What people want done to a call: claimed, done, answered. A command that cannot be done is refused with a reason,
never left without an answer.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping

from huiyin.adapters.asterisk.ari import Gone, NoContact, Trouble
from huiyin.daemons.calls import consulting, rows
from huiyin.daemons.calls.bridging import apart, change_agent, together, unmute
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.signals import Asked, Signal
from huiyin.daemons.calls.steps import Step
from huiyin.daemons.calls.supervising import BARGE, LISTEN, WHISPER, Ear, Ears
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Legs
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.commands import Verb
from huiyin.domain.voice.keyed import Secret
from huiyin.domain.voice.models import Command
from huiyin.domain.voice.passes import actions as passes
from huiyin.lib.errors import Refusal

log = logging.getLogger("huiyin.switchboard")
Doing = Callable[[Flow, Command], Awaitable[None]]


async def obey(flow: Flow, asked: Asked) -> None:
    """Do what is asked and say what became of it."""
    command = await flow.ask(lambda: rows.claim(asked.command_id, flow.centre.now()))
    if command is None:
        return
    reason = await _done(flow, command)
    log.info("call %s: %s asked for by %s: %s", flow.call.pk, command.verb, command.person.agent_no, reason or "done")
    await flow.ask(lambda: voice.answer_command(command, reason, now=flow.centre.now()))


async def _done(flow: Flow, command: Command) -> str:
    """Empty when it is done, else why it is not."""
    try:
        await DO[Verb(command.verb)](flow, command)
    except Refusal as no:
        return no.code
    except (Gone, NoContact):
        return "gone"
    except Trouble:
        return "line_trouble"
    except Exception:  # a loop of the daemon: whoever asked gets an answer, the call goes on
        log.exception("call %s: %s failed", flow.call.pk, command.verb)
        return "failed"
    return ""


async def aside(flow: Flow, signal: Signal) -> bool:
    """Signals about somebody who only takes part in a call."""
    if flow.ears is not None and (ear := await flow.ears.heard(flow, signal)) is not None:
        if ear.takes_over:
            await _takes_over_now(flow, ear)
        return True
    return await consulting.heard(flow, signal)


async def _hold(flow: Flow, command: Command) -> None:
    consulting.refuse_while_asking(flow)
    await flow.ask(lambda: voice.hold(flow.call, now=flow.centre.now()))
    await apart(flow)


async def _unhold(flow: Flow, command: Command) -> None:
    consulting.refuse_while_asking(flow)
    await flow.ask(lambda: voice.unhold(flow.call, now=flow.centre.now()))
    await together(flow)


async def _mute(flow: Flow, command: Command) -> None:
    await flow.ask(lambda: voice.mute(flow.call, muted=True, now=flow.centre.now()))  # the row first: it may refuse
    await flow.ari.mute(flow.agent_leg, on=True)


async def _unmute(flow: Flow, command: Command) -> None:
    await unmute(flow)


async def _keypad(flow: Flow, command: Command) -> None:
    await flow.ari.press(flow.channel, str(command.params["keys"]))


async def _transfer(flow: Flow, command: Command) -> None:
    if command.params.get("warm"):
        person = await flow.ask(lambda: rows.person_to(command.params["to"]))
        await consulting.begin(flow, command, person)
        return
    await flow.ask(lambda: rows.hand_over(flow.call, command, flow.centre.now()))
    flow.turn_to(await consulting.handed_on(flow))


async def _complete(flow: Flow, command: Command) -> None:
    await consulting.complete(flow)
    flow.turn_to(Step.TALKING)


async def _cancel(flow: Flow, command: Command) -> None:
    if flow.step is Step.KEYING:
        flow.turn_to(Step.TALKING)
        return
    await consulting.cancel(flow)


async def _secret(flow: Flow, command: Command) -> None:
    consulting.refuse_while_asking(flow)
    what, now = Secret.of(command.params.get("what")), flow.centre.now()
    await flow.ask(lambda: passes.begin_check(flow.call, what, by=command.by, now=now))
    if flow.step is not Step.KEYING:  # asked for twice: the buyer keys already
        flow.turn_to(Step.KEYING)


async def _hang_up(flow: Flow, command: Command) -> None:
    if flow.agent_leg:
        await flow.ari.hang_up(flow.agent_leg)  # what follows is as if the agent had done so
        return
    await flow.ask(lambda: rows.hung_up(flow.call, Who.AGENT, 16, flow.centre.now()))
    flow.turn_to(await flow.ask(lambda: rows.step_of(flow.call)))


async def _ear(flow: Flow, command: Command) -> None:
    flow.ears = flow.ears or Ears()
    await flow.ears.hang(flow, command.person, MODES[Verb(command.verb)])


async def _stop(flow: Flow, command: Command) -> None:
    if flow.ears is None:
        raise Refusal("not_listening")
    await flow.ears.stop(flow, command.person.agent_no)


async def _take_over(flow: Flow, command: Command) -> None:
    await flow.ask(lambda: rows.refuse_untalkable(flow.call))
    flow.ears = flow.ears or Ears()
    ear = await flow.ears.hang(flow, command.person, BARGE)
    ear.takes_over = True
    if ear.leg:
        await _becomes_agent(flow, command.person)


async def _becomes_agent(flow: Flow, person: Person) -> None:
    """Whoever took part has the call now; who had it is out of it."""
    assert flow.ears is not None
    leg = flow.ears.all[person.agent_no].leg
    legs = Legs(leg, flow.name("talk"))
    await flow.ask(lambda: rows.talking_again(flow.call, person, legs, flow.centre.now()))
    await flow.ears.stop(flow, person.agent_no, keep_leg=True)
    await consulting.forget(flow)
    await change_agent(flow, leg, person)
    flow.turn_to(Step.TALKING)


async def _takes_over_now(flow: Flow, ear: Ear) -> None:
    """They have answered; the call may have gone on meanwhile."""
    try:
        await _becomes_agent(flow, ear.person)
    except Refusal as no:
        log.info("call %s: not taken over (%s)", flow.call.pk, no.code)
        assert flow.ears is not None
        await flow.ears.leaves(flow, ear)


async def _not_now(flow: Flow, command: Command) -> None:
    raise Refusal("call_not_now")


MODES: Mapping[Verb, str] = {Verb.LISTEN: LISTEN, Verb.WHISPER: WHISPER, Verb.BARGE: BARGE}
DO: Mapping[Verb, Doing] = {
    Verb.HOLD: _hold, Verb.UNHOLD: _unhold, Verb.MUTE: _mute, Verb.UNMUTE: _unmute, Verb.KEYPAD: _keypad,
    Verb.TRANSFER: _transfer, Verb.COMPLETE: _complete, Verb.CANCEL: _cancel, Verb.HANG_UP: _hang_up,
    Verb.LISTEN: _ear, Verb.WHISPER: _ear, Verb.BARGE: _ear, Verb.TAKE_OVER: _take_over, Verb.STOP: _stop,
    Verb.DIAL: _not_now, Verb.SECRET: _secret,
}  # fmt: skip
