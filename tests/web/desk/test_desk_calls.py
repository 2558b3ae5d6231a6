"""Calls at the desk: the phone window, the card before answering, the bar, the list for those who lead."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Original
from huiyin.domain.cases.evidence import Source, What
from huiyin.domain.cases.models import Case
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.conversations.models import Message
from huiyin.domain.orders.models import Order
from huiyin.domain.promises.models import Promise
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.queries import open_item
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Pressed, Wait, Walked
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.keyed import Result, Secret, Why
from huiyin.domain.voice.models import Call, Command
from huiyin.domain.voice.passes import actions as passes
from huiyin.lib.clock import now
from huiyin.lib.phones import mask_key
from huiyin.web.desk import calls as screen
from huiyin.web.ui.templatetags.huiyin import grouped
from tests import calls, people
from tests.hotline import Engine
from tests.talks import here

AtDesk = Callable[..., Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No switchboard answers here."""
    monkeypatch.setattr(screen, "PATIENCE_S", 0.0)


def talking() -> tuple[Call, Person]:
    return calls.talking(now=now())


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_hl6_the_phone_window_signs_in_as_its_agent_and_nobody_elses(at_desk: AtDesk, hotline: Engine) -> None:
    alice, bo = text(at_desk(), "/desk/phone"), text(at_desk(people.BO), "/desk/phone")
    assert 'user="w1024"' in alice
    assert f'user="w{people.BO}"' in bo
    assert Client().get("/desk/phone").status_code == 302
    password = alice.split('password="')[1].split('"')[0]
    assert len(password) == 43
    assert password not in bo


def test_the_phone_window_says_when_the_hotline_does_not_answer(at_desk: AtDesk, hotline: Engine) -> None:
    page = text(at_desk(), "/desk/phone")
    assert "<hy-standing" in page
    assert "that is ours to mend" not in page
    hotline.die()
    page = text(at_desk(), "/desk/phone")
    assert "that is ours to mend" in page
    assert "hy-phone ws" in page  # it signs in by itself as soon as it can


def test_the_phone_window_says_when_the_hotline_is_off_and_why(
    at_desk: AtDesk, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYIN_VAR", str(tmp_path))
    (tmp_path / "hotline.json").write_text('{"state": "off", "why": "HUIYIN_ASTERISK=off"}')
    settings.HOTLINE_WS = ""
    page = text(at_desk(), "/desk/phone")
    assert "The hotline is not running" in page
    assert "HUIYIN_ASTERISK=off" in page
    assert "hy-phone ws" not in page


def test_hl6_the_card_says_who_calls_and_what_they_pressed_before_anybody_answers(at_desk: AtDesk) -> None:
    alice = here(now=now())
    call = calls.called(now=now())
    voice.enter_queue(
        call, Wait("general"), walk=Walked(pressed=[Pressed("main", "1"), Pressed("bill", "*")]), now=now()
    )
    item = open_item(call.talk)
    assert item is not None
    routing.offer(item.pk, alice.pk, [], now=now())
    card = text(at_desk(), "/desk/offers")
    for words in ("Phone call", "No card key arrived", "Number of the bill", "Code word", "Hotline", "data-by-phone"):
        assert words in card, words
    assert "13800138000" not in card
    assert f'data-call="{call.matter.no}"' in card
    assert "No card key arrived" in text(at_desk(), f"/desk/phone/card/{call.matter.no}")
    assert at_desk(people.BO).get(f"/desk/phone/card/{call.matter.no}").status_code == 404


def test_hl6_hl14_the_card_has_everything_we_know_about_whoever_calls(at_desk: AtDesk) -> None:
    alice, (order, snapshot) = here(now=now()), people.order("already_redeemed")
    member = contacts.know({"phone": calls.NUMBER}, now=now(), tier="gold")
    Order.objects.filter(pk=order.pk).update(buyer=member)
    case = people.complaint("兑换时提示已使用")
    picture = Original(
        what=What.ERROR, sha256="a" * 64, size=9, mime="image/png", name="截图.png", custodian="buyer"
    )  # fmt: skip
    cases.add_evidence(case, [picture], source=Source.BUYER, by="buyer", now=now())
    voice.hung_up(calls.called(now=now()), Who.BUYER, now=now())
    call = calls.waiting(now=now()).call
    Call.objects.filter(pk=call.pk).update(case=case.matter)
    item = open_item(call.talk)
    assert item is not None
    routing.offer(item.pk, alice.pk, [], now=now())
    bill = mask_key(snapshot.payments[0].bill_no)
    for path in ("/desk/offers", f"/desk/phone/card/{call.matter.no}"):
        card = text(at_desk(), path)
        known = ("Gold", order.title, str(snapshot.payments[0].amount), bill, "A member", "兑换时提示已使用")
        for words in (*known, "Earlier contacts", "Open matters", f"/desk/m/{case.matter.no}/evidence/1"):
            assert words in card, (path, words)
        assert snapshot.payments[0].bill_no not in card


def test_cp14_what_is_promised_on_the_phone_is_recognised_in_the_note(at_desk: AtDesk) -> None:
    call, _ = talking()
    path, words = f"/desk/c/{call.matter.no}", "我明天18:00前给您补发卡密"
    assert " spoken>" in text(at_desk(), path)
    told = at_desk().post(f"{path}/check", {"text": words, "note": "1"}).json()
    assert ("18:00" in told["commitment"]["says"], told["hints"]) == (True, [])
    sent = {"text": words, "internal": "1", "promise": "1", "client_id": "n1"}
    for _ in range(2):  # sent again it is the same
        assert at_desk().post(f"{path}/say", sent).status_code == 302
    assert Promise.objects.get(matter=call.talk, kind="commitment").words == words
    assert Message.objects.get(matter=call.talk, text=words).internal
    assert words in text(at_desk(), f"{path}?part=side")
    assert '"follow_up" data-leaves selected' in text(at_desk(), path)
    at_desk(people.SUN).post(f"{path}/say", sent | {"client_id": "n2"})  # who reads along promises nothing
    assert Promise.objects.filter(kind="commitment").count() == 1


def test_hl12_the_wrap_up_of_a_call_makes_a_matter_unless_that_is_unticked(at_desk: AtDesk) -> None:
    call, _ = talking()
    voice.hung_up(call, Who.BUYER, now=now())
    path = f"/desk/c/{call.matter.no}"
    assert 'name="as_case" value="1" checked' in text(at_desk(), path)
    by = f"{timezone.localtime(now() + timedelta(hours=3)):%Y-%m-%dT%H:%M}"
    typed = {"disposition": "follow_up", "next_step": "核实后补发", "next_by": by}
    refused = at_desk().post(f"{path}/end", typed).content.decode()
    assert 'name="as_case" value="1" >' in refused  # as it was left
    told = at_desk().post(f"{path}/end", typed | {"number": "1", "as_case": "1"}, follow=True).content.decode()
    assert f"kept as matter {grouped(call.matter.no)}" in told
    assert Case.objects.get(matter=call.matter).owner == people.hire(people.ALICE)
    assert "as_case" not in text(at_desk(), path)


def test_the_bar_shows_the_call_one_is_in_on_every_page(at_desk: AtDesk) -> None:
    call, _ = talking()
    for path in ("/desk/", "/desk/talks", "/desk/calls", f"/desk/c/{call.matter.no}"):
        page = text(at_desk(), path)
        assert f"/desk/calls/{call.matter.no}/hold" in page, path
        assert f"/desk/calls/{call.matter.no}/hang_up" in page, path
    assert "/hold" not in text(at_desk(people.BO), "/desk/")


def test_a_command_is_asked_of_the_switchboard_and_its_answer_is_said(at_desk: AtDesk) -> None:
    call, _ = talking()
    client, path = at_desk(), f"/desk/calls/{call.matter.no}/hold"
    said = client.post(path, headers=HTMX).content.decode()
    assert "the switchboard has not answered yet" in said
    asked = Command.objects.get(call=call, verb="hold")
    voice.answer_command(asked, now=now())
    assert "The caller hears music." in text(client, "/desk/calls/mine")
    again = client.post(path, headers=HTMX)
    assert again.status_code == 200
    voice.answer_command(Command.objects.filter(call=call).latest("pk"), "call_not_now", now=now())
    assert "not possible as the call stands now" in text(client, "/desk/calls/mine")
    with time_machine.travel(now() + timedelta(seconds=20), tick=False):
        assert "not possible" not in text(client, "/desk/calls/mine")


def test_without_scripts_a_command_comes_back_to_the_page(at_desk: AtDesk) -> None:
    call, _ = talking()
    answer = at_desk().post(f"/desk/calls/{call.matter.no}/mute", {"next": "/desk/talks"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/talks")


def test_what_a_verb_needs_goes_with_it(at_desk: AtDesk) -> None:
    call, _ = talking()
    to = {"to": "agent:1101", "warm": "1", "summary": "卡密"}
    at_desk().post(f"/desk/calls/{call.matter.no}/transfer", to, headers=HTMX)
    assert Command.objects.get(verb="transfer").params == {"to": "agent:1101", "warm": True, "summary": "卡密"}
    refused = at_desk().post(f"/desk/calls/{call.matter.no}/keypad", {"keys": "call me"}, headers=HTMX)
    assert "Keys are 0 to 9" in refused.content.decode()


@pytest.mark.parametrize(
    ("verb", "reason", "is_asked"),
    [
        ("complete", "not_answered_yet", True), ("complete", "agent_away", True), ("complete", "nobody_asked", False),
        ("complete", "", False), ("cancel", "", False), ("cancel", "nobody_asked", False),
    ],
)  # fmt: skip
def test_hl9_a_colleague_is_put_through_to_as_long_as_they_are_asked(
    at_desk: AtDesk, verb: str, reason: str, is_asked: bool
) -> None:  # fmt: skip
    call, alice = talking()
    transfer = voice.ask(call, "transfer", {"to": "agent:1101", "warm": True}, alice, now=now())
    voice.answer_command(transfer, now=now())
    button = f"/desk/calls/{call.matter.no}/complete"
    assert button in text(at_desk(), "/desk/")
    voice.answer_command(voice.ask(call, verb, {}, alice, now=now()), reason, now=now())
    assert (button in text(at_desk(), "/desk/")) == is_asked


def test_hl9_those_who_lead_listen_from_the_list_and_others_do_not(at_desk: AtDesk) -> None:
    call, _ = talking()
    path = f"/desk/calls/{call.matter.no}/listen"
    assert path in text(at_desk(people.SUN), "/desk/calls")
    assert path not in text(at_desk(people.BO), "/desk/calls")
    assert at_desk(people.BO).post(path, headers=HTMX).status_code == 404
    listed = at_desk(people.SUN).post(f"{path}?list=1", headers=HTMX).content.decode()
    assert f'id="call-{call.matter.no}"' in listed
    voice.answer_command(Command.objects.get(verb="listen"), now=now())
    assert "You are listening" in text(at_desk(people.SUN), "/desk/calls?part=1")


def test_hl9_outbound_is_to_the_buyer_of_an_open_case_of_ones_own(at_desk: AtDesk, hotline: Engine) -> None:
    alice = people.hire(people.ALICE)
    case = people.complaint(owner=alice)
    Case.objects.filter(pk=case.pk).update(buyer=contacts.know({"phone": calls.NUMBER}, now=now()))
    path = f"/desk/m/{case.matter.no}"
    assert f"{path}/call" in text(at_desk(), path)
    assert at_desk().post(f"{path}/call")["Location"] == path
    call = Call.objects.get(direction="out")
    assert (call.dialled, call.agent, call.case) == (calls.NUMBER, alice, case.matter)
    assert Command.objects.get(call=call).verb == "dial"
    assert "answers for this" in at_desk(people.BO).post(f"{path}/call", follow=True).content.decode()
    assert Call.objects.filter(direction="out").count() == 1


def test_a_phone_conversation_takes_notes_and_no_messages(at_desk: AtDesk) -> None:
    call, _ = talking()
    page = text(at_desk(), f"/desk/c/{call.matter.no}")
    assert "only-notes" in page
    assert "Pressed in the menu" not in page
    assert "Code word" in page


def test_a_call_is_never_taken_by_a_button_of_the_page(at_desk: AtDesk) -> None:
    alice = here(now=now())
    call = calls.waiting(now=now()).call
    item = open_item(call.talk)
    assert item is not None
    held = routing.offer(item.pk, alice.pk, [], now=now())
    assert held is not None
    answer = at_desk().post(f"/desk/offers/{held.pk}/accept", headers={"Huiyin-Element": "offers"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "answer_on_phone"


def test_hl11_a_secret_is_asked_for_by_key_and_only_its_result_is_shown(at_desk: AtDesk) -> None:
    call, alice = calls.talking(now=now())
    bar = text(at_desk(), "/desk/calls/mine")
    assert 'data-key="q"' in bar
    assert 'value="pin"' not in bar  # there is no case yet
    path = f"/desk/calls/{call.matter.no}/secret"
    at_desk().post(path, {"what": "payment"}, headers=HTMX)
    asked = Command.objects.get(verb="secret")
    assert (asked.params, asked.by) == ({"what": "payment"}, alice.by)
    passes.begin_check(call, Secret.PAYMENT, by=alice.by, now=now())
    voice.answer_command(asked, now=now())
    bar = text(at_desk(), "/desk/calls/mine")
    for words in ("the recording is off", "Take the caller back", "you hear nothing of it"):
        assert words in bar, words
    assert f"{call.matter.no}/hold" not in bar
    passes.end_check(call, passes.Checked(Result.MATCHES, order_no="KM1", proof="order_facts"), now=now())
    bar = text(at_desk(), "/desk/calls/mine")
    assert "What the buyer keyed matches." in bar
    assert "you hear nothing of it" not in bar
    assert at_desk(people.BO).post(path, {"what": "payment"}, headers=HTMX).status_code == 404


@pytest.mark.parametrize("why", [one.value for one in Why])
def test_hl11_why_nothing_was_compared_is_said(at_desk: AtDesk, why: str) -> None:
    call, alice = calls.talking(now=now())
    passes.begin_check(call, Secret.PAYMENT, by=alice.by, now=now())
    passes.end_check(call, passes.stopped(Why(why)), now=now())
    bar = text(at_desk(), "/desk/calls/mine")
    assert "Nothing was compared" in bar


def test_hl11_a_pin_is_asked_for_where_there_is_a_case(at_desk: AtDesk) -> None:
    call, _ = calls.talking(now=now())
    Call.objects.filter(pk=call.pk).update(case=people.complaint().matter)
    assert 'value="pin"' in text(at_desk(), "/desk/calls/mine")


def test_hl16_a_chat_that_was_a_call_still_shows_what_was_pressed(at_desk: AtDesk) -> None:
    call = calls.waiting(now=now()).call
    Call.objects.filter(pk=call.pk).update(pressed=[{"node": "main", "key": "0"}])
    voice.change_to_chat(call, now=now())
    page = text(at_desk(people.SUN), f"/desk/c/{call.talk.no}")
    assert "Pressed in the menu" in page
    assert "138****8000" in page
