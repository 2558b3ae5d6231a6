"""Lines, menus, calls, what people do to them, call-backs, tickets of the portal's callers, recordings."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from huiyin.domain.contacts.models import Buyer, Contact
from huiyin.domain.journal.models import Matter
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.calls import LIVE, Direction, Outcome, State, Via, Who
from huiyin.domain.voice.commands import CommandState
from huiyin.domain.voice.hotline.models import Draft as Draft
from huiyin.domain.voice.hotline.models import Take as Take
from huiyin.domain.voice.keeping.models import Copy as Copy  # Django looks for tables here
from huiyin.domain.voice.passes.models import CallCode as CallCode
from huiyin.domain.voice.passes.models import ChatLink as ChatLink
from huiyin.domain.voice.passes.models import SecretCheck as SecretCheck
from huiyin.domain.voice.passes.models import UploadLink as UploadLink
from huiyin.domain.voice.phone import RecordingKind, RecordingState
from huiyin.domain.voice.transcripts.models import Stretch as Stretch
from huiyin.domain.voice.transcripts.models import Transcript as Transcript


class Line(models.Model):
    """A number or extension that can be called."""

    number = models.CharField(max_length=24, unique=True)  # what is dialled: hotline, 001, …
    title = models.CharField(max_length=40)
    title_en = models.CharField(max_length=40)
    queue = models.CharField(max_length=24, default="general")
    tier = models.CharField(max_length=12, default="", blank=True)  # a line of members: who calls it waits as one
    node = models.CharField(max_length=32, default="", blank=True)  # where the menu begins; empty: at its start
    shown = models.CharField(max_length=40, default="", blank=True)  # as people read it
    is_public = models.BooleanField(default=True)


class Menu(models.Model):
    """One version of the menu. The active one counts; without one the shipped one does."""

    table = models.JSONField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_active"], condition=Q(is_active=True), name="one_active_menu")
        ]


class Ticket(models.Model):
    """Lets one visitor of the portal call once: the name of a SIP endpoint that exists for ten minutes."""

    name = models.CharField(max_length=40, unique=True)  # v + 24 random characters; the password is computed from it
    visitor = models.CharField(max_length=64)
    line = models.CharField(max_length=24)
    language = models.CharField(max_length=8, default="zh-hans")
    address = models.CharField(max_length=64)  # keyed hash of where they called from
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # its endpoint is gone

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visitor"], condition=Q(ended_at=None), name="one_ticket_per_visitor")
        ]
        # serves the switchboard: which endpoints there have to be
        indexes = [models.Index(fields=["expires_at"], condition=Q(ended_at=None), name="ticket_open")]


class Call(models.Model):
    """Somebody calls us, or we call. Its number is that of its matter.

    Who waits for a person has a conversation and a place in a queue on the matter `talk`: the call's own, or for a call
    that we make because of another one, that one's.
    """

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="call")
    talk = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="calls")
    case = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="case_calls")
    direction = models.CharField(max_length=3, default=Direction.IN.value)
    via = models.CharField(max_length=8, default=Via.TRUNK.value)
    state = models.CharField(max_length=16, default=State.MENU.value)
    line = models.CharField(max_length=24)
    dialled = models.CharField(max_length=40, default="", blank=True)  # what the caller dialled, or we dial
    caller = models.CharField(max_length=20, default="", blank=True)  # E.164; a claim, never proof; masked where shown
    buyer = models.ForeignKey(Buyer, null=True, on_delete=models.SET_NULL, related_name="calls")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="calls")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="calls")
    channel_id = models.CharField(max_length=64, unique=True)  # Asterisk's, of the buyer's leg
    agent = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="calls")
    agent_channel = models.CharField(max_length=64, default="", blank=True)
    bridge_id = models.CharField(max_length=64, default="", blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    elderly = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    tier = models.CharField(max_length=12, default="ordinary")
    proof = models.CharField(max_length=16, default="none")
    pressed = models.JSONField(default=list)  # [{"node": …, "key": …}], secrets as *
    served = models.BooleanField(default=False)  # the menu had an answer
    turned_away = models.CharField(max_length=16, default="", blank=True)  # why there was nobody to wait for
    order_no = models.CharField(max_length=64, default="", blank=True)
    muted = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)  # the caller has heard to its end that they are recorded
    answered_at = models.DateTimeField(null=True)  # a person came first
    talking_at = models.DateTimeField(null=True)  # the present agent came
    parked_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=8, default="", blank=True)  # who hung up first
    cause = models.CharField(max_length=32, default="", blank=True)
    outcome = models.CharField(max_length=12, default="", blank=True)
    rating = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="call_state"),
            models.CheckConstraint(condition=Q(direction__in=[d.value for d in Direction]), name="call_direction"),
            models.CheckConstraint(condition=Q(via__in=[v.value for v in Via]), name="call_via"),
            models.CheckConstraint(condition=Q(outcome="") | Q(outcome__in=[o.value for o in Outcome]),
                                   name="call_outcome"),
            models.CheckConstraint(condition=Q(ended_by="") | Q(ended_by__in=[w.value for w in Who]),
                                   name="call_ended_by"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5), name="call_rating"),
            models.CheckConstraint(name="talking_calls_have_an_agent",
                                   condition=~Q(state__in=["talking", "held", "keying", "parked"])
                                   | Q(agent__isnull=False)),
            models.CheckConstraint(condition=~Q(state="ended") | (~Q(outcome="") & ~Q(ended_by="")
                                                                  & Q(ended_at__isnull=False)),
                                   name="ended_calls_say_how"),
        ]  # fmt: skip
        indexes = [
            # serves the list of live calls and the switchboard's look at what there has to be
            models.Index(fields=["started_at"], condition=Q(state__in=LIVE), name="call_live"),
            # serves the list of all calls, newest first
            models.Index(fields=["-started_at"], name="call_by_time"),
            # serves what somebody's number did lately
            models.Index(fields=["caller", "-started_at"], condition=~Q(caller=""), name="call_by_caller"),
        ]


class Callback(models.Model):
    """We call somebody back. Their place waits as an item of kind "callback" on the matter `talk`."""

    talk = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="callbacks")
    number = models.CharField(max_length=20)  # E.164; a personal datum
    asked = models.BooleanField(default=True)  # they asked for it; else they hung up while waiting
    code = models.CharField(max_length=6)  # we say it when we call (OP18)
    language = models.CharField(max_length=8, default="zh-hans")
    state = models.CharField(max_length=8, default="open")  # open | reached | dropped
    why = models.CharField(max_length=32, default="", blank=True)  # why it was dropped
    attempts = models.SmallIntegerField(default=0)
    booked_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["open", "reached", "dropped"]), name="callback_state"),
            models.UniqueConstraint(fields=["number"], condition=Q(state="open"), name="one_callback_per_number"),
            models.UniqueConstraint(fields=["talk"], condition=Q(state="open"), name="one_callback_per_talk"),
        ]


class Command(models.Model):
    """What somebody wants done to a call. The switchboard claims it and answers."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="commands")
    verb = models.CharField(max_length=12)
    params = models.JSONField(default=dict)
    by = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, default=CommandState.ASKED.value)
    reason = models.CharField(max_length=32, default="", blank=True)  # why it was refused: code
    asked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in CommandState]), name="command_state"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="refused_commands_say_why"),
        ]
        # serves the switchboard: what is asked of it
        indexes = [models.Index(fields=["asked_at"], condition=Q(state__in=["asked", "claimed"]), name="command_open")]


class Recording(models.Model):
    """What was said, as sound. `path` is relative to the folder of recordings."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="recordings")
    kind = models.CharField(max_length=10, default=RecordingKind.TALK.value)
    path = models.CharField(max_length=160, unique=True)
    state = models.CharField(max_length=8, default=RecordingState.OPEN.value)
    started_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    flags = ArrayField(models.CharField(max_length=12), default=list)  # short | repaired | empty
    legal_hold = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in RecordingState]), name="recording_state"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in RecordingKind]), name="recording_kind"),
            models.CheckConstraint(condition=Q(state="open") | ~Q(sha256="") | Q(state="erased"),
                                   name="closed_recordings_are_hashed"),
        ]  # fmt: skip
        indexes = [
            # serves the repair of what was open when something died
            models.Index(fields=["started_at"], condition=Q(state="open"), name="recording_open"),
            # serves the rule of retention
            models.Index(fields=["closed_at"], condition=Q(state__in=["closed", "filed"], legal_hold=False),
                         name="recording_kept"),
        ]  # fmt: skip
