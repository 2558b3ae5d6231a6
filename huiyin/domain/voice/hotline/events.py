"""Facts about how the hotline is set up, on the matter of whoever changed it. Words that callers hear stand in none."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.domain.journal.events import Event


@dataclass(frozen=True, slots=True)
class LineChanged(Event):
    """`verb`: add | change | remove; `columns`: what is different."""

    name: ClassVar[str] = "line_changed"
    line: str
    verb: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuDrafted(Event):
    """The draft of the menu was changed. `what`: keep | remove | frame | drop."""

    name: ClassVar[str] = "menu_drafted"
    edition: int
    what: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class MenuPublished(Event):
    """Callers hear this version from now on (0: the shipped one). `why`: draft | back."""

    name: ClassVar[str] = "menu_published"
    menu: int
    before: int
    why: str


@dataclass(frozen=True, slots=True)
class SentenceRecorded(Event):
    """A recording is played in place of the spoken sentence."""

    name: ClassVar[str] = "sentence_recorded"
    slug: str
    voice: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SentenceTakenBack(Event):
    """The sentence is spoken again."""

    name: ClassVar[str] = "sentence_taken_back"
    slug: str
    voice: str
