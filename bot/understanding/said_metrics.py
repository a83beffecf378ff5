"""Handlers for words about metrics: which number, how fast, of what kind."""

from __future__ import annotations

from analytics.catalogue import METRICS
from bot.understanding.composer import Composer, begins
from bot.understanding.draft import Named
from bot.understanding.said_names import cue_dimension
from bot.understanding.scan import Mark

WEAK = frozenset({"freelancers", "jobs_posted", "contracts", "hires", "proposals", "positions_open", "active_contracts", "milestones_submitted", "fte", "headcount"})  # fmt: skip
WEAK_WORDS = frozenset(["jobs", "job", "postings", "posting", "posts", "gigs", "gig", "reqs", "req", "requisitions", "vacancies", "vacancy", "openings", "contracts", "contract", "assignments", "assignment", "engagements", "engagement", "projects", "freelancers", "contractors", "consultants", "workers", "talents", "externals", "hires", "hired", "hire", "hiring", "proposals", "positions", "contingents", "candidates", "applicants", "applications", "milestones", "employees"])  # fmt: skip
DENOMINATORS = frozenset({"per", "for each", "for every", "each", "/", "pro", "je"})
MONEY_WORDS = frozenset({"money", "cash", "pay", "paid", "payments", "amount spent", "dollars"})


def metric(c: Composer, mark: Mark, i: int) -> int:
    """A metric; a second one that nothing joins to the first is noted."""
    key = mark.value("metric")
    if key is None or c.negated or (mark.entries and c.near(i, 1) and cue_dimension(c, i, mark.entries)):
        return 0
    if "bands" in c.draft.flags and mark.has("measure"):
        return 0
    near = c.near(i, -1)
    if key == "unique_posters" and (c.draft.top or (near and near.has("top"))):
        c.draft.groups.append("poster")
        c.draft.flags |= {"posted", "plural sup"}
        return c.note(mark, "poster")
    if left := _divided(c, mark, i, key):
        c.draft.unread.append(left)
        return 1
    _unjoined(c, mark, i, key)
    _weigh(c, mark, i, key)
    if c.draft.conditions and _follows_number(c, i):
        c.draft.conditions[-1].metric = key
    if key not in c.draft.metrics:
        c.draft.metrics.append(key)
    _counted(c, mark, i, key)
    c.content(i)
    return c.note(mark, key)


def _divided(c: Composer, mark: Mark, i: int, key: str) -> str:
    """As in "hours per contract", "contracts by duration": a number over another that no metric is."""
    d, by = c.draft, c.at(i - 1)
    if c.by and by and by.plain in DENOMINATORS:
        return f"{by.text} {mark.text}"
    ranked = d.groups or d.sup or d.top or d.rank
    return mark.text if c.by and not c.each and d.metrics and key not in d.metrics and not ranked else ""


def _weigh(c: Composer, mark: Mark, i: int, key: str) -> None:
    """Whether it is the subject or only goes with one ("spend on contracts"), and what places around it mean."""
    d, before, after = c.draft, c.near(i, -1), c.near(i, 1)
    if (mark.plain in WEAK_WORDS and key in WEAK) or (key == "spend" and mark.plain in MONEY_WORDS):
        d.weak.add(key)
    else:
        d.weak.discard(key)
    if key == "freelancers":
        c.noun = "worker"
    elif METRICS[key].parts[0].fact != "headcount":
        c.noun = "payer"
    joined = (before and before.has("and") and _metric_before(c, i)) or (
        after and after.has("and") and _metric_after(c, i)
    )
    if key in d.weak and (joined or _listed_with_commas(c, i)):
        d.joined_metrics.add(key)


def _counted(c: Composer, mark: Mark, i: int, key: str) -> None:
    """What the form of the word says: a list, a count, several."""
    flags, before, words = c.draft.flags, c.near(i, -1), mark.plain
    if mark.has("list") or (before and before.has("list", "which")):
        flags.add("listed")
    if words.startswith(("number of", "how many", "count")) or words.endswith(" count"):
        flags.add("howmany")
    if words.endswith("ers") and before and before.has("top") and key not in WEAK:
        flags.add("plural sup")
    if words.endswith("s"):
        flags.add("plural records")


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


def _listed_with_commas(c: Composer, i: int) -> bool:
    """As in "hires, spend and fill rate"."""
    before, after = c.at(i - 1), c.at(i + 1)
    ahead, behind = c.near(i, 1), c.near(i, -1)
    return bool(
        (after and after.text == "," and ahead and ahead.has("metric"))
        or (before and before.text == "," and behind and behind.has("metric"))
    )


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


def listing(c: Composer, mark: Mark, i: int) -> int:
    """As in "list", "show me the", "which jobs": records are asked for."""
    if mark.has("list") and not (mark.has("which") and not begins(c, i, "metric", "record", "value")):
        c.draft.flags.add("listed")
        if mark.plain.startswith(("list", "names", "a list", "give me a list", "show list", "enumerate")):
            c.draft.flags.add("by name")
        c.draft.flags.add("which") if mark.has("which") else None
        return 1
    return 0


def ambiguous(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """A word that stands for several metrics ("headcount", "rate")."""
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
    """A number on records: age, duration, tenure, rate, amount."""
    said, after = mark.value("measure"), c.near(i, 1)
    if said is None or (mark.has("metric") and "listed" not in c.draft.flags and "bands" not in c.draft.flags):
        return 0
    if (after and after.has("op")) or (c.near(i, -1) and c.near(i, -1).number is not None):  # type: ignore[union-attr]
        c.draft.measure = said
        if said == "age_days" and "open" in mark.plain:
            _open(c, mark, i)
        return c.note(mark, said)
    if mark.has("filler", "value", "metric", "goal", "ambiguous") and "bands" not in c.draft.flags:
        return 0
    if said == "age_days" and "open" in mark.plain:
        _open(c, mark, i)
    c.draft.measure = said
    return c.note(mark, said)


def _open(c: Composer, mark: Mark, i: int) -> None:
    entry = c.vocabulary.names.by_name.get(("status", "open"))
    if entry and not any(e.dimension == "status" for n in c.draft.named for e in n.entries):
        c.draft.named.append(Named((entry,), mark.text, i, cue="status"))


def posted(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """A word for posting jobs."""
    if not mark.has("posted"):
        return 0
    c.draft.flags.add("posted")
    c.noun = "payer"
    return c.note(mark, "posted")


def goal(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """What is done fast or slowly: hire, fill, approve."""
    said = mark.value("goal")
    if said is None or (
        mark.has("metric") and not (c.draft.flags & {"speed"} or c.draft.sup in {"fastest", "slowest"})
    ):
        return 0
    if not (c.draft.flags & {"speed", "sup"}) and mark.has("filler"):
        return 0
    c.draft.goal = said
    return c.note(mark, said)


def people(c: Composer, mark: Mark, i: int) -> int:
    """As in "people": who posts, who works, or rows by person."""
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
    """As in "designers": the people of a category."""
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


def absent(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """A word for something that this data does not have."""
    said = mark.value("absent")
    if said is None:
        return 0
    c.draft.absent.append(said)
    return c.note(mark, said)


def explain(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """As in "why", "what drove"."""
    if not mark.has("explain"):
        return 0
    c.draft.action = "explain_change"
    return c.note(mark, "why")


def action(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """Export, subscribe, alert, target."""
    said = next((value for kind, value in mark.meanings if kind == "action"), None)
    if said is None:
        return 0
    c.draft.action = c.draft.action or said
    return c.note(mark, said)


def when(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """How often something is to be sent is no part of the query; alone it asks for a subscription."""
    if not mark.has("when"):
        return 0
    words = mark.plain.split()
    key = next((w for w in ("week", "month", "quarter") if w in words), None)
    if key and c.draft.action is None and len(words) < 3:
        c.draft.grain = key
    elif c.draft.action is None and any(w.rstrip("s").endswith("day") and w not in {"day", "today"} for w in words):
        c.draft.action = "subscribe"
    elif c.draft.action is None:
        return 0
    return c.note(mark, "when")


def ends(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """As in "contracts that next month expire": far from its noun, the word still says which contracts."""
    if not mark.has("ends") or "contracts" not in c.draft.metrics:
        return 0
    c.draft.metrics = ["contracts_ending" if key == "contracts" else key for key in c.draft.metrics]
    c.draft.weak.discard("contracts")
    return c.note(mark, "contracts_ending")
