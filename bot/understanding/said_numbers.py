"""Handlers for numbers and periods: thresholds, counts, spans of time."""

from __future__ import annotations

from dataclasses import replace

from bot.understanding.composer import Composer
from bot.understanding.draft import Condition
from bot.understanding.scan import Mark

SINGLE = {
    "a year": "year",
    "a month": "month",
    "a quarter": "quarter",
    "a week": "week",
    "one year": "year",
    "one month": "month",
}
UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}


def span(c: Composer, mark: Mark, i: int) -> int:
    """A period; after "versus" it is the one to compare with."""
    if mark.span is None:
        return 0
    if c.joined == "vs" or (c.joined and "compare" in c.draft.flags):
        c.draft.flags.add("periods compared")
    if (joint := c.near(i, -1)) and joint.has("and") and _compared_before(c, joint):
        c.draft.unread.append(mark.text)
        return 1
    c.draft.spans.append(mark.span)
    c.draft.span_texts.append(mark.plain)
    if c.joined == "vs":
        c.draft.flags.add("vs period")
    by = c.by
    c.content(i)
    c.by = by
    return c.note(mark, "period")


def _compared_before(c: Composer, joint: Mark) -> bool:
    """As in "against target and last year": a query holds one comparison."""
    before = c.near(c.marks.index(joint), -1)
    return bool(before and before.has("compareto"))


def number(c: Composer, mark: Mark, i: int) -> int:
    """A number: a threshold after "over", a count after "top" or before a dimension, edges after "banded at"."""
    if mark.number is None:
        return 0
    d, before, after = c.draft, c.near(i, -1), c.near(i, 1)
    if "bands" in d.flags:
        d.bands = ("", (*(d.bands[1] if d.bands else ()), mark.number))
        return c.note(mark, "edge") + (1 if after and after.has("unit") and c.at(i + 1) is after else 0)
    if d.action == "target" or "setting" in d.flags:
        return c.note(mark, "target") + (1 if after and after.has("unit") and c.at(i + 1) is after else 0)
    if before and before.has("whatabout") and before.plain in {"make it", "make that", "change to"} and _counts(mark):
        d.top = int(mark.number)
        return c.note(mark, "limit")
    if before and before.has("top", "sup") and before.value("top") and _counts(mark):
        ranked = before.value("sup")
        d.top, d.sup = int(mark.number), ranked if ranked in {"best", "worst"} else before.value("top")
        return c.note(mark, "limit")
    if (
        before
        and before.value("sup")
        and before is c.at(i - 1)
        and d.sup
        and _counts(mark)
        and not (after and after.has("unit"))
    ):
        d.top = int(mark.number)
        return c.note(mark, "limit")
    if after and _counts(mark) and ((after.has("sup") and (after.has("top") or after.value("sup"))) or after.has("dimension", "people")):  # fmt: skip
        d.top = int(mark.number)
        return c.note(mark, "limit")
    if after and after.value("op") in {">=", "<="} and after.plain.startswith(("or ", "and ")):
        d.conditions.append(_condition(c, mark, i, after.value("op") or ">="))
        return c.note(mark, "threshold") + 1
    if "listed" in d.flags and _counts(mark) and after and after.has("metric", "record"):
        beside = c.at(i - 1)
        if beside and beside.plain in {"last", "latest", "newest", "most recent"}:
            d.flags.add("newest")
        d.top = int(mark.number)
        return c.note(mark, "limit")
    return 0


def _counts(mark: Mark) -> bool:
    return mark.number is not None and mark.number == int(mark.number) and 0 < mark.number <= 100 and not mark.unit


def _condition(c: Composer, mark: Mark, i: int, op: str) -> Condition:
    after = c.at(i + 1)
    unit = after.value("unit") or "" if after else ""
    count = (mark.number or 0) * UNIT_DAYS.get(unit, 1)
    if unit == "month" and (mark.number or 0) % 12 == 0:
        count = (mark.number or 0) / 12 * 365
    elif unit == "month" and mark.number == 18:
        count = 547
    return Condition(op, count, mark.unit == "percent", unit)


def threshold(c: Composer, mark: Mark, i: int) -> int:
    """As in "over 50k", "between 10 and 20", "longer than 12 months"."""
    op = mark.value("op")
    if op is None:
        return 0
    following = [m for m in c.marks[i + 1 : i + 8] if not (m.has("filler") and not m.has("and") and m.number is None)]
    if op != "between" and following and following[0].plain in SINGLE:
        return _single(c, mark, i, SINGLE[following[0].plain], c.marks.index(following[0], i))
    if op != "between" and following and following[0].has("unit") and _one(c, i):
        return _single(c, mark, i, following[0].value("unit") or "year", i + 2)
    if following and following[0].has("compareto"):
        c.draft.flags.add(f"beyond {op}")
        return 1
    if not following or following[0].number is None:
        return 0
    first = c.marks.index(following[0], i)
    if op == "between":
        return _between(c, first, i)
    found = _condition(c, c.marks[first], first, ">=" if op == "=" else op)
    _about(c, found, mark, i)
    c.draft.conditions.append(found)
    used = first - i + 1
    after = c.at(first + 1)
    if after and after.has("unit") and found.unit:
        used += 1
        after = c.at(first + 2)
        if after and after.plain in {"old", "long"}:
            found.measure, used = ("age_days" if after.plain == "old" else "duration_days"), used + 1
    if after and after.value("measure") and not found.unit and after.plain.startswith("day"):
        found.measure, found.unit, used = after.value("measure"), "day", used + 1
    if op == "=":
        c.draft.conditions.append(replace(found, op="<="))
    c.draft.flags.add("threshold")
    if after and (after.has("and", "or")) and used:
        c.by = False
    return c.note(mark, "threshold") and used


def _one(c: Composer, i: int) -> bool:
    after = c.at(i + 1)
    return bool(after and after.plain in {"a", "an", "one"})


def _single(c: Composer, mark: Mark, i: int, said: str, last: int) -> int:
    """As in "longer than a year"."""
    found = Condition(
        (mark.value("op") or ">").replace("=", ">=") if mark.value("op") == "=" else mark.value("op") or ">",
        UNIT_DAYS.get(said, 1),
        False,
        said,
    )
    _about(c, found, mark, i)
    c.draft.conditions.append(found)
    c.draft.flags.add("threshold")
    return last - i + 1


def _about(c: Composer, found: Condition, mark: Mark, i: int) -> None:
    """What a threshold is about, from the words before it."""
    text, before = mark.plain, c.near(i, -1)
    if text.startswith("older"):
        found.measure = "age_days"
    elif "longer" in text or "shorter" in text or "lasting" in text:
        found.measure = "duration_days"
    if before and before.has("metric") and not (before.has("measure") and "listed" in c.draft.flags):
        found.metric = before.value("metric")
    elif before and before.value("measure") and before.value("measure") != "age_days":
        found.measure = before.value("measure")
        c.draft.flags.discard("ambiguous rate")
    if c.draft.measure:
        found.measure, c.draft.measure = c.draft.measure, None


def _between(c: Composer, first: int, i: int) -> int:
    second = next((k for k in range(first + 1, min(first + 6, len(c.marks))) if c.marks[k].number is not None), None)
    if second is None or not any(m.has("and") or m.text in {"to", "-"} for m in c.marks[first + 1 : second]):
        return 0
    low, high = _condition(c, c.marks[first], first, ">="), _condition(c, c.marks[second], second, "<=")
    if high.unit and not low.unit:
        low.number, low.unit = low.number * UNIT_DAYS.get(high.unit, 1), high.unit
    low.percent = high.percent = low.percent or high.percent
    if high.percent and low.number > 1:
        low.number /= 100
    for found in (low, high):
        _about(c, found, c.marks[i], i)
        c.draft.conditions.append(found)
    c.draft.flags.add("threshold")
    end = second + (2 if high.unit else 1)
    after = c.at(end)
    if after and after.value("measure") and not high.unit and after.plain.startswith("day"):
        low.measure = high.measure = after.value("measure")
        low.unit = high.unit = "day"
        end += 1
    return end - i


def vs_relative(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """As in "vs last quarter", "the month before"."""
    for kind, attribute in (("vsrel", "versus_unit"), ("stepback", "step_back")):
        if mark.has(kind):
            setattr(c.draft, attribute, mark.unit or "period")
            if mark.plain.startswith(("vs", "versus", "against", "compared", "than", "and compared")):
                c.draft.flags.add("versus")
            return c.note(mark, "comparison")
    return 0
