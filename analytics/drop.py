"""How exports arrive: a folder that is watched, files that are complete, taken in with a sync, archived or refused with a reason.

    drop/                      where exports are put; what stands here waits
    drop/archive/2026-11-20/   what a sync has taken in, as it arrived, and what it replaced
    drop/refused/2026-11-20/   what could not be used, and beside each file why: NAME.reason.txt
    files/                     what every sync reads: the newest of each file, profiles.toml, mapping.toml

A file leaves the drop folder last of all, so a sync that is killed at any point is simply done again. Nothing is deleted.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from analytics.errors import DataError
from analytics.importing.preview import preview
from analytics.linked import link_or_copy
from analytics.profiles import Profile
from analytics.profiles.choose import CHOSEN, named, read_chosen, write_chosen
from analytics.profiles.fits import recognise
from analytics.sync import SyncReport

Mark = tuple[int, int]
"""Size in bytes and moment of the last change of a file, in nanoseconds."""

UNFINISHED = (".part", ".tmp", ".partial", ".crdownload", ".filepart")
REASON = ".reason.txt"
_ARCHIVE, _REFUSED = "archive", "refused"


@dataclass(frozen=True, slots=True)
class Places:
    """`files`: what every sync reads. `drop`: where exports arrive, with archive and refused below it."""

    files: Path
    drop: Path


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file to be taken in; `profile` is the name of the one somebody chose, empty where it is to be recognised."""

    path: Path
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that can be used: its profile, and the name under which it will be kept. `chosen`: its name alone does not say it."""

    path: Path
    profile: Profile
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be used, and why."""

    path: Path
    reason: str


@dataclass(slots=True)
class Taken:
    """What came of files that arrived: the sync's report or why there is none; what was used, refused, or waits still."""

    report: SyncReport | None = None
    error: str = ""
    used: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


def look(folder: Path) -> dict[str, Mark]:
    """Every file that stands in a drop folder, unfinished and hidden ones left out; nothing where there is no folder."""
    if not folder.is_dir():
        return {}
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name.casefold()
            if (
                entry.is_file(follow_symlinks=False)
                and not name.startswith((".", "~"))
                and not name.endswith(UNFINISHED)
            ):
                seen = entry.stat(follow_symlinks=False)
                found[entry.name] = (seen.st_size, seen.st_mtime_ns)
    return found


def complete(before: Mapping[str, Mark], now: Mapping[str, Mark]) -> list[str]:
    """The files that nobody has written to between two looks."""
    return sorted(name for name, mark in now.items() if before.get(name) == mark)


def take_in(places: Places, arrived: Sequence[Arrived], sync: Callable[[Path], SyncReport], now: datetime) -> Taken:
    """Sync with these files besides those that are there; what the sync refuses is put aside, and it is tried without.

    `sync` reads the folder it is given and publishes a version, or raises DataError. A file that is not itself at fault
    stays where it is.
    """
    places.files.mkdir(parents=True, exist_ok=True)
    taken = Taken()
    usable = _sorted_out(places, arrived, taken)
    while True:
        try:
            with candidate(places, usable) as folder:
                taken.report = sync(folder)
        except DataError as error:
            faults = _at_fault(usable, str(error))
            if faults:
                taken.refused += [Refused(one.path, reason) for one, reason in faults]
                guilty = {one.path for one, _ in faults}
                usable = [one for one in usable if one.path not in guilty]
                if usable:
                    continue
            taken.error = str(error)
            taken.waiting = [one.path.name for one in usable]
        break
    if taken.report is not None:
        taken.used = [_keep(places, one, now) for one in usable]
    for refused in taken.refused:
        _refuse(places, refused, now)
    return taken


def incoming(places: Places, arrived: Arrived) -> Incoming:
    """How a file would be taken in. DataError where it cannot be: unknown, not readable, of no use."""
    path, chosen = arrived.path, bool(arrived.profile)
    if chosen:
        profile: Profile | None = named(arrived.profile, places.files)
    else:
        found = recognise(path, places.files)
        profile, chosen = found.profile, found.by == "headers"
        if profile is None:
            raise DataError(_unknown(path.name, found.others))
    if profile is None:
        raise DataError(_unknown(path.name, ()))
    return Incoming(path, profile, *_name(places, path, profile, chosen=chosen))


def _unknown(name: str, others: Sequence[Profile]) -> str:
    if others:
        fitting = " and ".join(profile.name for profile in others[:4])
        return f"{name} fits several profiles: {fitting}. Say in profiles.toml which one it is read with."
    return f"{name} has neither a name nor headers that a profile knows. See: python app.py check {name} --suggest"


def _name(places: Places, path: Path, profile: Profile, *, chosen: bool) -> tuple[str, bool]:
    """Under which name a file is kept, and whether its profile has to be noted. DataError where it cannot be told apart.

    A file of the import format replaces the one of its table. A later file in mode delta must not take the place of an
    earlier one of the same name, because what is gone from a delta is not gone from the data: it is kept beside it.
    """
    if profile.name.startswith("generic:"):
        return f"{profile.name.removeprefix('generic:')}.csv", False
    there = places.files / path.name
    if not there.exists() or filecmp.cmp(there, path, shallow=False) or profile.mode == "full":
        return path.name, chosen
    if profile.mode == "append":
        raise DataError(
            f"{path.name}: a file of this name is in use already, and {profile.name} adds up its files. "
            "Give it another name if it brings further lines; put it into the data folder by hand if it replaces them."
        )
    # "~" sorts behind ".", so the later file is also read later.
    free = (f"{path.stem}~{number}{path.suffix}" for number in range(2, 10_000))
    return next(
        name
        for name in free
        if not (places.files / name).exists() or filecmp.cmp(places.files / name, path, shallow=False)
    ), True


def _sorted_out(places: Places, arrived: Sequence[Arrived], taken: Taken) -> list[Incoming]:
    """Those that could be read for themselves; the others are noted as refused."""
    usable: dict[str, Incoming] = {}
    for one in arrived:
        try:
            made = _tried(places, one, usable)
            usable[made.name] = made
        except FileNotFoundError:
            continue  # taken in, or taken back, by somebody else
        except DataError as error:
            taken.refused.append(Refused(one.path, str(error)))
    return list(usable.values())


def _tried(places: Places, one: Arrived, others: Mapping[str, Incoming]) -> Incoming:
    made = incoming(places, one)
    seen = preview(one.path, made.profile)
    if not seen.loads:
        raise DataError("\n".join(seen.problems))
    if not any(run.read for run in seen.tables):
        raise DataError(f"{one.path.name} holds no rows.")
    if other := others.get(made.name):
        raise DataError(f"{one.path.name} and {other.path.name} would both be {made.name}; send one of them.")
    return made


def _at_fault(usable: Iterable[Incoming], said: str) -> list[tuple[Incoming, str]]:
    """The files that a refused sync names, each with the lines that name it."""
    lines = said.splitlines()
    found = [(one, [line.removeprefix("- ") for line in lines if _names(line, one.name)]) for one in usable]
    return [(one, "\n".join(reasons)) for one, reasons in found if reasons]


def _names(line: str, name: str) -> bool:
    return line.removeprefix("- ").startswith((f"{name}:", f"{name},", f"{name} "))


@contextmanager
def candidate(places: Places, usable: Sequence[Incoming]) -> Iterator[Path]:
    """The data folder as it would be with these files, for as long as the block runs; the folder itself stays as it is."""
    if not usable:
        yield places.files
        return
    with tempfile.TemporaryDirectory(prefix=".next-", dir=places.files.parent) as made:
        folder = Path(made)
        for path in places.files.iterdir():
            if path.is_file():
                link_or_copy(path, folder / path.name)
        for one in usable:
            (folder / one.name).unlink(missing_ok=True)
            link_or_copy(one.path, folder / one.name)
        _note(folder, usable)
        yield folder


def _note(folder: Path, usable: Sequence[Incoming]) -> None:
    """Keep the profiles that names alone do not say."""
    chosen = {one.name: one.profile.name for one in usable if one.chosen}
    if chosen:
        known = read_chosen(folder)
        (folder / CHOSEN).unlink(missing_ok=True)  # it may be the same file as the one in use
        write_chosen(folder, known | chosen)


def _keep(places: Places, one: Incoming, now: datetime) -> str:
    """Put a file in use, and what arrived into the archive; the name it is kept under."""
    there = places.files / one.name
    made = places.files / f".{one.name}.tmp"
    shutil.copy2(one.path, made)
    if there.exists() and not filecmp.cmp(there, one.path, shallow=False):
        link_or_copy(there, _free(_day(places, _ARCHIVE, now) / "replaced", one.name))
    if one.chosen:
        write_chosen(places.files, read_chosen(places.files) | {one.name: one.profile.name})
    os.replace(made, there)  # noqa: PTH105 - replaces on every system
    shutil.move(one.path, _free(_day(places, _ARCHIVE, now), one.path.name))
    return one.name


def _refuse(places: Places, refused: Refused, now: datetime) -> None:
    there = _free(_day(places, _REFUSED, now), refused.path.name)
    there.with_name(there.name + REASON).write_text(f"{refused.reason}\n", encoding="utf-8")
    shutil.move(refused.path, there)


def _day(places: Places, kind: str, now: datetime) -> Path:
    return places.drop / kind / now.date().isoformat()


def _free(folder: Path, name: str) -> Path:
    """A path in the folder that nothing has yet."""
    folder.mkdir(parents=True, exist_ok=True)
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{Path(name).stem}~{number}{Path(name).suffix}"
    return path
