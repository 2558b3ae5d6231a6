"""Sentences for what callers say: each character is a tone, and the real sherpa-onnx understands them by a model of two
kilobytes (`tests/tiny_models.py`)."""

import json

from huiyin.adapters.speech.recognisers import NOTE
from tests.tiny_models import CHARACTERS
from tests.voice.centre import Centre
from tests.voice.sentences import says
from tests.voice.stage import Stage
from tests.voice.tones import SILENCE

WORDS = ("卡密", "人工", "密工", "卡人")  # the first two mean something in the menu
SAID_S = 0.5  # a character


def understands(centre: Centre) -> bool | None:
    """Whether the switchboard has loaded its model; None before."""
    try:
        return bool(json.loads((centre.var / "voice" / NOTE).read_text())["standing"]["is_on"])
    except (OSError, ValueError):
        return None


@says(r"(?P<who>\w+) says (?P<word>[\u4e00-\u9fff]+)")
def says_word(stage: Stage, who: str, word: str) -> None:
    """Character by character, then a pause; what is heard from now on is the answer."""
    phone = stage[who].acts()
    for one in word:
        begun = phone.listened()
        phone.speaks(CHARACTERS[one])
        stage.centre.until(lambda since=begun: phone.listened() >= since + SAID_S or None, "time to speak")  # type: ignore[misc]
    phone.speaks(0)


@says(r"(?P<who>\w+) hears the end of it")
def hears_the_end(stage: Stage, who: str) -> None:
    """Nothing has been said to them for a second: it is their turn."""
    phone = stage[who].phone
    stage.centre.until(lambda: _is_quiet(stage, who) or None, f"silence for {who}", 40.0)
    stage[who].since = phone.listened()


def _is_quiet(stage: Stage, who: str) -> bool:
    so_far = stage[who].phone.heard()
    return so_far.seconds(SILENCE, so_far.end - 1.0) > 0.9


@says(r"the transcript of (?P<who>\w+) has: (?P<said>.+)")
def transcript_has(stage: Stage, who: str, said: str) -> None:
    """Once the worker has written it down, in this order: `buyer 卡密, agent 密工`; of the buyer nothing else. The
    agent's side has the announcements that the buyer heard as well."""

    def written() -> list[str] | None:
        made = [one["transcript"] for one in stage.call_of(who)["recordings"]]
        if not made or any(one is None or one["state"] != "done" for one in made):
            return None
        return [f"{line['who']} {line['text']}" for one in made for line in one["said"]]

    found, wanted = stage.centre.until(written, f"transcript of {who}", 30.0), said.split(", ")
    rest = iter(found)
    assert all(one in rest for one in wanted), found
    assert [one for one in found if one.startswith("buyer")] == [one for one in wanted if one.startswith("buyer")]
