"""The steps in the life of a case that a person takes at the desk: assess, ask, offer, see that it arrived, end it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext, override

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Assessment, Doer, Question
from huiyin.domain.cases.demand import ItemState
from huiyin.domain.cases.evidence import What
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.offers import GIVES, LONGEST_TEXT
from huiyin.domain.cases.responsibility import Responsible
from huiyin.lib.errors import Refusal
from huiyin.web.desk import forms
from huiyin.web.desk.gate import me
from huiyin.web.ui.words_desk import refusal_at_desk
from huiyin.web.ui.words_desk_case import ask_words, offers_words

Deed = Callable[[HttpRequest, Case, datetime], str]
UNDER_WAY = (ItemState.ACCEPTED, ItemState.CARRYING_OUT)


def _assess(request: HttpRequest, case: Case, at: datetime) -> str:
    typed = request.POST.get("responsible", "")
    if typed not in set(Responsible):
        raise Refusal("not_an_option")
    reason = request.POST.get("reason", "").strip()
    if not reason and typed != case.responsible:
        raise Refusal("say_why")
    found = Assessment(
        Responsible(typed), reason or case.responsible_reason, request.POST.get("category", ""),
        request.POST.get("urgency", ""),
    )  # fmt: skip
    cases.assess(case, found, forms.doer(request), now=at)
    return gettext("Assessed. The reason stands in the result.")


def _ask(request: HttpRequest, case: Case, at: datetime) -> str:
    item = request.POST.get("item", "")
    if item not in set(What):
        raise Refusal("choose_what_to_ask")
    text = request.POST.get("text", "").strip() or _in_the_buyers_language(lambda: ask_words(item))
    no = cases.ask(case, Question(item, text), forms.doer(request), now=at)
    if no is None:
        return gettext("Asked. Our clock stands still until it comes, a day at most.")
    return gettext("Asked. Our clock goes on: %(why)s") % {"why": refusal_at_desk(no)}


def _link_order(request: HttpRequest, case: Case, at: datetime) -> str:
    cases.name_order(case, request.POST.get("order_no", ""), forms.doer(request), now=at)
    if case.order_id is None:
        return gettext("Noted. We ask the shop; once it knows the order, everything about it stands here.")
    return gettext("Joined. What the shop says about the order stands here, and its records are evidence.")


def _go_on(request: HttpRequest, case: Case, at: datetime) -> str:
    cases.go_on(case, forms.doer(request), now=at)
    return gettext("Our clock runs again. Decide with what we have.")


def _propose(request: HttpRequest, case: Case, at: datetime) -> str:
    offers = forms.offers(request)
    text = request.POST.get("text", "").strip() or offers_words(offers)
    cases.propose(case, offers, forms.doer(request), now=at, text=text)
    return gettext("Proposed. The buyer is told, and reminded twice within a week.")


def _resolve(request: HttpRequest, case: Case, at: datetime) -> str:
    text = request.POST.get("text", "").strip()
    if not text:
        raise Refusal("say_why_to_buyer")
    # words of an item's own are not needed: the reason answers it
    offers = [
        one if one.text or one.kind in GIVES else replace(one, text=text[:LONGEST_TEXT])
        for one in forms.offers(request)
    ]
    cases.resolve(case, offers, text, forms.doer(request), now=at)
    if case.state == "closed":
        return gettext("Settled and closed. It counts as solved when the buyer says so.")
    return gettext("Settled. It closes by itself once everything has arrived.")


def _in_the_buyers_language(say: Callable[[], str]) -> str:
    with override(settings.LANGUAGE_CODE):
        return say()


def _arrive(request: HttpRequest, case: Case, at: datetime) -> str:
    item = _item(request, case)
    cases.arrive(item, forms.doer(request), now=at)
    return gettext("Item %(no)s has arrived. That you looked is recorded.") % {"no": item.no}


def _fail(request: HttpRequest, case: Case, at: datetime) -> str:
    item = _item(request, case)
    cases.fail(item, forms.reason(request), forms.doer(request), now=at)
    return gettext("Item %(no)s is open again. Offer something else in time.") % {"no": item.no}


def _item(request: HttpRequest, case: Case) -> DemandItem:
    """The item the form is about. Raises Refusal where it is not under way on this case."""
    chosen = forms.numbers(request, "item")
    item = DemandItem.objects.filter(case=case, no__in=chosen[:1], state__in=UNDER_WAY).first()
    if item is None:
        raise Refusal("nothing_under_way")
    return item


def _behalf(request: HttpRequest, case: Case, at: datetime) -> str:
    """The buyer said it by phone or elsewhere. How they said it goes into the record."""
    say = _SAID.get(request.POST.get("decision", ""))
    if say is None:
        raise Refusal("not_an_option")
    chosen = forms.numbers(request, "item")
    if not chosen and case.state != "closed":  # after the end "yes, solved" is about all of it
        raise Refusal("choose_items")
    say(case, chosen, request.POST.get("text", "").strip(), forms.doer(request, forms.reason(request)), at)
    return gettext("Recorded as the buyer's word, said through you.")


def _accepted(case: Case, nos: Sequence[int], text: str, doer: Doer, at: datetime) -> None:
    cases.accept(case, nos, doer, now=at)


def _partly(case: Case, nos: Sequence[int], text: str, doer: Doer, at: datetime) -> None:
    cases.negotiate(case, nos, text, doer, now=at)


def _refused(case: Case, nos: Sequence[int], text: str, doer: Doer, at: datetime) -> None:
    cases.refuse(case, nos, text, doer, now=at)


def _withdrawn(case: Case, nos: Sequence[int], text: str, doer: Doer, at: datetime) -> None:
    cases.withdraw(case, nos, text, doer, now=at)


_SAID: dict[str, Callable[[Case, Sequence[int], str, Doer, datetime], None]] = {
    "accepted": _accepted, "partly": _partly, "refused": _refused, "withdrawn": _withdrawn,
}  # fmt: skip


def _close(request: HttpRequest, case: Case, at: datetime) -> str:
    cases.close(case, "settled", by=me(request).by, now=at, seen=forms.version(request))
    return gettext("Closed.")


def _reopen(request: HttpRequest, case: Case, at: datetime) -> str:
    cases.reopen(case, forms.reason(request), forms.doer(request), now=at)
    return gettext("Open again, with new promises.")


DEEDS: dict[str, Deed] = {
    "assess": _assess, "link_order": _link_order, "ask": _ask, "go_on": _go_on, "propose": _propose,
    "resolve": _resolve, "arrive": _arrive, "fail": _fail, "behalf": _behalf, "close": _close, "reopen": _reopen,
}  # fmt: skip
