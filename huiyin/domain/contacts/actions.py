"""Noting who turned to us and what became of it; one-time codes."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from huiyin.domain.contacts.events import ContactRevealed, ManagerNamed
from huiyin.domain.contacts.models import Buyer, Code, Contact, Fate, Identity
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.lib import phones
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.lib.postgresql import often

CODE_LIVES = timedelta(minutes=10)
REVEAL_REASONS = ("call_buyer", "write_elsewhere", "compare_identity", "check_fraud")
CLOSE_REASONS = ("settled_elsewhere", "repeated", "wrong_number", "spam", "unreachable", "test")


def note(
    channel: str, about: str, *, now: datetime, buyer: Buyer | None = None, matter: Matter | None = None
) -> Contact:  # fmt: skip
    """Somebody turned to us, on a matter where there is one already. Has no fate until a verb below gives it one."""
    return often.insert([Contact(channel=channel, about=about, at=now, buyer=buyer, matter=matter)])[0]


def joined(channel: str, about: str, *, now: datetime, buyer: Buyer | None, matter: Matter) -> Contact:
    """Somebody turned to us and is heard on this matter: noted with its fate."""
    fate = {"fate": Fate.JOINED.value, "fate_at": now}
    return often.insert([Contact(channel=channel, about=about, at=now, buyer=buyer, matter=matter, **fate)])[0]


def settle(contact: Contact, fate: Fate, *, now: datetime, reason: str = "", matter: Matter | None = None) -> None:
    """Give a contact its one fate; the first fate stays. A contact is only closed with a reason."""
    changes: dict[str, object] = {"fate": fate.value, "fate_at": now, "fate_reason": reason}
    if matter is not None:
        changes["matter"] = matter
    Contact.objects.filter(pk=contact.pk, fate__isnull=True).update(**changes)


def belongs_to(contact: Contact, buyer: Buyer) -> None:
    """CH6: by now we know who it was that turned to us."""
    if contact.buyer_id != buyer.pk:
        often.change(contact, buyer=buyer)


_SETTLE = """
UPDATE contacts_contact SET fate = %s, fate_at = %s, fate_reason = %s WHERE matter_id = %s AND fate IS NULL
"""


def settle_all(matter: Matter, fate: Fate, *, now: datetime, reason: str = "") -> None:
    """Every contact of this matter that still waits gets this fate."""
    often.count(_SETTLE, [fate.value, now, reason, matter.pk])


def close_without_answer(contact: Contact, reason: str, *, now: datetime) -> None:
    """Nobody needs an answer here, and this is why: one of CLOSE_REASONS."""
    if reason not in CLOSE_REASONS:
        raise Refusal("say_why")
    if contact.fate is not None:
        raise Refusal("contact_has_fate")
    settle(contact, Fate.CLOSED, now=now, reason=reason)


@transaction.atomic
def reveal(matter: Matter, buyer: Buyer, reason: str, *, by: str, now: datetime) -> dict[str, str]:
    """A buyer's unmasked addresses (kind → value), for a reason of REVEAL_REASONS that is recorded on the matter."""
    if reason not in REVEAL_REASONS:
        raise Refusal("say_why")
    locked = journal.lock_one(matter.pk)
    known = dict(Identity.objects.filter(buyer=buyer).order_by("kind").values_list("kind", "value"))
    journal.record(locked, ContactRevealed(buyer=buyer.pk, kinds=list(known), reason=reason), by=by, now=now)
    return known


def normal_identity(kind: str, value: str) -> str:
    """One spelling per address, so that the same person is recognised."""
    plain = value.strip()
    if kind == "phone":
        return phones.normalise(plain) or plain
    return plain.lower() if kind == "email" else plain


KNOWN = often.Read(lambda kind, value: Identity.objects.select_related("buyer").filter(kind=kind, value=value))


@transaction.atomic(savepoint=False)
def know(identities: dict[str, str], *, now: datetime, name: str = "", tier: str = "ordinary") -> Buyer | None:
    """The buyer behind these addresses (kind → value), new if nobody has them yet; None without any address."""
    wanted = {kind: normal_identity(kind, value) for kind, value in identities.items() if value.strip()}
    if not wanted:
        return None
    for kind, value in sorted(wanted.items()):
        if found := KNOWN.first(kind, value):
            return found.buyer
    buyer = often.insert([Buyer(name=name, tier=tier or "ordinary", created_at=now)])[0]
    for kind, value in sorted(wanted.items()):  # somebody else may have just written the same address
        often.insert_unless_there(Identity(buyer=buyer, kind=kind, value=value))
    return buyer


def vouch(buyer: Buyer, identities: Mapping[str, str], *, tier: str = "", name: str = "") -> list[Buyer]:
    """CH6: the shop says that all these addresses are this person's, and which member they are. What nobody has is
    theirs from now on. Returns other buyers who have one of them: the same person, known twice."""
    wanted = {kind: normal_identity(kind, value) for kind, value in identities.items() if value.strip()}
    others: dict[int, Buyer] = {}
    for kind, value in sorted(wanted.items()):
        found = KNOWN.first(kind, value)
        if found is None:
            often.insert_unless_there(Identity(buyer=buyer, kind=kind, value=value))
        elif found.buyer_id != buyer.pk:
            others[found.buyer_id] = found.buyer
    news = {"tier": tier or buyer.tier, "name": buyer.name or name}
    if news != {"tier": buyer.tier, "name": buyer.name}:
        often.change(buyer, **news)
    return list(others.values())


def entrust(buyer: Buyer, manager: str, deputy: str = "") -> None:
    """MB1: who answers for a diamond member, and who while that one is away; agent numbers, empty = nobody."""
    Buyer.objects.filter(pk=buyer.pk).update(manager=manager, deputy=deputy)
    buyer.manager, buyer.deputy = manager, deputy


@transaction.atomic
def name_manager(matter: Matter, buyer: Buyer, manager: str, deputy: str, *, by: str, now: datetime) -> None:
    """MB1: `entrust`, decided on a matter and written there. Raises Refusal `manager_once`, `manager_first`."""
    if manager and manager == deputy:
        raise Refusal("manager_once")
    if deputy and not manager:
        raise Refusal("manager_first")
    locked = journal.lock_one(matter.pk)
    entrust(buyer, manager, deputy)
    journal.record(locked, ManagerNamed(buyer=buyer.pk, manager=manager, deputy=deputy), by=by, now=now)


def _mac(text: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), b"huiyin code 1\0" + text.encode(), hashlib.sha256).hex()


def new_code(entry: str, order_nos: list[str], *, now: datetime) -> str:
    """A six-digit code that proves exactly this entry for ten minutes; the caller sends it to the contact."""
    code = f"{secrets.randbelow(10**6):06d}"
    Code.objects.create(
        entry=_mac(entry), digest=_mac(f"{entry}\0{code}"), order_nos=order_nos, sent_at=now,
        expires_at=now + CODE_LIVES,
    )  # fmt: skip
    return code


def use_code(entry: str, code: str, *, now: datetime) -> list[str]:
    """The order numbers this code opens, or [] when it is wrong or too old. Five tries per entry and 15 minutes."""
    if limits.count(f"code:{_mac(entry)}", 900, now) > 5:
        return []
    wanted = _mac(f"{entry}\0{code.strip()}")
    live = Code.objects.filter(entry=_mac(entry), digest=wanted, expires_at__gt=now)
    found = live.order_by("-sent_at").first()
    if not found:
        return []
    Code.objects.filter(pk=found.pk, used_at__isnull=True).update(used_at=now)
    return list(found.order_nos)
