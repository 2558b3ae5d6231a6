"""Searching complaints: numbers and addresses exactly, words in any spelling, by an index."""

import pytest
from django.db import connection

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
