"""The sentences that scenarios are written in, each with what it does or checks.

A sentence is found by its pattern, and there is exactly one for each. People are named as in the scenario; agents by
their numbers. What is heard counts from the moment the listener last did something.
"""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.voice.matching import ENOUGH, share_heard
from tests.voice.parties import DidNotHappen
from tests.voice.stage import Stage
from tests.voice.tones import OTHER, SILENCE, channels_of, samples_so_far, timeline

Sentence = Callable[..., None]
_SENTENCES: list[tuple[re.Pattern[str], Sentence]] = []
COMMAND_S = 0.3  # within which a command is answered
HEARD_S = 8.0  # a prompt is rarely longer


def says(pattern: str) -> Callable[[Sentence], Sentence]:
    """This function carries out sentences of this pattern."""

    def kept(sentence: Sentence) -> Sentence:
        _SENTENCES.append((re.compile(pattern), sentence))
        return sentence

    return kept


def carry_out(stage: Stage, sentence: str) -> None:
    """Raises AssertionError where it is not so, LookupError where nobody understands it."""
    found = [(does, match) for pattern, does in _SENTENCES if (match := pattern.fullmatch(sentence))]
    if len(found) != 1:
        raise LookupError(f"{len(found)} meanings of: {sentence}")
    does, match = found[0]
    does(stage, **match.groupdict())


# --- what people do


@says(r"(?P<who>\w+) calls (?P<line>\w+)")
def calls(stage: Stage, who: str, line: str) -> None:
    stage[who].acts().calls(stage.centre.uri(line))


@says(r"(?P<who>\w+) presses (?P<keys>[0-9*#]+)")
def presses(stage: Stage, who: str, keys: str) -> None:
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


@says(r"(?P<who>\w+) is (?P<state>available|busy|break|offline)")
def presence(stage: Stage, who: str, state: str) -> None:
    stage.centre.says(stage[who].agent_no, state)


@says(r"(?P<process>\w+) is killed")
def killed(stage: Stage, process: str) -> None:
    stage.centre.kill(process)


@says(r"(?P<who>\w+) asks to (?P<verb>\w+) the call of (?P<caller>\w+)(?: with (?P<params>\{.*\}))?")
def commands(stage: Stage, who: str, verb: str, caller: str, params: str | None) -> None:
    """A command is done in time, as whoever asked sees it."""
    begun = time.perf_counter()
    told = ask(stage, who, verb, caller, json.loads(params or "{}"))
    assert told["state"] == "done", told
    assert time.perf_counter() - begun < COMMAND_S, told


@says(r"(?P<who>\w+) may not (?P<verb>\w+) the call of (?P<caller>\w+)")
def may_not(stage: Stage, who: str, verb: str, caller: str) -> None:
    assert "not" in ask(stage, who, verb, caller, {}).get("reason", ""), verb


def ask(stage: Stage, who: str, verb: str, caller: str, params: dict[str, Any]) -> dict[str, Any]:
    """The command's row once it is answered."""
    body = {"verb": verb, **params}
    agent = stage.centre.agent(stage[who].agent_no)
    told: dict[str, Any] = agent.call("POST", f"/calls/{stage.number_of(caller)}/commands", body)
    return told


# --- what they notice


@says(r"(?P<who>\w+) is connected")
def is_connected(stage: Stage, who: str) -> None:
    player = stage[who]
    player.phone.happens("state", since=player.seen, state="CONFIRMED")


@says(r"(?P<who>\w+) rings(?: within (?P<within>\d+) s)?")
def rings(stage: Stage, who: str, within: str | None) -> None:
    player = stage[who]
    player.phone.rings(since=player.seen, within=float(within or 12))


@says(r"(?P<who>\w+) does not ring for (?P<seconds>\d+) s")
def does_not_ring(stage: Stage, who: str, seconds: str) -> None:
    player = stage[who]
    try:
        player.phone.rings(since=player.seen, within=float(seconds))
    except DidNotHappen:
        return
    raise AssertionError(f"{who} rings")


@says(r"(?P<who>\w+) is cut off")
def is_cut_off(stage: Stage, who: str) -> None:
    player = stage[who]
    player.phone.is_cut_off(since=player.seen)


@says(r"(?P<who>\w+) hears (?P<other>\w+)(?: within (?P<within>\d+) s)?")
def hears(stage: Stage, who: str, other: str, within: str | None) -> None:
    """Another person, or speech, music or silence."""
    sound: str | int = {"speech": OTHER, "music": OTHER, "silence": SILENCE}.get(other) or stage[other].phone.tone
    phone = stage[who].phone
    phone.hears(sound, since=phone.listened(), within=float(within or 12))


@says(r"(?P<who>\w+) does not hear (?P<other>\w+)")
def does_not_hear(stage: Stage, who: str, other: str) -> None:
    phone = stage[who].phone
    phone.hears_no(stage[other].phone.tone, since=phone.listened() + 0.4)  # what is under way


@says(r"(?P<one>\w+) and (?P<other>\w+) hear each other")
def hear_each_other(stage: Stage, one: str, other: str) -> None:
    hears(stage, one, other, None)
    hears(stage, other, one, None)


@says(r"(?P<who>\w+) is told (?P<slug>[\w.-]+)(?: (?P<values>\{.*\}))?")
def is_told(stage: Stage, who: str, slug: str, values: str | None) -> None:
    """This prompt was spoken since they last did something, found by its sound."""
    player, best = stage[who], 0.0
    wanted = [one for path in prompts(stage, slug, json.loads(values or "{}")) for one in channels_of(path)]
    end = time.monotonic() + HEARD_S + max(len(one) for one in wanted) / 8000
    while time.monotonic() < end:
        heard = samples_so_far(player.phone.directory / "heard.wav")[int(player.since * 8000) :]
        best = max(best, *(share_heard(heard, one) for one in wanted))
        if best >= ENOUGH:
            return
        time.sleep(0.2)
    raise AssertionError(f"{who} was not told {slug}: {best:.2f} of it; {player.phone.heard()}")


def prompts(stage: Stage, slug: str, values: dict[str, Any]) -> list[Path]:
    """The sound of this prompt."""
    raise NotImplementedError


# --- what is on record


@says(r"the call of (?P<who>\w+) is (?P<state>\w+)(?: with (?P<facts>\{.*\}))?(?: within (?P<within>\d+) s)?")
def the_call_is(stage: Stage, who: str, state: str, facts: str | None, within: str | None) -> None:
    wanted = {"state": state, **json.loads(facts or "{}")}
    seen: dict[str, Any] = {}

    def so() -> bool | None:
        seen.update(stage.call_of(who))
        return all(seen.get(name) == value for name, value in wanted.items()) or None

    try:
        stage.centre.until(so, f"call that is {wanted}", float(within or 12))
    except AssertionError as no:
        raise AssertionError(f"{no}; it is {seen}") from None


@says(r"the recording of (?P<who>\w+) holds (?P<one>\w+) and (?P<other>\w+)")
def recording_holds(stage: Stage, who: str, one: str, other: str) -> None:
    """Both sides, each in a channel of its own or both in one."""
    path = Path(recording_of(stage, who))
    tones = (stage[one].phone.tone, stage[other].phone.tone)
    heard = [timeline(channel, tones) for channel in channels_of(path)]
    for tone in tones:
        assert max(line.seconds(tone) for line in heard) > 0.5, [str(line) for line in heard]


def recording_of(stage: Stage, who: str) -> str:
    raise NotImplementedError
