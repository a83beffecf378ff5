"""Recognises how the values of a column are written: date formats, number styles; what fits in two ways is a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

DATE_FORMATS = (
    "iso", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d/%m/%y", "%m/%d/%y", "%Y/%m/%d", "%Y%m%d", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d.%m.%Y %H:%M",
)  # fmt: skip
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.]\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
_STYLES = {
    "decimal point": re.compile(r"(\d{1,3}(,\d{3})+|\d+)?([.]\d+)?"),
    "decimal comma": re.compile(r"(\d{1,3}([. ]\d{3})+|\d+)?(,\d+)?"),
}
_SIGNS = (("(5)", re.compile(r"\((.*)\)")), ("5-", re.compile(r"(.*\d)\s?-")), ("5 CR", re.compile(r"(?i)(.*\d)\s?CR")))


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How numbers are written; `sure` is false where a separator could be either, as in 1,234."""

    decimal: str
    thousands: str
    symbols: tuple[str, ...]
    negative: tuple[str, ...]
    sure: bool


def date_formats(values: Sequence[str]) -> list[str]:
    """Every format in which all these values are dates; more than one means that the values leave it open."""
    return [form for form in DATE_FORMATS if values and all(_is_date(value, form) for value in values)]


def mostly_dates(values: Sequence[str]) -> list[str]:
    """The formats that most of the values have, where a few are no dates at all."""
    share = {form: sum(_is_date(value, form) for value in values) for form in DATE_FORMATS}
    best = max(share.values(), default=0)
    return [form for form, found in share.items() if found == best] if values and best > len(values) / 2 else []


def number_style(values: Sequence[str]) -> NumberStyle | None:
    """How these values are written as numbers, or None where they are none."""
    bare, symbols, signs = [], set(), set()
    for value in values:
        text = value.strip()
        for name, pattern in _SIGNS:
            if found := pattern.fullmatch(text):
                signs.add(name)
                text = found[1].strip()
        symbols |= set(re.findall(r"[^\d\s.,'()+-]+", text))
        text = re.sub(r"[^\d\s.,'-]", "", text).strip()
        if text.startswith("-"):
            signs.add("-5")
            text = text[1:].strip()
        bare.append(text)
    fits = [name for name, pattern in _STYLES.items() if all(text and pattern.fullmatch(text) for text in bare)]
    if not bare or not fits:
        return None
    comma = fits[0] == "decimal comma"
    sure = len(fits) == 1 or not any("," in text or "." in text for text in bare)
    gap = next((mark for mark in (". " if comma else ",") if any(mark in text for text in bare)), "")
    return NumberStyle("," if comma else ".", gap, tuple(sorted(symbols)), tuple(sorted(signs)), sure)


def _is_date(value: str, form: str) -> bool:
    if form == "iso":
        return _ISO.fullmatch(value) is not None
    try:
        return datetime.strptime(value, form).year >= 1900  # noqa: DTZ007 - only asked whether it is one
    except ValueError:
        return False
