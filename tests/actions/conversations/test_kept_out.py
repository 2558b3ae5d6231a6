"""CP21 in chats: whoever is complained about talks no longer with the buyer."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import FromTalk
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.seeing import is_kept_out, not_about
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.journal import actions as journal
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.queries import open_item, pending_offers
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SUN, complaint, hire
from tests.talks import asked, here, taken, talking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
SOON = MIDNIGHT


def test_cp21_an_agent_complained_about_in_the_chat_does_not_talk_on() -> None:
    conversation, alice = talking(text=f"工号{ALICE}态度恶劣，我要投诉")
    filing = FromTalk(category="service_attitude")
    cases.from_conversation(conversation, filing, by=alice.by, now=SOON)
    conversation.refresh_from_db()
    item = open_item(conversation.matter)
    assert item is not None
    assert (conversation.state, conversation.agent, item.queue.slug, item.barred) == (
        "queued", None, "supervisor", [alice.pk],
    )  # fmt: skip
    assert routing.offer(item.pk, alice.pk, [], now=SOON) is None


def test_cp21_what_rings_for_whom_it_complains_about_rings_no_longer() -> None:
    alice, talk = here(), asked().conversation
    item = open_item(talk.matter)
    assert item is not None
    assert routing.offer(item.pk, alice.pk, [], now=MIDNIGHT)
    for _ in range(2):
        routing.keep_away(talk.matter, [alice.pk], now=MIDNIGHT)
    item.refresh_from_db()
    assert (item.state, item.barred, pending_offers(alice)) == ("waiting", [alice.pk], [])


def test_cp21_others_go_on_talking() -> None:
    conversation, _ = talking()
    routing.keep_away(conversation.matter, [4711], now=MIDNIGHT)
    conversation.refresh_from_db()
    assert conversation.state == "talking"


# --- talks that have joined the case of another matter


def joined(named: str = "") -> tuple[Conversation, Person, Case]:
    """Alice talks with somebody who has a case already, and puts both together."""
    conversation, alice = talking()
    case = complaint(f"客服态度很差{named}", owner=hire(BO), category="service_attitude")
    cases.join_conversation(conversation, case, by=hire(SUN).by, now=SOON)
    return conversation, alice, case


def standing(conversation: Conversation) -> tuple[str, Person | None, str, list[int]]:
    item = open_item(conversation.matter)
    assert item is not None
    conversation.refresh_from_db()
    return conversation.state, conversation.agent, item.queue.slug, item.barred


def test_cp21_named_later_in_the_case_they_leave_the_talk_that_joined_it() -> None:
    conversation, alice, case = joined()
    assert standing(conversation)[:2] == ("talking", alice)
    cases.add(case.matter, f"就是工号{ALICE}", by="buyer", now=SOON)
    job = ProcrastinateJob.objects.get(task_name="keep_talks_away")
    for _ in range(2):
        cases.keep_talks_away(**job.args, now=SOON)
    assert standing(conversation) == ("queued", None, "supervisor", [alice.pk])


def test_cp21_a_talk_that_joins_a_complaint_about_its_agent_goes_to_somebody_who_leads() -> None:
    conversation, alice, _ = joined(f"，工号{ALICE}")
    assert standing(conversation) == ("queued", None, "supervisor", [alice.pk])


def test_cp21_nothing_is_asked_of_the_worker_where_no_talk_has_joined() -> None:
    case = complaint("客服态度很差", owner=hire(BO), category="service_attitude")
    cases.add(case.matter, f"就是工号{hire(ALICE).agent_no}", by="buyer", now=SOON)
    assert not ProcrastinateJob.objects.filter(task_name="keep_talks_away").exists()


def test_a_talk_that_is_filed_twice_in_one_verb_says_so_once() -> None:
    conversation, alice = talking()
    with journal.chapter():
        locked = journal.lock_one(conversation.matter_id)
        for _ in range(2):
            talks.filed(conversation, locked, locked, by=alice.by, now=SOON)
    assert conversation.matter.facts.filter(name="conversation_filed").count() == 1


# --- named in a later word


NAMED = f"我要投诉工号{ALICE}，他态度恶劣"


def test_cp21_an_agent_named_while_they_talk_talks_no_longer() -> None:
    conversation, alice = talking()
    talks.say(conversation, NAMED, by="buyer", now=SOON)
    assert standing(conversation) == ("queued", None, "supervisor", [alice.pk])
    assert is_kept_out(alice, conversation.pk)
    assert not not_about(alice).filter(pk=conversation.pk).exists()
    for says in (lambda: talks.say(conversation, "我看看", by=alice.by, now=SOON),
                 lambda: talks.end(conversation, WrapUp("solved", number_spoken=True), by=alice.by, now=SOON),
                 lambda: cases.from_conversation(conversation, by=alice.by, now=SOON)):  # fmt: skip
        with pytest.raises(Refusal, match=r"not_your_talk|not_taken_yet|talk_not_now"):
            says()


def test_cp21_an_agent_named_while_the_buyer_waits_is_asked_no_more() -> None:
    alice, bo, talk = here(), here(BO), asked().conversation
    item = open_item(talk.matter)
    assert item is not None
    assert routing.offer(item.pk, alice.pk, [], now=SOON)
    talks.say(talk, NAMED, by="buyer", now=SOON)
    assert (pending_offers(alice), routing.offer(item.pk, alice.pk, [], now=SOON)) == ([], None)
    assert routing.offer(item.pk, bo.pk, [], now=SOON)
    assert is_kept_out(alice, talk.pk)


@pytest.mark.parametrize("words", [["客服态度太差了", f"就是工号{ALICE}"], [f"工号{ALICE}", "一直骂我"]])
def test_cp21_who_and_why_may_come_in_two_messages(words: list[str]) -> None:
    alice, talk = here(), asked().conversation
    for one in words:
        talks.say(talk, one, by="buyer", now=SOON)
    assert standing(talk)[3] == [alice.pk]


@pytest.mark.parametrize(
    "word", [f"工号{ALICE}昨天说会补发", "客服态度太差了", "我要投诉工号4711", "订单1024，态度恶劣"]
)
def test_cp21_who_was_spoken_to_goes_on(word: str) -> None:
    conversation, alice = talking()
    talks.say(conversation, word, by="buyer", now=SOON)
    assert standing(conversation)[:2] == ("talking", alice)


def test_cp21_named_in_the_talk_they_stay_out_of_the_case_it_becomes_and_is() -> None:
    alice, bo = here(), here(BO)
    becomes = taken(asked().conversation, bo)
    talks.say(becomes, NAMED, by="buyer", now=SOON)
    assert cases.from_conversation(becomes, by=bo.by, now=SOON).about_agents == [ALICE]
    conversation = taken(asked(identities={"phone": "13900139000"}).conversation, alice)
    case = cases.from_conversation(conversation, by=alice.by, now=SOON)
    assert case.owner == alice
    conversation.refresh_from_db()
    talks.say(conversation, NAMED, by="buyer", now=SOON)
    case.refresh_from_db()
    assert (case.about_agents, case.owner != alice) == ([ALICE], True)
    assert standing(conversation)[:3] == ("queued", None, "supervisor")


def test_cp21_named_in_a_talk_that_has_joined_they_stay_out_of_its_case() -> None:
    conversation, alice, case = joined()
    talks.say(conversation, NAMED, by="buyer", now=SOON)
    job = ProcrastinateJob.objects.get(task_name="talk_heard")
    cases.heard_elsewhere(**job.args, now=SOON)
    case.refresh_from_db()
    assert (case.about_agents, standing(conversation)[3]) == ([ALICE], [alice.pk])


@pytest.mark.parametrize(("who", "may"), [(ALICE, True), (SUN, True), (BO, False)])
def test_only_who_has_a_talk_or_leads_makes_it_a_case(who: str, *, may: bool) -> None:
    conversation, _ = talking()
    person = hire(who)
    if may:
        assert cases.from_conversation(conversation, by=person.by, now=SOON)
        return
    with pytest.raises(Refusal, match="not_your_talk"):
        cases.from_conversation(conversation, by=person.by, now=SOON)
    other = complaint(email="a@example.com")
    with pytest.raises(Refusal, match="not_your_talk"):
        cases.join_conversation(conversation, other, by=person.by, now=SOON)
