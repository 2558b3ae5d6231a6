"""Replies that a demo keeps ready, so that `/` in a conversation shows what it is for. None of them stalls."""

from typing import Final

from huiyin.domain.conversations.actions import keep_canned
from huiyin.domain.conversations.models import Canned

REPLIES: Final = (
    ("hello", "问好", "zh-hans", "您好{name}，我是工号 {agent_no}，这件事由我负责到底。"),
    ("order", "请给单号", "zh-hans", "请把订单号或账单里的单号发给我，我现在就查。"),
    ("check", "正在核对", "zh-hans", "我正在核对订单 {order_no} 的付款和发货记录，10 分钟内告诉您结果。"),
    ("reissue", "已经补发", "zh-hans", "卡密已补发，在订单页就能看到。请您现在试一下，用不了我接着办。"),
    ("refund", "原路退款", "zh-hans", "退款已按原路提交，今天 24:00 前到账；没到您直接回这里，我来查。"),
    ("outside", "也可以找 12315", "zh-hans", "您随时可以向 12315 反映。写上本次编号，我们合并处理，不会让您说两遍。"),
    ("hello", "Greeting", "en", "Hello {name}, I am agent {agent_no} and I answer for this to the end."),
    ("check", "Checking", "en", "I am checking payment and delivery of {order_no} and tell you within 10 minutes."),
)  # fmt: skip


def keep_replies() -> None:
    """Where there are none yet; what supervisors have changed stays."""
    if Canned.objects.exists():
        return
    for slug, title, language, text in REPLIES:
        keep_canned(slug, title, text, language=language)
