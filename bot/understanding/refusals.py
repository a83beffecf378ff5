"""What is not a question about numbers: greetings, help, and what is refused, each recognised by patterns."""

from __future__ import annotations

import re

from bot.understanding.draft import Draft
from bot.understanding.lexicon import Lexicon, Pattern

SIGNS = frozenset({",", ":", ";", "?", "=", "'"})
IS = re.compile(r"\b(what|who|how|where|that|it|here|there|when|why) s\b")
FIRST = ("impersonation", "secrets", "personal_data")
EXISTS = (
    "are there", "there are", "who are our", "who are the", "what are our", "what are the", "which are our", "exist", "exists", "do you know", "do we have", "do you have", "can i", "available", "list", "names of",
    "possible", "to choose", "can you", "we have", "you know", "you have", "do i", "i can", "are known", "show me", "are we using", "do we use",
)  # fmt: skip


def plain_text(words: list[str]) -> str:
    """The words without signs; a possessive becomes a plain s."""
    text = " ".join("s" if word == "'s" else word for word in words if word not in SIGNS)
    return IS.sub(r"\1 is", text)


def is_smalltalk(text: str, lexicon: Lexicon) -> bool:
    """Whether nothing but greetings, thanks and pleasantries was said."""
    return bool(lexicon.smalltalk.fullmatch(text))


def refused_first(text: str, lexicon: Lexicon) -> str | None:
    """The reason to refuse before anything else is looked at."""
    return next((p.value for p in lexicon.refusals if p.value in FIRST and p.regex.search(text)), None)


OTHERS = re.compile(
    r"\b(?:(?:an)?other|any other|all the other|someone else s|somebody else s|everyone else s) (?:teams?|departments?|managers?|persons?|colleagues?)\b|\beveryone else\b|\ball the others\b"
)


def asks_for_others(text: str) -> bool:
    """Whether somebody else's teams are asked for without a name."""
    return bool(OTHERS.search(text))


def refused(text: str, lexicon: Lexicon, d: Draft) -> str | None:
    """The reason to refuse, given what else was read."""
    for pattern in lexicon.refusals:
        if pattern.value not in FIRST and pattern.regex.search(text) and not _excused(pattern, d):
            return pattern.value
    return "not_in_data" if d.absent else None


def _excused(pattern: Pattern, d: Draft) -> bool:
    strong = set(d.metrics) - d.weak
    if pattern.value == "future":
        return "contracts_ending" in d.metrics
    if pattern.value == "unsupported":
        return d.action in {"alert", "subscribe", "export", "target"}
    return pattern.soft and bool(strong or d.versus_unit or d.spans or d.flagged_compare)


def helped(text: str, lexicon: Lexicon, d: Draft) -> str | None:
    """Which kind of help is asked for: "" for what the bot can do, or the action; None when it is none."""
    for pattern in lexicon.helps:
        if not pattern.regex.search(text):
            continue
        if pattern.value == "define" and (d.action or d.spans or d.groups or d.conditions or d.named or d.grain):
            continue
        if pattern.value == "feedback" and d.action:
            continue
        return pattern.value
    return None


def lists_values(text: str, d: Draft) -> bool:
    """Whether the members of a dimension are asked for ("which categories are there")."""
    empty = not (
        d.metrics or d.named or d.spans or d.conditions or d.sup or d.rank or d.grain or d.action or d.share or d.record
    )
    asked = bool(d.flags & {"listed", "which", "which dimension", "forall"}) or any(word in text for word in EXISTS)
    return (
        empty
        and len(d.groups) == 1
        and asked
        and "by" not in d.flags
        and any(f" {word}" in f" {text}" for word in EXISTS)
    )
