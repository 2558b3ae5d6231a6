"""Forms that become a case: read once, filed once, however often they are sent."""

import re
import time
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.crypto import get_random_string

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.demand import Item
from huiyin.domain.cases.models import Case
from huiyin.domain.promises.promises import Category
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.lib.paste import entries
from huiyin.web.portal import visits

FILINGS, WINDOW_S = 10, 3600  # one address, one hour
LONGEST = 4000
_WECHAT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}")
_ONCE = re.compile(r"[A-Za-z0-9]{16,32}")


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form; shown again as it was when something is missing."""

    once: str
    what_happened: str = ""
    demand: str = ""
    contact: str = ""
    order_no: str = ""
    category: str = ""
    items: tuple[Item, ...] = ()


def fresh_form() -> Form:
    """An empty form with a mark of its own."""
    return Form(get_random_string(20))


def read_form(request: HttpRequest) -> Form:
    """The form as it was sent."""
    once = request.POST.get("once", "")
    texts = {name: request.POST.get(name, "").strip() for name in ("what_happened", "demand", "contact", "order_no")}
    category = request.POST.get("category", "")
    return Form(
        once if _ONCE.fullmatch(once) else get_random_string(20), texts["what_happened"], texts["demand"],
        texts["contact"][:160], texts["order_no"][:64], category if category in set(Category) else "",
    )  # fmt: skip


def identities_in(text: str) -> dict[str, str]:
    """The one contact somebody typed. Raises Refusal contact_missing | contact_unreadable."""
    if not text.strip():
        raise Refusal("contact_missing")
    for entry in entries(text):
        if entry.by in {"email", "phone", "qq", "wechat"}:
            return {entry.by: entry.value}
    if _WECHAT.fullmatch(text.strip()):
        return {"wechat": text.strip()}
    raise Refusal("contact_unreadable")


def file_form(request: HttpRequest, form: Form, *, channel: str, now: datetime) -> Case:
    """File it and let this browser follow it. The same form sent twice gives the same case."""
    if not form.what_happened and not form.demand and not form.items:
        raise Refusal("nothing_written")
    for text in (form.what_happened, form.demand):
        if len(text) > LONGEST:
            raise Refusal("too_long", limit=LONGEST, length=len(text))
    identities = identities_in(form.contact)
    filed = _filed_before(form, now)
    if filed is None:
        limits.take(f"filing:{visits.address_of(request)}", FILINGS, WINDOW_S, now)
        filing = cases.Filing(
            what_happened=form.what_happened, demand=form.demand, identities=identities, order_no=form.order_no,
            channel=channel, external_ref=mark_of(form), category=form.category, items=form.items,
        )  # fmt: skip
        filed = cases.file(filing, by="buyer", now=now)
    visits.remember_matter(request, filed.matter)
    return filed


def mark_of(form: Form) -> str:
    """What one form carries, however often it is sent."""
    return f"form:{form.once}"


def _filed_before(form: Form, now: datetime) -> Case | None:
    """The case of this very form. Of two sendings at once the counter lets one file; the other waits for its case."""
    if limits.count(mark_of(form), 24 * 3600, now) == 1:
        return None
    for _ in range(20):
        if (case := Case.objects.select_related("matter").filter(external_ref=mark_of(form)).first()) is not None:
            return case
        time.sleep(0.1)
    return None
