"""HL3: whatever file somebody brings is a sentence for the telephone afterwards, or is refused."""

import io
import math

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from huiyin.adapters.speech.recorded import LOUDEST, for_telephones
from huiyin.lib.errors import Refusal

Sound = NDArray[np.float64]


def tone(hz: float, seconds: float, rate: int, *, level: float = 0.3, silence: float = 0.0) -> Sound:
    times = np.arange(int(seconds * rate)) / rate
    still = np.zeros(int(silence * rate))
    return np.concatenate([still, level * np.sin(2 * np.pi * hz * times), still])


def wav(sound: Sound, rate: int, subtype: str = "PCM_16", kind: str = "WAV") -> bytes:
    made = io.BytesIO()
    soundfile.write(made, sound, rate, subtype, format=kind)
    return made.getvalue()


def heard(data: bytes) -> Sound:
    """Samples of what is played: 8 kHz, 16 bit, one channel."""
    ready = for_telephones(io.BytesIO(data))
    with soundfile.SoundFile(io.BytesIO(ready.wav)) as file:
        assert (file.samplerate, file.channels, file.subtype) == (8000, 1, "PCM_16")
        samples = file.read(dtype="int16")
    assert math.isclose(len(samples) / 8000, ready.seconds)
    played: Sound = samples.astype(np.float64)
    return played


def loudest_hz(samples: Sound) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * 8000 / len(samples))


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("hz", [300.0, 1000.0, 3000.0])
def test_hl3_a_voice_keeps_its_pitch_and_its_length(rate: int, hz: float) -> None:
    samples = heard(wav(tone(hz, 1.0, rate), rate))
    assert abs(loudest_hz(samples) - hz) < 2
    assert 1.0 <= len(samples) / 8000 + 0.01 < 1.25


def test_hl3_what_a_telephone_cannot_carry_does_not_come_back_as_another_tone() -> None:
    both = tone(1000, 1.0, 48_000) + tone(6500, 1.0, 48_000)  # 6.5 kHz would fold to 1.5 kHz
    spectrum = np.abs(np.fft.rfft(heard(wav(both, 48_000))))
    hz = np.arange(len(spectrum)) * 8000 / ((len(spectrum) - 1) * 2)
    assert spectrum[(hz > 1400) & (hz < 1600)].max() < 0.01 * spectrum.max()


def test_hl3_silence_at_the_ends_goes_and_quiet_becomes_loud() -> None:
    samples = heard(wav(tone(700, 1.0, 16_000, level=0.02, silence=3.0), 16_000))
    assert len(samples) / 8000 < 1.3
    assert abs(np.abs(samples).max() - LOUDEST) < 300


def test_hl3_both_sides_are_heard() -> None:
    left, right = tone(500, 1.0, 16_000), tone(1500, 1.0, 16_000)
    spectrum = np.abs(np.fft.rfft(heard(wav(np.stack([left, right], axis=1), 16_000))))
    hz = np.arange(len(spectrum)) * 8000 / ((len(spectrum) - 1) * 2)
    for wanted in (500, 1500):
        assert spectrum[(hz > wanted - 10) & (hz < wanted + 10)].max() > 0.5 * spectrum.max()


@pytest.mark.parametrize(
    ("subtype", "kind"),
    [("MS_ADPCM", "WAV"), ("GSM610", "WAV"), ("PCM_16", "AIFF"), ("VORBIS", "OGG"), ("PCM_16", "FLAC")],
)
def test_hl3_only_plain_wav_is_taken(subtype: str, kind: str) -> None:
    with pytest.raises(Refusal, match="sound_not_wav"):
        for_telephones(io.BytesIO(wav(tone(700, 1.0, 8000), 8000, subtype, kind)))


def test_hl3_numbers_that_are_none_are_silence() -> None:
    sound = tone(700, 1.0, 16_000)
    sound[100:200], sound[300:400] = np.nan, np.inf
    assert np.isfinite(heard(wav(sound, 16_000, "FLOAT"))).all()


@given(
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 4000),
    st.sampled_from(["PCM_16", "PCM_24", "FLOAT", "ULAW"]),
)
def test_hl3_a_file_that_was_tampered_with_is_taken_or_refused(
    changes: list[tuple[int, int]], cut: int, subtype: str
) -> None:
    data = bytearray(wav(tone(700, 0.5, 8000), 8000, subtype))
    for at, value in changes:
        data[at] = value
    try:
        ready = for_telephones(io.BytesIO(bytes(data[: len(data) - cut])))
    except Refusal as no:
        assert no.code.startswith("sound_")
    else:
        assert 0.1 < ready.seconds < 61
