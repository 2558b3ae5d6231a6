"""People who work here, and the keys of programs."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from huiyin.domain.journal.models import Matter


class Tier(models.TextChoices):
    L1 = "L1"
    L2 = "L2"
    RISK = "risk"
    SUPERVISOR = "supervisor"
    OPERATIONS = "operations"
    ADMIN = "admin"


class People(BaseUserManager["Person"]):
    """Django's own hook for making users; the verbs live in `actions.py`."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=username)


class Person(AbstractBaseUser):
    """Somebody who works here. `agent_no` (工号) is what buyers are told; the name never is."""

    username = models.CharField(max_length=60, unique=True)
    agent_no = models.CharField(max_length=8, unique=True)
    tier = models.CharField(max_length=12)
    team = models.CharField(max_length=40, default="一组")
    email = models.CharField(max_length=160, default="", blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    is_active = models.BooleanField(default=True)
    on_duty = models.BooleanField(default=False)
    seen_at = models.DateTimeField(null=True)  # the desk renews it; on duty means both, see `queries.on_duty`
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="person")

    USERNAME_FIELD = "username"
    objects = People()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(tier__in=[t.value for t in Tier]), name="person_tier")]

    @property
    def by(self) -> str:
        """How facts name this person."""
        return f"staff:{self.agent_no}"

    @property
    def leads(self) -> bool:
        return self.tier in {Tier.SUPERVISOR, Tier.OPERATIONS, Tier.ADMIN}


class ApiKey(models.Model):
    """A program's key, or with `person` the key of somebody's own programs. Only the SHA-256 of the random key is
    kept."""

    name = models.CharField(max_length=60)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=24), default=list)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    @property
    def by(self) -> str:
        return self.person.by if self.person else f"api:{self.pk}"
