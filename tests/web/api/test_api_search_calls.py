"""HL10: cases are found by what was said in their calls, all of them, on whatever page and of whatever state."""

from datetime import timedelta
from itertools import count

import pytest

from huiyin.domain.cases import listing
from huiyin.domain.cases.models import Case
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Call, Transcript
from huiyin.lib.bigrams import pairs, plain
from huiyin.lib.clock import now
from tests import people
from tests.calls import called, talking
from tests.fakes import MIDNIGHT
from tests.recordings import becomes_a_case
from tests.web.api.calling import Caller

pytestmark = pytest.mark.django_db
SAID, OTHER = "我说的是彩虹优惠", "今天下雨"
_numbers = count(1)


def spoken(call: Call, text: str) -> None:
    """A recording of this call in which somebody says this."""
    recording = voice.start_recording(call, f"{next(_numbers)}.raw", now=now())
    said = plain(text)
    Transcript.objects.create(recording=recording, state="done", plain=said, pairs=pairs(said), begun_at=now())


def filed(number: int) -> Case:
    """The n-th case, the higher the newer; every second one is investigated."""
    case = people.complaint("没有到账", email=f"u{number}@example.com")
    state = "investigating" if number % 2 else "filed"
    Case.objects.filter(pk=case.pk).update(filed_at=MIDNIGHT + timedelta(hours=number), state=state, owner=None)
    return Case.objects.get(pk=case.pk)


def because_of(case: Case) -> Call:
    """A call that was made because of this case."""
    call = called(f"+86138{next(_numbers):08}")
    Call.objects.filter(pk=call.pk).update(case=case.matter)
    return Call.objects.get(pk=call.pk)


def page_by_page(api: Caller, more: str, limit: int) -> list[str]:
    """All that is found, from the first page to the last."""
    found, cursor = list[str](), ""
    while True:
        status, page = api.get(f"/complaints?q=彩虹&limit={limit}{more}{cursor}")
        assert status == 200
        found += [line["case_no"] for line in page["complaints"]]
        if not page["next"]:
            return found
        cursor = f"&cursor={page['next']}"


@pytest.mark.parametrize(
    ("newest", "common", "deep"), [(200, 20, 4000), (3, 1, 4000), (3, 1, 2), (3, 4, 4000)], ids=str
)  # fmt: skip
def test_hl10_what_was_said_is_found_page_by_page_and_in_each_state(
    api: Caller, monkeypatch: pytest.MonkeyPatch, newest: int, common: int, deep: int
) -> None:
    for name, value in (("NEWEST_CALLS", newest), ("COMMON", common), ("LOOKED_THROUGH", deep)):
        monkeypatch.setattr(listing, name, value)
    cases = [filed(number) for number in range(8)]
    said_in = (5, 0, 2, 3, 6)  # not in the order in which they were filed
    for number in said_in:
        spoken(because_of(cases[number]), SAID)
    for _ in range(4):  # whoever calls often hides nobody else
        spoken(because_of(cases[4]), SAID)
    spoken(because_of(cases[7]), OTHER)
    expected = [cases[number].matter.no for number in sorted({*said_in, 4}, reverse=True)]
    by_state = {
        state: [one.matter.no for one in reversed(cases) if one.state == state] for state in ("filed", "investigating")
    }
    for limit in (1, 2, 20):
        assert page_by_page(api, "", limit) == expected
        assert page_by_page(api, "&owner=none", limit) == expected
        for state, theirs in by_state.items():
            assert page_by_page(api, f"&state={state}", limit) == [no for no in theirs if no in expected]
    assert page_by_page(api, "&state=closed", 20) == []


@pytest.mark.parametrize("common", [1, 99])
def test_hl10_a_call_belongs_to_the_case_of_its_talk(
    api: Caller, monkeypatch: pytest.MonkeyPatch, common: int
) -> None:  # fmt: skip
    monkeypatch.setattr(listing, "COMMON", common)
    call, _ = talking(now=now())
    case = becomes_a_case(call)
    spoken(call, SAID)
    spoken(talking(caller="+8613900000000", agent_no=people.BO, now=now())[0], SAID)  # no case
    assert page_by_page(api, "", 20) == [case.matter.no]
