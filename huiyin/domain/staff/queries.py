"""Who may, who is here."""

import hashlib
import re
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from huiyin.domain.staff.models import ApiKey, Person, Tier
from huiyin.lib.postgresql import often

SEEN_WITHIN = timedelta(minutes=3)  # an open desk renews its lease every minute


def on_duty(now: datetime) -> QuerySet[Person]:
    """People who said they are on duty and whose desk was open within the last three minutes."""
    return Person.objects.filter(is_active=True, on_duty=True, seen_at__gte=now - SEEN_WITHIN)


def is_here(person: Person, now: datetime) -> bool:
    """Whether this person is on duty, by the row at hand."""
    return bool(person.on_duty and person.seen_at and person.seen_at >= now - SEEN_WITHIN)


def somebody_is_on_duty(now: datetime) -> bool:
    return on_duty(now).exists()


# Counting every open case each time one is filed would cost more the more there are (2.5 ms at 2 000, measured): beyond
# so many, whoever got one longest ago is next. Both looks are served by `case_open_by_owner`.
COUNTED = 50
_LEAST_BUSY = f"""
SELECT person.id FROM staff_person person,
    LATERAL (SELECT count(*) AS held FROM (SELECT 1 FROM cases_case held WHERE held.owner_id = person.id
             AND NOT held.state = 'closed' LIMIT {COUNTED}) AS open) AS work,
    LATERAL (SELECT max(held.filed_at) AS at FROM cases_case held WHERE held.owner_id = person.id
             AND NOT held.state = 'closed') AS last
WHERE person.is_active AND person.tier = ANY(%s) AND NOT person.id = ANY(%s)
ORDER BY (person.on_duty AND person.seen_at >= %s) DESC NULLS LAST, held, last.at NULLS FIRST, person.id LIMIT 1
"""
_NEXT = often.Read(lambda *given: Person.objects.filter(pk=RawSQL(_LEAST_BUSY, given)), slots=3)


def least_busy(tiers: tuple[str, ...], now: datetime, but_not: tuple[int, ...] = ()) -> Person | None:
    """Who gets the next matter: of these tiers, first whoever is on duty, then whoever has the fewest open cases, then
    whoever got one longest ago."""
    return _NEXT.first(list(tiers), list(but_not), now - SEEN_WITHIN)


_CALLED = often.Read(
    lambda no, name: Person.objects.filter(Q(agent_no=no) | Q(username=name), is_active=True)
    .exclude(tier="admin").order_by("pk")
)  # fmt: skip


def agent_called(number_or_login: str) -> Person | None:
    """Somebody who works here and answers buyers, by agent number or login."""
    return _CALLED.first(number_or_login, number_or_login)


def agent_with_number(agent_no: str) -> bool:
    """Whether somebody who works here and answers buyers has this agent number."""
    return Person.objects.filter(agent_no=agent_no, is_active=True).exclude(tier=Tier.ADMIN).exists()


def step_up(level: int) -> tuple[str, ...]:
    """Which tiers answer at an escalation level: 0 the line, 1 supervisors, 2 operations."""
    return [(Tier.L1.value, Tier.L2.value), (Tier.SUPERVISOR.value,), (Tier.OPERATIONS.value, Tier.ADMIN.value)][
        min(level, 2)
    ]


_KEY_SHAPE = re.compile(r"hy_[A-Za-z0-9_-]{43}")
_KEY = often.Read(lambda digest: ApiKey.objects.select_related("person").filter(digest=digest, revoked_at__isnull=True))


def is_key(token: str) -> bool:
    """Whether this can be an API key at all; what cannot is not looked up."""
    return _KEY_SHAPE.fullmatch(token) is not None


def key_for(token: str) -> ApiKey | None:
    """The API key that this bearer token is, if it is one and valid. Looked up by digest: no timing to read."""
    if not is_key(token):
        return None
    return _KEY.first(hashlib.sha256(token.encode()).hexdigest())
