"""Sentences for what people hear and what their phones do."""

import json
import time
from typing import Any

from huiyin.adapters.speech.prompts import SLOW, Prompts, text
from tests.voice.matching import ENOUGH, share_heard
from tests.voice.parties import TONES, DidNotHappen
from tests.voice.sentences import says
from tests.voice.stage import Stage, digits_of
from tests.voice.tones import OTHER, RATE, SILENCE, channels_of, samples_so_far

HEARD_S = 25.0  # after which a prompt has begun: others are spoken before it
BEGINNING_S = 4.0  # so much of a prompt tells it from others
_TOLD = r"(?P<who>\w+) is told (?P<slug>[\w.]+)(?P<slowly> slowly)?"


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


@says(_TOLD + r"(?: in (?P<language>[\w-]+))?(?: with (?P<values>\{.*\}))?")
def is_told(stage: Stage, who: str, slug: str, slowly: str | None, language: str | None, values: str | None) -> None:
    """This prompt was spoken since they last did something, found by its sound."""
    player, best = stage[who], 0.0
    speech = (language or "zh-hans") + (SLOW if slowly else "")
    path = Prompts(stage.centre.var / "voice" / "sounds").path(slug, speech, **json.loads(values or "{}"))
    wanted = channels_of(path)[0][: int(BEGINNING_S * RATE)]
    end = time.monotonic() + HEARD_S + len(wanted) / RATE
    while time.monotonic() < end:
        heard = samples_so_far(player.phone.directory / "heard.wav")[int(player.since * RATE) :]
        best = max(best, share_heard(heard, wanted, TONES))
        if best >= ENOUGH:
            return
        time.sleep(0.2)
    raise AssertionError(f"{who} was not told {slug}: {best:.2f} of it; {player.phone.heard()}")


@says(r"(?P<who>\w+) is told how long it may take")
def is_told_wait(stage: Stage, who: str) -> None:
    """As long as the row says."""
    seconds = stage.centre.until(lambda: stage.call_of(who)["place"]["expected_wait_s"], "a wait that is known")
    is_told(stage, who, "queue.wait", None, None, json.dumps({"minutes": max(1, -(-seconds // 60))}))


@says(r"(?P<who>\w+) is told how the complaint stands")
def is_told_case(stage: Stage, who: str) -> None:
    values = {"number": digits_of(stage.notes["complaint"]["case_no"]), "state": text("state.open", "zh-hans")}
    is_told(stage, who, "case.status", None, None, json.dumps(values))


@says(r"(?P<who>\w+) is told their level and points")
def is_told_points(stage: Stage, who: str) -> None:
    """Of the order that there is, as the shop said them when it was proven."""

    def member() -> dict[str, Any] | None:
        asked = "SELECT snapshot->'buyer' FROM orders_order WHERE order_no = %s"
        rows = stage.centre.rows(asked, stage.notes["order_no"])
        return rows[0][0] if rows else None

    known = stage.centre.until(member, "order that was proven")
    values = {"tier": text(f"level.{known['tier']}", "zh-hans"), "points": known["points"]}
    is_told(stage, who, "member.points", None, None, json.dumps(values))
