"""Handlers for breakdowns and rankings: by what, at which grain, most or least."""

from __future__ import annotations

from bot.understanding.composer import Composer
from bot.understanding.draft import Named
from bot.understanding.said_joints import NOUNS
from bot.understanding.scan import Mark
from bot.understanding.words import phrase

NAMED_WITH = frozenset({"team", "division", "job_category", "supplier", "skill"})
EACH = frozenset(
    {"each", "in each", "for each", "for every", "by each", "on each", "from each", "within each", "in every"}
)
ORDINAL = {"third": 3, "3rd": 3, "three": 3, "3": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5}
ORGANISATION = frozenset({"team", "division", "poster", "owner"})
PREPOSITIONS = frozenset({"on", "in", "for", "at", "to", "with", "from", "of"})


def dimension(c: Composer, mark: Mark, i: int) -> int:
    """A dimension: the noun beside a name, a breakdown, or what "which" asks for."""
    key = mark.value("dimension")
    if key is None:
        return 0
    if key in ORGANISATION:
        c.noun = "payer"
    if (after := c.at(i + 1)) and _names_a_cued_value(c, i, key):
        return 2
    if _only_a_noun(c, mark, i, key):
        return c.note(mark, key)
    before = c.near(i, -1)
    if c.negated and before and before.has("not"):
        return 0
    if _of_another_kind(c, mark, i, key):
        c.draft.unread += [c.marks[i - 1].text, mark.text]
        return 1
    if before and before.has("howmany") and not c.by and c.at(i - 1) is before:
        d = c.draft
        d.flags.add("counted dimension")
        d.filled.append((f"{before.text} {mark.text}", "counted dimension"))
    _grouped(c, mark, i, key)
    c.content(i)
    c.by = bool(after and after.has("and"))
    return c.note(mark, key)


def _of_another_kind(c: Composer, mark: Mark, i: int, key: str) -> bool:
    """As in "the sales team" where no team is called so: the noun says what the name would have to be."""
    before = c.at(i - 1)
    if before is None or c.by or key not in NAMED_WITH or mark.plain.endswith("s"):
        return False
    if before.plain in NOUNS and i > 1 and c.marks[i - 2].plain in {"the", "of", "for", "our"}:
        return True
    kinds = {entry.dimension for entry in before.entries}
    return bool(kinds & NAMED_WITH) and key not in kinds and not before.has("metric", "by", "which")


def _grouped(c: Composer, mark: Mark, i: int, key: str) -> None:
    """A breakdown; one that stands after a mere preposition counts as unread unless something ranks it."""
    d, before, near = c.draft, c.near(i, -1), c.at(i - 1)
    if "staffing" in mark.plain and "freelance" not in mark.plain:
        d.sources.append("staffing")
    if not c.by and near and near.plain in PREPOSITIONS:
        d.flags.add(f"loose {key}")
    d.groups.append(key)
    if mark.plain.endswith("s") and key != "status":
        d.flags.add("plural")
        if before and before.has("sup") and before is c.at(i - 1) and not d.flags & {"which", "who"}:
            d.flags.add("plural sup")
    if c.by:
        d.flags.add("by")
        if near and near.plain in EACH:
            d.flags.add("each")
            d.filled.append((f"{near.text} {mark.text}", "each"))
    if before and before.has("list", "which", "who"):
        d.flags.add("which dimension")


def _only_a_noun(c: Composer, mark: Mark, i: int, key: str) -> bool:
    """Whether the word only goes with a name, with "my", with "German", or with "all"."""
    d, after, before, near = c.draft, c.at(i + 1), c.near(i, -1), c.at(i - 1)
    if after and (_cued(after, key) or (after.text == ":" and c.at(i + 2) and _cued(c.marks[i + 2], key))):
        return True
    if (
        key == "freelancer"
        and after
        and after.has("metric")
        and not c.by
        and not d.flags & {"which", "which dimension", "top"}
    ):
        c.noun = "worker"
        return not d.top and not (before and before.has("which", "sup", "rank", "top"))
    following = c.near(i, 1)
    if following and following.has("not") and not c.by and not d.flags & {"which", "top"} and _excludes(c, i, key):
        return True
    listed = c.marks[0].plain.startswith(("who", "what", "which")) and i == len(c.marks) - 1 and not d.metrics
    if near and near.has("own") and not c.by and not listed and not d.flags & {"which", "which dimension"}:
        return True
    if near and key in ORGANISATION and _is_place(near) and not c.by:
        d.flags.add(f"noun {key}")
        ranked = d.flags & {"which", "top", "listed"} or d.top or _begins_with_by(c, i)
        return not ranked
    if key in {"poster", "owner"} and mark.plain.endswith(" by"):
        following = c.near(i, 1)
        c.by = bool(following and following.entries)
        return c.by
    if before and before.has("forall") and before.plain != "each" and not c.by:
        d.flags.add(f"all {key}")
        following = c.near(i, 1)
        return following is None or following.has("not", "but")
    return False


def _excludes(c: Composer, i: int, key: str) -> bool:
    """As in "platforms other than Upwork": the values of this dimension that follow are left out."""
    named = next((m for m in c.marks[i + 1 : i + 6] if m.entries), None)
    return bool(named and any(e.dimension == key for e in named.entries))


def _begins_with_by(c: Composer, i: int) -> bool:
    """Whether "by" and a number follow: "US teams by spend"."""
    after, following = c.at(i + 1), c.at(i + 2)
    return bool(after and after.has("by") and following and following.has("metric"))


def _is_place(mark: Mark) -> bool:
    return mark.has("place") or any(e.dimension in {"country", "region"} for e in mark.entries)


def _cued(mark: Mark, key: str) -> bool:
    return any(entry.dimension == key for entry in mark.entries) and (not mark.meanings or mark.has("filler", "value"))


def _names_a_cued_value(c: Composer, i: int, key: str) -> bool:
    """As in "end reason other": a value of a small dimension named after its dimension."""
    after = c.marks[i + 1]
    names, said = c.vocabulary.names, phrase(after.plain)
    numbered = names.parts.get(said[0], ()) if len(said) == 1 and said[0].isdigit() else ()
    entries = c.vocabulary.visible([*names.cued.get(said, ()), *numbered])
    found = tuple(entry for entry in entries if entry.dimension == key)
    if not found:
        return False
    c.draft.named.append(Named(found, after.text, i, c.negated, False, c.joined, cue=key))  # type: ignore[arg-type]
    return True


def grain(c: Composer, mark: Mark, i: int) -> int:
    """A grain ("monthly", "by week"); how often something is sent is no grain."""
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
    if (before.number is not None and "top" in c.draft.flags) or (before.number is not None and c.draft.top):
        c.draft.grain = key
        return c.note(mark, key)
    if c.by or c.draft.sup or before.has("which", "by", "grain", "dimension", "sup", "forall", "rank", "top"):
        c.draft.grain = key
        if before.has("which") or c.draft.sup or before.has("sup"):
            c.draft.flags.add("which unit")
        return c.note(mark, key)
    return 0


def superlative(c: Composer, mark: Mark, i: int) -> int:
    """As in "most", "slowest", "top", "oldest"."""
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
    before = c.near(i, -1)
    if c.draft.sup and before and before.has("and", "or"):
        c.draft.unread.append(mark.text)
        return 1
    if c.draft.change and said == "desc" and mark.plain in {"most", "the most", "more"}:
        c.draft.flags.add("most changed")
        return c.note(mark, "most")
    if mark.plain in {"more", "less", "fewer", "higher", "lower", "bigger", "larger", "smaller"}:
        c.draft.flags.add("comparative")
    if mark.plain in {"better", "worse", "cheaper", "faster", "slower", "quicker", "more expensive"}:
        c.draft.flags.add("comparative")
    if c.draft.sup is None or said not in {"desc", "asc"} or c.draft.sup in {"desc", "asc"}:
        c.draft.sup = said
    c.draft.flags.add("sup")
    if mark.plain.startswith("old"):
        c.draft.flags.add("oldest")
    if "long" in mark.plain or "short" in mark.plain:
        c.draft.flags.add("longest")
    if mark.plain.startswith(("new", "young", "latest", "most recent")):
        c.draft.flags.add("newest")
    return c.note(mark, said)


def forall(c: Composer, mark: Mark, i: int) -> int:
    """As in "for all countries" takes a filter away; "all jobs" is only emphasis."""
    after = c.near(i, 1)
    if not mark.has("forall") or not after or not after.has("dimension", "unit"):
        return 0
    if mark.plain in {"every", "any", "for all", "all", "across all", "in all"} and mark.has("by") and i:
        c.by = after.has("unit") or c.by
    c.draft.flags.add("forall")
    return 1


def nth(c: Composer, mark: Mark, i: int) -> int:  # noqa: ARG001
    """As in "the second highest": the first so many, in order, because a query cannot leave out the ones before."""
    said = mark.value("nth")
    if said is None:
        return 0
    c.draft.sup, c.draft.top = said, ORDINAL.get(mark.unit, 2)
    c.draft.flags.add("sup")
    if "long" in mark.plain:
        c.draft.flags.add("longest")
    return c.note(mark, said)
