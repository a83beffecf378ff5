"""What several people may all see: never more than any of them, and the same for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from analytics.model import Detail, Scope
from bot.access.lines import line_seen
from bot.access.nouns import EVERYTHING, GROUPS, TOTALS, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.access.nouns import Asker
    from bot.access.people import People

# More lines than this make the question to the data longer than an answer is worth.
MOST_LINES = 8


class Knows(Protocol):
    """What is asked of access: what one person may see, and people in the directory."""

    people: People

    def own(self, asker: Asker) -> Seen | None:
        """What they may see for themselves."""
        ...


async def in_common(askers: Sequence[Asker], access: Knows) -> Seen:
    """Rows that every one of them may see, in the least detail that any of them has.

    Company totals, which everyone may see, where somebody sees no more than these or where the lines of two have nothing
    to do with each other: an empty intersection would read like a number of zero.
    """
    scopes = [seen.scope for asker in askers if (seen := access.own(asker))]
    if any(scope.rows == "none" for scope in scopes):
        return Seen(TOTALS, "access.stale")
    if not scopes or any(scope.detail == "totals" for scope in scopes):
        return Seen(TOTALS, "desk.totals")
    detail: Detail = "groups" if any(scope.detail == "groups" for scope in scopes) else "named"
    lines = list(dict.fromkeys(scope.people for scope in scopes if scope.rows == "line"))
    if not lines:
        return Seen(EVERYTHING, "desk.whole") if detail == "named" else Seen(GROUPS, "desk.groups")
    if len(lines) == 1:
        return _line(lines[0], askers, Scope("line", detail, people=lines[0]))
    inner = await access.people.innermost(lines) if len(lines) <= MOST_LINES else None
    if inner is None:
        return Seen(TOTALS, "access.apart")
    among = tuple(Scope("line", "named", people=line) for line in lines if line != inner)
    return _line(inner, askers, Scope("line", detail, people=inner, among=among))


def _line(people: tuple[str, ...], askers: Sequence[Asker], scope: Scope) -> Seen:
    name = next(asker.name for asker in askers if asker.people == people)
    return line_seen(name, scope)
