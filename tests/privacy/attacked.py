"""What the attackers are after: every fact table whose money, rates or ratings are shown to groups, each as one declaration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["sum", "mean", "part"]


@dataclass(frozen=True)
class Reading:
    """How a number becomes an equation over the records' values.

    `sum`: it is the sum. `mean`: the sum divided by distinct `of` (None: by records), which everybody may ask for.
    `part`: the sum over records of class `of[0]` divided by that of `of[1]`.
    """

    kind: Kind = "sum"
    of: Any = None
    source: str = "freelance"


@dataclass(frozen=True)
class Attacked:
    """One kind of value of one fact table: the records that count, their day (None: they live from start to end), what is shown.

    `ways`: what some questions carry beside period, groups and filters. `split`: further columns that no breakdown is woven by.
    """

    fact: str
    value: str
    where: str
    day: str | None
    readings: dict[str, Reading]
    ways: tuple[dict[str, Any], ...] = ()
    split: tuple[str, ...] = ("worker_country", "supplier")

    @property
    def name(self) -> str:
        return f"{self.fact}.{self.value}"

    @property
    def first(self) -> str:
        """The metric that thresholds and rankings are about."""
        return next(iter(self.readings))

    columns: tuple[str, ...] = field(default=(), kw_only=True)


MEAN = Reading("mean")

ATTACKED = (
    Attacked(
        "charge", "amount", "is_spend", "posted_on",
        {
            "spend": Reading(), "staffing_spend": Reading(source="staffing"), "fee_share": Reading("part", ("fee", "work")),
            "spend_per_freelancer": Reading("mean", "freelancer"), "avg_spend_per_contract": Reading("mean", "contract"),
        },
        split=("worker_country", "charge_type"), columns=("charge_class",),
    ),
    Attacked("contract", "hourly_rate", "counts AND hourly_rate IS NOT NULL", "started_on", {"avg_hourly_rate": MEAN}),
    Attacked(
        "contract", "committed", "counts", None, {"committed": Reading()},
        ways=({"at": "start"}, {"at": "any"}, {"at": "average"}), columns=("started_on", "gone_on"),
    ),
    Attacked("time_entry", "saving", "saving IS NOT NULL", "worked_on", {"savings_vs_staffing": Reading()}),
    Attacked("feedback", "score", "direction = 'client_to_worker'", "given_on", {"rating": MEAN}),
    Attacked("milestone", "amount", "approved_on IS NOT NULL", "approved_on", {"cost_per_accepted_milestone": MEAN}),
)  # fmt: skip

NO_SUMS = {
    "spend_per_fte": "the sum of spend, divided by employees",
    "available": "budget less the sums of spend and of committed money, withheld with either",
    "median_hourly_rate": "one rate in the middle of others",
    "p25_hourly_rate": "one rate in the middle of others",
    "p75_hourly_rate": "one rate in the middle of others",
}
"""Guarded numbers that are not asked for: other words for a sum that is, or no sum at all."""
