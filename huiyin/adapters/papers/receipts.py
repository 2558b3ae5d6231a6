"""The receipt of a complaint (提交凭证): the number, what was promised, and the head of the chain at filing.

Its QR code opens the matter without anything to remember, so a receipt is a key: it is the buyer's, it is never kept on
our disk, and it is not part of a dossier, which goes to others.
"""

from dataclasses import dataclass
from datetime import datetime

import segno
from django.conf import settings
from django.utils.translation import gettext, override

from huiyin.adapters.papers import words
from huiyin.adapters.papers.render import Paper
from huiyin.adapters.papers.text import paragraphs
from huiyin.domain.cases.letter import Wish
from huiyin.domain.promises.words import promise_what, reason_words


@dataclass(frozen=True, slots=True)
class Owed:
    """One promise told at filing."""

    kind: str
    due: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says. `link` carries its token after `#`; `pin` is for people without the paper at hand;
    `head` is the hash of the fact the filing ended with."""

    case_no: str
    filed_at: datetime
    link: str
    pin: str
    head: str
    promises: tuple[Owed, ...] = ()
    wishes: tuple[Wish, ...] = ()
    account: str = ""
    order_no: str = ""


def receipt_paper(receipt: Receipt, language: str = "zh-hans") -> Paper:
    """The receipt in `zh-hans` or `en`."""
    with override(language):
        title = gettext("Receipt of your complaint")
        sub = gettext("%(shop)s received this on %(at)s.") % {
            "shop": settings.SHOP_NAME, "at": words.time_of(receipt.filed_at),
        }  # fmt: skip
        blocks = [
            {"kind": "title", "text": title, "sub": sub}, _number(receipt), *_promises(receipt), *_said(receipt),
            {"kind": "part", "no": "", "text": gettext("What you can always do")},
            {"kind": "para", "lines": _always(), "muted": False},
            _hash(receipt.head),
        ]  # fmt: skip
        foot = gettext("Keep this to yourself: who has it can open the matter.")
        content = words.frame(title, receipt.case_no, foot=foot)
        return Paper({**content, "blocks": blocks}, receipt.filed_at, is_secret=True)


def qr(text: str) -> str:
    """A QR code as SVG."""
    drawn: str = segno.make(text, error="m").svg_inline(border=0, dark="#1d2529")
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _number(receipt: Receipt) -> dict[str, object]:
    rows = [[gettext("Password"), words.grouped(receipt.pin)]]
    if receipt.order_no:
        rows.append([gettext("Order"), receipt.order_no])
    return {
        "kind": "number", "label": gettext("Matter number"), "no": words.grouped(receipt.case_no), "rows": rows,
        "svg": qr(receipt.link), "caption": gettext("Scan to see how it stands"),
    }  # fmt: skip


def _promises(receipt: Receipt) -> list[dict[str, object]]:
    rows = [
        {"due": words.time_of(one.due), "what": promise_what(one.kind), "why": reason_words(one.reason)}
        for one in sorted(receipt.promises, key=lambda one: one.due)
    ]
    if not rows:
        return []
    late = gettext("If we are late, it moves up to a supervisor by itself.")
    return [
        {"kind": "part", "no": "", "text": gettext("What we promise")}, {"kind": "promises", "rows": rows},
        {"kind": "para", "lines": [late], "muted": True},
    ]  # fmt: skip


def _said(receipt: Receipt) -> list[dict[str, object]]:
    blocks: list[dict[str, object]] = []
    if receipt.account.strip():
        blocks += [
            {"kind": "part", "no": "", "text": gettext("What you told us")},
            {"kind": "quote", "lines": paragraphs(receipt.account)},
        ]
    if receipt.wishes:
        rows = [
            {"no": str(one.no), "head": words.wish_head(one), "lines": words.wish_lines(one), "mark": "", "state": ""}
            for one in receipt.wishes
        ]
        blocks += [
            {"kind": "part", "no": "", "text": gettext("What you want")}, {"kind": "wishes", "rows": rows},
        ]  # fmt: skip
    return blocks


def _always() -> list[str]:
    place = {"url": f"{settings.PUBLIC_URL}/track"}
    lines = [
        gettext("See how it stands, add something, ask for a supervisor: %(url)s") % place,
        gettext("You can turn to 12315 at any time. Give this number, and you need not tell it twice."),
    ]
    if settings.HOTLINE:
        lines.append(gettext("Our phone number: %(number)s") % {"number": settings.HOTLINE})
    return lines


def _hash(head: str) -> dict[str, object]:
    label = gettext("The record begins like this. With it you can check later that nothing of it was changed:")
    return {"kind": "hash", "label": label, "value": head}
