"""The reference of every metric, docs/metrics.md, made from the catalogue: `python -m analytics.catalogue.page`."""

from __future__ import annotations

from pathlib import Path

from analytics.catalogue import DIMENSIONS, FACTS, METRICS
from analytics.catalogue.guards import NOWHERE
from analytics.catalogue.kinds import Metric, Part

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
PERIODS = {
    "last_12_months": "the last 12 months",
    "fiscal_year": "the fiscal year",
    "now": "today",
    "next_90_days": "the next 90 days",
}
UNITS = {
    "count": "a number",
    "money": "money in the reporting currency",
    "days": "days",
    "hours": "hours",
    "ratio": "percent",
    "rating": "points out of 5",
    "fte": "full-time equivalents",
    "index": "an index",
}
MOMENTS = {
    None: "on the last day",
    "start": "on the first day",
    "end": "on the last day",
    "average": "on each day or month end, averaged",
    "any": "on any day",
}
HEAD = """# Metrics

Every number the bot knows, as it is declared in `analytics/catalogue/`. Written by `python -m analytics.catalogue.page`;
do not edit it by hand. In a formula, square brackets name the records a part is folded on before anything is divided.
"""


def formula_of(metric: Metric) -> str:
    """For instance "sum(amount) [ledger lines where is_spend] / count(*) [contracts]"."""
    if metric.survival:
        return f"Kaplan-Meier median of watch_days, watch_hired [{FACTS[metric.fact].plural}]"
    parts = [_part(part) for part in metric.parts]
    return (metric.formula or "{0}").format(*parts)


def _part(part: Part) -> str:
    measure = part.measure if part.per is None else f"{part.measure} of {part.per[1]} for each {part.per[0]}"
    said = [FACTS[part.fact].plural, f"where {part.where}" if part.where else ""]
    said += [MOMENTS[part.at] if part.alive else f"by {part.date}" if part.date else ""]
    return f"{measure} [{' '.join(filter(None, said))}]"


def dimensions_of(metric: Metric) -> list[str]:
    """The keys of the dimensions that it can be split and filtered by: those that all its own parts carry."""
    own = [FACTS[part.fact] for part in metric.parts if not part.shared] or [FACTS[metric.fact]]
    return [key for key in DIMENSIONS if all(key in fact.dimensions | fact.bridges for fact in own)]


def page() -> str:
    """The whole page."""
    listed = [f"- [{metric.label}](#{_anchor(metric)})" for metric in _sorted()]
    return "\n".join([HEAD, *listed, "", *(_entry(metric) for metric in _sorted())]).rstrip("\n") + "\n"


def _sorted() -> list[Metric]:
    return sorted(METRICS.values(), key=lambda metric: metric.label.casefold())


def _anchor(metric: Metric) -> str:
    kept = (c for c in metric.label.lower().replace(" ", "-") if c.isalnum() or c in "-_")
    return "".join(kept)


def _entry(metric: Metric) -> str:
    by = ", ".join(f"`{key}`" for key in dimensions_of(metric)) or "nothing"
    sources = ", ".join(dict.fromkeys(FACTS[part.fact].plural for part in metric.parts))
    whose = {
        "freelance": "freelance, unless staffing is asked for",
        "staffing": "external staffing",
        "both": "both sources",
    }
    rows = [
        ("Key", f"`{metric.key}`"),
        ("Why it matters", metric.why),
        ("What is good", metric.good_is),
        ("Unit", UNITS[metric.unit]),
        ("Date that counts", metric.dates),
        ("Period when none is asked", PERIODS[metric.period]),
        ("Counted from", f"{sources}; {whose[metric.source]}"),
        ("Formula", f"`{formula_of(metric)}`".replace("|", "\\|")),
        ("Parts add up to the total", "yes" if metric.additive else "no"),
        ("Split and filter by", by),
        ("Shown to", "only whoever may see people" if metric.key in NOWHERE else ""),
        ("Also called", ", ".join(metric.synonyms)),
    ]
    if metric.estimate:
        rows.append(("Note", metric.estimate))
    table = "\n".join(f"| {name} | {said} |" for name, said in rows if said)
    return f"## {metric.label}\n\n{metric.definition}\n\n| | |\n|---|---|\n{table}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
