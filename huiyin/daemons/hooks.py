"""The worker's part in webhooks: what each hook is owed, and one line of calls per hook.

A hook that hangs keeps nobody else waiting: each has a thread while it is called, at most AT_ONCE together.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from django.conf import settings
from django.db import close_old_connections

from huiyin.adapters.hooks.http import HttpCaller
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal.models import Fact
from huiyin.domain.notices.hooks import actions
from huiyin.domain.notices.hooks.caller import Caller
from huiyin.domain.notices.hooks.posting import deliver_next
from huiyin.domain.notices.hooks.queries import active
from huiyin.lib.clock import now

AT_ONCE = 4
IN_A_ROW = 200  # then the others get a thread

log = logging.getLogger("huiyin.hooks")


class Lines:
    """One line per hook. `round` is asked again and again by the worker."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hook")
        self.running: dict[int, Future[None]] = {}

    def round(self) -> None:
        """Collect what happened, and call those who wait for it."""
        self.running = {hook: line for hook, line in self.running.items() if not line.done()}
        for hook_id in active():
            while actions.collect(hook_id, now=now()) == actions.MOST:
                pass
            if hook_id not in self.running:
                self.running[hook_id] = self.threads.submit(self._call, hook_id)

    def _call(self, hook_id: int) -> None:
        close_old_connections()
        try:
            for _ in range(IN_A_ROW):
                if not deliver_next(hook_id, self.caller, text_of):
                    return
        except Exception:  # a loop of the daemon: the next round tries again
            log.exception("hook %s", hook_id)


def text_of(fact: Fact) -> str | None:
    """The words of the message a fact is about; None when it is about none, or they were erased."""
    if fact.name != "message_written":
        return None
    return Message.objects.filter(pk=fact.data["message"], internal=False).values_list("text", flat=True).first()


def lines() -> Lines:
    """As the settings of this instance allow."""
    return Lines(HttpCaller(allow_private=settings.DEMO))
