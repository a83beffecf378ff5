"""Reads a company's records from Upwork in an order in which each can use what was read before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from analytics.errors import DataError
from analytics.sources.source import Batch, End, Known, Report
from analytics.sources.upwork import details, mapping, rows
from analytics.sources.upwork.cells import at, text
from analytics.sources.upwork.client import Client, Wrong
from analytics.sources.upwork.details import WINDOW
from analytics.sources.upwork.documents import ACCOUNTS, CONTRACT_BY_TERM, CONTRACTS, JOBS, OFFERS, TRANSACTIONS
from analytics.sources.upwork.pages import Node, Pages, gathered, parts

RECONCILE = timedelta(days=7)
"""So often everything is read again, to find what changed outside of every window."""
_MOST_TERMS = 100
"""Contracts looked up one by one from the ledger, in one sync."""

FEEDS = ("workers", "jobs", "contracts", "charges", "offers")
"""Given even where there are no records yet, so that nobody is asked for a file of them."""

JOB_PAGES = Pages(JOBS, ("organization", "jobPosting"), lambda page: {"filter": {"pagination_eq": page}}, mapping.PAGE)
OFFER_PAGES = Pages(
    OFFERS, ("organization", "clientOffers"), lambda page: {"pagination": page}, mapping.OFFER_PAGE, mapping.FIRST_CURSOR
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What a company may choose.

    The id of the custom field in which jobs name their cost centre, and how many calls one sync may make before it
    leaves older hours and proposals to the next; or out for good, where rows are not `carried` over to it.
    """

    cost_center_field: str = ""
    calls: int = 1_900
    carried: bool = True


class Reading:
    """One reading of one organization. `since` is the checkpoint of the last one, None = everything."""

    def __init__(
        self, client: Client, since: Mapping[str, Any] | None, known: Known, now: datetime, options: Options
    ) -> None:
        self._client = client
        self._options = options
        self._known = known
        self._now = now.astimezone(UTC)
        self._book = rows.Book(cost_center_field=options.cost_center_field)
        self._since = since or {}
        swept = self._since.get("swept_at", "")
        self._all = not swept or datetime.fromisoformat(swept) + RECONCILE <= self._now
        self._proposals = details.Progress(self._since.get("proposals_since", ""))
        self._hours = details.Progress(self._since.get("hours_since", ""))
        self._reader = details.Hours(client, self._since.get("date_format", ""))
        self._workers: set[str] = set()

    async def records(self) -> AsyncIterator[Batch | End]:
        """Everything there is to know, then the End."""
        self._remember()
        for table in FEEDS:
            yield Batch(table, [])
        yield Batch("platforms", [{"platform": rows.PLATFORM, "source": "freelance", "timezone": mapping.TIMEZONE}])
        async for batch in self._jobs():
            yield batch
        offers: list[rows.Row] = []
        async for batch in self._offers(offers):
            yield batch
        async for batch in self._contracts():
            yield batch
        yield Batch("offers", [rows.responded(row, self._book) for row in offers])
        async for batch in self._charges():
            yield batch
        async for batch in self._worked():
            yield batch
        async for batch in self._asked_for():
            yield batch
        yield self._end()

    def _remember(self) -> None:
        """What the version before knows and this reading may not come across again."""
        columns = ("job_id", "category_id", "poster_id", "created_at", "status", "cost_center")
        for row in self._known.rows("jobs", columns):
            self._book.jobs[row[0]] = dict(zip(columns[1:], row[1:], strict=True))
        self._book.hired_at.update(self._known.rows("contracts", ("contract_id", "created_at")))  # type: ignore[arg-type]
        names = self._known.rows("names", ("kind", "native_id", "name"))
        self._book.terms.update((native, contract) for kind, native, contract in names if kind == "term")

    async def _jobs(self) -> AsyncIterator[Batch]:
        found = await gathered(self._client, self._job_pages())
        for batch in _batches(rows.job(node, self._book) for node in found):
            yield batch

    def _job_pages(self) -> Pages:
        """All jobs; between two full readings those that are open or new. There is no filter by change."""
        if self._all:
            return JOB_PAGES
        open_since = [job["created_at"] for job in self._book.jobs.values() if job["status"] in {"open", "draft"}]
        start = min([(self._now - WINDOW).isoformat(), *(made for made in open_since if made)])
        return Pages(
            JOBS, JOB_PAGES.path, lambda page: {"filter": {"pagination_eq": page, "createdDateTimeFrom_eq": start[:10]}}, JOB_PAGES.size
        )  # fmt: skip

    async def _offers(self, kept: list[rows.Row]) -> AsyncIterator[Batch]:
        found = await gathered(self._client, OFFER_PAGES)
        for batch in _batches(rows.offer(node, self._book) for node in found):
            if batch.table == "offers":
                kept += [dict(row) for row in batch.rows]
            else:
                yield batch

    async def _contracts(self) -> AsyncIterator[Batch]:
        """Route one to contracts: from their offers. Those that have ended are only read again with everything else."""
        ended = {
            native for native, status in self._known.rows("contracts", ("contract_id", "status")) if status != "active"
        }
        known = {native for (native,) in self._known.rows("contracts", ("contract_id",))}
        wanted = {*self._book.offered, *known} - (set() if self._all else ended)
        async for batch in self._contracts_of(sorted(wanted)):
            yield batch

    async def _contracts_of(self, wanted: list[str]) -> AsyncIterator[Batch]:
        for ids in parts(wanted, mapping.CONTRACTS_AT_ONCE):
            data = await self._client.ask(CONTRACTS, {"ids": list(ids)})
            nodes = [node for node in at(data, "contractList", "contracts") or () if node]
            for batch in _batches(rows.contract(node, self._book) for node in nodes):
                self._workers |= {row["worker_id"] for row in batch.rows if batch.table == "workers"}
                yield batch

    async def _charges(self) -> AsyncIterator[Batch]:
        """The ledger is not paged, so it is read month by month, the oldest first."""
        accounts = await self._accounts()
        unknown: set[str] = set()
        for first, last in self._months():
            span = {"rangeStart": f"{first}T00:00:00Z", "rangeEnd": f"{last}T23:59:59Z"}
            data = await self._client.ask(
                TRANSACTIONS, {"filter": {"aceIds_any": accounts, "transactionDateTime_bt": span}}
            )
            detail = at(data, "transactionHistory", "transactionDetail")
            lines = [node for node in at(detail, "transactionHistoryRow") or () if node]
            async for batch in self._of_unknown_terms(lines, unknown):
                yield batch
            for batch in _batches(rows.charge(node, self._book) for node in lines):
                yield batch

    async def _of_unknown_terms(self, lines: Iterable[Node], unknown: set[str]) -> AsyncIterator[Batch]:
        """Route three to contracts: from the ledger. What cannot be found leaves its lines without a contract."""
        terms = {text(at(node, "relatedAssignment")) for node in lines} - {"", *self._book.terms, *unknown}
        for term in sorted(terms):
            unknown.add(term)
            if len(unknown) > _MOST_TERMS:
                return
            try:
                data = await self._client.ask(CONTRACT_BY_TERM, {"term": term})
            except Wrong:
                continue
            if found := at(data, "contractByTerm"):
                self._book.terms[term] = text(at(found, "id"))
                for batch in _batches([rows.contract(found, self._book)]):
                    yield batch

    async def _worked(self) -> AsyncIterator[Batch]:
        """Hours; and route two to contracts: those that only the time report knows."""
        first = min(
            [self._now.date(), *(date.fromisoformat(made[:10]) for made in self._book.hired_at.values() if made)]
        )
        made = self._client.tally.calls
        budget = details.Budget(self._client, made + max(0, self._options.calls - made) // 3)
        async for nodes in details.hours(self._reader, self._hours, first, self._now.date(), budget):
            unknown = {text(at(node, "contract", "id")) for node in nodes} - {"", *self._book.hired_at}
            async for batch in self._contracts_of(sorted(unknown)):
                yield batch
            for batch in _batches([details.worked(nodes)]):
                yield batch

    async def _asked_for(self) -> AsyncIterator[Batch]:
        """Proposals; who made them is only noted where nothing better is known."""
        known = {native for (native,) in self._known.rows("workers", ("worker_id",))} | self._workers
        budget = details.Budget(self._client, self._options.calls)
        async for job, nodes in details.proposals(self._client, self._proposals, self._book.jobs, self._now, budget):
            for batch in _batches(rows.proposal(job, node, self._book) for node in nodes):
                if batch.table == "workers":
                    batch = Batch("workers", [row for row in batch.rows if row["worker_id"] not in known])  # noqa: PLW2901
                yield batch

    async def _accounts(self) -> list[str]:
        found = (await self._client.ask(ACCOUNTS, {})).get("accountingEntity")
        nodes = found if isinstance(found, list) else [found]
        if ids := [text(at(node, "id")) for node in nodes if at(node, "id")]:
            return ids
        raise DataError(
            "Upwork names no account of this organization, so its ledger cannot be read. Check the organization id."
        )

    def _months(self) -> list[tuple[date, date]]:
        """(first day, last day) of each month to read; without a version before, from the first job or contract on."""
        today, start = self._now.date(), (self._now - WINDOW).date()
        if self._all:
            made = [*self._book.hired_at.values(), *(job["created_at"] for job in self._book.jobs.values())]
            start = min([start, *(date.fromisoformat(moment[:10]) for moment in made if moment)])
        months = []
        while start <= today:
            after = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
            months.append((start, min(after - timedelta(days=1), today)))
            start = after
        return months

    def _later(self, why: str) -> str:
        """Where nothing is carried over there is no next sync that would fill in the rest."""
        return why if self._options.carried else why.replace(details.FOLLOW, details.NEVER)

    def _end(self) -> End:
        swept = {"jobs", "offers", "contracts"} if self._all else {"offers"}
        checkpoint = {
            "swept_at": self._now.isoformat() if self._all else self._since["swept_at"],
            "proposals_since": self._proposals.since,
            "hours_since": self._hours.since,
            "date_format": self._reader.format,
        }
        told = {"proposals": self._proposals.missing, "time_entries": self._hours.missing}
        missing = {table: self._later(why) for table, why in told.items() if why}
        start = (self._now - WINDOW).date().isoformat()
        window = {"charges": ("posted_at", start), "time_entries": ("work_date", start)}
        for table in missing:
            window.pop(table, None)
        tally = self._client.tally
        report = Report(
            tally.calls,
            tally.retries,
            dict(tally.refused),
            missing,
            self._book.gaps.listed(),
            not_read=mapping.NOT_READ,
        )
        counted = {table: n for table, n in tally.counted.items() if table in swept}
        return End(checkpoint, frozenset(swept), window, report, counted)


def _batches(made: Iterable[rows.Made]) -> list[Batch]:
    """The rows of several records, by table, in the order in which the tables were first met."""
    by_table: dict[str, list[rows.Row]] = {}
    for rows_of_one in made:
        for table, row in rows_of_one:
            by_table.setdefault(table, []).append(row)
    return [Batch(table, found) for table, found in by_table.items()]
