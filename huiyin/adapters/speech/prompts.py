"""The prompts of the hotline: text in `texts/*.toml`, made into sound files named by their content.

`Prompts(directory).path("queue.place", "zh-hans", ahead=3)` is the file of a sentence, spoken now or once before. With
`slowly` (or a language that ends in `-slow`) it is said slowly, in simpler words where the table `[plain]` has them. A
recording, where somebody made one, stands in for it. The media URI for Asterisk is the path without its ending.
"""

import contextlib
import hashlib
import os
import re
import shutil
import string
import sys
import tomllib
import wave
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from huiyin.adapters.speech.espeak import RATE, VOICES, Mute, Samples, Voice, join, speak
from huiyin.adapters.speech.numbers import SPOKEN
from huiyin.domain.voice.hotline.tables import own_slug
from huiyin.domain.voice.menu import Say

__all__ = ["Mute", "NoPrompt", "Prompts", "slugs", "text"]
TEXTS = Path(__file__).parent / "texts"
READY = Path(__file__).resolve().parents[3] / "var" / "sounds"  # rendered at set-up, for all instances of this checkout
SLOW = "-slow"
LANGUAGES = ("zh-hans", "en")
BY_ITSELF = frozenset({"line.wait", "line.sorry"})  # what the dial plan plays while nobody decides about calls
EDITION = "1"  # raise it when the same text must sound different


class NoPrompt(LookupError):
    """There is no such prompt; the message names slug and language."""


class Prompts:
    """The sound files of one instance, in `sounds`; what people recorded lies beside it, in `recorded/<language>`."""

    def __init__(self, sounds: Path) -> None:
        self.sounds = sounds
        self.recorded = sounds.parent / "recorded"

    def path(self, slug: str, language: str, *, slowly: bool = False, **values: object) -> Path:
        """The WAV file of a prompt, rendered if need be (20 ms). Raises NoPrompt, and KeyError for a missing value."""
        language += SLOW if slowly and not language.endswith(SLOW) else ""
        return self.recording(slug, language) or self.say(text(slug, language, **values), language)

    def said(self, one: Say, language: str, *, slowly: bool = False) -> Path:
        """The WAV file of what a menu says: a prompt, or words of its own. A recording belongs to the words it was made
        of: other words are spoken until they are recorded."""
        if not one.words:
            return self.path(one.slug, language, slowly=slowly, **one.values)
        words = one.words.get(language.removesuffix(SLOW)) or next(iter(one.words.values()))
        language += SLOW if slowly and not language.endswith(SLOW) else ""
        return self.recording(own_slug(words), language) or self.say(words, language)

    def recording(self, slug: str, voice: str) -> Path | None:
        """What somebody recorded for this sentence; elderly callers hear the usual one where there is no slow one."""
        for folder in (voice, voice.removesuffix(SLOW)):
            if _is_playable(recorded := self.recorded / folder / f"{slug}.wav"):
                return recorded
        return None

    def place(self, slug: str, voice: str, wav: bytes) -> None:
        """Have this recording played from the next time on; who listens just now hears the old one to its end."""
        file = self.recorded / voice / f"{slug}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        half = _half(file)
        half.write_bytes(wav)
        half.replace(file)
        self._follow(slug, voice)

    def placed(self, slug: str, voice: str) -> bytes:
        """The recording that lies there for exactly this voice; empty for none."""
        try:
            return (self.recorded / voice / f"{slug}.wav").read_bytes()
        except OSError:
            return b""

    def displace(self, slug: str, voice: str) -> None:
        """Have the sentence spoken again."""
        (self.recorded / voice / f"{slug}.wav").unlink(missing_ok=True)
        self._follow(slug, voice)

    def standing(self, slug: str) -> Path:
        """A copy under a name that stays, for the dial plan, which learns names only when Asterisk starts."""
        file = self.sounds.parent / "standing" / f"{slug}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        half = _half(file)
        shutil.copyfile(self.path(slug, LANGUAGES[0]), half)
        half.replace(file)
        return file

    def _follow(self, slug: str, voice: str) -> None:
        if slug in BY_ITSELF and voice == LANGUAGES[0]:
            self.standing(slug)

    def say(self, words: str, language: str) -> Path:
        """The WAV file of any sentence."""
        voice = VOICES.get(language, VOICES["zh-hans"])
        file = self.sounds / file_name(words, language)
        try:
            os.utime(file)  # for `forget`: it is still in use
        except FileNotFoundError:
            _write(file, join([speak(part, one) for part, one in _parts(words, language, voice)]))
        return file

    def take_over(self, ready: Path = READY) -> None:
        """Have what was rendered at set-up, without rendering it again."""
        self.sounds.mkdir(parents=True, exist_ok=True)
        for file in ready.glob("*.wav"):
            mine = self.sounds / file.name
            if not mine.exists():
                _share(file, mine)

    def forget(self, unused_since: float) -> None:
        """Remove what was rendered for one caller (a code, a place in the queue) and not played since then. What every
        instance shares has a second name and stays."""
        for file in self.sounds.glob("*"):
            with contextlib.suppress(FileNotFoundError):
                known = file.stat()
                if known.st_nlink == 1 and known.st_mtime < unused_since:
                    file.unlink()

    def render_all(self) -> int:
        """Render every prompt that needs no values, so that nobody waits for it. Returns how many there are."""
        return len([self.path(slug, language) for slug, language in fixed()])


def file_name(words: str, language: str) -> str:
    """The name of a sentence's file: the same words in the same voice are the same file."""
    voice = VOICES.get(language, VOICES["zh-hans"])
    return hashlib.sha256(f"{EDITION}\n{voice}\n{words}".encode()).hexdigest()[:32] + ".wav"


def text(slug: str, language: str, **values: object) -> str:
    """The words of a prompt with its values as they are said. Raises NoPrompt, and KeyError for a missing value."""
    base = language.removesuffix(SLOW)
    template = _template(slug, base, is_plain=language.endswith(SLOW), is_none=0 in values.values())
    parts = []
    for words, name, how, _ in string.Formatter().parse(template):
        parts.append(words)
        if name is not None:
            parts.append(SPOKEN[how or ""](values[name], base))
    return "".join(parts)


def _template(slug: str, base: str, *, is_plain: bool, is_none: bool) -> str:
    texts = _texts(base)
    tables = [*(["none."] if is_none else []), *(["plain."] if is_plain else []), ""]
    found = next((texts[table + slug] for table in tables if table + slug in texts), None)
    if found is None:
        raise NoPrompt(f"{slug} in {base}")
    return found


def template(slug: str, language: str) -> str:
    """The words of a prompt as they are written, with their places. Raises NoPrompt."""
    return _template(slug, language.removesuffix(SLOW), is_plain=language.endswith(SLOW), is_none=False)


def slugs() -> frozenset[str]:
    """Every prompt there is."""
    return frozenset(slug for slug in _texts(LANGUAGES[0]) if not slug.startswith(("plain.", "none.")))


def places(slug: str, language: str = LANGUAGES[0]) -> frozenset[str]:
    """The names of the values a prompt needs."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(_texts(language)[slug]) if name is not None)


def fixed() -> Iterator[tuple[str, str]]:
    """Slug and language of every prompt without values, slow ones last."""
    for ending in ("", SLOW):
        for base in LANGUAGES:
            for slug in sorted(slugs()):
                if not places(slug, base):
                    yield slug, base + ending


@cache
def _texts(language: str) -> Mapping[str, str]:
    file = TEXTS / f"{language}.toml"
    if language not in LANGUAGES:
        raise NoPrompt(f"no prompts in {language}")
    return dict(_flat(tomllib.loads(file.read_text("utf-8")), ""))


def _flat(table: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _is_playable(file: Path) -> bool:
    """Whether there is a recording that Asterisk can play; another one would be silence to callers."""
    try:
        with wave.open(str(file)) as sound:
            return (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
    except (OSError, EOFError, wave.Error):
        return False


def _share(file: Path, mine: Path) -> None:
    try:
        mine.hardlink_to(file)
    except OSError:  # another file system
        shutil.copyfile(file, mine)


def _parts(words: str, language: str, voice: Voice) -> Iterator[tuple[str, Voice]]:
    """A Chinese voice says nothing sensible of an English sentence: each part is said by a voice of its language."""
    if not language.startswith("zh"):
        return iter([(words, voice)])
    english = VOICES[language.replace("zh-hans", "en")]
    parts = [part.strip() for part in re.split(r"((?:[A-Za-z]+[ ,.]+){2,}[A-Za-z]+\.?)", words)]
    return ((part, english if part[0].isascii() and part[0].isalpha() else voice) for part in parts if part)


def _write(file: Path, samples: Samples) -> None:
    """Whole or not at all: Asterisk may look for it at any moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = _half(file)
    with wave.open(str(half), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.astype("<i2").tobytes())
    half.replace(file)


def _half(file: Path) -> Path:
    return file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")


def main() -> int:
    """`./run setup` calls this: render what every instance will play."""
    if missing := [one for one in fixed() if not _is_ready(*one)]:
        sys.stderr.write(f"• speaking {len(missing)} prompts\n")
        Prompts(READY).render_all()
    return 0


def _is_ready(slug: str, language: str) -> bool:
    return (READY / file_name(text(slug, language), language)).exists()


if __name__ == "__main__":
    sys.exit(main())
