"""Speak a sentence with espeak-ng, in this process, into sound that a telephone line carries.

espeak-ng keeps one voice for the whole process, so sentences are spoken one at a time. Robotic, but at once and without
a network: right for numbers and for a first day, until somebody has recorded the fixed sentences.
"""

import ctypes
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

RATE = 8000  # Hz, of what we give back
_SYNCHRONOUS, _UTF8, _SPEED, _GAP = 2, 1, 1, 7  # names of speak_lib.h: output, text, parameters
_SILENT = 200  # of 32768: quieter than this at the ends is cut off
_LOUDEST = 20_000.0
_CHUNK = (441, 160)  # 22 050 Hz to 8 000 Hz: so many samples become so many
_SAY = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
Samples = NDArray[np.int16]
_BREATH: Samples = np.zeros(RATE // 5, dtype=np.int16)


class Mute(Exception):
    """espeak-ng does not speak; the message says at which step."""


@dataclass(frozen=True)
class Voice:
    """Who speaks and how fast, in words a minute. `gap` is a pause between words, in 10 ms."""

    name: str
    speed: int
    gap: int = 0


VOICES = {
    "zh-hans": Voice("cmn", 170),
    "en": Voice("en", 155),
    "zh-hans-slow": Voice("cmn", 115, gap=2),
    "en-slow": Voice("en", 110, gap=2),
}


def speak(text: str, voice: Voice) -> Samples:
    """The sentence as 16 bit samples at 8 kHz, without silence around it. Raises Mute."""
    return _for_telephones(_mouth().say(text, voice))


def join(sounds: Sequence[Samples]) -> Samples:
    """One after the other, with a breath between."""
    return np.concatenate([sounds[0], *(part for sound in sounds[1:] for part in (_BREATH, sound))])


class _Mouth:
    """The one espeak-ng of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: list[bytes] = []
        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
        if rate != 22_050:
            raise Mute(f"espeak-ng began with {rate} Hz")
        self._hear = _SAY(self._keep)  # kept: espeak-ng only has its address
        self._library.espeak_SetSynthCallback(self._hear)

    def say(self, text: str, voice: Voice) -> Samples:
        with self._lock:
            self._heard.clear()
            if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
                raise Mute(f"espeak-ng has no voice {voice.name}")
            self._library.espeak_SetParameter(_SPEED, voice.speed, 0)
            self._library.espeak_SetParameter(_GAP, voice.gap, 0)
            words = text.encode()
            if self._library.espeak_Synth(words, len(words) + 1, 0, 1, 0, _UTF8, None, None) != 0:
                raise Mute("espeak-ng did not take the sentence")
            return np.frombuffer(b"".join(self._heard), dtype=np.int16)

    def _keep(self, samples: Any, count: int, _events: Any) -> int:
        if count > 0:
            self._heard.append(ctypes.string_at(samples, count * 2))
        return 0


@cache
def _mouth() -> _Mouth:
    return _Mouth()


def _for_telephones(sound: Samples) -> Samples:
    """From 22 050 to 8 000 samples a second by cutting the spectrum, then trimmed and made as loud as the others."""
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > _SILENT)
    if loud.size == 0:
        return np.zeros(RATE // 10, dtype=np.int16)
    speech = sound[max(0, loud[0] - 441) : loud[-1] + 2205].astype(np.float64)
    chunks = -(-speech.size // _CHUNK[0])
    padded = np.zeros(chunks * _CHUNK[0])
    padded[: speech.size] = speech
    fewer = chunks * _CHUNK[1]
    spectrum = np.fft.rfft(padded)[: fewer // 2 + 1]
    low = np.fft.irfft(spectrum, fewer) * (fewer / padded.size)
    scaled = low * (_LOUDEST / max(float(np.max(np.abs(low))), 1.0))
    return scaled.astype(np.int16)
