"""Handlers for the small words that say how the next thing is meant: by, and, versus, without, only, under."""

from __future__ import annotations

from bot.understanding.composer import Composer, begins
from bot.understanding.scan import Mark
from bot.understanding.words import phrase

NOUNS = frozenset(
    {
        "data",
        "information",
        "analysis",
        "statistics",
        "numbers",
        "report",
        "value",
        "values",
        "talent",
        "number",
        "level",
    }
)
CURRENCIES = frozenset({"usd", "eur", "gbp", "dollars", "euros", "pounds", "bucks"})


def joint(c: Composer, mark: Mark, i: int) -> int:
    """and, or, versus, by, not, only, under, based in: they say how the next thing is meant."""
    if i == 0 and mark.has("whatabout"):
        c.draft.flags.add("whatabout")
        return 1
    if mark.has("by") and begins(
        c, i, "dimension", "unit", "name", "metric", "number", "forall", "own", "place", "people", "top"
    ):
        c.by, c.each = True, mark.plain not in {"by", "among", "across"}
        return 1
    if mark.has("and") or (mark.text == "," and c.draft.named and c.last_content == i - 1):
        c.joined = c.joined if c.joined == "vs" else "and"
        c.draft.flags.add("and")
        return 1
    if mark.has("or"):
        c.joined = "or"
        c.draft.flags.add("or")
        return 1
    if mark.has("versus"):
        c.joined = "vs"
        c.draft.flags.add("versus")
        return 1
    return 0


def negation(c: Composer, mark: Mark, i: int) -> int:
    """As in "without", "except", "not": what follows is left out."""
    after = c.near(i, 1)
    if not mark.has("not") or not after:
        return 0
    if mark.plain in {"no", "not", "drop", "ex", "non"} and not (after.entries or after.has("value", "place", "source", "dimension")):  # fmt: skip
        return 0
    if after.span or after.number is not None:
        return 0
    c.negated = True
    c.based = c.based or mark.plain.endswith("from")
    c.draft.flags.add("not")
    return c.note(mark, "not")


def but(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """As in "all platforms but Upwork"."""
    if not mark.has("but"):
        return 0
    if any(f.startswith("all ") for f in c.draft.flags):
        c.negated = True
    return 1


def under(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """As in "everything under Marketing": the name and all below it."""
    if mark.value("under") != "before":
        return 0
    c.under = True
    return 1


def beneath(c: Composer, mark: Mark, i: int) -> int:
    """As in "under the technology division": a name after a word that otherwise starts a threshold."""
    after = c.near(i, 1)
    if mark.plain not in {"under", "below", "beneath"} or not (after and after.entries):
        return 0
    c.under = True
    return 1


def based(c: Composer, mark: Mark, i: int) -> int:
    """As in "based in", "from": the country is where the freelancer sits."""
    after = c.near(i, 1)
    if mark.has("based") and c.at(i + 1) is None and "country" in c.draft.groups:
        c.draft.groups = ["worker_country" if key == "country" else key for key in c.draft.groups]
        return c.note(mark, "worker country")
    if not mark.has("based") or not after or not (after.entries or after.has("place")):
        return 0
    c.based = True
    return 1


def only(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """As in "only": what follows narrows."""
    if not mark.has("only"):
        return 0
    c.draft.flags.add("only")
    return 1


def filler(c: Composer, mark: Mark, i: int) -> int:
    """Words that may be passed over."""
    if mark.plain in CURRENCIES and not _priced(c, i):
        return 0
    following = c.at(i + 1)
    if mark.plain == "around" and following and following.span is not None:
        return 0
    if mark.plain in NOUNS and _names_part(c, mark, i):
        return 0
    return 1 if mark.has("filler", "freetext", "whatabout", "forall", "by", "only", "list", "which") else 0


def _names_part(c: Composer, mark: Mark, i: int) -> bool:
    """As in "spend for data": a word of daily use that stands where a name would, and is a part of one."""
    before, after = c.at(i - 1), c.at(i + 1)
    led = before is not None and before.plain in {"for", "on", "in", "by", "of", "from"}
    seen = c.vocabulary.visible(c.vocabulary.names.parts.get(phrase(mark.plain)[0], ()))
    return led and bool(seen) and not (after and after.plain == "of")


def _priced(c: Composer, i: int) -> bool:
    """Whether a currency stands beside a number; elsewhere it asks for a conversion, which is not passed over."""
    return any(m and m.number is not None for m in (c.at(i - 1), c.at(i + 1)))


def unread(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """What nothing else could read."""
    c.draft.unread.append(mark.text)
    return 1


def unsure(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """Words that come near to something that can be read, and mean something else."""
    if not mark.has("unsure"):
        return 0
    c.draft.unread.append(mark.text)
    return 1


def trend(c: Composer, mark: Mark, i: int) -> int:
    """As in "spend development"; in a list of names or after a preposition the same word is no trend."""
    if not mark.has("trend"):
        return 0
    before, after = c.at(i - 1), c.at(i + 1)
    named = before and (before.entries or before.plain in {",", "on", "in", "for"} or before.has("and", "or"))
    if mark.plain in {"development", "dev"} and named and not (after and after.plain == "of"):
        return 0
    c.draft.flags.add("trend")
    return c.note(mark, "trend")
