"""What an answer notes about itself: an English sentence that keeps its key and values, so that a card can say it in any language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from analytics.catalogue import DIMENSIONS, METRICS
from analytics.currencies import decimals

NOTES: dict[str, str] = {
    "no_headcount": "{metrics}: no number, because the headcount of {months} is missing.",
    "no_rate": "Not in the total, for want of an exchange rate: {amounts}.",
    "having": "Only rows with {limit} are shown; the total covers all.",
    "withheld": "Withheld: fewer than five people stand behind a part of it.",
    "people_only": "{metrics}: withheld; it is shown only to whoever may see people.",
    "not_split": "Employees are not split by {dimension}; all of them count.",
    "no_target": "No target is declared for {metric}.",
    "no_benchmark": "No benchmark is declared for {metric}.",
    "benchmark": "{population}, {year}, {source}: {note}",
    "projection_none": "What it would be if every team used freelancers cannot be said: headcount or proposals are missing.",
    "projection_jobs": "If every team used freelancers as the {adopting} adopting of {teams} teams do, "
    "that would be about {then} jobs a year instead of {now}.",
    "projection_holds": "Today's supply would then give {then} qualified proposals a job instead of {now}: it would hold.",
    "projection_fails": "Today's supply would then give {then} qualified proposals a job instead of {now}: it would not hold.",
    "projection_assumed": "Assumed: an adopting team posted at least one job in the period; other teams would post as many "
    "per full-time employee; as many qualified proposals come in as today; {enough} a job are enough; "
    "categories, skills and countries are not weighed.",
}
"""Every note by its key; {gaps} are filled with its values."""

MONTHS = 3  # more of them are not listed


@dataclass(frozen=True, slots=True)
class Named:
    """A metric or dimension by its key; `inside` a sentence it begins small."""

    kind: Literal["metric", "dimension"]
    key: str
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold on a metric, in its unit: major units of money, a fraction for a ratio."""

    value: float
    unit: str
    op: str
    metric: Named


@dataclass(frozen=True, slots=True)
class Unrated:
    """Charges in a currency without a rate: how many, and their sum in its major units where it may be seen."""

    currency: str
    charges: int
    amount: float | None = None


Said = str | int | float | date | Named | Bound | Unrated
"""One value of a note; several of them stand as a tuple. A float has one decimal, a date stands for its month."""


class Note(str):  # noqa: SLOT000 - it is a sentence wherever a sentence is wanted
    """The sentence of this key in English, with its key and values beside it. KeyError where there is no such note."""

    key: str
    values: dict[str, Said | tuple[Said, ...]]

    def __new__(cls, key: str, **values: Said | tuple[Said, ...]) -> Self:
        """The sentence, its gaps filled in English."""
        note = super().__new__(cls, filled(NOTES[key], values, english))
        note.key, note.values = key, values
        return note

    @property
    def sentence(self) -> str:
        """The sentence with its gaps."""
        return NOTES[self.key]


def filled(sentence: str, values: dict[str, Said | tuple[Said, ...]], say: Callable[[Said], str]) -> str:
    """A sentence with its gaps filled, each value written by `say`; of a tuple of dates the first few."""
    return sentence.format_map({name: _several(value, say) for name, value in values.items()})


def _several(value: Said | tuple[Said, ...], say: Callable[[Said], str]) -> str:
    if not isinstance(value, tuple):
        return say(value)
    kept = value[:MONTHS] if value and isinstance(value[0], date) else value
    return ", ".join(map(say, kept)) + (", …" if len(kept) < len(value) else "")


def english(value: Said) -> str:
    """One value in English."""
    if isinstance(value, Named):
        return _name(value)
    if isinstance(value, Unrated):
        return _unrated(value)
    if isinstance(value, Bound):
        return f"{_name(value.metric)} {value.op} {value.value:,g}"
    if isinstance(value, date):
        return f"{value:%b %Y}"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value


def _name(named: Named) -> str:
    known = METRICS.get(named.key) if named.kind == "metric" else DIMENSIONS.get(named.key)
    label = known.label if known else named.key.replace("_", " ")
    return label.lower() if named.inside else label


def _unrated(found: Unrated) -> str:
    charges = f"{found.charges:,} {'charge' if found.charges == 1 else 'charges'}"
    if found.amount is None:
        return f"{charges} in {found.currency}"
    return f"{found.amount:,.{decimals(found.currency)}f} {found.currency} ({charges})"
