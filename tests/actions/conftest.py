"""Actions run against PostgreSQL; the shop is `FakeShop`."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models import F

from huiyin.domain.cases.models import Case
from huiyin.domain.cases.queries import next_due
from huiyin.domain.orders.actions.searches import Asker
from tests.fakes import FakeShop


@pytest.fixture(autouse=True)
def _database(db: None) -> Iterator[None]:
    """Every test here writes. Whatever it did, each open case says until when its next thing is owed."""
    yield
    if not connection.needs_rollback:
        kept_wrong = Case.objects.exclude(state="closed").annotate(due=next_due()).exclude(owed_at=F("due"))
        assert list(kept_wrong.values_list("matter__no", "owed_at", "due")) == []


@pytest.fixture
def shop() -> FakeShop:
    return FakeShop()


@pytest.fixture
def asker() -> Asker:
    return Asker("web", "buyer", "test")
