"""Where `verb` was for an hour; `journal.actions` has it."""

from huiyin.domain.journal.actions.chapter import chapter, current, verb

__all__ = ["chapter", "current", "verb"]
