"""One thing that `check` says about an installation, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Level = Literal["good", "look", "wrong"]
_MARKS: dict[Level, str] = {"good": "ok   ", "look": "look ", "wrong": "WRONG"}


@dataclass(frozen=True, slots=True)
class Told:
    """What was looked at, how it stands, what was found, and what to do about it."""

    about: str
    level: Level
    said: str
    do: str = ""


def good(about: str, said: str) -> Told:
    """As it should be."""
    return Told(about, "good", said)


def look(about: str, said: str, do: str) -> Told:
    """The bot works like this, but somebody should look at it."""
    return Told(about, "look", said, do)


def wrong(about: str, said: str, do: str) -> Told:
    """The bot does not work like this."""
    return Told(about, "wrong", said, do)


def lines(told: Sequence[Told]) -> Iterator[str]:
    """Everything that was found, what is wrong last, where it is read first; then how many of each."""
    order = ("good", "look", "wrong")
    for one in sorted(told, key=lambda one: order.index(one.level)):
        yield f"{_MARKS[one.level]} {one.about}: {one.said}"
        if one.do:
            yield f"      {one.do}"
    wrongs, looks = (sum(1 for one in told if one.level == level) for level in ("wrong", "look"))
    yield f"{wrongs} wrong, {looks} to look at, {len(told) - wrongs - looks} as they should be."
