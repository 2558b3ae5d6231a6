"""What callers hear: every sentence in both languages, values as people say them, files named by their content."""

import os
import re
import wave
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.adapters.speech import prompts
from huiyin.adapters.speech.numbers import chinese, count, digits, money, plain, time
from huiyin.adapters.speech.prompts import LANGUAGES, NoPrompt, Prompts, text
from huiyin.domain.voice.shipped_menu import shipped_menu

ROOT = Path(__file__).resolve().parents[3]
VALUE = {
    "ahead": 3, "minutes": 12, "code": "120394", "agent_no": "1024", "amount": 1250, "points": 88,
    "by": "2026-11-22T15:05",
}  # fmt: skip
ZH, EN = LANGUAGES


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Prompts:
    return Prompts(tmp_path_factory.mktemp("sounds"))


def seconds(file: Path) -> float:
    with wave.open(str(file)) as sound:
        assert (sound.getframerate(), sound.getsampwidth(), sound.getnchannels()) == (8000, 2, 1)
        return float(sound.getnframes() / 8000)


def test_hl3_every_prompt_exists_in_both_languages_with_the_same_places() -> None:
    for slug in prompts.slugs():
        assert prompts.places(slug, ZH) == prompts.places(slug, EN), slug
        values = {name: VALUE.get(name, "word") for name in prompts.places(slug)}
        assert all(text(slug, language, **values) for language in (ZH, EN, f"{ZH}-slow", f"{EN}-slow"))


def test_hl3_everything_the_menu_says_is_a_prompt() -> None:
    said = {slug for node in shipped_menu().nodes.values() for slug in node.get("say", [])}
    assert said
    assert said - prompts.slugs() == set()


def test_hl4_everything_the_switchboard_says_is_a_prompt() -> None:
    source = "".join(file.read_text() for file in (ROOT / "huiyin/daemons/calls").glob("*.py"))
    said = set(re.findall(r'(?:prompt|Say|_said)\((?:\w+, )?"([a-z]+\.[a-z_]+)"', source))
    assert len(said) > 10
    assert said - prompts.slugs() == set()


def test_hl5_the_place_in_the_queue_is_said_as_people_say_it() -> None:
    assert text("queue.place", ZH, ahead=3) == "您前面还有三位。"
    assert text("queue.place", ZH, ahead=2) == "您前面还有两位。"
    assert text("queue.place", ZH, ahead=0) == "您是下一位。"
    assert text("queue.place", f"{EN}-slow", ahead=0) == "You are next."


def test_hl6_an_agents_number_is_said_digit_by_digit() -> None:
    assert text("talk.agent", ZH, agent_no="1024") == "工号幺 零 二 四，为您服务。"
    assert text("talk.agent", EN, agent_no="1024") == "You are speaking with agent one zero two four."
    assert digits("120394", ZH) == "幺 二 零，三 九 四"


@pytest.mark.parametrize(
    ("fen", "said"),
    [(1250, "十二元五角"), (1000, "十元"), (5, "五分"), (1005, "十元零五分"), (99, "九角九分"), (0, "零元")],
)
def test_rm1_money_is_said_in_yuan_jiao_and_fen(fen: int, said: str) -> None:
    assert money(fen, ZH) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-22T15:05:59+08:00", "十一月二十二日十五点零五分"), ("2026-01-10T09:00", "一月十日九点整"),
        ("2026-12-31T23:30", "十二月三十一日二十三点三十分"),
    ],
)  # fmt: skip
def test_hl12_a_time_is_said_by_day_and_minute(at: str, said: str) -> None:
    assert time(at, ZH) == said
    assert time("2026-11-22T15:05", EN) == "22 November, 15:05"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "零"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (1_001, "一千零一"),
        (10_240, "一万零二百四十"), (100_000, "十万"), (10_000_001, "一千万零一"), (200_000_000, "二亿"),
    ],
)  # fmt: skip
def test_hl5_numbers_are_chinese(number: int, said: str) -> None:
    assert chinese(number) == said


@given(st.integers(0, 10**12 - 1), st.integers(0, 10**12 - 1))
def test_hl5_two_numbers_are_never_said_alike(one: int, other: int) -> None:
    assert (chinese(one) == chinese(other)) == (one == other)


def test_hl3_a_value_cannot_bring_in_commands_of_the_voice() -> None:
    assert plain("<audio src='x'/>{0}[[h]]", ZH) == "audio src='x'/0h"
    with pytest.raises(ValueError, match="invalid literal"):
        count("3<break/>", ZH)


def test_hl3_the_same_sentence_is_one_file_and_another_is_another(spoken: Prompts) -> None:
    one = spoken.path("queue.wait", ZH, minutes=3)
    assert spoken.path("queue.wait", ZH, minutes=3) == one
    assert spoken.path("queue.wait", ZH, minutes=4) != one
    assert one.parent == spoken.sounds
    assert 0.5 < seconds(one) < 6


def test_hl4_elderly_callers_hear_the_same_more_slowly_and_in_plain_words(spoken: Prompts) -> None:
    usual, slow = spoken.path("menu.welcome", ZH), spoken.path("menu.welcome", ZH, slowly=True)
    assert seconds(slow) > 1.2 * seconds(usual)
    assert spoken.path("menu.welcome", f"{ZH}-slow", slowly=True) == slow
    assert text("menu.wrong_key", f"{ZH}-slow") != text("menu.wrong_key", ZH)


def test_hl3_a_recording_stands_in_for_the_voice(spoken: Prompts, tmp_path: Path) -> None:
    own = Prompts(tmp_path / "sounds")
    recorded = tmp_path / "recorded" / ZH / "goodbye.wav"
    recorded.parent.mkdir(parents=True)
    recorded.write_bytes(spoken.path("goodbye", EN).read_bytes())
    assert own.path("goodbye", ZH) == own.path("goodbye", ZH, slowly=True) == recorded
    assert own.path("goodbye", EN) != recorded


@pytest.mark.parametrize("rate", [0, 44_100])
def test_hl3_a_recording_that_could_not_be_played_is_left_alone(tmp_path: Path, rate: int) -> None:
    recorded = tmp_path / "recorded" / ZH / "goodbye.wav"
    recorded.parent.mkdir(parents=True)
    recorded.write_bytes(b"no sound at all")
    if rate:
        with wave.open(str(recorded), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(rate)
            sound.writeframes(bytes(1000))
    assert Prompts(tmp_path / "sounds").path("goodbye", ZH) != recorded


def test_hl3_sounds_made_at_set_up_are_not_made_again(spoken: Prompts, tmp_path: Path) -> None:
    made = spoken.path("goodbye", EN)
    instance = Prompts(tmp_path / "sounds")
    instance.take_over(spoken.sounds)
    assert instance.path("goodbye", EN).samefile(made)


def test_hl5_what_was_said_to_one_caller_is_forgotten_and_what_all_hear_is_kept(
    spoken: Prompts, tmp_path: Path
) -> None:
    shared, instance = spoken.path("goodbye", EN), Prompts(tmp_path / "sounds")
    instance.take_over(spoken.sounds)
    about: dict[str, Any] = {"number": "483102759164", "by": "2026-11-22T15:05"}
    once, again = (instance.path("callback.booked", ZH, code=code, **about) for code in ("120394", "120395"))
    for file in (once, again):
        os.utime(file, (1_000_000, 1_000_000))
    assert instance.path("callback.booked", ZH, code="120395", **about) == again  # heard again, so in use
    instance.forget(2_000_000)
    assert not once.exists()
    assert again.exists()
    assert instance.path("goodbye", EN).samefile(shared)


def test_hl3_what_does_not_exist_is_said(spoken: Prompts) -> None:
    with pytest.raises(NoPrompt, match=r"menu\.nowhere"):
        spoken.path("menu.nowhere", ZH)
    with pytest.raises(KeyError, match="ahead"):
        spoken.path("queue.place", ZH)
