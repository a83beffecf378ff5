"""The last look before an answer: words that were read, but whose meaning the query does not carry, are asked back."""

from __future__ import annotations

import re
from collections.abc import Callable

from analytics.catalogue import METRICS
from analytics.model import Query

PERCENT = re.compile(r"\d+(?:[.,]\d+)?\s*(?:%|percent|per cent|prozent|pour cent|por ciento|por cento)", re.IGNORECASE)
MOVED = re.compile(
    r"\b(?:gr[eo]w(?:n|ing|th)?|fell|fallen|falling|dropp?(?:ed|ing|s)?|improv\w+|increas\w+|decreas\w+|rose|risen|declin\w+|shr[aiu]nk\w*)\b",
    re.IGNORECASE,
)
EVERY = re.compile(r"\b(?:of (?:every|each)|every|each) (?:day|week|month|quarter|year)\b", re.IGNORECASE)
HOW_MANY = re.compile(r"^\s*how many\b", re.IGNORECASE)
NEW = re.compile(r"\bnew\b", re.IGNORECASE)
WORKERS = re.compile(
    r"\b(?:from|based|living|sitting|located|worker|workers|freelancer|freelancers|talent|contractor|contractors|\w+(?:ers|ors|ists|ants))\b",
    re.IGNORECASE,
)

DOTTED = re.compile(r"(?<![\d.,])\d{1,3}\.\d{3}(?![\d.,])")
NUMBER = re.compile(r"\d[\d.,]*(?:k|m|%)?", re.IGNORECASE)
SHARE = re.compile(r"%|percent\w*|share|part|proportion|fraction|portion", re.IGNORECASE)

Doubt = Callable[[str, Query], str]


def _percent_of_an_amount(text: str, query: Query) -> str:
    """A percentage held against an amount: "grew more than 20 %" is no threshold of 20 dollars."""
    found = PERCENT.search(text)
    amounts = any(METRICS[h.metric].unit != "ratio" for h in query.having if h.metric in METRICS)
    return found[0] if found and amounts and not query.as_share else ""


def _threshold_on_a_change(text: str, query: Query) -> str:
    """A threshold on how a number moved cannot be said in a query."""
    found = MOVED.search(text)
    return found[0] if found and query.having else ""


def _every(text: str, query: Query) -> str:
    """One week of every month is no trend by month."""
    found = EVERY.search(text)
    return (
        found[0]
        if found and (query.limit or query.time) and re.search(r"\b(?:first|last)\b", text, re.IGNORECASE)
        else ""
    )


def _how_many_of_money(text: str, query: Query) -> str:
    """Money is not counted."""
    money = bool(query.metrics) and all(METRICS[m].unit == "money" for m in query.metrics if m in METRICS)
    return "how many" if HOW_MANY.search(text) and money and not query.group_by else ""


def _new_as_a_name(text: str, query: Query) -> str:
    """The word alone names nobody."""
    names = [v.name for f in query.filters for v in f.include if re.match(r"new\b", v.name, re.IGNORECASE)]
    return "new" if NEW.search(text) and any(name.casefold() not in text.casefold() for name in names) else ""


def _two_kinds_of_country(text: str, query: Query) -> str:
    """Where a team pays and where a freelancer sits are only both meant where somebody speaks of freelancers."""
    sits = query.filter("worker_country")
    both = sits is not None and query.filter("country") is not None
    return ", ".join(v.name for v in sits.include) if sits and both and not WORKERS.search(text) else ""


def _both_skills(text: str, query: Query) -> str:
    """A filter of two skills holds jobs with either of them."""
    skills = query.filter("skill")
    return "both" if skills and len(skills.include) > 1 and re.search(r"\bboth\b", text, re.IGNORECASE) else ""


def _threshold_of_nothing(text: str, query: Query) -> str:
    """A threshold picks rows; a question without rows ("jobs with more than 20 proposals") holds none to pick."""
    found = NUMBER.search(text)
    return found[0] if found and query.having and not (query.group_by or query.grain or query.bands) else ""


def _share_of_nothing(text: str, query: Query) -> str:
    """A share needs a part: a filter or rows."""
    found = SHARE.search(text)
    rows = query.group_by or query.filters or query.grain or query.compare or query.bands
    return found[0] if found and query.as_share and not rows else ""


def _dotted_thousands(text: str, query: Query) -> str:
    """In English "50.000" may be fifty or, as others write it, fifty thousand."""
    numbers = {h.value for h in query.having} | {n for f in query.filters for _, n in f.bounds}
    return next((said for said in DOTTED.findall(text) if float(said) in numbers), "")


DOUBTS: tuple[Doubt, ...] = (
    _percent_of_an_amount, _threshold_on_a_change, _every, _how_many_of_money, _new_as_a_name, _two_kinds_of_country, _both_skills,
    _threshold_of_nothing, _dotted_thousands, _share_of_nothing,
)  # fmt: skip


def doubtful(text: str, query: Query, *, translated: bool = False) -> tuple[str, ...]:
    """The words that this query leaves out; nothing where it carries them all.

    In other languages one word says both how many and how much, so that a `translated` text is not taken at that word.
    """
    doubts = [doubt for doubt in DOUBTS if not (translated and doubt is _how_many_of_money)]
    return tuple(word for doubt in doubts if (word := doubt(text, query)))
