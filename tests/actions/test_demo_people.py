"""OP3: a demo hands out the same logins and the same key after every restart."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from huiyin.demo.people import FILE, demo_people
from huiyin.demo.replies import keep_replies
from huiyin.domain.conversations.evasions import found_in
from huiyin.domain.conversations.models import Canned
from huiyin.domain.routing.queries import expected
from huiyin.domain.staff.models import ApiKey, Person
from huiyin.domain.staff.queries import key_for
from tests.fakes import MIDNIGHT

pytestmark = pytest.mark.django_db


def test_op3_everybody_can_log_in_with_what_is_printed(tmp_path: Path) -> None:
    known = demo_people(tmp_path, now=MIDNIGHT)
    assert {login["role"] for login in known["logins"]} == {"L1", "L2", "risk", "supervisor", "operations", "admin"}
    for login in known["logins"]:
        assert Person.objects.get(username=login["username"]).check_password(login["password"])
    assert key_for(known["api_key"]) is not None


def test_op3_everybody_has_a_key_of_their_own(tmp_path: Path) -> None:
    for login in demo_people(tmp_path, now=MIDNIGHT)["logins"]:
        key = key_for(login["api_key"])
        assert key is not None
        assert key.by == f"staff:{login['agent_no']}"


def test_op3_a_restart_changes_nothing(tmp_path: Path) -> None:
    first = demo_people(tmp_path, now=MIDNIGHT)
    assert demo_people(tmp_path, now=MIDNIGHT) == first
    assert ApiKey.objects.count() == 1 + len(first["logins"])
    assert Person.objects.count() == len(first["logins"])


def test_op12_somebody_and_somebody_who_leads_is_expected_at_any_hour(tmp_path: Path) -> None:
    demo_people(tmp_path, now=MIDNIGHT)
    for hours in range(0, 24 * 5, 5):
        tiers = set(expected(MIDNIGHT + timedelta(hours=hours)).values_list("tier", flat=True))
        assert {"L1", "supervisor"} <= tiers, hours


def test_replies_are_kept_ready_once_stall_nobody_and_stay_as_supervisors_want_them() -> None:
    keep_replies()
    assert {one.slug for one in Canned.objects.all()} >= {"hello", "check", "refund"}
    assert not any(found_in(one.text, has_case=False) for one in Canned.objects.all())
    Canned.objects.exclude(slug="hello").delete()
    keep_replies()
    assert {one.slug for one in Canned.objects.all()} == {"hello"}


def test_op3_the_file_is_private(tmp_path: Path) -> None:
    demo_people(tmp_path, now=MIDNIGHT)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_op3_a_lost_file_gives_passwords_that_work(tmp_path: Path) -> None:
    demo_people(tmp_path, now=MIDNIGHT)
    (tmp_path / FILE).unlink()
    known = demo_people(tmp_path, now=MIDNIGHT)
    login = known["logins"][0]
    assert Person.objects.get(username=login["username"]).check_password(login["password"])


def test_op3_killed_before_the_rows_it_goes_on_with_the_same_passwords(tmp_path: Path) -> None:
    first = demo_people(tmp_path, now=MIDNIGHT)
    (tmp_path / FILE).write_text(json.dumps({"api_key": None, "logins": first["logins"]}))
    again = demo_people(tmp_path, now=MIDNIGHT)
    assert again["logins"] == first["logins"]
    assert ApiKey.objects.filter(person__isnull=False).count() == len(first["logins"])
    assert key_for(again["api_key"]) is not None
