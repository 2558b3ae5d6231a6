"""Who calls, before anybody answers: number, what they pressed in the menu, orders and payments, open matters, earlier
contacts, the code word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from huiyin.domain.cases.callers import Card, card_of
from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Contact
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.orders.models import Order
from huiyin.domain.promises.promises import Tier
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.hotline.queries import live
from huiyin.domain.voice.menu import PERSON
from huiyin.domain.voice.models import Call, Line
from huiyin.lib.phones import mask_name
from huiyin.web.desk import facts
from huiyin.web.desk.lines import masked
from huiyin.web.ui.times import moment
from huiyin.web.ui.words_desk import ABOUTS, CHANNELS, MEMBERS, SITUATIONS, STATES, case_title, word
from huiyin.web.ui.words_desk_live import FATES, OUTSIDE, queue_name
from huiyin.web.ui.words_menu import node_title
from huiyin.web.ui.words_trust import word_of_today

LONGEST = 120  # letters of what the buyer wrote


@dataclass(frozen=True, slots=True)
class Known:
    """What we know about them. `orders`: each with its payments; `wrote`: of the matter that the call brought, with
    addresses of `pictures`."""

    orders: list[tuple[str, list[facts.Row]]]
    cases: list[str]
    past: list[str]
    wrote: str
    pictures: list[str]


@dataclass(frozen=True, slots=True)
class About:
    """What the card of a call says. Nothing here is proven: a caller's number is a claim."""

    no: str
    who: str
    tier: str
    number: str
    line: str
    pressed: list[tuple[str, str]]
    code_word: str
    known: Known | None = None


def about(call: Call, person: Person, now: datetime) -> About:
    """The card of this call, for somebody who may know."""
    return _about(call, now, _known(card_of(call, person)))


def call_of(talk: Conversation, now: datetime) -> About | None:
    """The newest call in a conversation, also where it went on in writing, without what the page says beside it; None
    where there was none."""
    call = Call.objects.filter(talk=talk.matter_id).select_related("matter", "talk", "buyer").order_by("-pk").first()
    return _about(call, now) if call else None


def _about(call: Call, now: datetime, known: Known | None = None) -> About:
    return About(
        no=call.matter.no, who=_name(call), tier=word(MEMBERS, call.tier),
        number=masked("phone", call.caller) if call.caller else "", line=line_name(call.line), pressed=pressed(call),
        code_word=word_of_today(call.talk.no, now), known=known,
    )  # fmt: skip


def caller_name(call: Call) -> str:
    """As we know them, with their tier; else how they came."""
    return f"{_name(call)} · {word(MEMBERS, call.buyer.tier)}" if call.buyer and call.buyer.name else _name(call)


def _name(call: Call) -> str:
    if call.buyer and call.buyer.name:
        return mask_name(call.buyer.name)
    if call.buyer and call.buyer.tier != Tier.ORDINARY:
        return gettext("A member whose name we do not know")
    return gettext("A visitor of our pages") if call.via == "web" else gettext("Somebody we do not know yet")


def line_name(number: str) -> str:
    """What a line is called."""
    line = Line.objects.filter(number=number).first()
    return queue_name(line.title, line.title_en) if line else number


def pressed(call: Call) -> list[tuple[str, str]]:
    """The keys in order; what each was for, as far as the menu that counts now still has it."""
    table = live().table if call.pressed else {"nodes": {}}
    return [(str(one.get("key", ""))[:12], _meaning(table, one)) for one in call.pressed[-8:]]


def _meaning(table: Mapping[str, Any], one: Mapping[str, str]) -> str:
    name, key = one.get("node", ""), one.get("key", "")
    node = table["nodes"].get(name, {})
    if key == PERSON:
        return gettext("a person")
    if node.get("kind") != "choice":
        return node_title(table, name) if node else ""
    return node_title(table, node["keys"][key]) if key in node["keys"] else ""


def _known(card: Card) -> Known:
    return Known(
        orders=[(_order(one), facts.paid(one)) for one in card.orders], cases=[_case(one) for one in card.cases],
        past=[_contact(one) for one in card.past], wrote=_wrote(card.about), pictures=_pictures(card),
    )  # fmt: skip


def _order(order: Order) -> str:
    return f"{order.title or order.order_no} · {word(SITUATIONS, order.situation)}"


def _case(case: Case) -> str:
    return f"{case_title(case)} · {word(STATES, case.state)}"


def _contact(contact: Contact) -> str:
    where = word({**CHANNELS, **OUTSIDE}, contact.channel)
    parts = (moment(contact.at), where, word(ABOUTS, contact.about), word(FATES, contact.fate or "none"))
    return " · ".join(parts)


def _wrote(about: Case | None) -> str:
    words = " ".join(about.what_happened.split()) if about else ""
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _pictures(card: Card) -> list[str]:
    no = card.about.matter.no if card.about else ""
    return [reverse("desk:evidence", args=[no, one.no]) for one in card.pictures]
