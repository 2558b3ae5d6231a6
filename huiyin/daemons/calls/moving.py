"""HL16: whoever waits goes on in writing, in the same place.

A telephone gets a link by SMS, and goes on waiting until it is opened; a caller from our page is moved at once, because
the page has the chat. Either way the row says it, and the call ends with words about it.
"""

import logging
from collections.abc import Callable

from huiyin.adapters.asterisk.events import Pressed
from huiyin.daemons.calls.farewell import goodbye
from huiyin.daemons.calls.flow import Flow
from huiyin.daemons.calls.signals import Checked, Signal
from huiyin.daemons.calls.steps import Step
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.calls import Via
from huiyin.domain.voice.passes import actions as passes
from huiyin.lib.errors import Refusal

log = logging.getLogger("huiyin.switchboard")
CHAT_KEY = "3"


async def offer_of(flow: Flow) -> str:
    """The sentence that offers it, or empty where it is not possible: no page, and no number that gets a message."""
    if flow.call.via == Via.WEB:
        return "queue.offer_page"
    return "queue.offer_link" if passes.can_be_texted(flow.call) else ""


async def to_chat(flow: Flow, ends: Callable[[Signal], bool]) -> Signal | None:
    """The caller wants it. What ended the words about it: an offer, a key, or that the row says something else now."""
    if not await offer_of(flow):
        return None
    try:
        if flow.call.via == Via.WEB:
            await flow.ask(lambda: voice.change_to_chat(flow.call, now=flow.centre.now()))
            return Checked()
        await flow.ask(lambda: passes.send_chat_link(flow.call, now=flow.centre.now()))
    except Refusal as no:
        log.info("call %s: not into the chat (%s)", flow.call.pk, no.code)
        return await flow.say(await flow.prompt("chat.refused"), ends=ends)
    return await flow.say(await flow.prompt("chat.sent"), ends=ends)


async def moved(flow: Flow) -> Step | None:
    """They wait in the chat now: say so, and hang up. A key is enough of it."""
    await flow.music(on=False)
    await flow.say(await flow.prompt("chat.changed"), ends=lambda signal: isinstance(signal, Pressed))
    return await goodbye(flow)
