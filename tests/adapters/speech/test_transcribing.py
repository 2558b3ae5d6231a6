"""HL10: sound is cut where people pause, understood, and may be gone on with from any place where one may stop."""

import struct
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.adapters.speech.models import TABLE
from huiyin.adapters.speech.recogniser_tones import Tones
from huiyin.adapters.speech.transcribing import PIECE_S, pieces
from huiyin.adapters.speech.utterances import PAUSE_S, Utterances
from tests.speech import mono, recogniser, talk, wav

BUYER = ["我付了款", "", "没收到卡密", "", "1234", "五六七八"]
AGENT = ["", "工号一零二四", "", "我给您补发", "", ""]


@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
def test_each_utterance_is_found_where_it_is(rate: int) -> None:
    feed = Utterances(rate)
    said = list(feed.feed(mono(["我付了款", "没收到卡密"], rate)))
    assert [recogniser().recognise(one.sound, rate)[0].text for one in said] == ["我付了款", "没收到卡密"]
    assert [round(one.start_s, 1) for one in said] == [0.6, 1.9]


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=30))
def test_in_whatever_pieces_sound_comes_the_same_is_said(sizes: list[int]) -> None:
    sound = mono(["我付了款", "没收到卡密"])
    whole = [(one.start_s, one.end_s) for one in Utterances(8000).feed(sound)]
    feed, found, at, turn = Utterances(8000), [], 0, 0
    while at < len(sound):
        found += [(one.start_s, one.end_s) for one in feed.feed(sound[at : at + sizes[turn % len(sizes)]])]
        at, turn = at + sizes[turn % len(sizes)], turn + 1
    assert found == whole


def test_noise_of_a_line_is_nothing_said() -> None:
    noise = b"".join(struct.pack("<h", n * 7919 % 161 - 80) for n in range(8000 * 5))
    feed = Utterances(8000)
    assert list(feed.feed(noise)) == []
    assert feed.rest() is None


def test_who_speaks_without_end_is_cut() -> None:
    endless = b"".join(struct.pack("<h", (n % 20 - 10) * 900) for n in range(8000 * 20))
    said = list(Utterances(8000, longest_s=8).feed(endless))
    assert [round(one.end_s - one.start_s) for one in said] == [8, 8]


def test_what_is_being_said_when_the_sound_ends_counts() -> None:
    feed = Utterances(8000)
    sound = mono(["我付了款"])[: -int(PAUSE_S * 8000 * 2)]
    assert list(feed.feed(sound)) == []
    rest = feed.rest()
    assert rest is not None
    assert recogniser().recognise(rest.sound, 8000)[0].text == "我付了款"


def test_hl10_each_side_is_written_down_by_itself() -> None:
    [piece] = pieces(wav(talk(BUYER, AGENT)), 0.0, recogniser())
    said = [(side, one.text) for side, one in piece.said]
    assert said == [
        (0, "我付了款"), (1, "工号一零二四"), (0, "没收到卡密"), (1, "我给您补发"), (0, "1234"), (0, "五六七八"),
    ]  # fmt: skip
    starts = [one.start_s for _, one in piece.said]
    assert starts == sorted(starts)


def test_hl10_whoever_goes_on_from_a_place_to_stop_hears_the_same() -> None:
    sound = talk(BUYER * 8, AGENT * 8)
    whole = list(pieces(wav(sound), 0.0, recogniser()))
    assert len(whole) >= 3
    assert whole[0].until_s >= PIECE_S
    rest = [one for piece in pieces(wav(sound), whole[0].until_s, recogniser()) for one in piece.said]
    after = [one for piece in whole[1:] for one in piece.said]
    assert [(side, one.text) for side, one in rest] == [(side, one.text) for side, one in after]
    assert [one.start_s for _, one in rest] == pytest.approx([one.start_s for _, one in after], abs=0.1)


def test_hl10_a_message_to_the_recorder_is_the_buyers() -> None:
    [piece] = pieces(wav(mono(["没收到卡密"]), channels=1), 0.0, recogniser())
    assert [(side, one.text) for side, one in piece.said] == [(0, "没收到卡密")]


def test_what_is_no_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="Format not recognised"):
        list(pieces(BytesIO(b"no sound at all"), 0.0, recogniser()))
    with pytest.raises(ValueError, match="16 bit"):
        recogniser().recognise(b"123", 8000)


def test_tones_are_told_from_noise_and_from_each_other(tmp_path: Path) -> None:
    (tmp_path / TABLE).write_text('[words]\n700 = "人工"\n800 = "订单"\n')
    known = Tones.from_directory(tmp_path)
    noise = b"".join(struct.pack("<h", (n * 7919 % 20011) - 10_000) for n in range(8000))
    assert known.recognise(noise, 8000) == ()
    assert known.recognise(bytes(16_000), 8000) == ()
