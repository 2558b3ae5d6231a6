"""The midnight buyer through the API."""

import json
import re

import pytest
import time_machine
from django.conf import settings as django_settings
from pytest_django import Settings

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.journal.models import Fact
from huiyin.domain.orders.models import Remedy
from huiyin.lib.clock import now
from huiyin.lib.signing import link_token
from tests.fakes import MIDNIGHT, FakeShop
from tests.web.api.calling import Caller, is_problem, new_caller, work

pytestmark = pytest.mark.django_db
FOUND = {"level", "found", "ref", "situation", "says", "options"}


def bill_of(shop: FakeShop, situation: str = "platform_failed") -> str:
    return shop.holds(situation).payments[0].bill_no


def test_rm1_the_bill_number_finds_the_order_and_what_is_possible(api: Caller, shop: FakeShop) -> None:
    found = api.find(bill_of(shop))
    assert found.keys() == FOUND
    assert (found["level"], found["found"], found["situation"]) == ("order_facts", True, "platform_failed")
    assert [option["key"] for option in found["options"]] == ["reissue", "refund", "person"]
    assert all(option["label"] for option in found["options"])
    assert found["says"]


@pytest.mark.usefixtures("worker")
def test_rm1_a_choice_gives_the_key_and_the_same_choice_the_same_remedy(api: Caller, shop: FakeShop) -> None:
    found = api.find(bill_of(shop))
    chosen = api.choose(found, "reissue")
    assert chosen["remedy"]["state"] == "done"
    assert chosen["remedy"]["kind"] == "reissue"
    assert chosen["key"] in shop.codes.values()
    assert len(chosen["matter_no"]) == 12
    assert api.choose(found, "reissue") == chosen
    assert len(shop.ledger) == 1


@pytest.mark.usefixtures("worker")
def test_rm1_the_finding_tells_the_remedy_and_the_key_afterwards(api: Caller, shop: FakeShop) -> None:
    found = api.find(bill_of(shop))
    assert api.get(f"/orders/{found['ref']}")[1]["remedy"] is None
    chosen = api.choose(found, "reissue")
    status, later = api.get(f"/orders/{found['ref']}")
    assert status == 200
    assert later["remedy"] == chosen["remedy"]
    assert later["key"] == chosen["key"]
    assert Fact.objects.filter(name="key_shown").count() == 1


def test_rm1_without_a_worker_the_remedy_is_told_as_under_way(
    api: Caller, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huiyin.web.api.orders.PATIENCE_S", 0.0)
    found = api.find(bill_of(shop))
    chosen = api.choose(found, "reissue")
    assert chosen["remedy"]["state"] == "approved"
    assert "key" not in chosen
    work(shop)
    assert "key" in api.get(f"/orders/{found['ref']}")[1]


def test_hl11_without_proof_everybody_gets_the_same_answer(api: Caller, shop: FakeShop) -> None:
    order = shop.holds("platform_failed")
    answers = [api.find(q) for q in (order.order_no, "KM209901010000000001", order.buyer.email, "nobody@example.com")]
    same = [{name: value for name, value in answer.items() if name != "ref"} for answer in answers]
    assert same == [same[0]] * 4
    assert (same[0]["level"], same[0]["found"], same[0]["situation"]) == ("none", False, "proof_needed")
    assert shop.asked == []


@pytest.mark.usefixtures("worker")
def test_hl11_the_tail_and_the_amount_may_act_but_not_show(api: Caller, shop: FakeShop) -> None:
    order = shop.holds("platform_failed")
    proof = {"bill_no": order.payments[0].bill_no[-8:], "amount": float(str(order.payments[0].amount))}
    found = api.find(order.order_no, **proof)
    assert found["level"] == "order_facts"
    chosen = api.choose(found, "reissue")
    assert chosen["remedy"]["state"] == "done"
    assert "key" not in chosen
    assert "key" not in api.get(f"/orders/{found['ref']}")[1]


def test_hl11_five_wrong_proofs_close_one_order_and_no_other(api: Caller, shop: FakeShop) -> None:
    order, other = shop.holds("platform_failed"), shop.holds("platform_failed", seed=1)
    for _ in range(5):
        found = api.find(order.order_no, bill_no="4200000000202611220000000000")
    assert found["situation"] == "too_many_tries"
    assert [option["key"] for option in found["options"]] == ["person"]
    spaced = f" {order.order_no.lower()} "
    assert api.find(spaced, bill_no=order.payments[0].bill_no)["situation"] == "too_many_tries"
    assert api.find(other.order_no, bill_no=other.payments[0].bill_no)["found"] is True


def test_hl11_a_link_the_shop_signed_needs_nothing_else(api: Caller, shop: FakeShop) -> None:
    order = shop.holds("delivered")
    token = link_token(order.order_no, now().replace(year=2027), django_settings.SHOP_SECRET)
    assert api.find("", link=token)["level"] == "signed"
    assert is_problem(api.ask("POST", "/orders/find", b'{"proof":{"link":"x.y"}}'), 422, "link_wrong")


def test_hl11_a_code_sent_to_the_orders_contact_proves_it(api: Caller, shop: FakeShop) -> None:
    order = shop.holds("platform_failed")
    found = api.find(order.buyer.email)
    assert api.choose(found, "code") == {"remedy": None, "matter_no": None, "sent": True}
    code = contacts.new_code(f"email:{order.buyer.email}", [order.order_no], now=now())
    assert api.find(order.buyer.email, code=code)["level"] == "contact"


def test_hl11_codes_to_one_entry_are_few(api: Caller, shop: FakeShop) -> None:
    found = api.find("nobody@example.com")
    for _ in range(3):
        api.choose(found, "code")
    refused = api.ask("POST", f"/orders/{found['ref']}/choose", b'{"option":"code"}')
    assert is_problem(refused, 429, "too_often")
    assert int(refused["Retry-After"]) > 0


def test_rm5_a_silent_shop_is_said_to_be_silent_and_nothing_is_lost(api: Caller, shop: FakeShop) -> None:
    bill_no = bill_of(shop)
    shop.is_down = True
    found = api.find(bill_no)
    assert found["found"] is None
    assert found["situation"] == "shop_unreachable"
    assert found["by"].endswith("+08:00")
    assert "每分钟" in found["says"]


def test_rm5_a_shop_that_falls_silent_before_the_choice_is_a_503(api: Caller, shop: FakeShop) -> None:
    found = api.find(bill_of(shop))
    shop.is_down = True
    answer = api.ask("POST", f"/orders/{found['ref']}/choose", b'{"option":"reissue"}')
    assert is_problem(answer, 503, "shop_silent")
    assert answer["Retry-After"] == "60"
    assert "现在查不到店铺，我们每分钟再试" in answer.content.decode()
    assert not Remedy.objects.exists()


def test_rm1_an_order_that_changed_is_a_conflict_with_the_new_options(api: Caller, shop: FakeShop) -> None:
    order = shop.holds("platform_failed")
    found = api.find(order.payments[0].bill_no)
    shop.stock = dict.fromkeys(shop.stock, 0)
    status, problem = api.post(f"/orders/{found['ref']}/choose", {"option": "reissue"})
    assert (status, problem["code"]) == (409, "situation_changed")
    assert problem["situation"] == "out_of_stock"
    assert "refund" in [option["key"] for option in problem["options"]]


@pytest.mark.parametrize(("option", "status", "code"), [("fly", 422, "option_unknown"), ("wait", 409, "not_an_option")])
def test_rm1_an_impossible_choice_says_what_is_possible(
    api: Caller, shop: FakeShop, option: str, status: int, code: str
) -> None:
    found = api.find(bill_of(shop))
    answered, problem = api.post(f"/orders/{found['ref']}/choose", {"option": option})
    assert (answered, problem["code"]) == (status, code)
    assert [one["key"] for one in problem["options"]] == ["reissue", "refund", "person"]


def test_rm1_a_delivered_key_is_shown_after_proof(api: Caller, shop: FakeShop) -> None:
    found = api.find(bill_of(shop, "delivered"))
    shown = api.choose(found, "show")
    assert shown["remedy"] is None
    assert shown["key"] in shop.codes.values()


@pytest.mark.usefixtures("worker")
def test_rm1_several_keys_come_one_per_line_and_as_a_list(api: Caller, shop: FakeShop) -> None:
    chosen = api.choose(api.find(bill_of(shop, "partial_delivery")), "reissue")
    assert len(chosen["keys"]) == 2
    assert chosen["key"] == "\n".join(chosen["keys"])


def test_the_answer_says_how_much_of_its_time_was_the_shops(api: Caller, shop: FakeShop) -> None:
    body = json.dumps({"q": bill_of(shop)}).encode()
    assert re.fullmatch(r"shop;dur=\d+\.\d", api.ask("POST", "/orders/find", body)["Server-Timing"])


def test_rm9_far_more_remedies_than_usual_stop_the_automatic_ones(
    api: Caller, shop: FakeShop, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huiyin.web.api.orders.PATIENCE_S", 0.0)
    settings.BRAKES = settings.BRAKES | {"usual_per_hour": 1, "breaker_times": 2}
    orders = [shop.holds("platform_failed", seed=seed) for seed in range(3)]
    found = [api.find(order.payments[0].bill_no) for order in orders]
    states = [api.choose(one, "reissue")["remedy"]["state"] for one in found]
    assert states == ["approved", "approved", "requested"]
    assert api.get("/status")[1]["breaker"] == {"open": True}
    assert api.get(f"/orders/{found[2]['ref']}")[1]["remedy"]["state"] == "requested"


def test_cp7_a_person_is_a_matter_with_a_number(api: Caller, shop: FakeShop) -> None:
    chosen = api.choose(api.find(bill_of(shop, "already_redeemed")), "person")
    assert chosen["remedy"] is None
    assert api.get(f"/complaints/{chosen['matter_no']}")[0] == 200


@pytest.mark.parametrize("ref", ["nothing-here", "a%00b", "%E4%B8%AD", "x" * 500])
def test_an_unknown_finding_is_a_404(api: Caller, ref: str) -> None:
    assert is_problem(api.ask("GET", f"/orders/{ref}"), 404, "not_found")


def test_hl7_a_finding_belongs_to_the_key_that_asked(api: Caller, shop: FakeShop) -> None:
    found = api.find(bill_of(shop))
    assert is_problem(new_caller().ask("GET", f"/orders/{found['ref']}"), 404, "not_found")


def test_finds_are_counted_per_key(api: Caller, shop: FakeShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.web.api.orders.FINDS_A_MINUTE", 2)
    bill_no = bill_of(shop)
    api.find(bill_no)
    api.find(bill_no)
    assert is_problem(api.ask("POST", "/orders/find", b'{"q":"x1234"}'), 429, "too_often")
    assert new_caller().find(bill_no)["found"]


def test_an_old_finding_must_be_made_again(api: Caller, shop: FakeShop) -> None:
    found = api.find(bill_of(shop))
    with time_machine.travel(MIDNIGHT.replace(hour=19)):
        assert is_problem(api.ask("GET", f"/orders/{found['ref']}"), 409, "finding_expired")
