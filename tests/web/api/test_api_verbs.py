"""What programs do with a complaint: every verb, the reason where one is impossible, the buyer's word, old pages."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.models import Message
from huiyin.domain.journal.models import Fact
from huiyin.lib.clock import now
from tests import people
from tests.web.api.calling import COMPLAINT, Caller, is_problem

TWO_WISHES = COMPLAINT | {
    "demand": {
        "text": "退款 30 元，并说明原因",
        "items": [{"kind": "refund", "amount": "30.00", "by": "2026-11-25T00:00:00+08:00"}, {"kind": "explanation"}],
    }
}


SOON = (now() + timedelta(days=3)).isoformat()


@pytest.fixture
def filed(api: Caller) -> dict[str, Any]:
    people.on_duty(people.ALICE, now=now())
    status, answer = api.post("/complaints", TWO_WISHES)
    assert status == 201, answer
    return answer


def do(api: Caller, filed: dict[str, Any], verb: str, body: object = None, **headers: str) -> dict[str, Any]:
    """A verb that succeeds."""
    status, case = api.post(f"/complaints/{filed['case_no']}/{verb}", body or {}, **headers)
    assert status == 200, case
    return case


@pytest.mark.django_db
def test_cp17_a_demand_of_several_items_comes_back_item_by_item(filed: dict[str, Any]) -> None:
    refund, explanation = filed["demand"]["items"]
    assert (refund["no"], refund["kind"], refund["amount"], refund["state"]) == (1, "refund", "30.00", "open")
    assert refund["by"].startswith("2026-11-25T00:00:00")
    assert (explanation["kind"], explanation["amount"], explanation["offer"]) == ("explanation", None, None)
    assert filed["demand"].keys() >= {"missing", "suggestion"}
    assert filed["evidence"]["missing"] == ["payment"]


@pytest.mark.django_db
def test_cp3_a_vague_demand_is_filed_with_the_letters_it_lacks(api: Caller) -> None:
    filed = api.post("/complaints", COMPLAINT | {"demand": {"text": "尽快解决"}})[1]
    assert set(filed["demand"]["missing"]) >= {"S", "M", "T"}
    assert filed["demand"]["suggestion"]
    assert [item["kind"] for item in filed["demand"]["items"]] == ["other"]


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["-1", "1.234", "viel", "99999999999999"])
def test_cp17_an_amount_that_is_none_is_named(api: Caller, amount: str) -> None:
    demand = {"text": "退款", "items": [{"kind": "refund", "amount": amount}]}
    status, problem = api.post("/complaints", COMPLAINT | {"demand": demand})
    assert (status, [error["field"] for error in problem["errors"]]) == (422, ["demand.items.0.amount"])


@pytest.mark.django_db
def test_cp7_a_case_is_assigned_by_number_or_to_whoever_is_free(api: Caller, filed: dict[str, Any]) -> None:
    people.hire(people.BO)
    assert do(api, filed, "assign", {"agent_no": people.BO})["owner"] == {"agent_no": people.BO}
    assert do(api, filed, "assign")["owner"] is not None
    status, problem = api.post(f"/complaints/{filed['case_no']}/assign", {"agent_no": "7777"})
    assert (status, problem["code"]) == (422, "agent_unknown")


@pytest.mark.django_db
def test_cp10_asked_proposed_accepted_and_refused_item_by_item(api: Caller, filed: dict[str, Any]) -> None:
    asked = do(api, filed, "ask", {"text": "请发一下付款截图", "item": "payment"})
    assert asked["state"] == "waiting_for_buyer"
    assert do(api, filed, "add", {"text": "发了"})["state"] == "investigating"
    offered = do(api, filed, "propose", {"text": "退 30 元，并说明原因"})
    assert offered["state"] == "proposed"
    assert [item["offer"]["amount"] for item in offered["demand"]["items"]] == ["30.00", None]
    word = {"secret": filed["secret"]}
    taken = do(api, filed, "accept", word | {"items": [1]})
    assert [item["state"] for item in taken["demand"]["items"]] == ["accepted", "offered"]
    left = do(api, filed, "refuse", word | {"items": [2], "text": "没有说清楚"})
    assert [item["state"] for item in left["demand"]["items"]] == ["accepted", "refused"]
    assert left["state"] == "negotiating"
    assert [p["about"] for p in left["promises"] if p["kind"] == "carrying_out"] == ["1"]


@pytest.mark.django_db
def test_cp18_what_was_agreed_closes_the_case_once_it_has_arrived(api: Caller, filed: dict[str, Any]) -> None:
    do(api, filed, "propose", {"text": "退 30 元，并说明原因"})
    assert do(api, filed, "accept", {"on_behalf": {"reason": "phone"}})["state"] == "carrying_out"
    done = do(api, filed, "arrive", {"secret": filed["secret"]})
    assert (done["state"], done["outcome"]) == ("closed", "confirmed")


@pytest.mark.django_db
def test_cp11_resolved_in_one_step_and_reopened_by_the_buyer(api: Caller, filed: dict[str, Any]) -> None:
    done = do(api, filed, "resolve", {"reason": "系统延迟，已到账"})
    assert (done["state"], done["outcome"]) == ("closed", "settled")
    again = do(api, filed, "reopen", {"reason": "还是没有", "on_behalf": {"reason": "called us"}})
    assert again["state"] == "acknowledged"


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["accept", "refuse", "negotiate", "withdraw", "reopen"])
def test_the_buyers_word_needs_the_buyer(api: Caller, filed: dict[str, Any], verb: str) -> None:
    do(api, filed, "resolve" if verb == "reopen" else "propose", {"text": "说明原因"})
    path, body = f"/complaints/{filed['case_no']}/{verb}", {"text": "x"}
    answer = api.ask("POST", path, json.dumps(body).encode())
    assert is_problem(answer, 403, "behalf_missing")
    assert json.loads(answer.content)["title"] == "这要买家本人说了算"
    wrong = f"{(int(filed['secret']) + 1) % 10**8:08d}"
    assert is_problem(api.ask("POST", path, json.dumps(body | {"secret": wrong}).encode()), 403, "secret_wrong")
    assert api.post(path, body | {"on_behalf": {"reason": " "}})[0] == 422
    assert api.post(path, body | {"secret": filed["secret"]})[0] == 200


@pytest.mark.django_db
def test_a_program_cannot_say_that_the_buyer_is_happy(api: Caller, filed: dict[str, Any]) -> None:
    status, problem = api.post(f"/complaints/{filed['case_no']}/close", {"outcome": "confirmed"})
    assert (status, problem["code"]) == (403, "behalf_missing")
    assert do(api, filed, "close", {"outcome": "confirmed", "secret": filed["secret"]})["outcome"] == "confirmed"


@pytest.mark.django_db
def test_an_unknown_verb_is_a_404_with_what_is_possible(api: Caller, filed: dict[str, Any]) -> None:
    status, problem = api.post(f"/complaints/{filed['case_no']}/frobnicate", {})
    assert (status, problem["code"]) == (404, "verb_unknown")
    assert {"assign", "ask", "propose", "resolve", "escalate"} <= set(problem["possible"])
    assert "accept" not in problem["possible"]
    assert api.post("/complaints/100000000000/assign", {})[0] == 404


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["accept", "go_on", "reopen", "arrive", "close", "fail"])
def test_an_impossible_verb_says_why_and_what_is_possible(api: Caller, filed: dict[str, Any], verb: str) -> None:
    path = f"/complaints/{filed['case_no']}/{verb}"
    status, problem = api.post(path, {"on_behalf": {"reason": "phone"}} if verb != "close" else {})
    assert status == 409, problem
    assert problem["code"] in {"nothing_offered", "wrong_state", "case_open", "nothing_under_way", "answer_first"}
    assert problem["state"] == "acknowledged"
    assert "propose" in problem["possible"]


@pytest.mark.django_db
def test_a_closed_case_takes_only_what_is_left(api: Caller, filed: dict[str, Any]) -> None:
    do(api, filed, "resolve", {"text": "已经处理"})
    for verb in ("assign", "ask", "propose", "resolve", "escalate", "add", "answer"):
        status, problem = api.post(f"/complaints/{filed['case_no']}/{verb}", {"text": "x"})
        assert (status, problem["code"]) == (409, "case_closed"), verb
        assert set(problem["possible"]) == {"note", "accept", "refuse", "reopen"}


@pytest.mark.django_db
def test_every_other_verb_is_there_too(api: Caller, filed: dict[str, Any]) -> None:
    assessed = do(api, filed, "assess", {"responsible": "platform", "reason": "库存不足", "urgency": "urgent"})
    assert (assessed["state"], assessed["urgency"]) == ("assessed", "urgent")
    assert assessed["finding"] == {"responsible": "platform", "reason": "库存不足", "disagrees": None}
    assert do(api, filed, "contest", {"text": "不对"})["finding"]["disagrees"] == "不对"
    assert do(api, filed, "answer", {"text": "我们在查"})["state"] == "investigating"
    do(api, filed, "note", {"text": "内部备注"})
    assert do(api, filed, "escalate", {"reason": "要求上级"})["level"] == 1
    do(api, filed, "propose", {"offers": [{"kind": "refund", "amount": 10, "text": "先退十元"}]})
    partly = do(api, filed, "negotiate", {"items": [1], "text": "还差二十", "secret": filed["secret"]})
    assert [item["amount"] for item in partly["demand"]["items"]] == ["30.00", None, "20.00"]
    assert do(api, filed, "fail", {"items": 1, "reason": "账户关闭"})["demand"]["items"][0]["state"] == "open"
    done = do(api, filed, "withdraw", {"secret": filed["secret"]})
    assert (done["state"], done["outcome"]) == ("closed", "withdrawn")


@pytest.mark.django_db
def test_cp8_an_ask_that_may_not_stop_our_clock_says_so(api: Caller, filed: dict[str, Any]) -> None:
    asked = do(api, filed, "ask", {"text": "请发登录记录", "item": "login_trace"})
    assert asked["running_because"]["code"] == "pause_not_listed"
    assert asked["running_because"]["says"]
    assert asked["state"] == "investigating"


def kept(answer: dict[str, Any]) -> set[str]:
    return {promise["kind"] for promise in answer["promises"] if promise["state"] == "kept"} - {"acknowledge"}


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["answer", "ask"])
def test_cp8_a_greeting_of_a_program_is_sent_and_answers_nothing(api: Caller, filed: dict[str, Any], verb: str) -> None:
    assert kept(do(api, filed, verb, {"text": "您好", "item": "payment"})) == set()
    assert Message.objects.get().text == "您好"
    assert Case.objects.get().answered_at is None
    assert not Fact.objects.filter(name="case_answered").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["answer", "ask"])
def test_cp8_a_program_that_names_a_step_and_a_time_has_answered(api: Caller, filed: dict[str, Any], verb: str) -> None:
    path, until = f"/complaints/{filed['case_no']}/{verb}", (now() + timedelta(days=89)).isoformat()
    said = {"text": "我们在核对", "item": "payment", "step": "核对支付记录"}
    for half in ({}, {"until": "2020-01-01T10:00:00+08:00"}, {"until": until, "step": " "}):
        status, problem = api.post(path, said | half)
        assert (status, problem["code"]) == (422, "not_complete")
    assert api.post(path, said | {"until": "2099-01-01T10:00:00+08:00"})[1]["code"] == "deadline_too_far"
    assert {"first_answer", "next_update"} <= kept(do(api, filed, verb, said | {"until": until}))
    assert Message.objects.get().text.startswith("我们在核对\n下一步：核对支付记录，最晚 2")
    assert Fact.objects.get(name="case_answered").data["agent_no"] == ""


@pytest.mark.django_db
def test_cp17_a_confirmed_end_brings_nothing_that_was_not_given(api: Caller, filed: dict[str, Any]) -> None:
    word = {"on_behalf": {"reason": "电话里说的"}}
    do(api, filed, "propose", {"text": "退 30 元，并说明原因"})
    do(api, filed, "refuse", word | {"items": [1], "text": "不要"})
    status, problem = api.post(f"/complaints/{filed['case_no']}/close", word | {"outcome": "confirmed"})
    assert (status, problem["code"], "close" in problem["possible"]) == (409, "offer_waits", False)
    do(api, filed, "accept", word | {"items": [2]})
    done = do(api, filed, "close", word | {"outcome": "confirmed"})
    assert [item["state"] for item in done["demand"]["items"]] == ["refused", "arrived"]
    assert [item["arrived_at"] is None for item in done["demand"]["items"]] == [True, False]
    other = api.post("/complaints", TWO_WISHES)[1]
    done = do(api, other, "close", word | {"outcome": "confirmed"})
    assert [item["state"] for item in done["demand"]["items"]] == ["withdrawn", "withdrawn"]


@pytest.mark.django_db
def test_a_decision_on_an_old_page_is_refused_with_the_difference(api: Caller, filed: dict[str, Any]) -> None:
    path = f"/complaints/{filed['case_no']}"
    answer = api.ask("GET", path)
    version = json.loads(answer.content)["version"]
    assert answer["ETag"] == f'"{version}"'
    do(api, filed, "assess", {"responsible": "payment"}, If_Match=answer["ETag"])
    stale = api.ask("POST", f"{path}/resolve", '{"text": "好了"}'.encode(), If_Match=answer["ETag"])
    assert is_problem(stale, 412, "changed_meanwhile")
    told = json.loads(stale.content)
    assert [change["name"] for change in told["changes"]] == ["case_assessed"]
    assert told["version"] > version
    status, problem = api.post(f"{path}/assign", {"version": version})
    assert (status, problem["code"]) == (409, "changed_meanwhile")
    assert Case.objects.get().state == "assessed"
    do(api, filed, "resolve", {"text": "好了", "version": told["version"]})
    assert api.post(f"{path}/note", {"text": "x"}, If_Match="gestern")[0] == 422


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("ask", {}, "text"),
        ("resolve", {}, "text"),
        ("propose", {"offers": [{"kind": "gold"}]}, "offers.0.kind"),
        ("propose", {"offers": [{"kind": "refund", "amount": "x"}]}, "offers.0.amount"),
        ("accept", {"items": ["one"]}, "items.0"),
        ("close", {"outcome": "great"}, "outcome"),
        ("assess", {"responsible": "moon"}, "responsible"),
        ("assign", {"version": -1}, "version"),
    ],
)
def test_a_wrong_body_of_a_verb_is_named(
    api: Caller, filed: dict[str, Any], verb: str, body: object, field: str
) -> None:
    status, problem = api.post(f"/complaints/{filed['case_no']}/{verb}", body)
    assert status == 422, problem
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"[]", b"{", b'"x"', b"\xff"])
def test_a_body_that_is_none_is_refused(api: Caller, filed: dict[str, Any], body: bytes) -> None:
    assert api.ask("POST", f"/complaints/{filed['case_no']}/assign", body).status_code in {400, 422}
    assert api.ask("POST", f"/complaints/{filed['case_no']}/assign", b"").status_code == 200


@pytest.mark.django_db
def test_an_offer_for_an_item_that_is_not_there_is_refused(api: Caller, filed: dict[str, Any]) -> None:
    path, body = f"/complaints/{filed['case_no']}/propose", {"offers": [{"no": 9, "kind": "refund"}], "text": "x"}
    status, problem = api.post(path, body)
    assert (status, problem["code"], "propose" in problem["possible"]) == (409, "no_such_item", True)
    assert "没有这一项" in problem["detail"]
    assert api.post(path, {"offers": [{"no": 1, "kind": "other"}]})[0] == 422
    assert Case.objects.get().state == "acknowledged"


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["propose", "resolve"])
def test_rm9_a_program_offers_no_more_than_was_paid(api: Caller, verb: str) -> None:
    order, _ = people.order("out_of_stock")
    filed = api.post("/complaints", TWO_WISHES | {"order_no": order.order_no})[1]
    body = {"text": "退", "offers": [{"no": 1, "kind": "refund", "amount": 99999}]}
    status, problem = api.post(f"/complaints/{filed['case_no']}/{verb}", body)
    assert (status, problem["code"]) == (409, "above_paid")
    assert "100" in problem["detail"]
    assert {"propose", "answer"} <= set(problem["possible"])
    assert Case.objects.get().state == "acknowledged"


@pytest.mark.django_db
def test_rm9_a_program_promises_no_sum_that_needs_a_person(api: Caller, filed: dict[str, Any]) -> None:
    path, offers = f"/complaints/{filed['case_no']}/resolve", [{"no": 1, "kind": "refund", "amount": 88888}]
    status, problem = api.post(path, {"text": "退", "offers": offers})
    assert (status, problem["code"]) == (409, "above_automatic")
    assert "300" in problem["detail"]
    status, problem = api.post(path, {"text": "赔", "offers": [{"no": 1, "kind": "compensation", "amount": 5}]})
    assert (status, problem["code"]) == (409, "no_order")
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_cp4_an_order_is_joined_where_a_case_began_without_one(api: Caller, filed: dict[str, Any]) -> None:
    order, snapshot = people.order("out_of_stock")
    path = f"/complaints/{filed['case_no']}"
    assert api.post(f"{path}/link_order", {"order_no": " "})[0] == 422
    unknown = do(api, filed, "link-order", {"order_no": "KM0"})
    assert unknown["order"] == {"order_no": "KM0"}
    told = do(api, filed, "link_order", {"order_no": snapshot.order_no})
    assert told["order"]["amount"] == str(order.amount)
    assert told["finding"]["responsible"] != "unclear"
    assert [json.loads(args) for args in deferred("look_at_order")] == [{"order_no": "KM0"}]
    assert [json.loads(args)["matter_id"] for args in deferred("gather_evidence")] == [Case.objects.get().matter_id]
    named = Fact.objects.filter(name="order_named").order_by("seq").values_list("data__order", flat=True)
    assert list(named) == [None, order.pk]
    offers = {"offers": [{"no": 1, "kind": "compensation", "amount": 5}], "text": "补一张券"}
    assert do(api, filed, "propose", offers)["state"] == "negotiating"
    status, problem = api.post(f"{path}/link_order", {"order_no": "KM1"})
    assert (status, problem["code"]) == (409, "order_is_joined")
    assert "link_order" not in problem["possible"]


@pytest.mark.django_db
def test_cp17_an_offer_without_words_is_told_in_ours(api: Caller, filed: dict[str, Any]) -> None:
    do(api, filed, "propose", {"offers": [{"no": 2, "kind": "explanation", "text": "库存没有及时补上"}]})
    written = Message.objects.get(author__startswith="api:").text
    assert written == "我们的处理是：\n2. 说明 · 库存没有及时补上"


def deferred(task: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [task])
        return [args for (args,) in cursor.fetchall()]


@pytest.mark.django_db
def test_a_verb_costs_few_queries(
    api: Caller, filed: dict[str, Any], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(26):
        do(api, filed, "resolve", {"text": "好了"})


@pytest.mark.django_db
def test_cp3_a_demand_is_checked_with_the_orders_own_facts(api: Caller) -> None:
    order, _ = people.order("platform_failed")
    status, told = api.post("/demands/check", {"text": "快点解决", "order_no": order.order_no})
    assert (status, told["smart"]) == (200, False)
    assert set(told["missing"]) >= {"S", "T"}
    assert order.order_no in told["suggestion"]
    good = api.post("/demands/check", {"text": "请在 24 小时内退款 100 元"})[1]
    assert good == {"smart": True, "missing": [], "suggestion": ""}
    assert api.post("/demands/check", {"text": " "})[0] == 422


@pytest.mark.django_db
def test_cp3_an_order_we_have_not_met_is_asked_from_the_shop_and_not_kept(api: Caller, shop: Any) -> None:
    snapshot = shop.holds("short_amount")
    told = api.post("/demands/check", {"text": "快点解决", "order_no": snapshot.order_no})[1]
    assert snapshot.order_no in told["suggestion"]
    shop.is_down = True
    assert api.post("/demands/check", {"text": "快点解决", "order_no": "KM0"})[0] == 200


@pytest.mark.django_db
def test_cp12_a_silent_case_is_not_closed_by_a_program_over_open_items(api: Caller, filed: dict[str, Any]) -> None:
    cases.answer(Case.objects.get(), people.hire(people.ALICE), "我们在查", now=now())
    status, problem = api.post(f"/complaints/{filed['case_no']}/close", {})
    assert (status, problem["code"]) == (409, "propose_first")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("assign", {"agent_no": people.ALICE}),
        ("assign", {"agent_no": people.BO, "text": "她在休假"}),
        ("resolve", {"text": "原因是系统延迟"}),
        ("resolve", {"text": "退给您", "offers": [{"no": 1, "kind": "other", "by": SOON}]}),
    ],
)
def test_a_verb_answers_with_what_stands_afterwards(
    api: Caller, filed: dict[str, Any], verb: str, body: dict[str, Any]
) -> None:
    people.on_duty(people.BO, now=now())
    done = do(api, filed, verb, body)
    stands = api.get(f"/complaints/{filed['case_no']}")[1]
    assert done == {name: stands[name] for name in done}
