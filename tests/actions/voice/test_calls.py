"""A call from the first ring to its fate."""

from datetime import datetime, timedelta

import pytest

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Contact
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.promises.models import Promise
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item, Queue
from huiyin.domain.routing.queries import open_item, state_of
from huiyin.domain.staff.models import Person
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.actions import Legs, Pressed, Wait, Walked
from huiyin.domain.voice.calls import Who
from huiyin.domain.voice.models import Call, Callback, Command
from huiyin.lib.errors import Refusal
from tests.calls import LEGS, NUMBER, answered, called, talking, waiting
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SUN
from tests.talks import here

pytestmark = pytest.mark.django_db
NOON = MIDNIGHT.replace(hour=12)
SOON = MIDNIGHT + timedelta(seconds=30)
DONE = WrapUp("informed", number_spoken=True)


def fate(call: Call) -> tuple[str | None, str]:
    """What became of the caller's contact."""
    contact = Contact.objects.get(calls=call)
    return contact.fate, contact.fate_reason


def talk(call: Call) -> Conversation:
    return Conversation.objects.select_related("matter", "agent", "contact", "case").get(matter=call.talk_id)


def fresh(call: Call) -> Call:
    return Call.objects.select_related("matter", "talk", "agent").get(pk=call.pk)


def item_of(call: Call) -> Item:
    item = open_item(call.talk)
    assert item is not None
    return item


def test_a_call_arrives_once_with_a_contact() -> None:
    call = called()
    assert voice.arrive(call.channel_id, "hotline", NUMBER, now=SOON).pk == call.pk
    assert (call.state, call.caller, call.line) == ("menu", NUMBER, "hotline")
    assert Contact.objects.filter(matter=call.matter).count() == 1


@pytest.mark.parametrize("text", ["", "anonymous", "sip:evil\r\nX: 1", "1" * 200, "+86 138"])
def test_op18_a_caller_id_that_is_no_number_is_none(text: str) -> None:
    assert called(text).caller == ""


def test_hl2_the_dialled_number_picks_the_line() -> None:
    assert [called(line=one).line for one in ("001", "999", "")] == ["001", "hotline", "hotline"]


def test_hl5_waiting_is_a_conversation_a_place_and_a_promise() -> None:
    here(ALICE)
    entered = waiting(urgent=True)
    assert entered.conversation is not None
    assert entered.item is not None
    assert (entered.call.state, entered.conversation.channel, entered.item.kind) == ("waiting", "phone", "call")
    assert entered.item.urgent
    promise = Promise.objects.get(matter=entered.call.matter)
    assert (promise.kind, promise.due) == ("first_answer", entered.item.due_at)
    again = voice.enter_queue(entered.call, Wait("vip"), now=SOON)
    assert again.item == entered.item


def test_hl12_from_ringing_to_the_wrap_up() -> None:
    call, alice = talking()
    assert (call.state, call.agent, call.agent_channel) == ("talking", alice, "agent-1")
    assert fate(call) == ("answered", "")
    rated = voice.hung_up(call, Who.AGENT, "16", now=SOON)
    assert (rated.state, talk(call).state, talk(call).ended_by) == ("rating", "wrap_up", alice.by)
    voice.rate(call, "5", now=SOON)
    over = voice.hung_up(call, Who.BUYER, now=SOON)
    assert (over.state, over.outcome, over.ended_by, talk(call).rating) == ("ended", "talked", "agent", 5)
    talks.end(talk(call), DONE, by=alice.by, now=SOON)
    assert talk(call).state == "ended"
    assert state_of(alice, SOON).state == "available"
    assert not Item.objects.filter(state="taken").exists()


def test_the_buyer_who_hangs_up_first_is_on_record() -> None:
    call, _ = talking()
    over = voice.hung_up(call, Who.BUYER, now=SOON)
    assert (over.state, over.ended_by, talk(call).state, talk(call).ended_by) == ("ended", "buyer", "wrap_up", "buyer")
    assert voice.hung_up(call, Who.AGENT, now=SOON).ended_by == "buyer"


def test_hl5_hanging_up_in_the_queue_keeps_the_place_as_a_callback() -> None:
    entered = waiting()
    over = voice.hung_up(entered.call, Who.BUYER, now=SOON)
    assert entered.item is not None
    kept = item_of(over)
    assert (kept.kind, kept.arrived_at, kept.due_at) == ("callback", entered.item.arrived_at, entered.item.due_at)
    assert (over.outcome, talk(over).state, fate(over)[0]) == ("callback", "queued", None)
    assert Callback.objects.get(talk=over.talk).number == NUMBER
    entered.item.refresh_from_db()
    assert entered.item.why_left == "hung_up"  # they gave up, and the figures say so
    assert not Case.objects.exists()


def test_cp15_whoever_hung_up_and_calls_again_is_one_callback() -> None:
    first = voice.hung_up(waiting().call, Who.BUYER, now=SOON)
    second = voice.hung_up(waiting(now=SOON).call, Who.BUYER, now=SOON)
    assert (second.outcome, fate(second)[0]) == ("elsewhere", "joined")
    assert Callback.objects.filter(state="open").count() == 1
    assert fate(first)[0] is None


def test_cp15_whoever_talks_with_us_is_not_called_back_as_well() -> None:
    first = voice.hung_up(waiting().call, Who.BUYER, now=SOON)
    call, _ = talking(now=SOON)
    assert fate(first)[0] == "joined"
    assert not Callback.objects.filter(state="open").exists()
    assert talk(first).state == "ended"
    assert fate(call)[0] == "answered"


def test_cp15_nobody_is_forgotten_who_has_no_number() -> None:
    entered = waiting("anonymous")
    over = voice.hung_up(entered.call, Who.BUYER, now=SOON)
    assert (over.outcome, fate(over)) == ("unreachable", ("closed", "unreachable"))
    assert entered.item is not None
    entered.item.refresh_from_db()
    assert (entered.item.state, entered.item.why_left) == ("left", "gone")


@pytest.mark.parametrize(("served", "expected"), [(True, ("answered", "")), (False, ("closed", "left_menu"))])
def test_cp15_who_hangs_up_in_the_menu_has_a_fate(served: bool, expected: tuple[str, str]) -> None:
    walk = Walked([Pressed("main", "1"), Pressed("bill", "*")], served=served)
    over = voice.hung_up(called(), Who.BUYER, walk=walk, now=SOON)
    assert fate(over) == expected
    assert over.pressed == [{"node": "main", "key": "1"}, {"node": "bill", "key": "*"}]


def _close_all() -> None:
    routing.ship_queues()
    Queue.objects.update(hours=[{"days": "mon-sun", "from": "09:00", "until": "10:00"}])


def _fill_all() -> None:
    routing.ship_queues()
    Queue.objects.update(most_waiting=0)


def test_hl3_in11_a_full_line_offers_instead_of_leaving_a_message() -> None:
    _fill_all()
    call = called()
    entered = voice.enter_queue(call, Wait("general"), now=SOON)
    assert (entered.left, entered.conversation) == ("queue_full", None)
    assert (fresh(call).state, fresh(call).turned_away) == ("menu", "queue_full")
    assert not Case.objects.exists()
    booked = voice.book_callback(call, now=SOON)
    assert (booked.call.state, item_of(call).kind) == ("callback_booked", "callback")


def test_hl5_who_books_a_callback_has_not_given_up() -> None:
    entered = waiting()
    voice.book_callback(entered.call, now=SOON)
    assert entered.item is not None
    entered.item.refresh_from_db()
    assert entered.item.why_left == "call_back"


def test_hl5_who_was_turned_away_and_hangs_up_is_called_back() -> None:
    _fill_all()
    call = called()
    voice.enter_queue(call, Wait("general"), now=SOON)
    assert voice.hung_up(call, Who.BUYER, now=SOON).outcome == "callback"


def test_hl3_voicemail_becomes_a_case() -> None:
    call = called()
    voice.begin_voicemail(call, now=SOON)
    voice.leave_voicemail(call, now=SOON)
    case = Case.objects.get(matter=call.matter)
    assert (case.why, case.channel, fate(call)[0]) == ("voicemail", "phone", "joined")
    assert voice.hung_up(call, Who.BUYER, now=SOON).outcome == "voicemail"


def test_voicemail_from_the_queue_gives_the_place_up() -> None:
    entered = waiting()
    voice.begin_voicemail(entered.call, now=SOON)
    voice.leave_voicemail(entered.call, now=SOON)
    assert Case.objects.filter(matter=entered.call.matter).exists()
    assert not Item.objects.filter(kind="call", state="waiting").exists()


def test_when_asterisk_dies_nobody_is_lost() -> None:
    in_menu, in_queue = called("+8613800138001"), waiting("+8613800138002").call
    call, _ = talking()
    assert voice.lost(in_menu, now=SOON).outcome == "callback"
    assert voice.lost(in_queue, now=SOON).outcome == "callback"
    gone = voice.lost(call, now=SOON)
    assert (gone.outcome, gone.ended_by, talk(call).state) == ("talked", "lost", "wrap_up")


def test_hold_mute_and_park() -> None:
    call, alice = talking()
    assert voice.hold(call, now=SOON).state == "held"
    assert voice.unhold(call, now=SOON).state == "talking"
    assert voice.mute(call, muted=True, now=SOON).muted
    parked = voice.park(call, SOON + timedelta(seconds=10), now=SOON)
    assert (parked.state, talk(call).state) == ("parked", "talking")
    assert voice.unpark(call, Legs("agent-2", "bridge-1"), now=SOON).agent_channel == "agent-2"
    assert fresh(call).agent == alice


def test_hl6_an_agent_who_does_not_come_back_gives_the_caller_on() -> None:
    call, _ = talking()
    voice.park(call, SOON, now=SOON)
    again = voice.wait_again(call, "agent_away", now=SOON)
    assert (again.state, again.agent, talk(call).state, item_of(call).state) == ("waiting", None, "queued", "waiting")
    bo = here(BO, now=SOON)
    assert answered(again, bo, now=SOON).agent == bo


def test_hl9_a_warm_transfer_ends_with_the_colleague() -> None:
    call, _ = talking()
    bo = here(BO)
    passed = voice.pass_on(call, bo, Legs("bo-1", "bridge-1"), now=SOON)
    assert (passed.state, passed.agent, talk(call).agent, item_of(call).agent) == ("talking", bo, bo, bo)


def test_hl9_a_blind_transfer_waits_for_somebody_else() -> None:
    call, alice = talking()
    talks.hand_over(talk(call), "queue:vip", "will ein Ersatz", by=alice.by, now=SOON)
    assert (fresh(call).state, fresh(call).agent, item_of(call).kind) == ("waiting", None, "call")


def test_hl9_a_supervisor_takes_over() -> None:
    call, _ = talking()
    sun = here(SUN)
    taken = voice.talking(call, sun, None, Legs("sun-1", "bridge-1"), now=SOON)
    assert (taken.agent, talk(call).agent) == (sun, sun)


def test_an_offer_that_is_over_leaves_the_caller_waiting() -> None:
    entered, alice = waiting(), here()
    assert entered.item is not None
    held = routing.offer(entered.item.pk, alice.pk, [], now=MIDNIGHT)
    assert held is not None
    voice.ringing(entered.call, alice, now=MIDNIGHT)
    late = MIDNIGHT + timedelta(minutes=5)
    with pytest.raises(Refusal, match="offer_gone"):
        voice.talking(entered.call, alice, held.pk, LEGS, now=late)
    assert voice.stopped_ringing(entered.call, now=late).state == "waiting"


def test_hl16_a_waiting_caller_changes_to_chat_and_keeps_the_place() -> None:
    entered = waiting()
    assert entered.item is not None
    call, chat = voice.change_to_chat(entered.call, now=SOON)
    assert (call.state, chat.channel, item_of(call).kind) == ("changed", "chat", "chat")
    assert item_of(call).due_at == entered.item.due_at
    assert voice.hung_up(call, Who.BUYER, now=SOON).outcome == "elsewhere"
    assert talk(call).state == "queued"


def test_a_conversation_that_is_ended_closes_the_line() -> None:
    call, alice = talking()
    talks.end(talk(call), DONE, by=alice.by, now=SOON)
    assert Command.objects.get(call=call).verb == "hang_up"


def at(now: datetime, minutes: int) -> datetime:
    return now + timedelta(minutes=minutes)


def test_hl5_a_callback_is_taken_dialled_and_reached() -> None:
    over = voice.hung_up(waiting(now=NOON).call, Who.BUYER, now=NOON)
    alice = here(ALICE, now=NOON)
    held = routing.offer(item_of(over).pk, alice.pk, [], now=NOON)
    assert held is not None
    routing.accept(held.pk, alice, "desk", now=NOON)
    out = Call.objects.get(direction="out")
    assert (out.state, out.dialled, out.talk_id, out.agent) == ("dialling", NUMBER, over.talk_id, alice)
    assert Command.objects.get(call=out).verb == "dial"
    assert talk(over).state == "talking"
    voice.talking(out, alice, None, LEGS, now=NOON)
    assert fate(over)[0] == "called_back"
    assert Callback.objects.get().state == "reached"
    assert voice.hung_up(out, Who.AGENT, now=at(NOON, 3)).outcome == "talked"
    assert talk(over).state == "wrap_up"


def test_op18_a_callback_nobody_answers_is_tried_three_times() -> None:
    over = voice.hung_up(waiting(now=NOON).call, Who.BUYER, now=NOON)
    alice = here(ALICE, now=NOON)
    held = routing.offer(item_of(over).pk, alice.pk, [], now=NOON)
    assert held is not None
    routing.accept(held.pk, alice, "desk", now=NOON)
    for _ in range(2):
        out = Call.objects.exclude(state="ended").get(direction="out")
        with pytest.raises(Refusal, match="call_on_already"):
            voice.call_again(talk(over), alice, now=NOON)
        assert voice.hung_up(out, Who.SYSTEM, "no_answer", now=NOON).outcome == "not_reached"
        voice.call_again(talk(over), alice, now=NOON)
    voice.hung_up(Call.objects.exclude(state="ended").get(direction="out"), Who.SYSTEM, now=NOON)
    with pytest.raises(Refusal, match="tried_enough"):
        voice.call_again(talk(over), alice, now=NOON)
    talks.end(talk(over), WrapUp("no_answer", number_spoken=True), by=alice.by, now=NOON)
    assert fate(over) == ("closed", "unreachable")
    assert Callback.objects.get().state == "dropped"


def taken_callback(now: datetime) -> tuple[Call, Person]:
    """A call-back in somebody's hands, whose first try did not reach the buyer."""
    over = voice.hung_up(waiting(now=now).call, Who.BUYER, now=now)
    alice = here(ALICE, now=now)
    held = routing.offer(item_of(over).pk, alice.pk, [], now=now)
    assert held is not None
    routing.accept(held.pk, alice, "desk", now=now)
    voice.hung_up(Call.objects.get(direction="out"), Who.SYSTEM, "no_answer", now=now)
    return over, alice


def test_hl5_a_callback_does_not_stay_with_somebody_who_is_gone() -> None:
    over, _ = taken_callback(NOON)
    assert voice.return_lost(NOON) == []
    (new,) = voice.return_lost(at(NOON, 5))
    assert (new.kind, new.state, talk(over).state) == ("callback", "waiting", "queued")
    assert voice.return_lost(at(NOON, 6)) == []


def test_cp15_who_leaves_word_instead_is_not_called_as_well() -> None:
    over = voice.hung_up(waiting().call, Who.BUYER, now=SOON)
    talks.leave_message(talk(over), by="buyer", now=SOON)
    assert Callback.objects.get().state == "dropped"
    assert fate(over)[0] == "joined"
    assert Case.objects.filter(matter=over.talk).exists()
