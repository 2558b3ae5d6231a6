"""API 8: what a hook is owed, in which order, and what happens when nobody listens."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from huiyin.adapters.hooks.http import HttpCaller
from huiyin.daemons.hooks import text_of
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.journal.models import Fact, Matter
from huiyin.domain.notices.hooks import actions
from huiyin.domain.notices.hooks.models import Hook, HookDelivery
from huiyin.domain.notices.hooks.posting import deliver_next
from huiyin.domain.notices.hooks.queries import key_of
from huiyin.domain.notices.hooks.rules import WAITS_S, Wanted
from huiyin.domain.routing import actions as routing
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.lib.signing import Message, check_signed
from tests import people
from tests.fakes import MIDNIGHT
from tests.hooked import Listener, listening
from tests.routing import here, waiting

pytestmark = pytest.mark.django_db
LATER = MIDNIGHT + timedelta(minutes=1)
Subscribe = Callable[..., Hook]


@pytest.fixture(autouse=True)
def _demo(settings: Settings) -> None:
    settings.DEMO = True  # the listener is on this machine


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


@pytest.fixture
def subscribe(listener: Listener) -> Subscribe:
    def make(*events: str, with_text: bool = False, at: datetime = MIDNIGHT) -> Hook:
        wanted = Wanted("till", listener.url, events or ("case_filed", "message_written"), with_text)
        return actions.subscribe(wanted, by="api:1", now=at)[0]

    return make


def deliver(hook: Hook, at: datetime = LATER) -> int:
    """What the worker does in a round; how many went out."""
    with time_machine.travel(at, tick=False):
        actions.collect(hook.pk, now=now())
        count = 0
        while deliver_next(hook.pk, HttpCaller(allow_private=True), text_of):
            count += 1
        return count


def test_a_hook_is_told_what_it_wants_in_order_and_once(subscribe: Subscribe, listener: Listener) -> None:
    hook = subscribe("case_filed", "case_assigned")
    first = people.complaint()
    second = people.complaint(email="li@example.com", owner=people.hire())
    assert deliver(hook) == len(listener.calls) == 3
    assert [(one["event"], one["matter_no"]) for one in listener.told] == [
        ("case_filed", first.matter.no), ("case_filed", second.matter.no), ("case_assigned", second.matter.no)
    ]  # fmt: skip
    assert listener.seqs == [1, 2, 3]
    assert deliver(hook, LATER + timedelta(hours=1)) == 0


def test_it_hears_who_comes_and_who_goes_ahead(subscribe: Subscribe, listener: Listener) -> None:
    hook = subscribe("presence_changed", "marked_urgent")
    here()
    routing.mark_urgent(waiting(), "money_at_risk", by="buyer", now=MIDNIGHT)
    deliver(hook)
    assert [(one["event"], one["by"]) for one in listener.told] == [
        ("presence_changed", "staff:1024"), ("marked_urgent", "buyer")
    ]  # fmt: skip
    assert listener.told[0]["data"] == {"state": "available", "before": "offline", "reason": ""}


def test_a_delivery_is_signed_as_documented(subscribe: Subscribe, listener: Listener) -> None:
    hook = subscribe()
    people.complaint()
    deliver(hook)
    headers, body = listener.calls[0]
    check_signed(Message("POST", "/told?by=huiyin", body), headers, key_of(hook), LATER)
    assert headers["X-Huiyin-Delivery"] == listener.told[0]["id"] == f"{hook.pk}-1"


def test_only_codes_and_numbers_go_out(subscribe: Subscribe, listener: Listener) -> None:
    hook = subscribe()
    case = people.complaint("我叫王小明，电话 13800138000，卡密没收到")
    conversations.write(case.matter, "请稍等", by="staff:1024", now=MIDNIGHT)
    deliver(hook)
    said = b"".join(body for _, body in listener.calls).decode()
    assert "王小明" not in said
    assert "13800138000" not in said
    assert "请稍等" not in said
    assert "wang@example.com" not in said
    assert "text_hash" not in said


def test_words_travel_only_to_a_hook_that_may_have_them_and_notes_never(
    subscribe: Subscribe, listener: Listener
) -> None:
    hook = subscribe("message_written", with_text=True)
    case = people.complaint()
    conversations.write(case.matter, "已为您补发", by="staff:1024", now=MIDNIGHT)
    conversations.write(case.matter, "疑似重复投诉", by="staff:1024", now=MIDNIGHT, internal=True)
    deliver(hook)
    texts = [one["data"].get("text") for one in listener.told]
    assert "已为您补发" in texts
    assert "疑似重复投诉" not in texts
    assert Fact.objects.filter(name="message_written", data__internal=True).exists()


def test_nothing_from_before_the_subscription_is_told(subscribe: Subscribe, listener: Listener) -> None:
    people.complaint()
    hook = subscribe(at=MIDNIGHT + timedelta(seconds=1))
    assert deliver(hook) == 0


def test_a_fact_that_becomes_visible_late_is_told_all_the_same(subscribe: Subscribe, listener: Listener) -> None:
    """Its transaction was slow: newer facts were collected before it."""
    hook = subscribe("case_filed")
    late = MIDNIGHT + timedelta(minutes=5)
    people.complaint(now=late)
    deliver(hook, late + timedelta(seconds=1))
    people.complaint(now=late - timedelta(minutes=4), email="li@example.com")
    assert deliver(hook, late + timedelta(seconds=2)) == 0  # beyond the narrow margin: the wide one is looked at soon
    assert deliver(hook, late + timedelta(seconds=70)) == 1
    assert listener.seqs == [1, 2]


def test_more_than_fits_into_one_look_is_told_too(
    subscribe: Subscribe, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST", 2)
    hook = subscribe("case_filed")
    for number in range(5):
        people.complaint(email=f"b{number}@example.com")
    while actions.collect(hook.pk, now=LATER) == actions.MOST:
        pass
    assert deliver(hook) == 5


def test_what_fails_holds_up_what_follows_and_is_tried_again(subscribe: Subscribe, listener: Listener) -> None:
    hook = subscribe("case_filed")
    people.complaint()
    people.complaint(email="li@example.com")
    listener.answer = lambda call: 500 if call == 0 else 204
    assert deliver(hook) == 0
    assert deliver(hook, LATER + timedelta(milliseconds=500)) == 0  # its time has not come
    assert deliver(hook, LATER + timedelta(seconds=2)) == 2
    assert listener.seqs == [1, 1, 2]
    assert HookDelivery.objects.get(hook=hook, seq=1).tries == 1


@pytest.mark.parametrize(("status", "fault"), [(302, "redirected"), (404, "answered_404"), (503, "answered_503")])
def test_the_fault_is_named(subscribe: Subscribe, listener: Listener, status: int, fault: str) -> None:
    hook = subscribe("case_filed")
    people.complaint()
    listener.answer = lambda _: status
    deliver(hook)
    row = HookDelivery.objects.get(hook=hook)
    assert (row.state, row.status, row.fault) == ("queued", status, fault)


def test_who_never_listens_is_stopped_with_an_alert_and_gets_everything_by_replay(
    subscribe: Subscribe, listener: Listener
) -> None:
    hook = subscribe("case_filed")
    people.complaint()
    listener.answer = lambda _: 500
    at = LATER
    for wait in (*WAITS_S, 0):
        deliver(hook, at)
        at += timedelta(seconds=wait * 1.3)
    hook.refresh_from_db()
    assert hook.state == "stopped"
    assert HookDelivery.objects.get(hook=hook).state == "dead"
    assert hook.matter.facts.filter(name="hook_stopped").exists()
    people.complaint(email="li@example.com", now=at)
    assert deliver(hook, at) == 0  # it stands still …
    listener.answer, listener.calls = lambda _: 204, []
    assert actions.replay(hook, by="api:1", now=at) == 1
    assert deliver(hook, at) == 2  # … and loses nothing
    assert listener.seqs == [1, 2]


def test_everything_since_a_number_can_be_sent_again(subscribe: Subscribe, listener: Listener) -> None:
    hook = subscribe("case_filed")
    for number in range(3):
        people.complaint(email=f"b{number}@example.com")
    deliver(hook)
    assert actions.replay(hook, 2, by="api:1", now=LATER) == 2
    assert deliver(hook, LATER + timedelta(seconds=1)) == 2
    assert listener.seqs == [1, 2, 3, 2, 3]


def test_a_removed_hook_is_told_nothing_more(subscribe: Subscribe, listener: Listener) -> None:
    hook = subscribe("case_filed")
    people.complaint()
    actions.collect(hook.pk, now=LATER)
    actions.remove(hook, by="api:1", now=LATER)
    assert deliver(hook) == 0
    with pytest.raises(Refusal):
        actions.replay(hook, by="api:1", now=LATER)


def test_two_workers_at_once_call_once(subscribe: Subscribe) -> None:
    hook = subscribe("case_filed")
    people.complaint()
    actions.collect(hook.pk, now=LATER)
    assert actions.claim(hook.pk, now=LATER) is not None
    assert actions.claim(hook.pk, now=LATER) is None
    assert actions.claim(hook.pk, now=LATER + timedelta(seconds=21)) is not None  # the first one was killed


def test_a_ping_goes_out_without_content(subscribe: Subscribe, listener: Listener) -> None:
    hook = subscribe("case_filed")
    actions.ping(hook, now=MIDNIGHT)
    deliver(hook)
    assert (listener.told[0]["event"], listener.told[0]["data"]) == ("ping", {})


def test_there_are_not_too_many(subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_HOOKS", 1)
    hook = subscribe("case_filed")
    with pytest.raises(Refusal) as no:
        subscribe("case_filed")
    assert no.value.code == "hooks_too_many"
    actions.remove(hook, by="api:1", now=LATER)
    subscribe("case_filed")


def test_its_own_life_is_on_record(subscribe: Subscribe) -> None:
    hook = subscribe("case_filed")
    actions.remove(hook, by="api:1", now=LATER)
    matter = Matter.objects.get(pk=hook.matter_id)
    assert [fact.name for fact in matter.facts.order_by("seq")] == ["hook_made", "hook_removed"]


def test_a_secret_is_not_kept_in_clear(subscribe: Subscribe) -> None:
    hook = subscribe("case_filed")
    assert key_of(hook).secret not in hook.sealed
