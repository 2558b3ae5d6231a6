"""Where the buyer of a case is reached."""

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.queries import addresses_of


def address_of(case: Case) -> dict[str, str]:
    """What they gave (kind → value), else the contact of the order whose matter it is."""
    given = addresses_of(case.buyer) if case.buyer else {}
    if given.get("email") or given.get("phone"):
        return given
    return dict(case.order.snapshot.get("buyer", {})) if case.order and case.order.matter_id == case.matter_id else {}
