"""Surveys in words: their scales, why one cannot be answered, and the time line."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_noop as _

REFUSALS = {
    "survey_answered": _("You have answered this already. Thank you."),
    "survey_over": _("This link has done its work, or is older than two weeks. The page of your matter still asks."),
    "say_if_solved": _("Please say whether it is solved: yes or no."),
}

Data = dict[str, Any]


def ratings() -> list[tuple[int, str]]:
    """How content, from the best down."""
    names = [
        gettext("Very bad"), gettext("Bad"), pgettext("rating", "So-so"), gettext("Good"), gettext("Very good"),
    ]  # fmt: skip
    return list(reversed(list(enumerate(names, 1))))


def efforts() -> list[tuple[int, str]]:
    """How easy it was, from the easiest down."""
    names = [
        gettext("Very hard"), gettext("Hard"), pgettext("effort", "So-so"), gettext("Easy"), gettext("Very easy"),
    ]  # fmt: skip
    return list(reversed(list(enumerate(names, 1))))


def effort_name(effort: int | None) -> str:
    """One step of the scale; empty when nothing was said."""
    return dict(efforts()).get(effort or 0, "")


def _answered(data: Data) -> str:
    what = {"rating": data["rating"]}
    if data["solved"]:
        return gettext("The buyer says it is solved: %(rating)s of 5") % what
    return gettext("The buyer says it is not solved: %(rating)s of 5") % what


TOLD_TO_STAFF: dict[str, Callable[[Data], str]] = {
    "survey_sent": lambda data: gettext("Asked the buyer how it was"),
    "survey_answered": _answered,
    "survey_allowed": lambda data: gettext("The buyer may be asked again how it was"),
    "survey_declined": lambda data: gettext("The buyer does not want to be asked how it was"),
}
TOLD_TO_BUYERS: dict[str, Callable[[Data, str], str | None]] = {
    "survey_answered": lambda data, by: gettext("You told us how it was"),
}
