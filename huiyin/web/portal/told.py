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
IN_WORDS = {"case_proposed", "material_asked"}  # the words that were written with it are its words
BOOKKEEPING = {"promise_made", "promise_kept", "case_answered", "notice_sent"}  # stands below the deed it belongs to


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
    facts = [fact for fact in matter.facts.order_by("-seq")[:MOST_LINES] if not _is_of_order(fact, case)]
    told = [(fact, text) for fact in facts if (text := fact_text(fact))]
    kept = [pair for pair in reversed(told) if pair[0].name in BOOKKEEPING]
    lines = _deeds([pair for pair in told if pair[0].name not in BOOKKEEPING], _messages(matter, case), matter)
    lines += _folded(lines, kept, _queued(facts))
    lines.sort(key=lambda line: line.at, reverse=True)
    return _without_repeats(lines)


def _deeds(told: list[tuple[Fact, str]], messages: list[Message], matter: Matter) -> list[Line]:
    """What was done and what was written; the words of a deed stand with it."""
    ours = {one.at: one for one in messages if one.author != "buyer"}
    spoken = {fact.seq: ours.pop(fact.at) for fact, _ in told if fact.name in IN_WORDS and fact.at in ours}
    apart = {one.pk for one in spoken.values()}
    lines = [_said(one, matter) for one in messages if one.pk not in apart]
    for fact, text in told:
        said = spoken[fact.seq].text if fact.seq in spoken else ""
        lines.append(Line(fact.at, text, said=said, is_bad=fact.name in BAD))
    return lines


def _queued(facts: list[Fact]) -> dict[int, datetime]:
    """When each notice was written: the instant of the deed it tells."""
    return {fact.data["notice"]: fact.at for fact in facts if fact.name == "notice_queued"}


def _messages(matter: Matter, case: Case | None) -> list[Message]:
    theirs = Q(matter=matter)
    if case is not None and case.buyer_id is not None:  # what joined it may be somebody else's
        theirs |= Q(matter__conversation__buyer=case.buyer_id)
    return list(said_about(matter).filter(theirs, internal=False).reverse()[:MOST_LINES])


def _folded(deeds: list[Line], kept: list[tuple[Fact, str]], queued: dict[int, datetime]) -> list[Line]:
    """Put bookkeeping, oldest first, below its deeds; returns what belongs to none."""
    alone, at_once = [], {line.at: line for line in deeds}
    for fact, text in kept:
        home = at_once.get(queued.get(fact.data["notice"], fact.at) if fact.name == "notice_sent" else fact.at)
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
