"""A call that goes from one to another, or is about to, while something else happens: the buyer is never alone with
silence, never hears what is not for them, and the rows say what is so."""

from functools import partial

import pytest

from huiyin.daemons.calls.reconciling import reconcile
from huiyin.domain.voice import actions as voice
from huiyin.domain.voice.models import Command
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SUN
from tests.routing import here
from tests.switchboard import House, Make

pytestmark = pytest.mark.django_db


def asked(one: House, *, answered: bool) -> tuple[str, str]:
    """ALICE talks with the buyer and asks BO: the legs of both; BO's is empty until it answers."""
    leg = one.talk()
    here(BO)
    one.command("transfer", to=f"agent:{BO}", warm=True, summary="please")
    if not answered:
        return leg, ""
    colleague = one.asterisk.pick_up(f"a{BO}")
    one.until(lambda: one.room() == {leg, colleague})
    return leg, colleague


def who_has_it(one: House) -> str:
    agent = one.call().agent
    return agent.agent_no if agent else ""


def test_hl9_who_hangs_up_while_asking_leaves_the_caller_to_the_colleague(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg, colleague = asked(one, answered=True)
    one.asterisk.leave(leg)
    one.until(lambda: one.room() == {"c1", colleague})
    one.until(lambda: (one.state(), who_has_it(one)) == ("talking", BO))
    assert not one.asterisk.lines["c1"].has_music
    assert Command.objects.filter(verb="complete", state="done").exists()  # the desk does not offer to put through


def test_hl9_who_was_muted_is_heard_by_the_colleague(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg = one.talk()
    here(BO)
    one.command("mute")
    assert (one.call().muted, one.asterisk.lines[leg].is_muted) == (True, True)
    assert one.command("transfer", to=f"agent:{BO}", warm=True, summary="please").state == "done"
    assert (one.call().muted, one.asterisk.lines[leg].is_muted) == (False, False)


def test_hl9_who_hangs_up_before_the_colleague_answers_has_handed_the_caller_over(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg, _ = asked(one, answered=False)
    rung = one.asterisk.rung[-1][1]
    one.asterisk.leave(leg)
    one.until(lambda: one.state() == "waiting")
    one.until(lambda: rung not in one.asterisk.lines and one.asterisk.lines["c1"].has_music)
    assert one.room() is None
    assert "zh-hans/rating.ask" not in one.asterisk.lines["c1"].heard


def test_hl6_a_device_that_is_lost_while_asking_brings_no_stranger_to_the_caller(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg, colleague = asked(one, answered=True)
    one.asterisk.leave(leg, cause=44)
    one.until(lambda: one.state() == "parked" and colleague not in one.asterisk.lines)
    one.until(lambda: one.asterisk.rung[-1][2] == "again")
    back = one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: one.room() == {"c1", back})
    assert Command.objects.filter(verb="cancel", state="done").exists()  # the desk does not offer to put through


def test_hl9_a_colleague_who_refuses_gives_the_caller_back_and_the_desk_knows(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg, _ = asked(one, answered=False)
    one.asterisk.leave(one.asterisk.rung[-1][1], cause=21)
    one.until(lambda: one.room() == {"c1", leg})
    one.until(lambda: Command.objects.filter(verb="cancel", state="done").exists())
    assert not one.asterisk.lines["c1"].has_music


def test_hl9_nothing_else_is_done_while_a_colleague_is_asked(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg, colleague = asked(one, answered=True)
    assert one.command("hold").reason == "already_asking"
    assert one.command("unhold").reason == "already_asking"
    assert one.command("transfer", to=f"agent:{BO}", warm=True).reason == "already_asking"
    assert one.room() == {leg, colleague}
    assert one.state() == "talking"


def test_hl9_who_was_on_hold_is_not_when_the_agent_is_back(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg = one.talk()
    here(BO)
    one.command("hold")
    one.command("transfer", to=f"agent:{BO}", warm=True)
    one.command("cancel")
    one.until(lambda: one.room() == {"c1", leg})
    assert one.state() == "talking"


def test_hl9_a_colleague_without_a_device_leaves_the_caller_on_hold(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    here(BO)
    one.command("hold")
    assert one.command("transfer", to=f"agent:{BO}", warm=True).reason == "unreachable"
    assert (one.state(), one.room()) == ("held", {leg})
    one.command("unhold")
    assert one.room() == {"c1", leg}


def test_hl9_a_colleague_is_not_rung_for_a_call_that_was_handed_on(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    one.talk()
    here(BO)
    made = voice.ask(one.call(), "transfer", {"to": f"agent:{BO}", "warm": True}, here(ALICE), now=MIDNIGHT)
    one.hand_over("queue:general")
    one.run(one.exchange.read_rows(everything=False))
    one.until(lambda: Command.objects.filter(pk=made.pk, reason="call_not_now").exists())
    one.until(lambda: not any(where == f"a{BO}" and leg in one.asterisk.lines for where, leg, _ in one.asterisk.rung))


def test_hl9_handed_on_to_the_queue_the_colleague_who_was_asked_is_out_of_it(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg, colleague = asked(one, answered=True)
    one.command("transfer", to="queue:general", summary="please")
    one.until(lambda: not {leg, colleague} & set(one.asterisk.lines))
    assert one.state() == "waiting"


def test_hl9_the_ear_goes_along_when_the_call_is_handed_over(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}", f"a{SUN}")
    leg = one.talk()
    here(SUN)
    one.command("listen", SUN)
    one.asterisk.pick_up(f"a{SUN}")
    one.until(lambda: one.asterisk.snoops == [(leg, "none")])
    bo = here(BO)
    one.command("transfer", to=f"agent:{BO}", summary="please")
    one.until(lambda: one.state() == "waiting")
    one.offer(one.call(), bo)
    one.until(lambda: one.asterisk.rung[-1][0] == f"a{BO}")
    new = one.asterisk.pick_up(f"a{BO}")
    one.until(lambda: one.asterisk.snoops[-1] == (new, "none"))


def test_hl9_who_listens_and_hangs_up_listens_no_more(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{SUN}")
    one.talk()
    here(SUN)
    one.command("listen", SUN)
    ear = one.asterisk.pick_up(f"a{SUN}")
    one.until(lambda: one.asterisk.snoops)
    one.asterisk.leave(ear)
    one.until(lambda: Command.objects.filter(verb="stop", state="done").exists())
    assert one.command("stop", SUN).reason == "not_listening"


def test_hl9_taken_over_while_parked_the_caller_stays_with_who_took_over(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{SUN}")
    leg = one.talk()
    here(SUN)
    one.asterisk.leave(leg, cause=44)
    one.until(lambda: one.state() == "parked" and one.asterisk.rung[-1][2] == "again")
    again = one.asterisk.rung[-1][1]
    one.command("take_over", SUN)
    lead = one.asterisk.pick_up(f"a{SUN}")
    one.until(lambda: one.room() == {"c1", lead} and again not in one.asterisk.lines)
    one.until(partial(one.heard, f"talk.agent/{SUN}", channel=lead))  # HL8: who it is now
    assert (one.state(), who_has_it(one)) == ("talking", SUN)
    assert not one.asterisk.lines["c1"].has_music


def test_hl9_taken_over_from_the_queue_it_is_recorded_and_announced(house: Make) -> None:
    one = house(f"a{SUN}")
    here(SUN)
    call = one.wait_in_queue()
    one.command("take_over", SUN)
    lead = one.asterisk.pick_up(f"a{SUN}")
    one.until(lambda: one.room() == {"c1", lead})
    one.until(partial(one.heard, "talk.agent", channel=lead))
    assert call.recordings.count() == 1


def test_hl9_taken_over_in_the_middle_of_a_sentence_the_rest_of_it_is_not_waited_for(house: Make) -> None:
    one = house(f"a{SUN}")
    here(SUN)
    one.asterisk.is_slow = True
    one.asterisk.dial("c1")
    one.until(lambda: one.state() == "menu" and one.heard("menu.welcome"))
    one.asterisk.key_in("c1", "0")
    one.until(lambda: one.state() == "waiting" and one.heard("menu.to_person"))
    one.asterisk.stopped.clear()
    one.command("take_over", SUN)
    lead = one.asterisk.pick_up(f"a{SUN}")
    one.until(lambda: one.heard("talk.recorded"))
    assert one.asterisk.stopped
    one.asterisk.finish()
    one.until(lambda: one.room() == {"c1", lead})


def test_hl9_a_caller_in_the_menu_is_left_there(house: Make) -> None:
    one = house(f"a{SUN}")
    here(SUN)
    one.asterisk.is_slow = True
    one.asterisk.dial("c1")
    one.until(lambda: one.state() == "menu" and one.asterisk.lines["c1"].heard)
    assert one.command("take_over", SUN).reason == "call_not_now"
    assert not one.asterisk.rung


def test_hl8_who_was_on_hold_rates_without_music(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.command("hold")
    one.asterisk.is_slow = True
    one.asterisk.leave(leg)
    one.until(lambda: one.heard("rating.ask"))
    assert not one.asterisk.lines["c1"].has_music


def test_hl6_muted_on_hold_the_row_says_what_is_so(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.command("hold")
    assert one.command("mute").state == "done"
    assert (one.call().muted, one.asterisk.lines[leg].is_muted, one.state()) == (True, True, "held")
    one.command("unhold")
    assert one.command("unmute").state == "done"
    assert (one.call().muted, one.asterisk.lines[leg].is_muted, one.state()) == (False, False, "talking")


def test_hl6_what_the_row_refuses_is_not_done_to_the_line(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    made = voice.ask(one.call(), "mute", {}, here(ALICE), now=MIDNIGHT)
    one.hand_over("queue:general")
    one.run(one.exchange.read_rows(everything=False))
    one.until(lambda: Command.objects.filter(pk=made.pk, reason="call_not_now").exists())
    assert not one.asterisk.lines[leg].is_muted


def test_hl6_who_was_muted_before_the_device_was_lost_still_is(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.command("mute")
    one.asterisk.leave(leg, cause=44)
    one.until(lambda: one.asterisk.rung[-1][2] == "again")
    back = one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: one.room() == {"c1", back})
    assert one.asterisk.lines[back].is_muted


def test_op1_who_is_on_hold_stays_so_when_the_switchboard_begins_anew(house: Make) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.command("hold")
    one.end()
    one.begin()
    one.run(reconcile(one.exchange))
    one.until(lambda: one.exchange.flows[one.call().pk].has_music)
    assert one.room() == {leg}
    assert one.state() == "held"


def test_hl9_handed_over_in_the_page_of_the_talk_somebody_else_has_the_call(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg = one.talk()
    bo = here(BO)
    one.hand_over(f"agent:{BO}")
    one.offer(one.call(), bo)  # hears of this first
    one.until(lambda: leg not in one.asterisk.lines and one.asterisk.rung[-1][0] == f"a{BO}")
    assert one.asterisk.lines["c1"].has_music
    new = one.asterisk.pick_up(f"a{BO}")
    one.until(lambda: one.room() == {"c1", new})
    assert (one.state(), who_has_it(one)) == ("talking", BO)


def test_hl9_handed_to_a_queue_in_the_page_of_the_talk_the_caller_waits_with_music(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg, colleague = asked(one, answered=True)
    one.hand_over("queue:general")
    one.run(one.exchange.read_rows())
    one.until(lambda: not {leg, colleague} & set(one.asterisk.lines))
    one.until(lambda: one.room() is None and one.asterisk.lines["c1"].has_music)
    assert one.state() == "waiting"


@pytest.mark.parametrize("cause", [16, 44])
def test_hl9_who_hands_over_and_is_gone_at_once_leaves_the_caller_in_the_queue(house: Make, cause: int) -> None:
    one = house(f"a{ALICE}")
    leg = one.talk()
    one.hand_over("queue:general")
    one.asterisk.leave(leg, cause)
    one.until(lambda: one.room() is None and one.asterisk.lines["c1"].has_music)
    assert one.state() == "waiting"
    assert not one.heard("rating.ask")


def test_hl9_handed_over_while_parked_nobody_is_put_back(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg = one.talk()
    bo = here(BO)
    one.asterisk.leave(leg, cause=44)
    one.until(lambda: one.state() == "parked" and one.asterisk.rung[-1][2] == "again")
    one.hand_over(f"agent:{BO}")
    back = one.asterisk.pick_up(f"a{ALICE}")
    one.until(lambda: back not in one.asterisk.lines)
    one.offer(one.call(), bo)
    one.until(lambda: one.asterisk.rung[-1][0] == f"a{BO}")
    new = one.asterisk.pick_up(f"a{BO}")
    one.until(lambda: one.room() == {"c1", new})


def test_hl9_handed_over_while_the_device_is_away_the_next_one_is_rung(house: Make) -> None:
    one = house(f"a{ALICE}", f"a{BO}")
    leg = one.talk()
    bo = here(BO)
    one.asterisk.online.discard(f"a{ALICE}")
    one.asterisk.leave(leg, cause=44)
    one.until(lambda: one.state() == "parked")
    one.hand_over(f"agent:{BO}")
    one.offer(one.call(), bo)
    one.until(lambda: one.asterisk.rung[-1][0] == f"a{BO}")
    new = one.asterisk.pick_up(f"a{BO}")
    one.until(lambda: one.room() == {"c1", new})
