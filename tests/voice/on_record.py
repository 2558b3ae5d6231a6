"""Sentences for what the rows and the recordings must say afterwards."""

import contextlib
import hashlib
import json
from array import array
from pathlib import Path
from typing import Any

from tests.voice.centre import LEAD
from tests.voice.sentences import says
from tests.voice.stage import Stage
from tests.voice.tones import HEADER, Timeline, timeline

HEARD_AT_LEAST_S = 0.5  # in a recording
LOST_AT_MOST_S = 1.0


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


@says(r"(?P<who>\w+) knew that they are recorded before it began")
def knew_of_it(stage: Stage, who: str) -> None:
    """HL7: the notice was heard to its end first."""

    def so() -> bool | None:
        rows = stage.centre.rows(
            "SELECT call.notified_at <= min(one.started_at) FROM voice_call AS call"
            " JOIN journal_matter AS matter ON matter.id = call.matter_id"
            " JOIN voice_recording AS one ON one.call_id = call.id WHERE matter.no = %s GROUP BY call.id",
            stage.number_of(who),
        )
        return rows == [(True,)] or None

    stage.centre.until(so, f"notice before the recording of {who}")


@says(r"(?P<who>\w+) waits in the (?P<queue>\w+) queue")
def waits_in(stage: Stage, who: str, queue: str) -> None:
    def so() -> bool | None:
        rows = stage.centre.rows(
            "SELECT queue.slug FROM routing_item AS item JOIN routing_queue AS queue ON queue.id = item.queue_id"
            " JOIN voice_call AS call ON call.talk_id = item.matter_id"
            " JOIN journal_matter AS matter ON matter.id = call.matter_id"
            " WHERE matter.no = %s AND item.state IN ('waiting', 'offered')",
            stage.number_of(who),
        )
        return rows == [(queue,)] or None

    stage.centre.until(so, f"{who} in {queue}")


@says(r"an answer by who leads is promised to (?P<who>\w+)")
def supervisor_is_promised(stage: Stage, who: str) -> None:
    """HL9: in their queue, by the time that the place there is due."""
    waits_in(stage, who, "supervisor")
    ((due,),) = stage.centre.rows(
        "SELECT item.due_at FROM routing_item AS item JOIN journal_matter AS matter ON matter.id = item.matter_id"
        " WHERE matter.no = %s ORDER BY item.id DESC LIMIT 1",
        stage.number_of(who),
    )
    ((promised, _),) = _promised(stage, who)
    assert abs((promised - due).total_seconds()) < 2, (promised, due)
    stage.notes["promised"] = promised


@says(r"(?P<who>\w+) has the answer that was promised")
def promise_is_over(stage: Stage, who: str) -> None:
    """By when it was promised stands in the row still."""

    def so() -> bool | None:
        ((promised, state),) = _promised(stage, who)
        return (promised == stage.notes["promised"] and state in {"kept", "broken"}) or None

    stage.centre.until(so, f"answer to {who}")


def _promised(stage: Stage, who: str) -> list[tuple[Any, ...]]:
    """By when a person answers, and what came of it: the newest promise of it."""
    return stage.centre.rows(
        "SELECT due, state FROM promises_promise AS one JOIN journal_matter AS matter ON matter.id = one.matter_id"
        " WHERE matter.no = %s AND kind = 'first_answer' ORDER BY one.id DESC LIMIT 1",
        stage.number_of(who),
    )


@says(r"the recording of (?P<who>\w+) (?P<far>so far )?holds (?P<one>\w+) and (?P<other>\w+)")
def recording_holds(stage: Stage, who: str, far: str | None, one: str, other: str) -> None:
    """Both sides, the buyer's left, the other's right, over all files of the call. None is short or mended; what there
    was so far when Asterisk died says that it was."""
    tones = (stage[one].phone.tone, stage[other].phone.tone)
    heard: list[list[Timeline]] = [[], []]
    files = recordings_of(stage, who)
    assert not far or any("repaired" in told["flags"] for told, _ in files), [told for told, _ in files]
    for told, sound in files:
        assert far or not told["flags"], told
        for side, channel in zip(heard, (sound[0::2], sound[1::2]), strict=True):
            side.append(timeline(channel, tones))
    for side, tone in zip(heard, tones, strict=True):
        kept = sum(part.seconds(tone) for part in side)
        assert kept > HEARD_AT_LEAST_S, [str(part) for parts in heard for part in parts]


@says(r"the recording of (?P<who>\w+) holds all of (?P<other>\w+)")
def recording_holds_all(stage: Stage, who: str, other: str) -> None:
    """As long as one heard the other; less what was said while a file began, and what lay under other sound."""
    tone = stage[other].phone.tone
    sides = [timeline(sound[1::2], (tone,)) for _, sound in recordings_of(stage, who)]
    heard, kept = stage[who].phone.heard().seconds(tone), sum(side.seconds(tone) for side in sides)
    assert kept > heard - LOST_AT_MOST_S, (kept, heard, [str(side) for side in sides])


def recordings_of(stage: Stage, who: str) -> list[tuple[dict[str, Any], "array[int]"]]:
    """The recordings of a call with their samples, as soon as all are closed; what is in the files is what was hashed
    when they were."""

    def closed() -> list[dict[str, Any]] | None:
        told: list[dict[str, Any]] = stage.call_of(who)["recordings"]
        return told if told and all(one["state"] != "open" for one in told) else None

    return [(one, _sound_of(stage, one)) for one in stage.centre.until(closed, f"closed recording of {who}")]


def _sound_of(stage: Stage, told: dict[str, Any]) -> "array[int]":
    raw = stage.centre.until(lambda: _bytes_of(stage, told["id"]), f"file of {told}")
    samples = raw[HEADER:] if raw.startswith(b"RIFF") else raw
    hashed = raw if told["kind"] == "voicemail" else samples
    assert hashlib.sha256(hashed).hexdigest() == told["sha256"], told
    return array("h", samples)


def _bytes_of(stage: Stage, recording: int) -> bytes | None:
    """The file, where Asterisk left it or in the store; None while it is on its way from one to the other."""
    path, kept = stage.centre.rows(
        "SELECT recording.path, copy.sha256 FROM voice_recording AS recording"
        " LEFT JOIN voice_copy AS copy ON copy.recording_id = recording.id WHERE recording.id = %s",
        recording,
    )[0]
    var = stage.centre.var
    files: list[Path] = [var / "voice" / "recordings" / path]
    if kept:
        files.append(var / "files" / kept[:2] / kept[2:])
    for file in files:
        with contextlib.suppress(FileNotFoundError):
            return file.read_bytes()
    return None


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


@says(r"the recording of (?P<who>\w+) misses at most (?P<seconds>[\d.]+) s of (?P<other>\w+)")
def recording_misses(stage: Stage, who: str, seconds: str, other: str) -> None:
    """Of what one heard of the other."""
    talked = stage[who].phone.heard().seconds(stage[other].phone.tone)
    kept = sum(float(told["seconds"]) for told, _ in recordings_of(stage, who))
    assert kept >= talked - float(seconds), (kept, talked)


@says(r"a voicemail of (?P<who>\w+) is being recorded")
def voicemail_is_recorded(stage: Stage, who: str) -> None:
    """There is sound in the file."""

    def so() -> bool | None:
        rows = _files(stage, who, "voicemail")
        path = stage.centre.var / "voice" / "recordings" / rows[0][0] if rows else None
        return (path is not None and path.exists() and path.stat().st_size > 30_000) or None

    stage.centre.until(so, f"voicemail of {who}")


@says(r"the voicemail of (?P<who>\w+) holds (?P<other>\w+)")
def voicemail_holds(stage: Stage, who: str, other: str) -> None:
    told, sound = recordings_of(stage, who)[-1]
    assert told["kind"] == "voicemail"
    tone = stage[other].phone.tone
    assert timeline(sound, (tone,)).seconds(tone) > HEARD_AT_LEAST_S


@says(r"the voicemail of (?P<who>\w+) lacks nothing")
def voicemail_is_whole(stage: Stage, who: str) -> None:
    told, _ = recordings_of(stage, who)[-1]
    assert (told["kind"], told["flags"]) == ("voicemail", [])


def _files(stage: Stage, who: str, kind: str) -> list[tuple[Any, ...]]:
    return stage.centre.rows(
        "SELECT path FROM voice_recording AS recording JOIN voice_call AS call ON call.id = recording.call_id"
        " JOIN journal_matter AS matter ON matter.id = call.matter_id WHERE matter.no = %s AND recording.kind = %s",
        stage.number_of(who),
        kind,
    )


@says(r"the call of (?P<who>\w+) has a case")
def call_has_a_case(stage: Stage, who: str) -> None:
    def so() -> bool | None:
        return bool(stage.call_of(who)["case"]) or None

    stage.centre.until(so, f"case of {who}")


@says(r"(?P<why>\w+) was counted today")
def was_counted(stage: Stage, why: str) -> None:
    """In the figures that the board shows."""
    lead = stage.centre.agent(LEAD)
    stage.centre.until(lambda: lead.call("GET", "/figures")["flow"]["turned_away"].get(why), f"{why} in the figures")


@says(r"the voicemail of (?P<who>\w+) is evidence of its case")
def voicemail_is_evidence(stage: Stage, who: str) -> None:
    """The file itself, in the store, by its hash."""

    def so() -> bool | None:
        kept = (
            "SELECT sha256 FROM cases_evidence AS one JOIN cases_case AS c ON c.id = one.case_id"
            " JOIN journal_matter AS matter ON matter.id = c.matter_id WHERE matter.no = %s"
        )
        hashed = stage.call_of(who)["recordings"][-1]["sha256"]
        return (hashed,) in stage.centre.rows(kept, stage.call_of(who)["case"]) or None

    stage.centre.until(so, f"voicemail of {who} among the evidence")


@says(r"a call-back of (?P<who>\w+) waits")
def callback_waits(stage: Stage, who: str) -> None:
    """In the place that they had: due when the call was due."""

    def so() -> bool | None:
        rows = stage.centre.rows(
            "SELECT callback.state, item.state FROM voice_callback AS callback"
            " JOIN routing_item AS item ON item.matter_id = callback.talk_id AND item.kind = 'callback'"
            " WHERE callback.number LIKE %s",
            f"%{stage[who].number}",
        )
        return rows in ([("open", "waiting")], [("open", "offered")]) or None

    stage.centre.until(so, f"call-back of {who}")


@says(r"nothing that (?P<who>\w+) keyed in secret is on record")
def secrets_are_hidden(stage: Stage, who: str) -> None:
    """Neither in the row nor in any log: only that so many keys were pressed."""
    call = stage.centre.call(stage.number_of(who))
    bill = str(stage.notes["bill_no"])[-8:]
    assert bill not in json.dumps(call), call
    for path in (stage.centre.var / "log").iterdir():
        assert bill not in path.read_text(errors="replace"), path


@says(r"listening to (?P<who>\w+) is in the ledger")
def listening_is_in_the_ledger(stage: Stage, who: str) -> None:
    no = stage.number_of(who)

    def so() -> bool | None:
        rows = stage.centre.rows(
            "SELECT 1 FROM journal_access AS access JOIN journal_matter AS matter ON matter.id = access.matter_id"
            " WHERE matter.no = %s AND access.kind LIKE 'listen%%'",
            no,
        )
        return bool(rows) or None

    stage.centre.until(so, f"access to {no}")
