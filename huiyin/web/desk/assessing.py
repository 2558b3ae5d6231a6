"""Who is responsible and why, and what the form of an assessment offers (CP2, CP13)."""

from dataclasses import dataclass

from django.utils.translation import gettext

from huiyin.adapters.papers.words import REASONS
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.responsibility import Responsible
from huiyin.web.ui.words_cases import responsible_at_desk
from huiyin.web.ui.words_desk import CATEGORIES, URGENCIES, word


@dataclass(frozen=True, slots=True)
class Found:
    """The finding as it stands. `typed`: the reason in somebody's own words, empty where the system found it."""

    responsible: str
    who: str
    reason: str
    typed: str
    disagrees: str


def finding(case: Case) -> Found:
    """What we found, and whether the buyer contradicts it ("-" = without a word)."""
    reason, said = case.responsible_reason, case.buyer_disagrees
    disagrees = gettext("The buyer sees it differently.") if said == "-" else said
    is_code = reason in REASONS
    return Found(
        case.responsible, responsible_at_desk(case.responsible), word(REASONS, reason), "" if is_code else reason,
        disagrees,
    )  # fmt: skip


def choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "responsible": [(one.value, responsible_at_desk(one.value)) for one in Responsible],
        "categories": [(code, word(CATEGORIES, code)) for code in CATEGORIES],
        "urgencies": [(code, word(URGENCIES, code)) for code in URGENCIES],
    }
