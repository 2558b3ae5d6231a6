"""The only writers of the journal: matters, facts, jobs, the access ledger."""

from huiyin.domain.journal.actions.accesses import link_accesses, note_access
from huiyin.domain.journal.actions.chapter import at_end, chapter, current, facts_of, verb
from huiyin.domain.journal.actions.recording import (
    defer,
    defer_in,
    lock,
    lock_one,
    open_matter,
    record,
    record_all,
)

__all__ = [
    "at_end",
    "chapter",
    "current",
    "defer",
    "defer_in",
    "facts_of",
    "link_accesses",
    "lock",
    "lock_one",
    "note_access",
    "open_matter",
    "record",
    "record_all",
    "verb",
]
