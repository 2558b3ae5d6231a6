"""The menu: changed as a draft, looked through, and only then heard."""

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Fact
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.staff.models import Person
from huiyin.domain.voice.actions.lines import keep_menu
from huiyin.domain.voice.hotline.actions.holding import hold
from huiyin.domain.voice.hotline.events import MenuDrafted, MenuPublished
from huiyin.domain.voice.hotline.models import Draft
from huiyin.domain.voice.hotline.queries import Version, draft, faults_of, live, version, working
from huiyin.domain.voice.hotline.tables import fingerprint, frame_of
from huiyin.domain.voice.menu_faults import MOST_NODES, Known, MenuFault
from huiyin.domain.voice.models import Menu
from huiyin.lib.errors import Refusal

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
MOST_BYTES = 20_000  # of one node
TELL = ("hotline",)
Node = Mapping[str, Any]
NOTHING: Mapping[str, Node] = {}


@journal.verb
def keep_node(
    name: str, node: Node, was: str, person: Person, *, beside: Mapping[str, Node] = NOTHING, now: datetime
) -> Draft | None:  # fmt: skip
    """A node of the draft as it is to be; `was`: the fingerprint of what was seen, empty for a new one; `beside`: nodes
    that it leads to and that are made with it where they are not there. What is there already makes no draft. Raises
    Refusal `node_changed`, `node_name_invalid`, `node_name_taken`, `too_many_nodes`, `node_too_large`."""
    matter = hold(person)
    table = _table()
    known = table["nodes"].get(name)
    if was and fingerprint(known) == fingerprint(node) and not beside.keys() - table["nodes"].keys():
        return draft()
    _check_name(name, known, was, len(table["nodes"]))
    if len(json.dumps(node)) > MOST_BYTES:
        raise Refusal("node_too_large")
    table["nodes"] |= {one: dict(more) for one, more in beside.items() if one not in table["nodes"]}
    table["nodes"][name] = dict(node)
    return _drafted(table, MenuDrafted(edition=_next(), what="keep", node=name), matter, person, now)


@journal.verb
def remove_node(name: str, was: str, person: Person, *, now: datetime) -> Draft | None:
    """A node that the draft has no more; what leads to it is named as a fault. Raises Refusal `node_changed`. Harmless
    to repeat."""
    matter = hold(person)
    table = _table()
    node = table["nodes"].get(name)
    if node is None:
        return draft()
    if fingerprint(node) != was:
        raise Refusal("node_changed", node=name)
    del table["nodes"][name]
    return _drafted(table, MenuDrafted(edition=_next(), what="remove", node=name), matter, person, now)


@journal.verb
def keep_frame(frame: Mapping[str, Any], was: str, person: Person, *, now: datetime) -> Draft | None:
    """Where the menu begins, where one goes who cannot wait, where 0 leads, how often we ask. What is so already makes
    no draft. Raises Refusal `node_changed`."""
    matter = hold(person)
    table = _table()
    if fingerprint(frame_of(table)) == fingerprint(frame_of({**table, **frame})):
        return draft()
    if fingerprint(frame_of(table)) != was:
        raise Refusal("node_changed", node="")
    table.update(frame)
    return _drafted(table, MenuDrafted(edition=_next(), what="frame"), matter, person, now)


@journal.verb
def drop_draft(edition: int, person: Person, *, now: datetime) -> None:
    """Forget the draft. Raises Refusal `draft_changed` where it is another one than was seen."""
    matter = hold(person)
    if draft() is None:
        return
    _seen(edition)
    Draft.objects.all().delete()
    journal.record(matter, MenuDrafted(edition=edition, what="drop"), by=person.by, now=now, tell=TELL)


@journal.verb
def publish(edition: int, known: Known, person: Person, *, now: datetime) -> Menu:
    """The draft is what callers hear from their next call on. Raises MenuFault with everything that is wrong, Refusal
    `nothing_drafted`, `draft_changed`."""
    matter = hold(person)
    ours = _seen(edition)
    before = live()
    kept = _heard(ours.table, known, person, now)
    Draft.objects.all().delete()
    published = MenuPublished(menu=kept.pk, before=before.pk, why="draft")
    journal.record(matter, published, by=person.by, now=now, tell=TELL)
    return kept


@journal.verb
def bring_back(pk: int, seen: int, known: Known, person: Person, *, now: datetime) -> Version:
    """An earlier version counts again (0: the shipped one). `seen`: the one that was live then. The draft stays. Raises
    Menu.DoesNotExist, MenuFault, Refusal `menu_changed`."""
    matter = hold(person)
    before = live()
    if before.pk == pk:
        return before
    if before.pk != seen:
        raise Refusal("menu_changed")
    wanted = version(pk)
    if pk:
        _heard(wanted.table, known, person, now)
    else:
        _check_faults(wanted.table, known)
        Menu.objects.filter(is_active=True).update(is_active=False)
        nudge("calls")
    now_live = live()
    published = MenuPublished(menu=now_live.pk, before=before.pk, why="back")
    journal.record(matter, published, by=person.by, now=now, tell=TELL)
    return now_live


def _check_name(name: str, known: Any, was: str, nodes: int) -> None:
    if not NAME.fullmatch(name):
        raise Refusal("node_name_invalid")
    if known is not None and not was:
        raise Refusal("node_name_taken", node=name)
    if fingerprint(known) != was:
        raise Refusal("node_changed", node=name)
    if known is None and nodes >= MOST_NODES:
        raise Refusal("too_many_nodes", limit=MOST_NODES)


def _heard(table: Mapping[str, Any], known: Known, person: Person, now: datetime) -> Menu:
    _check_faults(table, known)
    return keep_menu(dict(table), by=person.by, now=now)


def _check_faults(table: Mapping[str, Any], known: Known) -> None:
    if faults := faults_of(table, known):
        raise MenuFault(faults)


def _seen(edition: int) -> Draft:
    ours = draft()
    if ours is None:
        raise Refusal("nothing_drafted")
    if ours.edition != edition:
        raise Refusal("draft_changed")
    return ours


def _table() -> dict[str, Any]:
    """A copy of the table that is worked on."""
    return deepcopy(dict(working()))


def _next() -> int:
    """No edition comes twice, also of another draft: who looked at the one before must not publish this one."""
    last = Fact.objects.filter(name=MenuDrafted.name).order_by("-pk").first()
    ours = draft()
    return max(last.data["edition"] if last else 0, ours.edition if ours else 0) + 1


def _drafted(table: dict[str, Any], changed: MenuDrafted, matter: Any, person: Person, now: datetime) -> Draft:
    values = {"table": table, "edition": changed.edition, "by": person.by, "at": now}
    kept, _ = Draft.objects.update_or_create(is_only=True, defaults=values)
    journal.record(matter, changed, by=person.by, now=now, tell=TELL)
    return kept
