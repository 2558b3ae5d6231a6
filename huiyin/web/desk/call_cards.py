"""Who calls, before anybody answers: number, what they pressed in the menu, orders, open matters, the code word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.orders.models import Order
from huiyin.domain.routing.models import Offer
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.hotline.queries import live
from huiyin.domain.voice.menu import PERSON
from huiyin.domain.voice.models import Call, Command, Line
from huiyin.lib.phones import mask_name
from huiyin.web.desk.lines import masked
from huiyin.web.ui.words_desk import MEMBERS, SITUATIONS, STATES, case_title, word
from huiyin.web.ui.words_desk_live import queue_name
from huiyin.web.ui.words_menu import node_title
from huiyin.web.ui.words_trust import word_of_today

MOST = 3  # of orders and of matters: the rest is on the page of the call


@dataclass(frozen=True, slots=True)
class About:
    """What the card of a call says. Nothing here is proven: a caller's number is a claim."""

    no: str
    who: str
    number: str
    line: str
    pressed: list[tuple[str, str]]
    orders: list[str]
    cases: list[str]
    code_word: str


def may_read(call: Call, person: Person) -> bool:
    """Whoever has the call or is asked to take it, and whoever leads."""
    if person.leads or call.agent_id == person.pk:
        return True
    if Command.objects.filter(call=call, verb="transfer", params__to=f"agent:{person.agent_no}").exists():
        return True  # a colleague asks them first
    return Offer.objects.filter(item__matter=call.talk_id, agent=person, state="pending").exists()


def about(call: Call, now: datetime) -> About:
    """The card of this call."""
    return About(
        no=call.matter.no, who=caller_name(call), number=masked("phone", call.caller) if call.caller else "",
        line=line_name(call.line), pressed=pressed(call), orders=_orders(call), cases=_cases(call),
        code_word=word_of_today(call.talk.no, now),
    )  # fmt: skip


def call_of(talk: Conversation, now: datetime) -> About | None:
    """The card of the newest call in a conversation, also where it went on in writing; None where there was none."""
    call = Call.objects.filter(talk=talk.matter_id).select_related("matter", "talk", "buyer").order_by("-pk").first()
    return about(call, now) if call else None


def caller_name(call: Call) -> str:
    """As we know them; else how they came."""
    if call.buyer and call.buyer.name:
        return f"{mask_name(call.buyer.name)} · {word(MEMBERS, call.buyer.tier)}"
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


def _orders(call: Call) -> list[str]:
    theirs = Q(buyer=call.buyer, buyer__isnull=False) | (Q(order_no=call.order_no) if call.order_no else Q(pk=None))
    found = Order.objects.filter(theirs).order_by("-looked_at")[:MOST]
    return [f"{one.title or one.order_no} · {word(SITUATIONS, one.situation)}" for one in found]


def _cases(call: Call) -> list[str]:
    if call.buyer is None:
        return []
    found = Case.objects.filter(buyer=call.buyer).exclude(state="closed").select_related("matter", "order")
    return [f"{case_title(one)} · {word(STATES, one.state)}" for one in found.order_by("-filed_at")[:MOST]]
