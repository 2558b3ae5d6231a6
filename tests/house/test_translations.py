"""Everything people read has complete Chinese words, with the same placeholders."""

import io
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.house.tree import ROOT, files, name_of

CATALOGUE = ROOT / "huiyin" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%[sd]")
Words = tuple[str | tuple[str, ...], str | None]


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file)


def test_every_text_that_people_see_is_translated(catalogue: Catalog) -> None:
    untranslated = sorted(
        {
            f"{place}: {words}"
            for place, (words, context) in _used()
            if not _is_translated(catalogue.get(words, context))
        }
    )
    assert untranslated == []


def test_a_translation_keeps_the_placeholders(catalogue: Catalog) -> None:
    different = [message.id for message in catalogue if message.id and not _has_same_placeholders(message)]
    assert different == []


def test_no_text_has_two_translations(catalogue: Catalog) -> None:
    entries = re.findall(r"^msgid ", CATALOGUE.read_text(), re.MULTILINE)
    assert len(entries) == len(list(catalogue))


def _used() -> Iterator[tuple[str, Words]]:
    for path in files(".py", ".html", ".txt", under="huiyin"):
        if "demo" in path.relative_to(ROOT).parts:  # the demo shop speaks the language of its shop, Chinese
            continue
        source = path.read_text()
        code = source if path.suffix == ".py" else _without_indents(templatize(source))
        for _, words, _, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
            yield name_of(path), (words, context)


def _without_indents(code: str) -> str:
    """What Django makes of a template is a list of calls; its blanks mean nothing, but would be read as blocks."""
    return "\n".join(line.lstrip() for line in code.splitlines())


def _is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


def _has_same_placeholders(message: Message) -> bool:
    original = message.id[-1] if isinstance(message.id, list | tuple) else message.id
    chinese = message.string[0] if isinstance(message.string, list | tuple) else message.string
    return set(PLACEHOLDER.findall(original)) == set(PLACEHOLDER.findall(chinese or ""))
