"""Who should come when a buyer turns to us again (CP7, MB1: managers), and who must not (CP21). Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from huiyin.domain.cases.actions.owning import kept_out, named_in
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.triage import classify
from huiyin.domain.contacts.actions import normal_identity
from huiyin.domain.contacts.models import Buyer
from huiyin.domain.contacts.queries import buyer_with, managers_of
from huiyin.domain.promises.promises import Tier
from huiyin.domain.staff.models import Person
from huiyin.domain.staff.queries import on_duty


@dataclass(frozen=True, slots=True)
class Known:
    """The buyer behind some addresses; who of ours should come, ids of those who must not."""

    buyer: Buyer | None = None
    prefers: Person | None = None
    barred: tuple[int, ...] = ()


def who_knows(
    identities: Mapping[str, str], text: str, now: datetime, *, is_proven: bool, about: Case | None = None
) -> Known:
    """Of somebody who writes `text`, perhaps `about` a case of theirs. A named manager comes only to a member who is
    `is_proven`."""
    spelled = {kind: normal_identity(kind, value) for kind, value in identities.items() if value.strip()}
    buyer = buyer_with(spelled)
    theirs = [about] if about is not None else []
    if buyer is not None:
        theirs += Case.objects.filter(buyer=buyer).exclude(state="closed").order_by("-filed_at")[:20]
    barred = {*_named_in(text), *(pk for case in theirs for pk in kept_out(case))}
    owners = [case.owner_id for case in theirs if case.owner_id and case.owner_id not in barred]
    managers = managers_of(buyer, now) if is_proven and buyer is not None and buyer.tier == Tier.DIAMOND else []
    wanted = [*(one.pk for one in managers if one.pk not in barred), *owners]
    here = {person.pk: person for person in on_duty(now).filter(pk__in=wanted)}
    prefers = next((here[pk] for pk in wanted if pk in here), None)
    return Known(buyer, prefers, tuple(sorted(barred)))


def _named_in(text: str) -> list[int]:
    """Whoever is complained about by number in the first words already."""
    numbers = named_in(classify(text).category, text)
    return list(Person.objects.filter(agent_no__in=numbers).values_list("pk", flat=True)) if numbers else []
