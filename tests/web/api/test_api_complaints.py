"""Complaints through the API: filed once, followed, listed."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django import DjangoAssertNumQueries

from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import carrying
from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Contact, Identity
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.models import Remedy
from huiyin.domain.orders.situations import judge
from huiyin.lib import numbers
from huiyin.lib.clock import now
from tests import people
from tests.fakes import MIDNIGHT, FakeShop
from tests.web.api.calling import COMPLAINT, Caller, new_caller

RECEIPT = {"case_no", "secret", "state", "category", "urgency", "order", "promises", "demand", "evidence"}


@pytest.mark.django_db
def test_cp1_a_complaint_gets_a_number_a_secret_and_promises(api: Caller) -> None:
    status, filed = api.post("/complaints", COMPLAINT)
    assert status == 201
    assert filed.keys() == RECEIPT
    assert numbers.is_valid(filed["case_no"])
    assert filed["secret"].isdigit()
    assert len(filed["secret"]) == 8
    assert (filed["state"], filed["category"], filed["order"]) == ("acknowledged", "recharge_delayed", None)
    assert {promise["kind"] for promise in filed["promises"]} >= {"acknowledge", "first_answer", "result"}
    assert all(p.keys() == {"kind", "due", "calendar", "state", "estimated"} for p in filed["promises"])


@pytest.mark.django_db
def test_cp11_a_case_is_followed_by_its_number_however_it_is_typed(api: Caller) -> None:
    people.on_duty(people.ALICE, now=now())
    no = api.post("/complaints", COMPLAINT)[1]["case_no"]
    for typed in (no, f"{no[:4]} {no[4:8]} {no[8:]}", f"{no[:4]}-{no[4:8]}-{no[8:]}"):
        status, case = api.get(f"/complaints/{typed}")
        assert (status, case["case_no"]) == (200, no)
    assert case["owner"] == {"agent_no": people.ALICE}
    assert [step["name"] for step in case["timeline"]][:2] == ["case_filed", "case_assigned"]
    assert all(step["says"] for step in case["timeline"])
    assert "secret" not in case


@pytest.mark.django_db
@pytest.mark.parametrize("no", ["100000000000", "abc", "0", "9" * 40, "%E5%9B%9E"])
def test_cp11_an_unknown_case_is_a_404(api: Caller, no: str) -> None:
    status, problem = api.get(f"/complaints/{no}")
    assert (status, problem["code"]) == (404, "not_found")


@pytest.mark.django_db
@pytest.mark.usefixtures("worker")
def test_rm1_a_case_shows_its_remedies(api: Caller, shop: FakeShop) -> None:
    found = api.find(shop.holds("platform_failed").payments[0].bill_no)
    remedy = api.choose(found, "refund")["remedy"]
    no = api.choose(found, "person")["matter_no"]
    (told,) = api.get(f"/complaints/{no}")[1]["remedies"]
    assert told == remedy | {"amount": "100.00"}


@pytest.mark.django_db
def test_rm1_what_an_accepted_offer_gives_is_among_the_remedies_of_the_case(api: Caller, shop: FakeShop) -> None:
    snapshot = shop.holds("out_of_stock")
    order = orders.keep_order(snapshot, judge(snapshot, now()), now=now())
    wants = {"demand": {"text": "退款", "items": [{"kind": "refund"}]}, "order_no": order.order_no}
    filed = api.post("/complaints", COMPLAINT | wants)[1]
    path = f"/complaints/{filed['case_no']}"
    assert api.post(f"{path}/propose", {"text": "原路退回"})[0] == 200
    assert api.post(f"{path}/accept", {"secret": filed["secret"]})[0] == 200
    item = Case.objects.get(matter__no=filed["case_no"]).items.get()
    carrying.look(item.pk, shop=shop, now=now())
    remedies = api.get(path)[1]["remedies"]
    assert [(one["kind"], one["amount"]) for one in remedies] == [("refund", "100.00")]
    assert remedies[0]["id"] == Remedy.objects.get().pk
    assert Remedy.objects.exclude(matter=item.case.matter).count() == 1


@pytest.mark.django_db
def test_cp11_a_program_reads_what_happened_and_what_was_written_but_no_notes(api: Caller) -> None:
    filed = api.post("/complaints", COMPLAINT)[1]
    path = f"/complaints/{filed['case_no']}"
    for verb, text in (("answer", "我们在查"), ("note", "内部"), ("add", "还是没有")):
        assert api.post(f"{path}/{verb}", {"text": text, "on_behalf": {"reason": "电话"}})[0] == 200
    cases.add(Case.objects.get().matter, "我再说一句", by="buyer", now=now())
    told = api.get(path)[1]
    assert told["what_happened"] == COMPLAINT["what_happened"]
    assert told["messages"][0]["from"] == "shop"
    assert told["messages"][0]["text"] == "我们在查"
    assert told["messages"][-1]["from"] == "buyer"
    assert "内部" not in [one["text"] for one in told["messages"]]
    assert "li@example.com" not in str(told)


@pytest.mark.django_db
def test_cp1_everything_a_channel_knows_is_kept(api: Caller) -> None:
    more = {
        "contact": {"name": "李四", "phone": "138 0013 8000", "wechat": "lisi_88"},
        "order_no": "KM1", "category": "wrong_amount", "channel": "12315", "external_ref": "12315-2026-1",
        "occurred_at": "2026-11-20T20:15:00+08:00",
    }  # fmt: skip
    filed = api.post("/complaints", COMPLAINT | more)[1]
    case = Case.objects.get(matter__no=filed["case_no"])
    assert (case.category, case.channel, case.external_ref) == ("wrong_amount", "12315", "12315-2026-1")
    assert case.occurred_at is not None
    assert filed["order"] == {"order_no": "KM1"}
    assert Identity.objects.filter(value="lisi_88").exists()


@pytest.mark.django_db
def test_cp1_a_time_without_an_offset_is_a_clock_here(api: Caller) -> None:
    filed = api.post("/complaints", COMPLAINT | {"occurred_at": "2026-11-20 20:15:00", "channel": None})[1]
    case = Case.objects.get(matter__no=filed["case_no"])
    assert case.occurred_at == datetime(2026, 11, 20, 12, 15, tzinfo=UTC)
    assert case.channel == "api"


@pytest.mark.django_db
def test_cp1_filing_never_asks_the_shop_but_lets_the_worker_ask(api: Caller, shop: FakeShop) -> None:
    shop.is_down = True
    status, _ = api.post("/complaints", COMPLAINT | {"order_no": "KM202611220000000001"})
    assert status == 201
    assert shop.asked == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'look_at_order'")
        assert cursor.fetchall()


@pytest.mark.django_db
def test_html_and_sql_are_text(api: Caller) -> None:
    nasty = "<script>alert(1)</script> '); DROP TABLE cases_case; -- \\x00 {{ 7*7 }} ${jndi:ldap://x}"
    status, filed = api.post("/complaints", COMPLAINT | {"what_happened": nasty})
    assert status == 201
    assert Case.objects.get(matter__no=filed["case_no"]).what_happened == nasty


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"contact": {"name": "只有名字"}}, "contact"),
        ({"contact": {}}, "contact"),
        ({"contact": 5}, "contact"),
        ({"contact": {"email": "no-at-sign"}}, "contact.email"),
        ({"contact": {"phone": "call me"}}, "contact.phone"),
        ({"what_happened": ""}, "what_happened"),
        ({"what_happened": " \n "}, "what_happened"),
        ({"what_happened": "长" * 10_001}, "what_happened"),
        ({"what_happened": ["x"]}, "what_happened"),
        ({"demand": "refund"}, "demand"),
        ({"demand": {"text": "长" * 4_001}}, "demand.text"),
        ({"category": "nonsense"}, "category"),
        ({"channel": "telex"}, "channel"),
        ({"occurred_at": 5}, "occurred_at"),
        ({"occurred_at": "gestern"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
        ({"external_ref": "x" * 81}, "external_ref"),
        ({"order_no": 17}, "order_no"),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_saved(api: Caller, change: dict[str, Any], field: str) -> None:
    status, problem = api.post("/complaints", COMPLAINT | change)
    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert all(error["detail"] and error["code"] for error in problem["errors"])
    assert not Case.objects.exists()
    assert not Contact.objects.exists()


@pytest.mark.django_db
def test_a_repeated_key_gets_the_same_answer_also_later(api: Caller) -> None:
    first = api.post("/complaints", COMPLAINT, Idempotency_Key="k-1")
    Case.objects.update(state="investigating")
    turned = dict(reversed(COMPLAINT.items()))
    assert api.post("/complaints", turned, Idempotency_Key="k-1") == first
    assert first[0] == 201
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_a_repeated_key_with_another_body_is_refused(api: Caller) -> None:
    api.post("/complaints", COMPLAINT, Idempotency_Key="k-1")
    status, problem = api.post("/complaints", COMPLAINT | {"what_happened": "别的事"}, Idempotency_Key="k-1")
    assert (status, problem["code"]) == (422, "idempotency_key_reused")
    assert new_caller().post("/complaints", COMPLAINT, Idempotency_Key="k-1")[0] == 201
    assert Case.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "k" * 129])
def test_an_unusable_key_is_refused(api: Caller, key: str) -> None:
    status, problem = api.post("/complaints", COMPLAINT, Idempotency_Key=key)
    assert (status, problem["code"]) == (422, "idempotency_key_invalid")


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_time_files_one_complaint(api: Caller) -> None:
    together, answers = threading.Barrier(6), []

    def file() -> None:
        caller = Caller(api.token)
        together.wait()
        answers.append(caller.post("/complaints", COMPLAINT, Idempotency_Key="k-1"))
        connections.close_all()

    threads = [threading.Thread(target=file) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [answers[0]] * 6
    assert answers[0][0] == 201
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_lists_go_page_by_page_without_gap_or_double(api: Caller) -> None:
    filed = [people.complaint(f"第 {n} 件", now=MIDNIGHT).matter.no for n in range(7)]
    seen, cursor = [], ""
    while True:
        _, page = api.get(f"/complaints?limit=3&cursor={cursor}")
        seen += [line["case_no"] for line in page["complaints"]]
        if not (cursor := page["next"]):
            break
    assert seen == filed[::-1]


@pytest.mark.django_db
def test_cases_are_found_by_number_address_words_state_and_owner(api: Caller) -> None:
    alice = people.hire(people.ALICE)
    hers = people.complaint("星河战盟的卡密无效", owner=alice, email="zhao@example.com", order_no="KM77")
    people.complaint("客服态度很差")

    def matches(query: str) -> list[str]:
        return [line["case_no"] for line in api.get(f"/complaints?{query}")[1]["complaints"]]

    no = hers.matter.no
    for query in (f"q={no[:4]}-{no[4:]}", "q=KM77", "q=ZHAO@example.com", "q=卡密", "q=卡密&state=acknowledged"):
        assert matches(query) == [no], query
    assert no in matches(f"owner={people.ALICE}")
    assert matches("state=closed") == matches("owner=none") == matches("q=%25") == []


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["state=nonsense", "cursor=x", "cursor=MjAyNnwx", "q=%00", "q=" + "x" * 201])
def test_a_wrong_filter_is_a_422_that_speaks_of_no_saving(api: Caller, query: str) -> None:
    status, problem = api.get(f"/complaints?{query}")
    assert status == 422
    assert "保存" not in problem["detail"]


@pytest.mark.django_db
def test_a_page_costs_the_same_few_queries_however_long(
    api: Caller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(12):
        people.complaint(f"第 {n} 件")
    with django_assert_max_num_queries(3):  # the key, the cases, their promises
        api.get("/complaints")
    with django_assert_max_num_queries(2):  # the key, the contacts with their matters
        assert len(api.get("/contacts?fate=joined")[1]["contacts"]) == 12


@pytest.mark.django_db
def test_a_case_costs_few_queries(api: Caller, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    no = people.complaint().matter.no
    with django_assert_max_num_queries(8):  # the key, the case, promises, remedies, facts, items, evidence, messages
        api.get(f"/complaints/{no}")


@pytest.mark.django_db
def test_cp15_every_contact_has_its_fate(api: Caller, shop: FakeShop) -> None:
    bill_no = shop.holds("platform_failed").payments[0].bill_no
    shop.is_down = True
    api.find(bill_no)
    (waiting,) = api.get("/contacts?fate=none")[1]["contacts"]
    assert waiting.keys() == {"id", "channel", "about", "at", "fate", "fate_reason", "case_no"}
    assert (waiting["about"], waiting["fate"]) == ("find", None)
    shop.is_down = False
    api.find(bill_no)
    assert [contact["about"] for contact in api.get("/contacts?fate=answered")[1]["contacts"]] == ["find"]
    assert len(api.get("/contacts")[1]["contacts"]) == 2
    assert api.get("/contacts?fate=lost")[0] == 422
