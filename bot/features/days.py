"""Days as people type them when they arrange something: always the next such day, in six languages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from babel import Locale

from cards.words import languages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


TODAY = frozenset({"today", "now", "heute", "aujourd'hui", "aujourd’hui", "hoy", "hoje", "今日", "本日"})
TOMORROW = frozenset({"tomorrow", "morgen", "demain", "mañana", "amanhã", "明日"})

_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})")
_KANJI = re.compile(r"(?:(?P<y>\d{4})年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})日")
_DOTS = re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.?(?P<y>\d{4})?")
_DAY_MONTH = re.compile(
    r"(?:the |den |dem |le |el |dia )?(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?(?: of| de| du)? (?P<name>[^\W\d]+)\.?(?:,? (?:of |de |do )?(?P<y>\d{4}))?"
)
_MONTH_DAY = re.compile(r"(?P<name>[^\W\d]+)\.? (?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<y>\d{4}))?")
_FORMS = (_ISO, _KANJI, _DOTS, _DAY_MONTH, _MONTH_DAY)


def day_of(said: str, earliest: date) -> date | None:
    """The day that was meant; one without a year is the first such day from `earliest` on. None where it is no day."""
    text = " ".join(said.casefold().split())
    if text in TODAY:
        return earliest
    if text in TOMORROW:
        return earliest + timedelta(days=1)
    name = re.sub(r"^(?:(?:this|on|am|bis|kommenden|ce|el|este|na|no) )+|曜日?$", "", text)
    if (weekday := _names("days").get(name)) is not None:
        return earliest + timedelta(days=(weekday - earliest.weekday()) % 7)
    for form in _FORMS:
        if fit := form.fullmatch(text):
            return _meant(fit.groupdict(), earliest)
    return None


def _meant(parts: Mapping[str, str | None], earliest: date) -> date | None:
    name = parts.get("name")
    month = _names("months").get(name.rstrip(".")) if name else int(parts["m"] or 0)
    if month is None:
        return None
    years = [int(parts["y"] or 0)] if parts.get("y") else range(earliest.year, earliest.year + 5)
    days = (_date(year, month, int(parts["d"] or 0)) for year in years)
    return next((day for day in days if day and (parts.get("y") or day >= earliest)), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _names(kind: str) -> Mapping[str, int]:
    """The names of months (1 to 12) or weekdays (0 for Monday), long and short, in every language of the cards."""
    read: dict[str, Callable[[Locale], Mapping[str, Mapping[str, Mapping[int, str]]]]] = {
        "months": lambda locale: locale.months,
        "days": lambda locale: locale.days,
    }
    found: dict[str, int] = {}
    for language in languages():
        forms = read[kind](Locale.parse(language))
        for width in ("wide", "abbreviated"):
            for use in ("format", "stand-alone"):
                found |= {name.casefold().rstrip("."): number for number, name in forms[use][width].items()}
    return found
