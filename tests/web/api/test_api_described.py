"""Answers that are not validated when given are what the description says; verbs ask the database little."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from huiyin.web.api import complaint_out as out
from huiyin.web.api.verbs import DoneOut
from tests import people
from tests.web.api.calling import COMPLAINT, Caller, as_ours

ITEMS = [{"kind": "refund", "amount": "10.00"}, {"kind": "explanation"}]


@pytest.fixture
def filed(api: Caller) -> dict[str, Any]:
    people.on_duty()
    status, answer = api.post("/complaints", COMPLAINT | {"demand": {"text": "退款并说明", "items": ITEMS}})
    assert status == 201
    return answer


@pytest.mark.django_db
def test_every_unchecked_answer_is_as_described(api: Caller, filed: dict[str, Any]) -> None:
    agent, no = people.hire(people.ALICE), filed["case_no"]
    as_ours(out.FiledOut, filed)
    as_ours(DoneOut, api.post(f"/complaints/{no}/assign", {"agent_no": agent.agent_no})[1])
    as_ours(DoneOut, api.post(f"/complaints/{no}/ask", {"text": "请给截图", "item": "balance"})[1])
    offers = [{"no": 1, "amount": "5"}]
    as_ours(DoneOut, api.post(f"/complaints/{no}/propose", {"text": "退 5 元", "offers": offers})[1])
    as_ours(DoneOut, api.post(f"/complaints/{no}/resolve", {"text": "好了"})[1])
    for query in ("", "?q=卡密", f"?q={no}", "?state=closed", f"?owner={agent.agent_no}"):
        as_ours(out.CasesOut, api.get(f"/complaints{query}")[1])


@pytest.mark.django_db
def test_op1_the_life_of_a_complaint_asks_the_database_little(
    api: Caller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people.on_duty()
    agent = people.hire(people.ALICE)
    with django_assert_max_num_queries(26):
        no = api.post("/complaints", COMPLAINT)[1]["case_no"]
    with django_assert_max_num_queries(18):
        assert api.post(f"/complaints/{no}/assign", {"agent_no": agent.agent_no})[0] == 200
    with django_assert_max_num_queries(25):
        assert api.post(f"/complaints/{no}/resolve", {"text": "好了"})[0] == 200
    with django_assert_max_num_queries(7):  # one of them: what was said in calls
        assert api.get("/complaints?q=卡密")[1]["complaints"]
