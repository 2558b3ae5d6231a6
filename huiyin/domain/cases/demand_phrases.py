"""The words `demand.py` looks for, in the spelling NFKC and lower case give them; Chinese, then English."""

from typing import Final

# kind of demand item → what people write for it
WANTS: Final[dict[str, tuple[str, ...]]] = {
    "reissue": (
        "补发", "補發", "重发", "重新发", "补单", "补货", "换一张", "换张", "换卡", "重新充", "补充值", "补足",
        "补差",
        "补给我", "补齐", "发货", "给我发卡", "到账", "补上", "恢复", "解封", "reissue", "resend", "replace",
        "new key", "missing value",
        "deliver",
    ),
    "refund": ("退款", "退钱", "退回", "退還", "退还", "退给", "退我", "返还", "全退", "refund", "money back"),
    "compensation": (
        "赔偿", "賠償", "补偿", "補償", "赔我", "赔付", "退一赔", "假一赔", "优惠券", "送券", "积分",
        "compensat", "damages",
        "voucher", "coupon",
    ),
    "explanation": (
        "说明", "說明", "解释", "解釋", "道歉", "原因", "为什么", "為什麼", "书面", "答复", "explain", "explanation",
        "apolog", "reason",
    ),
}  # fmt: skip
WHOLE: Final = (
    "全额", "全額", "全部", "全款", "订单金额", "订单的钱", "订单款", "货款", "付的钱", "实付", "差额", "差價",
    "差价", "原价", "整单", "这一单", "这单", "多扣", "一赔三", "三倍", "双倍",
    "in full", "full amount", "full refund", "order amount", "what i paid", "difference", "the whole", "all of",
    "twice", "three times",
)  # fmt: skip
EXPLAINS: Final = ("原因", "为什么", "為什麼", "书面", "書面", "道歉", "怎么回事", "reason", "why", "writing", "apolog")
# times that are none, and times that are one
ENDLESS: Final = (
    "尽快", "盡快", "赶紧", "赶快", "马上", "立刻", "立即", "早日", "抓紧", "as soon as possible", "asap",
    "immediately",
    "at once", "soon",
)  # fmt: skip
WHEN: Final = (
    "今天", "今晚", "今日", "明天", "明日", "明晚", "后天", "本周", "这周", "下周", "周一", "周二", "周三",
    "周四", "周五",
    "周六", "周日", "星期", "月底", "月内", "年底", "当天", "当日", "中午", "下班前", "today", "tonight", "tomorrow",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "end of the month",
)  # fmt: skip
IMPOSSIBLE: Final = (
    "开除", "開除", "下跪", "跪下", "跪着", "倒闭", "关门大吉", "枪毙", "坐牢", "去死", "永久免费", "终身免费",
    "fire everyone",
    "go bankrupt", "on your knees", "free for life",
)  # fmt: skip
OBJECTS: Final = ("iphone", "苹果手机", "房子", "买车", "汽车", "请我吃饭", "女朋友", "男朋友", "a house", "a car")
INSULTS: Final = (
    "骗子", "垃圾", "傻逼", "傻b", "煞笔", "妈的", "他妈", "操你", "草泥马", "王八", "畜生", "混蛋", "狗东西",
    "不要脸", "去死",
    "滚蛋", "黑店", "脑残", "智障", "废物", "scammer", "idiot", "bastard", "asshole", "fuck", "shit", "stupid",
)  # fmt: skip
