"""Who may do what in a conversation over the API: nobody sees what is about them, rates themselves or sends a buyer
away; what somebody reads along is recorded."""

from datetime import timedelta

import pytest
from django.conf import settings

from huiyin.domain.cases.models import Case
from huiyin.domain.conversations import actions as talks
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.models import Access
from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.queries import presence_now
from huiyin.domain.routing.states import Presence
from huiyin.domain.staff import actions as staff
from huiyin.domain.staff.models import Person
from huiyin.lib import signing
from huiyin.lib.clock import now
from huiyin.web.api.talkers import may_see
from huiyin.web.live_doors import door_for, put_off
from tests.people import ALICE, BO, SUE, SUN, hire
from tests.talks import asked, here, taken
from tests.web.api.calling import Caller
from tests.web.api.visiting import Visitor

pytestmark = pytest.mark.usefixtures("shop", "midnight", "db")


def key_of(person: Person) -> str:
    return staff.issue_key("own", [], now=now(), person=person)


def calls(person: Person) -> Caller:
    return Caller(key_of(person))


def barred_talk(person: Person) -> Conversation:
    return asked("投诉你们客服", now=now(), barred=(person.pk,)).conversation


@pytest.mark.parametrize("agent_no", [BO, SUN])
def test_cp21_whom_a_waiting_conversation_is_about_never_reads_it(agent_no: str) -> None:
    named = hire(agent_no, now=now())
    no = barred_talk(named).matter.no
    for path in ("", "/messages", "/transcript.txt"):
        assert calls(named).get(f"/conversations/{no}{path}")[0] == 404
    assert door_for(no, f"Bearer {key_of(named)}", "en").status == 404
    assert door_for(no, f"Bearer {key_of(hire(SUE, now=now()))}", "en").status == 200


def test_cp21_who_listens_is_put_off_what_becomes_none_of_their_business() -> None:
    alice, sue = here(now=now()), hire(SUE, now=now())
    own = taken(asked(now=now()).conversation, alice, now=now()).matter.no
    about = barred_talk(alice).matter.no
    keys = {person: f"Bearer {key_of(person)}" for person in (alice, sue, hire(BO, now=now()))}
    off = put_off({key: [own, about] for key in keys.values()})
    assert [off[key] for key in keys.values()] == [{about}, set(), {own}]
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    assert put_off({keys[alice]: [own], "Bearer hy_none": [own]}) == {keys[alice]: {own}, "Bearer hy_none": {own}}


def test_cp21_who_leads_is_kept_out_of_the_case_a_conversation_became() -> None:
    sun, talk = hire(SUN, now=now()), asked(now=now()).conversation
    assert may_see(sun, talk)
    caller = calls(here(now=now()))
    taken(talk, Person.objects.get(agent_no=ALICE), now=now())
    assert caller.post(f"/conversations/{talk.matter.no}/case", {"what_happened": "x"})[0] == 200
    Case.objects.update(about_agents=[sun.agent_no])
    assert calls(sun).get(f"/conversations/{talk.matter.no}")[0] == 404


def test_cp21_named_in_a_later_word_they_read_end_and_file_it_no_more() -> None:
    visitor, alice = Visitor(), here(now=now())
    visitor.begin()
    taken(Conversation.objects.get(), alice, now=now())
    caller, path = calls(alice), f"/conversations/{visitor.no}"
    assert caller.get(path)[0] == 200
    assert visitor.say(f"我要投诉工号{ALICE}，态度恶劣")[0] == 201
    assert caller.get(path)[0] == 404
    for verb, body in (
        ("end", {"disposition": "solved", "number_spoken": True}),
        ("case", {}),
        ("messages", {"text": "喂"}),
    ):
        assert caller.post(f"{path}/{verb}", body)[0] == 404
    assert caller.get("/conversations")[1]["conversations"] == []


def test_who_neither_has_a_conversation_nor_leads_makes_it_no_case() -> None:
    visitor, bo = Visitor(), hire(BO, now=now())
    visitor.begin()
    path = f"/conversations/{visitor.no}"
    assert calls(bo).get(path)[0] == 200
    assert [calls(one).post(f"{path}/case", {})[0] for one in (bo, hire(SUN, now=now()))] == [409, 200]


def test_a_wrap_up_that_lacks_something_names_it_and_a_buyer_needs_no_body() -> None:
    visitor, alice = Visitor(), here(now=now())
    visitor.begin()
    taken(Conversation.objects.get(), alice, now=now())
    path = f"/conversations/{visitor.no}/end"
    status, told = calls(alice).post(path, {"disposition": "follow_up"})
    assert (status, told["code"], told["missing"]) == (
        409, "wrap_up_incomplete", ["number", "next_step", "next_by"],
    )  # fmt: skip
    bearer = {"Authorization": f"Bearer {visitor.token}"}
    answer = visitor.client.post(f"/api/v1{path}", content_type="application/json", headers=bearer)
    assert (answer.status_code, answer.json()["state"]) == (200, "wrap_up")


def test_nobody_rates_their_own_work() -> None:
    alice = here(now=now())
    talk = taken(asked(now=now()).conversation, alice, now=now())
    status, told = calls(alice).post(f"/conversations/{talk.matter.no}/rating", {"rating": 5})
    assert (status, told["code"]) == (409, "not_your_talk")
    talk.refresh_from_db()
    assert talk.rating is None


def test_staff_send_no_buyer_away_and_learn_no_secret() -> None:
    talk = asked(now=now()).conversation
    status, told = calls(here(now=now())).post(f"/conversations/{talk.matter.no}/leave", {})
    assert (status, told["code"]) == (409, "not_your_talk")
    talk.refresh_from_db()
    assert talk.state == "queued"


def test_reading_along_over_the_api_is_recorded_and_ones_own_work_is_not() -> None:
    alice, sun = here(now=now()), hire(SUN, now=now())
    talk = taken(asked(now=now()).conversation, alice, now=now())
    for person in (alice, sun):
        assert calls(person).get(f"/conversations/{talk.matter.no}/messages")[0] == 200
    assert [(one.by, one.item) for one in Access.objects.filter(matter=talk.matter_id)] == [(sun.by, "talk")]


def test_cp21_no_conversation_joins_a_case_that_one_may_not_see() -> None:
    alice = here(now=now())
    first = taken(asked(now=now()).conversation, alice, now=now())
    assert calls(alice).post(f"/conversations/{first.matter.no}/case", {"what_happened": "x"})[0] == 200
    Case.objects.update(about_agents=[alice.agent_no])
    second = taken(asked(now=now()).conversation, alice, now=now())
    path = f"/conversations/{second.matter.no}/case"
    assert calls(alice).post(path, {"case_no": first.matter.no})[0] == 404


@pytest.mark.parametrize("queue", ["vip", "supervisor"])
def test_the_name_of_a_queue_in_a_form_opens_no_better_one(queue: str) -> None:
    assert Visitor().begin(queue=queue)["queue"] == "general"
    assert Visitor().begin(queue="recharge")["queue"] == "recharge"


def test_mb2_a_member_whom_the_shop_vouches_for_may_ask_for_their_own_queue() -> None:
    routing.ship_queues()
    member = signing.Identity(sub="m-1", tier="diamond")
    sealed = signing.identity_token(member, now() + timedelta(minutes=30), settings.SHOP_SECRET)
    assert Visitor().begin(queue="vip", identity=sealed)["queue"] == "vip"
    assert Visitor().begin(queue="supervisor", identity=sealed)["queue"] == "general"


def test_cp21_the_list_of_a_supervisor_leaves_out_what_is_about_them() -> None:
    sun = hire(SUN, now=now())
    about, other = barred_talk(sun), asked(now=now(), identities={"phone": "13900139000"}).conversation
    listed = calls(sun).get("/conversations")[1]["conversations"]
    assert [one["id"] for one in listed] == [other.matter.no]
    assert about.matter.no in str(calls(hire(SUE, now=now())).get("/conversations")[1])


def test_ch2_a_visitor_without_a_name_marks_three_a_day_afterwards_too() -> None:
    answers = []
    for _ in range(4):
        visitor = Visitor()
        visitor.begin(visitor="browser-0123456789")
        answers.append(visitor.post(f"/conversations/{visitor.no}/urgent", {"reason": "other"})[0])
    assert answers == [200, 200, 200, 429]


@pytest.mark.parametrize(("scopes", "sees"), [(["conversations"], False), (["conversations", "notes"], True)])
def test_a_program_reads_notes_and_whispers_only_with_their_own_scope(scopes: list[str], sees: bool) -> None:
    alice = here(now=now())
    talk = taken(asked(now=now()).conversation, alice, now=now())
    talks.say(talk, "这位会员要小心", by=alice.by, now=now(), internal=True)
    token = staff.issue_key("crm", scopes, now=now())
    _, told = Caller(token).get(f"/conversations/{talk.matter.no}/messages")
    assert ("这位会员要小心" in str(told)) is sees
    assert "卡密一直没收到" in str(told)
    assert door_for(talk.matter.no, f"Bearer {token}", "en").sees_notes is sees


def test_only_whoever_talks_with_the_buyer_marks_what_is_read() -> None:
    """A supervisor who reads along is no answer; the buyer would believe that somebody has seen it."""
    alice, sun = here(now=now()), hire(SUN, now=now())
    talk = taken(asked(now=now()).conversation, alice, now=now())
    Conversation.objects.update(agent_read=0)
    for person, read in ((sun, 0), (alice, 2)):
        answer = calls(person).ask("POST", f"/conversations/{talk.matter.no}/read", b'{"seq": 2}')
        talk.refresh_from_db()
        assert (answer.status_code, talk.agent_read) == (204, read)


@pytest.mark.parametrize("channel", ["wechat", "weibo", "api"])
def test_which_way_somebody_came_is_for_programs_to_say(channel: str) -> None:
    visitor = Visitor()
    visitor.begin(channel=channel)
    assert Conversation.objects.get().channel == "chat"
    bridge = Caller(staff.issue_key("bridge", ["conversations"], now=now()))
    assert bridge.post("/conversations", {"text": "喂", "channel": channel})[0] == 201
    assert Conversation.objects.filter(channel=channel).count() == 1


def test_whoever_takes_over_from_outside_is_here() -> None:
    """As at the desk: else the conversation would go back to the queue at once."""
    sun = hire(SUN, now=now())
    talk = taken(asked(now=now()).conversation, here(now=now()), now=now())
    assert presence_now(sun, now()) is Presence.OFFLINE
    assert calls(sun).post(f"/conversations/{talk.matter.no}/take-over", {})[0] == 200
    assert presence_now(sun, now()) is Presence.BUSY
