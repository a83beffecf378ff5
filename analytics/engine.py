"""The engine: a Query and a Scope in, an Answer out; cached per version, scope and question, cancelled when too slow."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from analytics import groups, privacy, rows, unknown
from analytics.bind import Calendar, shape_of, values_of
from analytics.catalogue import METRICS
from analytics.catalogue.guards import GUARDED
from analytics.catalogue.halves import HALVES
from analytics.compile import Compiled, Shape, compile_details, compile_shape, compile_unrated
from analytics.directory import Directory, directory_of
from analytics.errors import DataError, NotAllowed
from analytics.members import Members
from analytics.model import Answer, Figure, Query, Scope
from analytics.records import list_records
from analytics.resolve import Plan, resolve
from analytics.targets import Goals
from analytics.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.store import Lease, Store

Found = TypeVar("Found")


@dataclass(frozen=True)
class Version:
    """What the engine keeps of one version: names, calendar, platforms, its directory's origin, whether a rate is missing."""

    number: int
    members: Members
    calendar: Calendar
    platforms: dict[str, tuple[str, ...]]
    directory: Directory
    unrated: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an answer came about: (metric, definition) each, the SQL, and how many records were used."""

    definitions: tuple[tuple[str, str], ...]
    sql: str
    records: int


class Engine:
    """Answers questions from the current version of a store.

    `workers` bounds the queries that run at once (the number of cores); `seconds` the time one may take.
    """

    def __init__(
        self, store: Store, *, workers: int = 2, seconds: float = 10.0, cache: int = 2048, goals: Goals | None = None
    ) -> None:
        self._store = store
        self._watchdog = Watchdog(seconds)
        self._goals = self.declared = goals or Goals()
        self._turn = 0
        self._lock = threading.Lock()
        self._versions: dict[int, Version] = {}
        self._cache: OrderedDict[Any, Answer] = OrderedDict()
        self._cache_size = cache
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="engine")
        self.hits = 0
        self.misses = 0

    @property
    def store(self) -> Store:
        """The store it answers from."""
        return self._store

    def close(self) -> None:
        """Finish what runs and let the threads go."""
        self._pool.shutdown(wait=True)
        gc.unfreeze()
        self._watchdog.close()

    def change_goals(self, goals: Goals) -> None:
        """Hold every answer from now on against these; `declared` stay what it was made with."""
        with self._lock:
            if goals == self._goals:
                return
            self._goals = goals
            # What is being worked on was held against the old ones, and is kept under the old number.
            self._turn += 1
            self._cache.clear()

    @property
    def goals(self) -> Goals:
        """What answers are held against now."""
        return self._goals

    def forget(self) -> None:
        """Drop every kept answer."""
        with self._lock:
            self._cache.clear()

    def version(self) -> Version:
        """What is known of the current version: its members and calendar."""
        number = self._store.snapshot.version
        with self._lock:
            known = self._versions.get(number)
        if known:
            return known
        with self._store.lease() as lease:
            return self._version(lease)

    def ask(self, query: Query, scope: Scope, *, today: date, page: int = 1) -> Answer:
        """The answer; of a list, one of its pages. Raises QuestionError where it cannot be asked, NotAllowed outside the scope, DataError without data."""
        with self._store.lease() as lease:
            key = (lease.snapshot.version, self._turn, scope, query, today, page)
            with self._lock:
                kept = self._cache.get(key)
                if kept is not None:
                    self._cache.move_to_end(key)
                    self.hits += 1
                    return kept
                self.misses += 1
            answer = self._answer(lease, query, scope, today, page)
        with self._lock:
            self._cache[key] = answer
            while len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
        return answer

    def explain(self, query: Query, scope: Scope, *, today: date) -> Explanation:
        """How this answer is computed: what each metric is, the SQL that ran, how many records it rests on."""
        answer = self.ask(query, scope, today=today)
        definitions = tuple((key, METRICS[key].definition) for key in query.metrics)
        return Explanation(definitions, answer.sql, answer.records)

    def halves(self, query: Query, scope: Scope, *, today: date) -> groups.Eras:
        """What stands above and below the line of the first metric, for each group of both periods.

        Not for showing: it serves to say where a change came from. Raises NotAllowed where people have to be protected.
        """
        privacy.check(query, scope)
        above, below = HALVES[query.metrics[0]]
        if scope.detail != "named" and query.metrics[0] in GUARDED:
            raise NotAllowed("What this number is made of is not shown without seeing people.")
        with self._store.lease() as lease:
            version, snapshot = self._version(lease), lease.snapshot
            as_of = version.calendar.as_of
            plan = resolve(query, scope, version.members, snapshot.reporting, snapshot.first_day, today, as_of)
            both = replace(plan.query, metrics=(above.key, below.key))
            plan = replace(plan, query=both, metrics=(above, below), sources=plan.sources[:1] * 2)
            return self._read(lease, plan, compile_shape(shape_of(plan, snapshot.reporting)), version)

    async def answer(self, query: Query, scope: Scope, *, today: date, page: int = 1) -> Answer:
        """As `ask`, off the event loop; a cached answer comes at once."""
        return await self.run(lambda: self.ask(query, scope, today=today, page=page))

    async def run(self, work: Callable[[], Found]) -> Found:
        """Any work on the data, in one of the engine's threads."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _answer(self, lease: Lease, query: Query, scope: Scope, today: date, page: int) -> Answer:
        privacy.check(query, scope)
        version = self._version(lease)
        if query.rows:
            with self._in_time(lease):
                return list_records(lease, query, scope, version.members, version.calendar, today, page)
        reporting, first_day = lease.snapshot.reporting, lease.snapshot.first_day
        plan = resolve(query, scope, version.members, reporting, first_day, today, version.calendar.as_of)
        shape = shape_of(plan, reporting)
        compiled = compile_shape(shape)
        eras = self._read(lease, plan, compiled, version)
        details = self._details(lease, plan, shape, version)
        eras, notes = unknown.withhold(plan, eras, version.calendar)
        notes += self._unrated(lease, plan, shape, version)
        eras = unknown.doubtful(plan, eras, lease.findings)
        if query.compare and query.compare.to == "budget":
            eras, plan = self._beside_budget(lease, plan, eras, version)
        parted = _is_part(plan)
        if parted:
            eras = rows.parted(eras, self._whole(lease, plan, version))
        shown, total, more = rows.build(plan, eras, version.members, reporting, version.calendar.as_of, parted=parted)
        answer = Answer(
            query=plan.query,
            columns=rows.columns(plan, share=rows.wants_share(plan, eras)),
            rows=shown,
            total=total,
            records=eras.total[2],
            period=plan.period,
            compared=plan.compared,
            snapshot=lease.snapshot,
            currency=reporting.currency,
            scope=scope,
            platforms=_platforms(plan, version),
            partial=rows.is_partial(plan, version.calendar.as_of),
            more=more,
            findings=tuple(f for f in lease.findings if _touches(f.metrics, query.metrics)),
            notes=(*plan.notes, *notes, *self._goals.missing(plan)),
            details=details,
            goals=self._goals.of(plan, total, reporting),
            sql=compiled.sql,
        )
        return privacy.protect(answer, eras)

    def _beside_budget(self, lease: Lease, plan: Plan, eras: groups.Eras, version: Version) -> tuple[groups.Eras, Plan]:
        """The same groups of the same days, with their budget where an earlier period would stand."""
        budget = Query(("budget",), plan.group_by, plan.query.filters, plan.query.time or plan.period, plan.query.grain)
        snapshot, as_of = lease.snapshot, version.calendar.as_of
        beside = resolve(budget, plan.scope, version.members, snapshot.reporting, snapshot.first_day, plan.today, as_of)
        found = self._read(lease, beside, compile_shape(shape_of(beside, snapshot.reporting)), version)
        return replace(eras, then=found.now, total_then=found.total), replace(plan, compared=plan.period)

    def _whole(self, lease: Lease, plan: Plan, version: Version) -> groups.Eras:
        """What a part is a share of: the same numbers without the filters."""
        sources = _sources_of(plan, version)
        whole = replace(plan, query=replace(plan.query, filters=()), sources=sources)
        return self._read(lease, whole, compile_shape(shape_of(whole, lease.snapshot.reporting)), version)

    def _read(self, lease: Lease, plan: Plan, compiled: Compiled, version: Version) -> groups.Eras:
        """Groups and totals of a plan, as the data has them."""
        with self._in_time(lease):
            found = lease.columns(compiled.sql, values_of(plan, compiled.names, version.calendar))
        eras = groups.read(found, len(compiled.keys), plan.metrics, people=plan.scope.detail == "groups")
        guard = privacy.guarded(plan)
        if guard is None:
            return eras
        compiled = compile_shape(shape_of(guard, lease.snapshot.reporting))
        with self._in_time(lease):
            found = lease.columns(compiled.sql, values_of(guard, compiled.names, version.calendar))
        people = guard.scope.detail == "groups"
        return privacy.hide(plan, eras, groups.read(found, len(compiled.keys), guard.metrics, people=people))

    def _unrated(self, lease: Lease, plan: Plan, shape: Shape, version: Version) -> list[str]:
        """What the money asked for leaves out; a second query only in a version where a rate is missing at all."""
        compiled = compile_unrated(shape) if version.unrated else None
        if compiled is None:
            return []
        with self._in_time(lease):
            found = lease.columns(compiled.sql, values_of(plan, compiled.names, version.calendar))
        return unknown.unrated(found, amounts=plan.scope.detail == "named")

    def _details(self, lease: Lease, plan: Plan, shape: Shape, version: Version) -> tuple[Figure, ...]:
        """Median, slowest tenth and the like, for one plain number whose people may be told apart."""
        metric = plan.metrics[0]
        plain = len(plan.metrics) == 1 and not (plan.group_by or plan.query.grain or plan.bands)
        if not (plain and metric.facts) or plan.scope.detail != "named":
            return ()
        compiled = compile_details(shape)
        with self._in_time(lease):
            found = lease.columns(compiled.sql, values_of(plan, compiled.names, version.calendar))
        return tuple(Figure(key, column[0], unit) for (key, _, unit), column in zip(metric.facts, found, strict=True))

    @contextmanager
    def _in_time(self, lease: Lease) -> Iterator[None]:
        """Interrupt the query on this lease when its time is over; DataError says so."""
        with self._watchdog.watch(lease.cursor.interrupt) as overdue:
            try:
                yield
            except Exception as error:
                if overdue():
                    limit = f"{self._watchdog.seconds:g} seconds"
                    raise DataError(f"This question took longer than {limit} and was stopped.") from error
                raise

    def _version(self, lease: Lease) -> Version:
        number = lease.snapshot.version
        with self._lock:
            known = self._versions.get(number)
        if known:
            return known
        snapshots = tuple(d for (d,) in lease.cursor.execute("SELECT as_of FROM snapshot_day ORDER BY 1").fetchall())
        reporting = lease.snapshot.reporting
        as_of = lease.snapshot.as_of.astimezone(ZoneInfo(reporting.timezone)).date()
        calendar = Calendar(reporting, as_of, snapshots)
        platforms: dict[str, tuple[str, ...]] = {}
        for platform, source in lease.cursor.execute("SELECT platform, source FROM platform ORDER BY 1").fetchall():
            platforms[source] = (*platforms.get(source, ()), platform)
        unrated = bool(lease.cursor.execute("SELECT count(*) FROM charge WHERE no_rate").fetchall()[0][0])
        read = lease.snapshot.synced_at.date()
        made = Version(
            number, Members.load(lease.cursor), calendar, platforms, directory_of(lease.cursor, read), unrated
        )
        # Names live as long as the version: out of the collector's sight, or every large answer would walk them.
        gc.collect()
        gc.freeze()
        with self._lock:
            self._versions = {number: made, **{n: v for n, v in self._versions.items() if n >= number - 1}}
            for key in [k for k in self._cache if k[0] < number - 1]:
                del self._cache[key]
        return made


def _sources_of(plan: Plan, version: Version) -> tuple[str | None, ...]:
    """What a platform's part is held against: all platforms of its own source."""
    named = plan.query.filter("platform")
    if not named or not named.include:
        return plan.sources
    found = {source for source, platforms in version.platforms.items() if any(v.id in platforms for v in named.include)}
    only = found.pop() if len(found) == 1 else None
    return tuple(only if source is None else source for source in plan.sources)


def _touches(found: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    return not found or bool(set(found) & set(asked))


def _platforms(plan: Plan, version: Version) -> tuple[str, ...]:
    """Which platforms the answer rests on."""
    wanted = plan.query.filter("platform")
    if wanted and wanted.include:
        return tuple(v.name for v in wanted.include)
    sources = set(plan.sources)
    kept = {"freelance", "staffing"} if None in sources else {s for s in sources if s}
    narrowed = plan.query.filter("source")
    if narrowed and narrowed.include:
        kept = {v.id or "" for v in narrowed.include}
    return tuple(p for source in ("freelance", "staffing") if source in kept for p in version.platforms.get(source, ()))


def _is_part(plan: Plan) -> bool:
    """Whether a share was asked of what the filters leave, there being no groups to be shares of it."""
    return plan.query.as_share and bool(plan.query.filters) and not (plan.group_by or plan.bands)
