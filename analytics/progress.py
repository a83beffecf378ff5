"""How long work tells whoever waits what it is doing; the command line draws it, the server stays silent."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """One stage at a time: begin, advance, end. `total` and `amount` are in one unit of the stage's own, None = unknown."""

    def begin(self, label: str, total: int | None = None) -> None:
        """A stage begins, e.g. ("Reading files", bytes in all)."""

    def advance(self, amount: int, note: str = "") -> None:
        """So much of the stage is done; `note` names what comes now, e.g. the file."""

    def end(self) -> None:
        """The stage is over."""


class Silent:
    """Says nothing."""

    def begin(self, label: str, total: int | None = None) -> None:
        """Nothing to show."""

    def advance(self, amount: int, note: str = "") -> None:
        """Nothing to show."""

    def end(self) -> None:
        """Nothing to show."""
