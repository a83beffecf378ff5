"""Handlers for names and words for values: which team, country, person, kind of contract."""

from __future__ import annotations

from dataclasses import replace

from bot.understanding.composer import Composer
from bot.understanding.draft import Named
from bot.understanding.names import Entry
from bot.understanding.scan import Mark
from bot.understanding.words import phrase

PREPOSITIONS = frozenset({"in", "on", "for", "from", "with", "at", "by", "of", "to", "via", "through", "using", "needing", "requiring"})  # fmt: skip


def cue_dimension(c: Composer, i: int, entries: tuple[Entry, ...]) -> str:
    """The dimension that a word beside a name points at ("the legal department", "category design"), or nothing."""
    there = {entry.dimension for entry in entries}
    before, noun = c.at(i - 1), c.at(i - 2)
    if before and noun and before.plain == "in" and noun.value("metric") == "jobs_posted" and "job_category" in there:
        return "job_category"
    for step in (1, -1):
        mark = c.at(i + step)
        if mark and mark.has("own") and step == 1:
            mark = None
        if mark and step == 1 and mark.text in {"'s", "s"}:
            mark = None
        if mark and mark.has("filler") and step == -1 and mark.plain in {"the", "of", "for"}:
            mark = c.at(i - 2)
        key = mark.value("dimension") if mark else None
        if key in there:
            return key or ""
        if key == "country" and "worker_country" in there:
            return "country"
    return ""


def widened(c: Composer, mark: Mark, i: int) -> Mark:
    """As in "the data team": before a dimension, a word may also be a part of one of its names."""
    after = c.at(i + 1)
    key = after.value("dimension") if after else None
    if not key or mark.end - mark.start != 1 or any(e.dimension == key for e in mark.entries):
        return mark
    names, word = c.vocabulary.names, phrase(mark.plain)
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
    if mark.meanings and not mark.has("filler") and not cue_dimension(c, i, mark.entries) and not _plain_name(mark):
        return 0
    beside = c.at(i + 1)
    if mark.has("filler") and not cue_dimension(c, i, mark.entries) and not (beside and beside.has("metric")):
        return 0
    cue = mark.entries[0].dimension if mark.unit == "learned" else cue_dimension(c, i, mark.entries)
    person = mark.unit == "person"
    named = Named(mark.entries, mark.text, i, c.negated, c.under, c.joined, person, None, mark.whole, cue)  # type: ignore[arg-type]
    named.worker, named.outright = _worker(c, mark, i)
    return _keep(c, named, i)


def _plain_name(mark: Mark) -> bool:
    """A whole name that is also a word of the catalogue's list of what is absent stays a name."""
    return mark.whole and not mark.has("metric", "dimension", "op", "by", "not")


def _keep(c: Composer, named: Named, i: int) -> int:
    negated, by, each, under = c.negated, c.by, c.each, c.under
    named.by_person = named.by_person or by
    named.led = _led(c, i)
    c.draft.named.append(named)
    used, after = 1, c.at(i + 1)
    if after and named.cue and after.value("dimension") == named.cue:
        used, after = 2, c.at(i + 2)
    if after and after.value("under") == "after":
        named.under, used = True, used + 1
    c.content(i + used - 1)
    c.by = by and each and bool(after and after.has("dimension"))
    c.negated, c.under = negated and _list_goes_on(c, i + used), under and _list_goes_on(c, i + used)
    c.draft.filled.append((named.text, "name"))
    return used


def _led(c: Composer, i: int) -> bool:
    """Whether a preposition stands before the name: "in Germany", "on the Upwork"."""
    before = next((m for m in reversed(c.marks[max(0, i - 2) : i]) if m.plain not in {"the", "our"}), None)
    return bool(before and (before.plain in PREPOSITIONS or before.has("based")))


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


def _worker(c: Composer, mark: Mark, i: int) -> tuple[bool | None, bool]:
    """Whether a country here is where the freelancer sits, and whether the words say so outright.

    They do after "from" and "based in", and beside a word for people or for who pays ("Indian contractors",
    "German teams"); otherwise it goes by the last such word before.
    """
    if c.based:
        return True, True
    after, before = c.near(i, 1), c.at(i - 1)
    named = not mark.has("place") and before and before.plain in {"in", "for", "of", "at", "on"}
    if after and not named:
        if after.value("metric") == "freelancers" or after.has("occupation", "people"):
            return True, True
        if after.value("dimension") in {"team", "division", "poster", "owner"}:
            return False, True
        if after.has("metric"):
            return False, False
    return (c.noun == "worker" if c.noun else None), False


def value(c: Composer, mark: Mark, i: int) -> int:
    """A word for a value that is not its name ("fixed price", "temps", "open")."""
    said = mark.value("value")
    if said is None:
        return 0
    dimension, _, label = said.partition("=")
    entry = c.vocabulary.names.find(dimension, label)
    if entry is None:
        return 0
    if mark.has("measure") and (after := c.near(i, 1)) and after.has("op") and dimension != "status":
        return 0
    if mark.has("measure") and dimension == "status" and (after := c.near(i, 1)) and after.has("op"):
        c.draft.measure = "age_days"
    if mark.has("goal", "change") and not c.negated:
        return 0
    c.draft.flags.add(dimension)
    if dimension == "status" and c.negated and (after := c.near(i, 1)) and after.has("metric") and _lacking(c, i):
        c.draft.unread.append(f"{mark.text} {after.text}")
    if dimension == "contract_type" and "contract" in mark.plain and not c.draft.metrics:
        c.draft.metrics.append("contracts")
        c.draft.weak.add("contracts")
    if dimension == "engagement_kind":
        _kind_of_work(c, mark, label)
    return _keep(c, Named((entry,), mark.text, i, c.negated, False, c.joined, False, None, True, dimension), i)  # type: ignore[arg-type]


def _lacking(c: Composer, i: int) -> bool:
    """As in "teams with no open jobs": what is not there, rather than what is left out."""
    before = c.near(i, -1)
    return bool(c.draft.metrics or (before and before.plain == "no"))


def _kind_of_work(c: Composer, mark: Mark, label: str) -> None:
    """As in "temps" are people, "temp contracts" are contracts."""
    noun = mark.plain.split()[-1]
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
    named = Named(entries, mark.text, i, c.negated, False, c.joined)  # type: ignore[arg-type]
    named.worker, named.outright = _worker(c, mark, i)
    return _keep(c, named, i)


def source(c: Composer, mark: Mark, i: int) -> int:
    """Freelance or staffing."""
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


def company_wide(c: Composer, mark: Mark, i: int) -> int:
    """As in "my team", "us", "company-wide": whose numbers; no filter comes of it."""
    said = mark.value("own")
    if said is None:
        return 0
    if said == "company":
        if mark.plain not in {"total", "totals", "overall", "in total", "combined", "together", "altogether"}:
            c.draft.audience = c.draft.audience or "company"
    elif said == "own":
        c.draft.audience = "own"
    c.draft.flags.add(f"audience {said}")
    before = c.near(i, -1)
    if (
        said == "own"
        and mark.plain.endswith("teams")
        and (c.by or (before and (before.plain.startswith("which") or before.has("top", "sup", "rank"))))
    ):
        c.draft.groups.append("team")
    return 1


FEES = ("platform_fee", "processing_fee")


def no_fees(c: Composer, mark: Mark, i: int) -> int:
    """As in "net of fees": both kinds of fees are left out."""
    return _fees(c, mark, i, negated=True) if mark.has("nofees") else 0


def only_fees(c: Composer, mark: Mark, i: int) -> int:
    """As in "how much do we pay in fees": nothing but both kinds of fees."""
    if not mark.has("onlyfees") or not _fees(c, mark, i, negated=False):
        return 0
    if "spend" not in c.draft.metrics:
        c.draft.metrics.append("spend")
    c.content(i)
    return 1


def _fees(c: Composer, mark: Mark, i: int, *, negated: bool) -> int:
    found = [entry for key in FEES if (entry := c.vocabulary.names.find("charge_type", key))]
    c.draft.named += [Named((entry,), mark.text, i, negated, cue="charge_type") for entry in found]
    return c.note(mark, "fees") if found else 0
