"""The written result (处理文书): each thing that was wanted beside what was done (CP10)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from huiyin.adapters.papers import words
from huiyin.adapters.papers.letters import claimant_rows, purchase_rows
from huiyin.adapters.papers.receipts import qr
from huiyin.adapters.papers.render import Paper
from huiyin.adapters.papers.text import paragraphs
from huiyin.domain.cases.letter import Material, Wish
from huiyin.domain.cases.outcome import Measure, measure, outcome
from huiyin.domain.promises.words import promise_what

Block = dict[str, Any]
VERDICTS = {
    Measure.MET: _("All you wanted has been done"),
    Measure.PARTLY: _("A part of what you wanted has been done"),
    Measure.ON_ITS_WAY: _("We agreed; what was agreed is on its way"),
    Measure.NOT: _("What you wanted has not been done"),
    Measure.WITHDRAWN: _("The matter is closed"),
}
HOW = {
    "confirmed": _("You confirmed it."),
    "confirmed_for": _("We noted for you that it is solved."),
    "arrived": _("All that was agreed has arrived."),
    "settled": _("We closed it; you have not contradicted."),
    "without_confirmation": _("Closed without your confirmation; we do not count it as solved."),
    "withdrawn": _("You took it back."),
    "no_agreement": _("We did not come to an agreement. This is our last word; the ways outside are open to you."),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise of ours and what became of it."""

    kind: str
    due: datetime
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What a written result says. `link` opens the tracking page and carries no token: the paper goes to others."""

    material: Material
    decided_at: datetime
    agent_no: str = ""
    how: str = ""  # how it ended, as `outcome.ending` says
    responsible: str = "unclear"
    reason: str = ""
    disagrees: str = ""  # what the buyer says against the finding
    clocks: tuple[Clock, ...] = ()
    head: str = ""
    link: str = ""
    due: Callable[[], str] | None = None  # what a promotion owed, in a sentence of the paper's language


def result_paper(result: Result, language: str = "zh-hans") -> Paper:
    """The result in `zh-hans` or `en`."""
    with override(language):
        title = gettext("Written result")
        sub = gettext("%(shop)s, %(at)s") % {"shop": settings.SHOP_NAME, "at": words.time_of(result.decided_at)}
        blocks = [
            {"kind": "title", "text": title, "sub": sub}, _verdict(result), *_about(result), *_items(result),
            *_responsible(result), *_clocks(result), *_next(result), *_proof(result),
        ]  # fmt: skip
        foot = gettext("Put together from the record of the matter.")
        content = words.frame(title, result.material.case_no, foot=foot)
        return Paper({**content, "blocks": blocks}, result.decided_at)


def _verdict(result: Result) -> Block:
    found = outcome(result.material.wishes)
    how = words.said(HOW, result.how) if result.how in HOW else ""
    return {"kind": "verdict", "mark": found.value, "text": gettext(VERDICTS[found]), "lines": [how] if how else []}


def _about(result: Result) -> list[Block]:
    rows = [*claimant_rows(result.material.claimant)[:1], *purchase_rows(result.material)]
    rows.append([gettext("Received"), words.time_of(result.material.filed_at)])
    if result.agent_no:
        rows.append([gettext("Answered for by"), gettext("agent %(agent_no)s") % {"agent_no": result.agent_no}])
    pairs: Block = {"kind": "pairs", "rows": rows}
    said = result.due() if result.due else ""
    return [pairs, {"kind": "para", "lines": [said], "muted": False}] if said else [pairs]


def _items(result: Result) -> list[Block]:
    part: Block = {"kind": "part", "no": "", "text": gettext("What was wanted, and what was done")}
    if not result.material.wishes:
        told = result.material.demand.strip() or gettext("No single items were asked for.")
        return [part, {"kind": "quote", "lines": paragraphs(told)}]
    return [part, {"kind": "wishes", "rows": [_item(one) for one in result.material.wishes]}]


def _item(wish: Wish) -> Block:
    mark = measure(wish)
    lines = [line for text in [*words.wish_lines(wish), *_done(wish)] for line in paragraphs(text)]
    state = words.said(words.MEASURES, mark.value)
    return {"no": str(wish.no), "head": words.wish_head(wish), "lines": lines, "mark": mark.value, "state": state}


def _done(wish: Wish) -> list[str]:
    amount = words.yuan(wish.offer_amount) if wish.offer_amount else ""
    kind = words.said(words.DEMANDS, wish.offer_kind) if wish.offer_kind else ""
    offered = " ".join(part for part in (kind, amount) if part)
    lines = [gettext("We offered: %(offer)s") % {"offer": offered}] if offered else []
    lines += [wish.offer_text] if wish.offer_text else []
    if wish.state == "refused":
        lines.append(gettext("You refused it."))
    if wish.arrived_at:
        lines.append(gettext("Arrived on %(at)s, verified.") % {"at": words.time_of(wish.arrived_at)})
    elif wish.offer_by and measure(wish) is Measure.ON_ITS_WAY:
        lines.append(gettext("Arrives by %(at)s.") % {"at": words.time_of(wish.offer_by)})
    return lines


def _responsible(result: Result) -> list[Block]:
    found = gettext("Responsible: %(who)s.") % {"who": words.said(words.RESPONSIBLE, result.responsible)}
    blocks: list[Block] = [
        {"kind": "part", "no": "", "text": gettext("Who is responsible")},
        {"kind": "para", "lines": [found, *paragraphs(words.said(words.REASONS, result.reason))], "muted": False},
    ]
    if result.disagrees.strip():
        blocks.append({"kind": "para", "lines": [gettext("You see it differently:")], "muted": False})
        blocks.append({"kind": "quote", "lines": paragraphs(result.disagrees)})
    return blocks


def _clocks(result: Result) -> list[Block]:
    if not result.clocks:
        return []
    kept, missed = gettext("kept"), gettext("missed")
    rows = [
        {
            "due": words.time_of(one.due), "what": promise_what(one.kind), "inline": True,
            "why": kept if one.is_kept else missed,
        }
        for one in result.clocks
    ]  # fmt: skip
    return [{"kind": "part", "no": "", "text": gettext("What we promised")}, {"kind": "promises", "rows": rows}]


def _next(result: Result) -> list[Block]:
    lines = [
        gettext("Not satisfied? Within 30 days we take it up again; somebody who has not decided before looks at it."),
        gettext("You can turn to 12315 at any time. Give this number, and you need not tell it twice."),
    ]
    return [
        {"kind": "part", "no": "", "text": gettext("If you do not agree")},
        {"kind": "para", "lines": lines, "muted": False},
    ]


def _proof(result: Result) -> list[Block]:
    blocks: list[Block] = []
    if result.head:
        label = gettext("The record stood like this when this was written:")
        blocks.append({"kind": "hash", "label": label, "value": result.head})
    if result.link:
        blocks.append({
            "kind": "number", "label": gettext("Matter number"), "no": words.grouped(result.material.case_no),
            "rows": [], "small": True, "svg": qr(result.link), "caption": gettext("Scan and enter the password"),
        })  # fmt: skip
    return blocks
