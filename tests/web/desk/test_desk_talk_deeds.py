"""What people do with conversations, person by person: end, hand over, file, read along, take over."""

from collections.abc import Callable

import pytest
from django.test import Client

from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.models import Access
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Item
from huiyin.domain.routing.queries import presence_now
from huiyin.domain.routing.states import Presence
from huiyin.lib.clock import now
from tests import people
from tests.web.desk import chats
from tests.web.desk.chats import ELEMENT

AtDesk = Callable[..., Client]
WRAP_UP = {"disposition": "follow_up", "next_step": "补发新卡密", "next_by": "2026-11-22T18:00", "number": "1"}


def do(client: Client, talk: Conversation, verb: str, **form: str) -> str:
    """Done, and where it leads."""
    answer = client.post(f"/desk/c/{talk.matter.no}/{verb}", form)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    talk.refresh_from_db()
    return str(answer["Location"])


def refused(client: Client, talk: Conversation, verb: str, **form: str) -> str:
    """Not done; the page that says why."""
    answer = client.post(f"/desk/c/{talk.matter.no}/{verb}", form)
    assert answer.status_code == 409
    talk.refresh_from_db()
    return answer.content.decode()


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize("missing", ["disposition", "next_step", "next_by", "number"])
def test_hl12_it_does_not_end_without_number_next_step_and_by_when(missing: str, at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    text = refused(at_desk(), talk, "end", **{name: value for name, value in WRAP_UP.items() if name != missing})
    assert "data-refused" in text
    assert talk.state == "talking"
    if missing != "next_step":
        assert 'value="补发新卡密"' in text


def test_hl12_it_ends_with_them_and_the_buyer_has_them_in_writing(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    assert do(at_desk(), talk, "end", **WRAP_UP) == "/desk/"
    assert talk.state == "ended"
    assert "补发新卡密" in chats.said(talk)[-1]
    assert Item.objects.get(matter=talk.matter).state == "done"


def chosen(head: str) -> tuple[bool, bool]:
    """Whether the form to end it has a disposition chosen, and whether the buyer knows the number."""
    form = head.split('id="end-disposition"')[1].split("</form>")[0]
    return " selected" in form.split("</select>")[0], " checked" in form.split('id="end-number"')[1].split(">")[0]


def test_hl12_nothing_is_said_for_the_agent_when_a_chat_ends(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client = at_desk()
    assert chosen(page(client, f"/desk/c/{talk.matter.no}?part=head")) == (False, False)
    chats.buyer_says(talk, f"我的编号是{talk.matter.no}吗")  # their own words tell them nothing
    assert chosen(page(client, f"/desk/c/{talk.matter.no}?part=head")) == (False, False)
    do(client, talk, "case")
    head = page(client, f"/desk/c/{talk.matter.no}?part=head")
    assert chosen(head) == (False, True)  # the line that says so names it
    assert "The buyer's last words have no answer yet." in head


def test_a_number_is_said_as_people_read_it(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client, no = at_desk(), talk.matter.no
    do(client, talk, "case")
    shown = page(client, f"/desk/c/{no}")
    assert f"It is matter {no[:4]}\xa0{no[4:8]}\xa0{no[8:]} now" in shown


def test_after_one_has_ended_the_next_that_waits_is_there(at_desk: AtDesk) -> None:
    alice = chats.here()
    first, second, third = (chats.talking(alice, f"第{n}位") for n in range(3))
    chats.buyer_says(third, "还在吗")
    conversations.read_up_to(second, 2, by=alice.by, now=now())
    assert do(at_desk(), first, "end", **WRAP_UP) in {f"/desk/c/{second.matter.no}", f"/desk/c/{third.matter.no}"}


def test_what_was_promised_is_filled_in_when_it_ends(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client = at_desk()
    client.post(f"/desk/c/{talk.matter.no}/say", {"text": "我今天18:00前给您补发", "promise": "1"}, headers=ELEMENT)
    text = page(client, f"/desk/c/{talk.matter.no}?part=head")
    assert 'value="2026-11-22T18:00"' in text
    assert "补发" in text.split('name="next_step"')[1].split(">")[0]


def test_a_buyer_who_left_is_wrapped_up_and_the_form_is_open(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    conversations.buyer_ends(talk, by="buyer", now=now())
    client = at_desk()
    assert "The buyer has gone." in page(client, f"/desk/c/{talk.matter.no}")
    assert chosen(page(client, f"/desk/c/{talk.matter.no}?part=head")) == (False, True)  # their page said it at the end
    assert "To be wrapped up" in page(client, "/desk/")
    do(client, talk, "end", disposition="no_answer", number="1")
    assert talk.state == "ended"
    assert talk.matter.no not in page(client, "/desk/?part=list")


def test_handing_over_needs_a_summary_that_the_next_one_reads_first(at_desk: AtDesk) -> None:
    chats.here(people.BO)
    talk = chats.talking(chats.here())
    client = at_desk()
    assert "data-refused" in refused(client, talk, "hand_over", to="agent:1025", summary=" ")
    assert "data-refused" in refused(client, talk, "hand_over", to="", summary="x")
    kept = refused(client, talk, "hand_over", to="agent:9999", summary="已核对金额")
    assert "已核对金额" in kept
    do(client, talk, "hand_over", to="agent:1025", summary="已核对金额，差20")
    assert (talk.state, talk.agent) == ("queued", None)
    bo = people.hire(people.BO)
    desk = at_desk(people.BO)
    offer = chats.offered(talk, bo)
    assert "Handed over" in page(desk, "/desk/offers")
    desk.post(f"/desk/offers/{offer.pk}/accept")
    assert "已核对金额，差20" in page(desk, f"/desk/c/{talk.matter.no}?part=side")


def test_who_hands_over_to_supervisors_reads_whether_one_is_here(at_desk: AtDesk) -> None:
    talk, client = chats.talking(chats.here()), at_desk()
    path, word = f"/desk/c/{talk.matter.no}", "A supervisor · nobody is on duty right now"
    assert word in page(client, path)
    chats.here(people.SUN)
    assert word not in page(client, path)
    routing.set_presence(people.hire(people.SUN), "laptop", "busy", now=now())
    routing.leave(people.hire(people.SUN), now=now())
    told = client.post(f"{path}/hand_over", {"to": "supervisor", "summary": "要主管"}, follow=True).content.decode()
    assert "nobody who takes it is here right now" in told


def test_a_chat_becomes_a_matter_in_one_click_and_once(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here(), "充100只到80，要求补20元", identities={"email": "wang@example.com"})
    client = at_desk()
    for _ in range(2):
        do(client, talk, "case")
    case = Case.objects.get()
    assert (case.matter, case.owner) == (talk.matter, people.hire())
    assert f"/desk/m/{case.matter.no}" in page(client, f"/desk/c/{talk.matter.no}")
    assert "充100只到80" in page(client, f"/desk/m/{case.matter.no}")


def test_a_chat_joins_a_matter_that_there_is(at_desk: AtDesk) -> None:
    case = people.complaint("卡密打不开", owner=people.hire())
    talk = chats.talking(chats.here(), identities={"email": "wang@example.com"})
    client = at_desk()
    assert "卡密打不开" in page(client, f"/desk/c/{talk.matter.no}?part=head")
    assert "We know no matter" in refused(client, talk, "join", number="123456789012")
    spaced = f"{case.matter.no[:4]} {case.matter.no[4:]}"
    do(client, talk, "join", number=spaced)
    assert talk.case == case.matter


def test_a_verb_nobody_knows_is_404_and_looking_does_nothing(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client = at_desk()
    assert client.post(f"/desk/c/{talk.matter.no}/explode").status_code == 404
    assert client.get(f"/desk/c/{talk.matter.no}/end").status_code == 405
    assert client.post("/desk/c/000000000000/end").status_code == 404


def test_another_agent_sees_it_only_when_it_has_ended(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here(), "只跟客服说的话")
    path, bo = f"/desk/c/{talk.matter.no}", at_desk(people.BO)
    for part in ("", "/messages", "/canned", "?part=head"):
        assert bo.get(f"{path}{part}").status_code == 404
    for verb in ("say", "end", "take_over", "case", "check", "read"):
        assert bo.post(f"{path}/{verb}", {"text": "x"}).status_code == 404
    do(at_desk(), talk, "end", **WRAP_UP)
    assert "只跟客服说的话" in page(bo, path)
    assert "This conversation has ended." in page(bo, path)
    assert Access.objects.filter(matter=talk.matter, by="staff:1025").exists()


def test_a_supervisor_reads_along_and_that_is_recorded(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    sun, path = at_desk(people.SUN), f"/desk/c/{talk.matter.no}"
    text = page(sun, path)
    assert "You read along, which is recorded" in text
    assert "for colleagues only" in text
    sun.get(f"{path}/messages?after=0")
    assert [one.by for one in Access.objects.filter(matter=talk.matter)] == ["staff:2001"]
    page(at_desk(), path)
    assert not Access.objects.filter(by="staff:1024").exists()


def test_a_supervisor_whispers_and_cannot_speak_to_the_buyer_without_taking_over(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    sun, path = at_desk(people.SUN), f"/desk/c/{talk.matter.no}"
    assert sun.post(f"{path}/say", {"text": "先安抚", "internal": "1"}, headers=ELEMENT).status_code == 200
    assert sun.post(f"{path}/say", {"text": "我来处理"}, headers=ELEMENT).status_code == 409
    assert "先安抚" in page(at_desk(), f"{path}?part=side")
    do(sun, talk, "take_over")
    assert talk.agent == people.hire(people.SUN)
    assert sun.post(f"{path}/say", {"text": "我来处理"}, headers=ELEMENT).status_code == 200
    assert presence_now(people.hire(people.SUN), now()) is Presence.BUSY
    stale = at_desk().post(f"{path}/say", {"text": "我还在写"}, headers=ELEMENT)
    assert stale.status_code == 409
    assert "Agent 2001 talks with this buyer now." in page(at_desk(), path)


def test_nobody_without_the_lead_takes_over(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    assert "Take over" not in page(at_desk(), f"/desk/c/{talk.matter.no}?part=head")
    refused(at_desk(), talk, "take_over")
    assert talk.agent == people.hire()


def test_cp21_whoever_it_is_about_neither_sees_nor_takes_it_lead_or_not(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here(people.BO), "投诉工号2001，主管骂人")
    Case.objects.filter(pk=people.complaint().pk).update(about_agents=["2001"])
    Conversation.objects.filter(pk=talk.pk).update(case=Case.objects.get().matter)
    sun, sue = at_desk(people.SUN), at_desk(people.SUE)
    assert sun.get(f"/desk/c/{talk.matter.no}").status_code == 404
    assert sun.post(f"/desk/c/{talk.matter.no}/take_over").status_code == 404
    assert talk.matter.no not in page(sun, "/desk/talks").replace("\xa0", "")
    assert page(sue, f"/desk/c/{talk.matter.no}")


def test_cp21_who_is_kept_out_of_the_queue_is_kept_out_of_the_page(at_desk: AtDesk) -> None:
    sun = people.hire(people.SUN)
    talk = chats.waiting(barred=(sun.pk,))
    assert at_desk(people.SUN).get(f"/desk/c/{talk.matter.no}").status_code == 404
    assert page(at_desk(people.SUE), f"/desk/c/{talk.matter.no}")


def test_all_conversations_are_listed_and_opened_by_those_who_may(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here(), "等了很久的话")
    chats.waiting("还没有人接", urgent_reason="safety")
    seen = ((people.SUN, 2, True, True), (people.BO, 0, False, False), (people.ALICE, 1, True, False))
    for agent_no, opens, reads_first, reads_second in seen:
        text = page(at_desk(agent_no), "/desk/talks")
        assert ("等了很久的话" in text) is reads_first
        assert ("还没有人接" in text) is reads_second
        assert people.ALICE in text
        assert "Somebody&#x27;s safety" in text
        assert text.count('class="btn btn-sm" href="/desk/c/') == opens
    assert page(at_desk(people.SUN), "/desk/talks?part=1").lstrip().startswith('<section id="talks"')
    do(at_desk(), talk, "end", **WRAP_UP)
    assert "等了很久的话" not in page(at_desk(people.SUN), "/desk/talks")


def test_an_empty_list_of_conversations_says_what_it_means(at_desk: AtDesk) -> None:
    assert "Nobody is talking with us right now." in page(at_desk(people.SUN), "/desk/talks")


def test_a_lead_marks_a_waiting_one_urgent(at_desk: AtDesk) -> None:
    talk = chats.waiting()
    refused(at_desk(people.SUN), talk, "urgent", reason="because")
    do(at_desk(people.SUN), talk, "urgent", reason="money_at_risk")
    assert (talk.urgent, talk.urgent_reason) == (True, "money_at_risk")
