"""A page that asks for its ticket many times in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Ticket
from huiyin.lib.errors import Refusal
from tests.fakes import MIDNIGHT

pytestmark = pytest.mark.django_db(transaction=True)
VISITOR = "browser-0123456789"


def test_one_visitor_at_once_has_one_ticket_and_no_fault() -> None:
    together = Barrier(12)

    def ask(_: int) -> str:
        try:
            together.wait(10)
            voice.ticket(VISITOR, "192.0.2.1", now=MIDNIGHT)
        except Refusal as no:
            return no.code
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(12) as pool:
        ends = list(pool.map(ask, range(12)))
    assert sorted(ends) == [*[""] * 6, *["too_often"] * 6]
    assert Ticket.objects.filter(visitor=VISITOR, ended_at=None).count() == 1
