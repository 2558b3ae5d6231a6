"""What happened on a matter and what was said, newest first, a line for each deed."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext

from huiyin.domain.cases.exhibits import is_proven
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.models import Message
from huiyin.domain.conversations.queries import said_about
from huiyin.domain.journal.models import Fact, Matter
from huiyin.web.ui.templatetags.huiyin import grouped
from huiyin.web.ui.words import fact_text

MOST_LINES = 200
BAD = {"promise_broken", "remedy_failed", "notice_failed", "item_failed", "evidence_spoiled"}
# our own bookkeeping: it stands below the deed it belongs to
WITH_A_DEED = {"promise_made", "promise_kept", "case_answered"}  # of the same instant
AFTER_A_DEED = {"notice_sent"}


@dataclass(slots=True)
class Line:
    """One line of the time line: what happened, or what somebody wrote; `notes`: what we did and owe with it."""

    at: datetime
    text: str
    said: str = ""
    is_theirs: bool = False
    is_bad: bool = False
    notes: list[str] = field(default_factory=list)


def lines_of(matter: Matter, case: Case | None) -> list[Line]:
    """Facts and messages in one line, newest first."""
    lines = [_said(one, matter) for one in _messages(matter, case)]
    kept: list[tuple[Fact, str]] = []
    for fact in matter.facts.order_by("-seq")[:MOST_LINES]:
        if _is_of_order(fact, case) or not (text := fact_text(fact)):
            continue
        if fact.name in WITH_A_DEED | AFTER_A_DEED:
            kept.append((fact, text))
        else:
            lines.append(Line(fact.at, text, is_bad=fact.name in BAD))
    lines += _folded(lines, kept[::-1])
    lines.sort(key=lambda line: line.at, reverse=True)
    return _without_repeats(lines)


def _messages(matter: Matter, case: Case | None) -> list[Message]:
    theirs = Q(matter=matter)
    if case is not None and case.buyer_id is not None:  # what joined it may be somebody else's
        theirs |= Q(matter__conversation__buyer=case.buyer_id)
    return list(said_about(matter).filter(theirs, internal=False).reverse()[:MOST_LINES])


def _folded(deeds: list[Line], kept: list[tuple[Fact, str]]) -> list[Line]:
    """Put bookkeeping, oldest first, below its deeds; returns what belongs to none."""
    alone, at_once = [], {line.at: line for line in deeds}
    for fact, text in kept:
        home = at_once.get(fact.at)
        if home is None and fact.name in AFTER_A_DEED:
            home = max((line for line in deeds if line.at < fact.at), key=lambda line: line.at, default=None)
        if home is None:
            alone.append(Line(fact.at, text))
        elif text not in home.notes:
            home.notes.append(text)
    return alone


def _is_of_order(fact: Fact, case: Case | None) -> bool:
    """What tells of an order that nobody has proven here."""
    is_ours = fact.name == "evidence_added" and fact.data.get("source") == "system"
    return is_ours and case is not None and not is_proven(case)


def _without_repeats(lines: list[Line]) -> list[Line]:
    """Looking at an order five times is one line, the latest."""
    kept: list[Line] = []
    for line in lines:
        if not kept or line.said or line.notes or (line.text, line.said) != (kept[-1].text, kept[-1].said):
            kept.append(line)
    return kept


def _said(message: Message, matter: Matter) -> Line:
    who = _writer(message.author)
    if message.matter_id != matter.pk:
        who = gettext("%(who)s, in chat %(no)s") % {"who": who, "no": grouped(message.matter.no)}
    return Line(message.at, who, message.text, is_theirs=message.author == "buyer")


def _writer(author: str) -> str:
    if author == "buyer":
        return gettext("You wrote")
    if author.startswith("staff:"):
        return gettext("Agent %(agent_no)s wrote") % {"agent_no": author.removeprefix("staff:")}
    return gettext("We wrote")
