"""Sentences for numbers, next steps and times: those that are spoken, and what stands in text messages."""

import json
import re
from array import array
from datetime import datetime
from typing import Any

import httpx
from django.utils import timezone

from huiyin.adapters.speech.prompts import Prompts
from tests.voice.matching import ENOUGH, share_heard
from tests.voice.noticing import HEARD_S
from tests.voice.parties import TONES
from tests.voice.sentences import says
from tests.voice.stage import Stage
from tests.voice.tones import RATE, channels_of, samples_so_far

OTHERS = str.maketrans("0123456789", "5678901234")  # every digit is another one
NEXT = "明天再查一次到账"
_CALLBACK = """
SELECT matter.no, callback.code, owed.due FROM voice_callback AS callback
JOIN journal_matter AS matter ON matter.id = callback.talk_id
JOIN promises_promise AS owed ON owed.matter_id = callback.talk_id AND owed.kind = 'first_answer'
WHERE callback.number LIKE %s ORDER BY callback.id DESC, owed.id DESC LIMIT 1
"""
_TALK = """
SELECT matter.no, talk.next_by FROM conversations_conversation AS talk
JOIN journal_matter AS matter ON matter.id = talk.matter_id JOIN voice_call AS call ON call.talk_id = talk.matter_id
JOIN journal_matter AS its ON its.id = call.matter_id WHERE its.no = %s
"""
_OWED = """
SELECT min(promise.due) FROM promises_promise AS promise JOIN journal_matter AS matter ON matter.id = promise.matter_id
WHERE matter.no = %s AND promise.state IN ('running', 'paused')
"""


def grouped(no: str) -> str:
    """As people read it."""
    return " ".join(re.findall(r"\d{4}", no))


def sent(stage: Stage, who: str, *words: str) -> str:
    """The text message with all of these words in it, as soon as it has come."""
    shop, query = stage.centre.running.ready["demo_shop"]["url"], {"to": f"+86{stage[who].number}"}

    def found() -> str | None:
        letters: list[dict[str, Any]] = httpx.get(f"{shop}/mailbox.json", params=query, trust_env=False).json()
        texts = (json.dumps(one, ensure_ascii=False) for one in letters)
        return next((one for one in texts if all(word in one for word in words)), None)

    return stage.centre.until(found, f"message with {words}", 20.0)


def callback_of(stage: Stage, who: str) -> tuple[str, str, datetime]:
    """Number, code and time of the call-back that this caller waits for."""

    def found() -> tuple[Any, ...] | None:
        rows = stage.centre.rows(_CALLBACK, f"%{stage[who].number}")
        return rows[0] if rows else None

    no, code, due = stage.centre.until(found, f"call-back of {who}")
    return no, code, due


@says(r"(?P<who>\w+) is told number, code and time of the call-back")
def is_told_the_callback(stage: Stage, who: str) -> None:
    no, code, due = callback_of(stage, who)
    values = {"number": no, "code": code, "by": timezone.localtime(due).isoformat()}
    is_told_all(stage, who, "callback.booked", values)


@says(r"(?P<who>\w+) is told the number of the case and by when")
def is_told_the_case(stage: Stage, who: str) -> None:
    """After words on the recorder."""
    no = stage.centre.until(lambda: stage.call_of(who)["case"], f"case of {who}")
    ((due,),) = stage.centre.rows(_OWED, no)
    values = {"number": no, "by": timezone.localtime(due).isoformat()}
    is_told_all(stage, who, "voicemail.thanks", values)


@says(r"(?P<who>\w+) is sent the number that will ring and the code")
def is_sent_the_code(stage: Stage, who: str) -> None:
    no, code, due = callback_of(stage, who)
    hotline = stage.centre.hotline
    sent(stage, who, hotline, code, grouped(no), f"{timezone.localtime(due):%H:%M}")


@says(r"(?P<other>\w+) sees the number that (?P<who>\w+) was sent, and is told the code")
def sees_the_number(stage: Stage, other: str, who: str) -> None:
    """In the From of the INVITE; the code in the words that the call begins with."""
    invite = [one["invite"] for one in stage[other].phone.events if one["ev"] == "incoming"][-1]
    (whence,) = re.findall(r"^From: .*$", invite, re.M)
    assert f"sip:{re.sub('[^0-9]', '', stage.centre.hotline)}@" in whence
    code = callback_of(stage, who)[1]
    is_told_value(stage, other, "callback.hello_missed", {"code": code}, {"code": code.translate(OTHERS)})


def is_told_value(stage: Stage, who: str, slug: str, values: dict[str, Any], others: dict[str, Any]) -> None:
    """This prompt from where it differs from the one with other values: of that, less was heard."""
    right, wrong = (_sound(stage, slug, one) for one in (values, others))
    begin = next(place for place, (one, other) in enumerate(zip(right, wrong, strict=False)) if one != other)
    seen = [0.0, 0.0]

    def heard() -> bool | None:
        seen[:] = (_share(stage, who, one[begin:]) for one in (right, wrong))
        return (seen[0] >= ENOUGH and seen[0] > seen[1]) or None

    stage.centre.until(heard, f"{slug} with {values}", HEARD_S + 10)


def is_told_all(stage: Stage, who: str, slug: str, values: dict[str, Any]) -> None:
    """Most of the whole prompt, to its last values: a few packets that come late do not count."""
    wanted = _sound(stage, slug, values)
    stage.centre.until(lambda: _share(stage, who, wanted) >= ENOUGH or None, f"{slug} with {values}", HEARD_S + 10)


def _sound(stage: Stage, slug: str, values: dict[str, Any]) -> "array[int]":
    return channels_of(Prompts(stage.centre.var / "voice" / "sounds").path(slug, "zh-hans", **values))[0]


def _share(stage: Stage, who: str, wanted: "array[int]") -> float:
    """Of this sound, what was heard since they last did something."""
    player = stage[who]
    sound = samples_so_far(player.phone.directory / "heard.wav")[int(player.since * RATE) :]
    return share_heard(sound, wanted, TONES)


@says(r"(?P<who>\w+) says what comes next for (?P<caller>\w+)")
def says_what_comes_next(stage: Stage, who: str, caller: str) -> None:
    """Wrapped up: the number was told, this comes next by then."""
    stage.centre.agent(stage[who].agent_no).wraps_up(_talk_of(stage, caller)[0], NEXT)


@says(r"(?P<who>\w+) is sent number, next step and by when")
def is_sent_the_next_step(stage: Stage, who: str) -> None:
    no, by = _talk_of(stage, who)
    sent(stage, who, grouped(no), NEXT, f"{timezone.localtime(by):%H:%M}")


def _talk_of(stage: Stage, who: str) -> tuple[str, datetime]:
    """Number of the conversation and when something comes next; where we called, it is that of their call before."""
    ((no, by),) = stage.centre.rows(_TALK, stage.number_of(who))
    return no, by
