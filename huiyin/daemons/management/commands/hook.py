"""`huiyin hook add|list|ping|replay|remove`: webhooks without a key of the API, for whoever runs the instance."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huiyin.domain.notices.hooks import actions
from huiyin.domain.notices.hooks.models import Hook
from huiyin.domain.notices.hooks.queries import hooks, newest_deliveries, waiting_for
from huiyin.domain.notices.hooks.rules import EVENTS, Wanted
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal

BY = "console"


class Command(BaseCommand):
    """Says what it did in a line each."""

    help = "Webhooks: add NAME URL --events …, list, ping ID, replay ID [--since N], remove ID."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add")
        add.add_argument("name")
        add.add_argument("url")
        add.add_argument("--events", nargs="+", default=list(EVENTS), metavar="EVENT")
        add.add_argument("--with-text", action="store_true", help="the words of messages travel along")
        verbs.add_parser("list")
        for verb in ("ping", "replay", "remove"):
            verbs.add_parser(verb).add_argument("id", type=int)
        verbs.choices["replay"].add_argument("--since", type=int, default=0)

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        try:
            self.stdout.write(getattr(self, f"_{verb}")(options))
        except (Refusal, Hook.DoesNotExist) as no:
            raise CommandError(f"Nothing was changed: {no}") from no

    def _add(self, options: dict[str, Any]) -> str:
        wanted = Wanted(options["name"], options["url"], tuple(options["events"]), options["with_text"])
        hook, secret = actions.subscribe(wanted, by=BY, now=now())
        return f"hook {hook.pk}  key hook-{hook.pk}  secret {secret}"

    def _list(self, _options: dict[str, Any]) -> str:
        return "\n".join(_line(hook) for hook in hooks()) or "no hooks"

    def _ping(self, options: dict[str, Any]) -> str:
        return f"ping {actions.ping(_known(options), now=now()).seq} is on its way"

    def _replay(self, options: dict[str, Any]) -> str:
        return f"{actions.replay(_known(options), options['since'], by=BY, now=now())} are sent again"

    def _remove(self, options: dict[str, Any]) -> str:
        actions.remove(_known(options), by=BY, now=now())
        return f"hook {options['id']} is told nothing more"


def _known(options: dict[str, Any]) -> Hook:
    return Hook.objects.exclude(state="removed").get(pk=options["id"])


def _line(hook: Hook) -> str:
    fault = next((row.fault for row in newest_deliveries(hook) if row.fault), "")
    waits = f"{waiting_for(hook)} wait of {hook.last_seq}"
    return "  ".join(filter(None, [str(hook.pk), hook.state, hook.name, hook.url, waits, fault]))
