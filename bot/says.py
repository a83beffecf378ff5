"""Short sentences and examples the desk needs around its cards, each in one place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from analytics import query as public
from bot.access import NOTHING, Asker
from cards.view import Next, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.model import Scope, Snapshot
    from bot.answering import Reader

UNKNOWN_PERSON = "I cannot find you among the employees I know. Your program team can add you to the directory data."
NO_LINE = "You do not head a team in the directory, so there is no team of yours to show."
TOPICS = {
    "metric": "Which number would you like?",
    "comparison": "What should I compare it with?",
    "define": "Which number should I explain?",
}
NOT_YET = {
    "export": "I cannot export yet.",
    "subscribe": "I cannot send reports on a schedule yet.",
    "alert": "I cannot watch a number for you yet.",
    "target": "I cannot keep targets yet.",
    "explain_change": "I cannot take a change apart yet.",
    "list_values": "I cannot list values yet.",
    "data_quality": "I cannot show all data checks on one card yet; each answer shows the ones that touch it.",
    "feedback": "Thank you. I cannot keep written feedback yet.",
}

_EXAMPLES: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("Spend by job category", {"metrics": ["spend"], "group_by": ["job_category"]}, True),
    ("Spend per team", {"metrics": ["spend"], "group_by": ["team"]}, False),
    ("Average time to hire", {"metrics": ["avg_time_to_hire"]}, True),
    ("Who posted the most jobs", {"metrics": ["jobs_posted"], "group_by": ["poster"], "order": [["jobs_posted", "desc"]]}, False),
    ("Freelance and staffing, side by side", {"metrics": ["spend", "contracts"], "compare": {"dimension": "source", "values": ["freelance", "staffing"]}}, False),
    ("Spend month by month", {"metrics": ["spend"], "grain": "month"}, True),
)  # fmt: skip


def examples(asker: Asker) -> Sequence[Next]:
    """Questions to start from, which this asker may ask."""
    named = asker.role in {"program", "manager"}
    return [Next(label, public.from_json(query)) for label, query, plain in _EXAMPLES if plain or named]


def scope_label(scope: Scope, asker: Asker, *, stale: bool) -> str:
    """Whose data a card shows, in a few words."""
    if scope.rows == "none":
        return "No data: the directory is too old to know your reporting line" if stale else "No data"
    if scope.rows == "line":
        heads = ", ".join(asker.heads[:2]) + (f" and {len(asker.heads) - 2} more" if len(asker.heads) > 2 else "")
        return f"Your reporting line: {heads}" if heads else "Your reporting line"
    return {"named": "Whole program", "groups": "Whole program, groups only", "totals": "Company totals"}[scope.detail]


def scope_word(scope: Scope) -> str:
    """The scope for the audit."""
    return f"{scope.rows}/{scope.detail}"


def freshness(snapshot: Snapshot) -> str:
    """How current the data is."""
    return f"data up to {snapshot.as_of:%d %B %Y, %H:%M} UTC, read {snapshot.synced_at:%d %B %Y, %H:%M} UTC"


def unread(words: Sequence[str]) -> str:
    """Names what could not be read."""
    said = ", ".join(f"“{word}”" for word in words[:5])
    return f"I could not read {said}."


def plain_view(reader: Reader) -> View:
    """A view for cards that show no data."""
    return View(today=reader.today, language=reader.language, locale=reader.locale, asked=reader.asked)


def compact(query: dict[str, Any]) -> str:
    """JSON in one line."""
    return json.dumps(query, ensure_ascii=False, separators=(",", ":"))


__all__ = ["NOTHING", "compact", "examples", "freshness", "plain_view", "scope_label", "scope_word", "unread"]
