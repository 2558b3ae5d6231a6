"""Queues, who can do what and is here, what waits, and to whom it is offered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from huiyin.domain.contacts.models import Buyer
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing.states import LEASED, OPEN, QUEUED, ItemState, Kind, ModeName, OfferState
from huiyin.domain.staff.models import Person


class Queue(models.Model):
    """Where things wait for people with certain skills. Times in seconds."""

    slug = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=40)
    title_en = models.CharField(max_length=40)
    skills = models.JSONField(default=dict)  # {skill: least level 1–5}; none = anybody
    hours = models.JSONField(default=list)  # see hours.py; none = day and night
    terms = models.JSONField(default=dict)  # {tier | elderly | urgent: seconds until a person answers}
    most_waiting = models.IntegerField(default=200)
    offer_s = models.IntegerField(default=20)
    wrap_up_s = models.IntegerField(default=60)
    relax = models.JSONField(default=list)  # [{"after_s": 60, "levels": 1}, {"after_s": 120, "any": true}]
    overflow_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    overflow_after_s = models.IntegerField(null=True)
    at_night = models.BooleanField(default=True)  # stays open in night mode

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(offer_s__gte=3, wrap_up_s__gte=0, most_waiting__gte=0), name="queue_sane"
            )
        ]


class Skill(models.Model):
    """What somebody can do, and how well."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="skills")
    skill = models.CharField(max_length=24)
    level = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "skill"], name="skill_once_per_person"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="skill_level"),
        ]


class Seat(models.Model):
    """How much somebody takes at once, and since when they have had nothing to do."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="seat")
    chats = models.SmallIntegerField(default=3)
    calls = models.SmallIntegerField(default=1)
    cases = models.SmallIntegerField(default=30)
    stretches = models.BooleanField(default=False)  # takes one chat more at peak
    idle_since = models.DateTimeField(null=True)


class Lease(models.Model):
    """What somebody is doing, as one of their devices says. Lapses unless that device renews it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="leases")
    device = models.CharField(max_length=64)
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=24, default="", blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)  # wrap-up: when it ends by itself
    expires_at = models.DateTimeField()
    lost_at = models.DateTimeField(null=True)  # the router has seen that it lapsed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "device"], name="lease_once_per_device"),
            models.CheckConstraint(condition=Q(state__in=LEASED), name="lease_state"),
        ]
        indexes = [
            # serves the router: which leases have lapsed, which wrap-ups are over
            models.Index(fields=["expires_at"], condition=Q(lost_at__isnull=True), name="lease_lapses"),
            models.Index(fields=["until"], condition=Q(until__isnull=False), name="lease_until"),
        ]


class Shift(models.Model):
    """When somebody is expected to be here (OP12)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "starts_at"], name="shift_begins_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="shift_ends_later"),
        ]
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="shift_by_time")]


class Mode(models.Model):
    """How the whole centre works: the newest row counts (OP12)."""

    name = models.CharField(max_length=12)
    since = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(name__in=[one.value for one in ModeName]), name="mode_name")]


class Item(models.Model):
    """Something that waits for a person. One open item per matter."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="items")
    buyer = models.ForeignKey(Buyer, null=True, on_delete=models.SET_NULL, related_name="+")
    tier = models.CharField(max_length=12, default="ordinary")
    urgent = models.BooleanField(default=False)
    elderly = models.BooleanField(default=False)
    skills = models.JSONField(default=dict)
    arrived_at = models.DateTimeField()  # a kept call-back place keeps it
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=ItemState.WAITING.value)
    prefers = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    sticky_until = models.DateTimeField(null=True)  # until then only `prefers`, if they are here
    barred = ArrayField(models.BigIntegerField(), default=list)  # people it is never offered to (CP21)
    agent = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="items")
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    why_left = models.CharField(max_length=32, default="", blank=True)  # why it ended: code
    came_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="went_to")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in ItemState]), name="routed_state"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in Kind]), name="routed_kind"),
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(agent__isnull=False, taken_at__isnull=False), name="taken_by_somebody"
            ),
            models.UniqueConstraint(fields=["matter"], condition=Q(state__in=OPEN), name="one_open_item_per_matter"),
        ]
        indexes = [
            # serves the router's pool and the place of one who waits
            models.Index(fields=["queue", "due_at"], condition=Q(state__in=QUEUED), name="item_queued"),
            # serves what somebody has in hand
            models.Index(fields=["agent"], condition=Q(state="taken"), name="item_in_hand"),
            # serves the figures of a day: who came when
            models.Index(fields=["arrived_at"], condition=Q(kind__in=["chat", "call"]), name="item_arrived"),
            # serves how long things took lately
            models.Index(fields=["queue", "ended_at"], condition=Q(state="done"), name="item_done_lately"),
        ]


class Offer(models.Model):
    """An item held out to one person. They have until `expires_at`; then somebody else is asked."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="offers")
    agent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offers")
    state = models.CharField(max_length=12, default=OfferState.PENDING.value)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=64, default="", blank=True)  # which accepted
    reason = models.CharField(max_length=32, default="", blank=True)  # why declined or withdrawn: code
    why = models.JSONField(default=list)  # why this person: codes and numbers of the decision

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in OfferState]), name="routed_offer_state"),
            models.UniqueConstraint(fields=["item"], condition=Q(state="pending"), name="one_pending_offer_per_item"),
            models.UniqueConstraint(fields=["item"], condition=Q(state="accepted"), name="one_accepted_offer_per_item"),
        ]
        indexes = [
            # serves what somebody is asked now, and which offers are over
            models.Index(fields=["agent"], condition=Q(state="pending"), name="offer_pending_by_agent"),
            models.Index(fields=["expires_at"], condition=Q(state="pending"), name="offer_expires"),
            # serves who said no a moment ago
            models.Index(fields=["answered_at"], condition=Q(state="declined"), name="offer_declined_lately"),
            # serves what somebody was asked a moment ago
            models.Index(fields=["agent", "made_at"], name="offer_by_agent"),
        ]
