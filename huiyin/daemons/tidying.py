"""When the memory of a web process is searched for what nobody holds any more.

By itself Python searches all of it whenever a quarter has been added: with 2 000 streams that took 150 ms, every five
to twelve seconds at 200 messages a second, and meanwhile nothing moves (measured; most of the slowest hundredth).
Nearly all of it is there from the start or belongs to open streams. So what is there at the start is never searched
again, what is young is searched as ever, and all the rest every five minutes.
"""

import asyncio
import gc

YOUNG, MIDDLE = 5_000, 10  # new objects, and searches of the young, before one that goes further
NEVER = 1_000_000_000
EVERY_S = 300.0


def begin() -> None:
    """What is there now stays: call it when the program has started. From here on `keep` searches everything."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


async def keep(every: float = EVERY_S) -> None:
    """Search everything that came since `begin`, every so many seconds."""
    while True:
        await asyncio.sleep(every)
        gc.collect()
