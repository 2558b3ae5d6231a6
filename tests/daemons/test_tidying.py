"""The memory of a web process is searched seldom, but it is searched."""

import asyncio
import subprocess
import sys
import weakref

from huiyin.daemons.tidying import keep

ASKED = """
import gc
from huiyin.daemons import tidying
tidying.begin()
print(gc.get_freeze_count() > 1_000, gc.isenabled(), *gc.get_threshold())
"""


class Ring:
    """Holds itself."""

    def __init__(self) -> None:
        self.me = self


def test_ch6_what_is_there_at_the_start_is_not_searched_again() -> None:
    said = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.split() == ["True", "True", "5000", "10", "1000000000"]


def test_ch6_what_nobody_holds_goes_in_the_end() -> None:
    async def until_it_is_gone(ring: "weakref.ref[Ring]") -> None:
        keeping = asyncio.create_task(keep(0.01))
        async with asyncio.timeout(20):
            while ring() is not None:
                await asyncio.sleep(0.01)
        keeping.cancel()

    asyncio.run(until_it_is_gone(weakref.ref(Ring())))
