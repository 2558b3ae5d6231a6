"""The case screen: every step in the life of a case, through plain forms, person by person."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.actions import Doer, Filing
from huiyin.domain.cases.demand import Item, ItemKind
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.offers import Offer
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal.models import Access, Fact
from huiyin.domain.orders import actions as orders
from huiyin.domain.promises.models import Promise
from huiyin.lib.money import Money
from huiyin.web.desk.possible import STEPS
from tests import people
from tests.fakes import MIDNIGHT, FakeShop
from tests.web.desk.test_desk_deeds import do
from tests.web.desk.test_desk_screens import page, possible

AtDesk = Callable[..., Client]
Typed = dict[str, str | list[str]]
MOST_QUERIES = 19
WANTED = (Item(ItemKind.REFUND, Money(3_000)), Item(ItemKind.EXPLANATION, text="为什么"))


@pytest.fixture
def case() -> Case:
    """A complaint with two demand items that Alice answers for."""
    return file()


def file(order_no: str = "", category: str = "wrong_amount", items: tuple[Item, ...] = WANTED) -> Case:
    filing = Filing(
        what_happened="充 100 送 50 只到 120", identities={"email": "wang@example.com"}, name="王小明",
        order_no=order_no, category=category, items=items,
    )  # fmt: skip
    made = cases.file(filing, by="buyer", now=MIDNIGHT)
    cases.assign(made, people.hire(), "test", by="system", now=MIDNIGHT)
    return Case.objects.get(pk=made.pk)


def look(client: Client, case: Case) -> str:
    return page(client, f"/desk/m/{case.matter.no}")


def version(text: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', text)
    assert found
    return found[1]


def states(case: Case) -> list[str]:
    return list(case.items.order_by("no").values_list("state", flat=True))


def refusal(answer: HttpResponse) -> str:
    assert answer.status_code == 409
    return answer.content.decode()


def offered(case: Case, at: str = "refund") -> None:
    offers = [Offer(1, ItemKind(at), Money(3_000)), Offer(2, ItemKind.EXPLANATION, text="规则是每满 100 送 50")]
    cases.propose(case, offers, Doer("staff:1024"), now=MIDNIGHT)


PROPOSED: Typed = {
    "offer": ["1", "2"], "kind-1": "refund", "amount-1": "30", "by-1": "2026-11-23T18:00", "text-1": "",
    "kind-2": "explanation", "text-2": "规则是每满 100 送 50", "text": "",
}  # fmt: skip


def test_cp17_a_result_is_proposed_item_by_item_with_amount_and_time(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    text = look(client, case)
    assert possible(text, "Result…")
    assert re.search(r'name="amount-1"[^>]*value="30.00"', text)
    assert do(client, case, "propose", version=version(text), **PROPOSED).status_code == 302
    first = DemandItem.objects.get(case=case, no=1)
    tomorrow = MIDNIGHT + timedelta(hours=42)
    assert (first.state, first.offer_amount, first.offer_by) == ("offered", Money(3_000), tomorrow)
    said = Message.objects.get(matter=case.matter).text
    assert "¥30" in said or "30" in said
    assert "规则是每满 100 送 50" in said
    shown = look(client, case)
    assert "Result proposed" in shown
    assert "waits for the buyer&#x27;s word" in shown


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"offer": []}, "Tick at least one item."),
        ({"amount-1": "thirty"}, "not an amount"),
        ({"amount-1": "500"}, "above what you may decide"),
        ({"by-1": "gestern"}, "not a time"),
        ({"by-1": "2026-11-01T10:00"}, "has passed"),
        ({"text-2": " "}, "Say in words what you offer for point 2."),
        ({"kind-1": "gold"}, "no longer possible"),
        ({"offer": ["7"], "kind-7": "refund"}, "cannot be decided any more"),
    ],
)
def test_cp17_a_refused_proposal_says_why_and_keeps_every_field(
    change: Typed, says: str, case: Case, at_desk: AtDesk
) -> None:
    text = refusal(do(at_desk(), case, "propose", **(PROPOSED | {"text": "写给买家"} | change)))
    assert says in text
    assert "写给买家</textarea>" in text
    assert ("规则是每满 100 送 50</textarea>" in text) == ("text-2" not in change)
    assert states(case) == ["open", "open"]


def test_rm9_mb1_what_somebody_may_offer_follows_their_tier_and_the_members(case: Case, at_desk: AtDesk) -> None:
    assert "¥100 at once for this buyer" in look(at_desk(), case)
    Buyer.objects.filter(cases=case).update(tier="diamond")
    text = look(at_desk(), case)
    assert "¥200 at once for this buyer" in text
    assert "¥100 usually" in text
    assert do(at_desk(), case, "propose", **(PROPOSED | {"amount-1": "150"})).status_code == 302


def test_cp10_a_case_is_settled_and_closed_in_one_with_a_reason(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    answer = do(client, case, "resolve", offer=[], text=" ")
    assert "Please write the reason the buyer reads." in refusal(answer)
    typed: Typed = {"offer": ["1", "2"], "kind-1": "explanation", "kind-2": "explanation", "text": "规则如此，已说明"}
    assert do(client, case, "resolve", **typed).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "settled")
    assert states(case) == ["offered", "offered"]


def test_cp12_a_case_with_open_items_is_not_closed_without_an_offer(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    do(client, case, "answer", text="您好")
    assert not possible(look(client, case), "Close…")
    assert "2 items have no offer yet." in refusal(do(client, case, "close"))
    offered(case)
    assert "wait for the buyer&#x27;s word" in refusal(do(client, case, "close"))


def test_cp9_what_the_buyer_refused_ends_only_after_somebody_above_has_looked(case: Case, at_desk: AtDesk) -> None:
    people.hire(people.SUN)
    offered(case)
    cases.refuse(case, [], "不行", Doer("buyer"), now=MIDNIGHT)
    assert "Move it up first" in refusal(do(at_desk(), case, "close"))
    assert do(at_desk(), case, "escalate", reason="买家不接受").status_code == 302
    assert do(at_desk(people.SUN), case, "close").status_code == 302
    case.refresh_from_db()
    assert case.outcome == "no_agreement"


def test_cp8_one_thing_is_asked_for_and_the_clock_stands_still(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    assert "choose the one thing" in refusal(do(client, case, "ask", item="gold", text=""))
    assert do(client, case, "ask", item="balance", text="").status_code == 302
    case.refresh_from_db()
    assert case.state == "waiting_for_buyer"
    said = Message.objects.get(matter=case.matter).text
    assert "余额" in said or "到账" in said
    assert Promise.objects.get(matter=case.matter, kind="result").state == "paused"
    assert possible(look(client, case), "Go on without it")
    assert do(client, case, "go_on").status_code == 302
    case.refresh_from_db()
    assert case.state == "investigating"


def test_cp8_what_we_hold_is_not_asked_for(at_desk: AtDesk) -> None:
    order, _ = people.order("short_amount")
    made = file(order.order_no)
    text = look(at_desk(), made)
    assert '<option value="payment"' not in text.split('name="item"')[1].split("</select>")[0]
    assert "We hold this already." in refusal(do(at_desk(), made, "ask", item="payment"))


def test_cp13_who_is_responsible_is_assessed_with_a_reason(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    kept = {"category": "promo_dispute", "urgency": "high"}
    assert "say why" in refusal(do(client, case, "assess", responsible="supplier", reason="", **kept))
    assert "no longer possible" in refusal(do(client, case, "assess", responsible="moon", reason="x", **kept))
    assert do(client, case, "assess", responsible="supplier", reason="供应商少发", **kept).status_code == 302
    case.refresh_from_db()
    assert (case.responsible, case.category, case.urgency, case.state) == ("supplier", *kept.values(), "assessed")
    cases.contest(case, "不是供应商的事", Doer("buyer"), now=MIDNIGHT)
    text = look(client, case)
    assert "供应商少发" in text
    assert "不是供应商的事" in text


def test_cp18_what_was_agreed_is_owed_until_it_has_arrived(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    offered(case)
    cases.accept(case, [], Doer("buyer"), now=MIDNIGHT)
    text = look(client, case)
    assert "Owed until it has arrived" in text
    assert "Carrying out the result, item 1" in text
    assert "Nothing that was agreed" not in text
    assert do(client, case, "arrive", item="2").status_code == 409
    assert do(client, case, "arrive", item="1").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "confirmed")
    assert Fact.objects.get(name="item_arrived").by == "staff:1024"


def test_cp18_what_cannot_be_done_is_open_again_and_a_result_is_owed(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    offered(case)
    cases.accept(case, [], Doer("buyer"), now=MIDNIGHT)
    assert "say why" in refusal(do(client, case, "fail", item="1", reason=""))
    assert do(client, case, "fail", item="1", reason="渠道退不了").status_code == 302
    assert states(case) == ["open", "arrived"]
    assert "渠道退不了" in look(client, case)
    assert Promise.objects.filter(matter=case.matter, kind="result", state="running").exists()


def test_cp17_the_buyers_word_by_phone_is_recorded_as_said_through_the_agent(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    assert 'value="accepted"' not in look(client, case)
    offered(case)
    said = {"decision": "accepted", "item": "1"}
    assert "say why" in refusal(do(client, case, "behalf", reason="", **said))
    assert "tick the items" in refusal(do(client, case, "behalf", reason="x", decision="accepted"))
    assert "no longer possible" in refusal(do(client, case, "behalf", reason="x", item="1"))
    assert do(client, case, "behalf", reason="10:20 来电", **said).status_code == 302
    assert do(client, case, "behalf", reason="10:20 来电", decision="refused", item="2").status_code == 302
    fact = Fact.objects.filter(name="items_decided").order_by("seq")[0]
    assert (fact.by, fact.data["behalf"], fact.data["items"]) == ("staff:1024", "10:20 来电", [1])
    case.refresh_from_db()
    assert case.state == "negotiating"


@pytest.mark.parametrize("decision", ["partly", "withdrawn"])
def test_cp17_part_of_it_and_no_longer_are_words_too(decision: str, case: Case, at_desk: AtDesk) -> None:
    offered(case)
    typed = {"decision": decision, "item": "1", "reason": "来电", "text": "还差 20"}
    assert do(at_desk(), case, "behalf", **typed).status_code == 302
    assert states(case)[0] == {"partly": "accepted", "withdrawn": "withdrawn"}[decision]


DECISIONS: dict[str, Typed] = {
    "propose": PROPOSED, "resolve": {"text": "已说明"}, "ask": {"item": "balance"},
    "assess": {"responsible": "buyer", "reason": "x", "category": "other", "urgency": "low"},
    "hand_over": {"to": people.BO, "reason": "他懂"}, "escalate": {"reason": "主管"}, "take": {},
}  # fmt: skip


@pytest.mark.parametrize("verb", DECISIONS)
def test_hl7_the_second_of_two_deciders_gets_the_difference_and_keeps_their_words(
    verb: str, case: Case, at_desk: AtDesk
) -> None:
    people.hire(people.BO)
    sun = at_desk(people.SUN)
    seen = version(look(sun, case))
    offered(case)
    before = Fact.objects.filter(matter=case.matter).count()
    text = refusal(do(sun, case, verb, version=seen, **DECISIONS[verb]))
    assert "Nothing was overwritten" in text
    assert "Since you opened this page:" in text
    assert "Proposed: 1. " in text
    assert "Agent 1024" in text
    assert Fact.objects.filter(matter=case.matter).count() == before
    for typed in ("已说明", "主管", "他懂"):
        assert (typed in text) == (typed in DECISIONS[verb].values())
    assert do(sun, case, verb, version=version(text), **DECISIONS[verb]).status_code == 302


@pytest.mark.parametrize("verb", ["propose", "resolve", "ask", "assess", "escalate", "close", "behalf"])
def test_hl7_what_was_written_comes_back_although_the_case_was_closed_meanwhile(
    verb: str, case: Case, at_desk: AtDesk
) -> None:
    sun = at_desk(people.SUN)
    seen = version(look(sun, case))
    cases.resolve(case, [], "已说明", Doer("staff:1024"), now=MIDNIGHT)
    typed: Typed = {"text": "主管写的", "reason": "主管的理由", "offer": ["1"], "item": "balance"}
    text = refusal(do(sun, case, verb, version=seen, **typed))
    assert "Since you opened this page:" in text
    assert "Resolved: " in text
    assert "主管写的" in text
    assert "主管的理由" in text or verb in {"propose", "resolve"}


def test_news_that_decide_nothing_do_not_make_a_form_old(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    seen = version(look(client, case))
    cases.note(case, people.hire(people.BO), "看过", now=MIDNIGHT)
    assert do(client, case, "escalate", reason="x", version=seen).status_code == 302


@pytest.mark.parametrize("who", [people.BO, people.SECOND, people.RISK])
@pytest.mark.parametrize("verb", sorted({*STEPS, "behalf"} - {"go_on", "arrive", "fail", "reopen"}))
def test_rm3_nobody_decides_on_a_case_of_somebody_else(verb: str, who: str, case: Case, at_desk: AtDesk) -> None:
    before = Fact.objects.filter(matter=case.matter).count()
    assert "Agent 1024 answers for this." in refusal(do(at_desk(who), case, verb, **DECISIONS.get(verb, {"text": "x"})))
    assert Fact.objects.filter(matter=case.matter).count() == before


@pytest.mark.parametrize("verb", ["propose", "resolve"])
def test_rm9_whoever_keeps_the_system_offers_nothing(verb: str, case: Case, at_desk: AtDesk) -> None:
    Case.objects.filter(pk=case.pk).update(owner=None)
    assert "gives no remedies" in refusal(do(at_desk(people.KEEPER), case, verb, **PROPOSED))


@pytest.mark.parametrize("who", [people.ALICE, people.SUN, people.OPS])
def test_rm3_whoever_may_act_sees_every_step_or_why_not(who: str, case: Case, at_desk: AtDesk) -> None:
    text = look(at_desk(who), case)
    for label in ("Result…", "Ask the buyer…", "Assess…", "The buyer said…", "Hand over…", "Move up…"):
        assert possible(text, label)
    assert not possible(text, "Close…")


@pytest.mark.parametrize("situation", ["already_redeemed", "redeemed_before_delivery"])
def test_hl11_a_used_key_lays_out_its_three_times(situation: str, at_desk: AtDesk) -> None:
    order, _ = people.order(situation)
    text = look(at_desk(), file(order.order_no, "card_invalid"))
    times = text.split('<ol class="times">')[1].split("</ol>")[0]
    assert re.findall(r"<span>(.*?)</span>", times)[-1 if situation == "already_redeemed" else 0] == "Redeemed"
    is_suppliers = "this cannot have been the buyer" in text
    assert is_suppliers == (situation == "redeemed_before_delivery")


def test_cp16_the_rule_in_force_and_what_is_missing(at_desk: AtDesk) -> None:
    shop = FakeShop()
    order, _ = people.order("short_amount")
    shop.holds("short_amount")
    orders.keep_terms(order, shop.terms(order.order_no), now=MIDNIGHT)
    text = look(at_desk(), file(order.order_no, "promo_dispute"))
    assert "In force when it was paid" in text
    assert "充 100 送 50" in text
    assert "Should arrive" in text
    assert "Missing" in text


def test_every_screen_takes_few_queries_whoever_looks(at_desk: AtDesk) -> None:
    shop = FakeShop()
    order, _ = people.order("already_redeemed")
    shop.holds("already_redeemed")
    orders.keep_terms(order, shop.terms(order.order_no), now=MIDNIGHT)
    made = file(order.order_no, "card_invalid")
    people.manual_task(order)
    offered(made)
    for who in (people.ALICE, people.SUN):
        client = at_desk(who)
        for path in (made.matter.no, order.matter.no, f"{made.matter.no}?part=matter", f"{made.matter.no}?part=list"):
            client.get(f"/desk/m/{path}")
            with CaptureQueriesContext(connection) as asked:
                client.get(f"/desk/m/{path}")
            assert len(asked) <= MOST_QUERIES, [query["sql"][:80] for query in asked]


def test_hl7_looking_at_a_case_and_a_contact_is_recorded_and_leads_see_it(case: Case, at_desk: AtDesk) -> None:
    path = f"/desk/m/{case.matter.no}"
    bo = at_desk(people.BO)
    look(bo, case)
    look(bo, case)
    do(bo, case, "reveal", reason="call_buyer")
    assert set(Access.objects.values_list("item", "kind", "by")) == {
        ("case", "viewed", "staff:1025"), ("contact", "revealed", "staff:1025")
    }  # fmt: skip
    assert bo.get(f"{path}/looks").status_code == 409
    assert "Who looked at it" not in look(bo, case)
    text = page(at_desk(people.SUN), f"{path}/looks")
    assert "Agent 1025" in text
    assert "the contact" in text
    assert "Who looked at it" in look(at_desk(people.SUN), case)
