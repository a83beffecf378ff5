"""The table of handlers, in the order they are tried, and the one function that makes a draft of marks."""

from __future__ import annotations

from bot.understanding.composer import Composer, Handler, flag
from bot.understanding.draft import Draft
from bot.understanding.said_breakdowns import dimension, forall, grain, nth, superlative, unit
from bot.understanding.said_joints import (
    based,
    beneath,
    but,
    filler,
    joint,
    negation,
    only,
    trend,
    under,
    unread,
    unsure,
)
from bot.understanding.said_metrics import (
    absent,
    action,
    ambiguous,
    ends,
    explain,
    goal,
    listing,
    measure,
    metric,
    occupation,
    people,
    posted,
    when,
)
from bot.understanding.said_names import company_wide, country_word, name, no_fees, only_fees, source, value
from bot.understanding.said_numbers import number, span, threshold, vs_relative
from bot.understanding.scan import Mark
from bot.understanding.vocabulary import Vocabulary

HANDLERS: tuple[Handler, ...] = (
    vs_relative, no_fees, only_fees, unsure, nth, explain, action, ends, when, span, threshold, beneath, number, under, joint, but, negation, based,
    flag("compareto", "flagged_compare"), flag("basis", "basis"), flag("at", "at"), flag("funnel"), flag("bands"),
    goal, name, measure, metric, ambiguous, value, country_word, source, grain, forall, dimension, unit,
    flag("stat", "stat"), flag("speed"), superlative, flag("rank", "rank"), flag("change", "change"),
    flag("share"), trend, flag("who"), flag("where"), flag("howmany"), listing, flag("record", "record"),
    posted, people, occupation, company_wide, flag("compare"), flag("setting"), flag("owning"), flag("hitting"), flag("instead"), flag("too"), only, absent, flag("which"),
    filler, unread,
)  # fmt: skip


def composed(marks: list[Mark], vocabulary: Vocabulary) -> Draft:
    """The draft of a question's marks."""
    return Composer(marks, vocabulary, HANDLERS).run()
