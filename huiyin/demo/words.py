"""What the demo shop calls things on its pages: Chinese, the language of its buyers."""

from huiyin.demo.faults import Trouble
from huiyin.domain.orders.shop import DeliveryState, PaymentState, RefundState

SITUATIONS: dict[str, str] = {
    "": "一切正常",
    "delivered": "已正常发货",
    "platform_failed": "付了钱，店铺没发出",
    "payment_pending": "支付渠道还没到账",
    "payment_failed": "支付失败",
    "out_of_stock": "付了钱才发现没货",
    "expired_card": "卡密已过期",
    "wrong_region": "卡密是别的区服的",
    "already_redeemed": "发货后卡密被兑换",
    "redeemed_before_delivery": "卖出前卡密已被用过",
    "short_amount": "到账比说好的少",
    "duplicate_charge": "扣了两次款",
    "mail_mistyped": "邮箱写错了",
    "page_closed": "没看到卡密就关了页面",
    "paid_after_expiry": "订单关闭后才付款",
    "partial_delivery": "只发了一部分",
    "key_sold_twice": "一张卡密卖了两次",
    "manual_goods": "人工发货的商品",
    "wrong_account": "充到了别的账号",
    "shop_unreachable": "店铺查不到这笔（不应答）",
    "refund_failed": "退款失败",
    "watched": "刚付款，发货卡住",
}
TROUBLES: dict[str, str] = {
    Trouble.SILENT: "不应答",
    Trouble.BUSY: "回答 503",
    Trouble.REPLY_LOST: "办成了但回执丢失",
    Trouble.REFUND_FAILS: "退款失败",
    Trouble.REMEDY_FAILS: "补救失败",
    Trouble.LIES: "回答乱码",
    Trouble.NO_EVENTS: "不发事件",
    Trouble.NO_REMEDIES: "不能自动处理",
    Trouble.NO_REMEDY_STATE: "说不清补救结果",
    Trouble.CHANNEL_SETTLES: "渠道到账",
}
WHOLE_SHOP = (
    Trouble.SILENT,
    Trouble.BUSY,
    Trouble.REPLY_LOST,
    Trouble.REMEDY_FAILS,
    Trouble.LIES,
    Trouble.NO_EVENTS,
    Trouble.NO_REMEDIES,
    Trouble.NO_REMEDY_STATE,
)
ONE_ORDER = (
    Trouble.SILENT,
    Trouble.BUSY,
    Trouble.REPLY_LOST,
    Trouble.REFUND_FAILS,
    Trouble.REMEDY_FAILS,
    Trouble.LIES,
    Trouble.CHANNEL_SETTLES,
)
PAYMENTS: dict[str, str] = {
    PaymentState.PENDING: "等支付渠道到账",
    PaymentState.PAID: "已支付",
    PaymentState.FAILED: "未支付",
    PaymentState.REFUNDED: "已退款",
}
DELIVERIES: dict[str, str] = {
    DeliveryState.NONE: "付款后开始发货",
    DeliveryState.QUEUED: "在路上",
    DeliveryState.FAILED: "没有发出",
    DeliveryState.PARTIAL: "发了一部分",
    DeliveryState.DONE: "已发货",
}
REFUNDS: dict[str, str] = {
    RefundState.PENDING: "在路上",
    RefundState.ARRIVED: "已到账",
    RefundState.FAILED: "失败",
}
