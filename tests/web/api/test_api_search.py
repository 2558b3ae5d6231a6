"""Searching complaints: numbers and addresses exactly, words in any spelling, by an index."""

import pytest
from django.db import connection

from huiyin.domain.cases import listing
from huiyin.domain.cases.models import Case
from tests import people
from tests.web.api.calling import Caller


def matches(api: Caller, text: str, more: str = "") -> list[str]:
    status, answer = api.get(f"/complaints?q={text}{more}")
    assert status == 200
    return [line["case_no"] for line in answer["complaints"]]


@pytest.mark.django_db
def test_hl1_words_are_found_in_any_spelling(api: Caller) -> None:
    no = people.complaint("星河戰盟的儲值卡，ＡＰＰ 显示无效").matter.no
    people.complaint("客服态度很差")
    for text in ("储值卡", "儲值", "app", "星河战盟 无效", "卡", "显示 储值"):
        assert matches(api, text) == [no], text
    for text in ("储值无效", "%25", "_", "卡密%20 app"):
        assert matches(api, text) == [], text


@pytest.mark.django_db
def test_a_known_number_means_just_that(api: Caller) -> None:
    named = people.complaint("没有到账", order_no="KM77").matter.no
    people.complaint("我的订单 KM77 没有到账")
    assert matches(api, "KM77") == [named]
    assert len(matches(api, "km77")) == 1


@pytest.mark.django_db
def test_a_rare_word_is_found_by_the_index(api: Caller) -> None:
    people.complaint("没有到账")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT 1 FROM cases_casetext WHERE pairs @> ARRAY['没有']::varchar[]")
        assert "case_pairs" in str(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("deep", [4000, 1])
def test_hl1_words_are_found_among_the_cases_of_a_state_and_an_owner(
    api: Caller, monkeypatch: pytest.MonkeyPatch, deep: int
) -> None:
    monkeypatch.setattr(listing, "_NEWEST_OF", listing._NEWEST_OF.replace("LIMIT 4000", f"LIMIT {deep}"))
    monkeypatch.setattr(listing, "LOOKED_THROUGH", deep)
    alice = people.hire()
    hers = people.complaint("卡密没有到账", owner=alice, email="a@x.com").matter.no
    nobodys = people.complaint("卡密没有到账", email="b@x.com")
    people.complaint("发票抬头写错", owner=alice, email="c@x.com")
    Case.objects.filter(pk=nobodys.pk).update(state="investigating", owner=None)
    assert matches(api, "没有到账", "&state=investigating") == [nobodys.matter.no]
    assert matches(api, "没有到账", f"&owner={alice.agent_no}") == [hers]
    assert matches(api, "没有到账", "&owner=none") == [nobodys.matter.no]
    assert matches(api, "没有到账", f"&state=investigating&owner={alice.agent_no}") == []
    assert matches(api, "没有到账", "&state=closed") == []
