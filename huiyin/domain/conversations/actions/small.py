"""Canned replies, and contacts that came another way and are logged by pasting (CH10)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.conversations.actions.writing import Draft, append, readable
from huiyin.domain.conversations.events import ConversationEnded, ConversationStarted
from huiyin.domain.conversations.models import Canned, Conversation
from huiyin.domain.conversations.talk import Disposition, Outcome, Proof, State
from huiyin.domain.conversations.tokens import digest_of, token_for
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.actions import verb
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal

OUTSIDE_CHANNELS = ("qq", "wechat", "phone", "sms", "mail", "weibo", "douyin", "other")
_SLUG = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True, slots=True)
class Pasted:
    """A contact that did not come through us: who, where, what was said, when. `answered`: it is settled already."""

    channel: str
    text: str
    at: datetime
    identities: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    answered: bool = True


@verb
def log_pasted(pasted: Pasted, person: Person, *, now: datetime) -> Conversation:
    """CH10: log it in one go. Answered ones end there with their fate; others stay with `person` as a conversation
    that still needs its wrap-up. Raises Refusal `nothing_written`, `too_long`, `channel_unknown`, `time_is_ahead`."""
    if pasted.channel not in OUTSIDE_CHANNELS:
        raise Refusal("channel_unknown")
    if pasted.at > now:
        raise Refusal("time_is_ahead")
    text = readable(pasted.text)
    buyer = contacts.know(dict(pasted.identities), now=now, name=pasted.name)
    matter = journal.lock_one(journal.open_matter("talk", now).pk)
    contact = contacts.note(pasted.channel, "pasted", now=pasted.at, buyer=buyer, matter=matter)
    contacts.settle(contact, Fate.ANSWERED, now=now, matter=matter)
    ends = {
        "state": State.ENDED.value, "outcome": Outcome.ANSWERED.value, "disposition": Disposition.INFORMED.value,
        "ended_at": now, "ended_by": person.by, "wrapped_at": now,
    } if pasted.answered else {"state": State.WRAP_UP.value}  # fmt: skip
    conversation = Conversation.objects.create(
        matter=matter, channel=pasted.channel, buyer=buyer, contact=contact, proof=Proof.NONE.value, name=pasted.name,
        token_digest=digest_of(token_for(matter.no)), agent=person, started_at=pasted.at, answered_at=now,
        last_at=pasted.at, last_seq=1, buyer_read=1, agent_read=1, **ends,
    )  # fmt: skip
    started = ConversationStarted(channel=pasted.channel, proof=Proof.NONE.value, contact=contact.pk, queue="")
    journal.record(matter, started, by=person.by, now=now)
    append(matter, Draft(text, "buyer"), now=now)
    if pasted.answered:
        ended = ConversationEnded(outcome=Outcome.ANSWERED.value, disposition=Disposition.INFORMED.value)
        journal.record(matter, ended, by=person.by, now=now)
    return conversation


@transaction.atomic
def keep_canned(slug: str, title: str, text: str, *, language: str = "zh-hans", team: str = "") -> Canned:
    """Add a canned reply, or change the one of this slug, language and team. Raises Refusal `slug_invalid`,
    `nothing_written`, `too_long`."""
    if not _SLUG.fullmatch(slug):
        raise Refusal("slug_invalid")
    values = {"title": title.strip()[:80] or slug, "text": readable(text)}
    kept, _ = Canned.objects.update_or_create(slug=slug, language=language, team=team, defaults=values)
    return kept


def forget_canned(canned: Canned) -> None:
    """Remove a canned reply."""
    Canned.objects.filter(pk=canned.pk).delete()
