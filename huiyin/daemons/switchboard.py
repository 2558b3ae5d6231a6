"""`huiyin switchboard`: carries calls. One is active, by a lock in the database; others wait for it.

It speaks to Asterisk alone; everything it knows it reads from rows and from Asterisk, so that the next one carries on
where this one was killed. While the database is away it goes on with what needs none: whoever talks talks on.
"""

import asyncio
import logging
import os
import signal
from contextlib import suppress
from pathlib import Path

import django
import psycopg

from huiyin.daemons.pulse import beat

log = logging.getLogger("huiyin.switchboard")
LONGEST_PAUSE_S = 1.0
LOCK_TIMEOUT_MS = 3000


def main(arguments: list[str]) -> int:
    """Run until SIGTERM; calls go on without us."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
    os.environ["PGOPTIONS"] = f"-c lock_timeout={LOCK_TIMEOUT_MS}"
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    for name in ("httpx", "procrastinate"):  # addresses of requests hold what callers key
        logging.getLogger(name).setLevel(logging.WARNING)
    django.setup()
    asyncio.run(_until_told())
    return 0


async def _until_told() -> None:
    loop, work = asyncio.get_running_loop(), asyncio.ensure_future(run())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    pulse = asyncio.ensure_future(_beat())
    with suppress(asyncio.CancelledError):
        await work
    pulse.cancel()


async def _beat() -> None:
    while True:
        beat()
        await asyncio.sleep(0.25)


async def run() -> None:
    """Be the switchboard whenever no other is. Trouble with Asterisk or the first look at the rows begins it again."""
    from huiyin.adapters.asterisk.ari import Trouble
    from huiyin.daemons.calls.duty import Taken

    pause = 0.1
    while True:
        try:
            await _one_shift()
            pause = 0.1
        except (psycopg.OperationalError, Trouble, Taken) as trouble:
            log.warning("%s (%s): again in %.1f s", type(trouble).__name__, str(trouble).strip(), pause)
        except Exception:  # a daemon loop: begin again from the rows
            pause = max(pause, 1.0)
            log.exception("the switchboard begins again in %.1f s", pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)


async def _one_shift() -> None:
    """With the lock and a link to Asterisk, until one of them is gone for good."""
    from huiyin.daemons.calls.duty import Duty, Place

    async with Place() as place:
        await Duty(place, Path(os.environ["HUIYIN_VOICE_DIR"])).work()
