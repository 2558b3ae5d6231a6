"""Reads about contacts and their fate."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from huiyin.domain.contacts.models import Buyer, Contact, Identity
from huiyin.domain.staff.models import Person
from huiyin.domain.staff.queries import on_duty
from huiyin.lib.postgresql.often import Read

_IDENTITIES = Read(lambda buyer: Identity.objects.filter(buyer=buyer).order_by("-pk"))


def addresses_of(buyer: Buyer) -> dict[str, str]:
    """Kind → address, the oldest one of each kind."""
    return {one.kind: one.value for one in _IDENTITIES(buyer.pk)}


def buyer_with(identities: Mapping[str, str]) -> Buyer | None:
    """The buyer who has one of these addresses (kind → value, as `actions.normal_identity` spells them)."""
    rows = Identity.objects.select_related("buyer")
    found = (rows.filter(kind=kind, value=value).first() for kind, value in sorted(identities.items()))
    return next((one.buyer for one in found if one is not None), None)


def managers_of(buyer: Buyer, now: datetime) -> list[Person]:
    """MB1: a member's named manager and deputy, as far as they work here: whoever is on duty first."""
    wanted = [no for no in (buyer.manager, buyer.deputy) if no]
    if not wanted:
        return []
    here = set(on_duty(now).filter(agent_no__in=wanted).values_list("pk", flat=True))
    found = Person.objects.filter(agent_no__in=wanted, is_active=True)
    return sorted(found, key=lambda one: (one.pk not in here, wanted.index(one.agent_no)))


def contacts_page(fate: str, after: tuple[datetime, int] | None, most: int) -> list[Contact]:
    """Contacts of one fate (`none` = nobody has answered yet, empty = all), newest first, from a place in the list on.

    Those without a fate are served by the index `contact_without_fate`.
    """
    rows = Contact.objects.select_related("matter")
    if fate:
        rows = rows.filter(fate__isnull=True) if fate == "none" else rows.filter(fate=fate)
    if after:
        rows = rows.filter(Q(at__lt=after[0]) | Q(at=after[0], pk__lt=after[1]))
    return list(rows.order_by("-at", "-pk")[:most])
