"""Music for those who wait, made by ourselves: soft chords that follow each other slowly and begin again unheard.

Each voice is a sine with a little of its octave, swelling and fading over its chord; the last chord leads to the first.
Kept below speech in loudness, and without anything above 1.5 kHz, which telephones make shrill."""

import math
import sys
import wave
from array import array
from pathlib import Path

RATE = 8000  # Hz, 16 bit, one channel: what a telephone line carries
CHORD_SECONDS = 4.0
OVERLAP_SECONDS = 1.0
LOUDNESS = 2600  # peak of one voice in 32768
# Semitones from A (220 Hz): A minor 7, F major 7, C major, G 6; a progression that neither begins nor ends.
CHORDS = ((0, 3, 7, 10), (-4, 0, 3, 7), (-9, 3, 7, 12), (-2, 2, 5, 9))
BASE = 220.0


def write_music(path: Path) -> None:
    """A WAV file that can be looped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, _samples())


def _write(path: Path, samples: "array[int]") -> None:
    half = path.with_suffix(".half")
    with wave.open(str(half), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    half.replace(path)


def write_beep(path: Path) -> None:
    """What Asterisk plays before it records: without this file it records nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tone = array("h", (int(LOUDNESS * 2 * math.sin(2 * math.pi * 880 * n / RATE)) for n in range(RATE // 4)))
    _write(path, tone)


def _samples() -> "array[int]":
    step = int(CHORD_SECONDS * RATE)
    length = step * len(CHORDS)
    mixed = [0.0] * length
    for number, chord in enumerate(CHORDS):
        _add(mixed, _chord(chord), number * step)
    samples = array("h", (int(max(-32000.0, min(32000.0, value))) for value in mixed))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _add(mixed: list[float], sound: list[float], start: int) -> None:
    """Put a sound into the loop: what reaches over its end is heard at its beginning."""
    length = len(mixed)
    for offset, value in enumerate(sound):
        mixed[(start + offset) % length] += value


def _chord(semitones: tuple[int, ...]) -> list[float]:
    count = int((CHORD_SECONDS + OVERLAP_SECONDS) * RATE)
    fade = int(OVERLAP_SECONDS * RATE)
    steps = [2 * math.pi * BASE * 2 ** (tone / 12) / RATE for tone in semitones]
    return [_swell(n, count, fade) * sum(_voice(step * n) for step in steps) for n in range(count)]


def _voice(phase: float) -> float:
    return LOUDNESS / 4 * (math.sin(phase) + 0.25 * math.sin(2 * phase))


def _swell(n: int, count: int, fade: int) -> float:
    """From nothing to full and back, as a cosine: two chords that overlap add up to an even loudness."""
    near = min(n, count - n, fade)
    return 0.5 - 0.5 * math.cos(math.pi * near / fade)
