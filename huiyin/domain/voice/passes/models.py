"""Call codes and links. None is kept in a way that could be read: only their digests are."""

from django.db import models
from django.db.models import Q

from huiyin.domain.contacts.models import Buyer
from huiyin.domain.journal.models import Matter
from huiyin.domain.voice.keyed import Result, Secret


class CallCode(models.Model):
    """HL14: six digits for one matter that a browser has proven, for a quarter of an hour and one call."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="call_codes")
    digest = models.CharField(max_length=64)
    proof = models.CharField(max_length=16)  # level of proof of the order that the browser had given; holds in the call
    order_no = models.CharField(max_length=64, default="", blank=True)
    buyer = models.ForeignKey(Buyer, null=True, on_delete=models.SET_NULL, related_name="call_codes")
    is_case = models.BooleanField(default=False)  # a person answers for the matter: the call joins it
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    call = models.ForeignKey("voice.Call", null=True, on_delete=models.PROTECT, related_name="codes")

    class Meta:
        # also serves redeeming
        constraints = [models.UniqueConstraint(fields=["digest"], condition=Q(used_at=None), name="call_code_once")]
        # serves the one open code of a matter
        indexes = [models.Index(fields=["matter"], condition=Q(used_at=None), name="call_code_open")]


class UploadLink(models.Model):
    """HL15: lets whoever has it send pictures into one conversation, once."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="upload_links")  # of the conversation
    digest = models.CharField(max_length=64, unique=True)
    sent_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    files = models.SmallIntegerField(default=0)

    class Meta:
        # serves the one open link of a conversation
        indexes = [models.Index(fields=["matter", "-made_at"], name="upload_link_newest")]


class ChatLink(models.Model):
    """HL16: lets whoever has it wait on in a chat instead of on the phone, once. Not opening it changes nothing."""

    call = models.ForeignKey("voice.Call", on_delete=models.PROTECT, related_name="chat_links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        # serves the one open link of a call
        indexes = [models.Index(fields=["call"], condition=Q(used_at=None), name="chat_link_open")]


class SecretCheck(models.Model):
    """The buyer keys something in a talk while nothing is recorded; the agent learns whether it matches, never what it
    was. What was keyed stands nowhere."""

    call = models.ForeignKey("voice.Call", on_delete=models.PROTECT, related_name="checks")
    what = models.CharField(max_length=8)
    result = models.CharField(max_length=8, default=Result.OPEN.value)
    why = models.CharField(max_length=12, default="", blank=True)  # nothing was compared
    asked_by = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(what__in=[one.value for one in Secret]), name="check_what"),
            models.CheckConstraint(condition=Q(result__in=[one.value for one in Result]), name="check_result"),
            models.UniqueConstraint(fields=["call"], condition=Q(result="open"), name="one_check_at_a_time"),
        ]
        # serves the newest one of a call
        indexes = [models.Index(fields=["call", "-begun_at"], name="check_newest")]
