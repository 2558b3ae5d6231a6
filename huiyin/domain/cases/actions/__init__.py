"""The verbs of cases, and the only writers of their tables: filing, what people do with a case, evidence."""

from huiyin.domain.cases.actions.carrying import arrive, carry, fail, look_at_items_of, look_later, start
from huiyin.domain.cases.actions.erasing import erase_words
from huiyin.domain.cases.actions.evidence import Original, add_evidence, checked, name_unreadable, note_health
from huiyin.domain.cases.actions.filing import Filing, Once, file, link_order, open_on, remember_answer
from huiyin.domain.cases.actions.items import accept, negotiate, propose, refuse, remind, resolve, withdraw
from huiyin.domain.cases.actions.lifecycle import (
    Assessment,
    Question,
    add,
    answer,
    answer_by_itself,
    ask,
    assess,
    assign,
    came,
    close,
    contest,
    escalate,
    go_on,
    note,
    reopen,
    wait_is_over,
)
from huiyin.domain.cases.actions.steps import Doer
from huiyin.domain.cases.actions.wanting import Wanted, want

__all__ = [
    "Assessment",
    "Doer",
    "Filing",
    "Once",
    "Original",
    "Question",
    "Wanted",
    "accept",
    "add",
    "add_evidence",
    "answer",
    "answer_by_itself",
    "arrive",
    "ask",
    "assess",
    "assign",
    "came",
    "carry",
    "checked",
    "close",
    "contest",
    "erase_words",
    "escalate",
    "fail",
    "file",
    "go_on",
    "link_order",
    "look_at_items_of",
    "look_later",
    "name_unreadable",
    "negotiate",
    "note",
    "note_health",
    "open_on",
    "propose",
    "refuse",
    "remember_answer",
    "remind",
    "reopen",
    "resolve",
    "start",
    "wait_is_over",
    "want",
    "withdraw",
]
