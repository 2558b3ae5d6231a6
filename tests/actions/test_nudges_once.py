"""A transaction says each thing once, and says it again where it may have been undone."""

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from huiyin.domain.journal.nudges import nudge


def said(captured: CaptureQueriesContext) -> int:
    return sum("pg_notify" in query["sql"] for query in captured.captured_queries)


@pytest.mark.django_db(transaction=True)
def test_a_topic_is_nudged_once_a_transaction() -> None:
    with CaptureQueriesContext(connection) as captured:
        for _ in range(2):
            with transaction.atomic():
                nudge("desk")
                nudge("desk")
                with transaction.atomic():
                    nudge("desk")
    assert said(captured) == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_undone_is_said_again() -> None:
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        with suppress(ValueError), transaction.atomic():
            nudge("desk")
            raise ValueError
        nudge("desk")
    assert said(captured) == 2


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_failed_leaves_nothing_said() -> None:
    with CaptureQueriesContext(connection) as captured:
        with suppress(ValueError), transaction.atomic():
            nudge("desk")
            raise ValueError
        with transaction.atomic():
            nudge("desk")
    assert said(captured) == 2
