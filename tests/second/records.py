"""What happened, as records: each knows its own day, its money, and whom it belonged to on that day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

Marks = Mapping[str, Any]
Number = int | float | None
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Job:
    """A request for work. `closed_on`: the day it was filled, cancelled or expired; `posted_on` None: a draft."""

    job: str
    by: Marks
    status: str
    created: datetime
    published: datetime
    approved: datetime | None
    closed: datetime | None
    created_on: date
    posted_on: date | None
    approved_on: date | None
    closed_on: date | None
    positions: int
    keep_open: bool


@dataclass(frozen=True)
class JobSkill:
    """One skill that a posted job asks for."""

    job: str
    skill: str
    by: Marks
    posted_on: date | None


@dataclass(frozen=True)
class Hire:
    """A position of a job filled by a contract that was not cancelled. `opened`: when the job was last opened before."""

    contract: str
    job: str
    by: Marks
    hired: datetime
    hired_on: date
    opened: datetime
    created: datetime
    created_on: date
    started_on: date
    agreed_rate: int | None
    asked_rate: int | None


@dataclass(frozen=True)
class Proposal:
    """A worker's proposal for a job."""

    proposal: str
    job: str
    by: Marks
    created: datetime
    created_on: date
    status: str
    qualified: bool


@dataclass(frozen=True)
class Offer:
    """An offer; `published` is when its job was posted, None for a direct one."""

    offer: str
    job: str | None
    by: Marks
    state: str
    sent: datetime | None
    sent_on: date | None
    responded_on: date | None
    published: datetime | None


@dataclass(frozen=True)
class Contract:
    """An assignment. `last_day`: its last day where it is known; `agreed`: the fixed amount agreed."""

    contract: str
    by: Marks
    status: str
    freelancer: str
    hired_on: date
    started_on: date
    last_day: date | None
    planned_end_on: date | None
    hourly_rate: int | None
    agreed: int | None
    budget: int | None
    weekly_limit: float | None


@dataclass(frozen=True)
class Charge:
    """A ledger line; `kind` is its class: work, fee, tax, supplier_fee or funding."""

    charge: str
    by: Marks
    contract: str | None
    kind: str
    final: bool
    posted_on: date
    worked_on: date
    invoiced_on: date | None
    amount: int | None


@dataclass(frozen=True)
class TimeEntry:
    """A day worked."""

    by: Marks
    contract: str
    worked_on: date
    hours: float
    overtime: float
    status: str
    hourly_rate: int | None


@dataclass(frozen=True)
class Milestone:
    """A milestone of a fixed-price contract."""

    by: Marks
    contract: str
    state: str
    due_on: date | None
    submitted_on: date | None
    approved_on: date | None
    amount: int | None


@dataclass(frozen=True)
class Feedback:
    """A rating by the client, on a scale of five."""

    by: Marks
    given_on: date
    by_client: bool
    score: float


@dataclass(frozen=True)
class Amendment:
    """A change of a contract's rate."""

    by: Marks
    changed_on: date


@dataclass(frozen=True)
class Headcount:
    """Employees of one kind at a month end."""

    by: Marks
    as_of: date
    headcount: int
    fte: float


@dataclass(frozen=True)
class Budget:
    """Money planned for a span of days, `until` being the first day after it."""

    by: Marks
    first: date
    until: date
    amount: int


@dataclass(frozen=True)
class Log:
    """Everything that happened; `company` is the whole that a narrowed log was taken from."""

    jobs: Sequence[Job] = ()
    job_skills: Sequence[JobSkill] = ()
    hires: Sequence[Hire] = ()
    proposals: Sequence[Proposal] = ()
    offers: Sequence[Offer] = ()
    contracts: Sequence[Contract] = ()
    charges: Sequence[Charge] = ()
    time_entries: Sequence[TimeEntry] = ()
    milestones: Sequence[Milestone] = ()
    feedback: Sequence[Feedback] = ()
    amendments: Sequence[Amendment] = ()
    headcount: Sequence[Headcount] = ()
    budgets: Sequence[Budget] = ()
    whole: Log | None = field(default=None, repr=False)

    @property
    def company(self) -> Log:
        """The log before anything was narrowed."""
        return self.whole or self

    def keep(self, wanted: Callable[[Any], bool]) -> Log:
        """Only the records that are wanted."""
        kept = {f.name: [r for r in getattr(self, f.name) if wanted(r)] for f in fields(self) if f.name != "whole"}
        return replace(self, **kept, whole=self.company)

    def narrow(self, dimension: str, value: Any) -> Log:
        """Only the records of one member (None: of nobody known); records without the dimension are kept whole."""
        return self.keep(lambda record: dimension not in record.by or belongs(record.by[dimension], value))

    def values(self, dimension: str) -> set[Any]:
        """Every member that occurs, None where some record has none."""
        found: set[Any] = set()
        for f in fields(self):
            for record in getattr(self, f.name) if f.name != "whole" else ():
                mark = record.by.get(dimension, ())
                found |= (set(mark) or {None}) if isinstance(mark, frozenset) else ({mark} if mark != () else set())
        return found


def belongs(mark: Any, value: Any) -> bool:
    """Whether a mark is this member; a set of marks holds it, or is empty where nobody is meant."""
    if isinstance(mark, frozenset):
        return value in mark if value is not None else not mark
    return bool(mark == value)


@dataclass(frozen=True)
class Asked:
    """The span of days asked for [start, end), the last day the data knows, and the moment and day of the sync."""

    start: date
    end: date
    as_of: date
    today: date
    now: datetime

    @property
    def known_end(self) -> date:
        """First day after what the data can know of the span; the whole span where it knows nothing of it."""
        end = min(self.end, self.as_of + DAY)
        return self.end if end <= self.start else end

    @property
    def last(self) -> date:
        """The last known day of the span."""
        return self.known_end - DAY

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in the span."""
        return day is not None and self.start <= day < self.end

    def month_ends(self) -> list[date]:
        """Last days of months in the known part."""
        days = (self.start + DAY * n for n in range((self.known_end - self.start).days))
        return [day for day in days if (day + DAY).day == 1]
