"""A WAV file that somebody recorded, made into what a telephone line carries: one channel, 8 kHz, 16 bit.

The file comes from outside: nothing in its header is believed before libsndfile has read it, and no more of it is read
than a sentence can have. Silence at the ends goes, loudness becomes that of the other sentences.
"""

from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from huiyin.adapters.sound.waves import header
from huiyin.adapters.speech.espeak import RATE
from huiyin.lib.errors import Refusal

MOST_BYTES: Final = 20_000_000
MOST_S: Final = 60.0
LEAST_S: Final = 0.2
MOST_RATE: Final = 96_000
FORMATS: Final = frozenset({"WAV", "WAVEX"})
PLAIN: Final = frozenset({"PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"})
LOUDEST: Final = 20_000.0  # of 32 768, as espeak.py has it
_HEARD: Final = 0.01  # of the loudest possible: quieter than this at the ends is cut off …
_SILENT: Final = 0.005  # … and a file that is nowhere louder than this holds no words
_BEFORE_S, _AFTER_S = 0.05, 0.15  # what stays of the silence
Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ready:
    """What is played, as the bytes of a WAV file, and how long it is."""

    wav: bytes
    seconds: float


def for_telephones(file: BinaryIO) -> Ready:
    """Raises Refusal `sound_not_wav`, `sound_too_many_sides`, `sound_too_coarse`, `sound_too_long`, `sound_too_short`,
    `sound_silent`."""
    sound, rate = _read(file)
    loudest = float(np.max(np.abs(sound), initial=0.0))
    if loudest < _SILENT:
        raise Refusal("sound_silent")
    heard = np.flatnonzero(np.abs(sound) > max(_SILENT, _HEARD * loudest))
    speech = sound[max(0, heard[0] - int(_BEFORE_S * rate)) : heard[-1] + 1 + int(_AFTER_S * rate)]
    if len(speech) < LEAST_S * rate:
        raise Refusal("sound_too_short")
    samples = _at_our_rate(speech, rate)
    scaled = samples * (LOUDEST / max(float(np.max(np.abs(samples))), 1e-9))
    data = scaled.astype("<i2").tobytes()
    return Ready(header(len(data), channels=1, rate=RATE) + data, len(scaled) / RATE)


def _read(file: BinaryIO) -> tuple[Sound, int]:
    """One channel between -1 and 1, and its rate."""
    file.seek(0)
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise Refusal("sound_not_wav")
    file.seek(0)
    try:
        with soundfile.SoundFile(file) as source:
            _check(source)
            both = source.read(int(MOST_S * source.samplerate) + 1, dtype="float32", always_2d=True)
            rate = int(source.samplerate)
    except (soundfile.LibsndfileError, RuntimeError, ValueError) as fault:
        raise Refusal("sound_not_wav") from fault
    if len(both) > MOST_S * rate:
        raise Refusal("sound_too_long", most_s=int(MOST_S))
    finite = np.nan_to_num(both, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    mixed: Sound = np.clip(finite, -1.0, 1.0).mean(axis=1, dtype=np.float64)
    return mixed, rate


def _check(source: soundfile.SoundFile) -> None:
    if source.format not in FORMATS or source.subtype not in PLAIN:
        raise Refusal("sound_not_wav")
    if source.channels > 2:
        raise Refusal("sound_too_many_sides", channels=source.channels)
    if source.samplerate < RATE:
        raise Refusal("sound_too_coarse", rate=source.samplerate)
    if source.samplerate > MOST_RATE:
        raise Refusal("sound_not_wav")


def _at_our_rate(sound: Sound, rate: int) -> Sound:
    """By cutting the spectrum; silence on both sides keeps the end from running into the beginning."""
    if rate == RATE:
        return sound
    second = rate  # a whole second of both rates, so that the lengths fit
    seconds = -(-len(sound) // second) + 1
    padded = np.zeros(seconds * second)
    padded[: len(sound)] = sound
    fewer = seconds * RATE
    spectrum = np.fft.rfft(padded)[: fewer // 2 + 1]
    low: Sound = np.fft.irfft(spectrum, fewer) * (fewer / padded.size)
    return low[: max(1, round(len(sound) * RATE / rate))]
