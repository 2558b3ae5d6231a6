"""Matters and facts."""

from django.db import models


class Matter(models.Model):
    """One thing we must answer for. Its row is the lock of every action on it and carries the head of its chain."""

    no = models.CharField(max_length=12, unique=True)
    topic = models.CharField(max_length=16)  # order | case | staff: who owns it
    head_seq = models.IntegerField(default=0)
    head_hash = models.CharField(max_length=64, default="")
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.no


class Fact(models.Model):
    """Something that happened on a matter. Never changed, never deleted; hash-linked to the fact before it."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="facts")
    seq = models.IntegerField()
    name = models.CharField(max_length=48)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "seq"], name="fact_has_one_place")]
        # serves counts of one kind of fact over a period (insight)
        indexes = [models.Index(fields=["name", "at"], name="fact_name_at")]

    @property
    def key(self) -> str:
        """Names this fact and no other, also before it is written."""
        return f"{self.matter_id}.{self.seq}"


class Access(models.Model):
    """Somebody looked at, played, downloaded or exported something. Kept once per person, item and ten minutes.

    Rows are written without waiting for anybody and joined to the matter's access chain by the worker a moment later
    (`seq` and `hash` are empty until then), so that reading never locks a case.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="accesses")
    item = models.CharField(max_length=48)  # case | evidence:3 | dossier | contact
    kind = models.CharField(max_length=12)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    slot = models.BigIntegerField()  # the ten minutes it belongs to
    seq = models.IntegerField(null=True)
    hash = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "item", "kind", "by", "slot"], name="access_once_in_ten_minutes"),
            models.UniqueConstraint(fields=["matter", "seq"], name="access_has_one_place"),
        ]
        # serves the worker that links new rows
        indexes = [models.Index(fields=["id"], condition=models.Q(seq__isnull=True), name="access_unlinked")]
