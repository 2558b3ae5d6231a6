"""What people do to calls: asked once, claimed once, answered once; listening in is never secret."""

from datetime import timedelta

import pytest

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.models import Access, Fact
from huiyin.domain.routing.models import Item
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice import queries
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.models import Command
from huiyin.lib.errors import Refusal
from tests.calls import NUMBER, talking, waiting
from tests.fakes import MIDNIGHT
from tests.people import BO, SUE, SUN, complaint, hire
from tests.talks import here

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(seconds=10)


def test_a_command_is_claimed_and_answered_once() -> None:
    call, alice = talking()
    asked = voice.ask(call, "hold", {"to": "agent:1"}, alice, now=SOON)
    assert [(one.pk, one.params) for one in queries.open_commands()] == [(asked.pk, {})]
    assert voice.claim_command(asked.pk, now=SOON)
    assert not voice.claim_command(asked.pk, now=SOON)
    voice.answer_command(asked, now=SOON)
    voice.answer_command(asked, "too_late", now=SOON)
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("done", "")
    assert queries.open_commands() == []


def test_what_nobody_answers_is_refused() -> None:
    call, alice = talking()
    asked = voice.ask(call, "hold", {}, alice, now=SOON)
    assert voice.expire_commands(SOON + timedelta(seconds=4)) == 0
    assert voice.expire_commands(SOON + timedelta(seconds=6)) == 1
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("refused", "no_switchboard")


def test_s2_only_who_talks_or_leads_touches_a_call() -> None:
    call, _ = talking()
    with pytest.raises(Refusal, match="not_your_talk"):
        voice.ask(call, "hold", {}, hire(BO), now=SOON)
    with pytest.raises(Refusal, match="only_leads"):
        voice.ask(call, "listen", {}, hire(BO), now=SOON)
    assert voice.ask(call, "hang_up", {}, hire(SUN), now=SOON).verb == "hang_up"


def test_hl9_who_only_asks_to_listen_has_heard_nothing() -> None:
    call, _ = talking()
    asked = voice.ask(call, "listen", {}, hire(SUN), now=SOON)
    voice.answer_command(asked, "unreachable", now=SOON)
    assert not Access.objects.exists()


def test_hl11_a_buyer_keys_what_we_know_to_compare() -> None:
    call, alice = talking()
    assert voice.ask(call, "secret", {"what": ""}, alice, now=SOON).params == {"what": "payment"}
    assert voice.ask(call, "secret", {"what": "pin"}, alice, now=SOON).params == {"what": "pin"}
    with pytest.raises(Refusal, match="secret_unknown"):
        voice.ask(call, "secret", {"what": "password"}, alice, now=SOON)


def test_cp21_nobody_listens_where_the_complaint_is_about_them() -> None:
    call, _ = talking()
    sun = hire(SUN)
    Item.objects.filter(matter=call.talk).update(barred=[sun.pk])
    with pytest.raises(Refusal, match="kept_out"):
        voice.ask(call, "listen", {}, sun, now=SOON)
    assert voice.ask(call, "listen", {}, hire(SUE), now=SOON).verb == "listen"


def test_nothing_is_asked_of_a_call_that_is_over() -> None:
    call, alice = talking()
    voice.hung_up(call, Who.BUYER, now=SOON)
    with pytest.raises(Refusal, match="call_over"):
        voice.ask(call, "hold", {}, alice, now=SOON)


def test_nothing_is_asked_before_somebody_talks() -> None:
    with pytest.raises(Refusal, match="call_not_now"):
        voice.ask(waiting().call, "listen", {}, here(SUN), now=SOON)


def test_click_to_call_rings_the_agent_first_and_is_one_at_a_time() -> None:
    case, alice = complaint(), here()
    call = voice.call_buyer(case.matter, NUMBER, alice, now=SOON)
    assert (call.state, call.case_id, call.dialled) == ("dialling", case.matter_id, NUMBER)
    assert Command.objects.get(call=call).params == {"number": NUMBER}
    with pytest.raises(Refusal, match="call_on_already"):
        voice.call_buyer(case.matter, NUMBER, alice, now=SOON)
    voice.talking(call, alice, None, voice.Legs("agent-1", "bridge-1"), now=SOON)
    talk = Conversation.objects.get(matter=call.matter)
    assert (talk.state, talk.agent, talk.case_id) == ("talking", alice, case.matter_id)
    assert voice.hung_up(call, Who.BUYER, now=SOON).outcome == "talked"
    assert call in queries.calls_on(case.matter)


@pytest.mark.parametrize(
    ("number", "code"), [("+14155552671", "number_not_allowed"), ("110", "number_invalid"), ("", "number_invalid")]
)
def test_the_menu_is_no_way_to_call_abroad(number: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        voice.call_buyer(complaint().matter, number, here(), now=SOON)
    call = waiting("anonymous").call
    with pytest.raises(Refusal, match=code):
        voice.book_callback(call, number, now=SOON)


def test_facts_about_calls_carry_no_number() -> None:
    call, _ = talking()
    voice.hung_up(call, Who.BUYER, now=SOON)
    voice.hung_up(waiting(now=SOON).call, Who.BUYER, now=SOON)
    told = str(list(Fact.objects.values_list("data", flat=True)))
    assert NUMBER not in told
    assert NUMBER[3:] not in told
