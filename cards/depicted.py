"""What a picture of a chart shows, as short text: all that is needed to draw it later, and to say it in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from analytics.errors import QuestionError

Kind = Literal["bars", "lines", "columns", "spark"]

MOST_POINTS = 60
MOST_SERIES = 4
MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Drawn:
    """One series: its name, a number for each label (None leaves a gap), dashed for what is no measurement."""

    name: str
    values: tuple[float | None, ...]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows: numbers already scaled and rounded as the card says them."""

    kind: Kind
    title: str
    labels: tuple[str, ...]
    series: tuple[Drawn, ...]

    def packed(self) -> str:
        """As short text."""
        series = [[one.name, one.values, int(one.dashed)] for one in self.series]
        return json.dumps([self.kind, self.title, self.labels, series], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def unpacked(cls, text: str) -> Picture:
        """Read from `packed` text. Raises QuestionError for anything that is none."""
        try:
            kind, title, labels, series = json.loads(text)
            made = cls(
                kind,
                _text(title),
                tuple(_text(label) for label in labels),
                tuple(Drawn(_text(name), tuple(map(_number, values)), bool(dashed)) for name, values, dashed in series),
            )
        except (TypeError, ValueError):
            raise QuestionError("This is no picture.") from None
        if made.kind not in get_args(Kind) or not 0 < len(made.series) <= MOST_SERIES or len(made.labels) > MOST_POINTS:
            raise QuestionError("This is no picture.")
        if any(len(one.values) != len(made.labels) for one in made.series):
            raise QuestionError("This is no picture.")
        return made

    def said(self) -> str:
        """The picture in words, with all its numbers."""
        parts = []
        for one in self.series:
            known = [
                f"{label} {value:g}" for label, value in zip(self.labels, one.values, strict=True) if value is not None
            ]
            parts.append(f"{one.name}: {', '.join(known)}" if len(self.series) > 1 else ", ".join(known))
        return f"{self.title}. {'; '.join(parts)}"


def _text(said: Any) -> str:
    if not isinstance(said, str) or len(said) > MOST_TEXT:
        raise ValueError
    return said


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise ValueError
    return float(value)
