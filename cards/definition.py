"""How a metric is computed: what it is, why it matters, what is good, which date counts, and the SQL behind one button."""

from __future__ import annotations

from collections.abc import Sequence

from adaptivecards.baseobject import Element

from analytics.catalogue import FACTS, Metric
from analytics.catalogue.page import formula_of
from analytics.model import Answer
from cards import elements as el
from cards import formats, parts
from cards.reading import Reading
from cards.view import Next, View
from cards.words import Words, words

SQL = "sql"
MOST_SQL = 6_000


def definition_card(
    view: View, metric: Metric, following: Sequence[Next] = (), answer: Answer | None = None
) -> el.Card:
    """Made from the catalogue's own entry; with the SQL that ran and what it counted, where the reader asked about an answer."""
    w, sql = words(view.language), answer.sql if answer else ""
    title = w.say("definition.title", metric=w.name("metric", metric.key, metric.label))
    body = [*parts.title(title), *_paragraphs(w, metric), *_formula(w, metric), *_counted(view, w, metric, answer)]
    shown = [el.toggle(w.say("definition.sql"), SQL)] if sql else []
    if sql:
        body.append(el.container(el.code(sql, MOST_SQL), hidden=True, name=SQL, style="emphasis"))
    asks = parts.buttons(following[: parts.PRIMARY - len(shown)])
    spoken = parts.spoken(title, w.name("definition", metric.key, metric.definition))
    return el.card(body, [*asks, *shown], language=w.language, spoken=spoken)


def _paragraphs(w: Words, metric: Metric) -> list[Element]:
    """Each side of the definition under its own small heading."""
    sides = (
        ("definition.what", w.name("definition", metric.key, metric.definition)),
        ("definition.why", w.phrase(metric.why)),
        ("definition.good", w.phrase(metric.good_is) or w.say(f"definition.{metric.good or 'neither'}")),
        ("definition.dates", _sentence(w.phrase(metric.dates))),
        ("definition.period", w.say(f"definition.{metric.period}")),
    )
    made: list[Element] = []
    for key, said in sides:
        if said:
            made += [
                el.text(w.say(key), weight="Bolder", size="Small", spacing="Medium"),
                el.text(said, spacing="None"),
            ]
    return made


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:]


def _formula(w: Words, metric: Metric) -> list[Element]:
    """The formula as the catalogue has it, with its columns: the same in every language."""
    heading = el.text(w.say("definition.formula"), weight="Bolder", size="Small", spacing="Medium")
    return [heading, *el.code(formula_of(metric), MOST_SQL)]


def _counted(view: View, w: Words, metric: Metric, answer: Answer | None) -> list[Element]:
    """Which records it is counted from; whose, as of when and how many they are in the answer."""
    facts = list(dict.fromkeys(part.fact for part in metric.parts))
    said = ", ".join(w.name("fact", fact, FACTS[fact].plural) for fact in facts)
    made: list[Element] = [
        el.text(w.say("definition.counted"), weight="Bolder", size="Small", spacing="Medium"),
        el.text(_sentence(said), spacing="None"),
    ]
    if answer is not None:
        reading = Reading(answer, view)
        known = w.say("definition.records", records=parts.records(reading, answer.records))
        as_of = formats.moment(answer.snapshot.as_of, view.locale)
        platforms = ", ".join(answer.platforms)
        line = (
            w.say("source.line", platforms=platforms, moment=as_of)
            if platforms
            else w.say("source.line_bare", moment=as_of)
        )
        made.append(el.text(f"{known} · {line}", size="Small", subtle=True, spacing="Small"))
    return made
