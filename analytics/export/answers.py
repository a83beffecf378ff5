"""An answer as sheets: what is on the card, the records it was counted from, and what the numbers mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analytics.bind import shape_of, values_of
from analytics.catalogue import DIMENSIONS, FACTS, METRICS
from analytics.compile.underlying import Underlying, compile_underlying
from analytics.currencies import in_major
from analytics.errors import DataError
from analytics.export.sheets import Cell, Field, Sheet, Wording, day
from analytics.export.workbook import csv_zip, xlsx
from analytics.query import to_json
from analytics.resolve import resolve

if TYPE_CHECKING:
    from analytics.engine import Engine, Version
    from analytics.model import Answer, Column, Query, Row, Scope
    from analytics.store import Lease

MOST = 20_000
TRIES = 3
# Columns of fact tables that hold money in minor units.
MONEY = frozenset(
    {
        "agreed_rate",
        "amount",
        "asked_rate",
        "budget",
        "committed",
        "funded",
        "hourly_rate",
        "rate",
        "saving",
        "spend_total",
    }
)
FILES = ("answer", "records", "definition")


@dataclass(frozen=True, slots=True)
class Exported:
    """An answer and the sheets that hold it; `cut`: there are more records than a file takes."""

    answer: Answer
    sheets: tuple[Sheet, ...]
    cut: bool = False

    def xlsx(self) -> bytes:
        """As an Excel workbook."""
        return xlsx(self.sheets, self.answer.currency)

    def csv(self) -> bytes:
        """As CSV files in a zip: answer, records where there are any, definition."""
        names = (FILES[0], *(f"{FILES[1]}-{n}" for n in range(1, len(self.sheets) - 1)), FILES[2])
        return csv_zip(self.sheets, names)


def export(
    engine: Engine, query: Query, scope: Scope, *, today: date, wording: Wording, told: Sequence[tuple[str, Cell]] = ()
) -> Exported:
    """Ask and write down, all of one version. `told`: lines of provenance that only the caller knows (title, whose data).

    Records are listed for whoever may see people named, and for nobody else. Raises what `Engine.ask` raises.
    """
    if query.rows and query.limit is None:
        query = replace(query, limit=MOST)
    for _ in range(TRIES):
        answer = engine.ask(query, scope, today=today)
        version = engine.version()
        with engine.store.lease() as lease:
            # A sync may have published in between; what is in one file is of one version.
            if lease.snapshot.version == answer.snapshot.version == version.number:
                return _sheets(lease, version, answer, today, wording, told)
    raise DataError("The data is being renewed. Please try again in a minute.")


def _sheets(
    lease: Lease, version: Version, answer: Answer, today: date, wording: Wording, told: Sequence[tuple[str, Cell]]
) -> Exported:
    records: list[Sheet] = []
    cut = bool(answer.query.rows and answer.more)
    if answer.scope.detail == "named" and answer.query.metrics:
        for listed in _underlying(answer, version, today):
            rows = _fetch(lease, listed, answer, version, today)
            cut = cut or len(rows) > MOST
            records.append(_records_sheet(listed, rows[:MOST], version, answer, wording, len(records)))
    meaning = Sheet(
        wording.say("definition"), (Field(wording.say("about")), Field("")), _meaning(answer, wording, told, cut)
    )
    return Exported(answer, (_answer_sheet(answer, wording), *records, meaning), cut)


# -- what is on the card -----------------------------------------------------------------------------------------


def _answer_sheet(answer: Answer, wording: Wording) -> Sheet:
    fields = tuple(
        Field(_label(column, wording), "date" if column.kind == "time" else column.unit) for column in answer.columns
    )
    rows = [_listed_row(row, answer) if answer.query.rows else _row(row, answer, wording) for row in answer.rows]
    if answer.total and not answer.query.rows:
        rows.append(_total(answer, wording))
    return Sheet(wording.say("answer"), fields, rows)


def _label(column: Column, wording: Wording) -> str:
    if column.kind in {"change", "share", "compare"}:
        key = column.metric or column.key
        return f"{wording.name('metric', key, column.label)} ({wording.say(column.kind)})"
    kind = {"metric": "metric", "dimension": "dimension"}.get(column.kind, "column")
    return wording.name(kind, column.key, column.label)


def _row(row: Row, answer: Answer, wording: Wording) -> tuple[Cell, ...]:
    said = [
        day(key) if column.kind == "time" and row.kind == "value" else label
        for column, key, label in zip(_said(answer), row.keys, row.labels, strict=False)
    ]
    return (*said, *_numbers(row, answer, wording))


def _total(answer: Answer, wording: Wording) -> tuple[Cell, ...]:
    said = [wording.say("total") if not at else None for at, _ in enumerate(_said(answer))]
    return (*said, *_numbers(answer.total, answer, wording)) if answer.total else ()


def _said(answer: Answer) -> list[Column]:
    return [column for column in answer.columns if column.kind in {"dimension", "time"}]


def _numbers(row: Row, answer: Answer, wording: Wording) -> list[Cell]:
    columns = [column for column in answer.columns if column.kind not in {"dimension", "time"}]
    withheld = wording.say("withheld") if row.kind == "withheld" else None
    return [
        withheld if value is None else in_major(value, column.unit, answer.currency)
        for column, value in zip(columns, row.values, strict=True)
    ]


def _listed_row(row: Row, answer: Answer) -> tuple[Cell, ...]:
    return tuple(
        in_major(value, column.unit, answer.currency)
        if value is not None
        else (day(label or None) if column.unit == "date" else label or None)
        for column, value, label in zip(answer.columns, row.values, row.labels, strict=True)
    )


# -- the records it was counted from -----------------------------------------------------------------------------


def _underlying(answer: Answer, version: Version, today: date) -> tuple[Underlying, ...]:
    plan = _plan(answer, version, today)
    return compile_underlying(shape_of(replace(plan, group_by=(), bands=None), answer.snapshot.reporting))


def _plan(answer: Answer, version: Version, today: date) -> Any:
    # Every group of the question: an order or a limit chooses what is shown, not what was counted.
    whole = replace(answer.query, having=(), order=(), limit=None)
    snapshot = answer.snapshot
    as_of = version.calendar.as_of
    return resolve(whole, answer.scope, version.members, snapshot.reporting, snapshot.first_day, today, as_of)


def _fetch(lease: Lease, listed: Underlying, answer: Answer, version: Version, today: date) -> list[tuple[Any, ...]]:
    names = listed.compiled.names - {"most"}
    values = values_of(_plan(answer, version, today), names, version.calendar)
    return lease.cursor.execute(listed.compiled.sql, {**values, "most": MOST + 1}).fetchall()


def _records_sheet(
    listed: Underlying, rows: list[tuple[Any, ...]], version: Version, answer: Answer, wording: Wording, at: int
) -> Sheet:
    fields = tuple(Field(_column(name, wording), _unit(name, rows, i)) for i, name in enumerate(listed.columns))
    title = wording.say("records") if not at else f"{wording.say('records')} {at + 1}"
    return Sheet(title, fields, _cells(listed.columns, fields, rows, version, answer.currency))


def _column(name: str, wording: Wording) -> str:
    if name in DIMENSIONS:
        return wording.name("dimension", name, DIMENSIONS[name].label)
    return wording.name("column", name, name.replace("_", " ").capitalize())


def _unit(name: str, rows: list[tuple[Any, ...]], at: int) -> str:
    found = next((row[at] for row in rows if row[at] is not None), None)
    if name in MONEY and isinstance(found, int | float):
        return "money"
    if isinstance(found, date):
        return "date"
    if isinstance(found, int | float) and not isinstance(found, bool):
        return "days" if isinstance(found, float) else "count"
    return "text"


def _cells(
    columns: Sequence[str], fields: Sequence[Field], rows: Iterable[tuple[Any, ...]], version: Version, currency: str
) -> list[tuple[Cell, ...]]:
    labels = [version.members.labels(name) if name in DIMENSIONS else None for name in columns]
    return [
        tuple(
            known[value] if known is not None else _plain(value, field.unit, currency)
            for known, field, value in zip(labels, fields, row, strict=True)
        )
        for row in rows
    ]


def _plain(value: Any, unit: str, currency: str) -> Cell:
    if isinstance(value, int | float) and unit == "money":
        return in_major(value, unit, currency)
    return value if value is None or isinstance(value, bool | int | float | str | date) else str(value)


# -- what the numbers mean ---------------------------------------------------------------------------------------


def _meaning(answer: Answer, wording: Wording, told: Sequence[tuple[str, Cell]], cut: bool) -> list[tuple[Cell, ...]]:
    return [(label, value) for label, value in (*told, *_provenance(answer, wording, cut))]


def _provenance(answer: Answer, wording: Wording, cut: bool) -> Iterator[tuple[str, Cell]]:
    say, snapshot = wording.say, answer.snapshot
    yield say("from"), answer.period.start
    yield say("until"), answer.period.end - timedelta(days=1)
    if answer.compared:
        yield say("compared_from"), answer.compared.start
        yield say("compared_until"), answer.compared.end - timedelta(days=1)
    for key in answer.query.metrics:
        metric = METRICS[key]
        yield wording.name("metric", key, metric.label), wording.name("definition", key, metric.definition)
    asked = to_json(answer.query)
    for key, wanted in asked.get("filters", {}).items():
        yield (
            f"{say('filter')}: {_column(key, wording)}",
            str(wanted) if isinstance(wanted, dict) else ", ".join(map(str, wanted)),
        )
    if answer.query.rows:
        yield say("list"), FACTS[answer.query.rows].plural
    yield say("platforms"), ", ".join(answer.platforms)
    yield say("counted"), answer.records
    yield say("currency"), answer.currency
    yield say("as_of"), snapshot.as_of.isoformat(timespec="minutes")
    yield say("read_at"), snapshot.synced_at.isoformat(timespec="minutes")
    yield say("version"), snapshot.version
    yield say("scope"), f"{answer.scope.rows}/{answer.scope.detail}"
    if cut:
        yield say("note"), say("cut")
    for note in answer.notes:
        yield say("note"), note
    for finding in answer.findings:
        yield f"{say('finding')} {finding.severity}", finding.text
