"""Evidence in words: what it is, what must be legible in it, who brought it, and an example of what is missing."""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.adapters.papers.words import SOURCES, TYPES, WHATS, listed

POINTS = {
    "order_no": _("order number"),
    "goods": _("what was bought"),
    "time": _("date and time"),
    "amount": _("amount"),
    "bill_no": _("the long number on the bill"),
    "payee": _("who was paid"),
    "title": _("title of the page"),
    "claim": _("what the page promises"),
    "price": _("price"),
    "rule": _("the rule"),
    "period": _("from when to when it is valid"),
    "both_sides": _("what both sides wrote"),
    "agent": _("agent number or name"),
    "from_the_start": _("the call from its beginning"),
    "sender": _("sender"),
    "text": _("the whole text"),
    "account": _("account"),
    "message": _("the message word for word"),
    "both_charges": _("both charges side by side"),
    "binding": _("the phone or mail it is bound to"),
    "place": _("place or device"),
    "points": _("number of points"),
    "counterpart": _("account of the other side"),
    "result": _("the result"),
    "small_picture": _("The picture is small: the figures may not be legible"),
}
EXAMPLES = {
    "payment": _("for example a screenshot of this payment in the WeChat or Alipay bill"),
    "promotion": _("for example a screenshot of the promotion's page with its rule"),
    "chat": _("for example a screenshot of the chat with time and agent number"),
    "call": _("for example the recording, or the time of the call and the number you called from"),
    "mail": _("for example a screenshot of the mail with sender and time"),
    "balance": _("for example a screenshot of the balance in the game or app, with account and time"),
    "error": _("for example a screenshot of the message that appears when you redeem"),
    "bill": _("for example a screenshot of the bill with both charges"),
    "account": _("for example a screenshot of the account page with the phone it is bound to"),
    "login_trace": _("for example a screenshot of the sign-in records, or the message about a strange sign-in"),
    "points": _("for example a screenshot of the page with the points"),
    "fraud_trace": _("for example a screenshot of the chat with the other side and of the transfer"),
    "other": _("for example a screenshot of what you saw"),
}
BRINGS = (  # what a buyer may choose from when they add something; the rest only we and the shop can bring
    "payment", "error", "balance", "chat", "bill", "promotion", "call", "mail", "account", "login_trace", "points",
    "fraud_trace", "other",
)  # fmt: skip


NEXT_STEPS = {  # what the buyer may tick for the letter
    "": _("I say nothing about it"), "supervisor": _("I ask for a supervisor"), "12315": _("I turn to 12315"),
    "association": _("I turn to the consumers' association"), "heimao": _("I publish it on Heimao"),
    "court": _("I sue"),
}  # fmt: skip


def next_step_name(step: str) -> str:
    """Where the buyer turns when the deadline of the letter is missed, in their own words."""
    return gettext(NEXT_STEPS[step]) if step in NEXT_STEPS else step


def what_name(what: str) -> str:
    """What a piece of evidence shows: "The payment"."""
    return gettext(WHATS[what]) if what in WHATS else what


def type_name(type_: str) -> str:
    """transaction, communication or problem, in words."""
    return gettext(TYPES[type_]) if type_ in TYPES else type_


def source_name(source: str) -> str:
    """Who brought it, as papers and staff say it."""
    return gettext(SOURCES[source]) if source in SOURCES else source


def source_for_buyer(source: str) -> str:
    """Who brought it, said to the buyer."""
    said = {"system": _("held by us"), "buyer": _("from you")} | {one: SOURCES[one] for one in ("staff", "program")}
    return gettext(said[source]) if source in said else source


def point_name(point: str) -> str:
    """One thing that must be legible."""
    return gettext(POINTS[point]) if point in POINTS else point


def points_text(points: Iterable[str]) -> str:
    """What must be legible, listed: "account, amount, date and time"."""
    return listed(point_name(point) for point in points)


def example_of(what: str) -> str:
    """What it may look like; empty for what only we can bring."""
    return gettext(EXAMPLES[what]) if what in EXAMPLES else ""


def missing_text(what: str) -> str:
    """The one thing that is missing, with an example of it."""
    values = {"what": what_name(what), "example": example_of(what)}
    return gettext("One thing would help: %(what)s, %(example)s.") % values


def numbers_text(numbers: Iterable[int]) -> str:
    """1, 3, 5 or 1、3、5; 1–4 where none is left out."""
    all_of = sorted(numbers)
    if len(all_of) > 2 and all_of[-1] - all_of[0] == len(all_of) - 1:
        return f"{all_of[0]}–{all_of[-1]}"
    return listed(map(str, all_of))
