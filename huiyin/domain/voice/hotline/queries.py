"""How the hotline is set up: what counts, what is being worked on, what was before. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from huiyin.domain.journal.models import Fact
from huiyin.domain.routing.events import HoursChanged
from huiyin.domain.voice.hotline import events
from huiyin.domain.voice.hotline.models import Draft, Take
from huiyin.domain.voice.hotline.tables import Table, lines_faults, own_words
from huiyin.domain.voice.menu_faults import Fault, Known, faults_in, faults_of_words
from huiyin.domain.voice.models import Line, Menu
from huiyin.domain.voice.queries import can_be_heard
from huiyin.domain.voice.shipped_menu import TABLE

TIERS: Final = ("", "silver", "gold", "diamond")
_FACTS = [
    one.name
    for one in (
        events.LineChanged, events.MenuDrafted, events.MenuPublished, events.SentenceRecorded, events.SentenceTakenBack,
        HoursChanged,
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """What can be said about a line besides its number."""

    title: str
    title_en: str
    queue: str = "general"
    tier: str = ""
    node: str = ""
    shown: str = ""
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the menu; number 0 is the shipped one, which nobody made. `unheard`: the version that counts,
    where callers hear the shipped one in its place."""

    pk: int
    table: Table
    by: str = ""
    at: datetime | None = None
    unheard: int = 0


def columns_of(line: Line) -> Columns:
    """A line's columns."""
    return Columns(line.title, line.title_en, line.queue, line.tier, line.node, line.shown, line.is_public)


def live() -> Version:
    """The menu that callers hear: the version that counts, unless this edition of the program finds a fault in it."""
    row = Menu.objects.filter(is_active=True).first()
    if row is None:
        return Version(0, TABLE)
    if not can_be_heard(row.pk):
        return Version(0, TABLE, unheard=row.pk)
    return Version(row.pk, row.table, row.by, row.at)


def version(pk: int) -> Version:
    """One version. Raises Menu.DoesNotExist."""
    if not pk:
        return Version(0, TABLE)
    row = Menu.objects.get(pk=pk)
    return Version(row.pk, row.table, row.by, row.at)


def versions(most: int = 20) -> list[Version]:
    """What was published, newest first; the shipped one last."""
    rows = Menu.objects.order_by("-pk")[:most]
    return [*(Version(row.pk, row.table, row.by, row.at) for row in rows), Version(0, TABLE)]


def draft() -> Draft | None:
    """What somebody is working on."""
    return Draft.objects.first()


def working() -> Table:
    """The draft, else the version that counts, also where it has to be mended before callers hear it."""
    ours, heard = draft(), live()
    return ours.table if ours else version(heard.unheard).table if heard.unheard else heard.table


def beginnings() -> dict[str, str]:
    """Lines that begin somewhere else than the menu: number → node."""
    rows = Line.objects.exclude(node="").order_by("pk").values_list("number", "node")
    return dict(rows)


def faults_of(table: Mapping[str, Any], known: Known) -> list[Fault]:
    """Everything that keeps a table from being heard."""
    return faults_in(table, known) or [*faults_of_words(table), *lines_faults(table, beginnings())]


def sentences_of_tables() -> dict[tuple[str, str], str]:
    """Words that stand in the live menu or in what is worked on: (name, language) → words."""
    tables = (live().table, working())
    return {(name, language): words for table in tables for name, language, words in own_words(table)}


def takes() -> list[Take]:
    """Recordings that are played now."""
    return list(Take.objects.filter(ended_at=None).order_by("slug", "voice"))


def take_of(slug: str, voice: str) -> Take | None:
    """The recording of this sentence that is played now. Served by `one_take_per_sentence`."""
    return Take.objects.filter(slug=slug, voice=voice, ended_at=None).first()


def takes_over() -> list[Take]:
    """Recordings that were played once."""
    return list(Take.objects.filter(ended_at__isnull=False).order_by("-ended_at"))


def named_by_takes(hashes: list[str]) -> set[str]:
    """Those of these files that a recorded sentence points at, also one that is played no more."""
    rows = Take.objects.filter(Q(sha256__in=hashes) | Q(ready_sha256__in=hashes))
    return {one for pair in rows.values_list("sha256", "ready_sha256") for one in pair}


def lately(most: int = 12) -> list[Fact]:
    """What was changed, newest first. Served by `fact_name_at`."""
    return list(Fact.objects.filter(name__in=_FACTS).order_by("-at", "-pk")[:most])
