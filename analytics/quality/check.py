"""What a data quality check is, how one is run, and what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from duckdb import DuckDBPyConnection

from analytics.catalogue import METRICS
from analytics.errors import DataError
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
    because the other rows carry the number; up to the share `usual` any finding is only an I. An E of a check that
    `guards` keeps the version from being published at all. Where the table it `needs` is empty there is nothing to find.
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
    guards: bool = False
    needs: str = ""


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
    empty = {name for name in {check.needs for check in checks} - {""} if not _size(connection, name)}
    for check in checks:
        if check.needs not in empty and (finding := run(check, connection, reporting, now)):
            findings.append(finding)
        progress.advance(1, check.title)
    progress.end()
    return tuple(findings)


def run(check: Check, connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> Finding | None:
    """The finding of one check, or None when all is well."""
    found = check.find(connection, reporting, now)
    if not found.rows:
        return None
    whole = _size(connection, f"raw.{check.of}") if check.of else 0
    share = found.rows / whole if whole else 1.0
    counted = f"{found.rows:,} of {whole:,}" if whole else f"{found.rows:,}"
    severity, metrics = _severity(check, share), metrics_on(*check.touches)
    said = (
        f"{check.title}: {counted}.",
        found.detail,
        check.advice,
        _withheld(metrics) if severity == "E" and not check.guards else "",
    )
    return Finding(check.id, severity, " ".join(filter(None, said)), found.rows, metrics, found.samples)


def guarded(checks: Sequence[Check], findings: Sequence[Finding], *, accept_losses: bool) -> tuple[Finding, ...]:
    """The findings, where none forbids to publish: DataError names those that do. What is accepted only warns."""
    guards = {check.id for check in checks if check.guards}
    grave = [finding for finding in findings if finding.check in guards and finding.severity == "E"]
    if grave and not accept_losses:
        listed = "\n".join(f"- {finding.text}" for finding in grave)
        raise DataError(
            f"Nothing was published; the data in use stays as it was. To be mended first:\n{listed}\n"
            "Where this is meant to be so, sync once with --accept-losses."
        )
    return tuple(replace(one, severity="W") if one in grave else one for one in findings)


def _withheld(metrics: Sequence[str]) -> str:
    """Which numbers nobody sees until it is mended."""
    if not metrics:
        return ""
    named = ", ".join(METRICS[key].label for key in metrics[:_SAMPLES])
    more = len(metrics) - _SAMPLES
    return f"Withheld until then: {named}{f' and {more} more' if more > 0 else ''}."


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
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
