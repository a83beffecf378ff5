"""What is worth a look in a week: unusual numbers with their main contributor, missed targets, what waits too long, what is new.

Everything is asked of the engine in the scope of whoever will read it, so nothing is found that they could not ask for
themselves; what may not be asked is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

from analytics.catalogue import SCORECARDS
from analytics.errors import InsightsError
from analytics.model import Answer, Bands, Column, Compare, Notable, Period, Query, Row, Sight

Ask = Callable[[Query], Answer]

MOST = 5
WATCHED = ("spend", "jobs_posted", "hires", "proposals")
WEEKS = 12
FEWEST_WEEKS = 6
# A week is unusual where it lies so many median deviations from the median, and by so large a part of it. For a normal
# spread three and a half of them are a little over two standard deviations (1.4826 median deviations are one).
DEVIATIONS = 3.5
LEAST_PART = 0.25
OPEN_DAYS = 30
NEW_AFTER_DAYS = 730
CONTRIBUTORS = ("team", "job_category")
WEIGHTS: dict[Sight, float] = {
    "check": 5.0, "target": 4.0, "past": 3.5, "tenure": 3.0, "open": 2.5, "new_teams": 2.0, "up": 1.0, "down": 1.0,
}  # fmt: skip


def notable(ask: Ask, week: Period, most: int = MOST) -> tuple[Notable, ...]:
    """At most so many findings about the week, the weightiest first."""
    found: list[Notable] = []
    for look in (_unusual, _targets, _waiting, _new_teams, _checks):
        found += look(ask, week)
    found.sort(key=lambda one: (-one.weight, one.kind, one.said))
    return tuple(found[:most])


def asked(ask: Ask, query: Query) -> Answer | None:
    """The answer; None where it cannot or may not be asked."""
    try:
        return ask(query)
    except InsightsError:
        return None


def _whole(answer: Answer | None, at: int = 0) -> tuple[Row, Column] | None:
    """The whole and one of its metrics, where there is a number."""
    if answer is None or answer.total is None:
        return None
    numbers = [one for one in answer.columns if one.kind not in {"dimension", "time"}]
    metrics = [n for n, one in enumerate(numbers) if one.kind == "metric"]
    return (answer.total, numbers[metrics[at]]) if answer.total.values[metrics[at]] is not None else None


def _unusual(ask: Ask, week: Period) -> list[Notable]:
    start = _start(week)
    span = Period(start - timedelta(weeks=WEEKS), week.end)
    return [one for metric in WATCHED if (one := _moved(asked(ask, Query((metric,), time=span, grain="week")), week))]


def _moved(answer: Answer | None, week: Period) -> Notable | None:
    """The week against the twelve before it, by the median and the median deviation, which one odd week does not move."""
    if answer is None:
        return None
    weeks = {row.keys[0]: row.values[0] for row in answer.rows}
    last = weeks.pop(_start(week).isoformat(), None)
    known = [float(value) for value in weeks.values() if value is not None]
    if last is None or len(known) < FEWEST_WEEKS:
        return None
    usual = median(known)
    spread = max(median(abs(value - usual) for value in known), abs(usual) * 0.05)
    moved = float(last) - usual
    if not usual or abs(moved) < DEVIATIONS * spread or abs(moved) < LEAST_PART * abs(usual):
        return None
    kind: Sight = "up" if moved > 0 else "down"
    column = next(one for one in answer.columns if one.kind == "metric")
    weight = WEIGHTS[kind] + min(abs(moved) / spread, 20.0) / 5.0
    query = Query(answer.query.metrics, time=week)
    return Notable(kind, weight, float(last), query, column, usual)


def contributor(ask: Ask, one: Notable) -> tuple[str, ...]:
    """Who moved an unusual number most against the week before: the one whose own change is largest in its direction."""
    if one.kind not in {"up", "down"} or one.query is None:
        return ()
    for dimension in CONTRIBUTORS:
        answer = asked(
            ask, Query(one.query.metrics, (dimension,), time=one.query.time, compare=Compare("previous_period"))
        )
        if answer is None:
            continue
        at = [c.kind for c in answer.columns if c.kind not in {"dimension", "time"}].index("change")
        sign = 1 if one.kind == "up" else -1
        moved = [(sign * (row.values[at] or 0), row.labels[0]) for row in answer.rows if row.kind == "value"]
        largest = max(moved, default=(0, ""))
        if largest[0] > 0:
            return (largest[1],)
    return ()


def _targets(ask: Ask, week: Period) -> list[Notable]:
    """Goals that the last twelve months miss, from the three scorecards."""
    year = Period(_year_before(week), week.end)
    found = []
    for card in SCORECARDS.values():
        answer = asked(ask, Query(card.metrics, time=year))
        for goal in answer.goals if answer else ():
            whole = _whole(answer, card.metrics.index(goal.metric))
            if goal.kind == "target" and goal.met is False and whole and answer:
                row, column = whole
                value = row.values[card.metrics.index(goal.metric)]
                query = Query((goal.metric,), time=year)
                found.append(Notable("target", WEIGHTS["target"], float(value or 0), query, column, goal.value))
    return found


def _start(week: Period) -> date:
    return week.start or week.end - timedelta(days=7)


def _year_before(week: Period) -> date:
    return week.end - timedelta(days=364)


def _waiting(ask: Ask, week: Period) -> list[Notable]:
    """Jobs open too long, contracts past their planned end, and tenures over the limit, as they are now."""
    found = []
    bands = asked(ask, Query(("open_ageing",), bands=Bands("age_days", (OPEN_DAYS,))))
    older = sum(float(row.values[0] or 0) for row in bands.rows[1:]) if bands else 0
    if older and bands:
        found.append(Notable("open", WEIGHTS["open"], older, bands.query))
    past = Query(("contracts_ending",), time=Period(None, week.end))
    for kind, query in (("past", past), ("tenure", Query(("tenure_flags",)))):
        whole = _whole(asked(ask, query))
        if whole and whole[0].values[0]:
            found.append(Notable(kind, WEIGHTS[kind], float(whole[0].values[0]), query))  # type: ignore[arg-type,index]
    return found


def _new_teams(ask: Ask, week: Period) -> list[Notable]:
    """Teams that posted jobs in the week and none in the two years before it."""
    start = _start(week)
    now = asked(ask, Query(("jobs_posted",), ("team",), time=week))
    before = asked(ask, Query(("jobs_posted",), ("team",), time=Period(start - timedelta(days=NEW_AFTER_DAYS), start)))
    if now is None or before is None or before.snapshot.first_day > start - timedelta(days=365):
        return []
    known = {row.keys[0] for row in before.rows if row.values[0]}
    names = [row.labels[0] for row in now.rows if row.kind == "value" and row.values[0] and row.keys[0] not in known]
    if not names or len(names) == len(now.rows):
        return []
    return [Notable("new_teams", WEIGHTS["new_teams"], len(names), now.query, members=tuple(sorted(names)))]


def _checks(ask: Ask, week: Period) -> list[Notable]:
    """Findings about the data that withhold a number or put a badge on it."""
    answer = asked(ask, Query(("spend",), time=week))
    found = [one for one in answer.findings if one.severity == "E"] if answer else []
    return [Notable("check", WEIGHTS["check"], one.rows, said=one.text) for one in found[:1]]
