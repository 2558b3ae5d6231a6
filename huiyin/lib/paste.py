"""What a buyer put into the one field: an order number, a number from a bill, e-mail, phone, QQ, and what clung to it.

People paste whole lines of a bill, numbers with blanks in them, full-width digits and labels. `entries` says what it
could be, most likely first. It never raises and answers only in plain ASCII, whatever it is given.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 200
MOST_ENTRIES: Final = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading of the field. `by` is what `Shop.find` takes; a Chinese mobile number has its 11 digits."""

    by: str
    value: str


# What stands before a number on bills, mails and order pages. The first that fits decides, so longer ones go first.
_LABELS: Final = (
    ("trade_no", r"商户单号|商家订单号|商户订单号|商戶單號|merchant order(?: no| number| id)?"),
    (
        "bill_no",
        r"交易单号|交易號|交易号|账单号|帳單號|流水号|支付单号|转账单号|(?:transaction|bill) (?:id|no|number)",
    ),
    ("order_no", r"订单编号|订单号码|订单号|訂單編號|訂單號碼|訂單號|订单|訂單|单号|單號|order (?:no|number|id)|order"),
    ("email", r"电子邮箱|電子郵箱|下单邮箱|邮箱|郵箱|e-?mail"),
    ("phone", r"手机号码|手机号|手機號碼|手機號|手机|手機|电话|電話|mobile|phone"),
    ("qq", r"扣扣|企鹅号|qq ?(?:号码|号|號碼|號)?(?![.])"),
    ("wechat", r"微信号|微信號|微信|wechat(?: id)?|weixin"),
)
_LABELLED: Final = re.compile(
    "|".join(rf"(?P<{by}>(?<![a-z0-9@._-])(?:{words}))(?![a-z@])" for by, words in _LABELS), re.IGNORECASE | re.ASCII
)
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212]")
_EMAIL: Final = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}", re.IGNORECASE)
_GROUPS: Final = re.compile(r"[0-9](?:[ -]{0,3}[0-9]){3,}")  # digits with the blanks and hyphens people put into them
_WORD: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[_-](?=[A-Za-z0-9])){3,63}")
_WECHAT: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}")
_MOBILE: Final = re.compile(r"(?:\+?(?:00)?86)?(1[3-9][0-9]{9})")
_BILL: Final = re.compile(r"[0-9]{28,32}")
_QQ: Final = re.compile(r"[1-9][0-9]{4,10}")
_PLAIN_LINE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{3,79}$")
_SEPARATORS: Final = " :：#.=是为為"
_NUMBERS: Final = frozenset({"order_no", "bill_no", "trade_no"})
_UNMISTAKABLE: Final = frozenset({"email", "bill_no", "phone"})
_WHEN: Final = re.compile(
    r"(?<![0-9A-Za-z_-])20[0-9]{2}[-/.年][01]?[0-9][-/.月][0-3]?[0-9]日?"
    r"(?: ?[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?)?(?![0-9-])"
)
_YEAR: Final = re.compile(r"20[0-9]{2}")


def entries(text: str) -> tuple[Entry, ...]:
    """What the text could mean, most likely first, at most six readings; empty where it means nothing to us."""
    plain = _plain(text)
    labelled = list(_labelled(plain))
    rest = [entry for entry in _unlabelled(plain) if not labelled or entry.by in _UNMISTAKABLE]
    return tuple(dict.fromkeys(labelled + rest))[:MOST_ENTRIES]


def _plain(text: str) -> str:
    """NFKC, one kind of blank and dash, nothing invisible, no dates, at most 200 characters."""
    wide = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]
    blanked = _DASHES.sub("-", re.sub(r"\s+", " ", wide))
    visible = "".join(char for char in blanked if unicodedata.category(char) not in _INVISIBLE)
    return _WHEN.sub(" ", visible).strip()


def _labelled(plain: str) -> Iterator[Entry]:
    """What stands right behind a label is what the label says, if it can be; otherwise the label is ignored."""
    labels = list(_LABELLED.finditer(plain))
    for label, following in zip(labels, [*labels[1:], None], strict=False):
        rest = plain[label.end() : following.start() if following else len(plain)].lstrip(_SEPARATORS)
        yield from _behind(label.lastgroup or "", rest)


def _behind(by: str, rest: str) -> Iterator[Entry]:
    if by == "wechat":
        yield from (Entry(by, match.group()) for match in [_WECHAT.match(rest)] if match)
    elif by in _NUMBERS:
        for value in _values(rest):
            yield Entry(by, value)
            yield Entry("order_no", value)  # buyers mix the labels up, and some shops use one number for all
    else:
        yield from [entry for entry in _unlabelled(rest) if entry.by == by][:1]


def _values(rest: str) -> Iterator[str]:
    """The number right behind a label: with its blanks taken out where nothing else follows, or its first word."""
    line = _PLAIN_LINE.match(rest) or _GROUPS.match(rest)
    word = _WORD.match(rest)
    joined, first = (re.sub(r" ", "", match.group()) if match else "" for match in (line, word))
    for value in (joined, first if len(first) >= 8 or not joined else ""):
        if re.search(r"[0-9]", value):
            yield value
            yield value.upper()


def _unlabelled(plain: str) -> Iterator[Entry]:
    for match in _EMAIL.finditer(plain):
        yield Entry("email", match.group().lower())
    rest = _EMAIL.sub(" ", plain)
    if _PLAIN_LINE.match(rest) and re.search(r"[A-Za-z].*[0-9]", rest):
        yield from _number(rest.replace(" ", ""))
    for match in _GROUPS.finditer(rest):
        yield from _joined(match.group())
    for match in _WORD.finditer(_GROUPS.sub(_unless_joined, rest)):
        yield from _number(match.group())


def _joined(group: str) -> Iterator[Entry]:
    """Digits in groups count as one number only where they make a bill number or a mobile number."""
    digits = re.sub(r"[ -]", "", group)
    if _BILL.fullmatch(digits) or _MOBILE.fullmatch(digits):
        yield from _number(digits)


def _unless_joined(group: re.Match[str]) -> str:
    return " " if any(_joined(group.group())) else group.group()


def _number(word: str) -> Iterator[Entry]:
    """The readings of one word without blanks. A word without a digit is no number."""
    if not re.search(r"[0-9]", word) or _YEAR.fullmatch(word):
        return
    if _BILL.fullmatch(word):
        yield Entry("bill_no", word)
    elif mobile := _MOBILE.fullmatch(word):
        yield Entry("phone", mobile.group(1))
    for value in dict.fromkeys((word, word.upper())):
        yield Entry("order_no", value)
    if _QQ.fullmatch(word):
        yield Entry("qq", word)
    if 16 <= len(word) <= 32:
        yield Entry("trade_no", word)
