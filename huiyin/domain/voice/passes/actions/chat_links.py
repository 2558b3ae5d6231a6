"""A link by SMS with which a waiting caller goes on in a chat (HL16): half an hour, one browser.

The number of a caller may be forged, so a number gets few of them a day and all numbers together not many.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.notices import actions as notices
from huiyin.domain.notices.actions import Owed
from huiyin.domain.voice.actions.locking import lock, topics
from huiyin.domain.voice.actions.moving import change_to_chat
from huiyin.domain.voice.calls import IN_QUEUE, Verb
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes.actions.links import digest_of
from huiyin.domain.voice.passes.events import ChatLinkSent, ChatLinkUsed
from huiyin.domain.voice.passes.models import ChatLink
from huiyin.lib import phones
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits

LIVES: Final = timedelta(minutes=30)
OF_CALL, OF_NUMBER, OF_ALL, HOUR_S, DAY_S = 3, 5, 300, 3_600, 86_400


def can_be_texted(call: Call) -> bool:
    """Whether a text message reaches whoever calls here."""
    return bool(settings.SMS_URL) and phones.is_mobile(call.caller)


@verb
def send_chat_link(call: Call, *, now: datetime) -> ChatLink:
    """Send a waiting caller a link to the chat; the one before is void, the call goes on waiting. Raises Refusal
    `call_not_now`, `no_mobile_number`, `too_often`."""
    ours = lock(call)
    if ours.state not in IN_QUEUE:
        raise Refusal("call_not_now", state=ours.state, verb=Verb.CHANGE.value)
    if not can_be_texted(ours):
        raise Refusal("no_mobile_number")
    _limit(ours, now)
    ChatLink.objects.filter(call=ours, used_at=None, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(16)
    link = ChatLink.objects.create(call=ours, digest=digest_of(token), made_at=now, expires_at=now + LIVES)
    params = {"minutes": int(LIVES.total_seconds() // 60)}
    owed = Owed("chat_link", f"chat_link:{link.pk}", params, secret=token, language=ours.language)
    notices.owe(owed, {"phone": ours.caller}, now=now, matter=ours.matter)
    journal.record(ours.matter, ChatLinkSent(link=link.pk), by="buyer", now=now, tell=topics(ours))
    return link


def _limit(call: Call, now: datetime) -> None:
    limits.take(f"chat-link:{call.pk}", OF_CALL, HOUR_S, now)
    limits.take(f"chat-link:number:{call.caller}", OF_NUMBER, DAY_S, now)
    limits.take("chat-link", OF_ALL, HOUR_S, now)


def find_chat_link(token: str, *, now: datetime) -> ChatLink | None:
    """The link that this token opens, if it still does."""
    if not 20 <= len(token) <= 30:
        return None
    open_ = ChatLink.objects.filter(digest=digest_of(token), used_at=None, expires_at__gt=now)
    return open_.select_related("call__matter", "call__talk").first()


def was_used(link_pk: int, token: str) -> bool:
    """Whether this link has been used and is the one that this token opened."""
    return ChatLink.objects.filter(pk=link_pk, digest=digest_of(token), used_at__isnull=False).exists()


@verb
def use_chat_link(link: ChatLink, *, now: datetime) -> Conversation:
    """Its caller waits on in the chat; it opens nothing any more. A refusal leaves it as it was. Raises Refusal
    `chat_link_over` when it was used already, and as `change_to_chat`."""
    ours = lock(link.call)
    if not ChatLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise Refusal("chat_link_over")
    _, talk = change_to_chat(ours, now=now)
    journal.record(ours.matter, ChatLinkUsed(link=link.pk), by="buyer", now=now, tell=topics(ours))
    return talk
