"""What we promise everybody, and how we did in the last 30 days (TR1)."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from huiyin.domain.insight.queries import Standard, standards
from huiyin.web.ui.words_console import clock_words, percent

FEW = 10  # of fewer, a share says nothing
NAMES = {
    "answered_in_time": _("In the chat, a person answers within %(s)s seconds"),
    "reached_a_person": _("Whoever wants a person reaches one"),
    "diamond_in_time": _("Diamond members reach a person within 3 minutes"),
    "settled_first_time": _("Settled the first time: no need to come again within a week"),
    "promise_undelivered_key": _("A key that was paid and not delivered: put right within 10 minutes"),
    "promise_result": _("A complaint has its result by the time we named"),
    "promise_first_answer": _("A first answer by the time we named"),
    "promise_l2_answer": _("The second line answers within 2 hours"),
    "promise_callback": _("We call back when we said we would"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One promise in words, and what came of it."""

    promise: str
    aim: str
    did: str
    of: str
    is_kept: bool | None


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The page."""
    seen = standards(timezone.now())
    lines = [_line(one) for one in seen.standards]
    rating = f"{seen.rating:.1f}" if seen.rating is not None and seen.ratings >= FEW else ""
    solved = percent(seen.solved / seen.surveys) if seen.surveys >= FEW else ""
    context = {"lines": lines, "since": seen.since, "rating": rating, "ratings": seen.ratings}
    context |= {"solved": solved, "surveys": seen.surveys}
    return render(request, "portal/standards.html", context)


def _line(one: Standard) -> Line:
    promise = gettext(NAMES[one.name]) % {"s": f"{settings.SERVICE_LEVEL_S:g}"}
    of = ngettext("of %(count)s", "of %(count)s", one.of) % {"count": one.of}
    if one.share is None or one.of < FEW:
        return Line(promise, percent(one.aim), gettext("too few yet to say"), of if one.of else "", None)
    did = percent(one.share)
    if one.mean_s is not None:
        did = gettext("%(share)s, mean wait %(wait)s") % {"share": did, "wait": clock_words(one.mean_s)}
    return Line(promise, percent(one.aim), did, of, one.share >= one.aim)
