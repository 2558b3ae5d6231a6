"""The staff and the API key of a demo: made once, the same after every restart.

Runs inside the centre (`huiyin demo_people`), not inside the demo shop. What is handed out is kept in a private file of
the instance, because the tables hold only digests. The file is written before the rows: killed in between, the next
start makes the rows that are missing.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from huiyin.daemons.instance import write_whole
from huiyin.domain.staff import actions as staff
from huiyin.domain.staff.models import Person, Tier
from huiyin.domain.staff.queries import key_for

FILE = "demo-people.json"
SCOPES = ["orders", "complaints", "contacts", "deadlines", "hooks", "hooks_text"]
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


def demo_people(var: Path, *, now: datetime) -> dict[str, Any]:
    """`{api_key, logins: [{role, username, password}]}`, the same at every call on one instance."""
    path = var / FILE
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    passwords = {role.agent_no: _password_in(kept, role) or _new_password() for role in ROLES}
    logins = [
        {"role": role.tier.value, "username": role.agent_no, "password": passwords[role.agent_no]} for role in ROLES
    ]
    write_whole(path, {"api_key": kept.get("api_key"), "logins": logins})
    for role in ROLES:
        _hire(role, passwords[role.agent_no], now)
    known = {"api_key": _api_key(kept.get("api_key"), now), "logins": logins}
    write_whole(path, known)
    return known


def _password_in(kept: dict[str, Any], role: Role) -> str:
    return next((str(one["password"]) for one in kept.get("logins", []) if one["username"] == role.agent_no), "")


def _new_password() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(12))


@transaction.atomic
def _hire(role: Role, password: str, now: datetime) -> None:
    person = Person.objects.filter(username=role.agent_no).first()
    if person is None:
        staff.hire(role.agent_no, role.agent_no, role.tier.value, password, by="demo", now=now)
    elif not person.check_password(password):  # the file was lost: what is printed must be true
        staff.set_password(person, password, by="demo", now=now)


def _api_key(kept: str | None, now: datetime) -> str:
    return kept if kept and key_for(kept) else staff.issue_key("demo", SCOPES, now=now)
