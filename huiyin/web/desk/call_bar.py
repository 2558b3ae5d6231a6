"""The call that somebody is in, on every page of the desk: how it stands, and what can be done to it now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.calls import WITH_PERSON, State
from huiyin.domain.voice.commands import Asker, Verb, why_not
from huiyin.domain.voice.keyed import Result, Secret
from huiyin.domain.voice.models import Call, Command
from huiyin.domain.voice.passes import actions as passes
from huiyin.lib.errors import Refusal
from huiyin.web.desk.call_cards import caller_name
from huiyin.web.desk.gate import me
from huiyin.web.desk.talk_picture import over
from huiyin.web.ui import words_calls
from huiyin.web.ui.words_caller import KEYPAD
from huiyin.web.ui.words_desk import refusal_at_desk, word

FRESH = timedelta(seconds=8)  # so long the answer to a command is shown
KEYS = {"hold": "o", "unhold": "o", "mute": "i", "unmute": "i", "hang_up": ""}
TONES = {"hang_up": "hang-up", "complete": "btn-primary", "unhold": "btn-primary"}


@dataclass(frozen=True, slots=True)
class Deed:
    """A button. `why`: why it is not possible now."""

    verb: str
    name: str
    why: str = ""
    is_on: bool = False

    @property
    def key(self) -> str:
        return KEYS.get(self.verb, "")

    @property
    def tone(self) -> str:
        return TONES.get(self.verb, "")


@dataclass(frozen=True, slots=True)
class Said:
    """What came of something that was keyed."""

    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class CallNow:
    """A call as bar and list show it."""

    no: str
    talk: str
    who: str
    state: str
    tone: str
    since: datetime | None
    muted: bool
    deeds: list[Deed]
    may_press: bool
    may_transfer: bool
    secrets: list[tuple[str, str]]  # what the buyer may be asked to key: code, words
    checked: "Said | None" = None


def bar(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """The values of the bar: the call this person is in, or that rings at their phone again."""
    person = me(request)
    call = my_call(person)
    shown: dict[str, Any] = {"call": None, "now": at, "keypad": KEYPAD}
    if call is None:
        return shown
    talk = Conversation.objects.filter(matter=call.talk_id).first()
    choices = over(talk, person, at) if talk else {"queues": [], "agents": []}
    return shown | {"call": call_now(call, person), "over": choices} | last_word(person, at)


def last_word(person: Person, at: datetime) -> dict[str, Any]:
    """What became of the last command of this person, while it is fresh. From the row, so that a page that fetches
    itself again meanwhile says it, too."""
    newest = Command.objects.filter(person=person, asked_at__gte=at - FRESH).select_related("call").order_by("-pk")
    last = newest.first()
    if last is None or (last.verb == Verb.SECRET and last.state == "done" and last.call.state != State.KEYING):
        return {}  # what came of a secret stands there by itself
    if last.state == "refused":
        return {"says": refusal_at_desk(Refusal(last.reason)), "is_bad": True}
    said = word(words_calls.DONE, last.verb) if last.state == "done" else gettext(words_calls.UNDER_WAY)
    return {"says": said, "is_bad": False}


def my_call(person: Person) -> Call | None:
    """The call somebody is in."""
    states = [*(state.value for state in WITH_PERSON), State.DIALLING.value]
    mine = Call.objects.filter(agent=person, state__in=states)
    return mine.select_related("matter", "talk", "buyer").order_by("-talking_at", "-pk").first()


def call_now(call: Call, person: Person) -> CallNow:
    """What the bar shows of it, for whoever has it."""
    state, who = State(call.state), Asker(has_call=call.agent_id == person.pk, leads=person.leads)
    asked = Command.objects.filter(call=call, verb=Verb.TRANSFER, state="done").order_by("-pk").first()
    is_warm = bool(asked and asked.params.get("warm") and not _was_ended(asked))
    verbs = [Verb.UNHOLD if state is State.HELD else Verb.HOLD, Verb.UNMUTE if call.muted else Verb.MUTE]
    verbs = [Verb.COMPLETE, Verb.CANCEL] if is_warm else [Verb.CANCEL] if state is State.KEYING else verbs
    return CallNow(
        call.matter.no, call.talk.no, caller_name(call), word(words_calls.STATES, call.state),
        words_calls.TONES.get(call.state, "grey"), call.talking_at or call.started_at, call.muted,
        [deed(one, state, who) for one in (*verbs, Verb.HANG_UP)], why_not(Verb.KEYPAD, state, who) is None,
        not is_warm and why_not(Verb.TRANSFER, state, who) is None,
        [] if is_warm or why_not(Verb.SECRET, state, who) is not None else _secrets(call), _checked(call),
    )  # fmt: skip


def _secrets(call: Call) -> list[tuple[str, str]]:
    """A PIN belongs to a case."""
    kinds = [Secret.PAYMENT, *([Secret.PIN] if passes.case_no_of(call) else [])]
    return [(kind.value, word(words_calls.SECRETS, kind.value)) for kind in kinds]


def _checked(call: Call) -> Said | None:
    """What came of the last secret that was keyed in this call."""
    last = passes.newest_check(call)
    if last is None or last.ended_at is None:
        return None
    if last.why:
        return Said(word(words_calls.NOT_CHECKED, last.why), "amber")
    return Said(word(words_calls.CHECKED, last.result), "green" if last.result == Result.MATCHES else "red")


def _was_ended(transfer: Command) -> bool:
    """A colleague who could not be put through to yet is asked all the same."""
    later = Command.objects.filter(call=transfer.call_id, pk__gt=transfer.pk).exclude(answered_at=None)
    is_through = Q(verb=Verb.COMPLETE) & (Q(state="done") | Q(reason="nobody_asked"))
    return later.filter(is_through | Q(verb=Verb.CANCEL)).exists()


def deed(verb: Verb, state: State, who: Asker, *, is_on: bool = False) -> Deed:
    """A button for this person, or why it is none now."""
    no = why_not(verb, state, who)
    return Deed(verb.value, word(words_calls.VERBS, verb.value), refusal_at_desk(no) if no else "", is_on)
