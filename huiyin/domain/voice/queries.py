"""Which calls there are, who is asked to take one, and what whoever takes it should know. Reads only."""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing.models import Offer
from huiyin.domain.routing.queries import Place, open_item, place
from huiyin.domain.routing.states import Kind, OfferState
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.calls import LIVE, State
from huiyin.domain.voice.menu import Menu as Rules
from huiyin.domain.voice.menu import MenuFault
from huiyin.domain.voice.models import Call, Callback, Command, Line, Menu, Recording, Ticket
from huiyin.domain.voice.shipped_menu import shipped_menu
from huiyin.lib.postgresql import often

log = logging.getLogger("huiyin.voice")
_WITH = ("matter", "talk", "agent", "buyer", "contact", "case", "ticket")
_BY_CHANNEL = often.Read(lambda channel: Call.objects.filter(channel_id=channel).select_related(*_WITH))
_LIVE = often.Read(lambda: Call.objects.filter(state__in=LIVE).select_related(*_WITH).order_by("started_at"))
_OFFERS = often.Read(
    lambda: Offer.objects.filter(state=OfferState.PENDING, item__kind=Kind.CALL)
    .select_related("item", "agent").order_by("made_at", "pk")
)  # fmt: skip
_CALL_OF = often.Read(
    lambda matters: Call.objects.filter(talk__pk__among=matters, state__in=LIVE).select_related(*_WITH).order_by("pk")
)  # fmt: skip
_COMMANDS = often.Read(
    lambda: Command.objects.filter(state__in=["asked", "claimed"])
    .select_related("person", *(f"call__{one}" for one in ("matter", "talk", "agent"))).order_by("asked_at", "pk")
)  # fmt: skip


_TICKETS = often.Read(lambda: Ticket.objects.filter(ended_at=None).order_by("pk"))


def live_calls() -> list[Call]:
    """All calls that are under way, the oldest first. Served by the index `call_live`."""
    return _LIVE()


def call_by_channel(channel_id: str) -> Call | None:
    """The call of this channel of the media server."""
    return _BY_CHANNEL.first(channel_id)


def call_by_no(no: str, among: Q | None = None) -> Call | None:
    """The call with this number, if it is one of those."""
    return Call.objects.filter(among or Q(), matter__no=no).select_related(*_WITH).first()


def calls_on(matter: Matter) -> list[Call]:
    """Calls of a matter: its own, those made because of it, those of its case; the oldest first."""
    of_it = Q(matter=matter) | Q(talk=matter) | Q(case=matter) | Q(talk__conversation__case=matter)
    return list(Call.objects.filter(of_it).select_related(*_WITH).order_by("started_at").distinct())


def calls_page(state: str, after: tuple[datetime, int] | None, most: int, among: Q | None = None) -> list[Call]:
    """Calls of those `among` in a state (`live`: all under way; empty: all), newest first, from a place on. Served by
    the indexes `call_by_time` and `call_live`."""
    rows = Call.objects.select_related(*_WITH).filter(among or Q())
    if state:
        rows = rows.filter(state__in=LIVE if state == "live" else [state])
    if after is not None:
        rows = rows.filter(Q(started_at__lt=after[0]) | Q(started_at=after[0], pk__lt=after[1]))
    return list(rows.order_by("-started_at", "-pk")[:most])


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody is asked to take a call: their device is to ring until `expires_at`."""

    offer_id: int
    call: Call
    person: Person
    expires_at: datetime


def pending_offers() -> list[Asked]:
    """Who is asked to take which call right now, the oldest first. Served by `offer_expires`."""
    offers = _OFFERS()
    if not offers:
        return []
    calls = {call.talk_id: call for call in _CALL_OF([one.item.matter_id for one in offers])}
    known = ((one, calls.get(one.item.matter_id)) for one in offers)
    return [Asked(one.pk, call, one.agent, one.expires_at) for one, call in known if call is not None]


def open_commands() -> list[Command]:
    """What people want done to calls and has no answer yet, the oldest first. Served by `command_open`."""
    return _COMMANDS()


def open_tickets(now: datetime) -> list[Ticket]:
    """Visitors' endpoints that have to exist: not expired yet, or in a call. Served by `ticket_open`."""
    known = _TICKETS()
    late = [one.pk for one in known if one.expires_at <= now]
    in_use = {call.ticket_id for call in live_calls()} if late else set()
    return [one for one in known if one.expires_at > now or one.pk in in_use]


def open_recordings() -> list[Recording]:
    """Recordings that nobody has closed. Served by `recording_open`."""
    return list(Recording.objects.filter(state="open").select_related("call__matter", "call__talk").order_by("pk"))


def open_callback(matter: Matter) -> Callback | None:
    """Whom we owe a call on this matter."""
    return Callback.objects.filter(talk=matter, state="open").first()


def call_about(number: str, now: datetime) -> Call | None:
    """HL1: the call that we are making to this number right now, if we are."""
    return Call.objects.filter(direction="out", dialled=number, state__in=LIVE).select_related("agent").first()


def place_of(call: Call, now: datetime) -> Place | None:
    """Where a caller stands and how long it may take; None once they wait no more."""
    item = open_item(call.talk)
    return place(item, now) if item is not None and call.state in {State.WAITING, State.RINGING} else None


def waits_in_chat(call: Call) -> bool:
    """Whether whoever called went on in a chat (HL16), also once the call is over."""
    if call.state not in {State.CHANGED, State.ENDED}:
        return False
    return Conversation.objects.filter(matter=call.talk_id, channel="chat").exists()


def active_menu() -> Rules:
    """The menu that counts. One that an older edition of this program let through, and this one finds a fault in, is
    not heard: the shipped one is, and the console says so."""
    pk = Menu.objects.filter(is_active=True).values_list("pk", flat=True).first()
    try:
        return _rules(pk) if pk else shipped_menu()
    except MenuFault:
        log.exception("version %s of the menu cannot be heard", pk)
        return shipped_menu()


def can_be_heard(pk: int) -> bool:
    """Whether this edition of the program finds no fault in a version of the menu."""
    try:
        _rules(pk)
    except MenuFault:
        return False
    return True


@lru_cache(maxsize=4)
def _rules(pk: int) -> Rules:
    """A version never changes, and reading it takes a while."""
    return Rules.parse(Menu.objects.values_list("table", flat=True).get(pk=pk))


def lines(*, public: bool = False) -> list[Line]:
    """The lines, by number; only those that everybody may know if `public`."""
    rows = Line.objects.order_by("pk")
    return list(rows.filter(is_public=True) if public else rows)


def queue_of(call: Call) -> str:
    """Where somebody waits who pressed nothing: the queue of the line they called."""
    return Line.objects.filter(number=call.line).values_list("queue", flat=True).first() or "general"


_ACCOUNTS = {
    "voicemail": _("A message was left on the phone (%(line)s). What was pressed: %(keys)s"),
    "": _("A call that nobody could take (%(line)s). What was pressed: %(keys)s"),
}


def account_of(matter_id: int, why: str) -> str:
    """What is known about a call that becomes a case without anybody having talked: it is heard in its recording."""
    call = Call.objects.filter(talk=matter_id).order_by("pk").first()
    if call is None:
        return ""
    keys = " ".join(f"{one['node']}:{one['key']}" for one in call.pressed) or "–"
    return gettext(_ACCOUNTS.get(why, _ACCOUNTS[""])) % {"line": call.line, "keys": keys}
