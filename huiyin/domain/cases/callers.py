"""HL6, HL14: what whoever is about to answer a call should know, so that nobody tells the story twice. Nothing of it is
proven by the number somebody calls from. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from huiyin.domain.cases.evidence import Source
from huiyin.domain.cases.models import Case, Evidence
from huiyin.domain.contacts.models import Contact
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.seeing import is_kept_out
from huiyin.domain.orders.models import Order
from huiyin.domain.routing.models import Offer
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.models import Call, Command

ORDERS, CASES, PAST, PICTURES = 3, 3, 5, 3  # the rest is on the page of the call


@dataclass(frozen=True, slots=True)
class Card:
    """Who calls. `tier`: as they wait; `orders` with their payments in the snapshot, `cases` (open ones): first what
    the call is about; `past`: earlier contacts of the buyer or from this number, newest first. `about`: the matter that
    a call code or the conversation brought, with what the buyer wrote; `pictures` of theirs on it."""

    call: Call
    tier: str
    orders: Sequence[Order]
    cases: Sequence[Case]
    past: Sequence[Contact]
    about: Case | None
    pictures: Sequence[Evidence]


def may_know(call: Call, person: Person) -> bool:
    """Whoever has the call, is asked to take it or leads; never whom it is about (CP21)."""
    talk = Conversation.objects.filter(matter=call.talk_id).values_list("pk", flat=True).first()
    if talk is not None and is_kept_out(person, talk):
        return False
    if person.leads or call.agent_id == person.pk:
        return True
    if Command.objects.filter(call=call, verb="transfer", params__to=f"agent:{person.agent_no}").exists():
        return True  # a colleague asks them first
    return Offer.objects.filter(item__matter=call.talk_id, agent=person, state="pending").exists()


def card_of(call: Call, person: Person) -> Card:
    """The card of a call for somebody who `may_know`."""
    seen = Case.objects.exclude(about_agents__contains=[person.agent_no]).select_related("matter", "order")
    about = seen.filter(matter__in=_matters(call)).first()
    return Card(call, call.tier, _orders(call, about), _cases(call, about, seen), _past(call), about, _pictures(about))


def _matters(call: Call) -> list[int]:
    joined = Conversation.objects.filter(matter=call.talk_id, case__isnull=False).values_list("case", flat=True)
    return [*([call.case_id] if call.case_id else []), *joined]


def _orders(call: Call, about: Case | None) -> list[Order]:
    named = {call.order_no, about.order_no if about else ""} - {""}
    theirs = Q(order_no__in=named) if call.buyer_id is None else Q(order_no__in=named) | Q(buyer=call.buyer_id)
    found = Order.objects.filter(theirs).order_by("-looked_at")[: ORDERS + 20] if named or call.buyer_id else []
    return sorted(found, key=lambda order: order.order_no not in named)[:ORDERS]


def _cases(call: Call, about: Case | None, seen: QuerySet[Case]) -> list[Case]:
    first = [about] if about is not None and about.state != "closed" else []
    if call.buyer_id is None:
        return first
    others = seen.filter(buyer=call.buyer_id).exclude(state="closed").exclude(pk__in=[one.pk for one in first])
    return [*first, *others.order_by("-filed_at")][:CASES]


def _past(call: Call) -> list[Contact]:
    """Two looks at two indexes: one with both conditions would read every contact there ever was."""
    same = Call.objects.filter(caller=call.caller).exclude(pk=call.pk).order_by("-started_at") if call.caller else None
    numbers = [pk for pk in same.values_list("contact", flat=True)[:PAST] if pk] if same is not None else []
    theirs = Q(pk__in=numbers) if call.buyer_id is None else Q(pk__in=numbers) | Q(buyer=call.buyer_id)
    found = Contact.objects.filter(theirs).exclude(pk=call.contact_id or 0).select_related("matter")
    return list(found.order_by("-at", "-pk")[:PAST]) if numbers or call.buyer_id else []


def _pictures(about: Case | None) -> list[Evidence]:
    if about is None:
        return []
    sent = Evidence.objects.filter(case=about, source=Source.BUYER.value, mime__startswith="image/", damaged_at=None)
    return list(sent.order_by("-no")[:PICTURES])
