"""Which phones there are in Asterisk: one in the browser and one on the desk of everybody who works here, and one for
each open ticket of a visitor. They live in Asterisk's memory; we put them there, and again after it was started anew.
"""

from collections.abc import Iterable

from huiyin.adapters.asterisk.ari import Ari, Gone
from huiyin.adapters.asterisk.configuration import Network
from huiyin.adapters.asterisk.endpoints import Piece, browser, phone, visitor
from huiyin.daemons.calls.threads import Threads
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.logins import browser_phone, desk_phone, login_of

MAKE = {"a": phone, "w": browser, "v": visitor}


class Phones:
    """What was put into this Asterisk so far."""

    def __init__(self, ari: Ari, threads: Threads, network: Network, key: bytes) -> None:
        self._ari, self._threads, self._network, self._key = ari, threads, network, key
        self._there: set[str] | None = None

    async def follow(self, visitors: Iterable[str]) -> None:
        """Put there who is missing, take away who is not one of us any more. `visitors`: names of open tickets."""
        if self._there is None:
            self._there = {name for name in await self._ari.endpoints() if name[0] in MAKE and name != "trunk"}
        wanted = await self._wanted() | set(visitors)
        for user in sorted(wanted - self._there):
            await self._put(user)
        for user in sorted(self._there - wanted):
            await self._take_away(user)

    async def _wanted(self) -> set[str]:
        numbers = await self._threads.ask(
            lambda: list(Person.objects.filter(is_active=True).values_list("agent_no", flat=True))
        )
        return {make(number) for number in numbers for make in (browser_phone, desk_phone)}

    async def _put(self, user: str) -> None:
        for piece in self._pieces(user):
            await self._ari.push(piece.kind, piece.id, piece.fields)
        assert self._there is not None
        self._there.add(user)

    async def _take_away(self, user: str) -> None:
        assert self._there is not None
        self._there.discard(user)
        for piece in reversed(self._pieces(user)):
            try:
                await self._ari.pull(piece.kind, piece.id)
            except Gone:
                continue

    def _pieces(self, user: str) -> list[Piece]:
        return MAKE[user[0]](user, login_of(user, self._key).password, self._network)
