"""Who may say who answers for a member (MB1), and among whom. Reads only."""

from typing import Any

from huiyin.domain.cases.verbs import LEADS
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.staff.models import Person
from huiyin.web.ui.words_desk import TIERS, word


def naming(buyer: Buyer | None, person: Person) -> dict[str, Any] | None:
    """What the small form shows; None for whoever may not name anybody, and for members without a manager."""
    if buyer is None or not may_name(buyer, person):
        return None
    people = [(one.agent_no, f"{one.agent_no} · {word(TIERS, one.tier)}") for one in candidates()]
    return {"manager": buyer.manager, "deputy": buyer.deputy, "people": people}


def may_name(buyer: Buyer, person: Person) -> bool:
    """Leads, of diamond members; and of whoever has a manager still, so that it can be ended."""
    return person.tier in LEADS and (buyer.tier == "diamond" or bool(buyer.manager))


def candidates() -> list[Person]:
    """Who works here and answers buyers."""
    return list(Person.objects.filter(is_active=True).exclude(tier="admin").order_by("agent_no"))
