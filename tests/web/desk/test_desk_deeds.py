"""Everything a person does with a matter, through plain forms."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal.models import Fact
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.actions.searches import Asker
from huiyin.domain.orders.models import Order, Remedy
from huiyin.domain.orders.rescue import Proof, find
from huiyin.domain.promises.models import Promise
from tests import people
from tests.fakes import MIDNIGHT, FakeShop

AtDesk = Callable[..., Client]


def do(client: Client, case: Case, verb: str, **typed: str | list[str]) -> HttpResponse:
    return client.post(f"/desk/m/{case.matter.no}/{verb}", typed)  # type: ignore[return-value]


def decide(client: Client, remedy: Remedy, verb: str, **typed: str) -> HttpResponse:
    return client.post(f"/desk/m/{remedy.matter.no}/remedies/{remedy.pk}/{verb}", typed)  # type: ignore[return-value]


@pytest.fixture
def case() -> Case:
    """A complaint that Alice answers for."""
    return people.complaint(owner=people.hire())


def order_case(shop: FakeShop) -> Case:
    """A case on the matter of an order of the shop, with Alice."""
    finding = find(
        shop.holds("expired_card").payments[0].bill_no, Proof(), Asker("web", "buyer", "t"), shop=shop, now=MIDNIGHT
    )
    people.hire()
    return Case.objects.get(matter=orders.ask_person(finding, "person", by="buyer", now=MIDNIGHT))


def test_cp11_an_answer_reaches_the_buyer_and_keeps_the_promise(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    assert do(client, case, "answer", text="您好，我是 1024 号客服").status_code == 302
    message = Message.objects.get(matter=case.matter)
    assert (message.author, message.internal) == ("staff:1024", False)
    assert Promise.objects.get(matter=case.matter, kind="first_answer").state == "kept"
    text = client.get(f"/desk/m/{case.matter.no}").content.decode()
    assert f'data-done="answer:{case.matter.no}"' in text
    assert "您好，我是" in text


def test_cp4_an_order_is_joined_from_the_card_where_none_is(case: Case, at_desk: AtDesk) -> None:
    order, snapshot = people.order("out_of_stock")
    client, page = at_desk(), f"/desk/m/{case.matter.no}"
    assert 'id="verb-link_order"' in client.get(page).content.decode()
    assert do(client, case, "link_order", order_no="").status_code == 409
    assert do(client, case, "link_order", order_no=f" {snapshot.order_no} ").status_code == 302
    case.refresh_from_db()
    assert (case.order_id, case.order_no) == (order.pk, snapshot.order_no)
    text = client.get(page).content.decode()
    assert "verb-link_order" not in text
    assert snapshot.goods.title in text


def test_a_note_stays_inside(case: Case, at_desk: AtDesk) -> None:
    do(at_desk(people.BO), case, "note", text="问过供应商")
    assert Message.objects.get(matter=case.matter).internal


def test_a_refused_answer_gives_back_what_was_typed(case: Case, at_desk: AtDesk) -> None:
    answer = do(at_desk(people.BO), case, "answer", text="不是我的 <b>事</b>")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Agent 1024 answers for this." in text
    assert "不是我的 &lt;b&gt;事&lt;/b&gt;</textarea>" in text
    assert not Message.objects.exists()


def test_an_empty_answer_is_not_sent(case: Case, at_desk: AtDesk) -> None:
    assert do(at_desk(), case, "answer", text="  ").status_code == 409
    assert do(at_desk(), case, "answer", text="好" * 4001).status_code == 409
    assert not Message.objects.exists()


def test_cp7_a_hand_over_is_visible_and_needs_a_reason(case: Case, at_desk: AtDesk) -> None:
    people.hire(people.BO)
    client = at_desk()
    assert do(client, case, "hand_over", to=people.BO).status_code == 409
    assert do(client, case, "hand_over", to="nobody", reason="x").status_code == 409
    assert do(client, case, "hand_over", to=people.BO, reason="他懂这款游戏").status_code == 302
    case.refresh_from_db()
    assert case.owner == people.hire(people.BO)
    assert do(client, case, "answer", text="还是我").status_code == 409


def test_cp7_a_case_is_not_handed_to_the_systems_keeper(case: Case, at_desk: AtDesk) -> None:
    people.hire(people.KEEPER)
    assert do(at_desk(), case, "hand_over", to=people.KEEPER, reason="x").status_code == 409


def test_a_lead_takes_a_case(case: Case, at_desk: AtDesk) -> None:
    assert do(at_desk(people.BO), case, "take").status_code == 409
    assert do(at_desk(people.SUN), case, "take").status_code == 302
    case.refresh_from_db()
    assert case.owner == people.hire(people.SUN)


def test_cp9_a_case_moves_up_to_a_supervisor(case: Case, at_desk: AtDesk) -> None:
    people.hire(people.SUN)
    assert do(at_desk(), case, "escalate", reason="").status_code == 409
    assert do(at_desk(), case, "escalate", reason="买家要求主管").status_code == 302
    case.refresh_from_db()
    assert (case.level, case.owner) == (1, people.hire(people.SUN))


def test_cp12_a_case_closes_with_an_outcome_and_opens_again(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    assert do(client, case, "close").status_code == 409
    do(client, case, "answer", text="已补发")
    assert do(client, case, "close").status_code == 409  # an item without an offer
    assert do(client, case, "resolve", text="").status_code == 409
    assert do(client, case, "resolve", text="已补发，请查收").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "settled")
    assert "Reopen…" in client.get(f"/desk/m/{case.matter.no}").content.decode()
    assert do(client, case, "reopen", reason="买家说没到").status_code == 302
    case.refresh_from_db()
    assert case.state == "acknowledged"


def test_an_address_is_shown_for_a_reason_for_ten_minutes_and_recorded(case: Case, at_desk: AtDesk) -> None:
    client, other = at_desk(people.BO), at_desk(people.SECOND)
    path = f"/desk/m/{case.matter.no}"
    assert do(client, case, "reveal", reason="").status_code == 409
    assert "wang@example.com" not in client.get(path).content.decode()
    do(client, case, "reveal", reason="call_buyer")
    assert "wang@example.com" in client.get(path).content.decode()
    assert "wang@example.com" in client.get(f"{path}?part=matter").content.decode()
    assert "wang@example.com" not in other.get(path).content.decode()
    assert Fact.objects.get(name="contact_revealed").by == "staff:1025"
    session = client.session
    session["revealed"] = {case.matter.no: 1}
    session.save()
    assert "wang@example.com" not in client.get(path).content.decode()


def test_rm3_a_person_gives_a_new_key(shop: FakeShop, at_desk: AtDesk) -> None:
    case = order_case(shop)
    assert do(at_desk(), case, "give", gift="reissue", reason="过期了").status_code == 302
    remedy = Remedy.objects.get()
    assert (remedy.kind, remedy.state, remedy.asked_by) == ("reissue", "approved", "staff:1024")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"gift": "refund", "reason": ""}, "say why"),
        ({"gift": "gold", "reason": "x"}, "no longer possible"),
        ({"gift": "refund", "reason": "x", "amount": "ten"}, "not an amount"),
        ({"gift": "coupon", "reason": "x"}, "above zero"),
        ({"gift": "refund", "reason": "x", "amount": "99999"}, "left to refund"),
    ],
)
def test_rm3_what_cannot_be_given_says_why_and_keeps_the_form(
    typed: dict[str, str], says: str, shop: FakeShop, at_desk: AtDesk
) -> None:
    answer = do(at_desk(), order_case(shop), "give", **typed)
    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert 'class="verb" name="verb" open>' in answer.content.decode()
    assert not Remedy.objects.exists()


def test_rm3_a_silent_shop_is_said_and_nothing_is_lost(shop: FakeShop, at_desk: AtDesk) -> None:
    case = order_case(shop)
    shop.is_down = True
    answer = do(at_desk(), case, "give", gift="refund", reason="过期了")
    assert answer.status_code == 409
    assert "We cannot reach the shop just now" in answer.content.decode()
    assert "过期了" in answer.content.decode()


def task_of(order: Order) -> Remedy:
    return people.manual_task(order)


def test_rm12_a_task_is_done_by_one_and_checked_by_another(at_desk: AtDesk) -> None:
    people.hire()
    order, _ = people.order("already_redeemed")
    remedy = task_of(order)
    alice, bo = at_desk(), at_desk(people.BO)
    text = alice.get(f"/desk/m/{order.matter.no}").content.decode()
    assert order.bill_nos[0] in text  # the step names the whole bill number: it must be typed elsewhere
    assert decide(alice, remedy, "finish", proof="").status_code == 409
    assert decide(bo, remedy, "finish", proof="5030").status_code == 409
    assert decide(alice, remedy, "finish", proof="5030").status_code == 302
    assert decide(alice, remedy, "check").status_code == 409
    assert decide(bo, remedy, "check").status_code == 302
    remedy.refresh_from_db()
    assert remedy.state == "done"


def test_rm9_a_request_is_approved_by_somebody_else(at_desk: AtDesk) -> None:
    people.hire()
    order, _ = people.order("already_redeemed")
    remedy = people.request(order, people.hire(people.SECOND), 4_000_000)
    assert decide(at_desk(people.SECOND), remedy, "approve").status_code == 409
    assert decide(at_desk(people.KEEPER), remedy, "approve").status_code == 409
    assert decide(at_desk(people.OPS), remedy, "approve").status_code == 409  # above every limit
    assert decide(at_desk(people.OPS), remedy, "decline", reason="").status_code == 409
    assert decide(at_desk(people.OPS), remedy, "decline", reason="太多").status_code == 302
    remedy.refresh_from_db()
    assert (remedy.state, remedy.detail) == ("failed", "太多")


def test_a_remedy_is_only_decided_on_its_own_case(case: Case, at_desk: AtDesk) -> None:
    order, _ = people.order("already_redeemed")
    remedy = people.request(order, people.hire(people.SECOND), 20_000)
    wrong = at_desk(people.SUN).post(f"/desk/m/{case.matter.no}/remedies/{remedy.pk}/approve")
    assert wrong.status_code == 404


def test_cp8_what_broke_is_said_at_the_desk_until_it_is_read(at_desk: AtDesk) -> None:
    sun = people.hire(people.SUN)
    case = people.complaint(owner=sun)
    Promise.objects.filter(matter=case.matter, kind="result").update(state="broken")
    client = at_desk(people.SUN)
    assert "1 promise in matters of yours was broken." in client.get("/desk/").content.decode()
    Promise.objects.filter(matter=case.matter, kind="first_answer").update(state="broken")
    both = client.get("/desk/?part=empty").content.decode()
    assert "2 promises in matters of yours were broken." in both
    assert both.count(f"/desk/m/{case.matter.no}") == 1
    client.post("/desk/told")
    assert "was broken." not in client.get("/desk/").content.decode()


def test_a_case_that_changed_hands_meanwhile_is_refused_politely(case: Case, at_desk: AtDesk) -> None:
    client = at_desk()
    client.get(f"/desk/m/{case.matter.no}")
    cases.assign(case, people.hire(people.BO), "x", by="system", now=MIDNIGHT)
    answer = do(client, case, "answer", text="我写了很久")
    assert answer.status_code == 409
    assert "我写了很久" in answer.content.decode()
