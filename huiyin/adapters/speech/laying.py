"""Recorded sentences where callers hear them: the rows say which, the file store has the bytes, and this puts them
there. Doing it again does no harm; what somebody put there by hand stays."""

import hashlib
import logging
from collections.abc import Iterable

from huiyin.adapters.speech.prompts import Prompts
from huiyin.domain.voice.hotline.models import Take
from huiyin.domain.voice.hotline.queries import take_of
from huiyin.lib.files import Files, Spoiled

log = logging.getLogger("huiyin.speech")


def lay_out(prompts: Prompts, takes: Iterable[Take], over: Iterable[Take], files: Files) -> int:
    """Put there what is to be played, take away what is played no more. Returns how many files were not right."""
    current = list(takes)
    played = {(one.slug, one.voice) for one in current}
    mended = sum(_put(prompts, one, files) for one in current)
    return mended + sum(_remove(prompts, one) for one in over if (one.slug, one.voice) not in played)


def lay_one(prompts: Prompts, slug: str, voice: str, files: Files) -> None:
    """Callers hear of this sentence what its row says. Rows are changed one after another, files are not: whoever has
    put one there looks again, so that the last of two people who change it at once leaves what the rows say."""
    while True:
        take = take_of(slug, voice)
        if take is None:
            prompts.displace(slug, voice)
        else:
            _put(prompts, take, files)
        if take_of(slug, voice) == take:
            return


def _put(prompts: Prompts, take: Take, files: Files) -> bool:
    if _digest(prompts.placed(take.slug, take.voice)) == take.ready_sha256:
        return False
    try:
        prompts.place(take.slug, take.voice, files.read(take.ready_sha256))
    except Spoiled:  # the sentence is spoken until somebody records it again
        log.exception("recorded sentence %s (%s)", take.slug, take.voice)
        return False
    return True


def _remove(prompts: Prompts, take: Take) -> bool:
    """Only our own file: somebody may have put another one there since."""
    if _digest(prompts.placed(take.slug, take.voice)) != take.ready_sha256:
        return False
    prompts.displace(take.slug, take.voice)
    return True


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest() if data else ""
