"""Sentences for going on in writing, and for what is keyed while nothing is recorded."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import httpx
import numpy as np

from tests.voice.on_record import recordings_of
from tests.voice.sentences import says
from tests.voice.stage import Stage
from tests.voice.tones import RATE

KEYS_HZ = (697, 770, 852, 941, 1209, 1336, 1477)  # the tones of keys
PIECE = RATE // 20  # a key is pressed that long at least
KEY_SHARE = 0.2  # of the loudness of a piece; a voice has its own elsewhere
_PLACE = """
SELECT item.kind, item.arrived_at FROM routing_item AS item JOIN voice_call AS call ON call.talk_id = item.matter_id
JOIN journal_matter AS matter ON matter.id = call.matter_id
WHERE matter.no = %s AND item.state IN ('waiting', 'offered')
"""
_CHECK = """
SELECT one.result, one.begun_at, one.ended_at FROM voice_secretcheck AS one
JOIN voice_call AS call ON call.id = one.call_id
JOIN journal_matter AS matter ON matter.id = call.matter_id WHERE matter.no = %s ORDER BY one.id DESC LIMIT 1
"""
_FILES = """
SELECT one.started_at, one.closed_at FROM voice_recording AS one JOIN voice_call AS call ON call.id = one.call_id
JOIN journal_matter AS matter ON matter.id = call.matter_id WHERE matter.no = %s ORDER BY one.id
"""


def place_of(stage: Stage, who: str) -> list[tuple[Any, ...]]:
    """Where somebody waits: as what and since when."""
    return stage.centre.rows(_PLACE, stage.number_of(who))


@says(r"the place of (?P<who>\w+) is noted")
def place_is_noted(stage: Stage, who: str) -> None:
    ((_, stage.notes["since"]),) = place_of(stage, who)


@says(r"(?P<who>\w+) waits as a (?P<kind>\w+) in that place")
def waits_in_that_place(stage: Stage, who: str, kind: str) -> None:
    """Once, and since then."""
    assert place_of(stage, who) == [(kind, stage.notes["since"])]


@says(r"(?P<who>\w+) opens the link of the text message")
def opens_link(stage: Stage, who: str) -> None:
    """In a browser that has never been here."""
    token, home = stage.centre.until(lambda: _token(stage, who), "link by SMS"), stage.centre.running.ready["url"]
    with httpx.Client(base_url=home, trust_env=False, follow_redirects=True) as browser:
        browser.get("/w")
        said = {"token": token, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        page = browser.post("/w", data=said, headers={"Origin": home})
    assert page.status_code == 200, (page.status_code, page.url)
    stage.notes["chat"] = page.text.split('data-token="')[1].split('"')[0]


def _token(stage: Stage, who: str) -> str | None:
    shop = stage.centre.running.ready["demo_shop"]["url"]
    query = {"to": f"+86{stage[who].number}"}
    letters = httpx.get(f"{shop}/mailbox.json", params=query, trust_env=False).json()
    words = " ".join(str(one) for one in letters).replace("\\n", " ").split()
    return next((one.split("/w#")[1].strip("'\",}]") for one in words if "/w#" in one), None)


@says(r"(?P<who>\w+) has us call instead of the chat")
def has_us_call(stage: Stage, who: str) -> None:
    no, home = stage.number_of(who), stage.centre.running.ready["url"]
    headers = {"Authorization": f"Bearer {stage.notes['chat']}"}
    url = f"{home}/api/v1/conversations/{no}/call-back"
    answer = httpx.post(url, json={"phone": stage[who].number}, headers=headers, trust_env=False)
    assert answer.status_code == 200, answer.text


@says(r"what (?P<who>\w+) keyed (?P<result>matches|differs|was stopped)")
def what_was_keyed(stage: Stage, who: str, result: str) -> None:
    wanted = result.removeprefix("was ")

    def so() -> bool | None:
        rows = stage.centre.rows(_CHECK, stage.number_of(who))
        return bool(rows and rows[0][0] == wanted) or None

    stage.centre.until(so, f"check that {result}")


@says(r"nothing was recorded while (?P<who>\w+) keyed")
def nothing_was_recorded(stage: Stage, who: str) -> None:
    """No file covers that time, and none holds the tones of keys."""
    files = recordings_of(stage, who)
    ((_, begun, ended),) = stage.centre.rows(_CHECK, stage.number_of(who))
    times: list[tuple[datetime, datetime]] = stage.centre.rows(_FILES, stage.number_of(who))
    assert len(times) == 2, times
    for (_, closed), (started, _) in pairwise(times):
        assert (closed - begun).total_seconds() < 1.0, (closed, begun)
        assert (ended - started).total_seconds() < 1.0, (started, ended)
        assert (started - closed).total_seconds() > (ended - begun).total_seconds() - 1.0
    for _, sound in files:
        for channel in (sound[0::2], sound[1::2]):
            assert keys_in(np.array(channel, dtype=float)) == 0


def keys_in(sound: "np.ndarray[Any, np.dtype[np.float64]]") -> int:
    """In how many pieces of this sound two tones of keys are heard together."""
    pieces = sound[: len(sound) // PIECE * PIECE].reshape(-1, PIECE)
    loud = pieces[pieces.std(axis=1) > 100]
    if not len(loud):
        return 0
    spectrum = np.abs(np.fft.rfft(loud * np.hanning(PIECE), axis=1)) ** 2
    step = RATE / PIECE
    shares = np.stack([_near(spectrum, tone / step) for tone in KEYS_HZ], axis=1) / spectrum.sum(axis=1)[:, None]
    low, high = shares[:, :4].max(axis=1), shares[:, 4:].max(axis=1)
    return int(((low > KEY_SHARE) & (high > KEY_SHARE)).sum())


def _near(spectrum: "np.ndarray[Any, np.dtype[np.float64]]", at: float) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The energy around this place."""
    near: np.ndarray[Any, np.dtype[np.float64]] = spectrum[:, round(at) - 1 : round(at) + 2].sum(axis=1)
    return near
