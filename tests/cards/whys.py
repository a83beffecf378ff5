"""Changes explained, written by hand: what the card of a change is drawn from."""

from __future__ import annotations

from dataclasses import replace

from analytics.model import Column, Compare, Contribution, EffectKind, Query, Split, Why
from cards.review.nouns import Page
from tests.cards import answers

FILL = Column("fill_rate", "Fill rate", "ratio", "metric", "fill_rate", "up")
BESIDE = (replace(FILL, key="fill_rate_compared", kind="compare"), replace(FILL, key="fill_rate_change", kind="change"))


def spend() -> Why:
    """A change of money by two dimensions, with a part that fell, one unmapped and one withheld."""
    answer = answers.spend()
    categories = (
        Contribution(
            "K1", "Data Science & Analytics", "value", 16_400_000, 6_150_000, 10_250_000, 2_150_000, 8_100_000
        ),
        Contribution("K2", "Design & Creative", "value", 9_800_000, 11_900_000, -2_100_000, -300_000, -1_800_000),
        Contribution("K3", "Writing [x](http://y)", "value", 900_000, 400_000, 500_000, 0, 500_000),
        Contribution(None, "Unmapped", "unmapped", 220_000, 0, 220_000, 0, 220_000),
        Contribution(None, "Withheld (2)", "withheld", None, None, 4_776_000),
    )
    teams = tuple(
        Contribution(f"T{n}", f"Team {n}", "value", 500_000 * n, 400_000 * n, value, None, None)
        for n, value in enumerate((8_000_000, 3_000_000, 1_500_000, 700_000, 346_000, 100_000), 1)
    )
    effects: tuple[tuple[EffectKind, float], ...] = (
        ("volume", 9_000_000.0),
        ("rate", 2_846_000.0),
        ("mix", 1_800_000.0),
    )
    return Why(
        answer, 13_646_000, (Split("job_category", categories, True), Split("team", teams, True)), effects=effects
    )


def fill_rate() -> Why:
    """A change of a percentage, with what was each part's own and what the mix."""
    query = Query(("fill_rate",), time=answers.QUARTER, compare=Compare("previous_period"))
    answer = answers.answer(query, (FILL, *BESIDE), (answers.one(0.739, 0.72, 0.019),), compared=answers.BEFORE)
    parts = (
        Contribution("K1", "Data Science & Analytics", "value", 0.81, 0.74, 0.031, 0.028, 0.003),
        Contribution("K2", "Design & Creative", "value", 0.66, 0.69, -0.012, -0.009, -0.003),
    )
    split = Split("job_category", parts, exact=True)
    return Why(answer, 0.019, (split,), effects=(("rate", 0.019), ("mix", 0.0)))


def median() -> Why:
    """A change that has no parts adding up to it."""
    found = fill_rate()
    parts = tuple(replace(part, value=None, rate=None, mix=None) for part in found.splits[0].parts)
    return Why(found.answer, found.moved, (Split("job_category", parts, exact=False),), "inexact")


def totals() -> Why:
    """A change whose parts the reader does not see."""
    return Why(spend().answer, 13_646_000, (), "totals")


PAGES = (
    Page(
        "glance",
        "Monthly review · July 2026",
        table=(
            ("Measure", "July 2026", "Change", "Target", "Benchmark"),
            ("Spend", "$1,248,460", "▲ 12%", "–", "–"),
            ("Average time to hire", "6.8 days", "▼ 1.2 days", "7 days · met", "–"),
        ),
        foot="Whole program · July 2026 · data as of Nov 20, 2026, 06:00 UTC",
    ),
    Page("demand", "Promise 1: demand grows"),
    Page("quality", "What the numbers rest on"),
)
LINKS = (("deck", "https://bot.example/reviews/a"), ("sheet", "https://bot.example/reviews/b"))
