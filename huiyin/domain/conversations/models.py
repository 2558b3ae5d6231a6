"""What is said, and the conversations it is said in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from huiyin.domain.contacts.models import Buyer, Contact
from huiyin.domain.conversations.talk import Outcome, Proof, State
from huiyin.domain.journal.models import Matter
from huiyin.domain.staff.models import Person

KINDS = ("text", "file", "system")
OPEN = (State.QUEUED.value, State.TALKING.value, State.WRAP_UP.value)


class Message(models.Model):
    """What somebody wrote or sent. The text lives here and can be erased; the fact keeps its salted hash.

    `seq` counts the messages of a matter from 1. It is given under the matter's lock, which its transaction holds until
    it commits: whoever has read up to some seq misses nothing below it, ever.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="messages")
    seq = models.IntegerField()
    client_id = models.CharField(max_length=64, default="", blank=True, db_default="")  # the sender's own name for it
    kind = models.CharField(max_length=8, default="text", db_default="text")
    author = models.CharField(max_length=64)  # buyer | staff:1024 | api:3 | system
    internal = models.BooleanField(default=False)  # a note among staff, or a supervisor's whisper
    text = models.TextField()
    salt = models.CharField(max_length=32)
    at = models.DateTimeField()
    # of a file: its bytes lie in the file store under this hash
    sha256 = models.CharField(max_length=64, default="", blank=True, db_default="")
    mime = models.CharField(max_length=40, default="", blank=True, db_default="")
    size = models.BigIntegerField(default=0, db_default=0)
    name = models.CharField(max_length=120, default="", blank=True, db_default="")
    evasions = ArrayField(models.CharField(max_length=24), default=list, db_default=[])  # AI6, counted

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(internal=False) | ~Q(author="buyer"), name="buyers_write_no_notes"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="message_kind"),
            # also serves what came after a place of a conversation
            models.UniqueConstraint(fields=["matter", "seq"], name="message_seq"),
            models.UniqueConstraint(
                fields=["matter", "client_id"], condition=~Q(client_id=""), name="message_once_per_client_id"
            ),
        ]
        indexes = [
            models.Index(fields=["matter", "at"], name="message_by_matter"),
            # serves the check of files nobody points at any more
            models.Index(fields=["sha256"], condition=~Q(sha256=""), name="message_file"),
        ]


class Conversation(models.Model):
    """Somebody talks with us, from the first word to the wrap-up. Its number is that of its matter."""

    # no column: where its matter's chain ended in the statement that read both (`queries.py`)
    read_at_head: int | None = None

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="conversation")
    channel = models.CharField(max_length=16)
    state = models.CharField(max_length=8, default=State.QUEUED.value)
    queue = models.CharField(max_length=24, default="general")  # where it waits or waited last
    buyer = models.ForeignKey(Buyer, null=True, on_delete=models.SET_NULL, related_name="conversations")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="conversations")
    visitor = models.CharField(max_length=64, default="", blank=True)  # the browser's own name for itself
    client_id = models.CharField(max_length=64, default="", blank=True)  # of the opening, so that it opens once
    proof = models.CharField(max_length=8, default=Proof.NONE.value)
    name = models.CharField(max_length=60, default="", blank=True)  # as they call themselves
    token_digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=8, default="zh-hans")
    elderly = models.BooleanField(default=False)  # MB2: they said so themselves
    urgent = models.BooleanField(default=False)
    urgent_reason = models.CharField(max_length=24, default="", blank=True)
    agent = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="conversations")
    case = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="talks")  # became or joined
    order_no = models.CharField(max_length=64, default="", blank=True)
    order_proven = models.BooleanField(default=False, db_default=False)  # sealed
    page = models.CharField(max_length=200, default="", blank=True)  # where they were when they asked
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)  # a person came
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, default="", blank=True)
    outcome = models.CharField(max_length=12, default="", blank=True)
    disposition = models.CharField(max_length=16, default="", blank=True)
    next_step = models.CharField(max_length=200, default="", blank=True)
    next_by = models.DateTimeField(null=True)
    wrapped_at = models.DateTimeField(null=True)
    last_seq = models.IntegerField(default=0)
    last_at = models.DateTimeField()  # of the last message that both sides see
    buyer_waits_since = models.DateTimeField(null=True)  # their first word that nobody has answered
    buyer_read = models.IntegerField(default=0)  # seq
    agent_read = models.IntegerField(default=0)  # seq
    buyer_seen_at = models.DateTimeField(null=True)  # their page was open then
    rating = models.SmallIntegerField(null=True)
    rating_words = models.CharField(max_length=1000, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="talk_state"),
            models.CheckConstraint(condition=Q(proof__in=[p.value for p in Proof]), name="talk_proof"),
            models.CheckConstraint(condition=Q(outcome="") | Q(outcome__in=[o.value for o in Outcome]),
                                   name="talk_outcome"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5), name="talk_rating"),
            models.CheckConstraint(condition=~Q(state="talking") | Q(agent__isnull=False), name="talks_with_somebody"),
            models.CheckConstraint(condition=~Q(state="ended") | ~Q(outcome=""), name="ended_talks_say_how"),
            models.UniqueConstraint(
                fields=["visitor", "client_id"], condition=~Q(client_id=""), name="talk_once_per_client_id"
            ),
        ]  # fmt: skip
        indexes = [
            # serves an agent's list of chats, and the list of all that is open
            models.Index(fields=["agent", "last_at"], condition=Q(state__in=OPEN), name="talk_open"),
            # serves the timeline of a buyer, and the open conversation of a browser
            models.Index(fields=["buyer", "-started_at"], name="talk_by_buyer"),
            models.Index(fields=["visitor", "-started_at"], condition=~Q(visitor=""), name="talk_by_visitor"),
            # serves the round that looks after those who have gone
            models.Index(fields=["buyer_seen_at"], condition=Q(state="queued"), name="talk_waiting_seen"),
        ]


class Canned(models.Model):
    """A reply kept ready (`/slug`), with places for {name} {order_no} {agent_no} {time}. `team` empty: for all."""

    slug = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    text = models.TextField()
    language = models.CharField(max_length=8, default="zh-hans")
    team = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "language", "team"], name="canned_slug")]
