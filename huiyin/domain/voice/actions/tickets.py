"""Calls from the portal: each visitor gets a SIP endpoint of their own for ten minutes, and calls once at a time."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from huiyin.domain.journal.nudges import nudge
from huiyin.domain.voice.actions.lines import line_for
from huiyin.domain.voice.actions.turning import note_refused
from huiyin.domain.voice.calls import State
from huiyin.domain.voice.logins import Login, login_of
from huiyin.domain.voice.logins import visitor as name_for
from huiyin.domain.voice.models import Call, Ticket
from huiyin.domain.voice.shipped import DEFAULT
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.lib.postgresql import often

LIVES = timedelta(minutes=10)
PER_ADDRESS, WINDOW_S = 20, 600  # a school or an office shares one address
PER_VISITOR = 6
CHINESE, ENGLISH = "zh-hans", "en"  # that we speak


@dataclass(frozen=True, slots=True)
class Granted:
    """A ticket and what its browser signs in with."""

    ticket: Ticket
    login: Login


def ticket(visitor: str, address: str, *, line: str = DEFAULT, language: str = CHINESE, now: datetime) -> Granted:
    """Let this visitor (their browser's own name) call a public line from this address. An unused earlier ticket of
    theirs is gone. `language`: any tag; what is not English is answered in Chinese.

    Raises Refusal `too_often` (with `seconds`), `call_on_already`, `visitor_unknown`, `line_unknown`."""
    if not 16 <= len(visitor) <= 64:
        raise Refusal("visitor_unknown")
    found = line_for(line)
    if line != DEFAULT and (found.number != line or not found.is_public):
        raise Refusal("line_unknown")
    try:
        limits.take(f"calls:{address}", PER_ADDRESS, WINDOW_S, now)
        limits.take(f"calls:{visitor}", PER_VISITOR, WINDOW_S, now)
        return _grant(visitor, _hashed(address), line, spoken(language), now)
    except Refusal as no:
        note_refused("busy" if no.code == "call_on_already" else "limit", now=now)
        raise


@transaction.atomic
def _grant(visitor: str, address: str, line: str, language: str, now: datetime) -> Granted:
    often.run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ticket:{visitor}"])
    before = Ticket.objects.select_for_update().filter(visitor=visitor, ended_at=None)
    for one in before:
        if Call.objects.filter(ticket=one).exclude(state=State.ENDED).exists():
            raise Refusal("call_on_already")
    before.update(ended_at=now)
    made = Ticket.objects.create(
        name=name_for(secrets.token_hex(12)), visitor=visitor, line=line, language=language, address=address,
        created_at=now, expires_at=now + LIVES,
    )  # fmt: skip
    nudge("calls")
    return Granted(made, login_of(made.name, settings.SECRET_KEY.encode()))


def spoken(tag: str) -> str:
    """The language we speak with whoever asks for this one (BCP 47, as `en-GB`)."""
    return ENGLISH if tag.replace("_", "-").lower().split("-")[0] == ENGLISH else CHINESE


def _hashed(address: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), b"huiyin caller 1\0" + address.encode(), hashlib.sha256).hex()


def use_ticket(name: str, *, now: datetime) -> Ticket:
    """The ticket with which somebody calls now, within a verb. Raises Refusal `ticket_unknown`, `call_on_already`."""
    found = Ticket.objects.select_for_update().filter(name=name, ended_at=None, expires_at__gt=now).first()
    if found is None:
        raise Refusal("ticket_unknown")
    if Call.objects.filter(ticket=found).exclude(state=State.ENDED).exists():
        raise Refusal("call_on_already")
    Ticket.objects.filter(pk=found.pk).update(used_at=now)
    return found


@transaction.atomic
def end_tickets(now: datetime) -> list[str]:
    """Tickets whose time is over and that no call uses: their endpoints are to be taken away; the names."""
    live = Call.objects.exclude(state=State.ENDED).filter(ticket__isnull=False).values("ticket")
    over = Ticket.objects.select_for_update(skip_locked=True).filter(ended_at=None, expires_at__lte=now)
    names = list(over.exclude(pk__in=live).values_list("name", flat=True)[:500])
    Ticket.objects.filter(name__in=names).update(ended_at=now)
    return names
