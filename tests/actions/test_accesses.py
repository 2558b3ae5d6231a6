"""HL7, TR5: who looked is kept, once per person, item and ten minutes, in a chain that shows what was taken out."""

from datetime import timedelta

import pytest

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.events import Look
from huiyin.domain.journal.models import Access, Matter
from huiyin.domain.journal.queries import accesses_of, broken_access
from tests.fakes import MIDNIGHT

NOW = MIDNIGHT


@pytest.fixture
def matter() -> Matter:
    return journal.open_matter("case", NOW)


def look(matter: Matter, *, by: str = "staff:1024", item: str = "case", minutes: float = 0) -> None:
    journal.note_access(matter.pk, item, Look.VIEWED, by=by, now=NOW + timedelta(minutes=minutes))


def test_hl7_one_row_per_person_item_and_ten_minutes(matter: Matter) -> None:
    for minutes in (0, 1, 9):
        look(matter, minutes=minutes)
    assert Access.objects.count() == 1
    look(matter, minutes=11)
    look(matter, by="staff:1025")
    look(matter, item="evidence:1")
    assert Access.objects.count() == 4


def test_hl7_the_ledger_is_a_chain_of_its_own(matter: Matter) -> None:
    other = journal.open_matter("case", NOW)
    for one in (matter, other, matter):
        look(one, by=f"staff:{Access.objects.count()}")
    assert journal.link_accesses() == 3
    look(matter, minutes=30)
    assert journal.link_accesses() == 1
    assert journal.link_accesses() == 0
    assert [row.seq for row in accesses_of(matter)] == [1, 2, 3]
    assert [row.seq for row in accesses_of(other)] == [1]
    assert broken_access(matter) is None
    matter.refresh_from_db()
    assert matter.head_seq == 0  # reading is not writing: the case's own chain has not moved


@pytest.mark.parametrize("change", [{"by": "staff:9999"}, {"item": "dossier"}, {"at": NOW + timedelta(hours=1)}])
def test_tr5_a_changed_row_is_found(matter: Matter, change: dict[str, object]) -> None:
    for number in range(3):
        look(matter, by=f"staff:{number}")
    journal.link_accesses()
    Access.objects.filter(seq=2).update(**change)
    assert broken_access(matter) == 2


def test_tr5_a_row_taken_out_is_found(matter: Matter) -> None:
    for number in range(3):
        look(matter, by=f"staff:{number}")
    journal.link_accesses()
    Access.objects.filter(seq=2).delete()
    assert broken_access(matter) == 2


def test_hl7_a_look_locks_nothing_and_nudges_nobody(
    matter: Matter, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        look(matter)
