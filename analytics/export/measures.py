"""The measures of the catalogue as DAX text, and the relationships they need: a page for whoever builds in Power BI."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from analytics.catalogue import DIMENSIONS, FACTS, METRICS, Metric
from analytics.compile.dax import NoDax, measure

FORMATS = {"money": "#,##0.00", "ratio": "0.0%", "count": "#,##0", "days": "#,##0.0", "hours": "#,##0.0"}
LAST_DAY = "Last day = MAX(about[last_day])"


def dax() -> str:
    """Every measure, ready to be pasted, each with what it means; those that have none with the reason."""
    return (
        "\n\n".join(
            [
                f"// The last day that the data knows; the other measures use it.\n{LAST_DAY}",
                *map(_told, METRICS.values()),
            ]
        )
        + "\n"
    )


def _told(metric: Metric) -> str:
    said = f"// {metric.definition}"
    try:
        body = measure(metric)
    except NoDax as reason:
        return f"{said}\n// {metric.label}: no measure, because {reason}."
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"{said}\n// Format: {FORMATS.get(metric.unit, '0.00')}\n{metric.label} =\n{lines}"


def relationships() -> list[tuple[str, str, bool]]:
    """From a column of a fact to a column of a dimension or the calendar, and whether it is to be active; many to one."""
    found = []
    for fact in FACTS.values():
        found += [(f"{fact.name}[{key}]", f"dim_{key}[id]", True) for key in DIMENSIONS if key in fact.dimensions]
        found += [(f"{fact.name}[{day}]", "date[date]", not at) for at, day in enumerate(_dates(fact.name))]
    return found


def _dates(fact: str) -> list[str]:
    """The columns that metrics count this fact by; the one used most first."""
    used: dict[str, int] = {}
    for metric in METRICS.values():
        for part in metric.parts:
            if part.fact == fact and part.date:
                used[part.date] = used.get(part.date, 0) + 1
    return sorted(used, key=lambda day: (-used[day], day))


def page() -> str:
    """The page docs/power-bi-measures.md."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Measures for Power BI"
    yield ""
    yield "Made from the catalogue by `python -m analytics.export.measures > docs/power-bi-measures.md`; [how to use it](power-bi.md)."
    yield ""
    yield "## Relationships"
    yield ""
    yield "All from many to one, filtering in one direction. Dates that are not active are chosen by the measures themselves."
    yield ""
    yield "| from | to | active |"
    yield "|---|---|---|"
    for start, end, active in relationships():
        yield f"| `{start}` | `{end}` | {'yes' if active else 'no'} |"
    yield ""
    yield "## Measures"
    yield ""
    yield "```dax"
    yield dax().rstrip("\n")
    yield "```"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
