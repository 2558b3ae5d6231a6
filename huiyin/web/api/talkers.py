"""Who speaks in a conversation: the buyer with its token, a person who works here, or a program of the platform."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from huiyin.domain.conversations.actions import seen
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.conversations.presence import SEEN_EVERY
from huiyin.domain.conversations.queries import Entrance, find_by_no, find_by_token
from huiyin.domain.conversations.seeing import is_kept_out
from huiyin.domain.conversations.tokens import is_expired
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.events import Look
from huiyin.domain.staff.models import ApiKey, Person
from huiyin.lib import numbers
from huiyin.lib.clock import now
from huiyin.web.api.auth import LONGEST_TOKEN
from huiyin.web.api.persons import Anybody
from huiyin.web.api.problems import Problem

SCOPE, NOTES_SCOPE = "conversations", "notes"
_STAFF = Anybody()


@dataclass(frozen=True, slots=True)
class Talker:
    """Somebody in one conversation. `by` as facts name them; `person` where they work here."""

    conversation: Conversation
    by: str
    person: Person | None = None
    is_program: bool = False
    has_notes: bool = False

    @property
    def sees_notes(self) -> bool:
        """Notes among staff are for staff, and for programs whose key has a scope for it."""
        return self.person is not None or self.has_notes


def talker_in(request: HttpRequest, no: str) -> Talker:
    """Who calls about the conversation with this number. Raises Problem 401 without a token or with one that is
    expired or unknown, Http404 for somebody else's conversation."""
    token = bearer(request)
    if token and not token.startswith("hy_"):
        buyer = _buyer(token, numbers.normalise(no[:40]))
        if request.method == "GET":
            _note_seen(buyer.conversation)
        return buyer
    who = staff_or_program(request)
    conversation = find_by_no(numbers.normalise(no[:40]))
    if conversation is None or not may_see(who, conversation):
        raise Http404
    if not isinstance(who, Person) or conversation.agent_id != who.pk:  # reading along is recorded, as at the desk
        journal.note_access(conversation.matter_id, "talk", Look.VIEWED, by=who.by, now=now())
    if isinstance(who, Person):
        return Talker(conversation, who.by, who)
    return Talker(conversation, who.by, is_program=True, has_notes=NOTES_SCOPE in who.scopes)


def staff_or_program(request: HttpRequest) -> Person | ApiKey:
    """Raises Problem 401, 403 for a program whose key lacks the scope."""
    who = _STAFF(request)
    if isinstance(who, ApiKey) and SCOPE not in who.scopes:
        raise Problem(403, "scope_missing", scope=SCOPE)
    return who


def bearer(request: HttpRequest) -> str:
    """The bearer token of a request, or nothing."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip()[: LONGEST_TOKEN + 1] if kind.lower() == "bearer" else ""


def may_see(who: Person | ApiKey, conversation: Conversation | Entrance) -> bool:
    """One's own, what waits, and for those who lead all of them, but nothing that complains about oneself (CP21);
    programs of the platform read what they may open."""
    if isinstance(who, ApiKey):
        return True
    if not who.leads and conversation.agent_id not in {None, who.pk} and conversation.state != "queued":
        return False
    return not is_kept_out(who, conversation.pk)


def _note_seen(conversation: Conversation) -> None:
    """Whoever asks how it stands is there, also without a stream."""
    at = now()
    if conversation.buyer_seen_at is None or at - conversation.buyer_seen_at >= SEEN_EVERY:
        seen([conversation.pk], now=at)


def _buyer(token: str, no: str) -> Talker:
    found = find_by_token(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise Problem(401, "token_unknown")
    if found.matter.no != no:
        raise Http404
    if is_expired(found.ended_at, now()):
        raise Problem(401, "token_expired")
    return Talker(found, "buyer")
