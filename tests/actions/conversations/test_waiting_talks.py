"""What whoever waits in a chat is promised and told: while somebody is here, while nobody is, when it is urgent."""

from datetime import timedelta

import pytest

from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations import queries
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.talk import Proof
from huiyin.domain.journal.models import Matter
from huiyin.domain.promises.models import Promise
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.queries import open_item
from huiyin.lib.errors import Refusal
from huiyin.web.portal.people import presence
from huiyin.web.ui.words_refusals import refusal_text
from tests.fakes import MIDNIGHT
from tests.people import SUN
from tests.talks import asked, here, taken, talking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
SOON = MIDNIGHT + timedelta(seconds=5)


def said(conversation: Conversation) -> list[str]:
    return [row.text for row in queries.messages_after(conversation, 0, for_staff=False)]


def promise(matter: Matter, kind: str) -> Promise:
    return Promise.objects.get(matter=matter, kind=kind)


@pytest.mark.parametrize("says", ["", "busy", "break"])
def test_cp8_while_nobody_is_here_the_time_is_promised_that_pages_name(says: str) -> None:
    if says:
        routing.set_presence(here(), "laptop", says, now=MIDNIGHT)
    conversation = asked().conversation
    assert promise(conversation.matter, "first_answer").due == presence(MIDNIGHT).by > MIDNIGHT + timedelta(minutes=5)
    alice = here()
    taken(conversation, alice, now=SOON)
    talks.say(conversation, "我来看", by=alice.by, now=SOON)
    assert promise(conversation.matter, "first_answer").state == "kept"


def test_cp8_who_is_handed_on_before_the_first_word_keeps_the_time_they_were_promised() -> None:
    conversation, alice = talking()
    before = promise(conversation.matter, "first_answer")
    late = before.due - timedelta(seconds=5)
    here(SUN, now=late)
    talks.hand_over(conversation, "supervisor", "要主管", by=alice.by, now=late)
    owed = promise(conversation.matter, "first_answer")
    assert (owed.pk, owed.due, owed.state) == (before.pk, before.due, "running")


@pytest.mark.parametrize("is_here", [True, False])
def test_cp8_who_is_handed_to_nobody_reads_by_when_they_are_answered(*, is_here: bool) -> None:
    conversation, alice = talking()
    if is_here:
        here(SUN)
    talks.hand_over(conversation, "supervisor", "要主管", by=alice.by, now=SOON)
    owed = Promise.objects.get(matter=conversation.matter, kind="first_answer", state="running")
    assert owed.due == (SOON + timedelta(seconds=15) if is_here else presence(SOON).by)
    assert said(conversation)[-1] == (
        "正在为您转给主管，您说过的内容会一起转过去" if is_here else
        "能接手的人现在不在。最晚 11月22日 00:30 由人答复您，您说过的内容会一起转过去"
    )  # fmt: skip


def test_ch2_who_says_it_is_urgent_while_waiting_is_promised_a_person_sooner() -> None:
    here()
    talk = asked().conversation
    talks.mark_urgent(talk, "money_at_risk", by="buyer", now=SOON)
    first, now = Promise.objects.filter(matter=talk.matter, kind="first_answer").order_by("pk")
    item = open_item(talk.matter)
    assert item is not None
    assert (first.state, now.state, now.due) == ("withdrawn", "running", item.due_at)
    assert now.due == SOON + timedelta(seconds=15)


@pytest.mark.parametrize(("is_here", "later"), [(True, timedelta(seconds=50)), (False, timedelta(0))])
def test_ch2_urgent_never_promises_later_and_nothing_that_nobody_keeps(*, is_here: bool, later: timedelta) -> None:
    if is_here:
        here()
    talk = asked().conversation
    talks.mark_urgent(talk, "safety", by="buyer", now=MIDNIGHT + later)
    assert Promise.objects.get(matter=talk.matter, kind="first_answer").state == "running"


def test_ch2_who_asks_for_a_person_while_waiting_reads_where_they_stand_once_a_minute() -> None:
    here()
    ahead, talk = asked().conversation, asked(identities={"phone": "13900139000"}, language="en").conversation
    for second, word in enumerate(["转人工", "人工客服", "卡密呢"]):
        talks.say(ahead, word, by="buyer", now=SOON + timedelta(seconds=second))
    talks.say(talk, "agent", by="buyer", now=SOON)
    assert said(ahead)[1:] == ["转人工", "已在人工队列，下一位就是您", "人工客服", "卡密呢"]
    assert said(talk)[-1] == "You are in the queue for a person; 1 before you"
    here(now=SOON + timedelta(minutes=1))
    talks.say(ahead, "转人工", by="buyer", now=SOON + timedelta(minutes=1))
    assert said(ahead)[-1] == "已在人工队列，下一位就是您"


def test_ch2_who_asks_for_a_person_while_nobody_is_here_reads_by_when_one_answers() -> None:
    talk = asked().conversation
    talks.say(talk, "转人工", by="buyer", now=SOON)
    assert said(talk)[-1] == "已在人工队列。现在没有人值班，最晚 11月22日 00:30 由人答复您"
    taken(talk, here(), now=SOON)
    talks.say(talk, "转人工", by="buyer", now=SOON + timedelta(minutes=2))
    assert said(talk)[-1] == "转人工"


def test_ch2_marks_of_whoever_is_not_vouched_for_count_by_address_too() -> None:
    names = [f"browser-{number:020}" for number in range(10)]
    urgent = [
        asked(visitor=name, identities={}, urgent_reason="other", address="9.9.9.9").conversation for name in names
    ]
    assert [one.urgent for one in urgent] == [True] * 6 + [False] * 4
    with pytest.raises(Refusal, match="urgent_crowded"):
        talks.mark_urgent(urgent[-1], "other", by="buyer", now=MIDNIGHT, address="9.9.9.9")
    talks.mark_urgent(urgent[-1], "other", by="buyer", now=MIDNIGHT, address="9.9.9.10")
    member = asked(identities={"member": "m-1"}, proof=Proof.SIGNED, urgent_reason="other", address="9.9.9.9")
    assert member.conversation.urgent


def test_who_writes_into_a_chat_that_nobody_has_taken_reads_so() -> None:
    talk, alice = asked().conversation, here()
    with pytest.raises(Refusal, match="not_taken_yet"):
        talks.say(talk, "您好", by=alice.by, now=SOON)
    assert refusal_text(Refusal("not_taken_yet")).startswith("这个会话还没有人接")


def test_an_end_without_a_number_is_told_without_one() -> None:
    assert "  " not in refusal_text(Refusal("talk_ended", state="ended", verb="end"))
    assert "编号 1" in refusal_text(Refusal("talk_ended", no="1"))


def test_the_same_opening_with_other_words_is_refused() -> None:
    first = asked("喂", visitor="browser-0123456789", client_id="a")
    assert asked(" 喂", visitor="browser-0123456789", client_id="a").conversation == first.conversation
    with pytest.raises(Refusal, match="client_id_taken"):
        asked("卡密呢", visitor="browser-0123456789", client_id="a")
