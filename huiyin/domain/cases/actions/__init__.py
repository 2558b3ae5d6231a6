"""The verbs of cases, and the only writers of their tables: filing, what people do with a case, evidence."""

from huiyin.domain.cases.actions.filing import (
    Filing,
    Once,
    add,
    answer,
    assign,
    close,
    escalate,
    file,
    link_order,
    note,
    open_on,
    remember_answer,
    reopen,
)

__all__ = [
    "Filing",
    "Once",
    "add",
    "answer",
    "assign",
    "close",
    "escalate",
    "file",
    "link_order",
    "note",
    "open_on",
    "remember_answer",
    "reopen",
]
