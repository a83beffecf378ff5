"""The composer walks the marks of a question once and remembers what waits for the next word."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from bot.understanding.draft import Draft
from bot.understanding.scan import Mark
from bot.understanding.vocabulary import Vocabulary

SILENT = ("filler", "own", "people")
Handler = Callable[["Composer", Mark, int], int]


class Composer:
    """Walks the marks of a question once; each handler says how many marks it has used, 0 to decline."""

    def __init__(self, marks: list[Mark], vocabulary: Vocabulary, handlers: tuple[Handler, ...]) -> None:
        self.marks, self.vocabulary, self.handlers = marks, vocabulary, handlers
        # Asked for at every word: a long message of fillers would otherwise cost the square of its length.
        self._matters = [at for at, mark in enumerate(marks) if _matters(mark)]
        self.draft = Draft()
        self.each = self.by = self.negated = self.under = self.based = False
        self.joined = ""
        self.noun: str | None = None
        self.last_content = self.last_metric = -1

    def run(self) -> Draft:
        """The draft of all marks."""
        i = 0
        while i < len(self.marks):
            i += next(used for handler in self.handlers if (used := handler(self, self.marks[i], i)))
        return self.draft

    def near(self, i: int, step: int = 1) -> Mark | None:
        """The next (or previous) mark that is no mere filler."""
        at = bisect_right(self._matters, i) if step > 0 else bisect_left(self._matters, i) - 1
        return self.marks[self._matters[at]] if 0 <= at < len(self._matters) else None

    def at(self, i: int) -> Mark | None:
        """The mark at this place, if there is one."""
        return self.marks[i] if 0 <= i < len(self.marks) else None

    def content(self, i: int) -> None:
        """Something with a meaning of its own was read: what waited for it is over."""
        self.each = self.by = self.negated = self.under = self.based = False
        self.joined = ""
        self.last_content = i

    def note(self, mark: Mark, read_as: str) -> int:
        """Remember how these words were read; one mark is used."""
        self.draft.filled.append((mark.text, read_as))
        return 1


def _matters(mark: Mark) -> bool:
    return bool(not mark.meanings or any(kind not in SILENT for kind, _ in mark.meanings) or mark.entries)


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


def begins(c: Composer, i: int, *kinds: str) -> bool:
    """Whether the next word that matters is one of these kinds."""
    after = c.near(i, 1)
    named = bool(after and after.entries) and "name" in kinds
    return bool(after and (after.has(*kinds) or named or (after.number is not None and "number" in kinds)))
