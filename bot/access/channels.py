"""What a program lead may let everyone in a channel see, as it is kept and as the scope it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from analytics.model import Scope
from bot.access.lines import line_seen
from bot.access.nouns import EVERYTHING, GROUPS, TOTALS, Seen

if TYPE_CHECKING:
    from bot.access.people import People

# What is kept: {"show": one of SHOWS, "teams": [ids], "person": Entra object id, "detail": "named" or "groups"}.
Given = Mapping[str, Any]


class Knows(Protocol):
    """What is asked of access: people, names of teams, and whether the directory is too old."""

    people: People

    def team_name(self, team: str) -> str:
        """What a team is called."""
        ...

    def stale(self) -> bool:
        """Whether the directory is too old to say who is in whose line."""
        ...


async def shown(given: Given, access: Knows) -> Seen:
    """What everyone in the channel sees: company totals unless something wider was set and still holds."""
    show = given.get("show", "totals")
    if show == "teams":
        return _teams(given, access)
    if show == "line":
        return await _line(given, access)
    return WHOLE.get(show, WHOLE["totals"])


WHOLE: Mapping[str, Seen] = {
    "totals": Seen(TOTALS, "desk.totals"),
    "groups": Seen(GROUPS, "desk.groups"),
    "everything": Seen(EVERYTHING, "desk.whole"),
}


def _teams(given: Given, access: Knows) -> Seen:
    """Teams and all below them; these follow the company's list of teams, not the reporting lines of people."""
    names = ", ".join(access.team_name(team) for team in given["teams"])
    said = "access.teams_groups" if given["detail"] == "groups" else "access.teams"
    return Seen(Scope("line", given["detail"], teams=tuple(given["teams"])), said, (("teams", names),))


async def _line(given: Given, access: Knows) -> Seen:
    """The line of one manager, for as long as they have one and the directory can tell."""
    head = await access.people.find(given["person"])
    if access.stale():
        return Seen(TOTALS, "access.stale")
    if head is None or not head.leads:
        return Seen(TOTALS, "access.gone")
    return line_seen(head.name, Scope("line", given["detail"], people=(head.person,)))
