"""HL7: who talks with a person knows that it is recorded. The notice stands in the menu, where a key or an agent who is
free cuts it short, or an operator left it out, and in no call that we make: who has not heard it to its end hears a
short one before the recording begins. Nobody hears it twice.
"""

from huiyin.daemons.calls.flow import Flow
from huiyin.domain.voice import actions as voice

SHORT = "talk.recorded"


async def tell(flow: Flow) -> None:
    """To whoever has not heard it. Commands wait until it is over."""
    if flow.notified:
        return
    flow.is_telling = True
    try:
        await flow.say(await flow.prompt(SHORT))
    finally:
        flow.is_telling = False
    await note(flow)


async def note(flow: Flow) -> None:
    """Keep that it was heard, for a switchboard that begins anew."""
    if flow.notified:
        await flow.ask(lambda: voice.notice_heard(flow.call, now=flow.centre.now()))
