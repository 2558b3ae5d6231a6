"""Cases."""

from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from huiyin.domain.cases.demand import ItemKind, ItemState
from huiyin.domain.cases.lifecycle import State
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.journal.models import Matter
from huiyin.domain.orders.models import Order, Remedy
from huiyin.domain.staff.models import ApiKey, Person
from huiyin.lib.fields import MoneyField

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # a case that owes nothing waits at the end
STATES = [state.value for state in State if state is not State.DRAFT]


class Case(models.Model):
    """A matter that a person answers for until it is settled (首问负责制)."""

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="case")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="cases")
    order_no = models.CharField(max_length=64, default="")  # as given, also when the shop does not know it
    buyer = models.ForeignKey(Buyer, null=True, on_delete=models.SET_NULL, related_name="cases")
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="cases")
    category = models.CharField(max_length=24)
    urgency = models.CharField(max_length=8)
    channel = models.CharField(max_length=16)
    state = models.CharField(max_length=20, default="filed")
    level = models.IntegerField(default=0)  # 0 owner, 1 supervisor, 2 operations
    why = models.CharField(max_length=48, default="")  # the code that opened it, where no buyer filed it
    what_happened = models.TextField(default="")
    demand = models.TextField(default="")
    salt = models.CharField(max_length=32, default="", db_default="")  # with it `text_hash` proves the two texts above
    amount = MoneyField(default=0)
    external_ref = models.CharField(max_length=80, default="")
    occurred_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, default="")
    reopened = models.IntegerField(default=0)  # how often it was not solved after all
    silent_at = models.DateTimeField(null=True)  # when a buyer who owes us a word is reminded next, or the case closes
    reminded = models.IntegerField(default=0)
    responsible = models.CharField(max_length=10, default="unclear")  # a slug of responsibility.py
    responsible_reason = models.CharField(max_length=200, default="")  # a code, or words of whoever assessed it
    buyer_disagrees = models.TextField(default="")
    next_step = models.CharField(max_length=12, default="", db_default="")  # of the letter: a `letter.NextStep`
    # CP21: agent numbers the complaint is about; they neither own nor see nor decide it
    about_agents = ArrayField(models.CharField(max_length=8), default=list, db_default=[])
    # until when we owe the next thing, as `queries.next_due` says; written at the end of each verb that changes it
    owed_at = models.DateTimeField(default=NEVER, db_default=NEVER)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES), name="case_state")]
        indexes = [
            # serves "my cases" and the list of what waits at the desk
            models.Index(fields=["owner", "filed_at"], condition=~Q(state="closed"), name="case_open_by_owner"),
            models.Index(fields=["-filed_at", "-id"], name="case_newest"),
            # serves the list of a state, and words looked for among the cases of one
            models.Index(fields=["state", "-filed_at", "-id"], name="case_by_state"),
            # serve the inbox: mine and all by the time left
            models.Index(fields=["owner", "owed_at", "id"], condition=~Q(state="closed"), name="case_owed_by_owner"),
            models.Index(fields=["owed_at", "id"], condition=~Q(state="closed"), name="case_owed"),
            # serves the search for another number, and the link to an order we meet later
            models.Index(fields=["order_no"], condition=~Q(order_no=""), name="case_by_order_no"),
            models.Index(fields=["external_ref"], condition=~Q(external_ref=""), name="case_by_external_ref"),
            # serves the round that reminds silent buyers and closes their cases
            models.Index(fields=["silent_at"], condition=Q(silent_at__isnull=False), name="case_silent"),
        ]


class CaseText(models.Model):
    """What a case says, for searching: apart from the case, whose row changes often while its words do not."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="words")
    filed_at = models.DateTimeField()
    plain = models.TextField()  # as `lib/bigrams.py` spells it
    pairs = ArrayField(models.CharField(max_length=2))

    class Meta:
        indexes = [
            GinIndex(fields=["pairs"], name="case_pairs"),  # serves rare words
            models.Index(fields=["-filed_at", "-case"], name="case_text_newest"),  # serves common words, newest first
        ]


class DemandItem(models.Model):
    """One thing the buyer wants, what we offered for it, and what became of it (CP17)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="items")
    no = models.IntegerField()
    kind = models.CharField(max_length=12)
    amount = MoneyField(default=0)  # zero = none named
    to = models.CharField(max_length=160, default="")
    by = models.DateTimeField(null=True)  # until when the buyer wants it
    text = models.TextField(default="")
    state = models.CharField(max_length=12, default="open")
    offer_kind = models.CharField(max_length=12, default="")
    offer_amount = MoneyField(default=0)
    offer_by = models.DateTimeField(null=True)  # until when we say it will have arrived
    offer_text = models.TextField(default="")
    offered_by = models.CharField(max_length=64, default="")  # who offered it
    offered_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)  # when the buyer said yes or no
    arrived_at = models.DateTimeField(null=True)
    check_at = models.DateTimeField(null=True)  # when we look again whether it has arrived
    remedy = models.ForeignKey(Remedy, null=True, on_delete=models.PROTECT, related_name="items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "no"], name="item_no"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in ItemKind]), name="item_kind"),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in ItemState]), name="item_state"),
        ]
        # serves the round that asks whether what was agreed has arrived
        indexes = [models.Index(fields=["check_at"], condition=Q(check_at__isnull=False), name="item_check")]


class Replay(models.Model):
    """An Idempotency-Key that was used: the same key and body get the same answer again, never a second case."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE)
    key = models.CharField(max_length=128)
    body_hash = models.CharField(max_length=64)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    answer = models.JSONField()  # without the secret, which is computed again
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="one_answer_per_key")]


class Evidence(models.Model):
    """One thing that shows what happened: an original whose bytes lie in the file store and are never altered."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    no = models.IntegerField()  # counted per case; letters and people cite it
    type = models.CharField(max_length=16)
    what = models.CharField(max_length=24)  # a slug of evidence.py
    source = models.CharField(max_length=8)
    by = models.CharField(max_length=64)
    custodian = models.CharField(max_length=16)  # who held it before it came here: buyer | shop | centre
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()  # bytes
    mime = models.CharField(max_length=40)  # proven from the content
    name = models.CharField(max_length=120)
    captured_at = models.DateTimeField(null=True)  # when it was true or taken, as far as known
    added_at = models.DateTimeField()
    unreadable = models.JSONField(default=list)  # CP20: points somebody said cannot be read in it
    checked_at = models.DateTimeField()  # when its bytes were last compared with its hash
    damaged_at = models.DateTimeField(null=True)  # since when the bytes on disk differ or are gone

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "no"], name="evidence_no"),
            models.UniqueConstraint(fields=["case", "sha256"], name="evidence_once_a_case"),
            models.CheckConstraint(
                condition=Q(type__in=["transaction", "communication", "problem"]), name="evidence_type"
            ),
            models.CheckConstraint(condition=Q(source__in=["system", "buyer", "staff"]), name="evidence_source"),
        ]
        indexes = [
            # serves the look whose files nobody points at any more
            models.Index(fields=["sha256"], name="evidence_sha256"),
            # serves the check of files, the longest unchecked first
            models.Index(fields=["checked_at"], name="evidence_checked"),
        ]
