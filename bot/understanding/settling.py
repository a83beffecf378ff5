"""From marks to a finished draft: composed, joined to the earlier question where it follows one up, and settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.model import Query
from bot.understanding import choices, followups
from bot.understanding.calendar import Calendar
from bot.understanding.compose import composed
from bot.understanding.draft import Draft
from bot.understanding.finish import finish, unused
from bot.understanding.nouns import Question
from bot.understanding.scan import Mark
from bot.understanding.vocabulary import Vocabulary

COUNTED = {"job": ("jobs_posted",), "contract": ("contracts",), "proposal": ("proposals",)}


@dataclass(frozen=True, slots=True)
class Settling:
    """What a question is settled against: what was said before, the names, the calendar."""

    question: Question
    vocabulary: Vocabulary
    calendar: Calendar

    def earlier(self) -> Query | None:
        """The newest earlier query that is still legal."""
        return next((q for e in reversed(self.question.earlier) if (q := followups.query_of(e.query))), None)

    def settled(self, marks: list[Mark], words: Sequence[str]) -> tuple[Draft, bool]:
        """The finished draft of these marks, and whether it follows up the earlier question."""
        d, old = composed(marks, self.vocabulary), self.earlier()
        followup = old is not None and (followups.is_followup(d, list(words)) or followups.goes_on(d, old))
        if followup and old:
            d.earlier = {wanted.dimension: list(wanted.include) for wanted in old.filters}
            d.about_workers = "freelancers" in old.metrics
        finish(d, self.vocabulary, self.calendar, _context(old) if followup and old else ())
        unused(d, followup=followup)
        choices.remembered(d, self.question.chosen)
        if followup and old:
            filled = d.filled
            d = followups.merged(old, d, self.calendar)
            d.filled = filled
        return d, followup


def _context(old: Query) -> tuple[str, ...]:
    return COUNTED.get(old.rows, ("spend",)) if old.rows else old.metrics
