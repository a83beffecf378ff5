"""The list of every check of the data, docs/checks.md, made from the declarations: `python -m analytics.quality.page`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from os.path import commonprefix
from pathlib import Path

from analytics.quality import CHECKS, Check

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"
HEAD = """# Checks of the data

Every check that runs on a new version of the data before it is published, as declared in `analytics/quality/`. Written by
`python -m analytics.quality.page`; do not edit it by hand. Ask the bot "data quality" to see what they found.

What a check finds is grave (**E**: the metrics built on those facts are withheld), a warning (**W**: a badge on them) or for
information (**I**: listed). Several are milder as long as few rows are concerned. A **guard** keeps the version from being
published at all: the data in use stays.

| check | | finds | to do |
|---|---|---|---|
"""


def page() -> str:
    """The page, in Markdown."""
    return HEAD + "".join(_line(alike) for alike in families())


def families() -> Iterator[Sequence[Check]]:
    """Checks that are one and the same for different tables or columns, in the order of their numbers."""
    listed = sorted(CHECKS, key=lambda check: (check.number, _kind(check)))
    for _, alike in groupby(listed, lambda check: (check.number, _kind(check), check.advice)):
        yield list(alike)


def _kind(check: Check) -> str:
    return check.id.split("_")[0]


def _line(alike: Sequence[Check]) -> str:
    names = [check.id for check in alike]
    stem = commonprefix(names)  # noqa: RUF071  ids are words here, not paths
    stem = stem[: stem.rfind("_") + 1]
    grave = "/".join(sorted({check.severity for check in alike})) + (", guard" if alike[0].guards else "")
    if len(alike) == 1 or not stem:
        told = (", ".join(f"`{name}`" for name in names), alike[0].title)
    else:
        rest = ", ".join(name.removeprefix(stem) for name in names)
        told = (f"`{stem}…`: {rest}", f"For instance: {alike[0].title}")
    return f"| {told[0]} | {grave} | {told[1]} | {alike[0].advice} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
