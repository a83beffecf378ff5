"""Which file of a folder is read with which profile: what was chosen for it, what `profiles.toml` says, else its name."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from analytics.errors import DataError, did_you_mean
from analytics.profiles.loader import SHIPPED, generic, load, shipped
from analytics.profiles.periods import order_of
from analytics.profiles.profile import Profile
from analytics.tables import TABLES

CHOICES = "profiles.toml"
CHOSEN = "chosen.toml"
"""Written by the program: which profile was found, or chosen by somebody, for a file whose name does not say it."""
GENERIC = "generic:"
_KEYS = {"pattern", "profile"}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A customer's file and the profile it is read with; `nth` counts the files of that profile, the newest last."""

    path: Path
    profile: Profile
    nth: int


def choose(folder: Path, files: Iterable[Path]) -> tuple[list[Arrival], list[str]]:
    """The files that have a profile, in the order of their periods, and what is wrong with the folder's choices."""
    try:
        choices = _choices(folder)
        standard = shipped()
        chosen = {name: named(profile, folder) for name, profile in read_chosen(folder).items()}
    except DataError as error:
        return [], [str(error)]
    found: dict[str, list[tuple[Path, Profile]]] = {}
    problems: list[str] = []
    for path in files:
        fitting = [chosen[path.name]] if path.name in chosen else _fitting(path.name, choices, standard)
        if len(fitting) > 1:
            names = " and ".join(profile.name for profile in fitting)
            problems.append(f"{path.name} fits the profiles {names}; say in {CHOICES} which one it is read with.")
        elif fitting:
            found.setdefault(fitting[0].name, []).append((path, fitting[0]))
    arrivals = []
    for pairs in found.values():
        ordered = sorted(pairs, key=lambda pair: order_of(pair[1], pair[0].name))
        arrivals += [Arrival(path, profile, nth) for nth, (path, profile) in enumerate(ordered)]
    return arrivals, problems


def profile_for(path: Path, folder: Path | None = None) -> Profile | None:
    """The profile a sync of the folder (the file's own, where left out) would read it with; None where there is none.

    DataError where two fit.
    """
    table = path.stem.casefold()
    if path.suffix.casefold() == ".csv" and table in TABLES:
        return generic(table)
    arrivals, problems = choose(folder or path.parent, [path])
    if problems:
        raise DataError("\n".join(problems))
    return arrivals[0].profile if arrivals else None


def by_name(name: str, folder: Path) -> Profile:
    """A profile by its name, or from a TOML file (a path, seen from the folder too). DataError where there is none."""
    if name.startswith(GENERIC):
        return _generic(name)
    for path in (SHIPPED / f"{name}.toml", folder / name, folder / f"{name}.toml", Path(name)):
        if path.suffix == ".toml" and path.is_file():
            return load(path)
    known = sorted(path.stem for path in SHIPPED.glob("*.toml"))
    raise DataError(f'There is no profile "{name}".{did_you_mean(name, known)} There are: {", ".join(known)}.')


def named(name: str, folder: Path) -> Profile:
    """As `by_name`, with the changes that the folder's `profiles.toml` makes to this profile, if it makes any."""
    return next((profile for _, profile in _choices(folder) if profile.name == name), None) or by_name(name, folder)


def named_profiles(folder: Path) -> dict[str, Profile]:
    """Every profile there is to choose from, by name: the shipped ones, those of the folder in their place."""
    return shipped() | {profile.name: profile for _, profile in reversed(_choices(folder))}


def read_chosen(folder: Path) -> dict[str, str]:
    """File -> the name of the profile that was chosen for it."""
    path = folder / CHOSEN
    if not path.is_file():
        return {}
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return {str(entry["name"]): str(entry["profile"]) for entry in told.get("file", [])}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{CHOSEN} cannot be read ({error}); expected [[file]] with name and profile.") from error


def write_chosen(folder: Path, chosen: Mapping[str, str]) -> None:
    """Keep what was chosen for files of this folder; the file is replaced whole or not at all."""
    lines = ["# Written by the program: the profile that was found or chosen for a file whose name does not say it."]
    for name, profile in sorted(chosen.items()):
        lines += ["", "[[file]]", f"name = {json.dumps(name)}", f"profile = {json.dumps(profile)}"]
    made = folder / f"{CHOSEN}.tmp"
    made.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.replace(made, folder / CHOSEN)  # noqa: PTH105 - replaces on every system


def _generic(name: str) -> Profile:
    """`generic:charges` is a file of the import format for this table."""
    table = name.removeprefix(GENERIC)
    if table not in TABLES:
        raise DataError(f'There is no table "{table}".{did_you_mean(table, TABLES)} There are: {", ".join(TABLES)}.')
    return generic(table)


def _fitting(name: str, choices: list[tuple[str, Profile]], standard: Mapping[str, Profile]) -> list[Profile]:
    """The first choice of the folder that fits, else every shipped profile whose pattern fits."""
    for pattern, profile in choices:
        if fnmatch(name.casefold(), pattern.casefold()):
            return [profile]
    return [
        p for p in standard.values() if any(fnmatch(name.casefold(), pattern.casefold()) for pattern in p.file_pattern)
    ]


def _choices(folder: Path) -> list[tuple[str, Profile]]:
    """What `profiles.toml` says: (pattern, profile with the folder's changes)."""
    path = folder / CHOICES
    if not path.is_file():
        return []
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{CHOICES} is no TOML file: {error}.") from error
    if strange := sorted(set(told) - {"file"}):
        raise DataError(f'{CHOICES}: there is no key "{strange[0]}"; expected [[file]] with pattern and profile.')
    return [_choice(folder, entry) for entry in told.get("file", [])]


def _choice(folder: Path, entry: Mapping[str, Any]) -> tuple[str, Profile]:
    if missing := sorted(_KEYS - set(entry)):
        raise DataError(f"{CHOICES}: a [[file]] has no {' and no '.join(missing)}.")
    changes = {key: value for key, value in entry.items() if key not in _KEYS}
    name = str(entry["profile"])
    if name.startswith(GENERIC):
        return str(entry["pattern"]), _generic(name)
    own = next((p for p in (folder / name, folder / f"{name}.toml") if p.suffix == ".toml" and p.is_file()), None)
    known = sorted(path.stem for path in SHIPPED.glob("*.toml"))
    if own is None and name not in known:
        raise DataError(f'{CHOICES}: there is no profile "{name}".{did_you_mean(name, known)}')
    return str(entry["pattern"]), load(own or SHIPPED / f"{name}.toml", changes)
