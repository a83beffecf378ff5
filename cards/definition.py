"""How a metric is computed: what it is, why it matters, what is good, which date counts, and the SQL behind one button."""

from __future__ import annotations

from collections.abc import Sequence

from adaptivecards.baseobject import Element

from analytics.catalogue import Metric
from cards import elements as el
from cards import parts
from cards.view import Next, View
from cards.words import Words, words

SQL = "sql"
MOST_SQL = 6_000


def definition_card(view: View, metric: Metric, following: Sequence[Next] = (), sql: str = "") -> el.Card:
    """Made from the catalogue's own entry; `sql` is what was run, where the reader asked about an answer."""
    w = words(view.language)
    title = w.say("definition.title", metric=w.name("metric", metric.key, metric.label))
    body = [*parts.title(title), *_paragraphs(w, metric)]
    shown = [el.toggle(w.say("definition.sql"), SQL)] if sql else []
    if sql:
        body.append(el.container(el.code(sql, MOST_SQL), hidden=True, name=SQL, style="emphasis"))
    asks = parts.buttons(following[: parts.PRIMARY - len(shown)])
    spoken = parts.spoken(title, metric.definition)
    return el.card(body, [*asks, *shown], language=w.language, spoken=spoken)


def _paragraphs(w: Words, metric: Metric) -> list[Element]:
    """Each side of the definition under its own small heading."""
    sides = (
        ("definition.what", w.name("definition", metric.key, metric.definition)),
        ("definition.why", metric.why),
        ("definition.good", metric.good_is or w.say(f"definition.{metric.good or 'neither'}")),
        ("definition.dates", metric.dates[:1].upper() + metric.dates[1:]),
    )
    made: list[Element] = []
    for key, said in sides:
        if said:
            made += [
                el.text(w.say(key), weight="Bolder", size="Small", spacing="Medium"),
                el.text(said, spacing="None"),
            ]
    return made
