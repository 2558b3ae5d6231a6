"""Handing out and taking away links to the screen on the wall."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from huiyin.domain.insight.events import WallMade, WallRevoked
from huiyin.domain.insight.models import Wall
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal

MOST_WALLS = 20
SEEN_EVERY = timedelta(hours=1)


@transaction.atomic
def hang_wall(name: str, person: Person, *, now: datetime) -> tuple[Wall, str]:
    """A new screen and the token of its link, shown this once. Raises Refusal `supervisors_only`, `walls_too_many`."""
    _check(person)
    matter = journal.lock_one(person.matter_id)
    if Wall.objects.filter(revoked_at__isnull=True).count() >= MOST_WALLS:
        raise Refusal("walls_too_many", limit=MOST_WALLS)
    token = secrets.token_urlsafe(24)
    wall = Wall.objects.create(name=name.strip()[:60] or "–", digest=_digest(token), made_by=person, made_at=now)
    journal.record(matter, WallMade(wall=wall.pk), by=person.by, now=now)
    return wall, token


@transaction.atomic
def take_down_wall(wall: Wall, person: Person, *, now: datetime) -> None:
    """Its link opens nothing more, and what it shows goes blank with its next look. Harmless to repeat."""
    _check(person)
    matter = journal.lock_one(person.matter_id)
    if Wall.objects.filter(pk=wall.pk, revoked_at__isnull=True).update(revoked_at=now):
        journal.record(matter, WallRevoked(wall=wall.pk), by=person.by, now=now)
        nudge("queue")


def wall_behind(token: str) -> Wall | None:
    """The screen this token opens, None when nobody handed it out or it was taken away."""
    return Wall.objects.filter(digest=_digest(token), revoked_at__isnull=True).first()


def wall_seen(wall: Wall, *, now: datetime) -> None:
    """It was shown; noted once an hour."""
    stale = Q(seen_at=None) | Q(seen_at__lte=now - SEEN_EVERY)
    Wall.objects.filter(stale, pk=wall.pk).update(seen_at=now)


def _check(person: Person) -> None:
    if not person.leads:
        raise Refusal("supervisors_only")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
