"""Reporting lines as scopes, and the sentence that says whose line it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.model import Scope
from bot.access.nouns import Seen

if TYPE_CHECKING:
    from bot.access.nouns import Asker

NAMED = 2


def line_of(asker: Asker) -> Seen:
    """The asker's own line, with the lines they stand in for."""
    scope = Scope("line", "named", people=asker.people)
    if asker.stands_for:
        names = ", ".join(one.name for one in asker.stands_for)
        said, values = _own(asker)
        return Seen(scope, "access.deputy", (("line", (said, values)), ("names", names)))
    return Seen(scope, *_own(asker))


def _own(asker: Asker) -> tuple[str, tuple[tuple[str, object], ...]]:
    teams, more = ", ".join(asker.heads[:NAMED]), len(asker.heads) - NAMED
    if more > 0:
        return "desk.line_more", (("teams", teams), ("n", more))
    return ("desk.line_of", (("teams", teams),)) if teams else ("desk.line", ())


def line_seen(name: str, scope: Scope) -> Seen:
    """Somebody's line, as others are told of it."""
    return Seen(scope, "access.line_groups" if scope.detail == "groups" else "access.line", (("name", name),))
