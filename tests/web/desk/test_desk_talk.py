"""The page of a conversation: what was said, the person before the first word, and writing."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.conversations import actions as conversations
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.lib.clock import now
from tests import people
from tests.fakes import MIDNIGHT
from tests.web.desk import chats
from tests.web.desk.chats import ELEMENT

AtDesk = Callable[..., Client]
MOST_QUERIES = 30
MOST_QUERIES_OF_NEWS = 9


def page(client: Client, talk: Conversation, part: str = "", status: int = 200) -> str:
    answer = client.get(f"/desk/c/{talk.matter.no}{part}")
    assert answer.status_code == status
    return answer.content.decode()


def send(client: Client, talk: Conversation, text: str, **more: str) -> dict[str, object]:
    path = f"/desk/c/{talk.matter.no}/say"
    told: dict[str, object] = client.post(path, {"text": text} | more, headers=ELEMENT).json()
    return told


def news(client: Client, talk: Conversation, after: int = 0) -> dict[str, object]:
    told: dict[str, object] = client.get(f"/desk/c/{talk.matter.no}/messages?after={after}").json()
    return told


def picture() -> io.BytesIO:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "shot.png"
    return drawn


def test_the_person_stands_there_before_the_first_word(at_desk: AtDesk) -> None:
    order, _ = people.order("short_amount")
    alice = chats.here()
    people.complaint("上次的事还没完", owner=people.hire(people.BO))
    contacts.know({"email": "wang@example.com"}, now=now(), name="王小明", tier="gold")
    talk = chats.talking(
        alice, "只到了80", identities={"email": "wang@example.com"}, order_no=order.order_no, elderly=True
    )  # fmt: skip
    text = page(at_desk(), talk)
    for words in (order.order_no, "Too little was credited", "上次的事还没完", "w***@example.com", "王**",
                  "Elderly: take your time", "not proven who it is", "complained"):  # fmt: skip
        assert words in text, words
    for private in ("王小明", "wang@example.com"):
        assert private not in text


def test_somebody_nobody_knows_is_met_for_the_first_time(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here(), name="")
    text = page(at_desk(), talk)
    assert "A visitor" in text
    assert "This is the first time we meet." in text


def test_html_in_names_and_messages_stays_text(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here(), "<img src=x onerror=alert(1)>", name="<b>王</b>", page="javascript:alert(1)")
    chats.buyer_says(talk, "</textarea><script>alert(2)</script>")
    client = at_desk()
    for text in (page(client, talk), str(news(client, talk)["html"]), page(client, talk, "?part=side")):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'href="javascript:' not in text


def test_only_what_is_new_is_fetched_and_a_day_is_named_once(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client = at_desk()
    everything = news(client, talk)
    assert str(everything["html"]).count('class="day"') == 1
    chats.buyer_says(talk, "在吗")
    told = news(client, talk, int(str(everything["last"])))
    assert "在吗" in str(told["html"])
    assert "买的卡密不能用" not in str(told["html"])
    assert 'class="day"' not in str(told["html"])
    with time_machine.travel(MIDNIGHT + timedelta(days=1, hours=1)):
        chats.buyer_says(talk, "过了一夜")
        assert "Today" in str(news(client, talk, int(str(told["last"])))["html"])


def test_two_hundred_messages_are_a_page_and_the_rest_is_a_link_away(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    for number in range(210):
        with time_machine.travel(MIDNIGHT + timedelta(seconds=2 * number)):
            chats.buyer_says(talk, f"第{number}句")
    client = at_desk()
    text = page(client, talk)
    assert "第209句" in text
    assert "第5句<" not in text
    assert "Earlier messages" in text
    first = text.split("?before=")[1].split('"')[0]
    earlier = page(client, talk, f"?before={first}")
    assert "第5句" in earlier
    assert "Back to the newest" in earlier
    assert news(client, talk)["more"] is True


@pytest.mark.parametrize("after", ["-1", "x", "99999999999999999999", "1e9", "１"])
def test_a_place_that_is_none_gives_the_beginning(after: str, at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    answer = at_desk().get(f"/desk/c/{talk.matter.no}/messages?after={after}")
    assert answer.status_code == 200
    assert "买的卡密不能用" in answer.json()["html"]


def test_resending_never_doubles(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client = at_desk()
    first = send(client, talk, "您好", client_id="c-1")
    assert send(client, talk, "您好", client_id="c-1") == first
    assert chats.said(talk).count("您好") == 1
    assert 'data-client="c-1"' in str(news(client, talk)["html"])


def test_cp14_a_confirmed_commitment_is_promised_with_the_message_and_once(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client = at_desk()
    words = "我今天18:00前给您补发一张"
    told = client.post(f"/desk/c/{talk.matter.no}/check", {"text": words}, headers=ELEMENT).json()
    assert "18:00" in told["commitment"]["says"]
    before = news(client, talk)["mark"]
    for _ in range(2):
        send(client, talk, words, client_id="c-2", promise="1")
    promise = Promise.objects.get(kind="commitment")
    assert "补发" in promise.words
    assert news(client, talk)["mark"] != before
    assert "补发" in page(client, talk, "?part=side")
    send(client, talk, "我明天12:00前回复您", client_id="c-3")
    assert Promise.objects.filter(kind="commitment").count() == 1


def test_ai6_an_evasion_is_pointed_out_before_and_counted_after(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client = at_desk()
    told = client.post(f"/desk/c/{talk.matter.no}/check", {"text": "请您耐心等待"}, headers=ELEMENT).json()
    assert told["hints"] == ["“Please wait patiently” is no answer. Say until when."]
    send(client, talk, "请您耐心等待")
    assert Message.objects.get(text="请您耐心等待").evasions == ["wait_patiently"]


def test_a_note_is_for_colleagues_and_marked_so(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client = at_desk()
    send(client, talk, "这人上周来过", internal="1")
    assert Message.objects.get(text="这人上周来过").internal
    assert "for colleagues only" in str(news(client, talk)["html"])


@pytest.mark.parametrize(("text", "says"), [("   ", "Please write"), ("长" * 4001, "4000")])
def test_what_cannot_be_sent_comes_back_with_the_reason(text: str, says: str, at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    answer = at_desk().post(f"/desk/c/{talk.matter.no}/say", {"text": text}, headers=ELEMENT)
    assert answer.status_code == 409
    assert says in answer.json()["says"]


def test_without_javascript_a_reply_is_a_plain_form(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    path = f"/desk/c/{talk.matter.no}"
    assert at_desk().post(f"{path}/say", {"text": "您好"})["Location"] == path
    assert "您好" in chats.said(talk)
    assert at_desk().post(f"{path}/say", {"text": ""}).status_code == 409


def test_read_marks_go_both_ways_and_never_beyond_what_was_said(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    seen = chats.buyer_says(talk, "在吗").seq
    client = at_desk()
    for seq in ("99999", "x", "1"):
        assert client.post(f"/desk/c/{talk.matter.no}/read", {"seq": seq}, headers=ELEMENT).status_code == 204
    talk.refresh_from_db()
    assert talk.agent_read == seen
    sent = send(client, talk, "在的")["seq"]
    assert "data-read" not in page(client, talk).split(f'data-seq="{sent}"')[1].split(">")[0]
    conversations.read_up_to(talk, int(str(sent)), by="buyer", now=now())
    assert news(client, talk)["buyer_read"] == sent
    assert "data-read" in page(client, talk).split(f'data-seq="{sent}"')[1].split(">")[0]


def test_typing_is_told_and_kept_nowhere(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    before = chats.said(talk)
    assert at_desk().post(f"/desk/c/{talk.matter.no}/typing", headers=ELEMENT).status_code == 204
    assert chats.said(talk) == before


def test_a_picture_is_sent_once_shown_in_place_and_can_run_nothing(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client = at_desk()
    for _ in range(2):
        form = {"file": picture(), "client_id": "f-1"}
        assert client.post(f"/desk/files/talk/{talk.matter.no}", form, headers=ELEMENT).status_code == 200
    sent = Message.objects.get(kind="file")
    path = f"/desk/c/{talk.matter.no}/files/{sent.seq}"
    assert f'<img src="{path}"' in str(news(client, talk)["html"])
    shown = client.get(path)
    assert shown["Content-Type"] == "image/png"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert shown["Content-Disposition"].startswith("inline")
    assert client.get(f"{path}?save")["Content-Disposition"].startswith("attachment")
    assert client.get(f"/desk/c/{talk.matter.no}/files/1").status_code == 404


def test_a_file_that_is_missing_or_empty_says_so(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    client, path = at_desk(), f"/desk/files/talk/{talk.matter.no}"
    empty = io.BytesIO(b"")
    empty.name = "x.png"
    for form in ({}, {"file": empty}):
        answer = client.post(path, form, headers=ELEMENT)
        assert answer.status_code == 409
        assert answer.json()["says"]


def test_replies_kept_ready_come_filled_in_the_buyers_language_first(at_desk: AtDesk) -> None:
    conversations.keep_canned("hello", "Greeting", "Hello {name}", language="en")
    conversations.keep_canned("你好", "开场", "{name}您好，我是{agent_no}，订单{order_no}，{time}{other}")
    talk = chats.talking(chats.here(), order_no="KM1")
    replies = at_desk().get(f"/desk/c/{talk.matter.no}/canned").json()["replies"]
    assert [one["slug"] for one in replies] == ["你好", "hello"]
    assert replies[0]["text"] == "王**您好，我是1024，订单KM1，00:00{other}"


def test_a_reply_marks_what_nobody_knows_and_sends_it_only_with_a_word_of_warning(at_desk: AtDesk) -> None:
    conversations.keep_canned("check", "核对", "我正在核对订单 {order_no} 的付款", language="zh-hans")
    conversations.keep_canned("hello", "问好", "您好{name}，", language="zh-hans")
    conversations.keep_canned("hi", "Greeting", "Hello {name}, I am agent {agent_no}", language="en")
    talk = chats.talking(chats.here(), name="")
    client = at_desk()
    said = {one["slug"]: one["text"] for one in client.get(f"/desk/c/{talk.matter.no}/canned").json()["replies"]}
    hello = {"hello": "您好，", "hi": "Hello, I am agent 1024"}
    assert said == hello | {"check": "我正在核对订单 〔订单号〕 的付款"}
    path = f"/desk/c/{talk.matter.no}/check"
    minded = client.post(path, {"text": said["check"]}, headers=ELEMENT).json()["hints"]
    assert "still to be filled in" in minded[0]
    filled = client.post(path, {"text": "我正在核对订单 KM1 的付款，10 分钟内告诉您"}, headers=ELEMENT)
    assert filled.json()["hints"] == []
    chats.buyer_says(talk, "订单 KM202611231047418743")
    said = {one["slug"]: one["text"] for one in client.get(f"/desk/c/{talk.matter.no}/canned").json()["replies"]}
    assert said["check"] == "我正在核对订单 KM202611231047418743 的付款"


def test_an_order_the_buyer_names_while_they_talk_stands_beside_it_unverified(at_desk: AtDesk) -> None:
    order, _ = people.order("short_amount")
    talk = chats.talking(chats.here())
    client = at_desk()
    assert order.order_no not in page(client, talk, "?part=side")
    before = news(client, talk)["mark"]
    chats.buyer_says(talk, "快一点")
    assert news(client, talk)["mark"] == before
    chats.buyer_says(talk, f"单号 {order.order_no} 只到了80")
    assert news(client, talk)["mark"] != before  # the page fetches the person again
    shown = page(client, talk, "?part=side")
    for words in (order.order_no, "Too little was credited", "Told by the buyer, not verified"):
        assert words in shown, words


def test_a_number_of_no_order_we_know_is_shown_as_that(at_desk: AtDesk) -> None:
    talk = chats.talking(chats.here())
    chats.buyer_says(talk, "KM202611231047418743 我的手机13912345678")
    shown = page(at_desk(), talk, "?part=side")
    assert "KM202611231047418743" in shown
    assert "not seen at the shop yet" in shown
    assert "13912345678" not in shown


def test_cp14_what_we_missed_is_shown_in_red_until_it_is_promised_anew(at_desk: AtDesk) -> None:
    talk = chats.waiting()
    promise = Promise.objects.get(matter=talk.matter, kind="first_answer")
    client = at_desk(people.SUN)
    with time_machine.travel(promise.due + timedelta(minutes=4), tick=False):
        promises.break_due(promise.pk, now=now())
        side, head = page(client, talk, "?part=side"), page(client, talk, "?part=head")
    assert 'class="red-text">' in side
    assert "· missed</span>" in side
    assert 'state="broken"' in head
    assert "Nothing is promised yet." not in side


def test_the_list_has_chats_and_matters_and_the_chat_that_is_open(at_desk: AtDesk) -> None:
    alice = chats.here()
    people.complaint("还没到时限的投诉", owner=alice)
    talk = chats.talking(alice, "有人吗，在线等")
    chats.buyer_says(talk, "快一点")
    text = page(at_desk(), talk, "?part=list")
    assert "Mine <b>2</b>" in text
    assert text.index("快一点") < text.index("还没到时限的投诉")
    assert 'aria-label="1 unread"' in text or 'aria-label="2 unread"' in text
    assert f'href="/desk/c/{talk.matter.no}" aria-current="true"' in text


def test_every_page_of_a_conversation_takes_few_queries(at_desk: AtDesk) -> None:
    order, _ = people.order("short_amount")
    alice = chats.here()
    talk = chats.talking(alice, identities={"email": "wang@example.com"}, order_no=order.order_no)
    for number in range(12):
        chats.buyer_says(talk, f"第{number}句")
        people.complaint(f"第{number}件", owner=alice, email="wang@example.com")
    client = at_desk()
    for part, most in (("", MOST_QUERIES), ("/messages?after=3", MOST_QUERIES_OF_NEWS), ("?part=foot", 9)):
        page(client, talk, part)
        with CaptureQueriesContext(connection) as asked:
            page(client, talk, part)
        assert len(asked) <= most, (part, [query["sql"][:90] for query in asked])
