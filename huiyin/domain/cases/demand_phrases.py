"""The words `demand.py` looks for, in the spelling NFKC and lower case give them; Chinese, then English."""

import re
from typing import Final

# kind of demand item → what people write for it
WANTS: Final[dict[str, tuple[str, ...]]] = {
    "reissue": (
        "补发", "補發", "重发", "重新发", "补单", "补货", "换一张", "换张", "换卡", "重新充", "补充值", "补足",
        "补差",
        "补给我", "补齐", "发货", "给我发卡", "到账", "补上", "reissue", "resend", "replace",
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
_FIGURE: Final = (
    r"(?:我|给我|给)?\s{0,3}[¥￥]?\s{0,3}(?:\d{1,6}(?:\.\d{1,2})?\s{0,3}(?:元|块|塊|yuan|rmb)|\d{1,6}\.\d{1,2}(?!\d)"
    r"|\d{2,6}(?![\d.]|\s{0,3}(?:[天日号號个個年月张張次倍]|小时|分钟))|[一二两三四五六七八九十百千万]{1,8}[元块塊])"
)
# the same, where one word is not enough
ASKS: Final[dict[str, re.Pattern[str]]] = {
    "reissue": re.compile(
        r"(?:我要|给我|給我|要)(?:新的?|一张|一个)?(?:卡密|激活码|兑换码)|再(?:给我)?发(?:给我)?[一1]?[张張个個份次]"
    ),
    "refund": re.compile(
        rf"退{_FIGURE}|[把将][^，。,;；!！?？\n]{{1,14}}(?:退(?![出役步化])|[还還]给?我|返给?我)|[还還](?:给?我)?的?(?:血汗)?[钱錢]"
        rf"|[还還]给?我[¥￥]?\d|(?:给我|帮我|我要|请)退(?![出役步化])|my money"
    ),
    "compensation": re.compile(rf"[赔賠]{_FIGURE}|[补補]给?我{_FIGURE}"),
}
# what is not about goods or money, in the words it is asked for
RESTORES: Final = re.compile(
    r"(?:恢复|解封|解冻|解除)(?:我的?)?(?:账号|帐号|账户|登录|会员|权限|使用|冻结|封禁|限制)|解封|[把将]?(?:我的?)?积分(?:补|返|还|恢复)(?:[回上给]|我|到账){0,3}"
    r"|补(?:[回发]|给我|上)?(?:\d{1,6})?积分"
)
_ALL: Final = "|".join(sorted((re.escape(word) for words in WANTS.values() for word in words), key=len, reverse=True))
# "不用退款": what follows is not wanted
REFUSED: Final = re.compile(
    r"(?:不用|不要|不需要|不想要?|不必|无需|無需|用不着|不是要|(?<![特个級级区分识告])别"
    r"|(?:do not|don't) (?:want|need))"
    rf"\s?(?:你们|再|给我|帮我|any |an? |the |my ){{0,2}}(?:{_ALL}|[退赔賠补補还還])(?:{_ALL}){{0,2}}"
)
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
