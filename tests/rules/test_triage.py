"""Triage: sentences as buyers write them, and what they are about."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.cases.demand_phrases import INSULTS
from huiyin.domain.cases.triage import Reason, amounts_in, classify
from huiyin.domain.promises.promises import Category, Severity

SENTENCES = {
    Category.RECHARGE_DELAYED: [
        "充值没到账",
        "付了钱十分钟了还没收到卡密",
        "订单显示成功但是卡密没发给我",
        "半夜买的点卡一直没来",
        "儲值沒有到賬，錢已經扣了",
        "I paid an hour ago and have not received the key",
        "Where is my code? still waiting",
        "我在你们店买了一张王者点券，付款成功了但是没有发卡密",
        "都半小时了，东西呢？",
        "钱扣了货没来",
        "充值成功但是游戏里没有",
        "付款后页面关掉了，卡密看不到了",
        "paid but nothing arrived",
        "昨晚12点付的款，到现在订单还是空的",
        "支付宝已扣款，订单显示未支付",
        "显示已发货但是我邮箱里什么都没有",
        "游戏点券迟迟没进账",
        "haven't gotten my order yet",
    ],
    Category.CARD_INVALID: [
        "卡密无效，兑换不了",
        "兑换码提示已被使用",
        "激活码过期了怎么办",
        "这个CDK用不了",
        "卡密在国际服锁区用不了",
        "The key doesn't work",
        "my code is already redeemed",
        "卡号密码输进去说错误",
        "兑换时提示该卡已被他人使用",
        "买的是国服的，给我发了个港服的卡",
        "it says the code has already been used",
        "兌換碼顯示無效",
        "发来的兑换码是空的",
        "CDKEY提示不存在",
        "激活的时候说区域不支持",
        "the gift card code was rejected as invalid",
    ],
    Category.WRONG_AMOUNT: [
        "充了100只到80",
        "到账金额不对，少了20元",
        "面值不符",
        "I only received 80 of 100",
        "充了一百到账八十",
        "我充了200块只给了150",
        "少给了我10块",
        "Got only 80 yuan instead of 100",
        "充100才到90",
        "到账比付的少",
    ],
    Category.PROMO_DISPUTE: [
        "充100送50，没送",
        "首充活动的赠送没给",
        "满减优惠没有生效",
        "The bonus was not credited",
        "说好的充一百送五十，赠送的部分没到",
        "优惠券用不了",
        "活动页面写的返现20%没返",
        "首充双倍没给双倍",
        "折扣券结算的时候没抵扣",
    ],
    Category.REFUND_REQUEST: [
        "我要退款",
        "买错了可以退吗",
        "退款三天了还没到账",
        "I want my money back",
        "能退吗，不想要了",
        "请把钱还给我",
        "please give me a refund",
        "不小心多买了一份，想退掉",
        "申请退款被拒了",
    ],
    Category.DUPLICATE_CHARGE: [
        "扣了两次款",
        "重复扣款了，请退还一笔",
        "I was charged twice for the same order",
        "付了两遍钱",
        "同一个订单微信扣了我两笔",
        "you took the money two times",
        "一笔订单付了2次",
        "银行卡被扣了两笔98",
    ],
    Category.ACCOUNT_STOLEN: [
        "账号被盗，余额被人充走了",
        "帳號被盜了，請凍結",
        "My account was hacked",
        "不是我本人操作的订单",
        "有人登了我的号把余额花光了",
        "我的号被人盗了",
        "someone is using my account",
        "賬戶餘額被盜刷了5萬塊",
        "号丢了，里面的钱没了",
    ],
    Category.ACCOUNT_ACCESS: [
        "登录不了账号，忘记密码",
        "收不到验证码",
        "账户被冻结了",
        "I can't log in",
        "登不上去了",
        "密码忘了怎么找回",
        "手机换了登不进账号",
        "帐号被锁住了",
        "my account got locked",
    ],
    Category.FRAUD: [
        "我被骗了，对方冒充客服",
        "遇到诈骗网站要报警",
        "This is a scam",
        "有个自称你们客服的人让我转账",
        "假的链接骗我付了钱",
    ],
    Category.SERVICE_ATTITUDE: [
        "客服态度太差了，还骂人",
        "热线一直打不通，没人接",
        "Your agent was rude",
        "你们客服爱答不理的",
        "打了五个电话没人接",
        "客服態度很差",
        "等了半天客服都不回消息",
        "no response from your support for days",
    ],
    Category.MEMBERSHIP_POINTS: [
        "我的积分怎么少了",
        "会员等级没升",
        "钻石会员有什么权益",
        "积分没到账",
        "升级到黄金会员需要多少",
    ],
    Category.ORDER_STATUS: [
        "查一下订单状态",
        "什么时候能到？",
        "Where is my order",
        "我的订单现在到什么进度了",
        "大概要多久",
        "how long does delivery take",
        "发货没有",
    ],
    Category.HOW_TO: [
        "怎么兑换这个点卡",
        "在哪里输入兑换码",
        "可以开发票吗",
        "How do I redeem a gift card?",
        "steam的卡怎么用",
        "苹果手机可以充吗",
        "請問怎麼兌換",
        "Q币怎么充到小号",
    ],
    Category.COMPLAINT_FOLLOWUP: [
        "上次投诉的结果怎么样了",
        "我的工单催一下",
        "What happened to my complaint",
        "昨天反映的问题处理得怎样了",
        "案件 123456789012 有进展吗",
        "我前天投诉的事情没人管",
    ],
    Category.OTHER: [
        "你好",
        "测试",
        "",
        "我要投诉",
    ],
}


@pytest.mark.parametrize("category", SENTENCES)
def test_ai1_sentences_find_their_category(category: Category) -> None:
    found = {text: classify(text).category for text in SENTENCES[category]}
    assert found == dict.fromkeys(SENTENCES[category], category)


@pytest.mark.parametrize("insult", [*INSULTS, "骗子公司", "你们骗人", "scammers"])
def test_ai1_an_insult_changes_nothing(insult: str) -> None:
    for category, sentences in SENTENCES.items():
        for text in sentences:
            found = classify(f"你们这些{insult}！ You {insult}!\n{text}")
            assert (found.category, found.urgency) == (category, classify(text).urgency), text


@pytest.mark.parametrize(
    "text", ["付了钱没收到卡密，你们这些骗子", "付了钱没收到卡密，我被骗了", "被骗了", "我要退款", "你们这帮骗子"]
)
def test_cp2_what_the_order_shows_comes_before_what_it_is_called(text: str) -> None:
    found = classify(text, "platform_failed")
    assert found.category is Category.RECHARGE_DELAYED
    assert found.reasons[0] == Reason("order_shows", "platform_failed")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("账号被盗，钱被充走了", Category.ACCOUNT_STOLEN),
        ("有人冒充你们客服让我转账", Category.FRAUD),
        ("客服态度太差", Category.SERVICE_ATTITUDE),
        ("充100送50，没送", Category.PROMO_DISPUTE),
    ],
)
def test_cp2_what_no_record_of_an_order_shows_is_left_to_the_words(text: str, category: Category) -> None:
    assert classify(text, "platform_failed").category is category


def test_cp2_an_order_that_shows_nothing_leaves_it_to_the_words() -> None:
    assert classify("卡密无效", "delivered").category is Category.CARD_INVALID


def test_ai1_whoever_got_nothing_is_no_victim_of_fraud_before_anything_else() -> None:
    assert classify("付了钱没收到卡密，我被骗了").category is Category.RECHARGE_DELAYED
    assert classify("遇到骗子了").category is Category.FRAUD


def test_every_category_has_examples() -> None:
    assert set(SENTENCES) == set(Category)


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("账号被盗", Severity.URGENT),
        ("我的賬號被凍結了", Severity.URGENT),
        ("再不处理我要报警", Severity.URGENT),
        ("这是诈骗", Severity.URGENT),
        ("有人登了我的号", Severity.URGENT),
        ("urgent: the key does not work", Severity.URGENT),
        ("怎么防诈骗", Severity.LOW),
        ("充了8000元没到账", Severity.HIGH),
        ("充了5000元没到账", Severity.NORMAL),
        ("充了５，０００．０１元没到账", Severity.HIGH),
        ("¥5,000.01 未到账", Severity.HIGH),
        ("1.2万块没到", Severity.HIGH),
        ("两万没收到", Severity.HIGH),
        ("订单 88888888 没收到", Severity.NORMAL),
        ("很着急，卡密没收到", Severity.HIGH),
        ("我要去12315投诉", Severity.HIGH),
        ("给老人买的，没收到", Severity.HIGH),
        ("怎么兑换", Severity.LOW),
        ("我的积分在哪看", Severity.LOW),
        ("卡密无效", Severity.NORMAL),
        ("", Severity.NORMAL),
    ],
)
def test_ai1_urgency_follows_from_words_and_sums(text: str, urgency: Severity) -> None:
    assert classify(text).urgency is urgency


def test_the_reasons_say_which_words_were_heard() -> None:
    assert classify("账号被盗，充了6000元").reasons == (
        Reason("about_account_stolen", "被盗"),
        Reason("urgent_words", "被盗"),
    )
    assert classify("充了6000元没到账").reasons == (
        Reason("about_recharge_delayed", "没到账"),
        Reason("large_amount", "6000"),
    )
    assert classify("你好").reasons == (Reason("about_other"),)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("100元", ["100"]),
        ("￥9.90 和 20 块", ["9.90", "20"]),
        ("1.5万", ["15000"]),
        ("三万元", ["30000"]),
        ("6千块", ["6000"]),
        ("RMB 1,234.56", ["1234.56"]),
        ("订单 20261121 共 3 张", []),
    ],
)
def test_sums_of_money_are_heard(text: str, amounts: list[str]) -> None:
    assert list(amounts_in(text)) == [Decimal(amount) for amount in amounts]


@given(st.text(max_size=200) | st.text("充退款没到账卡密怎么0123456789万元.,\n ", max_size=200))
def test_anything_is_text(text: str) -> None:
    category, urgency, reasons = classify(text)
    assert category in set(Category)
    assert urgency in set(Severity)
    assert reasons


def test_a_hostile_text_is_answered_at_once() -> None:
    """Quadratic patterns would need minutes for these."""
    for hostile in ("充" * 10_000, "退款" * 5_000, "1," * 5_000, "not " * 2_500, "９" * 20_000):
        assert classify(hostile).reasons
