"""What a data quality check is, how one is run, and what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from duckdb import DuckDBPyConnection

from analytics.catalogue import METRICS
from analytics.model import Finding, Reporting
from analytics.progress import Progress

Severity = Literal["E", "W", "I"]
Find = Callable[[DuckDBPyConnection, Reporting, datetime], "Found"]

_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows fail and the first few of them, as people can find them again; `detail` where there is more to say."""

    rows: int
    samples: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. E withholds the metrics built on the facts it `touches`, W puts a badge on them, I is listed.

    `find` names the failing rows, `of` the table they are a share of. Up to the share `allowed` an E is only a W,
    because the other rows carry the number; up to the share `usual` any finding is only an I.
    """

    id: str
    number: int
    title: str
    advice: str
    severity: Severity
    touches: tuple[str, ...]
    find: Find
    of: str = ""
    allowed: float = 0.0
    usual: float = 0.0


def rows(sql: str) -> Find:
    """A check in SQL: one row per failing record, its only column says which. Binds $now, $today, $currency as used."""

    def find(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> Found:
        moment = now.astimezone(UTC).replace(tzinfo=None)
        known: dict[str, Any] = {"now": moment, "today": moment.date(), "currency": reporting.currency}
        bound = {name: known[name] for name in set(re.findall(r"\$(\w+)", sql))}
        ((count, samples),) = connection.execute(
            f"SELECT count(*), min(sample, {_SAMPLES}) FROM ({sql}) AS failing(sample)", bound
        ).fetchall()
        return Found(int(count), tuple(str(sample) for sample in samples or ()))

    return find


def run_checks(
    checks: Sequence[Check], connection: DuckDBPyConnection, reporting: Reporting, now: datetime, progress: Progress
) -> tuple[Finding, ...]:
    """What these checks find in `raw.*` and `quarantine` of the connection."""
    findings = []
    progress.begin("Checking", len(checks))
    for check in checks:
        if finding := run(check, connection, reporting, now):
            findings.append(finding)
        progress.advance(1, check.title)
    progress.end()
    return tuple(findings)


def run(check: Check, connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> Finding | None:
    """The finding of one check, or None when all is well."""
    found = check.find(connection, reporting, now)
    if not found.rows:
        return None
    whole = _size(connection, check.of) if check.of else 0
    share = found.rows / whole if whole else 1.0
    counted = f"{found.rows:,} of {whole:,}" if whole else f"{found.rows:,}"
    text = f"{check.title}: {counted}. {found.detail + ' ' if found.detail else ''}{check.advice}"
    return Finding(check.id, _severity(check, share), text, found.rows, metrics_on(*check.touches), found.samples)


def _severity(check: Check, share: float) -> Severity:
    if share <= check.usual:
        return "I"
    return "W" if check.severity == "E" and share <= check.allowed else check.severity


def metrics_on(*touched: str) -> tuple[str, ...]:
    """The metrics named, and those that are computed from any of the fact tables named."""
    return tuple(
        key for key, metric in METRICS.items() if key in touched or any(part.fact in touched for part in metric.parts)
    )


def _size(connection: DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM raw.{table}").fetchall()[0][0])
