"""What the demo shop said at any time: versions of its goods pages, promotions, fees and refund rule."""

from datetime import UTC, datetime

from huiyin.demo.catalogue import ARTICLES, COINS
from huiyin.demo.catalogue import Article as CatalogueArticle
from huiyin.domain.orders.shop import GoodsKind, OrderSnapshot, Terms, TermsKind

OPENED = datetime(2020, 1, 1, tzinfo=UTC)
REVISED = datetime(2024, 6, 1, tzinfo=UTC)  # since then what is shown today

BONUS_BEFORE = Terms(
    TermsKind.PROMOTION, COINS.sku, "2020-01", "充 100 送 20", "单笔充值满 100 元，加赠 20 元面值。每笔限享一次。",
    OPENED, REVISED, {"type": "bonus", "steps": [{"pay": "100.00", "bonus": "20.00"}], "repeat": False},
)  # fmt: skip
BONUS = Terms(
    TermsKind.PROMOTION, COINS.sku, "2024-06", "充 100 送 50", "单笔充值每满 100 元，加赠 50 元面值，多充多送。",
    REVISED, None, {"type": "bonus", "steps": [{"pay": "100.00", "bonus": "50.00"}], "repeat": True},
)  # fmt: skip
FEES = Terms(
    TermsKind.FEES, "", "2020-01", "手续费说明", "本店不收取手续费；退款按原支付渠道全额返还，不扣手续费。", OPENED
)
REFUNDS_BEFORE = Terms(TermsKind.REFUND, "", "2020-01", "退款规则", "未发货可退；已发货的卡密不退。", OPENED, REVISED)
REFUNDS = Terms(
    TermsKind.REFUND, "", "2024-06", "退款规则",
    "未发货或发货失败的订单随时可退；卡密无效、过期、区服不符的先补发，不要补发的全额退款。"
    "原路退回，一般 1–3 个工作日到账。",
    REVISED,
)  # fmt: skip
ALWAYS = (FEES, REFUNDS_BEFORE, REFUNDS)


def terms_for(order: OrderSnapshot) -> tuple[Terms, ...]:
    """What was in force when the order was paid (placed, where it was not)."""
    at = min((payment.paid_at for payment in order.payments if payment.paid_at), default=order.placed_at)
    promised = (BONUS_BEFORE, BONUS) if order.promotion else ()
    known = (*_pages_of(order.goods.sku), *promised, *ALWAYS)
    return tuple(one for one in known if one.valid_from <= at and (one.valid_until is None or at < one.valid_until))


def _pages_of(sku: str) -> tuple[Terms, ...]:
    return tuple(_page(article) for article in ARTICLES if article.sku == sku)


def _page(article: CatalogueArticle) -> Terms:
    stock = (
        "自动发货，付款后一般 3 分钟内到账。" if article.kind is not GoodsKind.MANUAL else "人工发货，12 小时内完成。"
    )
    where = f"适用区服：{article.region}。" if article.region else ""
    text = f"{article.title}，售价 {article.price} 元。{stock}{where}{article.how_to}"
    return Terms(TermsKind.GOODS_PAGE, article.sku, "2020-01", article.title, text, OPENED)
