"""What has changed since the page was made that a buyer decided on: each point, what was proposed before and now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from huiyin.domain.cases.models import Case, DemandItem
from huiyin.lib.errors import Refusal
from huiyin.web.ui.times import deadline, moment
from huiyin.web.ui.words import fact_text
from huiyin.web.ui.words_cases import item_head, item_state

MOST = 5  # of anything


def lines(case: Case, nos: Sequence[int], refused: Refusal) -> list[str]:
    """A line for each point somebody wanted to decide on and that is another now; without any, what happened."""
    seen = refused.params.get("seen")
    if refused.code != "changed_meanwhile" or not isinstance(seen, int):
        return []
    before = _proposed_by(case, seen)
    items = DemandItem.objects.filter(case=case).order_by("no")
    told = [_difference(one, before.get(one.no)) for one in items if not nos or one.no in nos]
    return [line for line in told if line][:MOST] or _happened(case, seen)


def _proposed_by(case: Case, seen: int) -> dict[int, dict[str, Any]]:
    """The last offer for each point as the page showed it."""
    facts = case.matter.facts.filter(name="case_proposed", seq__lte=seen).order_by("seq")
    return {int(one["no"]): one for fact in facts for one in fact.data["offers"]}


def _difference(item: DemandItem, before: dict[str, Any] | None) -> str:
    was = _offer(before["kind"], before["amount"], before["until"]) if before else gettext("no proposal yet")
    now = _offer(item.offer_kind, item.offer_amount, item.offer_by) if item.offer_kind else gettext("no proposal yet")
    if item.state != "offered":
        now = f"{now} · {item_state(item.state)}"
    values = {"no": item.no, "before": was, "now": now}
    return gettext("Point %(no)s. Before: %(before)s. Now: %(now)s.") % values if was != now else ""


def _offer(kind: str, amount: object, until: datetime | str | None) -> str:
    by = gettext("there by %(by)s") % {"by": deadline(until)} if until else ""
    return " · ".join(part for part in (item_head(kind, amount), by) if part)


def _happened(case: Case, seen: int) -> list[str]:
    facts = case.matter.facts.filter(seq__gt=seen).order_by("seq")
    told = ((fact.at, fact_text(fact)) for fact in facts)
    return [f"{moment(at)} · {text}" for at, text in told if text][-MOST:]
