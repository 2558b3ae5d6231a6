"""Sentences for what people do, and for what happens to the centre."""

import json
import os
import signal
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from huiyin.domain.voice.logins import desk_phone
from tests.journeys.agent import Refused
from tests.voice.parties import STRANGER_HZ
from tests.voice.sentences import says
from tests.voice.stage import Stage, digits_of
from tests.voice.tones import OTHER

KEYED: Mapping[str, Callable[[dict[str, Any]], str]] = {
    "bill": lambda notes: str(notes["bill_no"])[-8:],
    "amount": lambda notes: str(int(Decimal(notes["amount"]) * 100)),
    "case": lambda notes: digits_of(notes["complaint"]["case_no"]),
    "secret": lambda notes: str(notes["complaint"]["secret"]),
}
COMMAND_S = 2.0  # 0.3 is the aim; these tests share a machine with others


@says(r"(?P<who>\w+) calls (?P<line>\w+)")
def calls(stage: Stage, who: str, line: str) -> None:
    stage[who].acts().calls(stage.centre.uri(line))


@says(r"(?P<who>\w+) presses (?P<keys>[0-9*#]+)")
def presses(stage: Stage, who: str, keys: str) -> None:
    """Nobody presses before they hear anything."""
    stage[who].phone.hears(OTHER, since=stage[who].since, seconds=0.2)
    stage[who].acts().presses(keys)


@says(r"(?P<who>\w+) answers")
def answers(stage: Stage, who: str) -> None:
    stage[who].acts().answers()


@says(r"(?P<who>\w+) refuses with (?P<code>\d{3})")
def refuses(stage: Stage, who: str, code: str) -> None:
    stage[who].acts().answers(int(code))


@says(r"(?P<who>\w+) hangs up")
def hangs_up(stage: Stage, who: str) -> None:
    stage[who].acts().hangs_up()


@says(r"(?P<who>\w+) says nothing")
def says_nothing(stage: Stage, who: str) -> None:
    stage[who].phone.speaks(0)


@says(r"(?P<who>\w+) speaks again")
def speaks_again(stage: Stage, who: str) -> None:
    stage[who].phone.speaks(stage[who].phone.tone)


@says(r"(?P<who>\w+) is (?P<state>available|busy|break|offline)")
def presence(stage: Stage, who: str, state: str) -> None:
    stage.centre.says(stage[who].agent_no, state)


@says(r"(?P<process>\w+) is killed")
def killed(stage: Stage, process: str) -> None:
    stage.centre.kill(process)


@says(r"(?P<process>\w+) is stopped")
def stopped(stage: Stage, process: str) -> None:
    """It sees and does nothing more, and is there: until it is killed."""
    os.kill(stage.centre.process(process), signal.SIGSTOP)


@says(r"(?P<who>\w+) hangs up unseen")
def hangs_up_unseen(stage: Stage, who: str) -> None:
    """While nobody looks after calls: Asterisk alone knows."""
    stage[who].acts().hangs_up()
    leg = f".{desk_phone(stage[who].agent_no)}"

    def gone() -> bool | None:
        return not [one for one in stage.centre.ari("channels") if one["id"].endswith(leg)] or None

    stage.centre.until(gone, f"end of {leg}")


@says(r"(?P<who>\w+) asks to (?P<verb>\w+) the call of (?P<caller>\w+)(?: with (?P<params>\{.*\}))?")
def commands(stage: Stage, who: str, verb: str, caller: str, params: str | None) -> None:
    """It is done, and in time by the clock of the rows."""
    told = ask(stage, who, verb, caller, json.loads(params or "{}"))
    assert told["state"] == "done", told
    took = datetime.fromisoformat(told["answered_at"]) - datetime.fromisoformat(told["asked_at"])
    stage.notes.setdefault("commands", []).append((verb, took.total_seconds()))
    assert took.total_seconds() < COMMAND_S, told


@says(r"(?P<who>\w+) hands the conversation of (?P<caller>\w+) to (?P<to>[\w:]+)")
def hands_over(stage: Stage, who: str, caller: str, to: str) -> None:
    """By the page of the talk, not by a command of the call."""
    told = {"to": to, "summary": "please"}
    stage.centre.agent(stage[who].agent_no).call("POST", f"/conversations/{stage.number_of(caller)}/hand-over", told)


@says(r"(?P<who>\w+) may not (?P<verb>\w+) the call of (?P<caller>\w+)")
def may_not(stage: Stage, who: str, verb: str, caller: str) -> None:
    try:
        told = ask(stage, who, verb, caller, {})
    except Refused as no:
        assert no.args[0] in {403, 404, 409, 422}, no
        return
    assert told["state"] == "refused", told


def ask(stage: Stage, who: str, verb: str, caller: str, params: dict[str, Any]) -> dict[str, Any]:
    """The command once it is answered. Raises Refused where it may not even be asked."""
    no, agent = stage.number_of(caller), stage.centre.agent(stage[who].agent_no)
    asked = agent.call("POST", f"/calls/{no}/commands", {"verb": verb, **params})["id"]

    def answered() -> dict[str, Any] | None:
        told: list[dict[str, Any]] = stage.centre.call(no)["commands"]
        return next((one for one in told if one["id"] == asked and one["state"] in {"done", "refused"}), None)

    return stage.centre.until(answered, f"answer to {verb}")


@says(r"the (?P<queue>\w+) queue is closed")
def queue_is_closed(stage: Stage, queue: str) -> None:
    """Now; it opens again after the scenario."""
    stage.close(queue)


@says(r"the (?P<queue>\w+) queue is full")
def queue_is_full(stage: Stage, queue: str) -> None:
    """Now; it has room again after the scenario."""
    stage.fill(queue)


@says(r"(?P<who>\w+) knows (?P<skill>\w+)")
def knows(stage: Stage, who: str, skill: str) -> None:
    stage.teach(stage[who].agent_no, skill)


@says(r"there is an order (?P<situation>\w+)")
def there_is_an_order(stage: Stage, situation: str) -> None:
    stage.notes |= stage.order(situation)


@says(r"there is a complaint")
def there_is_a_complaint(stage: Stage) -> None:
    stage.notes["complaint"] = stage.complaint()


@says(r"(?P<who>\w+) presses the (?P<what>bill|amount|case|secret)")
def presses_the(stage: Stage, who: str, what: str) -> None:
    """Of the order: the end of its bill, then the amount in fen; of the complaint its number and PIN. # after each,
    though only the amount needs it."""
    stage[who].phone.hears(OTHER, since=stage[who].since, seconds=0.2)
    stage[who].acts().presses(KEYED[what](stage.notes) + "#")


@says(r"they talk for (?P<seconds>\d+) s")
def they_talk(stage: Stage, seconds: str) -> None:
    """Until somebody has heard so much more."""
    phone = next(one.phone for name, one in stage.players.items() if name != "network")  # that one hears nothing yet
    phone.hears_no(STRANGER_HZ, since=phone.listened(), seconds=float(seconds))


@says(r"(?P<who>\w+) takes the call-back of (?P<caller>\w+)")
def takes_the_callback(stage: Stage, who: str, caller: str) -> None:
    """The offer on their screen, by a click."""
    agent = stage.centre.agent(stage[who].agent_no)

    def offer() -> dict[str, Any] | None:
        found = [one for one in agent.call("GET", "/offers")["offers"] if one["kind"] == "callback"]
        return found[0] if found else None

    agent.call("POST", f"/offers/{stage.centre.until(offer, 'call-back offer')['id']}/accept")


@says(r"(?P<who>\w+) is done with the call of (?P<caller>\w+)")
def is_done(stage: Stage, who: str, caller: str) -> None:
    """Wrapped up, with the number and what came of it."""
    no, agent = stage.number_of(caller), stage.centre.agent(stage[who].agent_no)

    def ended() -> bool | None:
        try:
            agent.wraps_up(no)
        except Refused:
            return None
        return True

    stage.centre.until(ended, f"end of {no}")
