"""An Answer as plain JSON: money in major units, one object a row, keys as in its columns."""

from __future__ import annotations

from typing import Any

from analytics.currencies import in_major
from analytics.model import Answer, Column, Number, Row


def to_json(answer: Answer) -> dict[str, Any]:
    """{"columns", "rows", "total", "records", "period", "compared", "currency", "version", "as_of", "notes"}."""
    return {
        "columns": [{"key": c.key, "label": c.label, "unit": c.unit, "kind": c.kind} for c in answer.columns],
        "rows": [_row(row, answer) for row in answer.rows],
        "total": _numbers(answer.total, answer) if answer.total else None,
        "records": answer.records,
        "more": answer.more,
        "period": {"from": answer.period.start.isoformat() if answer.period.start else None, "to": answer.period.end.isoformat()},
        "compared": {"from": answer.compared.start.isoformat() if answer.compared.start else None, "to": answer.compared.end.isoformat()} if answer.compared else None,
        "partial": answer.partial,
        "currency": answer.currency,
        "version": answer.snapshot.version,
        "as_of": answer.snapshot.as_of.isoformat(),
        "notes": list(answer.notes),
        "findings": [{"check": f.check, "severity": f.severity, "text": f.text} for f in answer.findings],
    }  # fmt: skip


def _row(row: Row, answer: Answer) -> dict[str, Any]:
    if answer.query.rows:
        return dict(
            zip(
                (c.key for c in answer.columns),
                (_cell(row, i, c, answer) for i, c in enumerate(answer.columns)),
                strict=True,
            )
        )
    names = [c.key for c in answer.columns if c.kind in {"dimension", "time"}]
    out: dict[str, Any] = dict(zip(names, row.labels, strict=False))
    out |= _numbers(row, answer)
    if row.kind != "value":
        out["kind"] = row.kind
    return out


def _cell(row: Row, at: int, column: Column, answer: Answer) -> Any:
    value = row.values[at]
    return row.labels[at] or None if value is None else in_major(value, column.unit, answer.currency)


def _numbers(row: Row, answer: Answer) -> dict[str, Number]:
    columns = [c for c in answer.columns if c.kind not in {"dimension", "time"}]
    return {c.key: in_major(v, c.unit, answer.currency) for c, v in zip(columns, row.values, strict=True)}
