"""From a question to a reading: the one way through tokens, marks, draft and query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from analytics.model import Query
from analytics.query import to_json
from bot.understanding import choices, followups, refusals
from bot.understanding.calendar import Calendar
from bot.understanding.compose import composed
from bot.understanding.doubts import doubtful
from bot.understanding.draft import Draft
from bot.understanding.fuzzy import corrected
from bot.understanding.languages import to_english
from bot.understanding.nouns import Choice, Earlier, Question, Reading
from bot.understanding.proof import idle
from bot.understanding.scan import Mark, Scan
from bot.understanding.scorecards import asked_scorecard
from bot.understanding.settling import Settling
from bot.understanding.vocabulary import Vocabulary
from bot.understanding.words import phrase, tokens

PLACES = {
    "first": 0,
    "1": 0,
    "1st": 0,
    "second": 1,
    "2": 1,
    "2nd": 1,
    "third": 2,
    "3": 2,
    "3rd": 2,
    "latter": 1,
    "former": 0,
}


# Words and signs of one question. People need thirty; beyond this nothing is proven word by word, and reading takes long.
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Said:
    """One question after spelling and translation."""

    words: list[str]
    plain: str
    language: str
    marks: list[Mark]
    draft: Draft


def read(question: Question, vocabulary: Vocabulary) -> Reading:
    """How this question is read; never raises, whatever the text."""
    if scorecard := asked_scorecard(question.text):
        return Reading("answer", scorecard)
    if len(tokens(question.text)) > LONGEST:
        return Reading("clarify", topic="long")
    calendar = Calendar(
        question.today,
        question.fiscal_year_start_month,
        question.chosen.get("quarters"),
        question.chosen.get("dates"),
    )
    said = _heard(question.text, question.language, vocabulary, calendar)
    reading = _settled(said, question, vocabulary, calendar)
    return replace(
        reading, language=said.language, filled=reading.filled or tuple(said.draft.filled), audience=said.draft.audience
    )


def warm(vocabulary: Vocabulary) -> None:
    """Read the word tables and index the names now, so that nobody's first question waits for it."""
    read(Question("wramup for nobodys qeustion", None, date(2000, 1, 1)), vocabulary)


def _heard(text: str, language: str | None, vocabulary: Vocabulary, calendar: Calendar) -> Said:
    tongue, said = to_english(text, language, vocabulary)
    table = vocabulary.table(tongue)
    fixed = corrected(said, table, vocabulary)
    marks = Scan(fixed, table, vocabulary, calendar).marks()
    words = [token.text for token in fixed]
    return Said(words, refusals.plain_text(words), tongue, marks, composed(marks, vocabulary))


def _settled(said: Said, question: Question, vocabulary: Vocabulary, calendar: Calendar) -> Reading:
    table, d = vocabulary.table(said.language), said.draft
    if not said.words:
        return Reading("clarify", topic="empty")
    if refusals.is_smalltalk(said.plain, table):
        return Reading("smalltalk")
    if reason := refusals.refused_first(said.plain, table):
        return Reading("refuse", reason=reason, topic=reason)
    earlier = question.earlier[-1] if question.earlier else None
    helping = refusals.helped(said.plain, table, d)
    if helping is not None:
        return _help(helping, said, earlier)
    if reason := refusals.refused(said.plain, table, d):
        return Reading("refuse", reason=reason, topic=", ".join(d.absent) or reason)
    if vocabulary.limited and refusals.asks_for_others(said.plain):
        return Reading("refuse", reason="scope", topic="scope")
    if refusals.lists_values(said.plain, d):
        return Reading("help", query=Query(metrics=(), group_by=tuple(d.groups)), action="list_values")
    return _question(said, question, vocabulary, calendar)


def _help(action: str, said: Said, earlier: Earlier | None) -> Reading:
    d = said.draft
    if action != "define":
        return Reading("help", action=action or None)
    metrics = tuple(d.metrics)
    if not metrics and "posted" in d.flags:
        metrics = ("jobs_posted",)
    before = followups.query_of(earlier.query) if earlier else None
    if not metrics and before and {"that", "this", "it", "those", "these", "they"} & set(said.words):
        metrics = before.metrics
    if not metrics:
        if "ambiguous rate" in d.flags or "ambiguous headcount" in d.flags or "ambiguous savings" in d.flags:
            return Reading("clarify", topic="metric")
        return Reading("clarify", unread=tuple(d.unread), topic="define")
    return Reading("help", query=Query(metrics=metrics), action="define")


def _question(said: Said, question: Question, vocabulary: Vocabulary, calendar: Calendar) -> Reading:
    earlier = question.earlier[-1] if question.earlier else None
    if earlier and earlier.query is None:
        answered = _after_asking(earlier, said, question, vocabulary)
        if answered:
            return answered
    settling = Settling(question, vocabulary, calendar)
    d, followup = settling.settled(said.marks, said.words)
    text = question.text if said.language == "en" else said.plain
    reading = _decided(d, followup=followup, vocabulary=vocabulary, question=question, text=text)
    if (
        followup
        and reading.kind == "answer"
        and not d.action
        and not d.audience
        and reading.query == settling.earlier()
        and read(replace(question, earlier=()), vocabulary).query != reading.query
    ):
        reading = Reading("clarify", topic="unchanged")
    # What stands by itself is proved by itself: without one of its words it might follow up what was said before.
    proving = settling if followup else replace(settling, question=replace(question, earlier=()))
    if reading.kind == "answer" and reading.query and (left := idle(said.marks, said.words, proving, d, reading.query)):
        reading = Reading("clarify", unread=left, topic="left_out")
    return replace(reading, filled=tuple(d.filled))


def _decided(d: Draft, *, followup: bool, vocabulary: Vocabulary, question: Question, text: str) -> Reading:
    query = d.query()
    if d.time and d.time.start and d.time.start > question.today and "contracts_ending" not in d.metrics:
        return Reading("refuse", reason="future", topic="future")
    if d.unread:
        if vocabulary.limited and (query or d.asks or followup or d.groups or d.order or d.top or d.sup or d.spans):
            return Reading("refuse", reason="scope", unread=tuple(d.unread), topic="scope")
        return Reading("clarify", unread=tuple(d.unread), topic="unread")
    if d.asks and (query or d.asks[0].field == "metric"):
        return Reading("clarify", choices=choices.choices_of(d), topic=d.asks[0].topic)
    if query is None or ("vs one name" in d.flags and not followup):
        return Reading(
            "clarify",
            choices=choices.choices_of(d) if d.asks else (),
            topic="metric" if query is None else "comparison",
        )
    if d.action is None and (left_out := doubtful(text, query, translated=text != question.text)):
        return Reading("clarify", unread=left_out, topic="left_out")
    return Reading("answer", query=query, action=d.action)


def _after_asking(earlier: Earlier, said: Said, question: Question, vocabulary: Vocabulary) -> Reading | None:
    """What was said after a question back: one of its choices, or the words that were missing."""
    before = replace(question, text=earlier.text, earlier=question.earlier[:-1])
    asked = read(before, vocabulary)
    picked = _picked(asked.choices, said)
    if picked and picked.query:
        return Reading("answer", query=picked.query)
    whole = said.draft.metrics and (said.draft.spans or said.draft.named)
    if whole or asked.kind != "clarify" or asked.unread:
        return None
    joined = read(replace(before, text=f"{earlier.text} {question.text}"), vocabulary)
    return joined if joined.kind == "answer" else None


def _picked(offered: tuple[Choice, ...], said: Said) -> Choice | None:
    """The one choice that these words name: by its label, its dimension, its metric or its value."""
    d = said.draft
    words = {w for w in said.words if len(w) > 2} - {"the", "mean", "meant", "that", "one", "please", "i"}
    place = next((n for word, n in PLACES.items() if word in said.words and len(said.words) < 5), None)
    if place is not None and place < len(offered) and not d.metrics and not d.named:
        return offered[place]
    fitting = [c for c in offered if _fits(c, d, words)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(choice: Choice, d: Draft, words: set[str]) -> bool:
    if words and words <= set(phrase(choice.label)):
        return True
    if choice.query is None:
        return False
    said = to_json(choice.query)
    if d.metrics:
        return list(choice.query.metrics) == d.metrics
    if "staffing" in d.sources:
        return "staffing" in " ".join(choice.query.metrics)
    dimensions = {*d.groups, *(n.cue for n in d.named)} - {""}
    if dimensions:
        return bool(dimensions & set(said.get("filters", {}))) or choice.value in dimensions
    names = {e.name for n in d.named for e in n.entries}
    return any(v.name in names for f in choice.query.filters for v in f.include) if names else False
