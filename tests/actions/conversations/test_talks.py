"""What people do in conversations, and what follows from it."""

from datetime import timedelta

import pytest

from huiyin.daemons.talks import gone_from_queues
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import FromTalk
from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Contact
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations import queries
from huiyin.domain.conversations.actions import Pasted
from huiyin.domain.conversations.commitments import Commitment
from huiyin.domain.conversations.models import Canned, Conversation, Message
from huiyin.domain.conversations.wrap_up import WrapUp
from huiyin.domain.journal.chain import Link, first_break
from huiyin.domain.journal.models import Matter
from huiyin.domain.notices.models import Notice
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.models import Promise
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import open_item
from huiyin.lib.errors import Refusal
from tests.fakes import MIDNIGHT
from tests.people import ALICE, BO, SUN, complaint, hire
from tests.talks import asked, here, taken, talking

pytestmark = pytest.mark.django_db
SOON = MIDNIGHT + timedelta(seconds=10)
LATER = MIDNIGHT + timedelta(hours=2)
DONE = WrapUp("solved", number_spoken=True)


def said(conversation: Conversation, *, for_staff: bool = False) -> list[str]:
    return [row.text for row in queries.messages_after(conversation, 0, for_staff=for_staff)]


def facts(matter: Matter) -> list[str]:
    """Names of what happened, after the chain has been checked."""
    rows = list(matter.facts.order_by("seq"))
    links = [Link(row.seq, row.name, row.by, row.at, row.data, row.hash) for row in rows]
    assert first_break(matter.no, links) is None
    return [row.name for row in rows]


def promise(matter: Matter, kind: str) -> Promise:
    return Promise.objects.get(matter=matter, kind=kind)


def test_cp8_who_waits_is_promised_an_answer_and_it_is_kept_with_the_first_word_of_a_person() -> None:
    here()
    conversation = asked(tier="gold").conversation
    waiting = promise(conversation.matter, "first_answer")
    assert waiting.due == MIDNIGHT + timedelta(seconds=30)
    alice = here()
    taken(conversation, alice, now=SOON)
    talks.say(conversation, "买家急", by=alice.by, now=SOON, internal=True)
    waiting.refresh_from_db()
    assert waiting.state == "running"
    talks.say(conversation, "我在，马上查", by=alice.by, now=SOON)
    waiting.refresh_from_db()
    assert waiting.state == "kept"


@pytest.mark.parametrize(("goes", "outcome"), [(True, "buyer_left"), (False, "unreachable")])
def test_a_chat_without_one_word_of_a_person_has_not_been_answered(*, goes: bool, outcome: str) -> None:
    conversation, alice = talking()
    if goes:
        talks.buyer_ends(conversation, by="buyer", now=LATER)
    talks.end(conversation, DONE, by=alice.by, now=LATER)
    assert (conversation.state, conversation.outcome) == ("ended", outcome)
    assert promise(conversation.matter, "first_answer").state == "withdrawn"


def test_a_missed_answer_breaks_and_leaves_the_buyer_in_the_queue() -> None:
    here()
    conversation = asked().conversation
    late = MIDNIGHT + timedelta(minutes=5)
    promises.break_due(promise(conversation.matter, "first_answer").pk, now=late)
    assert promise(conversation.matter, "first_answer").state == "broken"
    assert not Case.objects.exists()
    assert open_item(conversation.matter) is not None


def test_the_agent_is_told_by_number_and_the_contact_is_answered() -> None:
    conversation, alice = talking()
    assert said(conversation)[-1] == f"工号 {ALICE} 为您服务"
    assert conversation.contact is not None
    assert conversation.contact.fate == "answered"
    assert (conversation.state, conversation.agent) == ("talking", alice)


def test_only_the_agent_of_a_conversation_answers_in_it() -> None:
    conversation, _ = talking()
    with pytest.raises(Refusal, match="not_your_talk"):
        talks.say(conversation, "我来", by=hire(BO).by, now=SOON)
    talks.say(conversation, "同事备注", by=hire(BO).by, now=SOON, internal=True)
    assert "同事备注" not in said(conversation)
    assert "同事备注" in said(conversation, for_staff=True)


def test_places_have_no_gaps_and_a_repeat_changes_nothing() -> None:
    conversation, alice = talking()
    first = talks.say(conversation, "一", by="buyer", now=SOON, client_id="a")
    talks.say(conversation, "二", by=alice.by, now=SOON, client_id="b")
    again = talks.say(conversation, "一", by="buyer", now=LATER, client_id="a")
    assert (again.pk, again.seq, again.text) == (first.pk, first.seq, "一")
    for text, by in (("别的", "buyer"), ("一", alice.by)):
        with pytest.raises(Refusal, match="client_id_taken"):
            talks.say(conversation, text, by=by, now=LATER, client_id="a")
    rows = Message.objects.filter(matter=conversation.matter).order_by("seq")
    assert list(rows.values_list("seq", flat=True)) == [1, 2, 3, 4]
    facts(conversation.matter)


def test_after_the_end_a_repeat_is_still_known_and_news_are_refused() -> None:
    conversation, alice = talking()
    first = talks.say(conversation, "一", by="buyer", now=SOON, client_id="a")
    talks.end(conversation, DONE, by=alice.by, now=SOON)
    assert talks.say(conversation, "一", by="buyer", now=LATER, client_id="a").pk == first.pk
    with pytest.raises(Refusal, match="talk_ended") as no:
        talks.say(conversation, "二", by="buyer", now=LATER, client_id="b")
    assert no.value.params["no"] == ""  # without a case there is no PIN, and its number opens nothing


def test_ai6_evasions_that_are_sent_are_counted() -> None:
    conversation, alice = talking()
    sent = talks.say(conversation, "系统延迟，请耐心等待", by=alice.by, now=SOON)
    assert sent.evasions == ["system_delay", "wait_patiently"]
    fact = conversation.matter.facts.filter(name="message_written").latest("seq")
    assert fact.data["evasions"] == ["system_delay", "wait_patiently"]


def test_handing_over_keeps_the_words_and_tells_both_sides() -> None:
    conversation, alice = talking()
    bo = here(BO)
    talks.hand_over(conversation, f"agent:{BO}", "要退款，已核实", by=alice.by, now=SOON)
    assert (conversation.state, conversation.agent) == ("queued", None)
    assert "转接" in said(conversation)[-1]
    conversation = taken(conversation, bo, now=SOON)
    assert conversation.agent == bo
    assert "要退款，已核实" in said(conversation, for_staff=True)
    assert "要退款，已核实" not in said(conversation)
    with pytest.raises(Refusal, match="not_your_talk"):
        talks.say(conversation, "还有", by=alice.by, now=SOON)


@pytest.mark.parametrize(("to", "summary", "code"), [
    ("queue:vip", " ", "say_why"), ("queue:nowhere", "x", "queue_unknown"), ("agent:9999", "x", "agent_unknown"),
    ("moon", "x", "handed_nowhere"),
])  # fmt: skip
def test_handing_over_to_nobody_changes_nothing(to: str, summary: str, code: str) -> None:
    conversation, alice = talking()
    with pytest.raises(Refusal, match=code):
        talks.hand_over(conversation, to, summary, by=alice.by, now=SOON)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.agent) == ("talking", alice)


def test_who_leads_takes_over_and_whispers() -> None:
    conversation, alice = talking()
    sun, bo = hire(SUN), hire(BO)
    talks.whisper(conversation, "可以补偿 5 元", sun, now=SOON)
    with pytest.raises(Refusal, match="only_leads"):
        talks.whisper(conversation, "我也说", bo, now=SOON)
    with pytest.raises(Refusal, match="only_leads"):
        talks.take_over(conversation, bo, now=SOON)
    talks.take_over(conversation, sun, now=SOON)
    assert (conversation.state, conversation.agent) == ("talking", sun)
    assert said(conversation)[-1] == f"现在由工号 {SUN} 为您服务"
    assert "可以补偿 5 元" not in said(conversation)
    with pytest.raises(Refusal, match="not_your_talk"):
        talks.say(conversation, "我还在", by=alice.by, now=SOON)


def test_an_agent_whose_laptop_sleeps_is_replaced_and_nothing_is_lost() -> None:
    conversation, _ = talking()
    talks.say(conversation, "还在吗", by="buyer", now=SOON)
    routing.return_lost(MIDNIGHT + timedelta(minutes=3))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.agent) == ("queued", None)
    assert "连接断了" in said(conversation)[-1]
    assert "还在吗" in said(conversation)


def test_hl12_the_end_says_number_step_and_time_and_promises_it() -> None:
    conversation, alice = talking()
    wrap_up = WrapUp("follow_up", "补发卡密", LATER, number_spoken=True)
    talks.say(conversation, "给您补发", by=alice.by, now=SOON)
    talks.end(conversation, wrap_up, by=alice.by, now=SOON)
    assert (conversation.state, conversation.outcome) == ("ended", "answered")
    assert "补发卡密" in said(conversation)[-1]
    kept = promise(conversation.matter, "commitment")
    assert (kept.due, kept.words) == (LATER, "补发卡密")
    assert open_item(conversation.matter) is None


def test_what_was_promised_and_not_done_becomes_a_case() -> None:
    conversation, alice = talking()
    talks.end(conversation, WrapUp("follow_up", "补发", LATER, number_spoken=True), by=alice.by, now=SOON)
    promises.break_due(promise(conversation.matter, "commitment").pk, now=LATER + timedelta(seconds=1))
    case = Case.objects.get(matter=conversation.matter)
    assert case.why == "broken_commitment"


def test_cp14_a_commitment_is_told_to_the_buyer() -> None:
    conversation, alice = talking()
    made = talks.promise_made(
        conversation, Commitment("我两小时内补发", LATER, "我两小时内补发"), by=alice.by, now=SOON
    )
    assert (made.kind, made.words, made.due) == ("commitment", "我两小时内补发", LATER)
    assert "我两小时内补发" in said(conversation)[-1]
    second = talks.promise_made(conversation, Commitment("我再回电", LATER, ""), by=alice.by, now=SOON)
    assert made.pk != second.pk
    with pytest.raises(Refusal, match="time_is_past"):
        talks.promise_made(conversation, Commitment("昨天", MIDNIGHT, ""), by=alice.by, now=SOON)


def test_the_buyer_ends_and_the_agent_still_wraps_up() -> None:
    conversation, alice = talking()
    talks.buyer_ends(conversation, by="buyer", now=SOON)
    talks.buyer_ends(conversation, by="buyer", now=SOON)
    assert conversation.state == "wrap_up"
    assert open_item(conversation.matter) is not None
    talks.end(conversation, DONE, by=alice.by, now=SOON)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.ended_by) == ("ended", "buyer")


def test_cp15_every_way_to_end_gives_exactly_one_fate() -> None:
    closed = asked(identities={"phone": "13800000001"}).conversation
    talks.buyer_ends(closed, by="buyer", now=SOON)
    left = asked(identities={"phone": "13800000002"}).conversation
    talks.leave_message(left, by="buyer", now=SOON)
    gone = asked(identities={"phone": "13800000003"}).conversation
    unknown = asked(identities={}).conversation
    for one in (gone, unknown):
        talks.nobody_came(one, now=SOON)
        talks.nobody_came(one, now=SOON)
    answered, alice = talking(identities={"phone": "13800000004"})
    talks.end(answered, DONE, by=alice.by, now=SOON)
    Queue.objects.update(most_waiting=0)
    asked(identities={"phone": "13800000005"})
    fates = Contact.objects.filter(about="talk").order_by("pk").values_list("fate", "fate_reason")
    assert list(fates) == [
        ("closed", "buyer_ended"), ("joined", ""), ("joined", ""), ("closed", "unreachable"), ("answered", ""),
        ("joined", ""),
    ]  # fmt: skip
    assert not Conversation.objects.exclude(state="ended").exists()
    assert Case.objects.count() == 3


def test_who_closes_the_page_while_waiting_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = asked().conversation
    monkeypatch.setattr("huiyin.daemons.talks.now", lambda: MIDNIGHT + timedelta(minutes=9))
    gone_from_queues()
    assert open_item(conversation.matter) is not None
    monkeypatch.setattr("huiyin.daemons.talks.now", lambda: MIDNIGHT + timedelta(minutes=11))
    gone_from_queues()
    case = Case.objects.get(matter=conversation.matter)
    assert (case.why, case.what_happened) == ("nobody_came", "卡密一直没收到")
    assert open_item(conversation.matter) is None or open_item(conversation.matter).kind == "case"  # type: ignore[union-attr]


def test_a_chat_becomes_a_case_of_its_agent_with_the_same_number() -> None:
    conversation, alice = talking(text="充值一直没到账")
    case = cases.from_conversation(conversation, FromTalk(demand="补发"), by=alice.by, now=SOON)
    assert (case.matter, case.owner, case.channel) == (conversation.matter, alice, "chat")
    assert case.what_happened == "充值一直没到账"
    assert [item.kind for item in case.items.all()] == ["reissue"]
    assert cases.from_conversation(conversation, by=alice.by, now=SOON).pk == case.pk
    assert "case_filed" in facts(conversation.matter)
    talks.say(conversation, "谢谢", by="buyer", now=LATER)
    assert Message.objects.filter(matter=case.matter, text="谢谢").exists()


def test_cp21_an_agent_complained_about_in_the_chat_does_not_own_the_case() -> None:
    hire(BO)
    conversation, alice = talking(text=f"工号{ALICE}态度恶劣，我要投诉")
    filing = FromTalk(category="service_attitude")
    case = cases.from_conversation(conversation, filing, by="system", now=SOON)
    assert case.about_agents == [ALICE]
    assert case.owner != alice


def test_a_chat_joins_a_case_and_its_words_reach_it() -> None:
    conversation, alice = talking()
    case = complaint(owner=alice)
    cases.join_conversation(conversation, case, by=alice.by, now=SOON)
    conversation.refresh_from_db()
    assert conversation.case == case.matter
    assert [one.pk for one in queries.talks_of(case.matter)] == [conversation.pk]
    other = complaint(email="li@example.com")
    with pytest.raises(Refusal, match="talk_has_case"):
        cases.join_conversation(conversation, other, by=alice.by, now=SOON)
    talks.say(conversation, "我今天下午给您补发卡密", by=alice.by, now=SOON)
    cases.heard(case.matter_id, by=alice.by, now=SOON)
    case.refresh_from_db()
    assert case.answered_at == SOON
    facts(case.matter)
    facts(conversation.matter)


def test_cp21_nobody_joins_a_chat_to_a_case_about_themselves() -> None:
    conversation, alice = talking()
    case = complaint(f"工号{ALICE}骂人", category="service_attitude")
    with pytest.raises(Refusal, match="complained_about"):
        cases.join_conversation(conversation, case, by=alice.by, now=SOON)


def test_a_buyer_who_has_gone_is_told_once_that_somebody_wrote() -> None:
    conversation, alice = talking(identities={"email": "wang@example.com"})
    for minute in (5, 6):
        talks.say(conversation, "查到了，正在补发", by=alice.by, now=MIDNIGHT + timedelta(minutes=minute))
    assert Notice.objects.filter(template="answer").count() == 1


def test_a_buyer_who_has_gone_is_told_in_the_language_of_the_talk() -> None:
    conversation, alice = talking(identities={"email": "wang@example.com"}, language="en")
    talks.say(conversation, "We have sent it again", by=alice.by, now=MIDNIGHT + timedelta(minutes=5))
    assert [one.language for one in Notice.objects.filter(template="answer")] == ["en"]


def test_a_buyer_who_is_there_gets_no_mail() -> None:
    conversation, alice = talking(identities={"email": "wang@example.com"})
    talks.seen([conversation.pk], now=SOON)
    talks.say(conversation, "您好", by=alice.by, now=SOON)
    assert not Notice.objects.exists()


def test_ratings_need_somebody_to_rate() -> None:
    conversation = asked().conversation
    with pytest.raises(Refusal, match="talk_not_now"):
        talks.rate(conversation, 5, by="buyer", now=SOON)
    conversation = taken(conversation, here())
    for rating in (0, 6):
        with pytest.raises(Refusal, match="rating_out_of_range"):
            talks.rate(conversation, rating, by="buyer", now=SOON)
    talks.rate(conversation, 2, "等太久", by="buyer", now=SOON)
    talks.rate(conversation, 4, "后来好了", by="buyer", now=LATER)
    conversation.refresh_from_db()
    assert (conversation.rating, conversation.rating_words) == (4, "后来好了")


def test_ch10_a_pasted_contact_is_logged_with_its_fate() -> None:
    alice = hire()
    pasted = Pasted("qq", "群里问卡密怎么用，已教会", MIDNIGHT - timedelta(hours=3), {"qq": "10001"}, "小李")
    conversation = talks.log_pasted(pasted, alice, now=MIDNIGHT)
    assert (conversation.state, conversation.channel, conversation.agent) == ("ended", "qq", alice)
    contact = Contact.objects.get(about="pasted")
    assert (contact.fate, contact.channel, contact.at) == ("answered", "qq", MIDNIGHT - timedelta(hours=3))
    open_one = talks.log_pasted(
        Pasted("wechat", "要退款", MIDNIGHT, {"wechat": "li"}, answered=False), alice, now=MIDNIGHT
    )  # fmt: skip
    assert open_one in queries.inbox_of(alice)
    for wrong in (Pasted("fax", "x", MIDNIGHT), Pasted("qq", "x", LATER), Pasted("qq", " ", MIDNIGHT)):
        with pytest.raises(Refusal):
            talks.log_pasted(wrong, alice, now=MIDNIGHT)


def test_ch6_one_person_has_one_history() -> None:
    first = asked(identities={"phone": "138 0013 8000"}).conversation
    second = asked(identities={"phone": "+8613800138000", "email": "W@Example.com"}).conversation
    assert first.buyer is not None
    assert first.buyer == second.buyer
    assert [one.pk for one in queries.history_of(first.buyer)] == [second.pk, first.pk]


def test_canned_replies_are_those_of_ones_team_and_of_all() -> None:
    alice = hire()
    talks.keep_canned("refund-time", "退款多久到账", "{name}，退款 1 至 3 个工作日到账")
    talks.keep_canned("hello", "问好", "您好", team="二组")
    talks.keep_canned("refund-time", "退款多久", "退款三天内到账")
    assert [one.text for one in queries.canned_for(alice)] == ["退款三天内到账"]
    with pytest.raises(Refusal, match="slug_invalid"):
        talks.keep_canned("a b", "x", "y")
    talks.forget_canned(Canned.objects.get(slug="hello"))
    assert Canned.objects.count() == 1


def test_mb2_who_says_that_they_are_elderly_waits_less() -> None:
    here()
    plain, elderly = asked().conversation, asked(elderly=True, identities={"phone": "13900139000"}).conversation
    assert promise(elderly.matter, "first_answer").due < promise(plain.matter, "first_answer").due
    assert elderly.elderly
