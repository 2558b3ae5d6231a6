"""What the demo shop sells. Every game and product here is invented."""

from dataclasses import dataclass

from huiyin.domain.orders.shop import Goods, GoodsKind
from huiyin.lib.money import Money

PLENTY = 1000  # keys in stock at the start: enough for every check and bench that runs on one instance


@dataclass(frozen=True, slots=True)
class Article:
    """One line of the catalogue. `keys` is the stock of card keys to start with."""

    sku: str
    title: str
    kind: GoodsKind
    price: Money
    region: str
    how_to: str
    promised_s: int = 180
    keys: int = 0

    def goods(self, alternatives: tuple[Goods, ...] = ()) -> Goods:
        """As the contract shows it; only card keys are counted."""
        stock = self.keys if self.kind is GoodsKind.CARD else None
        return Goods(
            sku=self.sku,
            title=self.title,
            kind=self.kind,
            price=self.price,
            stock=stock,
            region=self.region,
            how_to=self.how_to,
            promised_s=self.promised_s,
            alternatives=alternatives,
        )


def _card(sku: str, title: str, yuan: str, how_to: str, region: str = "国服", keys: int = PLENTY) -> Article:
    return Article(sku, title, GoodsKind.CARD, Money.parse(yuan), region, how_to, keys=keys)


STAR_CARD = _card("XHZM-100", "《星河战盟》100 元点卡", "100", "游戏内「商城 → 兑换码」输入卡密，点卡立即到账。")
BOAT_CARD = _card("YSFZ-100", "《云上飞舟》100 元点卡", "100", "打开飞舟通行证 → 充值 → 使用卡密。")
LIMITED_CARD = _card("XHZM-100L", "《星河战盟》限定礼包卡", "100", "游戏内「活动 → 礼包兑换」输入卡密。", keys=0)
DEER_CARD = _card("LYQT-50", "《鹿野奇谈》月卡", "50", "登录鹿野账号中心 → 兑换 → 粘贴卡密。")
MUSIC_CARD = _card("YQYY-50", "云栖音乐会员季卡", "50", "云栖音乐「我的 → 会员 → 兑换码」。", region="")
VIDEO_CARD = _card("QHSP-30", "青禾视频会员月卡", "30", "青禾视频「我的 → 卡券兑换」。", region="")
VALLEY_CARD = _card("BLXG-30", "《冰轮小谷》30 元点卡", "30", "小谷启动器右上角「兑换」。")
COINS = Article(
    "XHB-100",
    "星河币直充 100 元",
    GoodsKind.TOPUP,
    Money.parse("100"),
    "国服",
    "付款后直接到账，重新登录游戏即可看到。",
)
CUSTOM_SET = Article(
    "DZLB-188",
    "《星河战盟》定制礼包（人工发货）",
    GoodsKind.MANUAL,
    Money.parse("188"),
    "国服",
    "客服在游戏内邮件发出，请在 7 天内领取。",
    promised_s=12 * 3600,
)

ARTICLES = (
    STAR_CARD,
    BOAT_CARD,
    LIMITED_CARD,
    DEER_CARD,
    MUSIC_CARD,
    VIDEO_CARD,
    VALLEY_CARD,
    COINS,
    CUSTOM_SET,
)
CARDS = (STAR_CARD, DEER_CARD, VIDEO_CARD, BOAT_CARD, VALLEY_CARD, MUSIC_CARD)


def alternatives_to(article: Article) -> tuple[Goods, ...]:
    """Other cards of the same price with stock: what an exchange can offer."""
    return tuple(
        other.goods()
        for other in ARTICLES
        if other.kind is GoodsKind.CARD and other.price == article.price and other.keys and other.sku != article.sku
    )
