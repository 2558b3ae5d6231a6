"""Conversations over the API: opening, talking, files, ending; and everything that may be wrong about it."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Contact
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import open_item
from huiyin.lib.clock import now
from tests.people import BO, SUN, complaint, hire, on_duty
from tests.talks import here, taken
from tests.web.api.calling import ROOT, seen
from tests.web.api.visiting import Visitor, person_calls, signed, talk_of

pytestmark = pytest.mark.usefixtures("shop", "midnight", "db")


@pytest.fixture(autouse=True)
def _queues(db: None) -> None:
    routing.ship_queues()


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_ch1_a_visitor_waits_with_an_honest_place(visitor: Visitor) -> None:
    here(now=now())
    first, told = Visitor().begin(), visitor.begin(contact={"name": "小王", "phone": "13800138000"}, urgent=False)
    assert (first["state"], first["position"]) == ("queued", 1)
    assert (told["queue"], told["position"]) == ("general", 2)
    assert isinstance(told["expected_wait_s"], int)
    assert told["events"] == f"/api/v1/conversations/{told['id']}/events"
    assert [one["kind"] for one in told["promises"]] == ["first_answer"]


def test_nobody_here_is_said_as_no_known_wait(visitor: Visitor) -> None:
    assert visitor.begin()["expected_wait_s"] is None


def test_ch1_sending_twice_says_it_once(visitor: Visitor) -> None:
    visitor.begin()
    first, again = visitor.say("在吗", client_id="m-1"), visitor.say("在吗", client_id="m-1")
    assert first[0] == again[0] == 201
    assert first[1]["seq"] == again[1]["seq"] == 2
    _, said = visitor.get(f"/conversations/{visitor.no}/messages?after=1")
    assert [one["text"] for one in said["messages"]] == ["在吗"]


def test_opening_twice_opens_once(visitor: Visitor) -> None:
    opening = {"visitor": "browser-0123456789", "client_id": "open-1"}
    first, again = visitor.begin(**opening), Visitor().begin(**opening)
    assert (first["id"], first["token"]) == (again["id"], again["token"])
    assert Conversation.objects.count() == 1


def test_html_and_script_are_text(visitor: Visitor) -> None:
    nasty = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    visitor.begin(nasty, contact={"name": "<b>王</b>"})
    _, said = visitor.get(f"/conversations/{visitor.no}/messages")
    assert said["messages"][0]["text"] == nasty
    assert talk_of(visitor).name == "<b>王</b>"


def test_ch2_an_agent_comes_and_answers(visitor: Visitor) -> None:
    alice = here(now=now())
    visitor.begin("转人工")
    taken(talk_of(visitor), alice, now=now())
    caller = person_calls(alice)
    status, said = caller.post(f"/conversations/{visitor.no}/messages", {"text": "您好，我看一下", "client_id": "a"})
    assert (status, said["author"], said["agent_no"]) == (201, "agent", "1024")
    _, told = visitor.get(f"/conversations/{visitor.no}")
    assert (told["state"], told["agent_no"], told["position"]) == ("talking", "1024", None)
    _, heard = visitor.get(f"/conversations/{visitor.no}/messages")
    assert [one["author"] for one in heard["messages"]] == ["buyer", "system", "agent"]
    assert "1024" in heard["messages"][1]["text"]


def test_notes_never_reach_the_buyer(visitor: Visitor) -> None:
    alice = here(now=now())
    visitor.begin()
    taken(talk_of(visitor), alice, now=now())
    caller = person_calls(alice)
    caller.post(f"/conversations/{visitor.no}/messages", {"text": "像是老问题", "internal": True})
    _, heard = visitor.get(f"/conversations/{visitor.no}/messages")
    assert not [one for one in heard["messages"] if one["internal"]]
    _, ours = caller.get(f"/conversations/{visitor.no}/messages")
    assert [one["text"] for one in ours["messages"] if one["internal"]] == ["像是老问题"]
    assert "像是老问题" not in visitor.client.get(
        f"{ROOT}/conversations/{visitor.no}/transcript.txt", headers=visitor._headers()
    ).content.decode()  # fmt: skip


def test_colleagues_see_what_waits_and_leads_see_all(visitor: Visitor) -> None:
    alice, bo, sun = here(now=now()), hire(BO), hire(SUN)
    visitor.begin()
    assert person_calls(bo).get(f"/conversations/{visitor.no}")[0] == 200
    taken(talk_of(visitor), alice, now=now())
    assert person_calls(bo).get(f"/conversations/{visitor.no}")[0] == 404
    assert person_calls(sun).get(f"/conversations/{visitor.no}")[0] == 200
    assert len(person_calls(sun).get("/conversations")[1]["conversations"]) == 1
    assert person_calls(bo).get("/conversations")[1]["conversations"] == []
    status, told = person_calls(sun).post(f"/conversations/{visitor.no}/messages", {"text": "我来"})
    assert (status, told["code"]) == (409, "not_your_talk")


def test_out_of_hours_words_become_a_case(visitor: Visitor) -> None:
    Queue.objects.update(hours=[{"days": "all", "from": "09:00", "to": "10:00"}])
    told = visitor.begin("半夜充值没到账", contact={"phone": "13800138000"})
    assert (told["state"], told["outcome"]) == ("ended", "left_message")
    assert told["left"]["why"] == "queue_closed"
    assert told["left"]["opens_at"]
    assert len(told["left"]["secret"]) == 8
    case = Case.objects.get(matter__no=told["left"]["case_no"])
    assert case.what_happened == "半夜充值没到账"
    assert case.owner is None or case.owner
    assert {one["kind"] for one in told["promises"]} >= {"result", "next_update"}
    assert Contact.objects.get(about="talk").fate == "joined"
    _, heard = visitor.get(f"/conversations/{visitor.no}/messages")
    assert "号" in heard["messages"][-1]["text"]


def test_ch6_a_signed_member_is_known(visitor: Visitor) -> None:
    visitor.begin(identity=signed(name="王小明", phone="13800138000", tier="diamond", order_no="KM1"))
    conversation = talk_of(visitor)
    assert (conversation.proof, conversation.order_no) == ("signed", "KM1")
    assert conversation.buyer is not None
    assert conversation.buyer.tier == "diamond"
    assert set(conversation.buyer.identities.values_list("kind", flat=True)) == {"member", "phone"}


def test_the_buyer_ends_and_rates(visitor: Visitor) -> None:
    alice = here(now=now())
    visitor.begin()
    taken(talk_of(visitor), alice, now=now())
    assert visitor.post(f"/conversations/{visitor.no}/end", {})[1]["state"] == "wrap_up"
    assert visitor.post(f"/conversations/{visitor.no}/rating", {"rating": 5, "words": "很快"})[1]["rating"] == 5
    assert visitor.post(f"/conversations/{visitor.no}/rating", {"rating": 6})[0] == 422
    assert talk_of(visitor).rating_words == "很快"


def test_hl12_no_end_without_number_step_and_time(visitor: Visitor) -> None:
    alice = here(now=now())
    visitor.begin()
    taken(talk_of(visitor), alice, now=now())
    caller = person_calls(alice)
    status, told = caller.post(f"/conversations/{visitor.no}/end", {"disposition": "follow_up"})
    assert (status, told["code"]) == (409, "wrap_up_incomplete")
    until = (now() + timedelta(hours=2)).isoformat()
    whole = {"disposition": "follow_up", "next_step": "补发卡密", "next_by": until, "number_spoken": True}
    status, told = caller.post(f"/conversations/{visitor.no}/end", whole)
    assert (status, told["state"], told["next_step"]) == (200, "ended", "补发卡密")
    assert "commitment" in {one["kind"] for one in told["promises"]}
    _, after = visitor.say("还有一件事")
    assert after["code"] == "talk_ended"


def test_a_chat_becomes_a_case_with_its_own_number(visitor: Visitor) -> None:
    alice = here(now=now())
    visitor.begin("充值一直没到账，请补发")
    taken(talk_of(visitor), alice, now=now())
    status, told = person_calls(alice).post(f"/conversations/{visitor.no}/case", {"demand": "补发"})
    assert (status, told["case_no"], told["joined"]) == (200, visitor.no, False)
    assert visitor.post(f"/conversations/{visitor.no}/case", {})[1]["code"] == "staff_only"


def test_files_are_proven_kept_and_handed_out(visitor: Visitor) -> None:
    visitor.begin()
    other = Visitor()
    other.begin()
    path = f"{ROOT}/conversations/{visitor.no}/files"
    text = SimpleUploadedFile("账单<1>.exe", "已扣款 9.90 元".encode())
    answer = visitor.client.post(path, {"file": text, "client_id": "f1"}, headers=visitor._headers())
    status, told = seen(answer)  # type: ignore[arg-type]
    assert (status, told["kind"], told["file"]["mime"]) == (201, "file", "text/plain")
    assert told["file"]["name"] == "账单<1>.txt"
    got = visitor.client.get(f"{path}/{told['seq']}", headers=visitor._headers())
    assert got.content.decode() == "已扣款 9.90 元"
    assert got["Content-Disposition"].startswith("attachment")
    assert other.client.get(f"{path}/{told['seq']}", headers=other._headers()).status_code == 404
    bad = SimpleUploadedFile("a.png", b"MZ\x90\x00" + b"\x00" * 100)
    assert seen(visitor.client.post(path, {"file": bad}, headers=visitor._headers()))[1]["code"] == "file_type"  # type: ignore[arg-type]
    assert Message.objects.filter(kind="file").count() == 1


def test_transcripts_as_text_and_pdf(visitor: Visitor) -> None:
    visitor.begin("卡密没收到")
    visitor.say("第一行\n第二行")
    text = visitor.client.get(f"{ROOT}/conversations/{visitor.no}/transcript.txt", headers=visitor._headers())
    assert "卡密没收到" in text.content.decode()
    assert "    第二行" in text.content.decode()
    pdf = visitor.client.get(f"{ROOT}/conversations/{visitor.no}/transcript.pdf", headers=visitor._headers())
    assert pdf.content.startswith(b"%PDF-")


def test_read_marks_go_forward_only(visitor: Visitor) -> None:
    alice = here(now=now())
    visitor.begin()
    conversation = taken(talk_of(visitor), alice, now=now())
    talks.say(conversation, "您好", by=alice.by, now=now())
    for seq in (3, 1, 99):
        assert visitor.client.post(
            f"{ROOT}/conversations/{visitor.no}/read", json.dumps({"seq": seq}), content_type="application/json",
            headers=visitor._headers(),
        ).status_code == 204  # fmt: skip
    assert talk_of(visitor).buyer_read == 3


def test_nobody_wants_to_wait_for_ever(visitor: Visitor) -> None:
    visitor.begin("充值没到账", contact={"phone": "13800138000"})
    status, told = visitor.post(f"/conversations/{visitor.no}/leave", {})
    assert (status, told["state"], told["left"]["case_no"]) == (200, "ended", visitor.no)
    assert visitor.post(f"/conversations/{visitor.no}/leave", {})[0] == 409


def test_english_pages_hear_english(visitor: Visitor) -> None:
    alice = here(now=now())
    visitor.begin("my key did not arrive", language="en")
    taken(talk_of(visitor), alice, now=now())
    _, heard = visitor.get(f"/conversations/{visitor.no}/messages")
    assert heard["messages"][1]["text"] == "Agent 1024 is here for you"


def test_cp7_the_owner_of_an_open_case_is_asked_first(visitor: Visitor) -> None:
    alice = on_duty(now=now())
    complaint(owner=alice, now=now())
    visitor.begin(contact={"email": "WANG@example.com"})
    item = open_item(talk_of(visitor).matter)
    assert item is not None
    assert item.prefers == alice


def test_cp21_whoever_is_complained_about_is_never_offered_it(visitor: Visitor) -> None:
    alice = on_duty(now=now())
    visitor.begin(f"工号{alice.agent_no}态度恶劣，我要投诉他")
    item = open_item(talk_of(visitor).matter)
    assert item is not None
    assert item.barred == [alice.pk]
