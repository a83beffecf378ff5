"""The audit on the command line: who (by pseudonym) asked what, where, under which scope, with what outcome; as table, CSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from analytics.erasure import key_in
from analytics.errors import DataError
from bot.state import State
from bot.state.audit import MOST, Entry
from bot.state.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from bot.events import Clock
    from bot.settings import Settings

COLUMNS = ("at", "tenant", "who", "where", "kind", "query", "scope", "outcome", "records", "ms")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
DAYS = 7


class AuditForm(StrEnum):
    """How the audit can be written."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"


async def audited(
    settings: Settings, clock: Clock, *, since: str = "", until: str = "", who: str = "", outcome: str = ""
) -> list[Entry]:
    """The lines from `since` to `until` (days, both included; the last week where left out), of one Entra object id if given."""
    key = key_in(settings.data_dir, settings.privacy_key)
    state = await State.open(settings.state_address, clock, settings.state_keys, key)
    try:
        last = _day(until) if until else clock().date()
        first = _day(since) if since else last - timedelta(days=DAYS - 1)
        actor = who if who.startswith("~") else Pseudonyms(key).of(who)
        return await state.audit.list(
            "", _start(first), _start(last + timedelta(days=1)), MOST, actor=actor, outcome=outcome
        )
    finally:
        await state.close()


def written(entries: list[Entry], form: str) -> str:
    """The lines as text: "table", "csv" or "jsonl"."""
    rows = [_row(one) for one in entries]
    if form == "jsonl":
        return "".join(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n" for row in rows)
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows([[_safe(cell) for cell in row] for row in rows])
        return out.getvalue()
    return _table(rows)


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise DataError(f'"{said}" is no day; write it like 2026-11-20.') from None


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _row(one: Entry) -> list[Any]:
    at = one.at.isoformat(timespec="seconds")
    query = one.query_json or ""
    return [
        at,
        one.tenant,
        one.actor,
        one.conversation,
        one.kind,
        query,
        one.scope,
        one.outcome,
        one.records,
        one.latency_ms,
    ]


def _safe(cell: Any) -> Any:
    """No text that a spreadsheet would run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _table(rows: list[list[Any]]) -> str:
    """Without tenant and query, which would not fit a terminal."""
    chosen = [i for i, name in enumerate(COLUMNS) if name not in {"tenant", "query"}]
    lines = [
        [COLUMNS[i] for i in chosen],
        *[["" if row[i] is None else str(row[i])[:40] for i in chosen] for row in rows],
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(chosen))]
    return "".join(
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )
