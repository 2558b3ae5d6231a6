"""Statements that run many times a second: written in the ORM's language, compiled once, planned once by PostgreSQL.

Django compiles every query anew, which is most of what a statement costs us (0.2 to 0.9 ms of a processor; the trip to
PostgreSQL and back 0.07 ms), and PostgreSQL plans it anew, which with five tables takes longer than running it. What is
here does both once. For everything that is not asked forty times a second the ORM as it is reads better.

A query has slots where values come later: `Read(lambda no: Case.objects.filter(matter__no=no))`. Its constants become
part of the text, so that partial indexes fit. Values are given as PostgreSQL takes them (numbers, text, times, lists).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from inspect import signature
from itertools import count as count_from
from typing import Any, Generic, NamedTuple, TypeVar

import psycopg
from django.db import connection, connections
from django.db.models import Expression, Field, Lookup, Model, QuerySet
from django.db.models.query import get_related_populators
from psycopg import sql

M = TypeVar("M", bound=Model)
A = TypeVar("A")
_PLACE = re.compile(r"%[s%]")


class Slot(Expression):
    """Where the n-th value goes."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


@Field.register_lookup
class Among(Lookup):
    """`filter(pk__among=slot)`: one value for a list of any length, where `in` needs as many as there are."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*left_params, *right_params]


class _Planned(psycopg.RawCursor[tuple[Any, ...]]):
    """Leaves values out of the text and lets PostgreSQL keep the plan."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        text = _numbered(query)
        super().execute(text.query, params, prepare=True)
        self._query = text  # where Django's own counts look for what was said
        return self


class _Text(NamedTuple):
    query: bytes


@lru_cache(maxsize=2048)
def _numbered(text: str) -> Any:
    """`%s` as PostgreSQL numbers it: $1, $2 … psycopg would do so each time."""
    numbers = count_from(1)
    return _Text(_PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(numbers)}", text).encode())


def run(text: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement whose text never changes; its rows. PostgreSQL plans it once a connection."""
    # not `cursor.description`: it describes each column anew, a sixth of all we spent
    return _asked(text, values, lambda cursor: list(cursor.fetchall()) if cursor.pgresult.nfields else [])


def count(text: str, values: Sequence[Any] = ()) -> int:
    """As `run`, for a statement without rows: how many it changed."""
    return _asked(text, values, lambda cursor: int(cursor.rowcount))


def _asked(text: str, values: Sequence[Any], answer: Callable[[Any], A]) -> A:
    """The answer to one statement. One cursor serves a connection, and Django's own is left out unless somebody counts
    or wraps statements: a new one of each cost 20 µs, more than all else that we do for a statement."""
    link: Any = connections["default"]  # the thread's own; `connection` would look for it at every attribute
    link.close_if_health_check_failed()
    link.ensure_connection()
    if link.execute_wrappers or link.queries_logged:
        with link._prepare_cursor(_Planned(link.connection)) as cursor:
            cursor.execute(text, values)
            return answer(cursor.cursor)
    link.validate_no_broken_transaction()
    with link.wrap_database_errors:
        cursor = _cursor_of(link)
        cursor.execute(text, values)
        return answer(cursor)


def _cursor_of(link: Any) -> _Planned:
    kept: _Planned | None = link.__dict__.get("huiyin_cursor")
    if kept is None or kept.connection is not link.connection:  # Django has connected anew
        kept = link.huiyin_cursor = _Planned(link.connection)
    return kept


class Rows:
    """A query of the ORM (`values_list`), compiled when it is first asked. Calling it gives its rows."""

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], *, slots: int | None = None, is_planned_anew: bool = False
    ) -> None:
        self._build = build
        self._slots = len(signature(build).parameters) if slots is None else slots
        self._is_planned_anew = is_planned_anew  # where the best way depends on the values

    def __call__(self, *values: Any) -> list[tuple[Any, ...]]:
        text, order, converted, _ = self._compiled
        given = [values[place] for place in order]
        if not self._is_planned_anew:
            return [converted(row) for row in run(text, given)]
        with connection.cursor() as cursor:
            cursor.execute(text, given)
            return [converted(row) for row in cursor.fetchall()]

    @property
    def text(self) -> str:
        """The statement, to be part of another one that takes the same values."""
        return self._compiled[0]

    @cached_property
    def _compiled(self) -> "tuple[str, list[int], _Converted, Any]":
        slots = [Slot(place) for place in range(self._slots)]
        compiler = self._build(*slots).query.get_compiler(using="default")
        connection.ensure_connection()
        text, order = _with_constants(*compiler.as_sql())
        return text, order, _converter(compiler), compiler


class Read(Generic[M]):
    """As `Rows`, of objects. Calling it gives them; `first` one or None."""

    def __init__(self, build: Callable[..., QuerySet[M]], *, slots: int | None = None) -> None:
        self._rows = Rows(build, slots=slots)

    def __call__(self, *values: Any) -> list[M]:
        rows = self._rows(*values)
        make = self._make
        return [make(row) for row in rows]

    def first(self, *values: Any) -> M | None:
        """The first row."""
        return next(iter(self(*values)), None)

    @cached_property
    def _make(self) -> Callable[[tuple[Any, ...]], M]:
        return _maker(self._rows._compiled[3])


_Converted = Callable[[tuple[Any, ...]], tuple[Any, ...]]


def _converter(compiler: Any) -> _Converted:
    """What turns columns into the values of their fields, where that differs."""
    found = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
    if not found:
        return lambda row: row

    def converted(row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for place, (functions, expression) in found.items():
            for function in functions:
                values[place] = function(values[place], expression, connection)
        return tuple(values)

    return converted


def _with_constants(text: str, params: Sequence[Any]) -> tuple[str, list[int]]:
    """The text with everything in it but the slots, and which value each of them takes."""
    left, order = iter(params), list[int]()

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(left)
        if isinstance(value, Slot):
            order.append(value.place)
            return "%s"
        return sql.Literal(value).as_string(connection.connection).replace("%", "%%")

    return _PLACE.sub(place, text), order


def _maker(compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
    """What makes a row an object, as Django's ModelIterable does, annotations and related objects included."""
    info, notes = compiler.klass_info, compiler.annotation_col_map or {}
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[start:end]]
    related = get_related_populators(info, compiler.select, "default")  # type: ignore[call-arg]  # stubs of a later one

    def make(values: tuple[Any, ...]) -> Any:
        made = info["model"].from_db("default", names, values[start:end])
        for populator in related:
            populator.populate(values, made)
        for name, place in notes.items():
            setattr(made, name, values[place])
        return made

    return make


def insert(rows: Sequence[M]) -> list[M]:
    """Insert rows of one table in one statement and give them their keys."""
    if rows:
        found = insertion(rows)
        found.take_keys([key for (key,) in run(found.text, found.values)])
    return list(rows)


def insert_unless_there(row: Model) -> bool:
    """Insert a row unless a unique constraint knows another one like it; whether it was."""
    found = insertion([row], " ON CONFLICT DO NOTHING")
    keys = [key for (key,) in run(found.text, found.values)]
    found.take_keys(keys)
    return bool(keys)


@dataclass(frozen=True, slots=True)
class Insertion:
    """How rows are inserted: a statement, alone or as part of another one, that returns their keys."""

    rows: Sequence[Model]
    text: str
    values: list[Any]

    def take_keys(self, keys: Sequence[Any]) -> None:
        """The rows are there now, under these keys; none where nothing was inserted."""
        if len(keys) not in (0, len(self.rows)):
            raise RuntimeError(f"{len(keys)} keys for {len(self.rows)} rows")
        for row, key in zip(self.rows, keys, strict=False):
            row.pk, row._state.adding, row._state.db = key, False, "default"


def insertion(rows: Sequence[Model], conflict: str = "") -> Insertion:
    """How these rows of one table are inserted; at least one."""
    text, fields = _insertion(type(rows[0]), len(rows), conflict)
    link = connections["default"]
    given = [field.get_db_prep_save(getattr(row, field.attname), link) for row in rows for field in fields]
    return Insertion(rows, text, given)


@lru_cache(maxsize=512)
def _insertion(model: type[Model], rows: int, conflict: str) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.concrete_fields if not _comes_by_itself(field)]
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    key = model._meta.pk.column if model._meta.pk else "id"
    text = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {", ".join([f"({places})"] * rows)}'
    return f'{text}{conflict} RETURNING "{key}"', fields


def _comes_by_itself(field: Any) -> bool:
    return bool(field.generated) or (field.primary_key and field.remote_field is None)


def change(row: Model, **values: Any) -> None:
    """Write these columns of one row, and the object's attributes."""
    change_all([row], **values)


def change_all(rows: Sequence[Model], **values: Any) -> None:
    """Write the same values to several rows of one table, and to the objects."""
    if not rows or not values:
        return
    text, fields = _alteration(type(rows[0]), tuple(values), is_one=len(rows) == 1)
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
    link = connections["default"]
    given = [field.get_db_prep_save(getattr(rows[0], field.attname), link) for field in fields]
    count(text, [*given, rows[0].pk if len(rows) == 1 else [row.pk for row in rows]])


@lru_cache(maxsize=512)
def _alteration(model: type[Model], names: tuple[str, ...], *, is_one: bool) -> tuple[str, list[Any]]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    key = model._meta.pk.column if model._meta.pk else "id"
    place = "%s" if is_one else "ANY(%s)"  # a list is planned anew each time
    return f'UPDATE "{model._meta.db_table}" SET {columns} WHERE "{key}" = {place}', fields
