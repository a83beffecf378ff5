"""The whole engine path against hand-written SQL that returns the same columns, totals and record counts, in one run.

Run as `python bench/engine.py [charges]`. Equality is checked before anything is timed: integers exact, floats to 1e-9.
"""

from __future__ import annotations

import asyncio
import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib.metadata import version
from typing import Any

import duckdb
import pandas as pd

from analytics.engine import Engine
from analytics.model import Answer, Query, Scope
from analytics.query import from_json
from analytics.store import Store
from bench.store import TODAY, store_with

ALL = Scope("all", "named")
LINE = Scope("line", "named", people=("P000003",))
YEAR = {"from": "2025-11-01", "to": "2026-11-01"}
QUARTER = {"from": "2026-07-01", "to": "2026-10-01"}
ROUNDS = 15
SPEND = "is_spend AND source = 'freelance'"
IN_LINE = """owner IS NOT NULL AND (team IN (SELECT team FROM headed WHERE person = 'P000003') OR owner = 'P000003'
 OR (manager, team) IN (SELECT person, team FROM seat WHERE person = 'P000003'
     OR person IN (SELECT person FROM reporting_line WHERE manager = 'P000003')))"""

# name, question, scope, hand-written SQL: group columns, then value columns, then records; the row without keys is the total.
CASES: tuple[tuple[str, dict[str, Any], Scope, str], ...] = (
    ("a spend, this and previous quarter", {"metrics": ["spend"], "time": QUARTER, "compare": "previous_period"}, ALL, f"""
        SELECT sum(amount) FILTER (posted_on >= '2026-07-01')::BIGINT, sum(amount) FILTER (posted_on < '2026-07-01')::BIGINT,
               count(*) FILTER (posted_on >= '2026-07-01')
        FROM charge WHERE posted_on >= '2026-04-01' AND posted_on < '2026-10-01' AND {SPEND}"""),
    ("b spend per team and month, a year", {"metrics": ["spend"], "group_by": ["team"], "grain": "month", "time": YEAR}, ALL, f"""
        SELECT team, date_trunc('month', posted_on)::DATE AS month, sum(amount)::BIGINT, count(*)
        FROM charge WHERE posted_on >= '2025-11-01' AND posted_on < '2026-11-01' AND {SPEND}
        GROUP BY GROUPING SETS ((team, month), ())"""),
    ("c time to hire per category", {"metrics": ["avg_time_to_hire", "median_time_to_hire"], "group_by": ["job_category"], "time": YEAR}, ALL, """
        SELECT job_category, avg(hire_days), quantile_cont(hire_days, 0.5), count(*) FROM hire
        WHERE hired_on >= '2025-11-01' AND hired_on < '2026-11-01' AND hire_days >= 0 AND source = 'freelance'
        GROUP BY GROUPING SETS ((job_category), ())"""),
    ("d jobs per poster", {"metrics": ["jobs_posted"], "group_by": ["poster"], "time": YEAR}, ALL, """
        SELECT poster, count(*), count(*) FROM job WHERE posted_on >= '2025-11-01' AND posted_on < '2026-11-01' AND source = 'freelance'
        GROUP BY GROUPING SETS ((poster), ())"""),
    ("e spend per FTE and team", {"metrics": ["spend_per_fte"], "group_by": ["team"], "time": QUARTER}, ALL, f"""
        WITH s AS (SELECT team, grouping(team) AS g, sum(amount)::BIGINT AS v, count(*) AS n FROM charge
                   WHERE posted_on >= '2026-07-01' AND posted_on < '2026-10-01' AND {SPEND} GROUP BY GROUPING SETS ((team), ())),
             h AS (SELECT team, grouping(team) AS g, sum(fte) / 3 AS f FROM headcount
                   WHERE as_of IN ('2026-07-31', '2026-08-31', '2026-09-30') GROUP BY GROUPING SETS ((team), ()))
        SELECT s.team, v / f, n FROM s LEFT JOIN h ON s.g = h.g AND s.team IS NOT DISTINCT FROM h.team"""),
    ("f spend per team and month in one line", {"metrics": ["spend"], "group_by": ["team"], "grain": "month", "time": YEAR}, LINE, f"""
        SELECT team, date_trunc('month', posted_on)::DATE AS month, sum(amount)::BIGINT, count(*)
        FROM charge WHERE posted_on >= '2025-11-01' AND posted_on < '2026-11-01' AND {SPEND} AND {IN_LINE}
        GROUP BY GROUPING SETS ((team, month), ())"""),
    ("g spend per category in one country", {"metrics": ["spend"], "group_by": ["job_category"], "filters": {"country": ["Germany"]}, "time": YEAR}, ALL, f"""
        SELECT job_category, sum(amount)::BIGINT, count(*) FROM charge
        WHERE posted_on >= '2025-11-01' AND posted_on < '2026-11-01' AND {SPEND} AND country = 'Germany'
        GROUP BY GROUPING SETS ((job_category), ())"""),
    ("h freelance and staffing by month", {"metrics": ["spend"], "group_by": ["source"], "grain": "month", "time": YEAR}, ALL, """
        SELECT source, date_trunc('month', posted_on)::DATE AS month, sum(amount)::BIGINT, count(*) FROM charge
        WHERE posted_on >= '2025-11-01' AND posted_on < '2026-11-01' AND is_spend GROUP BY GROUPING SETS ((source, month), ())"""),
    ("i spend per contract", {"metrics": ["avg_spend_per_contract"], "time": YEAR}, ALL, f"""
        SELECT sum(amount) / count(DISTINCT contract), count(*) FROM charge
        WHERE posted_on >= '2025-11-01' AND posted_on < '2026-11-01' AND {SPEND} AND contract IS NOT NULL"""),
)  # fmt: skip


def flat(answer: Answer) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """{keys: (values, records)} with () for the total; shares and changes left out."""
    numbers = [c for c in answer.columns if c.kind not in {"dimension", "time"}]
    kept = [i for i, c in enumerate(numbers) if c.kind in {"metric", "compare"}]
    out: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in (*answer.rows, *([answer.total] if answer.total else [])):
        out[row.keys] = (*[row.values[i] for i in kept], row.records)  # noqa: PD011 - no frame
    return out


def by_hand(rows: list[tuple[Any, ...]], keys: int) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """The same of a hand-written result; of two rows without keys the one with more records is the total."""
    out: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    nulls = [r for r in rows if all(k is None for k in r[:keys])]
    total = max(nulls, key=lambda r: r[-1])
    for row in rows:
        key = () if row is total else tuple(None if k is None else str(k) for k in row[:keys])
        out[key] = row[keys:]
    return out


def unequal(left: dict[Any, Any], right: dict[Any, Any]) -> list[str]:
    """What differs: integers exactly, floats by more than 1e-9 of their size."""
    out = [f"only on one side: {key}" for key in set(left) ^ set(right)]
    for key in set(left) & set(right):
        for a, b in zip(left[key], right[key], strict=True):
            same = a == b if isinstance(a, int) and isinstance(b, int) else math.isclose(a or 0, b or 0, rel_tol=1e-9)
            if not same:
                out.append(f"{key}: {left[key]} is not {right[key]}")
    return out


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one run."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _fetch(cursor: duckdb.DuckDBPyConnection, sql: str) -> object:
    return cursor.execute(sql).fetchall()


def fresh(engine: Engine, query: Query, scope: Scope) -> Answer:
    """An answer that no cache held."""
    engine.forget()
    return engine.ask(query, scope, today=TODAY)


def main() -> int:
    """Compare, then time; exit 1 where results differ."""
    charges = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    store = store_with(charges)
    engine = Engine(store)
    print(
        f"{charges:,} charges, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}, Python {platform.python_version()}, duckdb {duckdb.__version__}, sqlglot {version('sqlglot')}, pandas {pd.__version__}"
    )
    ratios = []
    with store.lease() as lease:
        for name, question, scope, sql in CASES:
            query = from_json(question)
            keys = len(query.group_by) + bool(query.grain)
            problems = unequal(flat(fresh(engine, query, scope)), by_hand(lease.cursor.execute(sql).fetchall(), keys))
            if problems:
                print(f"{name}: NOT EQUAL", *problems[:5], sep="\n  ")
                return 1
            ours, hand = [], []
            for _ in range(ROUNDS):
                ours.append(timed(partial(fresh, engine, query, scope)))
                hand.append(timed(partial(_fetch, lease.cursor, sql)))
            a, b = statistics.median(ours), statistics.median(hand)
            verdict = f"ratio {a / b:.2f} (wanted <= 1.5)" if b >= 3 else f"{a - b:+.2f} ms (wanted <= +1)"
            if b >= 3:
                ratios.append(a / b)
            print(
                f"{name:42} engine {min(ours):7.2f} / {a:7.2f}  hand {min(hand):7.2f} / {b:7.2f} ms (best / median)  {verdict}"
            )
    if ratios:
        print(
            f"geometric mean of the ratios where the hand SQL takes 3 ms or more: {statistics.geometric_mean(ratios):.2f} (wanted <= 1.3), worst {max(ratios):.2f}"
        )
    if not beside_pandas(engine, store):
        return 1
    compile_time(engine)
    asyncio.run(lag(engine))
    engine.close()
    store.close()
    return 0


def frame(store: Store) -> pd.DataFrame:
    """The ledger as a pandas frame: what the same answers are made of without a database."""
    with store.lease() as lease:
        sql = "SELECT posted_on, is_spend, source, team, job_category, country, amount FROM charge"
        found: pd.DataFrame = lease.cursor.sql(sql).to_arrow_table().to_pandas()
        return found


def total_by_mask(ledger: pd.DataFrame) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Case a in pandas, by boolean masks."""
    spend = ledger[ledger.is_spend & (ledger.source == "freelance")]
    now = spend[(spend.posted_on >= date(2026, 7, 1)) & (spend.posted_on < date(2026, 10, 1))]
    then = spend[(spend.posted_on >= date(2026, 4, 1)) & (spend.posted_on < date(2026, 7, 1))]
    return {(): (int(now.amount.sum()), int(then.amount.sum()), len(now))}


def by_team_and_month(ledger: pd.DataFrame) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Case b in pandas."""
    kept = _year(ledger)
    month = pd.to_datetime(kept.posted_on).dt.strftime("%Y-%m-01")
    return _grouped(kept, [kept.team, month])


def by_category_in_germany(ledger: pd.DataFrame) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Case g in pandas."""
    kept = _year(ledger)
    kept = kept[kept.country == "Germany"]
    return _grouped(kept, [kept.job_category])


def _year(ledger: pd.DataFrame) -> pd.DataFrame:
    span = (ledger.posted_on >= date(2025, 11, 1)) & (ledger.posted_on < date(2026, 11, 1))
    return ledger[span & ledger.is_spend & (ledger.source == "freelance")]


def _grouped(kept: pd.DataFrame, keys: list[Any]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    found = kept.groupby(keys, dropna=False).amount.agg(["sum", "size"])
    out: dict[tuple[Any, ...], tuple[Any, ...]] = {(): (int(kept.amount.sum()), len(kept))}
    for key, row in zip(found.index, found.itertuples(index=False), strict=True):
        parts = key if isinstance(key, tuple) else (key,)
        out[tuple(None if pd.isna(k) else k for k in parts)] = (int(row[0]), int(row[1]))
    return out


PANDAS = {0: total_by_mask, 1: by_team_and_month, 6: by_category_in_germany}


def beside_pandas(engine: Engine, store: Store) -> bool:
    """The same answers from a frame in memory (boolean masks, the slow but usual way); False where they differ."""
    ledger = frame(store)
    for number, work in PANDAS.items():
        name, question, scope, _ = CASES[number]
        query = from_json(question)
        if problems := unequal(flat(fresh(engine, query, scope)), work(ledger)):
            print(f"{name} in pandas: NOT EQUAL", *problems[:5], sep="\n  ")
            return False
        ours, theirs = [], []
        for _ in range(5):
            ours.append(timed(partial(fresh, engine, query, scope)))
            theirs.append(timed(partial(work, ledger)))
        a, b = statistics.median(ours), statistics.median(theirs)
        print(f"{name:42} engine {a:7.2f}  pandas (masks) {b:8.2f} ms (median)  {b / a:.1f} times faster (wanted >= 2)")
    return True


def compile_time(engine: Engine) -> None:
    """How long a cached shape takes from plan to SQL and values."""
    from analytics.bind import shape_of, values_of  # noqa: PLC0415
    from analytics.compile import compile_shape  # noqa: PLC0415
    from analytics.resolve import resolve  # noqa: PLC0415

    version = engine.version()
    reporting = version.calendar.reporting
    first = engine.store.snapshot.first_day
    query = from_json(CASES[1][1])
    plan = resolve(query, ALL, version.members, reporting, first, TODAY, version.calendar.as_of)

    def once() -> None:
        compiled = compile_shape(shape_of(plan, reporting))
        values_of(plan, compiled.names, version.calendar)

    once()
    samples = sorted(timed(once) for _ in range(500))
    print(f"compile of a cached shape: median {samples[250]:.4f} ms (wanted <= 0.1)")


async def lag(engine: Engine, clients: int = 32, seconds: float = 6.0) -> None:
    """Event-loop lag while 32 clients ask fresh questions."""
    lags: list[float] = []
    done = 0
    stop = time.perf_counter() + seconds

    async def watch() -> None:
        while time.perf_counter() < stop:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            lags.append((time.perf_counter() - began - 0.005) * 1000)

    async def client(number: int) -> None:
        nonlocal done
        asked = number
        while time.perf_counter() < stop:
            _, question, scope, _ = CASES[asked % len(CASES)]
            limit = (
                {"filters": {"country": [COUNTRIES[asked % len(COUNTRIES)]]}} if "country" not in str(question) else {}
            )
            await engine.run(partial(fresh, engine, from_json({**question, **limit}), scope))
            done += 1
            asked += clients + 1

    await asyncio.gather(watch(), *(client(n) for n in range(clients)))
    lags.sort()
    print(
        f"32 clients, fresh questions: {done / seconds:.0f}/s, event-loop lag p99 {lags[int(len(lags) * 0.99)]:.1f} ms (wanted <= 15), max {lags[-1]:.1f} ms"
    )


COUNTRIES = ("Germany", "India", "United States", "France", "Japan")

if __name__ == "__main__":
    sys.exit(main())
