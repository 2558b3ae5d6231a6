"""The people of a demo, as `ready.json` names them."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from huiyin.demo.people import demo_people
from huiyin.demo.replies import keep_replies
from huiyin.lib.clock import now


class Command(BaseCommand):
    """`huiyin demo_people`: prints `{api_key, logins: [{role, username, password}]}`; harmless to repeat."""

    help = "Makes the staff and the API key of a demo, once, and prints how to log in."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("this is not a demo: make people with `huiyin createsuperuser`")
        keep_replies()
        self.stdout.write(json.dumps(demo_people(settings.VAR, now=now())))
