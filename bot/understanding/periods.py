"""The grammar of periods: this, last and next units, to date, since, before, between, ago, and named units of a calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from analytics.model import Grain, Period
from analytics.periods import add_months, unit_start
from bot.understanding.calendar import FISCAL, NUMBERS, Calendar, Unit, fixed, number_of, units_at

UNITS = r"(?P<unit>days?|weeks?|months?|quarters?|half years?|halves|half|years?|fortnights?|q)"
MANY = r"(?P<unit>days|weeks|months|quarters|half years|halves|years|fortnights)"
KIND = rf"(?:(?P<kind>{FISCAL}|calendar) )?"
N = r"(?P<n>\d{1,4}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")(?: of)?"
FULL = "(?:(?:full|complete|completed|whole|entire|calendar|rolling) )?"
LAST = "(?:last|past|previous|prior|trailing|rolling|preceding|latest)"
NEXT = "(?:next|coming|upcoming|following)"
THE = "(?:the )?"
_STEPS: dict[str, tuple[Grain, int]] = {
    "week": ("week", 1), "month": ("month", 1), "quarter": ("quarter", 1), "half": ("month", 6),
    "year": ("year", 1), "fiscal_year": ("fiscal_year", 1), "fortnight": ("week", 2),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A period that was read, or several to choose between; `topic` is what would be remembered."""

    period: Period
    options: tuple[tuple[str, str, Period], ...] = ()
    topic: str = ""
    later: Period | None = None
    ahead: bool = False
    ends: tuple[Period, Period] | None = None


def unit_name(said: str, kind: str | None) -> str:
    """Which unit is meant: "years" with "fiscal" is fiscal_year."""
    said = "quarter" if said == "q" else said
    plain = "half" if said.startswith(("half", "halves")) else said.rstrip("s")
    return "fiscal_year" if plain == "year" and kind and re.fullmatch(FISCAL, kind) else plain


def start_of(day: date, name: str, cal: Calendar, *, fiscal: bool = False) -> date:
    """First day of the unit that holds `day`. Fiscal quarters and halves count from the fiscal year's first month."""
    if name == "day":
        return day
    if name in {"quarter", "half"}:
        size = 3 if name == "quarter" else 6
        offset = (day.month - (cal.fiscal if fiscal else 1)) % size
        return add_months(day.replace(day=1), -offset)
    return unit_start(day, _STEPS[name][0], cal.fiscal)


def moved(day: date, name: str, n: int) -> date:
    """`day` moved by n units."""
    if name == "day":
        return day + timedelta(days=n)
    grain, size = _STEPS[name]
    if grain == "week":
        return day + timedelta(days=7 * n * size)
    return add_months(day, n * size * {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}[grain])


def tomorrow(cal: Calendar) -> date:
    """The day after today: the end of everything that is "to date"."""
    return cal.today + timedelta(days=1)


def whole(name: str, cal: Calendar, offset: int = 0, count: int = 1, *, fiscal: bool = False) -> Period:
    """`count` whole units, `offset` units from the one that holds today."""
    start = moved(start_of(cal.today, name, cal, fiscal=fiscal), name, offset)
    return Period(start, moved(start, name, count))


def _this(found: re.Match[str], cal: Calendar) -> Period:
    return whole(unit_name(found["unit"], found["kind"]), cal, fiscal=_is_fiscal(found))


def _last(found: re.Match[str], cal: Calendar) -> Period:
    return whole(unit_name(found["unit"], found["kind"]), cal, -1, fiscal=_is_fiscal(found))


def _next(found: re.Match[str], cal: Calendar) -> Period:
    return whole(unit_name(found["unit"], found["kind"]), cal, 1, fiscal=_is_fiscal(found))


def _is_fiscal(found: re.Match[str]) -> bool:
    return bool(found["kind"]) and found["kind"] != "calendar"


def _last_n(found: re.Match[str], cal: Calendar) -> Period | None:
    name, n = unit_name(found["unit"], found["kind"]), number_of(found["n"])
    if not 0 < n <= 1500:
        return None
    return whole(name, cal, -n, n, fiscal=_is_fiscal(found))


def _next_n(found: re.Match[str], cal: Calendar) -> Period | None:
    n = number_of(found["n"])
    return (
        whole(unit_name(found["unit"], found["kind"]), cal, 1, n, fiscal=_is_fiscal(found)) if 0 < n <= 1500 else None
    )


def _ago(found: re.Match[str], cal: Calendar) -> Period | None:
    n = number_of(found["n"])
    return whole(unit_name(found["unit"], None), cal, -n) if 0 < n <= 1500 else None


def _to_date(found: re.Match[str], cal: Calendar) -> Period:
    name = unit_name(found["unit"], found["kind"])
    return Period(start_of(cal.today, name, cal, fiscal=_is_fiscal(found)), tomorrow(cal))


def _twelve_months(found: re.Match[str], cal: Calendar) -> Period:  # noqa: ARG001 - every rule takes the same
    return whole("month", cal, -12, 12)


def _all_time(found: re.Match[str], cal: Calendar) -> Period:  # noqa: ARG001
    return Period(None, tomorrow(cal))


_DATED = {"ytd": ("year", ""), "mtd": ("month", ""), "qtd": ("quarter", ""), "wtd": ("week", ""), "fytd": ("year", "fiscal"), "fyqtd": ("quarter", "fiscal")}  # fmt: skip


def _letters(found: re.Match[str], cal: Calendar) -> Period:
    unit, kind = _DATED[found["letters"]]
    return Period(start_of(cal.today, unit_name(unit, kind), cal, fiscal=bool(kind)), tomorrow(cal))


def _day_word(found: re.Match[str], cal: Calendar) -> Period:
    back = {"today": 0, "yesterday": -1, "the day before yesterday": -2, "day before yesterday": -2, "tomorrow": 1}
    return whole("day", cal, back[found["word"]])


Rule = Callable[[re.Match[str], Calendar], Period | None]
RULES: tuple[tuple[re.Pattern[str], Rule], ...] = tuple(
    (re.compile(pattern + r"(?![^ ])"), make)
    for pattern, make in (
        (rf"{THE}(?:this|current|present|running|ongoing) {KIND}{UNITS}", _this),
        (rf"{THE}{LAST} {FULL}{KIND}{UNITS}", _last),
        (rf"{THE}{NEXT} {FULL}{KIND}{UNITS}", _next),
        (rf"{THE}{LAST} {N} {FULL}{KIND}{UNITS}", _last_n),
        (rf"{THE}{N} {LAST} {FULL}{KIND}{MANY}", _last_n),
        (rf"{THE}{NEXT} {N} {FULL}{KIND}{UNITS}", _next_n),
        (rf"within (?:the )?(?:next )?{N} {KIND}{UNITS}(?: from now)?", _next_n),
        (rf"{THE}{KIND}{UNITS} before last", lambda m, c: whole(unit_name(m["unit"], m["kind"]), c, -2, fiscal=_is_fiscal(m))),
        (rf"{N} {UNITS} (?:ago|back|earlier)", _ago),
        (rf"{THE}{KIND}{UNITS} (?:to date|so far|until now|till now|up to now)", _to_date),
        (rf"{THE}(?:this|current) {KIND}{UNITS} ,? ?(?:to date|so far|until now|till now|up to now|until today)", _to_date),
        (rf"(?:so far|to date) {THE}(?:in )?{THE}(?:this|current) {KIND}{UNITS}", _to_date),
        (r"(?P<letters>ytd|mtd|qtd|wtd|fytd)", _letters),
        (rf"{FISCAL} (?P<kind>)(?P<letters>ytd|qtd)", lambda m, c: Period(start_of(c.today, unit_name({"ytd": "year", "qtd": "quarter"}[m["letters"]], "fiscal"), c, fiscal=True), tomorrow(c))),
        (rf"{THE}{LAST} {FULL}(?P<kind>fy)", lambda _, c: whole("fiscal_year", c, -1)),
        (rf"{THE}(?:this|current) (?P<kind>fy)", lambda _, c: whole("fiscal_year", c)),
        (rf"{THE}{NEXT} (?P<kind>fy)", lambda _, c: whole("fiscal_year", c, 1)),
        (r"fy (?:to date|so far)", lambda _, c: Period(start_of(c.today, "fiscal_year", c), tomorrow(c))),
        (rf"(?:this|current) fy (?:to date|so far)", lambda _, c: Period(start_of(c.today, "fiscal_year", c), tomorrow(c))),  # noqa: F541
        (r"(?:ltm|ttm|l12m|t12m)", _twelve_months),
        (r"(?P<word>today|yesterday|the day before yesterday|day before yesterday|tomorrow)", _day_word),
        (r"(?:all time|of all time|ever|all years|since the (?:very )?beginning|since (?:program )?launch|since inception)", _all_time),
    )
)  # fmt: skip
_RANGE_FROM = re.compile(r"(?:between|from|starting|(?P<bare>)) ?")
_JOINS = re.compile(r" (?:and|to|until|till|through|thru|up to|up until|up to and including|-)(?: the)?(?: end of)? ")
_BARE_JOINS = re.compile(r" (?:to|until|till|through|thru|-)(?: the)?(?: end of)? ")
_START_OF = re.compile(r"(?:the )?(?:very )?(?:start|beginning|begin|first day) of (?:the )?")
_END_OF = re.compile(r"(?:the )?(?:end|close|last day) of (?:the )?")
_SINCE = re.compile(r"(?:ever )?(?:since|from|starting|starting from|as of|beginning) ")
_ONWARDS = re.compile(
    r" (?:on|onwards?|until now|till now|until today|till today|to today|to now|to date|up to now|through today)(?![^ ])"
)
_AFTER = re.compile(r"after ")
_BEFORE = re.compile(r"(?:before|prior to|earlier than|preceding) (?:the )?(?:start of )?(?:the )?")
_UNTIL = re.compile(r"(?:until|till|up to|up until|through|thru) (?:and including )?(?:the )?(?:end of )?(?:the )?")
_BY_END = re.compile(r"(?:by|before) (?:the )?end of (?:the )?")
_WEEK_OF = re.compile(r"(?:the )?week (?:of|from|starting|starting on|beginning|commencing)(?: the)? ")
_SO_FAR = re.compile(r" (?:,)?(?:so far|to date|until now|till now|up to now)(?![^ ])")
_BARE_UNIT = re.compile(rf"(?:{KIND}{UNITS})(?![^ ])")

Found = tuple[int, Span]


def _plain(text: str, at: int, cal: Calendar) -> list[tuple[int, Unit]]:
    """Units and relative periods at one place, the longest first."""
    relative = ((m.end(), fixed(p)) for rule, make in RULES if (m := rule.match(text, at)) and (p := make(m, cal)))
    return sorted([*units_at(text, at, cal), *relative], key=lambda f: -f[0])


def _span(unit: Unit, cal: Calendar) -> Span | None:
    period = unit.latest(cal.today)
    if not period:
        return None
    later = (
        unit.make(period.end.year + (1 if unit.make(period.end.year) == period else 0)) if unit.year is None else None
    )
    return Span(period, unit.options, unit.topic, later)


def _boundary(text: str, at: int, cal: Calendar) -> list[tuple[int, Unit]]:
    """A unit after "the start of": also "the year", "the fiscal year" alone."""
    found = _plain(text, at, cal)
    if not found and (m := _BARE_UNIT.match(text, at)):
        name = unit_name(m["unit"], m["kind"])
        found = [(m.end(), fixed(whole(name, cal, fiscal=_is_fiscal(m))))]
    return found


def _ranges(text: str, at: int, cal: Calendar) -> list[Found]:
    lead = _RANGE_FROM.match(text, at)
    if not lead:
        return []
    led = lead["bare"] is None
    out = []
    for middle, first in _plain(text, _skipped(text, lead.end(), _START_OF), cal)[:3]:
        join = (_JOINS if led else _BARE_JOINS).match(text, middle)
        for end, second in _plain(text, _skipped(text, join.end(), _END_OF), cal)[:2] if join else []:
            if span := _from_to(first, second, cal):
                out.append((end, span))
    return out


def _skipped(text: str, at: int, what: re.Pattern[str]) -> int:
    found = what.match(text, at)
    return found.end() if found else at


def _from_to(first: Unit, second: Unit, cal: Calendar) -> Span | None:
    """From the start of one to the end of the other; a missing year is the one that makes the nearest such span."""
    if first.options and second.year and not second.options and not second.fiscal and first.topic == "quarters":
        first = replace(first, options=(), topic="")
    if first.options and second.reads:
        first = fixed(next((o[2] for o in first.options if o[1] == second.reads), None))
    if second.options and first.reads:
        second = fixed(next((o[2] for o in second.options if o[1] == first.reads), None))
    if first.options or second.options:
        return _both_asked(first, second, cal)
    last = second.latest(cal.today)
    if not last or not last.start:
        return None
    if first.year is None:
        start = first.latest(last.start)
    else:
        start = first.latest(cal.today)
        if start and start.start and second.year is None and start.start >= last.end:
            last = next((p for y in range(start.start.year, start.start.year + 2) if (p := second.make(y)) and p.end > start.end), last)  # fmt: skip
    if not start or not start.start or start.start >= last.end:
        return None
    return Span(Period(start.start, last.end), ends=(start, last))


def _both_asked(first: Unit, second: Unit, cal: Calendar) -> Span | None:
    """Both ends read the same way; an end that is clear goes with every reading of the other."""
    fixed_first, fixed_second = first.latest(cal.today), second.latest(cal.today)
    if first.options and second.options:
        pairs = [(a, b) for a in first.options for b in second.options if a[1] == b[1]]
    elif first.options and fixed_second:
        pairs = [(a, (f"{fixed_second.end - timedelta(days=1):%d %B %Y}", "", fixed_second)) for a in first.options]
    elif fixed_first:
        pairs = [((f"{fixed_first.start:%d %B %Y}", b[1], fixed_first), b) for b in second.options]
    else:
        return None
    options = tuple((f"{a[0]} to {b[0]}", a[1], Period(a[2].start, b[2].end)) for a, b in pairs if a[2].start and a[2].start < b[2].end)  # fmt: skip
    return Span(options[0][2], options, first.topic or second.topic) if options else None


def _open_ends(text: str, at: int, cal: Calendar) -> list[Found]:
    """since, after, before, until, week of: one unit with one end left open or moved."""
    out: list[Found] = []
    if m := _SINCE.match(text, at):
        strict = text.startswith(("since", "ever", "starting", "beginning"), at)
        for end, unit in _boundary(text, _skipped(text, m.end(), _START_OF), cal):
            later = _ONWARDS.match(text, end)
            started = unit.latest(cal.today)
            if started and started.start and (strict or later) and started.start <= cal.today:
                out.append((later.end() if later else end, _opened(unit, cal, since=True)))
    for lead, since in ((_AFTER, None), (_BEFORE, False)):
        if m := lead.match(text, at):
            out += [(end, _opened(unit, cal, since=since)) for end, unit in _boundary(text, m.end(), cal)]
    if m := _BY_END.match(text, at):
        out += [
            (end, Span(Period(cal.today, p.end), ahead=True))
            for end, unit in _boundary(text, m.end(), cal)
            if (p := unit.latest(cal.today))
        ]
    if m := _UNTIL.match(text, at):
        out += [
            (end, Span(Period(None, p.end)))
            for end, unit in _plain(text, m.end(), cal)
            if (p := unit.latest(cal.today))
        ]
    if m := _WEEK_OF.match(text, at):
        for end, unit in units_at(text, m.end(), cal):
            day = unit.latest(cal.today)
            if day and day.start and day.days() == 1:
                monday = day.start - timedelta(days=day.start.weekday())
                out.append((end, Span(Period(monday, monday + timedelta(days=7)))))
    return [f for f in out if f[1].period.start is None or f[1].period.start < f[1].period.end]


def _opened(unit: Unit, cal: Calendar, *, since: bool | None) -> Span:
    """The unit with an end opened: since (True), before (False), after (None)."""

    def opened(period: Period) -> Period:
        if since is False:
            return Period(None, period.start or period.end)
        return Period(period.start if since else period.end, tomorrow(cal))

    options = tuple((label, value, opened(period)) for label, value, period in unit.options)
    period = unit.latest(cal.today) or whole("day", cal)
    return Span(opened(period), options, unit.topic)


def _so_far(text: str, at: int, cal: Calendar) -> list[Found]:
    """As in "FY27 so far": a named unit that ends today."""
    out: list[Found] = []
    for end, unit in units_at(text, at, cal):
        m, period = _SO_FAR.match(text, end), unit.latest(cal.today)
        if m and period and period.start and period.start <= cal.today and not unit.options:
            out.append((m.end(), Span(Period(period.start, min(period.end, tomorrow(cal))))))
    return out


def spans_at(text: str, at: int, cal: Calendar) -> list[Found]:
    """Every period that begins at this place of a text of plain words: where it ends, and what it is; longest first."""
    plain = [(end, span) for end, unit in _plain(text, at, cal) if (span := _span(unit, cal))]
    found = [*plain, *_ranges(text, at, cal), *_open_ends(text, at, cal), *_so_far(text, at, cal)]
    return sorted(
        (f for f in found if f[1].period.start is None or f[1].period.start < f[1].period.end), key=lambda f: -f[0]
    )
