"""Hiring people, going on and off duty, handing out API keys."""

import hashlib
import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.staff.events import DutyChanged, PasswordSet, PersonHired
from huiyin.domain.staff.models import ApiKey, Person

OWN = "me"  # the scope of a person's own key


@transaction.atomic
def hire(username: str, agent_no: str, tier: str, password: str, *, by: str, now: datetime) -> Person:
    """A new account. `tier` is a `Tier` value."""
    matter = journal.lock_one(journal.open_matter("staff", now).pk)
    person = Person.objects.create(
        username=username, agent_no=agent_no, tier=tier, password=make_password(password), matter=matter
    )
    journal.record(matter, PersonHired(agent_no=agent_no, tier=tier), by=by, now=now)
    return person


@transaction.atomic
def set_password(person: Person, password: str, *, by: str, now: datetime) -> None:
    """A new password. Whoever is logged in with the old one is logged out."""
    matter = journal.lock_one(person.matter_id)
    Person.objects.filter(pk=person.pk).update(password=make_password(password))
    journal.record(matter, PasswordSet(agent_no=person.agent_no), by=by, now=now)


@transaction.atomic
def set_duty(person: Person, *, on_duty: bool, now: datetime) -> None:
    """Go on or off duty. Being seen at the desk is the other half of being there."""
    matter = journal.lock_one(person.matter_id)
    changed = Person.objects.filter(pk=person.pk).exclude(on_duty=on_duty).update(on_duty=on_duty)
    Person.objects.filter(pk=person.pk).update(seen_at=now)
    if changed:
        journal.record(matter, DutyChanged(on_duty=on_duty), by=person.by, now=now)


def speak(person: Person, language: str) -> None:
    """The language in which this person sees the desk: `zh-hans` or `en`. A taste, not a fact."""
    Person.objects.filter(pk=person.pk).update(language=language)


def seen(person: Person, *, now: datetime) -> None:
    """Renew the lease of an open desk. Not a fact: it happens every minute."""
    Person.objects.filter(pk=person.pk).update(seen_at=now)


def issue_own_key(person: Person, *, now: datetime) -> str:
    """A new API key for somebody's own programs, which act as that person."""
    return issue_key(person.username, [OWN], now=now, person=person)


def issue_key(name: str, scopes: list[str], *, now: datetime, person: Person | None = None) -> str:
    """A new API key, of a program or of a person; the returned text is shown once and never kept."""
    token = "hy_" + secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    ApiKey.objects.create(name=name, digest=digest, scopes=scopes, created_at=now, person=person)
    return token
