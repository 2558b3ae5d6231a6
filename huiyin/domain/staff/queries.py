"""Who may, who is here."""

import hashlib
from datetime import datetime, timedelta

from django.db.models import BooleanField, Count, ExpressionWrapper, F, FilteredRelation, Q, QuerySet

from huiyin.domain.staff.models import ApiKey, Person, Tier

SEEN_WITHIN = timedelta(minutes=3)  # an open desk renews its lease every minute


def on_duty(now: datetime) -> QuerySet[Person]:
    """People who said they are on duty and whose desk was open within the last three minutes."""
    return Person.objects.filter(is_active=True, on_duty=True, seen_at__gte=now - SEEN_WITHIN)


def somebody_is_on_duty(now: datetime) -> bool:
    return on_duty(now).exists()


def least_busy(tiers: tuple[str, ...], now: datetime, but_not: tuple[int, ...] = ()) -> Person | None:
    """Who gets the next matter: of these tiers, first whoever is on duty, then whoever has the fewest open cases."""
    able = Person.objects.filter(is_active=True, tier__in=tiers).exclude(pk__in=but_not)
    here = Q(on_duty=True, seen_at__gte=now - SEEN_WITHIN)
    ranked = able.annotate(
        here=ExpressionWrapper(here, BooleanField()),
        open=FilteredRelation("cases", condition=~Q(cases__state="closed")),  # served by `case_open_by_owner`
        open_cases=Count("open"),
    )
    return ranked.order_by(F("here").desc(nulls_last=True), "open_cases", "pk").first()


def step_up(level: int) -> tuple[str, ...]:
    """Which tiers answer at an escalation level: 0 the line, 1 supervisors, 2 operations."""
    return [(Tier.L1.value, Tier.L2.value), (Tier.SUPERVISOR.value,), (Tier.OPERATIONS.value, Tier.ADMIN.value)][
        min(level, 2)
    ]


def key_for(token: str) -> ApiKey | None:
    """The API key that this bearer token is, if it is one and valid. Looked up by digest: no timing to read."""
    digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    return ApiKey.objects.filter(digest=digest, revoked_at__isnull=True).first()
