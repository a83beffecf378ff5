"""The three promises of a freelance program, and the metrics that can carry each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scorecard:
    """A promise and its metrics, in the order they are read; `words`: what it is called."""

    key: str
    label: str
    promise: str
    metrics: tuple[str, ...]
    words: tuple[str, ...]


SCORECARDS: dict[str, Scorecard] = {
    card.key: card
    for card in (
        Scorecard(
            "demand", "Demand", "Demand grows.",
            ("jobs_posted", "hires", "unique_posters", "teams_active", "adoption", "positions_open"),
            ("demand scorecard", "scorecard for demand", "scorecard of demand", "scorecard", "scorecards", "program scorecard"),
        ),
        Scorecard(
            "value", "Skilled, fast, economical", "Freelance is skilled, fast and economical.",
            ("rating", "on_time_rate", "repeat_hire_rate", "avg_time_to_hire", "time_to_start", "avg_hourly_rate", "savings_vs_staffing", "fee_share"),
            ("value scorecard", "quality scorecard", "skilled fast economical", "skilled, fast, economical", "skilled fast and economical", "scorecard for value"),
        ),
        Scorecard(
            "supply", "Supply at scale", "Supply scales to the whole company.",
            ("proposals_per_job", "supply_per_job", "supply_coverage", "time_to_first_proposal", "fill_rate", "offer_acceptance", "country_count"),
            ("supply scorecard", "scorecard for supply", "supply at scale", "would supply hold", "would today's supply hold",
             "does supply scale", "what if every team used freelancers", "if every team used freelancers"),
        ),
    )
}  # fmt: skip
