"""The staff and the API keys of a demo: made once, the same after every restart.

Runs inside the centre (`huiyin demo_people`), not inside the demo shop. What is handed out is kept in a private file of
the instance, because the tables hold only digests. The file is written before the rows: killed in between, the next
start makes the rows that are missing.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from huiyin.daemons.instance import write_whole
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.hours import ZONE
from huiyin.domain.routing.roster import read
from huiyin.domain.staff import actions as staff
from huiyin.domain.staff.models import Person, Tier
from huiyin.domain.staff.queries import key_for

FILE = "demo-people.json"
SCOPES = ["orders", "complaints", "contacts", "conversations", "deadlines", "hooks", "hooks_text"]
# Without letters and digits that look alike: people read these from a terminal and type them.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Role:
    """One of the demo staff, who logs in with the agent number (工号)."""

    agent_no: str
    tier: Tier


ROLES = (
    Role("1024", Tier.L1),
    Role("1025", Tier.L1),
    Role("1101", Tier.L2),
    Role("1301", Tier.RISK),
    Role("2001", Tier.SUPERVISOR),
    Role("2002", Tier.SUPERVISOR),
    Role("3001", Tier.OPERATIONS),
    Role("9001", Tier.ADMIN),
)

SHIFTS = (
    ("1024", "08:00", "20:00"), ("1101", "08:00", "20:00"), ("2001", "08:00", "20:00"), ("3001", "09:00", "18:00"),
    ("1025", "20:00", "08:00"), ("1301", "20:00", "08:00"), ("2002", "20:00", "08:00"),
)  # fmt: skip


def demo_people(var: Path, *, now: datetime) -> dict[str, Any]:
    """`{api_key, logins: [{role, username, agent_no, password, api_key}]}`, the same at every call on one instance."""
    path = var / FILE
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    before = {str(one["username"]): one for one in kept.get("logins", [])}
    logins = [_login(role, before.get(role.agent_no, {})) for role in ROLES]
    write_whole(path, {"api_key": kept.get("api_key"), "logins": logins})
    for role, login in zip(ROLES, logins, strict=True):
        person = _hire(role, str(login["password"]), now)
        login["api_key"] = _own_key(person, login["api_key"], now)
    _roster(now)
    known = {"api_key": _api_key(kept.get("api_key"), now), "logins": logins}
    write_whole(path, known)
    return known


def _login(role: Role, kept: dict[str, Any]) -> dict[str, Any]:
    return {
        "role": role.tier.value, "username": role.agent_no, "agent_no": role.agent_no,
        "password": str(kept.get("password") or _new_password()), "api_key": kept.get("api_key"),
    }  # fmt: skip


def _new_password() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(12))


@transaction.atomic
def _hire(role: Role, password: str, now: datetime) -> Person:
    person = Person.objects.filter(username=role.agent_no).first()
    if person is None:
        return staff.hire(role.agent_no, role.agent_no, role.tier.value, password, by="demo", now=now)
    if not person.check_password(password):  # the file was lost: what is printed must be true
        staff.set_password(person, password, by="demo", now=now)
    return person


def _roster(now: datetime) -> None:
    """Shifts for today and six days more: days and nights, with somebody who leads in each."""
    today = now.astimezone(ZONE).date()
    text = "\n".join(["agent_no,date,from,to", *(
        f"{agent_no},{today + timedelta(days=ahead)},{begins},{ends}"
        for ahead in range(-1, 7) for agent_no, begins, ends in SHIFTS
    )])  # fmt: skip
    routing.keep_roster(read(text, frozenset(role.agent_no for role in ROLES)).lines)


def _own_key(person: Person, kept: str | None, now: datetime) -> str:
    """What this person's own programs carry: presence, offers and conversations as themselves."""
    known = key_for(kept) if kept else None
    return kept if kept and known and known.person_id == person.pk else staff.issue_own_key(person, now=now)


def _api_key(kept: str | None, now: datetime) -> str:
    """The key of the demo's programs; one from before a scope existed is replaced."""
    known = key_for(kept) if kept else None
    return kept if kept and known and set(SCOPES) <= set(known.scopes) else staff.issue_key("demo", SCOPES, now=now)
