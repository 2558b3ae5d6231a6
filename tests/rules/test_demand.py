"""SMART demands: what is missing is named, our wording is complete, nothing blocks (CP3)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.cases.demand import Item, ItemKind, Letter, OrderFacts, check, items_in
from huiyin.domain.cases.demand_figures import amounts_in, number_of, time_in
from huiyin.domain.orders.situations import Situation
from huiyin.lib.money import Money
from tests.fakes import MIDNIGHT as NOW

ORDER = OrderFacts("HY20261122001", "某平台币 100 元", Money(10_000), "platform_failed")


def missing(text: str, order: OrderFacts | None = None) -> str:
    return "".join(check(text, (), order, NOW).missing)


@pytest.mark.parametrize(
    "text",
    [
        "请在3天内把100元退款到原支付账户",
        "请在11月25日前全额退款",
        "今天18:00前补发1张卡密",
        "24小时内退回多扣的 58.50 元",
        "本周五前书面说明原因",
        "請在兩天內退還一百元",
        "三个工作日内赔偿我50块",
        "Please refund 100 yuan within 2 days",
        "明天中午前补足差额30元，并说明原因",
        "７２小时内退款￥９９",
    ],
)
def test_cp3_a_demand_that_says_what_how_much_and_until_when_is_smart(text: str) -> None:
    assert missing(text) == ""


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("尽快解决", "SMT"),
        ("给我个说法", "SMT"),
        ("", "SMT"),
        ("退款", "MT"),
        ("马上退款100元", "T"),
        ("立刻全额退款！！！", "T"),
        ("3天内退款", "M"),
        ("请尽快补发2张卡", "T"),
        ("三天内给我答复原因", ""),
        ("3天内赔偿我200万元", "A"),
        ("今天之内开除客服1024并道歉", "A"),
        ("明天前给我一台iphone", "SMR"),
        ("as soon as possible", "SMT"),
    ],
)
def test_cp3_what_is_missing_is_named(text: str, letters: str) -> None:
    assert missing(text) == letters


def test_cp3_a_whole_order_is_a_measure() -> None:
    assert missing("今晚12点前补发", ORDER) == ""
    assert missing("今晚12点前补发") == "M"


def test_cp3_more_than_the_law_gives_is_not_achievable() -> None:
    assert missing("3天内赔偿500元", ORDER) == ""
    assert missing("3天内赔偿5000元", ORDER) == "A"


@pytest.mark.parametrize("text", ["骗子！还我钱", "你们这群垃圾", "scammers, refund me"])
def test_cp3_insults_are_steered_to_facts(text: str) -> None:
    found = check(text, (), ORDER, NOW)
    assert found.is_rude
    assert found.proposed
    assert all(not item.text for item in found.proposed)


@pytest.mark.parametrize("situation", [*Situation, ""])
def test_cp3_our_wording_is_built_from_the_order_and_is_complete(situation: str) -> None:
    order = OrderFacts("HY1", "卡", Money(10_000), situation, short=Money(3_000))
    found = check("给我个说法", (), order, NOW)
    assert found.proposed
    again = check("", found.proposed, order, NOW)
    assert set(again.missing) <= {Letter.MEASURABLE}
    assert all(item.by is not None and item.by > NOW for item in found.proposed)


def test_cp3_the_difference_of_a_promotion_is_what_we_propose() -> None:
    order = OrderFacts("HY1", "充100送50", Money(10_000), "short_amount", short=Money(3_000))
    kinds = {item.kind: item.amount for item in check("尽快补上", (), order, NOW).proposed}
    assert kinds == {ItemKind.REISSUE: Money(3_000)}


def test_cp3_charged_twice_proposes_the_second_payment() -> None:
    order = OrderFacts("HY1", "卡", Money(10_000), "duplicate_charge", paid_twice=Money(10_000))
    assert [(i.kind, i.amount) for i in check("退钱", (), order, NOW).proposed] == [(ItemKind.REFUND, Money(10_000))]


def test_cp3_a_smart_demand_needs_no_proposal() -> None:
    assert check("3天内退款100元", (), ORDER, NOW).proposed == ()


def test_cp17_items_are_read_in_the_order_they_are_named() -> None:
    kinds = [item.kind for item in items_in("先说明原因，再补发，不行就退款，另外赔偿")]
    assert kinds == [ItemKind.EXPLANATION, ItemKind.REISSUE, ItemKind.REFUND, ItemKind.COMPENSATION]


def test_cp17_one_amount_belongs_to_the_one_item_of_money() -> None:
    assert items_in("退款 99.5 元并道歉")[0] == Item(ItemKind.REFUND, Money(9_950))
    assert all(not item.amount for item in items_in("退款99元，赔偿20元"))


@pytest.mark.parametrize("text", ["¥1.005", "99999999999999999元", "元", "¥"])
def test_what_is_no_amount_is_left_alone(text: str) -> None:
    assert amounts_in(text) == []


@given(st.text(max_size=300), st.sampled_from([None, ORDER]))
def test_cp3_the_check_never_stumbles_and_never_blocks(text: str, order: OrderFacts | None) -> None:
    found = check(text, (), order, NOW)
    assert list(found.missing) == [letter for letter in Letter if letter in found.missing]
    assert found.is_smart == (not found.missing)
    assert bool(found.proposed) == bool(found.missing)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("赔我一百万", [1_000_000]),
        ("退我三百五", [350]),
        ("两万五千元", [25_000]),
        ("赔偿两百块", [200]),
        ("1.5万", [15_000]),
        ("退3千元", [3_000]),
        ("退我100", [100]),
        ("¥1,234.50", [1234.5]),
        ("一千零五元", [1_005]),
        ("千万不要骗我，十万火急", []),
        ("退一赔三", []),
        ("赔我2张卡，三天内", []),
        ("我们一块儿处理", []),
        ("退还订单20261122001的钱", []),
        ("给我10086打电话", []),
        ("12月1日前把89.9退给我", [89.9]),
        ("把100退了", [100]),
        ("尾号1234退款", []),
        ("把1234567890退掉", []),
    ],
)
def test_cp3_sums_are_read_in_figures_and_in_words(text: str, yuan: list[float]) -> None:
    assert amounts_in(text) == [Money.parse(str(one)) for one in yuan]


@pytest.mark.parametrize(
    ("han", "number"), [("十", 10), ("二十五", 25), ("一百二", 120), ("两万五", 25_000), ("三亿", 3 * 10**8)]
)
def test_chinese_numerals(han: str, number: int) -> None:
    assert number_of(han) == number


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("请在三天内退款", "2026-11-25T01:00"),
        ("24小时内", "2026-11-23T01:00"),
        ("半小时内", "2026-11-22T00:30"),
        ("两个工作日内", "2026-11-25T00:00"),  # NOW is a Sunday
        ("今晚12点前补发", "2026-11-23T00:00"),
        ("今天18:00前", "2026-11-22T18:00"),
        ("明天中午前", "2026-11-23T12:00"),
        ("11月25日前", "2026-11-26T00:00"),
        ("本周日前", "2026-11-23T00:00"),
        ("下周三之前", "2026-11-26T00:00"),
        ("within 2 days", "2026-11-24T01:00"),
        ("by tomorrow", "2026-11-24T00:00"),
        ("refund me by Dec 5", "2026-12-06T00:00"),
        ("before 5th of December, please", "2026-12-06T00:00"),
        ("by January 2", "2027-01-03T00:00"),
        ("by feb 31", None),
        ("我三天前付的款，今天还没到", None),
        ("等了两天", None),
        ("2月31日前", None),
        ("尽快", None),
    ],
)
def test_cp3_the_time_a_text_names_is_read(text: str, by: str | None) -> None:
    found = time_in(text, NOW)
    assert (f"{found:%Y-%m-%dT%H:%M}" if found else None) == by


def test_cp3_a_demand_of_three_days_for_the_orders_money_is_smart_and_keeps_its_time() -> None:
    assert missing("请在三天内退还订单金额并说明原因", ORDER) == ""
    found = check("三天内退款", (), ORDER, NOW)
    assert [(one.kind, one.amount, one.by) for one in found.proposed] == [
        (ItemKind.REFUND, Money(10_000), time_in("三天内", NOW))
    ]


def test_cp3_a_million_is_an_amount_and_not_one_that_the_law_knows() -> None:
    assert missing("赔我一百万") == "AT"
    assert missing("三天内赔我一百万", ORDER) == "A"


@pytest.mark.parametrize("text", ["给我个说法", "道歉", "尽快解决"])
def test_cp3_a_manner_is_answered_in_words_and_not_with_the_orders_money(text: str) -> None:
    for order in (None, ORDER):
        kinds = [item.kind for item in check(text, (), order, NOW, category="service_attitude").proposed]
        assert kinds == [ItemKind.EXPLANATION]


def test_cp3_without_an_order_no_refund_is_proposed_but_kept_where_it_is_wanted() -> None:
    assert [one.kind for one in check("尽快解决", (), None, NOW).proposed] == [ItemKind.EXPLANATION]
    assert [one.kind for one in check("退款", (), None, NOW).proposed] == [ItemKind.REFUND]


def test_a_hostile_demand_is_answered_at_once() -> None:
    for text in (
        "1" * 100_000,
        "一" * 100_000,
        "赔" * 9_000,
        "本周五" * 3_000,
        "1,000" * 9_000,
        "¥1." * 50_000,
        "1 月 " * 50_000,
        "把" * 9_000,
        "不用" * 9_000,
        "还给我" * 9_000,
    ):
        assert check(text, (), ORDER, NOW).missing


def test_cp3_working_days_are_those_of_the_calendar() -> None:
    eve = datetime(2026, 9, 30, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    found = time_in("两个工作日内退款", eve)
    assert found is not None
    assert f"{found:%m-%d %H:%M}" == "10-10 00:00"  # the week of National Day does not count


@pytest.mark.parametrize(
    ("text", "kind", "yuan"),
    [
        ("退100元", "refund", 100),
        ("请退100元", "refund", 100),
        ("退50", "refund", 50),
        ("退9.9", "refund", 9.9),
        ("把钱退了", "refund", 0),
        ("还我钱", "refund", 0),
        ("還我錢", "refund", 0),
        ("把100元还给我", "refund", 100),
        ("12月1日前把89.9退给我", "refund", 89.9),
        ("give me my money", "refund", 0),
        ("赔50元", "compensation", 50),
        ("补我20元", "compensation", 20),
        ("我要卡密", "reissue", 0),
        ("给我卡密", "reissue", 0),
        ("再发一张", "reissue", 0),
        ("不用退，给我卡密", "reissue", 0),
        ("不要积分补偿，把钱退了", "refund", 0),
        ("不用退款了，再发一张", "reissue", 0),
        ("特别补偿20元", "compensation", 20),
        ("不退款我就投诉", "refund", 0),
    ],
)
def test_cp17_what_people_write_for_it_is_understood(text: str, kind: str, yuan: float) -> None:
    assert items_in(text) == [Item(ItemKind(kind), Money.parse(str(yuan)))]
    assert "S" not in missing(text)


@pytest.mark.parametrize(
    "text",
    [
        "不用退", "不用退款", "别退款", "不要退100元", "我不需要你们赔偿", "无需补发", "don't want a refund",
        "把我的账号退出登录", "客服还给我脸色看", "退一步说", "等了30天", "还我一个公道", "区别对待",
    ],
)  # fmt: skip
def test_cp17_what_is_refused_or_something_else_is_not_asked_for(text: str) -> None:
    assert items_in(text) == []


@pytest.mark.parametrize("text", ["恢复账号", "解封", "把积分补上", "请恢复我的账号", "补100积分"])
def test_cp17_an_account_or_points_are_no_card(text: str) -> None:
    assert [(item.kind, bool(item.text)) for item in items_in(text)] == [(ItemKind.OTHER, True)]
    assert missing(text) == "T"
    assert [item.kind for item in check(text, (), ORDER, NOW).proposed] == [ItemKind.OTHER]
