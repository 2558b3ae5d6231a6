"""CP8: after an outage one message per person, not one per promise."""

from datetime import datetime, timedelta

from huiyin.domain.cases import digests
from huiyin.domain.cases.models import Case
from huiyin.domain.notices.models import Notice
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.queries import due_now
from tests import people
from tests.fakes import MIDNIGHT

OUTAGE_ENDS = MIDNIGHT + timedelta(hours=3)
SETTLED = OUTAGE_ENDS + timedelta(minutes=1)


def break_what_is_due(now: datetime) -> int:
    due = due_now(now)
    for pk in due:
        promises.break_due(pk, now=now)
    return len(due)


def after_an_outage(count: int = 6) -> None:
    """Complaints came in, then nothing ran for three hours; every case is with a supervisor afterwards."""
    for n in range(count):
        people.complaint(email=f"b{n}@x.com")
    while break_what_is_due(OUTAGE_ENDS):
        pass


def test_cp8_one_mail_says_it_all() -> None:
    people.hire()
    people.hire(people.SUN, email="sun@example.com")
    after_an_outage()
    assert digests.send_due(now=SETTLED) == 1
    notice = Notice.objects.get(template="digest")
    broken = Promise.objects.filter(state="broken")
    assert notice.to == "sun@example.com"
    assert notice.params["count"] == broken.count() >= 6
    assert len(notice.params["matters"]) == 6
    assert not broken.filter(told_at=None).exists()


def test_cp8_each_lead_hears_of_what_is_theirs() -> None:
    people.hire()
    people.hire(people.SUN, email="sun@example.com")
    people.hire(people.SUE, email="sue@example.com")
    after_an_outage()
    assert digests.send_due(now=SETTLED) == 2
    told = {notice.to: set(notice.params["matters"]) for notice in Notice.objects.filter(template="digest")}
    for agent_no, address in ((people.SUN, "sun@example.com"), (people.SUE, "sue@example.com")):
        theirs = Case.objects.filter(owner__agent_no=agent_no).values_list("matter__no", flat=True)
        assert told[address] == set(theirs)


def test_cp8_while_promises_are_still_being_broken_nothing_is_sent() -> None:
    people.hire()
    people.hire(people.SUN, email="sun@example.com")
    for n in range(3):
        people.complaint(email=f"b{n}@x.com")
    promises.break_due(due_now(OUTAGE_ENDS)[0], now=OUTAGE_ENDS)
    assert digests.digests_due(OUTAGE_ENDS) == []
    while break_what_is_due(OUTAGE_ENDS):
        pass
    assert digests.digests_due(OUTAGE_ENDS) == []  # a few seconds later more may follow
    assert len(digests.digests_due(SETTLED)) == 1


def test_cp8_a_person_hears_at_most_once_in_a_quarter_of_an_hour() -> None:
    people.hire()
    people.hire(people.SUN, email="sun@example.com")
    after_an_outage(2)
    digests.send_due(now=SETTLED)
    people.complaint(email="late@x.com", now=OUTAGE_ENDS - timedelta(hours=1))
    break_what_is_due(SETTLED)
    assert digests.send_due(now=SETTLED + timedelta(minutes=5)) == 0
    assert digests.send_due(now=SETTLED + timedelta(minutes=16)) == 1


def test_cp8_sending_twice_tells_once() -> None:
    people.hire()
    people.hire(people.SUN, email="sun@example.com")
    after_an_outage(1)
    due = digests.digests_due(SETTLED)
    digests.tell(due[0], now=SETTLED)
    digests.tell(due[0], now=SETTLED)
    assert Notice.objects.filter(template="digest").count() == 1


def test_cp8_without_an_address_the_desk_says_it() -> None:
    people.hire()
    sun = people.hire(people.SUN)
    after_an_outage(2)
    assert digests.send_due(now=SETTLED) == 0
    untold = digests.untold_to(sun)
    assert len(untold.numbers) == 2
    digests.noticed(sun, now=SETTLED)
    assert digests.untold_to(sun).breaches == ()
