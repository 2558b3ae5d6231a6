"""Six digits that carry a matter into a call (HL14): made on its page, keyed in the menu, worth nothing afterwards.

A code lives a quarter of an hour, is used once, and a new one replaces it. Whoever guesses has three tries a call, ten
an hour from one number, and a hundred an hour are possible from everywhere: with fifty codes out at once that is one
hit in two hundred hours.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from huiyin.domain.contacts.models import Buyer
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.journal.models import Matter
from huiyin.domain.voice.actions.locking import lock, topics
from huiyin.domain.voice.actions.whose import known_as
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes.events import CallCodeUsed
from huiyin.domain.voice.passes.models import CallCode
from huiyin.lib.limits import actions as limits
from huiyin.lib.numbers import normalise
from huiyin.lib.postgresql import often

LIVES: Final = timedelta(minutes=15)
DIGITS: Final = 6
GIVEN, GIVEN_S = 10, 3600  # codes for one matter
TRIES_OF_CALL, TRIES_OF_NUMBER, TRIES_OF_ALL, TRIES_S = 3, 10, 100, 3600
_ROLLS = 20


@dataclass(frozen=True, slots=True)
class About:
    """What a code brings along, as far as the browser has proven it."""

    matter: Matter
    proof: str = "none"
    order_no: str = ""
    buyer: Buyer | None = None
    is_case: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    digits: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What the call is about. `case`: the matter whose case the call joins (`Wait.case`), if there is one."""

    matter: Matter
    order_no: str
    proof: str
    case: Matter | None


@verb
def give_call_code(about: About, *, now: datetime) -> Code:
    """A new code for a matter; the one before is void. Raises Refusal `too_often`."""
    matter = journal.lock_one(about.matter.pk)
    limits.take(f"call-code:{matter.pk}", GIVEN, GIVEN_S, now)
    CallCode.objects.filter(used_at=None, matter=matter).delete()
    CallCode.objects.filter(used_at=None, expires_at__lte=now).delete()
    row = CallCode(
        matter=matter, proof=about.proof, order_no=about.order_no[:64], buyer=about.buyer, is_case=about.is_case,
        made_at=now, expires_at=now + LIVES,
    )  # fmt: skip
    for _ in range(_ROLLS):
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        row.digest = digest_of(digits)
        if often.insert_unless_there(row):
            return Code(digits, row.expires_at)
    raise RuntimeError("no free call code in twenty tries")


@verb
def redeem_call_code(call: Call, digits: str, *, now: datetime) -> Redeemed | None:
    """What the caller's code stands for, kept on the call. None: wrong, too old or used; say the same for all three.
    Raises Refusal `too_often` once somebody guesses: then no code is taken in this call any more."""
    ours = lock(call)
    _refuse_guessing(ours, now)
    typed = normalise(digits)
    row = CallCode.objects.filter(digest=digest_of(typed), used_at=None, expires_at__gt=now).first()
    if row is None or not CallCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now, call=ours):
        _count_wrong(ours, now)
        return None
    about = Matter.objects.get(pk=row.matter_id)
    often.change(
        ours, order_no=row.order_no or ours.order_no, proof=row.proof if row.order_no else ours.proof,
        case=about if row.is_case else ours.case, **known_as(ours, row.buyer or ours.buyer),
    )  # fmt: skip
    used = CallCodeUsed(about_no=about.no, proof=row.proof)
    journal.record(ours.matter, used, by="buyer", now=now, tell=topics(ours))
    return Redeemed(about, row.order_no, row.proof, about if row.is_case else None)


def is_open(digits: str, *, now: datetime) -> bool:
    """Whether this code still works."""
    return CallCode.objects.filter(digest=digest_of(digits), used_at=None, expires_at__gt=now).exists()


def digest_of(digits: str) -> str:
    """What stands in the table: without the server's key six digits would be read from it in a second."""
    mac = hmac.digest(settings.SECRET_KEY.encode(), b"huiyin call code v1\0" + digits.encode(), hashlib.sha256)
    return mac.hex()


def _buckets(call: Call) -> list[tuple[str, int]]:
    number = [(f"call-code-tries:number:{call.caller}", TRIES_OF_NUMBER)] if call.caller else []
    return [(f"call-code-tries:call:{call.pk}", TRIES_OF_CALL), *number, ("call-code-tries", TRIES_OF_ALL)]


def _refuse_guessing(call: Call, now: datetime) -> None:
    for bucket, most in _buckets(call):
        if limits.used(bucket, TRIES_S, now) >= most:
            limits.take(bucket, 0, TRIES_S, now)


def _count_wrong(call: Call, now: datetime) -> None:
    for bucket, _ in _buckets(call):
        limits.count(bucket, TRIES_S, now)
