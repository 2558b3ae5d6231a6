"""Who may set up the hotline, and that one does so at a time."""

from django.db import connection

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal


def hold(person: Person) -> Matter:
    """The matter that the fact goes to, locked; others who set up the hotline wait until this is over. Raises Refusal
    `supervisors_only`."""
    if not person.leads:
        raise Refusal("supervisors_only")
    matter = journal.lock_one(person.matter_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('huiyin:hotline'))")
    return matter
