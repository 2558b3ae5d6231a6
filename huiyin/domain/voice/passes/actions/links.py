"""A link by SMS that takes pictures while people talk (HL15): half an hour, one sending of up to six files."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from huiyin.domain.conversations.models import Conversation
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.notices import actions as notices
from huiyin.domain.notices.actions import Owed
from huiyin.domain.voice.models import Call
from huiyin.domain.voice.passes.events import UploadLinkSent, UploadLinkUsed
from huiyin.domain.voice.passes.models import UploadLink
from huiyin.lib import phones
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits

LIVES: Final = timedelta(minutes=30)
MOST_FILES: Final = 6
SENT, SENT_S = 5, 3600  # links in one conversation


@verb
def send_upload_link(talk: Conversation, *, by: str, now: datetime) -> UploadLink:
    """Send the buyer of a conversation a link, to the number they call from, else to the one we know. An earlier link
    is void. Raises Refusal `no_mobile_number`, `too_often`."""
    matter = journal.lock_one(talk.matter_id)
    to = mobile_of(talk)
    if not to:
        raise Refusal("no_mobile_number")
    limits.take(f"upload-link:{matter.pk}", SENT, SENT_S, now)
    UploadLink.objects.filter(matter=matter, used_at=None, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(16)
    link = UploadLink.objects.create(
        matter=matter, digest=digest_of(token), sent_by=by, made_at=now, expires_at=now + LIVES
    )
    params = {"minutes": int(LIVES.total_seconds() // 60)}
    owed = Owed("upload_link", f"upload_link:{link.pk}", params, secret=token, language=talk.language)
    notices.owe(owed, {"phone": to}, now=now, matter=matter)
    journal.record(matter, UploadLinkSent(link=link.pk), by=by, now=now, tell=(f"talk:{matter.no}",))
    return link


def mobile_of(talk: Conversation) -> str:
    """The mobile number a text message reaches the buyer at; empty when we know none."""
    calling = Call.objects.filter(talk=talk.matter_id).exclude(caller="").order_by("-started_at")
    known = talk.buyer.identities.filter(kind="phone").values_list("value", flat=True) if talk.buyer else []
    numbers = [*calling.values_list("caller", flat=True)[:1], *known]
    return next((number for number in numbers if phones.is_mobile(number)), "")


def find_link(token: str, *, now: datetime) -> UploadLink | None:
    """The link that this token opens, if it still does."""
    if not 20 <= len(token) <= 30:
        return None
    open_ = UploadLink.objects.filter(digest=digest_of(token), used_at=None, expires_at__gt=now)
    return open_.select_related("matter").first()


@verb
def use_link(link: UploadLink, files: int, *, now: datetime) -> None:
    """These came through it; it opens nothing any more. Raises Refusal `upload_link_over` when somebody was quicker."""
    matter = journal.lock_one(link.matter_id)
    if not UploadLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now, files=files):
        raise Refusal("upload_link_over")
    journal.record(matter, UploadLinkUsed(link=link.pk, files=files), by="buyer", now=now, tell=(f"talk:{matter.no}",))


def digest_of(token: str) -> str:
    """What of a token stands in the table."""
    return hashlib.sha256(settings.SECRET_KEY.encode() + b"\0upload\0" + token.encode("utf-8", "replace")).hexdigest()
