"""An offer as the dialog shows it: who, why this person, how long they have waited, and until when to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.models import Conversation, Message
from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind as Owed
from huiyin.domain.promises.promises import State
from huiyin.domain.routing.models import Item, Offer
from huiyin.domain.routing.states import Kind
from huiyin.domain.voice.calls import LIVE
from huiyin.domain.voice.models import Call
from huiyin.lib.phones import mask_name
from huiyin.web.desk.call_cards import About
from huiyin.web.desk.call_cards import about as call_about
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_desk import CATEGORIES, MEMBERS, word
from huiyin.web.ui.words_desk_live import KINDS, URGENTS, offer_gone, queue_name, span, why_you

FIRST_WORDS = 160


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """An offer that is over. `go`: where it is worked on, when this person has it."""

    pk: int
    state: str
    fate: str
    then: str
    go: str
    title: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An offer that waits for an answer. `clock` runs until it goes to somebody else, `promise` until the buyer has
    waited longer than we promised."""

    pk: int
    title: str
    body: str
    chips: list[Chip]
    words: str
    clock: Ring
    promise: Ring
    owed: str
    waited: str
    why: str
    state: str = "pending"
    call: About | None = None


def cards(offers: Sequence[Offer], now: datetime) -> list[Card | Gone]:
    """The cards of these offers, the oldest first."""
    about = _about([one.item for one in offers if one.state == "pending"])
    return [_card(one, about, now) if one.state == "pending" else _gone(one) for one in offers]


@dataclass(frozen=True, slots=True)
class _About:
    talks: dict[int, Conversation]
    words: dict[int, str]
    cases: dict[int, Case]
    calls: dict[int, Call]
    answers: dict[int, Promise]


def _about(items: Sequence[Item]) -> _About:
    """What stands behind the items, in five queries at most."""
    matters = [one.matter_id for one in items]
    if not matters:
        return _About({}, {}, {}, {}, {})
    talks = {one.matter_id: one for one in Conversation.objects.filter(matter__in=matters)}
    said = Message.objects.filter(matter__in=matters, author="buyer").order_by("matter", "seq").distinct("matter")
    cases = {one.matter_id: one for one in Case.objects.filter(matter__in=matters)}
    live = Call.objects.filter(talk__in=matters, state__in=LIVE).select_related("matter", "talk", "buyer")
    calls = {one.talk_id: one for one in live}
    owed = Promise.objects.filter(matter__in=matters, kind=Owed.FIRST_ANSWER, state__in=(State.RUNNING, State.BROKEN))
    answers = {one.matter_id: one for one in owed.order_by("pk")}
    return _About(talks, {one.matter_id: one.text for one in said}, cases, calls, answers)


def _card(offer: Offer, about: _About, now: datetime) -> Card:
    item = offer.item
    talk, case = about.talks.get(item.matter_id), about.cases.get(item.matter_id)
    call = about.calls.get(item.matter_id) if item.kind == "call" else None
    words = about.words.get(item.matter_id, "") or (case.what_happened if case else "")
    name = (talk.name if talk else "") or (item.buyer.name if item.buyer else "")
    who = mask_name(name) if name.strip() else gettext("A visitor")
    left, owed = gettext("Answer within the promised time"), about.answers.get(item.matter_id)
    since, due = (owed.started, owed.due) if owed else (item.arrived_at, item.due_at)
    return Card(
        pk=offer.pk, title=f"{word(KINDS, item.kind)} · {who}", body=words[:FIRST_WORDS],
        chips=_chips(item, talk, case), words=words[:FIRST_WORDS],
        clock=Ring(offer.made_at, offer.expires_at, State.RUNNING, gettext("Goes to somebody else"), now),
        promise=Ring(since, due, State.RUNNING, left, now),
        owed=gettext("First answer by %(by)s") % {"by": deadline(due, now)},
        waited=gettext("has waited %(time)s") % {"time": span((now - item.arrived_at).total_seconds())},
        why=why_you(offer.why), call=call_about(call, offer.agent, now) if call else None,
    )  # fmt: skip


def _chips(item: Item, talk: Conversation | None, case: Case | None) -> list[Chip]:
    chips = [Chip(queue_name(item.queue.title, item.queue.title_en)), Chip(word(MEMBERS, item.tier), "grey")]
    if item.urgent:
        reason = talk.urgent_reason if talk else ""
        chips.append(Chip(word(URGENTS, reason) if reason else gettext("Urgent"), "red"))
    if item.elderly:
        chips.append(Chip(gettext("Elderly: take your time"), "amber"))
    if item.came_from_id:
        chips.append(Chip(gettext("Handed over"), "amber"))
    return [*chips, Chip(word(CATEGORIES, case.category), "grey")] if case else chips


def place_of(item: Item) -> str:
    """Where what somebody took is worked on: a matter on its own page, also when it began as a conversation."""
    is_talk = item.matter.topic == "talk" and item.kind != Kind.CASE
    return reverse("desk:talk" if is_talk else "desk:matter", args=[item.matter.no])


def _gone(offer: Offer) -> Gone:
    fate, then = offer_gone(offer.state)
    return Gone(offer.pk, offer.state, fate, then, place_of(offer.item) if offer.state == "accepted" else "")
