"""Sentences for what the rows and the recordings must say afterwards."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.voice.sentences import says
from tests.voice.stage import Stage
from tests.voice.tones import channels_of_talk, timeline

HEARD_AT_LEAST_S = 0.5  # in a recording


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


@says(r"the recording of (?P<who>\w+) holds (?P<one>\w+) and (?P<other>\w+)(?: flagged (?P<flags>[\w,]+))?")
def recording_holds(stage: Stage, who: str, one: str, other: str, flags: str | None) -> None:
    """Both sides, the buyer's left, the other's right, over all files of the call; each hashed."""
    heard: dict[int, dict[int, float]] = {0: {}, 1: {}}
    tones = (stage[one].phone.tone, stage[other].phone.tone)
    for path, told in recordings_of(stage, who):
        assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), told
        assert set(told["flags"]) == set(flags.split(",") if flags else []), told
        for number, channel in enumerate(channels_of_talk(path)):
            line = timeline(channel, tones)
            heard[number] = {tone: heard[number].get(tone, 0.0) + line.seconds(tone) for tone in tones}
    assert heard[0][tones[0]] > HEARD_AT_LEAST_S, heard
    assert heard[1][tones[1]] > HEARD_AT_LEAST_S, heard


def recordings_of(stage: Stage, who: str) -> list[tuple[Path, dict[str, Any]]]:
    """The files of a call with their rows, as soon as all are closed."""

    def closed() -> list[tuple[Any, ...]] | None:
        rows = stage.centre.rows(
            "SELECT path, recording.state, sha256, flags, seconds FROM voice_recording AS recording"
            " JOIN voice_call AS call ON call.id = recording.call_id"
            " JOIN journal_matter AS matter ON matter.id = call.matter_id WHERE matter.no = %s ORDER BY recording.id",
            stage.number_of(who),
        )
        return rows if rows and all(row[1] != "open" for row in rows) else None

    rows = stage.centre.until(closed, f"closed recording of {who}")
    folder = stage.centre.var / "voice" / "recordings"
    return [(folder / row[0], {"sha256": row[2], "flags": row[3], "seconds": row[4]}) for row in rows]


@says(r"(?P<who>\w+)'s contact is (?P<fate>\w+)")
def contact_is(stage: Stage, who: str, fate: str) -> None:
    """CP15: exactly one fate."""

    def so() -> bool | None:
        rows = stage.centre.rows(
            "SELECT fate FROM contacts_contact AS contact JOIN voice_call AS call ON call.contact_id = contact.id"
            " JOIN journal_matter AS matter ON matter.id = call.matter_id WHERE matter.no = %s",
            stage.number_of(who),
        )
        return rows == [(fate,)] or None

    stage.centre.until(so, f"contact that is {fate}")


@says(r"(?P<who>\w+) waits before (?P<other>\w+)")
def waits_before(stage: Stage, who: str, other: str) -> None:
    """In the queue, by what the queue's order goes by."""
    rows = stage.centre.rows(
        "SELECT call.caller FROM routing_item AS item JOIN voice_call AS call ON call.talk_id = item.matter_id"
        " WHERE item.state = 'waiting' ORDER BY item.due_at"
    )
    order = [row[0][-11:] for row in rows]
    assert order.index(stage[who].number) < order.index(stage[other].number), order
