"""Bring the database up to date before anything serves from it: tables, queues, lines, and in a demo people."""

import io
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from huiyin.domain.routing.actions import ship_queues
from huiyin.domain.voice.actions import ship_lines

# Any number that nobody else uses: two programs that start at once on one database migrate one after the other.
MIGRATING = 0x48_55_49_59


class Command(BaseCommand):
    """`huiyin prepare`: prints `migrated`, then in a line what `demo_people` says, or `{}`."""

    help = "Migrates the database under a lock and, in a demo, makes the demo people."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [MIGRATING])
        call_command("migrate", interactive=False, verbosity=0)
        ship_queues()
        ship_lines()
        self.stdout.write("migrated")
        self.stdout.flush()  # web and worker may start now; hiring people takes a second or two
        said = io.StringIO()
        if settings.DEMO:
            call_command("demo_people", stdout=said)
        self.stdout.write(said.getvalue() or "{}")
