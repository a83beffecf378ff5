"""Writes docs/how-to-ask.md from the catalogue and the word tables: `python -m bot.understanding.page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analytics.catalogue import ABSENT, DIMENSIONS, METRICS
from bot.understanding.golden import ASKED_BACK, GOLDEN
from bot.understanding.lexicon import lexicon

PAGE = Path(__file__).parents[2] / "docs" / "how-to-ask.md"
SHOWN = 5
PERIODS = (
    ("this quarter, last month, last fiscal year", "whole units; this one is shown to date"),
    ("last 6 months, past two weeks", "whole units before this one"),
    ("last 90 days", "the days up to yesterday"),
    ("year to date, YTD, MTD, FYTD, FY27 so far", "from the start of the unit to today"),
    ("since March, after 1 September, before July 2025", "open at one end"),
    ("between March and May, from 1 Sep to 15 Oct 2026, Jan-Mar 2026", "both ends belong to it"),
    (
        "Q2 2026, Q3 FY26, fiscal Q1, second half of FY26",
        "a quarter or half; without a year, fiscal or calendar it is asked back",
    ),
    ("May, summer, week of 3 May, two weeks ago, 30 June 2026", "the most recent one that has begun"),
)
CHANGES = (
    ("and by month?", "adds a grain"), ("by category instead", "replaces the breakdown"), ("only Germany", "adds a filter, or replaces one of the same kind"),
    ("without India", "leaves out"), ("for all countries", "takes a filter away"), ("what about hires", "replaces the metric"), ("add hires", "adds a metric"),
    ("same for staffing", "the other source"), ("compare it with Toptal", "side by side"), ("and the month before?", "one step back"),
    ("top 3, which one was highest", "ranks"), ("why did it go up?", "explains the change"), ("export it", "the same as a file"),
)  # fmt: skip


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# How to ask"
    yield ""
    yield "Written from the catalogue by `python -m bot.understanding.page`; a test holds it equal."
    yield ""
    yield "Ask in your own words: what you want to know, by what, for which team, country or category, and when."
    yield "A number is shown only when every word was read and has its place in the query; otherwise the bot asks back and names the word. Every card says how the question was read."
    yield from _table("Numbers", ("number", "what it is", "also called"), _metrics())
    yield from _table("Breakdowns and filters", ("by", "also called"), _dimensions())
    yield from _table("Periods", ("say", "means"), PERIODS)
    yield from _table("Follow-ups", ("say", "does"), CHANGES)
    yield from _table("What is asked back", ("question", "because"), ASKED_BACK)
    yield from _table("What this data does not hold", ("words", "why"), _absent())
    yield ""
    yield "## Languages"
    yield ""
    yield "English in full; German, French, Spanish, Portuguese and Japanese for everyday questions. Names are the same in every language."
    yield ""
    yield "## Questions and the queries they are"
    yield ""
    yield "Asked on Friday 20 November 2026, with a fiscal year from July. Buttons, saved questions and the command line carry the same format."
    yield ""
    for question, query in GOLDEN:
        yield f"- {question}  "
        yield f"  `{query}`"


def _table(
    title: str, head: tuple[str, ...], rows: Iterator[tuple[str, ...]] | tuple[tuple[str, ...], ...]
) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def _metrics() -> Iterator[tuple[str, ...]]:
    for metric in METRICS.values():
        yield metric.label, metric.definition, ", ".join(_said("metric", metric.key, metric.label))


def _dimensions() -> Iterator[tuple[str, ...]]:
    for dimension in DIMENSIONS.values():
        yield dimension.label, ", ".join(_said("dimension", dimension.key, dimension.label))


def _absent() -> Iterator[tuple[str, ...]]:
    for absent in ABSENT:
        yield ", ".join(absent.words[:SHOWN]), absent.why


def _said(kind: str, key: str, label: str) -> list[str]:
    """The first phrases that are understood for an entry, other than its label."""
    found = [" ".join(words) for words, meanings in lexicon().phrases.items() if (kind, key) in meanings]
    return [said for said in found if said != label.casefold()][:SHOWN]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
