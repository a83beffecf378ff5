"""Looks at a file that was sent: what it is read with, what would be read of it, and what using it would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.errors import DataError
from analytics.importing.preview import preview
from analytics.profiles.choose import named, named_profiles
from analytics.profiles.fits import recognise
from cards.files import Change, Part, Sent, Shift, Sum

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from analytics.importing.preview import Preview
    from analytics.profiles import Profile
    from bot.outcome import Outcome

MOST_ABSENT = 8


def see(key: str, path: Path, chosen: str, folder: Path) -> Sent:
    """The file as it would be read in `folder`; `chosen` is the profile somebody picked, empty to recognise it.

    Takes as long as reading the file does.
    """
    try:
        found = recognise(path, folder)
        profile = named(chosen, folder) if chosen else found.profile
        offered = _offered((profile, found.profile, *found.others), named_profiles(folder))
    except DataError as error:
        return Sent(key, path.name, problems=tuple(str(error).splitlines()))
    if profile is None:
        return Sent(key, path.name, profiles=offered)
    by = "chosen" if chosen else found.by
    return _seen(Sent(key, path.name, profile.name, profile.title, by, profiles=offered), preview(path, profile))


def _offered(first: Iterable[Profile | None], rest: dict[str, Profile]) -> tuple[tuple[str, str], ...]:
    """Profiles to choose from, those that fit before the others."""
    listed = {one.name: one.title for one in first if one} | {name: one.title for name, one in rest.items()}
    return tuple(listed.items())


def _seen(sent: Sent, found: Preview) -> Sent:
    empty = not any(run.read for run in found.tables) and found.loads
    # A file of the import format has more optional columns than anybody sends.
    absent = () if found.profile.name.startswith("generic:") else found.absent[:MOST_ABSENT]
    return Sent(
        id=sent.id,
        name=sent.name,
        profile=sent.profile,
        title=sent.title,
        by=sent.by,
        profiles=sent.profiles,
        parts=tuple(Part(run.table, run.read, run.loaded, run.quarantined) for run in found.tables),
        rejects=tuple((one.rows, one.table, one.line, one.reason) for one in found.rejects),
        unknown=found.unknown,
        absent=tuple(absent),
        left_out=tuple(found.applied.dropped.items()) if found.applied else (),
        gaps=found.applied.gaps if found.applied else (),
        problems=found.problems or ((f"{sent.name} holds no rows.",) if empty else ()),
    )


def change_of(outcome: Outcome, currency: str) -> Change:
    """What a trial has shown."""
    if outcome.error:
        return Change(unknown=" ".join(outcome.error.split())[:500])
    return Change(
        tuple(Shift(one.kind, one.added, one.changed, one.removed) for one in outcome.rows),
        tuple(Sum(one.metric, one.before, one.after) for one in outcome.moved),
        currency,
    )
