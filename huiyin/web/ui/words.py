"""Every code in words, for pages, API and messages alike. Each subject has its file; callers import from here."""

from huiyin.domain.promises.words import promise_what
from huiyin.web.ui.words_facts import fact_text
from huiyin.web.ui.words_orders import (
    chip,
    headline,
    masked_contact,
    more,
    option_label,
    says,
    situation_title,
    small_facts,
)
from huiyin.web.ui.words_promises import promise_if_missed, promise_reason, promise_text
from huiyin.web.ui.words_refusals import refusal_text
from huiyin.web.ui.words_remedies import remedy_name, remedy_state

__all__ = [
    "chip",
    "fact_text",
    "headline",
    "masked_contact",
    "more",
    "option_label",
    "promise_if_missed",
    "promise_reason",
    "promise_text",
    "promise_what",
    "refusal_text",
    "remedy_name",
    "remedy_state",
    "says",
    "situation_title",
    "small_facts",
]
