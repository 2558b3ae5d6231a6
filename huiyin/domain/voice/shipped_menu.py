"""The menu every hotline begins with, as callers in China know them. Pure data: the operator changes a copy of it."""

from functools import cache
from typing import Any, Final

from huiyin.domain.voice.menu import Menu

ACTIONS: Final = ("order_by_bill", "order_by_code", "order_status", "case_progress", "membership")
_MORE: Final = {"other": "anything_else"}
# what people say instead of pressing; the first key of which a word is heard is meant
_KEY_WORDS: Final = ["卡密", "没收到", "没有收到", "没到账", "充值", "key"]
_BILL: Final = ["单号", "账单", "金额", "bill", "amount"]
_CODE: Final = ["来电码", "六位", "code"]
_AGAIN: Final = ["重听", "再说一遍", "再听", "repeat", "again"]
_BACK: Final = ["返回", "上一级", "主菜单", "自助", "back", "main menu"]
_BYE: Final = [
    "不用", "不用了", "不需要", "再见", "谢谢", "好的谢谢", "bye", "goodbye", "no thanks", "no thank you", "thanks",
    "thank you",
]  # fmt: skip
# only where the question was whether there is more
_NO_MORE: Final = ["没有", "没有了", "没了", "没事", "没问题", "没有问题", "没有其他问题", "no"]

TABLE: Final[dict[str, Any]] = {
    "start": "main",
    "closed": "closed",
    "queue": "general",
    "tries": 2,
    "nodes": {
        "main": {
            "kind": "choice", "say": ["menu.welcome", "menu.recorded", "menu.main"],
            "keys": {
                "1": "key_missing", "2": "order_status", "3": "progress", "4": "membership", "7": "english",
                "8": "elderly", "9": "@again",
            },
            "words": {
                "1": _KEY_WORDS, "2": ["订单", "order"], "3": ["投诉", "进度", "complaint"],
                "4": ["会员", "积分", "member", "points"], "7": ["英文", "英语", "english"], "8": ["长辈", "老人"],
                "9": _AGAIN,
            },
        },
        "main_plain": {
            "kind": "choice", "say": ["menu.main_plain"], "seconds": 8,
            "keys": {"1": "key_missing", "2": "order_status", "3": "progress", "9": "@again"},
            "words": {"1": _KEY_WORDS, "2": ["订单", "order"], "3": ["投诉", "进度", "complaint"], "9": _AGAIN},
        },
        "recharge": {
            "kind": "choice", "say": ["menu.welcome", "menu.recorded", "menu.recharge"], "queue": "recharge",
            "keys": {"1": "key_missing", "2": "order_status", "9": "@again", "*": "main"},
            "words": {"1": _KEY_WORDS, "2": ["订单", "order"], "9": _AGAIN, "*": _BACK},
        },
        "account": {
            "kind": "choice", "say": ["menu.welcome", "menu.recorded", "menu.account"], "queue": "account",
            "keys": {"1": "account_urgent", "2": "progress", "9": "@again", "*": "main"},
            "words": {
                "1": ["被盗", "盗号", "冻结", "stolen", "locked"], "2": ["投诉", "进度", "complaint"], "9": _AGAIN,
                "*": _BACK,
            },
        },
        "account_urgent": {"kind": "queue", "queue": "account", "urgent": True},
        "vip": {"kind": "say", "say": ["menu.welcome_member", "menu.recorded"], "next": "vip_queue"},
        "vip_queue": {"kind": "queue", "queue": "vip", "tier": "diamond"},
        "english": {"kind": "set", "language": "en", "next": "main"},
        "elderly": {"kind": "set", "elderly": True, "next": "main_plain"},
        "key_missing": {
            "kind": "choice", "say": ["menu.key_missing"], "queue": "recharge",
            "keys": {"1": "bill", "2": "code", "9": "@again", "*": "main"},
            "words": {"1": _BILL, "2": _CODE, "9": _AGAIN, "*": _BACK},
        },
        "bill": {
            "kind": "digits", "say": ["ask.bill"], "as": "bill", "least": 8, "most": 8, "next": "amount", "seconds": 10,
            "queue": "recharge", "secret": True,
        },
        "amount": {
            "kind": "digits", "say": ["ask.amount"], "as": "amount", "least": 2, "most": 8, "next": "find_by_bill",
            "seconds": 10, "queue": "recharge", "secret": True,
        },
        "find_by_bill": {
            "kind": "ask", "action": "order_by_bill", "inputs": ["bill", "amount"], "queue": "recharge",
            "answers": {"not_found": "bill_again", "person": "to_recharge", **_MORE},
        },
        "bill_again": {
            "kind": "choice", "say": ["menu.bill_again"], "queue": "recharge",
            "keys": {"1": "bill", "2": "code", "*": "main"},
            "words": {"1": _BILL, "2": _CODE, "*": _BACK},
        },
        "code": {
            "kind": "digits", "say": ["ask.code"], "as": "code", "least": 6, "most": 6, "next": "find_by_code",
            "seconds": 10, "queue": "recharge", "secret": True,
        },
        "find_by_code": {
            "kind": "ask", "action": "order_by_code", "inputs": ["code"], "queue": "recharge",
            "answers": {"not_found": "bill_again", "person": "to_recharge", **_MORE},
        },
        "order_status": {
            "kind": "digits", "say": ["ask.bill"], "as": "bill", "least": 8, "most": 8, "next": "status_amount",
            "seconds": 10, "secret": True,
        },
        "status_amount": {
            "kind": "digits", "say": ["ask.amount"], "as": "amount", "least": 2, "most": 8, "next": "find_status",
            "seconds": 10, "secret": True,
        },
        "find_status": {
            "kind": "ask", "action": "order_status", "inputs": ["bill", "amount"],
            "answers": {"person": "to_general", **_MORE},
        },
        "progress": {
            "kind": "digits", "say": ["ask.case"], "as": "case", "least": 12, "most": 12, "next": "secret",
            "seconds": 15,
        },
        "secret": {
            "kind": "digits", "say": ["ask.secret"], "as": "secret", "least": 8, "most": 8, "next": "find_case",
            "seconds": 12, "secret": True,
        },
        "find_case": {
            "kind": "ask", "action": "case_progress", "inputs": ["case", "secret"],
            "answers": {"person": "to_general", **_MORE},
        },
        "membership": {
            "kind": "ask", "action": "membership", "inputs": [],
            "answers": {"not_found": "member_bill", "person": "to_general", **_MORE},
        },
        "member_bill": {
            "kind": "digits", "say": ["ask.bill"], "as": "bill", "least": 8, "most": 8, "next": "member_amount",
            "seconds": 10, "secret": True,
        },
        "member_amount": {
            "kind": "digits", "say": ["ask.amount"], "as": "amount", "least": 2, "most": 8, "next": "find_member",
            "seconds": 10, "secret": True,
        },
        "find_member": {
            "kind": "ask", "action": "membership", "inputs": ["bill", "amount"],
            "answers": {"person": "to_general", **_MORE},
        },
        "to_recharge": {"kind": "queue", "queue": "recharge"},
        "to_general": {"kind": "queue", "queue": "general"},
        "anything_else": {
            "kind": "choice", "say": ["menu.anything_else"], "keys": {"1": "main", "9": "@again", "#": "bye"},
            "words": {"#": [*_NO_MORE, *_BYE], "1": ["还有", "有问题", "yes"], "9": _AGAIN},
        },
        "closed": {
            "kind": "choice", "say": ["menu.nobody_there"], "seconds": 8,
            "keys": {"1": "callback", "2": "voicemail", "3": "main", "9": "@again", "#": "bye"},
            "words": {
                "1": ["回电", "回拨", "打给我", "call me", "call back"], "2": ["留言", "message"], "3": _BACK,
                "9": _AGAIN, "#": _BYE,
            },
        },
        "callback": {"kind": "callback"},
        "voicemail": {"kind": "voicemail"},
        "bye": {"kind": "hang_up", "say": ["menu.bye"]},
    },
}  # fmt: skip


@cache
def shipped_menu() -> Menu:
    """The menu as it is shipped."""
    return Menu.parse(TABLE)
