"""The stage of one scenario: who plays in it, with which phone and tone, and what they said last."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import SystemRandom
from typing import Any

import httpx

from huiyin.domain.journal.nudges import CHANNEL
from tests.voice.centre import Centre
from tests.voice.parties import TONES, Party, parties

CLOSED = [{"days": "all", "from": "04:59", "to": "05:00"}]  # open for one minute, in the night
_MOST = "UPDATE routing_queue SET most_waiting = %s WHERE slug = %s RETURNING slug"
_HOURS = "UPDATE routing_queue SET hours = %s WHERE slug = %s RETURNING slug"
_SKILL = """
WITH learned AS (
    INSERT INTO routing_skill (person_id, skill, level) SELECT id, %s, 5 FROM staff_person WHERE agent_no = %s
    ON CONFLICT DO NOTHING RETURNING person_id
) SELECT pg_notify(%s, 'router:a' || person_id) FROM learned
"""
_LIVE = "SELECT 1 FROM voice_call WHERE state <> 'ended' AND caller LIKE ANY (%s)"
_ASKED = "SELECT 1 FROM routing_item WHERE state = 'offered' AND kind <> 'case'"
# Whoever waits to be called back would ring in the next scenario.
_NOBODY_WAITS = """
WITH gone AS (
    UPDATE routing_item SET state = 'left' WHERE state = 'waiting' AND kind <> 'case' RETURNING id
), dropped AS (
    UPDATE voice_callback SET state = 'dropped', why = 'end_of_scenario', ended_at = now() WHERE state = 'open'
) SELECT pg_notify(%s, 'router:i' || id) FROM gone
"""
CALLER_TONES, AGENT_TONES = TONES[:3], TONES[3:]


@dataclass
class Player:
    """Somebody with a phone. Agents are called by their numbers."""

    name: str
    phone: Party
    number: str = ""  # a caller's telephone
    agent_no: str = ""
    since: float = 0.0  # seconds of sound when they last did something
    seen: int = 0  # events when they last did something

    def acts(self) -> Party:
        """What is heard and happens from now on is an answer to this."""
        self.since, self.seen = self.phone.listened(), len(self.phone.events)
        return self.phone


@dataclass
class Stage:
    """Everybody, and what is known about their calls."""

    centre: Centre
    players: dict[str, Player] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    full: list[tuple[int, str]] = field(default_factory=list)  # how many may wait there usually

    def __getitem__(self, name: str) -> Player:
        return self.players[name]

    def call_of(self, name: str) -> dict[str, Any]:
        """A caller's call as the API tells it; an agent's: the one they have now."""
        return self.centre.call(self.number_of(name))

    def close(self, queue: str) -> None:
        """This queue, until the end of the scenario."""
        self.centre.rows(_HOURS, json.dumps(CLOSED), queue)
        self.closed.append(queue)

    def fill(self, queue: str) -> None:
        """Nobody more may wait in this queue, until the end of the scenario."""
        rows = self.centre.rows("SELECT most_waiting FROM routing_queue WHERE slug = %s", queue)
        self.full.append((rows[0][0], queue))
        self.centre.rows(_MOST, 0, queue)

    def teach(self, agent_no: str, skill: str) -> None:
        """This agent knows it as well as anybody."""
        self.centre.rows(_SKILL, skill, agent_no, CHANNEL)

    def order(self, situation: str) -> dict[str, Any]:
        """A new order at the demo shop, in this situation."""
        shop = self.centre.running.ready["demo_shop"]["url"]
        said = httpx.post(f"{shop}/demo/orders", json={"situation": situation}, trust_env=False).raise_for_status()
        made: dict[str, Any] = said.json()[0]
        return made

    def complaint(self) -> dict[str, Any]:
        """A new complaint, with its number and PIN."""
        body = {"contact": {"phone": _new_number()}, "what_happened": "没收到卡密", "demand": {"text": "请补发"}}
        ready = self.centre.running.ready
        headers = {"Authorization": f"Bearer {ready['api_key']}"}
        said = httpx.post(f"{ready['url']}/api/v1/complaints", json=body, headers=headers, trust_env=False, timeout=20)
        filed: dict[str, Any] = said.raise_for_status().json()
        return filed

    def number_of(self, name: str) -> str:
        return self.centre.number_of(self[name].number)


@contextlib.contextmanager
def stage(centre: Centre, directory: Path, callers: list[str], agents: list[str]) -> Iterator[Stage]:
    """A stage with these callers and agents, each with a phone that is ready; agents' are registered."""
    with parties(directory) as make:
        played = Stage(centre)
        if centre.network is not None:
            played.players["network"] = Player("network", centre.network)
            played["network"].acts()
        for name, tone in zip(callers, CALLER_TONES, strict=False):
            player = Player(name, make(name, tone), number=_new_number())
            player.phone.opens(f"sip:{player.number}@127.0.0.1")
            played.players[name] = player
        for agent_no, tone in zip(agents, AGENT_TONES, strict=False):
            player = Player(agent_no, make(agent_no, tone), agent_no=agent_no)
            login = centre.login(f"a{agent_no}")
            assert player.phone.registers(login.user, login.password, centre.port) == 200, player.phone.events
            played.players[agent_no] = player
        try:
            yield played
        finally:
            for player in played.players.values():
                player.phone.hangs_up()
            for most, queue in played.full:
                centre.rows(_MOST, most, queue)
            for queue in played.closed:
                centre.rows(_HOURS, "[]", queue)
            numbers = [f"%{player.number}" for player in played.players.values() if player.number]
            centre.until(lambda: not centre.rows(_LIVE, numbers) or None, "end of all calls", 20.0)
            for player in played.players.values():
                if player.agent_no:
                    _leave(centre, player.agent_no)
            centre.until(lambda: not centre.rows(_ASKED) or None, "end of all offers")
            centre.rows(_NOBODY_WAITS, CHANNEL)


def _leave(centre: Centre, agent_no: str) -> None:
    """Finish what is in hand and go: the next scenario begins with free hands."""
    agent = centre.agent(agent_no)
    in_hand = [one["id"] for one in agent.call("GET", "/agents/me")["in_hand"] if one["kind"] != "case"]
    for no in in_hand:
        agent.wraps_up(no)
    centre.says(agent_no, "break")


def digits_of(number: str) -> str:
    """What of a number is keyed."""
    return "".join(one for one in number if one.isdigit())


_numbers = count(SystemRandom().randrange(10_000_000, 80_000_000))


def _new_number() -> str:
    """A mobile number that nobody has used: limits count by number."""
    return f"138{next(_numbers)}"
