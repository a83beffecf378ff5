"""Every kind of card there is, drawn from answers written by hand: what snapshots, validators and pictures run over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from analytics.catalogue import METRICS
from analytics.model import Answer, Query
from cards.choose import choose_card
from cards.definition import definition_card
from cards.feedback import feedback_card
from cards.help import help_card, welcome_card
from cards.listing import record_card
from cards.review.card import review_card
from cards.show import card_for
from cards.trouble import error_card, refusal_card, unclear_card
from cards.view import Next, View
from cards.why import why_card
from tests.cards import answers, hard, whys
from tests.cards.data_cards import data_cards
from tests.cards.digest_cases import DIGEST
from tests.cards.learning_cases import LEARNING
from tests.cards.program_cases import PROGRAM
from tests.cards.sharing_cases import SHARING
from tests.cards.subscription_cases import SUBSCRIPTIONS

Card = dict[str, Any]

ANSWERS: Mapping[str, Callable[[], Answer]] = {
    "metric": answers.metric,
    "metric-to-date": answers.spend,
    "metric-no-number": answers.no_number,
    "metric-several": answers.several,
    "metric-totals": hard.totals,
    "breakdown": answers.breakdown,
    "breakdown-change": answers.teams,
    "breakdown-people": answers.posters,
    "breakdown-many": hard.many,
    "breakdown-ratios": hard.many_ratios,
    "breakdown-withheld": hard.withheld,
    "breakdown-bands": hard.bands,
    "breakdown-long": hard.long_names,
    "trend": answers.trend,
    "trend-long": answers.spend_trend,
    "trend-teams": answers.team_trend,
    "compare": answers.compare,
    "compare-months": answers.compare_months,
    "compare-categories": answers.compare_teams,
    "list": hard.listing,
    "empty": hard.empty,
    "empty-missing": lambda: hard.empty(missing=True),
}

EXAMPLES = (
    Next(
        "Spend per team last quarter", Query(("spend",), ("team",), time=answers.QUARTER), "totals, shares and change"
    ),
    Next("Average time to hire in design", Query(("avg_time_to_hire",)), "with median, target and trend"),
    Next("Who posted the most jobs this year", Query(("jobs_posted",), ("poster",)), "people you are allowed to see"),
    Next("Compare freelance with external staffing", Query(("spend", "contracts"), compare=answers.SIDES)),
)
SQL = "SELECT avg(hire_days)\n  FROM hire\n WHERE hire_days >= 0"
AT = datetime(2026, 11, 20, 9, 14, tzinfo=UTC)
ASKED = replace(answers.VIEW, asked="spend per team last quarter")

TALK: Mapping[str, Callable[[View], Card]] = {
    "welcome": lambda view: welcome_card(view, EXAMPLES, "Ann"),
    "welcome-shared": lambda view: welcome_card(replace(view, place="shared", scope="Company totals"), EXAMPLES[:2]),
    "help": lambda view: help_card(view, EXAMPLES),
    "choose": lambda view: choose_card(view, EXAMPLES[:3], "Which “design” do you mean?"),
    "unclear": lambda view: unclear_card(view, EXAMPLES, "I could not read “flurb”."),
    "refusal": lambda view: refusal_card(view, "personal_data", "", EXAMPLES[:1]),
    "error": lambda view: error_card(view, "7F3A-21C9", AT, EXAMPLES[0].query),
    "feedback": lambda view: feedback_card(
        view, {"like": 41, "dislike": 3}, [(AT, "dislike", "The number for [Legal](http://x) is too low.")], 28
    ),
    "record": lambda view: record_card(hard.listing(), hard.listing().rows[0], view),
    "review": lambda view: review_card(view, whys.PAGES, whys.LINKS, 15, answers.QUARTER.start or answers.TODAY),
    "why": lambda view: why_card(whys.spend(), view),
    "why-ratio": lambda view: why_card(whys.fill_rate(), view),
    "why-median": lambda view: why_card(whys.median(), view),
    "why-totals": lambda view: why_card(whys.totals(), view),
    "definition": lambda view: definition_card(
        view, METRICS["avg_time_to_hire"], EXAMPLES[1:2], replace(answers.metric(), sql=SQL)
    ),
}


def all_cards(view: View = ASKED) -> dict[str, Card]:
    """Every card by its name, for one reader."""
    drawn = {name: card_for(made(), view) for name, made in ANSWERS.items()}
    said = {**TALK, **LEARNING, **SHARING, **DIGEST, **PROGRAM, **SUBSCRIPTIONS}
    return {**drawn, **{name: draw(view) for name, draw in said.items()}, **data_cards(view)}
