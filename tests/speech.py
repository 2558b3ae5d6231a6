"""Speech for tests: words are tones, people who pause between them, and a recogniser that hears which is which."""

import io
import math
import struct
from collections.abc import Sequence

from huiyin.adapters.sound.waves import RATE, header
from huiyin.adapters.speech.recogniser_tones import Tones

WORDS = {
    520.0: "我付了款",
    640.0: "没收到卡密",
    760.0: "工号一零二四",
    880.0: "1234",
    1000.0: "五六七八",
    1120.0: "我给您补发",
}
PAUSE_S = 0.8
SAID_S = 0.5


def recogniser() -> Tones:
    """Understands these words."""
    return Tones(dict(WORDS))


def tone(word: str, rate: int = RATE, seconds: float = SAID_S) -> list[int]:
    """One word."""
    hz = next(hz for hz, said in WORDS.items() if said == word)
    return [round(9000 * math.sin(2 * math.pi * hz * n / rate)) for n in range(int(rate * seconds))]


def side(words: Sequence[str], rate: int = RATE) -> list[int]:
    """What one person says: words and pauses; an empty word is a pause alone."""
    pause = [0] * int(rate * PAUSE_S)
    sound = list(pause)
    for word in words:
        sound += tone(word, rate) if word else [0] * int(rate * SAID_S)
        sound += pause
    return sound


def talk(buyer: Sequence[str], agent: Sequence[str]) -> bytes:
    """Both, as the media server records them: buyer left, agent right, turn by turn where one says nothing."""
    left, right = side(buyer), side(agent)
    most = max(len(left), len(right))
    sides = zip(left + [0] * (most - len(left)), right + [0] * (most - len(right)), strict=True)
    return b"".join(struct.pack("<hh", *pair) for pair in sides)


def mono(words: Sequence[str], rate: int = RATE) -> bytes:
    """One person's sound, without a header."""
    return b"".join(struct.pack("<h", one) for one in side(words, rate))


def wav(sound: bytes, *, channels: int = 2, rate: int = RATE) -> io.BytesIO:
    """As a file."""
    return io.BytesIO(header(len(sound), channels=channels, rate=rate) + sound)
