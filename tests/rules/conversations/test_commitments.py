"""CP14: what is a commitment, and until when."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.conversations.commitments import LONGEST_AHEAD, has_time, recognise

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Sunday


@pytest.mark.parametrize(("said", "until"), [
    ("我今天下午三点前给您回复", "11-22 15:00"), ("30分钟内给您退款", "11-22 11:00"),
    ("明天中午12点之前补发", "11-23 12:00"), ("我们24小时内处理", "11-23 10:30"),
    ("周五前给您结果，我来跟进", "11-27 23:59"),
    ("半小时内补发给您", "11-22 11:00"), ("三点前给您回复", "11-22 15:00"), ("一个半小时内退款", "11-22 12:00"),
    ("两个小时内我给您打电话", "11-22 12:30"), ("下周一上午给您答复", "11-23 12:00"),
    ("12月1日前退款到账", "12-01 23:59"),
    ("晚上八点半之前给您补发", "11-22 20:30"), ("明天给您回电", "11-23 23:59"),
    ("10分钟后给您补发", "11-22 10:40"),
    ("15:30前给您处理好", "11-22 15:30"), ("今晚给您退款", "11-23 00:00"),
    ("后天上午十点一刻之前给您换一张", "11-24 10:15"),
    ("好的王先生，我这边十一点半之前给您补发", "11-22 11:30"), ("最晚２０：００前给您退款", "11-22 20:00"),
    ("您先别急，我两个小时内给您回电", "11-22 12:30"), ("28号之前给您退款", "11-28 23:59"),
    ("I'll refund you by 5 pm", "11-22 17:00"), ("We will call you within 2 hours", "11-22 12:30"),
    ("I will write to you tomorrow before noon", "11-23 12:00"), ("We'll get back to you by Friday", "11-27 23:59"),
    ("in half an hour I will resend the key", "11-22 11:00"), ("I'll check and reply by 14:30", "11-22 14:30"),
])  # fmt: skip
def test_cp14_who_does_what_until_when_is_recognised(said: str, until: str) -> None:
    found = recognise(said, NOW)
    assert found is not None
    assert found.until.strftime("%m-%d %H:%M") == until
    assert found.what


@pytest.mark.parametrize("said", [
    "", "您好", "请您在24小时内回复", "尽快给您处理", "已经在今天上午退款了", "您今天可以自己联系厂商",
    "可能明天给您退款",
    "我会处理的", "今天天气不错", "昨天下午三点给您退款了", "您什么时候方便？", "早上九点前给您补发吗",
    "请在今天之内把截图发给我",
    "Please send me the receipt by 5 pm", "We already refunded you yesterday", "maybe tomorrow we refund it",
    "I will refund you", "100年内给您退款",
])  # fmt: skip
def test_cp14_what_promises_nothing_is_left_alone(said: str) -> None:
    assert recognise(said, NOW) is None


def test_the_clause_that_acts_is_what_was_promised() -> None:
    found = recognise("好的王先生，我今天下午三点前给您补发，请放心", NOW)
    assert found is not None
    assert found.what == "我今天下午三点前给您补发"
    assert found.words == "好的王先生，我今天下午三点前给您补发，请放心".replace("，", ",")


def test_in_the_evening_a_bare_hour_is_tomorrow() -> None:
    evening = NOW.replace(hour=21)
    found = recognise("九点前给您补发", evening)
    assert found is not None
    assert found.until == (evening + timedelta(days=1)).replace(hour=9, minute=0)


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_what_it_finds_lies_ahead(text: str) -> None:
    found = recognise(text, NOW)
    assert found is None or NOW < found.until <= NOW + LONGEST_AHEAD
    has_time(text)


@given(st.integers(1, 99), st.sampled_from(["分钟", "小时"]))
def test_a_span_is_counted_from_now(count: int, unit: str) -> None:
    found = recognise(f"{count}{unit}内给您退款", NOW)
    assert found is not None
    assert found.until - NOW == timedelta(minutes=count) * (60 if unit == "小时" else 1)
