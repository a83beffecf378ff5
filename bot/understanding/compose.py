"""From marks to a draft: one handler for each kind of word, tried in the order of the table at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analytics.catalogue import METRICS
from bot.understanding.draft import Condition, Draft, Named
from bot.understanding.names import PERSONS, Entry
from bot.understanding.scan import Mark
from bot.understanding.vocabulary import Vocabulary
from bot.understanding.words import phrase

WEAK = frozenset({"freelancers", "jobs_posted", "contracts", "hires", "proposals", "positions_open", "active_contracts", "milestones_submitted", "fte", "headcount"})  # fmt: skip
WEAK_WORDS = frozenset("""jobs job postings posting posts gigs gig reqs req requisitions vacancies vacancy openings contracts contract assignments
    assignment engagements engagement projects freelancers contractors consultants workers talents externals hires hired hire hiring
    proposals positions contingents candidates applicants applications milestones employees""".split())  # fmt: skip
MONEY_WORDS = frozenset({"money", "cash", "pay", "paid", "payments", "amount spent", "dollars"})
SILENT = ("filler", "own", "people")
UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
Handler = Callable[["Composer", Mark, int], int]


class Composer:
    """Walks the marks of a question once; each handler says how many marks it has used, 0 to decline."""

    def __init__(self, marks: list[Mark], vocabulary: Vocabulary) -> None:
        self.marks, self.vocabulary = marks, vocabulary
        self.draft = Draft()
        self.by = self.negated = self.under = self.based = False
        self.joined = ""
        self.noun: str | None = None
        self.last_content = self.last_metric = -1

    def run(self) -> Draft:
        """The draft of all marks."""
        i = 0
        while i < len(self.marks):
            i += next(used for handler in HANDLERS if (used := handler(self, self.marks[i], i)))
        return self.draft

    def near(self, i: int, step: int = 1) -> Mark | None:
        """The next (or previous) mark that is no mere filler."""
        i += step
        while 0 <= i < len(self.marks):
            mark = self.marks[i]
            if not mark.meanings or any(kind not in SILENT for kind, _ in mark.meanings) or mark.entries:
                return mark
            i += step
        return None

    def at(self, i: int) -> Mark | None:
        """The mark at this place, if there is one."""
        return self.marks[i] if 0 <= i < len(self.marks) else None

    def content(self, i: int) -> None:
        """Something with a meaning of its own was read: what waited for it is over."""
        self.by = self.negated = self.under = self.based = False
        self.joined = ""
        self.last_content = i

    def note(self, mark: Mark, read_as: str) -> int:
        """Remember how these words were read; one mark is used."""
        self.draft.filled.append((mark.text, read_as))
        return 1


def metric(c: Composer, mark: Mark, i: int) -> int:
    key = mark.value("metric")
    if key is None or c.negated:
        return 0
    if mark.entries and c.near(i, 1) and cue_dimension(c, i, mark.entries):
        return 0
    d, words = c.draft, mark.text.casefold()
    if "bands" in d.flags and mark.has("measure"):
        return 0
    if key == "unique_posters" and d.top:
        d.groups.append("poster")
        d.flags.add("posted")
        return c.note(mark, "poster")
    _unjoined(c, mark, i, key)
    if (words in WEAK_WORDS and key in WEAK) or (key == "spend" and words in MONEY_WORDS):
        d.weak.add(key)
    else:
        d.weak.discard(key)
    if key == "freelancers":
        c.noun = "worker"
    elif METRICS[key].parts[0].fact != "headcount":
        c.noun = "payer"
    before, after = c.near(i, -1), c.near(i, 1)
    if key in d.weak and (
        (before and before.has("and") and _metric_before(c, i)) or (after and after.has("and") and _metric_after(c, i))
    ):
        d.joined_metrics.add(key)
    if c.draft.conditions and _follows_number(c, i):
        d.conditions[-1].metric = key
    if key not in d.metrics:
        d.metrics.append(key)
    if mark.has("list") or (before and before.has("list", "which")):
        d.flags.add("listed")
    if words.endswith("s"):
        d.flags.add("plural records")
    c.content(i)
    return c.note(mark, key)


def _unjoined(c: Composer, mark: Mark, i: int, key: str) -> None:
    """A second metric that nothing joins to the first is noted: the two may not be meant side by side."""
    d = c.draft
    if not d.metrics or key in d.metrics:
        c.last_metric = i
        return
    between = c.marks[c.last_metric + 1 : i]
    if not any(
        m.has("and", "or", "versus", "too", "op") or m.text in {",", "with"} or m.number is not None for m in between
    ):
        d.unjoined.append((key, mark.text))
    c.last_metric = i


def _metric_before(c: Composer, i: int) -> bool:
    k = next((k for k in range(i - 1, -1, -1) if c.marks[k].has("and")), 0)
    found = c.near(k, -1)
    return bool(found and found.has("metric"))


def _metric_after(c: Composer, i: int) -> bool:
    k = next((k for k in range(i + 1, len(c.marks)) if c.marks[k].has("and")), 0)
    found = c.near(k, 1)
    return bool(found and found.has("metric"))


def _follows_number(c: Composer, i: int) -> bool:
    before = c.at(i - 1)
    return bool(before and before.number is not None)


def cue_dimension(c: Composer, i: int, entries: tuple[Entry, ...]) -> str:
    """The dimension that a word beside a name points at ("the legal department", "category design"), or nothing."""
    there = {entry.dimension for entry in entries}
    before, noun = c.at(i - 1), c.at(i - 2)
    if (
        before
        and noun
        and before.text.casefold() == "in"
        and noun.value("metric") == "jobs_posted"
        and "job_category" in there
    ):
        return "job_category"
    for step in (1, -1):
        mark = c.at(i + step)
        if mark and mark.has("own") and step == 1:
            mark = None
        if mark and step == 1 and mark.text in {"'s", "s"}:
            mark = None
        if mark and mark.has("filler") and step == -1 and mark.text.casefold() in {"the", "of", "for"}:
            mark = c.at(i - 2)
        key = mark.value("dimension") if mark else None
        if key in there:
            return key or ""
        if key == "country" and "worker_country" in there:
            return "country"
    return ""


def widened(c: Composer, mark: Mark, i: int) -> Mark:
    """ "the data team": before a dimension, a word may also be a part of one of its names."""
    after = c.at(i + 1)
    key = after.value("dimension") if after else None
    if not key or mark.end - mark.start != 1 or any(e.dimension == key for e in mark.entries):
        return mark
    names, word = c.vocabulary.names, phrase(mark.text)
    found = [e for w in word[:1] for e in (*names.parts.get(w, ()), *names.initials.get(w, ())) if e.dimension == key]
    seen = c.vocabulary.visible(found)
    return replace(mark, entries=(*mark.entries, *dict.fromkeys(seen)), whole=False) if seen else mark


def name(c: Composer, mark: Mark, i: int) -> int:
    """A name, with the word beside it that says what it is."""
    if not mark.number and not mark.has(
        "not", "only", "by", "which", "own", "forall", "list", "whatabout", "and", "top", "sup"
    ):
        mark = widened(c, mark, i)
    if not mark.entries:
        return 0
    if mark.meanings and not mark.has("filler") and not cue_dimension(c, i, mark.entries) and not _plain_name(c, mark):
        return 0
    if mark.has("filler") and not cue_dimension(c, i, mark.entries):
        return 0
    cue = cue_dimension(c, i, mark.entries)
    person = mark.unit == "person"
    named = Named(mark.entries, mark.text, i, c.negated, c.under, c.joined, person, _worker(c, i), mark.whole, cue)  # type: ignore[arg-type]
    return _keep(c, named, i)


def _plain_name(c: Composer, mark: Mark) -> bool:
    """A whole name that is also a word of the catalogue's list of what is absent stays a name."""
    return mark.whole and not mark.has("metric", "dimension", "op", "by", "not")


def _keep(c: Composer, named: Named, i: int) -> int:
    negated, by, under = c.negated, c.by, c.under
    named.by_person = named.by_person or by
    c.draft.named.append(named)
    used, after = 1, c.at(i + 1)
    if after and named.cue and after.value("dimension") == named.cue:
        used, after = 2, c.at(i + 2)
    if after and after.value("under") == "after":
        named.under, used = True, used + 1
    c.content(i + used - 1)
    c.negated, c.under = negated and _list_goes_on(c, i + used), under and _list_goes_on(c, i + used)
    c.draft.filled.append((named.text, "name"))
    return used


def _list_goes_on(c: Composer, i: int) -> bool:
    mark = c.at(i)
    while mark and (mark.has("and", "or") or mark.text == ","):
        i += 1
        mark = c.at(i)
        if mark and (mark.entries or mark.has("value")):
            return True
        if mark and mark.has("filler") and not mark.has("and") and mark.text != ",":
            after = c.at(i + 1)
            return bool(after and after.entries)
    return False


def _worker(c: Composer, i: int) -> bool | None:
    """Whether a country here is where the freelancer sits: after "from", "based in", or beside a word for people."""
    if c.based:
        return True
    after, before = c.near(i, 1), c.at(i - 1)
    if before and before.text.casefold() in {"in", "for", "of", "at", "on"}:
        after = None
    if after and (after.value("metric") in {"freelancers"} or after.has("occupation", "people")):
        return True
    if after and (after.has("metric") or after.value("dimension") in {"team", "division", "poster", "owner"}):
        return False
    return c.noun == "worker" if c.noun else None


def value(c: Composer, mark: Mark, i: int) -> int:
    """A word for a value that is not its name ("fixed price", "temps", "open")."""
    said = mark.value("value")
    if said is None:
        return 0
    dimension, _, label = said.partition("=")
    entry = c.vocabulary.names.by_name.get((dimension, " ".join(phrase(label))))
    if entry is None:
        return 0
    if mark.has("measure") and (after := c.near(i, 1)) and after.has("op") and dimension != "status":
        return 0
    if mark.has("measure") and dimension == "status" and (after := c.near(i, 1)) and after.has("op"):
        c.draft.measure = "age_days"
    if mark.has("goal", "change") and not c.negated:
        return 0
    c.draft.flags.add(dimension)
    if dimension == "contract_type" and "contract" in mark.text.casefold() and not c.draft.metrics:
        c.draft.metrics.append("contracts")
        c.draft.weak.add("contracts")
    if dimension == "engagement_kind":
        _kind_of_work(c, mark, label)
    return _keep(c, Named((entry,), mark.text, i, c.negated, False, c.joined, False, None, True, dimension), i)  # type: ignore[arg-type]


def _kind_of_work(c: Composer, mark: Mark, label: str) -> None:
    """ "temps" are people, "temp contracts" are contracts."""
    noun = mark.text.casefold().split()[-1]
    if noun in {"contracts", "engagements", "assignments", "projects", "jobs"} and not c.draft.metrics:
        c.draft.metrics.append("jobs_posted" if noun == "jobs" else "contracts")
        c.draft.weak.add(c.draft.metrics[-1])
    elif label == "temp":
        c.draft.flags.add("temps")
    elif noun == "sows":
        c.draft.metrics.append("contracts")
        c.draft.weak.add("contracts")


def country_word(c: Composer, mark: Mark, i: int) -> int:
    """Adjectives and short names of countries and regions ("German", "UK")."""
    said = mark.value("place")
    if said is None:
        return 0
    names = [said] if "=" not in said else [said.partition("=")[2]]
    kinds = ("region",) if said.startswith("region=") else ("country", "worker_country")
    found = [c.vocabulary.names.by_name.get((kind, " ".join(phrase(names[0])))) for kind in kinds]
    entries = tuple(entry for entry in c.vocabulary.visible(e for e in found if e))
    if not entries:
        return 0
    return _keep(c, Named(entries, mark.text, i, c.negated, False, c.joined, False, _worker(c, i)), i)  # type: ignore[arg-type]


def dimension(c: Composer, mark: Mark, i: int) -> int:
    key = mark.value("dimension")
    if key is None:
        return 0
    d, after, before = c.draft, c.at(i + 1), c.near(i, -1)
    if after and (_cued(after, key) or (after.text == ":" and c.at(i + 2) and _cued(c.marks[i + 2], key))):
        return c.note(mark, key)
    if after and _names_a_cued_value(c, i, key):
        return 2
    if (
        before
        and before.has("own")
        and c.at(i - 1) is before
        and not c.by
        and not d.flags & {"which", "which dimension"}
    ):
        return c.note(mark, key)
    if "staffing" in mark.text.casefold():
        d.sources.append("staffing")
    if (
        before
        and c.at(i - 1) is before
        and key in {"team", "poster", "owner", "division"}
        and _is_place(before)
        and not c.by
    ):
        d.flags.add(f"noun {key}")
        if not d.flags & {"which", "top", "listed"} and not d.top:
            return c.note(mark, key)
    if (
        key == "poster"
        and mark.text.casefold().endswith(" by")
        or key == "owner"
        and mark.text.casefold().endswith(" by")
    ):
        following = c.near(i, 1)
        if following and following.entries:
            c.by = True
            return c.note(mark, key)
    if c.negated and before and before.has("not"):
        return 0
    if before and before.has("forall") and before.text.casefold() != "each" and not c.by:
        d.flags.add(f"all {key}")
        following = c.near(i, 1)
        if following and (following.has("not", "but") or _is_last(c, i)):
            return c.note(mark, key)
    if (
        not c.by
        and (near := c.at(i - 1))
        and near.text.casefold() in {"on", "in", "for", "at", "to", "with", "from", "of"}
    ):
        d.flags.add(f"loose {key}")
    d.groups.append(key)
    if mark.text.casefold().endswith("s") and key != "status":
        d.flags.add("plural")
    if c.by:
        d.flags.add("by")
    if before and before.has("list", "which", "who"):
        d.flags.add("which dimension")
    c.content(i)
    c.by = True if after and after.has("and") else c.by
    if key not in {"freelancer"}:
        c.noun = "payer" if key in {"team", "division", "poster", "owner"} else c.noun
    return c.note(mark, key)


def _is_place(mark: Mark) -> bool:
    return mark.has("place") or any(e.dimension in {"country", "region"} for e in mark.entries)


def _is_last(c: Composer, i: int) -> bool:
    return c.near(i, 1) is None


def _cued(mark: Mark, key: str) -> bool:
    return any(entry.dimension == key for entry in mark.entries) and (not mark.meanings or mark.has("filler", "value"))


def _names_a_cued_value(c: Composer, i: int, key: str) -> bool:
    """ "end reason other": a value of a small dimension named after its dimension."""
    after = c.marks[i + 1]
    names, said = c.vocabulary.names, phrase(after.text)
    numbered = names.parts.get(said[0], ()) if len(said) == 1 and said[0].isdigit() else ()
    entries = c.vocabulary.visible([*names.cued.get(said, ()), *numbered])
    found = tuple(entry for entry in entries if entry.dimension == key)
    if not found:
        return False
    c.draft.named.append(Named(found, after.text, i, c.negated, False, c.joined, cue=key))  # type: ignore[arg-type]
    return True


def span(c: Composer, mark: Mark, i: int) -> int:
    if mark.span is None:
        return 0
    if c.joined == "vs" or (c.joined and "compare" in c.draft.flags):
        c.draft.flags.add("periods compared")
    c.draft.spans.append(mark.span)
    c.draft.span_texts.append(mark.text.casefold())
    if c.joined == "vs":
        c.draft.flags.add("vs period")
    by = c.by
    c.content(i)
    c.by = by
    return c.note(mark, "period")


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
    if before and before.has("top", "sup") and before.value("top") and _counts(mark):
        d.top, d.sup = int(mark.number), before.value("top")
        return c.note(mark, "limit")
    if after and _counts(mark) and (after.has("sup") and (after.has("top") or after.value("sup")) or after.has("dimension", "people")):  # fmt: skip
        d.top = int(mark.number)
        return c.note(mark, "limit")
    if after and after.value("op") in {">=", "<="} and after.text.casefold().startswith(("or ", "and ")):
        d.conditions.append(_condition(c, mark, i, after.value("op") or ">="))
        return c.note(mark, "threshold") + 1
    if "listed" in d.flags and _counts(mark) and after and after.has("metric", "record"):
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
    """ "over 50k", "between 10 and 20", "longer than 12 months"."""
    op = mark.value("op")
    if op is None:
        return 0
    following = [m for m in c.marks[i + 1 : i + 8] if not (m.has("filler") and not m.has("and") and m.number is None)]
    if op != "between" and following and following[0].has("unit") and _one(c, i):
        return _one_unit(c, mark, i)
    if following and following[0].has("compareto"):
        c.draft.flags.add(f"beyond {op}")
        return 1
    if not following or following[0].number is None:
        return 0
    first = c.marks.index(following[0], i)
    if op == "between":
        return _between(c, first, i)
    found = _condition(c, c.marks[first], first, op)
    _about(c, found, mark, i)
    c.draft.conditions.append(found)
    used = first - i + 1
    after = c.at(first + 1)
    if after and after.has("unit") and found.unit:
        used += 1
        after = c.at(first + 2)
        if after and after.text.casefold() in {"old", "long"}:
            found.measure, used = ("age_days" if after.text.casefold() == "old" else "duration_days"), used + 1
    c.draft.flags.add("threshold")
    if after and (after.has("and", "or")) and used:
        c.by = False
    return c.note(mark, "threshold") and used


def _one(c: Composer, i: int) -> bool:
    after = c.at(i + 1)
    return bool(after and after.text.casefold() in {"a", "an", "one"})


def _one_unit(c: Composer, mark: Mark, i: int) -> int:
    """ "longer than a year"."""
    after = c.marks[i + 2] if i + 2 < len(c.marks) else None
    said = after.value("unit") if after else None
    if said is None:
        return 0
    found = Condition(mark.value("op") or ">", UNIT_DAYS.get(said, 1), False, said)
    _about(c, found, mark, i)
    c.draft.conditions.append(found)
    c.draft.flags.add("threshold")
    return 3


def when(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """How often something is to be sent is no part of the query; alone it asks for a subscription."""
    if not mark.has("when"):
        return 0
    words = mark.text.casefold().split()
    key = next((w for w in ("week", "month", "quarter") if w in words), None)
    if key and c.draft.action is None and len(words) < 3:
        c.draft.grain = key
    elif c.draft.action is None:
        c.draft.action = "subscribe"
    return c.note(mark, "when")


def _about(c: Composer, found: Condition, mark: Mark, i: int) -> None:
    """What a threshold is about, from the words before it."""
    text, before = mark.text.casefold(), c.near(i, -1)
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
    return end - i


def grain(c: Composer, mark: Mark, i: int) -> int:
    key = mark.value("grain")
    if key is None or c.draft.action == "subscribe":
        return 0 if key is None else 1
    c.draft.grain = key
    c.content(i)
    c.by = True
    return c.note(mark, key)


def unit(c: Composer, mark: Mark, i: int) -> int:
    """A bare "month": a grain after "by" or "which"; the age in "30 days old"."""
    key, before = mark.value("unit"), c.near(i, -1)
    if key is None or key == "day" or not before:
        return 0
    if before.number is not None and "top" in c.draft.flags or (before.number is not None and c.draft.top):
        c.draft.grain = key
        return c.note(mark, key)
    if c.by or before.has("which", "by", "grain", "dimension", "sup", "forall", "rank", "top"):
        c.draft.grain = key
        if before.has("which") or c.draft.sup or before.has("sup"):
            c.draft.flags.add("which unit")
        return c.note(mark, key)
    return 0


def flag(kind: str, attribute: str | None = None) -> Handler:
    """A handler that notes a word: as a flag, or as the value of a field of the draft."""

    def handler(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001 - every handler takes the same
        said = mark.value(kind)
        if said is None:
            return 0
        if attribute:
            setattr(c.draft, attribute, said)
        c.draft.flags.add(kind)
        return c.note(mark, kind)

    return handler


def joint(c: Composer, mark: Mark, i: int) -> int:
    """and, or, versus, by, not, only, under, based in: they say how the next thing is meant."""
    if i == 0 and mark.has("whatabout"):
        c.draft.flags.add("whatabout")
        return 1
    if mark.has("by") and _begins(
        c, i, "dimension", "unit", "name", "metric", "number", "forall", "own", "people", "top"
    ):
        c.by = True
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


def _begins(c: Composer, i: int, *kinds: str) -> bool:
    after = c.near(i, 1)
    named = bool(after and after.entries) and "name" in kinds
    return bool(after and (after.has(*kinds) or named or (after.number is not None and "number" in kinds)))


def negation(c: Composer, mark: Mark, i: int) -> int:
    after = c.near(i, 1)
    if not mark.has("not") or not after:
        return 0
    if mark.text.casefold() in {"no", "not", "drop", "ex", "non"} and not (after.entries or after.has("value", "place", "source", "dimension")):  # fmt: skip
        return 0
    if after.span or after.number is not None:
        return 0
    c.negated = True
    c.draft.flags.add("not")
    return 1


def but(c: Composer, mark: Mark, i: int) -> int:
    """ "all platforms but Upwork"."""
    if not mark.has("but"):
        return 0
    if any(f.startswith("all ") for f in c.draft.flags):
        c.negated = True
    return 1


def under(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    if mark.value("under") != "before":
        return 0
    c.under = True
    return 1


def beneath(c: Composer, mark: Mark, i: int) -> int:
    """ "under the technology division": a name after a word that otherwise starts a threshold."""
    after = c.near(i, 1)
    if mark.text.casefold() not in {"under", "below", "beneath"} or not (after and after.entries):
        return 0
    c.under = True
    return 1


def based(c: Composer, mark: Mark, i: int) -> int:
    after = c.near(i, 1)
    if not mark.has("based") or not after or not (after.entries or after.has("place")):
        return 0
    c.based = True
    return 1


def source(c: Composer, mark: Mark, i: int) -> int:
    said = mark.value("source")
    if said is None:
        return 0
    if c.negated:
        c.draft.flags.add(f"not {said}")
    else:
        c.draft.sources.append(said)
    if c.joined == "vs":
        c.draft.flags.add("vs source")
    c.content(i)
    return c.note(mark, said)


def listing(c: Composer, mark: Mark, i: int) -> int:
    if mark.has("list") and not (mark.has("which") and not _begins(c, i, "metric", "record", "value")):
        c.draft.flags.add("listed")
        c.draft.flags.add("which") if mark.has("which") else None
        return 1
    return 0


def ambiguous(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    said = mark.value("ambiguous")
    if said is None:
        return 0
    before = c.draft.conditions
    if said == "rate" and ("listed" in c.draft.flags or c.draft.rows) and not before:
        c.draft.measure = "rate"
        return 1
    c.draft.flags.add(f"ambiguous {said}")
    return c.note(mark, said)


def measure(c: Composer, mark: Mark, i: int) -> int:
    said, after = mark.value("measure"), c.near(i, 1)
    if said is None:
        return 0
    if after and after.has("op") or c.near(i, -1) and c.near(i, -1).number is not None:  # type: ignore[union-attr]
        c.draft.measure = said
        if said == "age_days" and "open" in mark.text.casefold():
            _open(c, mark, i)
        return c.note(mark, said)
    if mark.has("filler", "value", "metric", "goal", "ambiguous") and "bands" not in c.draft.flags:
        return 0
    c.draft.measure = said
    return c.note(mark, said)


def _open(c: Composer, mark: Mark, i: int) -> None:
    entry = c.vocabulary.names.by_name.get(("status", "open"))
    if entry and not any(e.dimension == "status" for n in c.draft.named for e in n.entries):
        c.draft.named.append(Named((entry,), mark.text, i, cue="status"))


def superlative(c: Composer, mark: Mark, i: int) -> int:
    said, top, after = mark.value("sup"), mark.value("top"), c.near(i, 1)
    if top and after and (after.number is not None):
        c.draft.flags.add("top")
        return 1
    if said is None:
        if top:
            c.draft.flags.add("top")
            c.draft.sup = top
            return 1
        return 0
    if c.draft.change and said == "desc" and mark.text.casefold() in {"most", "the most", "more"}:
        c.draft.flags.add("most changed")
        return c.note(mark, "most")
    if mark.text.casefold() in {"more", "less", "fewer", "higher", "lower", "bigger", "larger", "smaller"}:
        c.draft.flags.add("comparative")
    if mark.text.casefold() in {"better", "worse", "cheaper", "faster", "slower", "quicker", "more expensive"}:
        c.draft.flags.add("comparative")
    if c.draft.sup is None or said not in {"desc", "asc"} or c.draft.sup in {"desc", "asc"}:
        c.draft.sup = said
    c.draft.flags.add("sup")
    if mark.text.casefold().startswith("old"):
        c.draft.flags.add("oldest")
    if "long" in mark.text.casefold() or "short" in mark.text.casefold():
        c.draft.flags.add("longest")
    if mark.text.casefold().startswith(("new", "young", "latest", "most recent")):
        c.draft.flags.add("newest")
    return c.note(mark, said)


def forall(c: Composer, mark: Mark, i: int) -> int:
    """ "for all countries" takes a filter away; "all jobs" is only emphasis."""
    after = c.near(i, 1)
    if not mark.has("forall") or not after or not after.has("dimension", "unit"):
        return 0
    if mark.text.casefold() in {"every", "any", "for all", "all", "across all", "in all"} and mark.has("by") and i:
        c.by = after.has("unit") or c.by
    c.draft.flags.add("forall")
    return 1


def company_wide(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    said = mark.value("own")
    if said is None:
        return 0
    if said == "company":
        if mark.text.casefold() not in {"total", "totals", "overall", "in total", "combined", "together", "altogether"}:
            c.draft.audience = c.draft.audience or "company"
    elif said == "own":
        c.draft.audience = "own"
    c.draft.flags.add(f"audience {said}")
    before = c.near(i, -1)
    if (
        said == "own"
        and mark.text.casefold().endswith("teams")
        and (c.by or (before and before.has("which", "top", "sup", "rank")))
    ):
        c.draft.groups.append("team")
    return 1


def people(c: Composer, mark: Mark, i: int) -> int:
    if not mark.has("people"):
        return 0
    after = c.near(i, 1)
    if c.by:
        c.draft.flags.add("by person")
    elif after and after.has("posted"):
        c.draft.groups.append("poster")
    else:
        c.noun = "worker"
        c.draft.flags.add("people")
    return 1


def occupation(c: Composer, mark: Mark, i: int) -> int:
    said = mark.value("occupation")
    if said is None:
        return 0
    c.noun = "worker"
    c.draft.flags.add("workers")
    before = c.draft.named[-1] if c.draft.named and c.last_content == i - 1 else None
    if not (before and any(entry.dimension == "skill" for entry in before.entries)):
        c.draft.occupation.append(said)
    elif before:
        before.cue = "skill"
    c.content(i)
    return c.note(mark, said)


def action(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    said = next((value for kind, value in mark.meanings if kind == "action"), None)
    if said is None:
        return 0
    c.draft.action = c.draft.action or said
    return c.note(mark, said)


def absent(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    said = mark.value("absent")
    if said is None:
        return 0
    c.draft.absent.append(said)
    return c.note(mark, said)


def vs_relative(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    for kind, attribute in (("vsrel", "versus_unit"), ("stepback", "step_back")):
        if mark.has(kind):
            setattr(c.draft, attribute, mark.unit or "period")
            return c.note(mark, "comparison")
    return 0


def explain(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    if not mark.has("explain"):
        return 0
    c.draft.action = "explain_change"
    return c.note(mark, "why")


def filler(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    return 1 if mark.has("filler", "freetext", "whatabout", "forall", "by", "only", "list", "which") else 0


def only(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    if not mark.has("only"):
        return 0
    c.draft.flags.add("only")
    return 1


def posted(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    if not mark.has("posted"):
        return 0
    c.draft.flags.add("posted")
    c.noun = "payer"
    return c.note(mark, "posted")


def goal(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    said = mark.value("goal")
    if said is None or (
        mark.has("metric") and not (c.draft.flags & {"speed"} or c.draft.sup in {"fastest", "slowest"})
    ):
        return 0
    if not (c.draft.flags & {"speed", "sup"}) and mark.has("filler"):
        return 0
    c.draft.goal = said
    return c.note(mark, said)


def unread(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    c.draft.unread.append(mark.text)
    return 1


HANDLERS: tuple[Handler, ...] = (
    vs_relative, explain, action, when, span, threshold, beneath, number, under, joint, but, negation, based,
    flag("compareto", "flagged_compare"), flag("basis", "basis"), flag("at", "at"), flag("funnel"), flag("bands"),
    goal, name, measure, metric, ambiguous, value, country_word, source, grain, forall, dimension, unit,
    flag("stat", "stat"), flag("speed"), superlative, flag("rank", "rank"), flag("change", "change"),
    flag("share"), flag("trend"), flag("who"), flag("where"), flag("howmany"), listing, flag("record", "record"),
    posted, people, occupation, company_wide, flag("compare"), flag("setting"), flag("owning"), flag("hitting"), flag("instead"), flag("too"), only, absent, flag("which"),
    filler, unread,
)  # fmt: skip
