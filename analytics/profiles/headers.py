"""Finds the columns of a profile in the header of a file, whatever spaces, capitals and punctuation it was written with."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.errors import did_you_mean
from analytics.profiles.profile import Profile

# Signs that carry meaning ("Worker #" is not "Worker") stay.
_NOISE = re.compile(r"[^\w#%]|_")


@dataclass(frozen=True, slots=True)
class Matched:
    """Where each column of the profile stands, headers nothing asked for, and what is wrong."""

    places: Mapping[str, int]
    spread: tuple[int, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


def folded(header: str) -> str:
    """A header as it is compared: "Invoice_Date ", "invoice date" and "InvoiceDate" are the same."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header).casefold())


def match(profile: Profile, headers: Sequence[str]) -> Matched:
    """Match the header cells with the aliases. Two columns that both fit one field are a problem, never a choice."""
    cells = [folded(header) for header in headers]
    places: dict[str, int] = {}
    problems: list[str] = []
    for name, aliases in profile.columns.items():
        wanted = {folded(alias) for alias in aliases} | ({folded(name)} if not aliases else set())
        found = [index for index, cell in enumerate(cells) if cell in wanted]
        if len(found) > 1:
            both = " and ".join(f'"{headers[index].strip()}"' for index in found)
            problems.append(f"the columns {both} both mean {name}; say in profiles.toml which one counts.")
        elif found:
            places[name] = found[0]
    spread = _spread(profile, headers, set(places.values()))
    taken = set(places.values()) | set(spread)
    unknown = tuple(header.strip() for index, header in enumerate(headers) if index not in taken and header.strip())
    problems += _missing(profile, places, unknown)
    return Matched(places, spread, unknown, tuple(problems))


def _spread(profile: Profile, headers: Sequence[str], taken: set[int]) -> tuple[int, ...]:
    if profile.unpivot is None:
        return ()
    wanted = re.compile(profile.unpivot.headers)
    return tuple(i for i, header in enumerate(headers) if i not in taken and wanted.fullmatch(header.strip()))


def _missing(profile: Profile, places: Mapping[str, int], unknown: Sequence[str]) -> list[str]:
    problems = []
    for name in profile.required:
        if name not in places and name not in profile.constants:
            aliases = profile.columns.get(name, ())
            near = nearest(unknown, aliases)
            said = f' Is it "{near}"? Then add it to profiles.toml.' if near else ""
            problems.append(f"no column for {name} (known as {_listed(aliases)}).{said}")
    return problems


def nearest(headers: Sequence[str], aliases: Sequence[str]) -> str:
    """The header whose words are most like those of one of the aliases, in whatever order; empty where none is near."""
    sorted_words = {_words(header): header for header in headers}
    for alias in aliases:
        hint = did_you_mean(_words(alias), sorted_words, cutoff=80)
        if found := re.search('"(.*)"', hint):
            return sorted_words[found[1]]
    return ""


def _words(header: str) -> str:
    return " ".join(sorted(re.findall(r"[^\W_]+", header.casefold())))


def _listed(aliases: Sequence[str]) -> str:
    return ", ".join(f'"{alias}"' for alias in aliases[:4]) + (" ..." if len(aliases) > 4 else "")


def score(profile: Profile, cells: Sequence[str]) -> int:
    """How many columns of the profile a line of cells names: the line with most is the header."""
    found = Counter(folded(cell) for cell in cells)
    known = sum(any(folded(alias) in found for alias in aliases) for aliases in profile.columns.values())
    return known + (len(_spread(profile, cells, set())) if profile.unpivot else 0)
