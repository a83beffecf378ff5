"""Every error this product raises on purpose, and the one function that makes a "did you mean".

    InsightsError
    ├── QuestionError      the question cannot be answered as asked; the asker can change it
    │   ├── UnknownName    a metric, dimension or value that does not exist (or may not be seen: same words)
    │   └── NotAllowed     the asker's scope does not hold it
    ├── DataError          the data is missing, broken or too old; an administrator can mend it
    └── SettingsError      the program was set up wrongly; lists everything that is wrong at once

Anything else that escapes is our fault and is answered with a reference id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class InsightsError(Exception):
    """The root of all errors raised on purpose; its text is written for people."""


class QuestionError(InsightsError):
    """The question cannot be answered as asked, and why; `nearest` is a legal Query as JSON, where one exists."""

    def __init__(self, message: str, nearest: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.nearest = nearest


class UnknownName(QuestionError):  # noqa: N818 - reads as what it says
    """A name that is not in the catalogue or not in the data the asker may see."""


class NotAllowed(QuestionError):  # noqa: N818
    """The asker's scope does not hold what was asked for."""


class DataError(InsightsError):
    """The data is missing, broken or too old."""


class SettingsError(InsightsError):
    """The program was set up wrongly; `problems` lists everything, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 70) -> str:
    """' Did you mean "..."?' for the nearest known word, or nothing. Starts with a space when it says something."""
    best = process.extractOne(word.casefold(), list(known), scorer=fuzz.ratio, score_cutoff=cutoff)
    return f' Did you mean "{best[0]}"?' if best else ""
