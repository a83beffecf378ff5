"""What came of a sync, or of trying one: plain data that one process hands to another, and its exit code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from analytics.difference import Moved, Rows
from analytics.model import Finding

if TYPE_CHECKING:
    from analytics.sync import SyncReport

PUBLISHED, FAILED, WRONG_SETTINGS, DOUBTFUL = 0, 1, 2, 3
"""Exit codes: published; not done, the old data stays; wrong settings or arguments; published, but somebody has to look."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`error` says why there is no new version; `refused` are (file, reason); `rows` and `moved` say what a trial would change."""

    error: str = ""
    version: int = 0
    read: int = 0
    loaded: int = 0
    quarantined: int = 0
    dropped: int = 0
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    used: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    waiting: tuple[str, ...] = ()
    rows: tuple[Rows, ...] = ()
    moved: tuple[Moved, ...] = ()

    @property
    def grave(self) -> tuple[Finding, ...]:
        """Findings that withhold numbers."""
        return tuple(finding for finding in self.findings if finding.severity == "E")

    @property
    def code(self) -> int:
        """The exit code a command ends with."""
        if self.error:
            return FAILED
        return DOUBTFUL if self.grave or self.refused else PUBLISHED

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def from_json(cls, line: str) -> Outcome:
        """The same again. ValueError, KeyError or TypeError where it is none."""
        told = json.loads(line)
        told["findings"] = tuple(
            Finding(**{**one, "metrics": tuple(one["metrics"]), "samples": tuple(one["samples"])})
            for one in told["findings"]
        )
        told["refused"] = tuple((name, reason) for name, reason in told["refused"])
        told["rows"] = tuple(Rows(**one) for one in told["rows"])
        told["moved"] = tuple(Moved(**one) for one in told["moved"])
        return cls(**{**told, "used": tuple(told["used"]), "waiting": tuple(told["waiting"])})


def counts_of(report: SyncReport) -> dict[str, int | float]:
    """The figures of a report under the names they have here."""
    names = ("version", "read", "loaded", "quarantined", "dropped", "seconds")
    return {name: getattr(report, name) for name in names}


__all__ = ["DOUBTFUL", "FAILED", "PUBLISHED", "WRONG_SETTINGS", "Outcome", "counts_of"]
