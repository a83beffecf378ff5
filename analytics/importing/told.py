"""What a source could not give, as findings: they stand in every version that holds rows of that reading."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from duckdb import DuckDBPyConnection

from analytics.model import Finding
from analytics.quality.check import metrics_on
from analytics.quality.touched import TOUCHED
from analytics.sources import Report


def to_json(report: Report) -> dict[str, Any]:
    """A report as JSON."""
    gaps = [
        {"kind": gap.kind, "value": gap.value, "rows": gap.rows, "amounts": {c: str(a) for c, a in gap.amounts.items()}}
        for gap in report.gaps
    ]
    refused = {name: list(tables) for name, tables in report.refused.items()}
    return {
        "calls": report.calls,
        "retries": report.retries,
        "refused": refused,
        "missing": dict(report.missing),
        "gaps": gaps,
        "left_out": dict(report.left_out),
        "not_read": list(report.not_read),
    }


def findings(connection: DuckDBPyConnection) -> tuple[Finding, ...]:
    """What every source of this version (`kept.source`) could not give."""
    rows = connection.execute("SELECT source, platform, report FROM kept.source ORDER BY source").fetchall()
    return tuple(one for source, platform, said in rows for one in _of(source, platform, json.loads(said)))


def _of(source: str, platform: str, report: dict[str, Any]) -> Iterator[Finding]:
    for table, why in report["missing"].items():
        yield Finding(f"missing_{source}_{table}", "E", f"{platform}: {why}", 1, _metrics([table]), (table,))
    for name, tables in report["refused"].items():
        text = (
            f"{platform}: the key may not read {name}, so that cell is not known in {', '.join(tables)}. "
            "Ask for the scope in the API key's settings, then connect again."
        )
        yield Finding(f"refused_{source}", "W", text, 1, _metrics(tables), (name,))
    for gap in report["gaps"]:
        money = "".join(f", {amount} {currency}" for currency, amount in sorted(gap["amounts"].items()))
        text = (
            f'{platform}: nobody has mapped the {gap["kind"]} "{gap["value"]}" yet ({gap["rows"]:,} rows{money}); '
            "these rows were set aside."
        )
        yield Finding("mapping_gap", "W", text, gap["rows"], (), (gap["value"],))
    if not_read := report.get("not_read"):
        text = f"{platform} is not asked for {', '.join(not_read)}; bring files of what you need of these"
        yield Finding(f"not_read_{source}", "I", text, len(not_read), (), tuple(not_read[:5]))
    if left_out := report.get("left_out"):
        said = ", ".join(f"{rows:,} {rule}" for rule, rows in left_out.items())
        text = f"{platform}: what is no record was left out by rule: {said}"
        yield Finding(f"left_out_{source}", "I", text, sum(left_out.values()))


def _metrics(tables: list[str]) -> tuple[str, ...]:
    return metrics_on(*(fact for table in tables for fact in TOUCHED[table]))
