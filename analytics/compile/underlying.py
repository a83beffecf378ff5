"""The records behind an answer: the very rows that its metrics were folded from, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from analytics.catalogue import DIMENSIONS
from analytics.compile.assemble import Compiled, _plan
from analytics.compile.conditions import pick, sql
from analytics.compile.folds import Fold, _rows, averaged

if TYPE_CHECKING:
    from analytics.compile.shape import Shape

NAMED = {"job": ("title", "url"), "contract": ("title", "url")}


@dataclass(frozen=True, slots=True)
class Underlying:
    """One statement that lists records of one fact table; `columns` in order, `$most` bounds how many."""

    fact: str
    columns: tuple[str, ...]
    compiled: Compiled


@lru_cache(maxsize=256)
def compile_underlying(shape: Shape) -> tuple[Underlying, ...]:
    """One list per way in which the metrics of the shape count; what is shared by all groups is no record of them."""
    folds, _ = _plan(shape)
    own = [fold for fold in folds if not fold.part.shared]
    return tuple(_listed(fold, shape) for fold in own)


def _listed(fold: Fold, shape: Shape) -> Underlying:
    columns = _columns(fold)
    rows = _rows(fold, shape, [], total=True, needed=columns).subquery("x")
    # A population is looked at on several days for an average; a record is listed once all the same.
    tree = pick(*columns).from_(rows).where("era = 0").order_by(*columns[:2])
    tree = tree.distinct() if averaged(fold, shape) else tree
    names = frozenset(p.name for p in tree.find_all(exp.Placeholder)) | {"most"}
    text = f"{tree.sql(dialect='duckdb')} LIMIT $most"
    return Underlying(fold.part.fact, columns, Compiled(text, names, columns, ()))


def _columns(fold: Fold) -> tuple[str, ...]:
    """Key, name, dates, what it can be split by, and what is measured on it."""
    part, fact = fold.part, fold.fact
    dates = [fold.date] if fold.date else list(dict.fromkeys(part.alive or ()))
    measured = [fold.part.per[1]] if fold.part.per else [one.measure for one in fold.parts]
    texts = [*measured, *([part.where] if part.where else [])]
    used = sorted({column.name for text in texts for column in sql(text).find_all(exp.Column)} - {"v", "r"})
    split = [key for key in DIMENSIONS if key in fact.dimensions]
    return tuple(dict.fromkeys([fact.key, *NAMED.get(fact.name, ()), *dates, *split, *used]))
