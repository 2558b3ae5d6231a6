"""Recorded sentences lie where callers hear them, also when whoever brought them died in between, or brought them on
another host."""

from huiyin.adapters.speech.laying import lay_out
from huiyin.adapters.speech.prompts import Prompts
from huiyin.domain.cases.exhibits import the_files
from huiyin.domain.voice.hotline.queries import takes, takes_over


class Sentences:
    """Looks at the rows now and then; files are looked at only when the rows have changed."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts
        self._laid: frozenset[int] | None = None

    def lay(self) -> int:
        """How many files were not right."""
        current = takes()
        known = frozenset(one.pk for one in current)
        if known == self._laid:
            return 0
        mended = lay_out(self._prompts, current, takes_over(), the_files())
        self._laid = known
        return mended
