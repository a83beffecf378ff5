"""Which profile a file was written for, told by its headers: for exports whose name says nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from analytics.errors import DataError
from analytics.profiles.choose import named_profiles, profile_for
from analytics.profiles.headers import match, score
from analytics.profiles.loader import generic
from analytics.profiles.profile import Profile
from analytics.profiles.sheet import DELIMITERS, detect_encoding, records
from analytics.tables import TABLES

_WITHIN = 30
_TEXT = Profile("headers", "headers", ())


@dataclass(frozen=True, slots=True)
class Fit:
    """A profile all of whose required columns the file has; `known` counts the columns that it names."""

    profile: Profile
    known: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is read with, and every other profile that its headers fit, the best first.

    `by` says how it was found: the file's "name", its "headers", or "" where nothing fits, or two fit alike.
    """

    profile: Profile | None
    by: str
    others: tuple[Profile, ...] = ()


def recognise(path: Path, folder: Path) -> Recognised:
    """What the file would be read with in `folder`. DataError where the folder's choices or the file cannot be read."""
    found = fits(path, folder)
    if known := profile_for(path, folder):
        return Recognised(known, "name", tuple(fit.profile for fit in found if fit.profile.name != known.name))
    alone = found and (len(found) == 1 or found[0].known > found[1].known)
    if not alone:
        return Recognised(None, "", tuple(fit.profile for fit in found))
    return Recognised(found[0].profile, "headers", tuple(fit.profile for fit in found[1:]))


def fits(path: Path, folder: Path) -> list[Fit]:
    """Every profile the file's headers fit: those of the folder and those shipped, and the import format."""
    lines = _top(path)
    known = {**named_profiles(folder), **{f"generic:{table}": generic(table) for table in TABLES}}
    found = [fit for profile in known.values() if (fit := _fit(profile, lines))]
    return sorted(found, key=lambda fit: -fit.known)


def _fit(profile: Profile, lines: Iterable[Sequence[str]]) -> Fit | None:
    best = max(lines, key=lambda cells: score(profile, cells), default=())
    matched = match(profile, best)
    if matched.problems:
        return None
    return Fit(profile, len(matched.places) + len(matched.spread)) if matched.places else None


def _top(path: Path) -> list[list[str]]:
    """The first lines of the file, split by every separator there is."""
    encoding = detect_encoding(path)
    if not encoding:
        raise DataError(f"{path.name}: its text is neither UTF-8 nor Windows-1252; save it as CSV UTF-8.")
    lines: list[list[str]] = []
    for delimiter in DELIMITERS:
        try:
            lines += [
                cells for _, cells in islice(records(_TEXT, path, encoding, delimiter), _WITHIN) if len(cells) > 1
            ]
        except csv.Error:
            continue
    return lines
