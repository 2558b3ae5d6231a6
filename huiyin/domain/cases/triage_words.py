"""What each category sounds like, in the order of harm: `triage.py` takes the first that fits.

One way of saying it per line, a regular expression in lower case and simplified Chinese; `…` stands for up to twelve
characters in between, `~` for up to thirty (English needs more room). Latin words begin at a word boundary by `\\b`.
"""

from typing import Final

from huiyin.domain.promises.promises import Category

_CODE: Final = r"(?:卡密|卡号|卡片|点卡|充值卡|礼品卡|兑换码|激活码|密钥|序列号|cdk(?:ey)?|卡|码)"
_CODE_EN: Final = r"(?:keys?|codes?|cards?|vouchers?)"
_NOT_THERE: Final = (
    r"(?:没有?(?:收到|到账|到帐|发货?|到|给我?|充上|充进|拿到|看到)|未(?:到账|收到|发货|到)|不到账|[收拿看]不到|迟迟)"
)

STOLEN: Final = r"""
(?<!防)(?:被盗|盗号|盗刷|盗用|盗充)|被(?:别|他)?人…盗|号…(?:盗了|丢了)|(?:钱|余额)(?:都|全)?没了
异地登[录陆]
被(?:别|他)?人(?:登|改了?密码|改绑)
(?:有|别)人…(?:登了?|用了?|改了?|进了?)我的?(?:账?号|账户|密码)
不是我(?:本人)?(?:登录|操作|买|充|消费)
\bstolen\b|\bhacked\b|\bhijacked\b|\bunauthori[sz]ed\b
\b(?:someone|somebody)(?: else)? (?:is |has )?(?:logged|us(?:ed|ing) my|got into)
"""

FRAUD: Final = r"""
假(?:的)?(?:链接|网页)|假客服|冒充|自称…客服|钓鱼|假网站|洗钱|(?:让|叫|要)我…转账|[遇碰][到上见]…骗子
\bphishing|\bimpersonat|\bpretend(?:s|ed|ing)? to be
\bfake (?:site|website|seller|agent)
"""

# what we are called says nothing about fraud; that somebody feels deceived does, where they say nothing else
DECEIVED: Final = r"""
(?<!防)(?<!防诈)骗(?!子|人(?!民))
\bscam(?!mer)|\bfraud
"""

ACCESS: Final = r"""
冻结|封号|封禁|被封|锁定|被锁
登[录陆]?不[上了进]|(?:无法|不能)登[录陆]
忘记?了?密码|(?:登录|账号|支付|我的|^)密码.{0,4}(?:错|忘|重置|改不)
验证码|解绑|换绑
\blocked\b|\bfrozen\b|\bbanned\b|\bsuspended\b
(?:can't|cannot|unable to) (?:log|sign) ?in
\bpassword|\bverification code
"""

DUPLICATE: Final = r"""
重复(?:扣|付|支付|收|充)
(?:扣|付|收|支付)[了款]*我?[两二2三3多](?:次|笔|遍|份)
[两2多]次扣|多扣
(?:同一|一个)…[扣付收]了?我?[两二2](?:次|笔|遍|份)|[扣付收]了?我[两二2](?:次|笔|遍|份)
\b(?:charged|billed|paid|took)~(?:twice|two times|2 times)
\bdouble[- ]charg|\bduplicate (?:charge|payment)
"""

FOLLOW_UP: Final = r"""
(?:上次|之前|昨天|前天|前几天|上周)…(?:投诉|反映|反馈|工单)
投诉…(?:结果|进度|怎么样|处理|到哪)
工单|案件|催一下|催办|催单|处理(?:结果|进度)
\bcase (?:number|no)\b|\bmy complaint\b|\bcomplaint status\b|\bfollowing up\b
"""

PROMOTION_BROKEN: Final = r"""
充\s*[\d一二两三五六八百千]+\s*[元块]?\s*送|买\s*[\d一]+\s*送
(?:优惠|活动|赠送|赠品|返现|满减|折扣|红包|首充|代金)…[没未不少]
[没未不].{0,8}(?:优惠|赠送|返现|满减|折扣|红包|代金券)
\b(?:coupon|promo|discount|bonus|cash ?back)~(?:not|n't|never|missing|wrong|refused)
(?:\bnot|n't|never|missing|without)~\b(?:coupon|promo|discount|bonus|cash ?back)
"""

KEY_USELESS: Final = rf"""
{_CODE}…(?:无效|[不没](?:能|法)用|用不了|不存在|错误|不正确|不对|过期|失效|作废|锁区|地区不符)
{_CODE}…(?:已经?被?|被别?人?)(?:使用|兑换|激活|用)
{_CODE}…(?:(?:兑换?|激活)(?:不了|失败)|(?:无法|不能)(?:兑换|激活|使用))
(?:无效|失效|错误)的?{_CODE}|{_CODE}…空[的白]|(?:激活|兑换)…(?:不支持|失败|错误|不成功)
(?:提示|显示)…(?:已使用|已兑换|已被…使用|不存在)
(?:卡号|卡密|密码)…输…(?:错|不对)
买的?是?…(?:给我发|发给我|发的?|收到的?)…[服区版]
\b{_CODE_EN}\b~(?:invalid|not valid|n't work|not work|already|expired|wrong region|rejected)
\b(?:invalid|expired|used|wrong) {_CODE_EN}\b|\bregion[- ]locked
"""

AMOUNT_WRONG: Final = r"""
(?:金额|面值|面额|数额|余额).{0,4}(?:不对|不符|错|少)
只(?:到|充|给|收到|发)了?账?\s*\d|充了?[\d一二两三四五六七八九十百千]+[元块]?(?:只|才)?到账?[\d一二两三四五六七八九十百千]
少[到充给发了]\S{0,3}\d|少了.{0,4}[元块钱]|差了?\s*\d+\s*[元块]
到账.{0,6}(?:不对|少了|不足|不够)|到账比…少
\bwrong amount|\bless than\b|\b(?:only (?:got|received|credited)|(?:got|received|credited) only)|\bshort by\b
"""

REFUND_MISSING: Final = rf"""
退(?:款|钱)…{_NOT_THERE}
\brefund~(?:not|n't|never|where|still)
\b(?:where|when)~\brefund
"""

POINTS_MISSING: Final = rf"""
(?:积分|成长值)…{_NOT_THERE}
"""

NOT_DELIVERED: Final = rf"""
{_NOT_THERE}
(?:还|一直|都)没[好有来]|(?:货|卡密?)没来|延迟|不发货|没(?:进账|动静)|什么都没|是空的
扣了?款?…[未没待]支付|东西呢|卡密呢|货呢
(?:充|付|买|扣)…[里上后了]…没有$
\bnot (?:been )?(?:received|arrived?|delivered|credited)
n't (?:been )?(?:received?|got|get|arrived?|delivered)
\bnever (?:got|received|arrived|came)|\bnothing (?:arrived|came|received)|\bgot nothing\b
\bno {_CODE_EN}\b|\bstill waiting\b|\bwhere(?:'s| is) my {_CODE_EN}\b
"""

REFUND: Final = r"""
退款|退钱|退货|退回|退单|退我|钱退|还钱|钱还[给我]|能退|想退|要退|退掉|不想要了|不要了|买错|取消订单
\brefund|\bmoney back\b|\bcancel (?:my |the )?order\b|\breturn my money\b
"""

ATTITUDE: Final = r"""
态度|骂|不理|不搭理|不回(?:消息|复|我)|没有?回(?:复|音|应)|没人[理回接管]|敷衍|推诿|踢皮球|不耐烦
打不通|不接电话|挂[我了]?电话
\brude\b|\battitude\b|\bignor(?:ed|ing) me\b|\bhung up\b|\bunprofessional\b
\b(?:nobody|no one) answer|\bno (?:response|reply|answer)\b
"""

PROMOTION: Final = r"""
优惠|活动|赠送|返现|满减|折扣|红包|代金券
\bcoupon|\bpromo|\bdiscount|\bbonus|\bcash ?back
"""

MEMBERSHIP: Final = r"""
会员|积分|等级|成长值|\bvip|钻石
\bmember|\bpoints\b|\bloyalty\b
"""

STATUS: Final = r"""
订单(?:状态|进度|到哪|怎么样|详情)
查.{0,4}(?:订单|进度|单号)
(?:什么时候|多久).{0,4}[到发]|订单…(?:进度|状态)|要多久
发货(?:了[吗没]|没有)|支付成功了吗
\border status\b|\bwhere(?:'s| is) my order\b|\btrack my\b|\bwhen will\b|\bhow long\b
"""

QUESTION: Final = r"""
怎么|如何|怎样|教程|在哪|哪里|发票
(?:可以|支持|能)…吗
\bhow (?:do|to|can|does)\b|\bwhere (?:do|can) i\b|\binstructions\b|\binvoice
"""

# harm that no record of an order shows
HARM: Final = (
    (Category.ACCOUNT_STOLEN, STOLEN),
    (Category.FRAUD, FRAUD),
    (Category.ACCOUNT_ACCESS, ACCESS),
)

CATEGORIES: Final = (
    (Category.DUPLICATE_CHARGE, DUPLICATE),
    (Category.COMPLAINT_FOLLOWUP, FOLLOW_UP),
    (Category.PROMO_DISPUTE, PROMOTION_BROKEN),
    (Category.CARD_INVALID, KEY_USELESS),
    (Category.WRONG_AMOUNT, AMOUNT_WRONG),
    (Category.REFUND_REQUEST, REFUND_MISSING),  # these two before NOT_DELIVERED: what is missing is not the key
    (Category.MEMBERSHIP_POINTS, POINTS_MISSING),
    (Category.RECHARGE_DELAYED, NOT_DELIVERED),
    (Category.FRAUD, DECEIVED),
    (Category.REFUND_REQUEST, REFUND),
    (Category.SERVICE_ATTITUDE, ATTITUDE),
    (Category.PROMO_DISPUTE, PROMOTION),
    (Category.MEMBERSHIP_POINTS, MEMBERSHIP),
    (Category.ORDER_STATUS, STATUS),
    (Category.HOW_TO, QUESTION),
)

# what an order's own record shows (its situation) and so what a complaint about it is about, whatever it is called
SHOWN_BY_ORDER: Final = {
    "platform_failed": Category.RECHARGE_DELAYED,
    "out_of_stock": Category.RECHARGE_DELAYED,
    "paid_after_expiry": Category.RECHARGE_DELAYED,
    "partial_delivery": Category.RECHARGE_DELAYED,
    "short_amount": Category.WRONG_AMOUNT,
    "duplicate_charge": Category.DUPLICATE_CHARGE,
    "refund_failed": Category.REFUND_REQUEST,
    "expired_card": Category.CARD_INVALID,
    "wrong_region": Category.CARD_INVALID,
    "key_sold_twice": Category.CARD_INVALID,
    "redeemed_before_delivery": Category.CARD_INVALID,
}
# what no record of an order shows is left to the words
BESIDE_THE_ORDER: Final = frozenset({
    Category.PROMO_DISPUTE, Category.SERVICE_ATTITUDE, Category.MEMBERSHIP_POINTS, Category.COMPLAINT_FOLLOWUP,
})  # fmt: skip

URGENT: Final = r"""
(?<!防)(?:被盗|盗号|盗刷|诈骗|被骗)
冻结|报警|警察|紧急|十万火急|自杀|轻生|不想活
\bstolen\b|\bhacked\b|\bfraud|\bscam(?!mer)|\bpolice\b|\burgent|\bemergency\b|\bsuicide\b|\basap\b
"""

PRESSING: Final = r"""
着急|很急|急用|加急|尽快
12315|黑猫|消协|起诉|律师|法院|曝光|媒体
老人|未成年|小孩|第[三四五六七八九3-9]次
\blawyer|\bsue\b|\bcourt\b|\bdisabled\b|\belderly\b
"""

# Traditional characters of the words above and their neighbours, so that one line reads both.
TRADITIONAL: Final = (
    "帳賬號單訂儲錢點盜凍結報騙詐無沒發貨請複復優員級積態罵買額對錯這個麼樣啟進陸錄碼驗證為還時間長處訴們會權動贈滿減"
    "顯過來兌換說話給幫問題開關網塊萬異區獎補償費兩邊幾盡見實鎖遲餘數認誤掛電絡遊戲紅現惡諉協領師緊體鑽綁換調"
)
SIMPLIFIED: Final = (
    "账账号单订储钱点盗冻结报骗诈无没发货请复复优员级积态骂买额对错这个么样启进陆录码验证为还时间长处诉们会权动赠满减"
    "显过来兑换说话给帮问题开关网块万异区奖补偿费两边几尽见实锁迟余数认误挂电络游戏红现恶诿协领师紧体钻绑换调"
)
