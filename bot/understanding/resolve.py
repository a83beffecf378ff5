"""From names as said to filters: which dimension, which member; what fits several equally well is asked back."""

from __future__ import annotations

from analytics.catalogue import DIMENSIONS
from bot.understanding.draft import Ask, Draft, Named
from bot.understanding.names import PERSONS, Entry
from bot.understanding.vocabulary import Vocabulary, value_of

ORGANISED = frozenset({"team", "division", "job_category", "job_family", "job_subcategory"})
JOB_METRICS = frozenset({"jobs_posted", "unique_posters", "positions_open", "open_ageing", "fill_rate", "jobs_cancelled", "avg_time_to_hire", "proposals"})  # fmt: skip
CONTRACT_METRICS = frozenset({"contracts", "active_contracts", "contracts_ended", "contracts_ending", "idle_contracts", "tenure_flags"})  # fmt: skip
WORK_METRICS = frozenset({"hours", "rating", "overtime_share", "on_time_rate", "milestones_submitted", "milestones_accepted"})  # fmt: skip


def resolve_names(d: Draft, vocabulary: Vocabulary, context: tuple[str, ...]) -> None:
    """Filters for every name of the draft; an Ask for every name that fits several readings."""
    if vocabulary.limited:
        _compounds(d)
    for first, second in zip(reversed(d.named[:-1]), reversed(d.named), strict=False):
        if (
            second.cue
            and not first.cue
            and second.joined == "and"
            and any(e.dimension == second.cue for e in first.entries)
        ):
            first.cue = second.cue
    _one_person(d)
    for named in d.named:
        _resolve(d, named, vocabulary, context)
    for category in d.occupation:
        entry = vocabulary.names.by_name.get(
            ("job_category", " ".join(category.casefold().replace("&", "and").split()))
        )
        if entry:
            d.add_filter("job_category", "in", [value_of(entry)])
        else:
            d.unread.append(d.typed(category))


def _one_person(d: Draft) -> None:
    """Two parts of persons' names side by side are one person, or nobody: "anna schmidt", misspelt or not."""
    for first, second in zip(d.named[:-1], d.named[1:], strict=False):
        if second.place != first.place + 1 or second.joined or first.whole or second.whole:
            continue
        if not all(e.dimension in PERSONS for n in (first, second) for e in n.entries):
            continue
        both = tuple(e for e in first.entries if e in second.entries)
        if both:
            first.entries, second.entries = both, both
        else:
            d.unread += [first.text, second.text]
            d.named = [n for n in d.named if n is not first and n is not second]
            return


def _compounds(d: Draft) -> None:
    """Two bare names side by side, one of them only a part of a name, are one name that does not exist here."""
    for first, second in zip(d.named, d.named[1:], strict=False):
        if second.place == first.place + 1 and not (first.cue or second.cue or second.joined):
            dimensions = {e.dimension for n in (first, second) for e in n.entries}
            if dimensions <= ORGANISED or not (first.whole and second.whole):
                d.unread += [first.text, second.text]


def _resolve(d: Draft, named: Named, vocabulary: Vocabulary, context: tuple[str, ...]) -> None:
    entries = _narrowed(d, named, vocabulary, context)
    if not entries:
        d.unread.append(named.text)
        return
    named.entries = tuple(entries)
    if entries[0].dimension == "region" and named.worker and len(entries) == 1:
        d.asks.append(
            Ask("region", "", [(f"{entries[0].label} (where the team pays)", "", (entries[0], named))], "name")
        )
        return
    if len({(e.dimension, e.label, e.id) for e in entries}) > 1:
        d.asks.append(_ask(named, entries))
        return
    below = named.under and DIMENSIONS[entries[0].dimension].tree
    how = "not" if named.negated else "under" if below else "in"
    d.add_filter(entries[0].dimension, how, [value_of(entries[0])])


def _ask(named: Named, entries: list[Entry]) -> Ask:
    several = len({e.dimension for e in entries}) > 1
    options = [
        (
            f"{e.label} ({DIMENSIONS[e.dimension].label.lower()})" if several else e.label,
            f"{e.dimension}={e.label}",
            (e, named),
        )
        for e in entries[:8]
    ]
    return Ask("name", f"name:{named.text.casefold()}", list(options), "name")


def _narrowed(d: Draft, named: Named, vocabulary: Vocabulary, context: tuple[str, ...]) -> list[Entry]:
    entries = list(dict.fromkeys(named.entries))
    if named.cue == "country":
        worker = [e for e in entries if e.dimension == "worker_country"]
        entries = [e for e in entries if e.dimension == "country"] or worker
    elif named.cue:
        entries = [e for e in entries if e.dimension == named.cue]
    if named.under and any(DIMENSIONS[e.dimension].tree for e in entries):
        entries = [e for e in entries if DIMENSIONS[e.dimension].tree]
    if not named.cue:
        entries = _without_cue(d, named, entries, vocabulary)
    entries = _place(d, named, entries)
    return _person(d, entries, context)


def _without_cue(d: Draft, named: Named, entries: list[Entry], vocabulary: Vocabulary) -> list[Entry]:
    """Without a word that says what it is: a grouped dimension goes first; a team that begins a category's name is near it."""
    if len({e.dimension for e in entries}) > 1 and named.negated:
        grouped = [e for e in entries if e.dimension in d.groups]
        entries = grouped or entries
    if named.whole and not named.under and len(entries) == 1 and entries[0].dimension == "team":
        first = vocabulary.names.parts.get(named.text.casefold(), ())
        entries += [
            e
            for e in vocabulary.visible(first)
            if e.dimension == "job_category" and e.name.casefold().startswith(named.text.casefold())
        ]
    if not named.whole and any(e.dimension not in PERSONS for e in entries) and not named.by_person:
        entries = [e for e in entries if e.dimension not in PERSONS]
    return entries


def _place(d: Draft, named: Named, entries: list[Entry]) -> list[Entry]:
    kinds = {e.dimension for e in entries}
    if not {"country", "worker_country"} <= kinds:
        return entries
    worker = named.worker
    if worker is None and ("worker_country" in d.earlier or d.about_workers):
        worker = True
    if not named.outright and "worker_country" in d.groups:
        worker = True
    elif not named.outright and "country" in d.groups:
        worker = False
    wanted = "worker_country" if worker else "country"
    return [e for e in entries if e.dimension == wanted]


def _person(d: Draft, entries: list[Entry], context: tuple[str, ...]) -> list[Entry]:
    """A person in several roles: the one the question is about."""
    roles = {e.dimension for e in entries}
    if not roles <= PERSONS or len(roles) < 2:
        return entries
    metrics = set(d.metrics) | set(context)
    wanted = None
    if "posted" in d.flags or metrics & JOB_METRICS:
        wanted = "poster"
    elif metrics & CONTRACT_METRICS:
        wanted = "owner"
    elif metrics & WORK_METRICS:
        wanted = "freelancer"
    return [e for e in entries if e.dimension == wanted] if wanted in roles else entries
