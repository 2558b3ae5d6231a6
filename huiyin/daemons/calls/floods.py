"""Attempts that the dialplan turned away because one number held too many lines (IN11): it counts, we write it down."""

from huiyin.adapters.asterisk.ari import Ari
from huiyin.daemons.calls.flow import Centre
from huiyin.domain.voice.actions.turning import note_refused

COUNTER = "HY_FLOOD"  # as extensions.conf names it


async def note_floods(centre: Centre) -> None:
    """Take over what has been counted since the last look. What comes in between the two requests is not counted."""
    times = await _counted(centre.ari)
    if not times:
        return
    await centre.ari.ask("POST", "asterisk/variable", variable=COUNTER, value="0")
    await centre.threads.ask(lambda: note_refused("flood", times=times, now=centre.now()))


async def _counted(ari: Ari) -> int:
    said = str((await ari.ask("GET", "asterisk/variable", variable=COUNTER)).get("value", ""))
    return int(said) if said.isascii() and said.isdigit() else 0
