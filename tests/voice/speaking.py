"""Sentences for what callers say: each word is a tone that the recogniser of the trials understands."""

import json
from pathlib import Path

from huiyin.adapters.speech.recognisers import NOTE
from tests.voice.centre import Centre
from tests.voice.sentences import says
from tests.voice.stage import Stage
from tests.voice.tones import SILENCE

WORDS = {"卡密没收到": 520, "人工": 640, "今天天气": 760, "我给您补发": 880}
SAID_S = 0.8


def model(directory: Path) -> Path:
    """A model that understands these words."""
    directory.mkdir(parents=True)
    table = "\n".join(f'{hz} = "{word}"' for word, hz in WORDS.items())
    (directory / "tones.toml").write_text(f"[words]\n{table}\n")
    return directory


def understands(centre: Centre) -> bool | None:
    """Whether the switchboard has loaded its model; None before."""
    try:
        return bool(json.loads((centre.var / "voice" / NOTE).read_text())["standing"]["is_on"])
    except (OSError, ValueError):
        return None


@says(r"(?P<who>\w+) says (?P<word>[\u4e00-\u9fff]+)")
def says_word(stage: Stage, who: str, word: str) -> None:
    """So long that it is heard, then a pause; what is heard from now on is the answer."""
    phone = stage[who].acts()
    begun = phone.listened()
    phone.speaks(WORDS[word])
    stage.centre.until(lambda: phone.listened() >= begun + SAID_S or None, "time to speak")
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


@says(r"the transcript of (?P<who>\w+) is: (?P<said>.+)")
def transcript_is(stage: Stage, who: str, said: str) -> None:
    """Once the worker has written it down: `buyer 卡密没收到, agent 我给您补发`."""

    def written() -> list[str] | None:
        made = [one["transcript"] for one in stage.call_of(who)["recordings"]]
        if not made or any(one is None or one["state"] != "done" for one in made):
            return None
        return [f"{line['who']} {line['text']}" for one in made for line in one["said"]]

    found = stage.centre.until(written, f"transcript of {who}", 30.0)
    assert found == said.split(", "), found
