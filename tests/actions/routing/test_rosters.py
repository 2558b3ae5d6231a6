"""OP12: the roster says who is expected, who is missing and who is woken."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from huiyin.daemons.rounds import tell_leads
from huiyin.domain.notices.models import Notice
from huiyin.domain.routing.models import Shift, Skill
from huiyin.domain.routing.queries import expected, missing
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SUE, SUN, hire
from tests.routing import here

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Alice and Bo tonight; MIDNIGHT falls into it."""
    hire(ALICE)
    hire(BO)
    path = tmp_path / "roster.csv"
    path.write_text(
        "agent_no,date,from,to,skills\n1024,2026-11-21,22:00,06:00,recharge:4\n1025,2026-11-21,22:00,06:00,\n"
    )
    return path


def run(*arguments: str) -> str:
    said = io.StringIO()
    call_command("roster", "import", *arguments, stdout=said, stderr=said)
    return said.getvalue()


def test_op12_who_is_expected_and_who_is_missing(file: Path) -> None:
    assert "2 shifts of 2 people" in run(str(file))
    here(ALICE)
    assert {person.agent_no for person in expected(MIDNIGHT)} == {ALICE, BO}
    assert [person.agent_no for person in missing(MIDNIGHT)] == [BO]
    assert not expected(MIDNIGHT + timedelta(hours=7)).exists()
    assert Skill.objects.get(skill="recharge").level == 4


def test_a_dry_run_changes_nothing(file: Path) -> None:
    assert "nothing was changed" in run(str(file), "--dry-run")
    assert not Shift.objects.exists()


def test_a_corrected_file_replaces_what_it_touches(file: Path) -> None:
    run(str(file))
    run(str(file))
    assert Shift.objects.count() == 2


def test_with_one_fault_nothing_is_written_and_the_line_is_named(file: Path) -> None:
    file.write_text(file.read_text() + "7777,2026-11-23,09:00,18:00,\n")
    said = io.StringIO()
    with pytest.raises(CommandError, match="1 faults; nothing was written"):
        call_command("roster", "import", str(file), stderr=said)
    assert "line 4: nobody with the agent number “7777” works here" in said.getvalue()
    assert not Shift.objects.exists()


def test_a_file_that_is_not_there_or_not_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(str(tmp_path / "none.csv"))
    (tmp_path / "gbk.csv").write_bytes("工号,日期".encode("gbk"))
    with pytest.raises(CommandError, match="CSV UTF-8"):
        run(str(tmp_path / "gbk.csv"))


def test_op12_those_on_shift_are_woken_and_all_where_it_is_nobodys(db: None) -> None:
    sun = hire(SUN, email="sun@example.com")
    hire(SUE, email="sue@example.com")
    with time_machine.travel(MIDNIGHT):
        tell_leads("breaker", "100000000000")
        assert Notice.objects.count() == 2
    later = MIDNIGHT + timedelta(hours=2)
    Shift.objects.create(person=sun, starts_at=MIDNIGHT, ends_at=MIDNIGHT + timedelta(hours=8))
    with time_machine.travel(later):
        tell_leads("breaker", "100000000000")
    assert Notice.objects.count() == 3
