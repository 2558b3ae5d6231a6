"""CP15: whoever turned to us and has no fate yet. Nobody falls off the table."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from huiyin.domain.cases.queries import PAGE, contacts_without_fate
from huiyin.domain.contacts import actions
from huiyin.domain.contacts.models import Contact
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.lib.phones import mask_name
from huiyin.web.desk.gate import by_staff
from huiyin.web.desk.screen import frame
from huiyin.web.ui.words_desk import ABOUTS, CHANNELS, CONTACT_CLOSINGS, refusal_at_desk, word


@require_GET
@by_staff
def contacts(request: HttpRequest) -> HttpResponse:
    """The oldest first, a page at a time."""
    after = request.GET.get("after", "")
    found = contacts_without_fate(int(after) if after.isdigit() and len(after) < 16 else 0, PAGE + 1)
    shown = {
        "rows": [_row(contact) for contact in found[:PAGE]],
        "after": found[PAGE - 1].pk if len(found) > PAGE else "",
        "reasons": [(code, word(CONTACT_CLOSINGS, code)) for code in actions.CLOSE_REASONS],
    }
    if request.GET.get("part"):
        return render(request, "desk/parts/contacts.html", shown)
    return render(request, "desk/contacts.html", frame(request, room="contacts") | shown)


@require_POST
@by_staff
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """No answer is needed, and why."""
    contact = get_object_or_404(Contact, pk=pk)
    try:
        actions.close_without_answer(contact, request.POST.get("reason", ""), now=now())
    except Refusal as no:
        messages.error(request, refusal_at_desk(no))
        return redirect("desk:contacts")
    messages.success(request, gettext("Closed, with its reason."))
    return redirect("desk:contacts")


def _row(contact: Contact) -> dict[str, object]:
    return {
        "pk": contact.pk,
        "at": contact.at,
        "channel": word(CHANNELS, contact.channel),
        "about": word(ABOUTS, contact.about),
        "who": mask_name(contact.buyer.name) if contact.buyer and contact.buyer.name else "",
        "no": contact.matter.no if contact.matter else "",
        "href": _href(contact),
    }


def _href(contact: Contact) -> str:
    """Where it can be read; a caller who hears the menu has no page yet, nor has an order nobody answers for."""
    matter = contact.matter
    if matter is None:
        return ""
    if hasattr(matter, "case"):
        return reverse("desk:matter", args=[matter.no])
    return reverse("desk:talk", args=[matter.no]) if hasattr(matter, "conversation") else ""
