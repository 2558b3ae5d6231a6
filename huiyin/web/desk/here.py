"""What the presence switch in the header shows: what somebody is doing, how much they have, what they may choose."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from huiyin.domain.routing.models import Lease, Mode, Seat
from huiyin.domain.routing.queries import live_leases
from huiyin.domain.routing.states import ItemState, Kind, ModeName, Presence, presence_of
from huiyin.domain.staff.models import Person
from huiyin.web.desk.gate import device, me
from huiyin.web.ui.times import moment
from huiyin.web.ui.words_desk import word
from huiyin.web.ui.words_desk_live import BREAKS, MEANINGS, PRESENCES

TONES = {"available": "green", "busy": "amber", "break": "amber", "wrap_up": "amber", "offline": "grey"}
MOST_CHATS = 8  # what the switch offers; the API takes more


@dataclass(frozen=True, slots=True)
class Choice:
    state: str
    name: str
    means: str
    reasons: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Here:
    """`note`: what somebody should know about how they came to this state; `says`: why a choice was refused."""

    state: str
    reason: str
    name: str
    tone: str
    detail: str
    note: str
    room: int
    is_peak: bool
    stretches: bool
    says: str = ""

    @property
    def numbers(self) -> list[int]:
        """How many chats at once may be chosen."""
        return sorted({*range(1, MOST_CHATS + 1), self.room})

    @property
    def choices(self) -> list[Choice]:
        """What may be chosen."""
        reasons = [(code, word(BREAKS, code)) for code in BREAKS]
        return [
            Choice(one, word(PRESENCES, one), word(MEANINGS, one), reasons if one == "break" else [])
            for one in PRESENCES
        ]


def here(request: HttpRequest, now: datetime, says: str = "") -> Here:
    """What this person is doing now, over all their devices."""
    person = me(request)
    leases = list(live_leases(now).filter(person=person).order_by("-since"))
    state = presence_of(lease.state for lease in leases)
    loud = next((lease for lease in leases if lease.state == state), None)
    room, chats, stretches, mode = _places(person)
    return Here(
        state=state.value, reason=loud.reason if loud else "", name=word(PRESENCES, state.value),
        tone=TONES[state.value], detail=_detail(state, loud, chats, room), note=_note(request, leases, loud),
        room=room, is_peak=mode == ModeName.PEAK, stretches=stretches, says=says,
    )  # fmt: skip


def _places(person: Person) -> tuple[int, int, bool, str | None]:
    """How many chats this person takes at once, how many they have, whether they take one more at peak, and the mode:
    in one statement, because every page of the desk asks."""
    in_hand = Count("items", filter=Q(items__state=ItemState.TAKEN, items__kind=Kind.CHAT))
    mode = Subquery(Mode.objects.order_by("-since", "-pk").values("name")[:1])
    seat = Person.objects.filter(pk=person.pk).annotate(chats=in_hand, mode=mode)
    room, chats, stretches, name = seat.values_list("seat__chats", "chats", "seat__stretches", "mode").get()
    return room if room is not None else Seat().chats, chats, bool(stretches), name


def _detail(state: Presence, loud: Lease | None, chats: int, room: int) -> str:
    parts = []
    if loud is not None and state is Presence.BREAK:
        missed = gettext("an offer was not answered") if loud.reason == "no_answer" else ""
        parts.append(word(BREAKS, loud.reason) if loud.reason in BREAKS else missed)
    if loud is not None and loud.until is not None:
        parts.append(gettext("until %(clock)s") % {"clock": moment(loud.until)})
    if state is not Presence.OFFLINE or chats:
        said = ngettext("%(chats)s of %(room)s chat", "%(chats)s of %(room)s chats", room)
        parts.append(said % {"chats": chats, "room": room})
    return " · ".join(part for part in parts if part)


def _note(request: HttpRequest, leases: list[Lease], loud: Lease | None) -> str:
    if loud is None:
        return ""
    if loud.reason == "no_answer":
        since = moment(loud.since)
        return gettext("At %(clock)s you did not answer an offer, so you are on a break.") % {"clock": since}
    if loud.device != device(request):
        return gettext("This is what another device of yours says. Choosing here counts for this one.")
    return ""
