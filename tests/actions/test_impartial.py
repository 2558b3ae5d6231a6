"""CP21: whoever is complained about neither owns nor sees nor decides; what was decided goes to somebody else. MB1: the
named manager of a diamond member. Person by person."""

from datetime import timedelta

import pytest

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import queries
from huiyin.domain.cases.actions import Assessment, Doer
from huiyin.domain.cases.actions.owning import who_decided
from huiyin.domain.cases.demand import ItemKind
from huiyin.domain.cases.events import CaseProposed
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.offers import Offer
from huiyin.domain.cases.queries import Filter
from huiyin.domain.cases.responsibility import Responsible
from huiyin.domain.cases.verbs import Verb, why_not
from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.journal import actions as journal
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.web.portal.matters import holder
from tests.fakes import MIDNIGHT as NOW
from tests.people import ALICE, BO, KEEPER, OPS, RISK, SECOND, SUE, SUN, buyer, complaint, hire, on_duty

SOON, LATER = NOW + timedelta(minutes=5), NOW + timedelta(days=2)
EVERYBODY = (ALICE, BO, SECOND, RISK, SUN, SUE, OPS, KEEPER)
RUDE = "工号{}态度很差，骂人"


def again(case: Case) -> Case:
    return Case.objects.select_related("matter", "owner", "order", "buyer").get(pk=case.pk)


def about(agent_no: str) -> Case:
    for no in EVERYBODY:
        hire(no)
    return again(complaint(RUDE.format(agent_no), category="service_attitude"))


@pytest.mark.parametrize("accused", EVERYBODY)
def test_cp21_whoever_is_complained_about_neither_owns_nor_sees_nor_decides(accused: str) -> None:
    case = about(accused)
    person = hire(accused)
    assert case.about_agents == [accused]
    assert case.owner is not None
    assert case.owner != person
    with pytest.raises(Case.DoesNotExist):
        queries.case_for(person, case.matter.no)
    assert case not in queries.waiting_for(person, Filter.ALL).cases
    assert queries.find_for(person, case.matter.no) is None
    assert queries.counts_for(person)[Filter.ALL] == 0
    said = {verb: why_not(verb, queries.actor(person), queries.standing(case)) for verb in Verb}
    assert {no.code for no in said.values() if no} == {"about_you"}
    assert all(said.values())
    with pytest.raises(Refusal) as no:
        cases.propose(case, [Offer(1, ItemKind.EXPLANATION, text="没有这回事")], Doer(person.by), now=SOON)
    assert no.value.code == "about_you"


@pytest.mark.parametrize("other", EVERYBODY)
def test_cp21_everybody_else_sees_it(other: str) -> None:
    case = about(BO if other == ALICE else ALICE)
    assert queries.case_for(hire(other), case.matter.no) == case


def test_cp21_it_cannot_be_handed_to_them() -> None:
    case = about(BO)
    with pytest.raises(Refusal) as no:
        cases.assign(case, hire(BO), "busy", by=hire(SUN).by, now=SOON)
    assert no.value.code == "complained_about"
    assert hire(BO) not in queries.colleagues(hire(SUN), case)


def test_cp21_a_matter_of_the_same_buyer_does_not_show_it_to_them() -> None:
    case = about(ALICE)
    mine = again(complaint("没到账", owner=hire(ALICE), category="recharge_delayed"))
    related = queries.everything_about(queries.case_for(hire(ALICE), mine.matter.no), hire(ALICE)).related
    assert case.matter not in related
    assert case.matter in queries.everything_about(mine, hire(BO)).related


@pytest.mark.parametrize("accused", [SUN, SUE])
def test_cp21_moving_up_passes_by_the_supervisor_it_is_about(accused: str) -> None:
    case = about(accused)
    cases.escalate(case, "buyer_demands", by="buyer", now=SOON)
    case = again(case)
    assert case.owner is not None
    assert case.owner.agent_no == (SUE if accused == SUN else SUN)


def test_cp21_with_one_supervisor_only_it_goes_to_operations() -> None:
    for no in (ALICE, SUN, OPS):
        hire(no)
    case = again(complaint(RUDE.format(SUN), category="service_attitude"))
    cases.escalate(case, "buyer_demands", by="buyer", now=SOON)
    owner = again(case).owner
    assert owner is not None
    assert owner.agent_no == OPS


def test_cp21_named_later_they_lose_it() -> None:
    for no in EVERYBODY:
        hire(no)
    case = again(complaint("客服态度很差", owner=hire(ALICE), category="service_attitude"))
    cases.add(case.matter, "就是工号1024", by="buyer", now=SOON)
    case = again(case)
    assert (case.about_agents, case.owner == hire(ALICE)) == ([ALICE], False)
    fact = case.matter.facts.get(name="agents_kept_out")
    assert (fact.by, fact.data) == ("buyer", {"agent_nos": [ALICE]})


def test_cp21_when_it_turns_out_to_be_about_somebody_they_lose_it() -> None:
    hire(BO)
    case = again(complaint(RUDE.format(ALICE), owner=hire(ALICE), category="order_status"))
    found = Assessment(Responsible.PLATFORM, "态度", category="service_attitude")
    cases.assess(case, found, Doer(hire(SUN).by), now=SOON)
    case = again(case)
    assert (case.about_agents, case.owner == hire(ALICE)) == ([ALICE], False)


# --- what was decided once


def decided(by: Person) -> Case:
    case = again(complaint("账号登不上去", owner=by, category="account_access"))
    cases.resolve(case, [], "已经处理好了", Doer(by.by), now=SOON)
    return again(case)


def test_cp21_taken_up_again_it_goes_to_somebody_who_has_not_decided() -> None:
    alice, bo = hire(ALICE), hire(BO)
    case = decided(alice)
    cases.reopen(case, "not_solved", Doer("buyer"), now=LATER, text="还是登不上")
    assert again(case).owner == bo
    cases.resolve(again(case), [], "这次好了", Doer(bo.by), now=LATER)
    second = hire(SECOND)
    cases.reopen(again(case), "not_solved", Doer("buyer"), now=LATER)
    assert again(case).owner == second


def test_cp21_what_was_decided_in_the_same_verb_counts() -> None:
    alice = hire(ALICE)
    case = again(complaint("账号登不上去", owner=alice, category="account_access"))
    with journal.chapter():
        proposed = CaseProposed(offers=(), resolved=True, text_hash="", state=case.state)
        journal.record(journal.lock_one(case.matter_id), proposed, by=alice.by, now=SOON)
        assert who_decided(case) == (alice.pk,)


def test_cp21_who_only_held_it_keeps_it() -> None:
    alice = hire(ALICE)
    hire(BO)
    case = again(complaint("账号登不上去", owner=alice, category="account_access"))
    cases.close(case, "confirmed", by="buyer", now=SOON)
    cases.reopen(case, "not_solved", Doer("buyer"), now=LATER)
    assert again(case).owner == alice


def test_cp21_an_appeal_moves_up_past_a_supervisor_who_decided() -> None:
    hire(SUE)
    sun = hire(SUN)
    case = again(complaint("账号登不上去", owner=sun, category="account_access"))
    cases.propose(case, [Offer(1, ItemKind.EXPLANATION, text="这样处理")], Doer(sun.by), now=SOON)
    cases.refuse(again(case), [1], "不行", Doer("buyer"), now=SOON)
    cases.escalate(again(case), "buyer_demands", by="buyer", now=SOON)
    assert again(case).owner == hire(SUE)


# --- taken up again without a word


def test_cp10_what_the_system_takes_up_again_is_an_item_in_words() -> None:
    case = decided(hire(ALICE))
    cases.accept(case, [], Doer("buyer"), now=SOON)
    cases.open_on(case.matter, "refund_failed", category="refund_request", channel="system", now=LATER)
    item = again(case).items.get(state="open")
    assert "_" not in item.text
    assert "solved" in item.text or "解决" in item.text


# --- MB1


def diamond(manager: str = BO, deputy: str = SECOND) -> Buyer:
    for no in EVERYBODY:
        hire(no)
    found = buyer("dai@example.com", tier="diamond")
    contacts.entrust(found, manager, deputy)
    return found


def theirs(text: str = "账号登不上去", category: str = "account_access") -> str:
    case = again(complaint(text, email="dai@example.com", category=category))
    assert case.owner is not None
    return case.owner.agent_no


def test_mb1_a_diamond_members_complaint_goes_to_the_named_manager() -> None:
    diamond()
    assert theirs() == BO


def test_mb1_the_deputy_stands_in_while_the_manager_is_away() -> None:
    diamond()
    on_duty(SECOND)
    assert theirs() == SECOND
    on_duty(BO)
    assert theirs() == BO


def test_mb1_who_has_left_is_not_asked() -> None:
    diamond()
    Person.objects.filter(agent_no=BO).update(is_active=False)
    assert theirs() == SECOND


def test_mb1_a_complaint_about_the_manager_goes_to_the_deputy() -> None:
    diamond()
    assert theirs(RUDE.format(BO), "service_attitude") == SECOND


def test_mb1_a_member_who_is_not_diamond_any_more_has_none() -> None:
    found = diamond()
    Buyer.objects.filter(pk=found.pk).update(tier="gold")
    assert theirs() == ALICE


@pytest.mark.parametrize(
    ("left", "says"),
    [("", "您的专属客户经理（工号 1025）负责到底"), (BO, "您的专属客户经理是工号 1025，暂由工号 1101 负责")],
)
def test_mb1_the_buyer_reads_who_their_manager_is(left: str, says: str) -> None:
    diamond()
    Person.objects.filter(agent_no=left).update(is_active=False)
    case = again(complaint("账号登不上去", email="dai@example.com", category="account_access"))
    assert holder(case) == says


# --- CP5: the words and their salt


def test_cp5_erased_words_take_their_salt_with_them() -> None:
    case = again(complaint("账号登不上去", owner=hire(ALICE)))
    assert len(case.salt) == 32
    cases.erase_words(case, "asked_for", by=hire(OPS).by, now=SOON)
    case = again(case)
    assert (case.salt, case.what_happened, case.demand, case.matter.facts.latest("seq").name) == (
        "", "", "", "words_erased"
    )  # fmt: skip
