"""The words and weights that the sample is made of, read from the TOML files beside this one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analytics.sample.base import Floats, Ints

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Category:
    """One job category: what it is called, what an hour costs (USD), how long hiring and the work take (days)."""

    id: str
    name: str
    family: str
    rate: float
    hourly: float
    days: float
    length: float
    hours: float
    staffing: float
    bids: float
    skills: tuple[str, ...]
    subcategories: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Division:
    """One division: its departments with their teams, and what it asks freelancers for."""

    name: str
    people: float
    adopts: float
    wants: dict[str, float]
    departments: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Market:
    """Countries, currencies, platforms and categories; codes elsewhere are positions in these lists."""

    currencies: tuple[str, ...]
    decimals: Ints
    usd: Floats
    drift: Floats
    wobble: Floats
    countries: tuple[str, ...]
    country_weight: Floats
    country_currency: Ints
    country_cost: Floats
    worker_countries: tuple[str, ...]
    worker_country_weight: Floats
    platforms: tuple[str, ...]
    platform_source: tuple[str, ...]
    platform_share: Floats
    platform_url: tuple[str, ...]
    staffing_firms: tuple[str, ...]
    agencies: tuple[str, ...]
    places: dict[str, tuple[int, ...]]
    categories: tuple[Category, ...]

    @property
    def skills(self) -> tuple[str, ...]:
        """Every skill, category by category."""
        return tuple(skill for category in self.categories for skill in category.skills)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


@cache
def names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """First names and last names."""
    words = _read("names.toml")
    return tuple(dict.fromkeys(words["first"].split())), tuple(dict.fromkeys(words["last"].split()))


@cache
def divisions() -> tuple[Division, ...]:
    """The divisions of the company, in the order in which smaller companies lose them from the end."""
    found = _read("organisation.toml")["divisions"]
    return tuple(Division(**(d | {"departments": _pairs(d["departments"])})) for d in found)


@cache
def market() -> Market:
    """The market the company buys work in."""
    found = _read("market.toml")
    money, countries, platforms = found["currencies"], found["countries"], found["platforms"]
    codes, names_ = tuple(money), tuple(countries)
    return Market(
        currencies=codes,
        decimals=np.array([money[c]["decimals"] for c in codes], dtype=np.int64),
        usd=_numbers(money, "usd"),
        drift=_numbers(money, "drift"),
        wobble=_numbers(money, "wobble"),
        countries=names_,
        country_weight=_numbers(countries, "weight"),
        country_currency=np.array([codes.index(countries[n]["currency"]) for n in names_], dtype=np.int64),
        country_cost=_numbers(countries, "cost"),
        worker_countries=tuple(found["worker_countries"]),
        worker_country_weight=np.array(list(found["worker_countries"].values()), dtype=np.float64),
        platforms=tuple(platforms),
        platform_source=tuple(p["source"] for p in platforms.values()),
        platform_share=_numbers(platforms, "share"),
        platform_url=tuple(p["url"] for p in platforms.values()),
        staffing_firms=tuple(found["suppliers"]["staffing"]),
        agencies=tuple(found["suppliers"]["agencies"]),
        places={k: tuple(names_.index(c) for c in v) for k, v in found["places"].items()},
        categories=tuple(_category(c) for c in found["categories"]),
    )


def _category(found: dict[str, Any]) -> Category:
    lists = {"skills": tuple(found["skills"]), "subcategories": _pairs(found["subcategories"])}
    return Category(**(found | lists))


def _pairs(found: dict[str, list[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(values)) for name, values in found.items())


def _numbers(found: dict[str, dict[str, float]], key: str) -> Floats:
    return np.array([value[key] for value in found.values()], dtype=np.float64)
