"""Calendar units as people name them: months, quarters, halves, seasons, fiscal years, single days; years may be open."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from analytics.model import Period
from analytics.periods import add_months

MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"), start=1,
    )
    for name in names.split()
}  # fmt: skip
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"a": 1, "an": 1, "couple": 2, "fifteen": 15, "eighteen": 18, "twenty": 20, "twenty four": 24, "thirty": 30, "sixty": 60, "ninety": 90}  # fmt: skip
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
DAYS = {day: i for i, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))}
MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
YEAR = r"(?P<year>(?:19|20)\d\d|twenty twenty(?: (?:one|two|three|four|five|six|seven|eight|nine))?)"
FISCAL = r"(?:fy|fiscal years?|fiscal|financial year)"
FISCAL_YEAR = (
    rf"(?:(?P<fy>fy\d[\d/]*)|{FISCAL} (?:(?P<fyear>(?:20)?\d\d(?: / \d\d)?)|(?P<yearword>twenty twenty(?: \w+)?)))"
)
CALENDAR = "(?:calendar(?: year)?|cy)"
QUARTER = r"(?:q ?(?P<q>[1-4])|(?P<qword>first|second|third|fourth|1st|2nd|3rd|4th)(?P<qkind> calendar| fiscal)? quarter|quarter (?P<qn>[1-4]))"
HALF = r"(?:h ?(?P<h>[12])|(?P<hword>first|second|1st|2nd)(?P<hkind> calendar| fiscal)? half(?: year)?)"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"


@dataclass(frozen=True, slots=True)
class Calendar:
    """What day it is and how this company counts; `quarters` and `dates` are what this person has chosen before."""

    today: date
    fiscal: int
    quarters: str | None = None
    dates: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A span that may lack its year: `make(year)` gives it in a year. `options` are readings to choose between."""

    make: Callable[[int], Period | None]
    year: int | None = None
    options: tuple[tuple[str, str, Period], ...] = ()
    topic: str = ""
    fiscal: bool = False
    reads: str = ""

    def latest(self, day: date) -> Period | None:
        """The given year's, or the most recent one that has begun by `day`."""
        if self.year is not None:
            return self.make(self.year)
        begun = (self.make(year) for year in range(day.year + 1, day.year - 9, -1))
        return next((p for p in begun if p and p.start and p.start <= day), None)


def number_of(word: str) -> int:
    """A number in digits or as a word; 0 when it is none."""
    return int(word) if word.isdigit() and len(word) < 6 else NUMBERS.get(word, 0)


def year_of(word: str) -> int:
    """A year: "2026", "26", "25/26" (the year it ends in), "twenty twenty six"."""
    if word.startswith("twenty twenty"):
        return 2020 + NUMBERS.get(word.removeprefix("twenty twenty").strip(), 0)
    last = re.split(r" ?/ ?", word)[-1]
    return int(last) if len(last) == 4 else 2000 + int(last)


def months(year: int, month: int, count: int) -> Period:
    """`count` months from a month on; the month may lie outside 1 to 12."""
    start = add_months(date(year, 1, 1), month - 1)
    return Period(start, add_months(start, count))


def fiscal_months(year: int, first: int, count: int, fiscal: int) -> Period:
    """Months counted from the start of the fiscal year that ends in `year` (or is it, where it starts in January)."""
    return months(year if fiscal == 1 else year - 1, fiscal + first, count)


def _whole_year(found: re.Match[str], cal: Calendar) -> Unit:  # noqa: ARG001 - every rule takes the same
    return Unit(lambda year: months(year, 1, 12), year_of(found["year"]))


def _fiscal_year(found: re.Match[str], cal: Calendar) -> Unit:
    return Unit(lambda year: fiscal_months(year, 0, 12, cal.fiscal), _fiscal_said(found), fiscal=True)


def _fiscal_said(found: re.Match[str]) -> int:
    said = found["fy"].removeprefix("fy") if found["fy"] else found["fyear"] or found["yearword"]
    return year_of(said)


def _month(found: re.Match[str], cal: Calendar) -> Unit:  # noqa: ARG001
    number = MONTHS[found["month"]]
    return Unit(lambda year: months(year, number, 1), year_of(found["year"]) if found["year"] else None)


def _month_of(found: re.Match[str], cal: Calendar) -> Unit:
    """As in "october last year"; a fiscal year's month lies in the calendar year that it falls in."""
    number, which = MONTHS[found["month"]], found["which"]
    by_calendar = Unit(lambda year: months(year, number, 1))
    first = (number - cal.fiscal) % 12
    return _in_named_year(which, by_calendar, Unit(lambda year: fiscal_months(year, first, 1, cal.fiscal)), cal)


def _day(found: re.Match[str], cal: Calendar) -> Unit:  # noqa: ARG001
    number, day = MONTHS[found["month"]], int(found["day"])
    return Unit(lambda year: one_day(year, number, day), year_of(found["year"]) if found["year"] else None)


def _days(found: re.Match[str], cal: Calendar) -> Unit:  # noqa: ARG001
    """As in "5 to 12 october": both days lie in the month that is named once."""
    number, first, last = MONTHS[found["month"]], int(found["first"]), int(found["last"])

    def make(year: int) -> Period | None:
        start, end = one_day(year, number, first), one_day(year, number, last)
        return Period(start.start, end.end) if start and end and start.start and start.start < end.end else None

    return Unit(make, year_of(found["year"]) if found["year"] else None)


def _part_of_month(found: re.Match[str], cal: Calendar) -> Unit:  # noqa: ARG001
    """As in "first 10 days of october"."""
    number, count, last = MONTHS[found["month"]], number_of(found["n"]), found["which"] == "last"

    def make(year: int) -> Period | None:
        whole = months(year, number, 1)
        if not whole.start or not 0 < count <= whole.days():
            return None
        days = timedelta(days=count)
        return Period(whole.end - days, whole.end) if last else Period(whole.start, whole.start + days)

    return Unit(make, year_of(found["year"]) if found["year"] else None)


def one_day(year: int, month: int, day: int) -> Period | None:
    """That day, or None when there is none such; at the ends of the calendar there is no day before or after to count to."""
    try:
        start = date(year, month, day)
    except ValueError:
        return None
    if not 1900 <= year < 3000:
        return None
    return Period(start, start + timedelta(days=1))


def _season(found: re.Match[str], cal: Calendar) -> Unit:
    first = SEASONS[found["season"]]
    unit = Unit(lambda year: months(year, first, 3), year_of(found["year"]) if found["year"] else None)
    if found["last"]:
        done = unit.latest(add_months(cal.today, -3))
        return fixed(done) if done else unit
    return unit


def fixed(period: Period | None) -> Unit:
    """A span that is what it is in every year."""
    return Unit(lambda _: period, 0)


def _part_of_year(found: re.Match[str], cal: Calendar) -> Unit:
    """A quarter or half: clear with a year or with "fiscal" or "calendar", otherwise to be asked where the two differ."""
    groups = found.groupdict()
    quarter = groups.get("q") or groups.get("qn") or ORDINALS.get(groups.get("qword") or "")
    half = groups.get("h") or ORDINALS.get(groups.get("hword") or "")
    size, number = (3, int(quarter)) if quarter else (6, int(half or 1))
    first = (number - 1) * size
    by_calendar = Unit(lambda year: months(year, 1 + first, size))
    by_fiscal = Unit(lambda year: fiscal_months(year, first, size, cal.fiscal), fiscal=True)
    said = (groups.get("qkind") or groups.get("hkind") or groups.get("kind") or "").strip()
    if groups.get("fy") or groups.get("fyear") or groups.get("yearword"):
        return replace(by_fiscal, year=_fiscal_said(found))
    if groups.get("which"):
        return _in_named_year(groups["which"], by_calendar, by_fiscal, cal)
    if groups.get("year"):
        return replace(by_fiscal if said == "fiscal" else by_calendar, year=year_of(found["year"]))
    if said:
        return by_fiscal if said.startswith(("fiscal", "fy", "financial")) else by_calendar
    return _asked(f"{'Q' if size == 3 else 'H'}{number}", by_calendar, by_fiscal, cal)


def _in_named_year(which: str, by_calendar: Unit, by_fiscal: Unit, cal: Calendar) -> Unit:
    back = 1 if which.startswith(("last", "previous", "prior")) else 0
    if re.search(FISCAL, which):
        end = cal.today.year + (1 if cal.fiscal > 1 and cal.today.month >= cal.fiscal else 0)
        return replace(by_fiscal, year=end - back)
    return replace(by_calendar, year=cal.today.year - back)


def _asked(name: str, by_calendar: Unit, by_fiscal: Unit, cal: Calendar) -> Unit:
    plain, fiscal = by_calendar.latest(cal.today), by_fiscal.latest(cal.today)
    if cal.fiscal == 1 or plain == fiscal or cal.quarters == "calendar":
        return by_calendar
    if cal.quarters == "fiscal":
        return by_fiscal
    if plain is None or fiscal is None:
        return by_calendar
    options = ((f"{name} of the calendar year", "calendar", plain), (f"{name} of the fiscal year", "fiscal", fiscal))
    return Unit(by_calendar.make, None, options, "quarters")


def _iso(found: re.Match[str], cal: Calendar) -> Unit:  # noqa: ARG001
    return fixed(one_day(int(found["y"]), int(found["m"]), int(found["d"])))


def _iso_month(found: re.Match[str], cal: Calendar) -> Unit:  # noqa: ARG001
    groups = found.groupdict()
    return fixed(months(int(groups.get("y") or year_of(found["year"])), int(found["m"]), 1))


def _slashed(found: re.Match[str], cal: Calendar) -> Unit:
    """A date in figures: when both orders are dates it is asked back which is meant."""
    one, two, year = int(found["a"]), int(found["b"]), year_of(found["c"])
    day_first, month_first = one_day(year, two, one), one_day(year, one, two)
    if "." in found.group() or not month_first or day_first == month_first or cal.dates == "day_first":
        return replace(fixed(day_first), reads="" if day_first == month_first else "day_first")
    if not day_first or cal.dates == "month_first":
        return replace(fixed(month_first), reads="month_first")
    labels = tuple((f"{p.start:%d %B %Y}".lstrip("0"), v, p) for v, p in (("day_first", day_first), ("month_first", month_first)))  # fmt: skip
    return Unit(lambda _: day_first, 0, labels, "dates")


def _weekday(found: re.Match[str], cal: Calendar) -> Unit:
    back = (cal.today.weekday() - DAYS[found["weekday"]]) % 7 or 7
    start = cal.today - timedelta(days=back)
    return fixed(Period(start, start + timedelta(days=1)))


def _iso_week(found: re.Match[str], cal: Calendar) -> Unit:  # noqa: ARG001
    number = int(found["number"])

    def make(year: int) -> Period | None:
        try:
            start = date.fromisocalendar(year, number, 1)
        except ValueError:
            return None
        return Period(start, start + timedelta(days=7))

    return Unit(make, year_of(found["year"]) if found["year"] else None)


def _first_months(found: re.Match[str], cal: Calendar) -> Unit:
    count = number_of(found["n"]) * (3 if found["unit"].startswith("quarter") else 1)
    if found["fy"] or found["fyear"] or found["yearword"]:
        return fixed(fiscal_months(_fiscal_said(found), 0, count, cal.fiscal))
    return fixed(months(year_of(found["year"]), 1, count))


_WHICH = rf"(?P<which>(?:this|last|the last|previous|prior|current|the current)(?: {FISCAL}| calendar)?(?: year)?)"
_LAST = "(?P<last>last )?"
_N = r"(?P<n>\d{1,2}|" + "|".join(NUMBERS) + ")"
RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Calendar], Unit]], ...] = tuple(
    (re.compile(pattern + r"(?![^ ])"), make)
    for pattern, make in (
        *((pattern, _part_of_year)
          for part in (QUARTER, HALF)
          for pattern in (
              part,
              rf"(?P<kind>calendar|{FISCAL})(?: year)? {part}(?:(?: of| in)? {YEAR})?",
              rf"{part} (?P<kind>calendar|{FISCAL})(?: year)?",
              rf"{part}(?: of| in| /)?(?: the)?(?: calendar(?: year)?| cy)? {YEAR}",
              rf"(?:{CALENDAR} )?{YEAR} (?:{CALENDAR} )?{part}",
              rf"{part}(?: of| in)?(?: the)? {FISCAL_YEAR}",
              rf"{FISCAL_YEAR} {part}",
              rf"{part}(?: of| in)? {_WHICH}",
              rf"{part} of the (?P<kind>calendar|{FISCAL})(?: year)?",
          )),
        (rf"first {_N} (?P<unit>months?|quarters?) of {FISCAL_YEAR}(?P<year>)", _first_months),
        (rf"first {_N} (?P<unit>months?|quarters?) of {YEAR}(?P<fy>)?(?P<fyear>)?(?P<yearword>)?", _first_months),
        (FISCAL_YEAR, _fiscal_year),
        (rf"(?:{CALENDAR} |year |the year )?{YEAR}(?: {CALENDAR})?", _whole_year),
        (rf"(?:month of )?{MONTH}(?:(?: of| ,)? {YEAR})?", _month),
        (rf"{YEAR} {MONTH}", _month),
        (rf"{MONTH}(?: of| in)? {_WHICH}", _month_of),
        (rf"(?:the )?{DAY}(?: of)? {MONTH}(?:(?: of| ,)? {YEAR})?", _day),
        (rf"{MONTH} (?:the )?{DAY}(?:(?: ,)? {YEAR})?", _day),
        (rf"(?:from |between )?(?:the )?(?P<first>\d{{1,2}})(?:st|nd|rd|th)? (?:to|-|and|until|till|through) (?:the )?(?P<last>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTH}(?:(?: ,)? {YEAR})?", _days),
        (rf"{MONTH} (?:the )?(?P<first>\d{{1,2}})(?:st|nd|rd|th)? (?:to|-|until|till|through) (?:the )?(?P<last>\d{{1,2}})(?:st|nd|rd|th)?(?:(?: ,)? {YEAR})?(?! (?:" + "|".join(MONTHS) + "))", _days),
        (rf"(?:the )?(?P<which>first|last) {_N} days (?:of|in) {MONTH}(?:(?: of| ,)? {YEAR})?", _part_of_month),
        (rf"{_LAST}(?P<season>spring|summer|autumn|winter|(?:(?<=in )|(?<=last )|(?<=since )|(?<=this )|(?<=the )|(?<=during ))fall|fall(?= (?:of )?20\d\d))(?:(?: of)? {YEAR})?", _season),
        (r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", _iso),
        (r"(?P<y>\d{4})-(?P<m>\d{2})", _iso_month),
        (rf"(?P<m>0?[1-9]|1[0-2]) / {YEAR}", _iso_month),
        (r"(?P<a>\d{1,2})[./](?P<b>\d{1,2})[./](?P<c>\d{4}|\d{2})", _slashed),
        (r"(?:last |on |this past )(?P<weekday>" + "|".join(DAYS) + ")", _weekday),
        (rf"(?:calendar week|cw|week|kw)(?: number| no)? (?P<number>[1-9]|[1-4]\d|5[0-3])(?:(?: of| in)? {YEAR})?", _iso_week),
    )
)  # fmt: skip


def units_at(text: str, at: int, cal: Calendar) -> list[tuple[int, Unit]]:
    """Every unit that begins at this place: where it ends, and what it is; the longest first."""
    found = [(m.end(), make(m, cal)) for rule, make in RULES if (m := rule.match(text, at))]
    return sorted(found, key=lambda f: -f[0])
