"""`huiyin hire USERNAME --agent-no 9001 --tier admin`: an account for somebody who works here."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from huiyin.domain.staff import actions
from huiyin.domain.staff.models import Tier
from huiyin.lib.clock import now


class Command(BaseCommand):
    """Makes the account and prints a password to be changed hands once."""

    help = "Makes an account for somebody who works here and prints its first password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--agent-no", required=True, help="工号: what buyers are told")
        parser.add_argument("--tier", required=True, choices=[tier.value for tier in Tier])

    def handle(self, *_args: Any, username: str, agent_no: str, tier: str, **_options: Any) -> None:
        password = secrets.token_urlsafe(12)
        try:
            actions.hire(username, agent_no, tier, password, by="console", now=now())
        except IntegrityError as taken:
            raise CommandError("This username or agent number is taken. Choose another one.") from taken
        self.stdout.write(f"{username}  {password}")
