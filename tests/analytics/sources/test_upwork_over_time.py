"""Several syncs of one company while it changes: what is kept, what is gone, what the differences say, what is not believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics import versions
from analytics.errors import DataError
from analytics.sources.upwork import Options
from analytics.sync import SyncReport
from analytics.sync import sync as sync_files
from tests.analytics.company import NOW, write
from tests.fakes.upwork import FakeUpwork, Fault, make_company
from tests.fakes.upwork.connected import REPORTING, Line, as_read, connected

UNTIL = NOW.date() - timedelta(days=1)
DAY = timedelta(days=1)


async def sync(line: Line, home: Path, **more: Any) -> SyncReport:
    return await line.sync(home, build=as_read, **more)


def opened(home: Path) -> duckdb.DuckDBPyConnection:
    number = versions.current(home / "store")
    return duckdb.connect(str(versions.path_of(home / "store", number)), read_only=True)


def read(home: Path, sql: str) -> list[Any]:
    with opened(home) as connection:
        return connection.execute(sql).fetchall()


def content(home: Path) -> dict[str, list[Any]]:
    """Everything the version says about the company, row by row."""
    left_out = {"version", "sync_run", "finding"}
    with opened(home) as version:
        tables = version.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' ORDER BY 1"
        ).fetchall()
        return {
            name: version.execute(f"SELECT * FROM main.{name} ORDER BY ALL").fetchall()
            for (name,) in tables
            if name not in left_out
        }


def new_fake(contracts: int = 40, charges: int = 300, **more: Any) -> FakeUpwork:
    return FakeUpwork(make_company(3, contracts, charges, UNTIL), **more)


async def test_syncing_twice_equals_syncing_once(tmp_path: Path) -> None:
    async with connected(new_fake()) as line:
        await sync(line, tmp_path)
        first = content(tmp_path)
        kept = read(tmp_path, "SELECT * EXCLUDE (last_seen_at) FROM kept.jobs ORDER BY ALL")
        calls = len(line.fake.arrivals)
        await sync(line, tmp_path)
        assert content(tmp_path) == first
        assert read(tmp_path, "SELECT * EXCLUDE (last_seen_at) FROM kept.jobs ORDER BY ALL") == kept
        assert 0 < len(line.fake.arrivals) - calls < calls


async def test_a_refund_after_the_end_of_its_period_is_found_by_the_next_sync(tmp_path: Path) -> None:
    async with connected(new_fake()) as line:
        await sync(line, tmp_path)
        ((before,),) = read(tmp_path, "SELECT (sum(amount) * 100)::BIGINT FROM main.charges")
        contract = next(iter(line.fake.company.contracts.values()))
        paid = line.fake.company.ledger[0]
        line.fake.company.charge(contract, NOW - 20 * DAY, "-12.34", "Refund", relatedTransactionId=paid["recordId"])
        line.time.now += DAY
        await sync(line, tmp_path)
        ((after,),) = read(tmp_path, "SELECT (sum(amount) * 100)::BIGINT FROM main.charges")
    assert before - after == 1234


async def test_a_line_older_than_the_window_is_found_by_the_weekly_reading(tmp_path: Path) -> None:
    async with connected(new_fake()) as line:
        await sync(line, tmp_path)
        contract = next(iter(line.fake.company.contracts.values()))
        line.fake.company.charge(contract, NOW - 60 * DAY, "-5.00", "Refund")
        counts = []
        for days in (1, 3, 4):
            line.time.now += days * DAY
            await sync(line, tmp_path)
            counts.append(read(tmp_path, "SELECT count(*) FROM main.charges")[0][0])
    assert counts == [300, 300, 301]


async def test_what_happens_to_a_job_between_two_syncs_is_written_down(tmp_path: Path) -> None:
    async with connected(new_fake(4, 4)) as line:
        company = line.fake.company
        job = company.post(NOW - 30 * DAY)
        await sync(line, tmp_path)
        closed = NOW + timedelta(hours=3)
        job["info"]["status"] = "CANCELLED"
        company.touch(job, closed)
        line.time.now += DAY
        await sync(line, tmp_path)
        opened = NOW + 2 * DAY
        job["info"]["status"] = "OPEN"
        company.touch(job, opened)
        line.time.now += 2 * DAY
        await sync(line, tmp_path)
        events = read(tmp_path, f"SELECT event, \"at\" FROM kept.job_events WHERE job_id = '{job['id']}' ORDER BY 2")
    assert [event for event, _ in events] == ["posted", "cancelled", "reopened"]
    assert [datetime.fromisoformat(at) for _, at in events[1:]] == [closed, opened]


async def test_a_contract_that_moves_keeps_its_past_with_the_team_it_had(tmp_path: Path) -> None:
    async with connected(new_fake(4, 0)) as line:
        company = line.fake.company
        contract = next(iter(company.contracts.values()))
        company.charge(contract, NOW - 10 * DAY, "100.00", assignmentTeamId=None)
        await sync(line, tmp_path)
        contract["clientTeam"] = {"id": "7000000000000000002", "name": "Data"}
        contract["hiringManager"] = {"id": "20004", "name": "Person 4", "email": "p4@contoso.example"}
        contract["modifyDate"] = "2026-11-25T09:00:00+0000"
        company.charge(contract, NOW + 6 * DAY, "10.00", assignmentTeamId=None)
        line.time.now += 7 * DAY
        await sync(line, tmp_path)
        await line.sync(tmp_path)
        spans = read(tmp_path, "SELECT valid_from, valid_to, team_id, owner_id FROM kept.owner_history ORDER BY 1")
        teams = read(tmp_path, "SELECT team, owner, amount FROM main.charge ORDER BY posted_on")
    start = contract["startDate"]
    assert spans == [
        (start, "2026-11-25", "7000000000000000001", "20003"),
        ("2026-11-25", None, "7000000000000000002", "20004"),
    ]
    assert teams == [("T2", "P3", 10000), ("T3", "P4", 1000)]


async def test_a_rate_that_changes_keeps_its_past_whether_upwork_lists_it_or_not(tmp_path: Path) -> None:
    async with connected(new_fake(4, 0)) as line:
        silent, listed, *_ = line.fake.company.contracts.values()
        await sync(line, tmp_path)
        silent["terms"]["hourlyTerms"][0]["hourlyRate"] = {
            "rawValue": "75.50",
            "currency": "USD",
            "displayValue": "$75",
        }
        first = listed["terms"]["hourlyTerms"][0]
        later = first | {"id": "1", "startDate": "2026-11-21", "hourlyRate": {"rawValue": "66", "currency": "USD"}}
        listed["terms"]["hourlyTerms"].append(later)
        for contract in (silent, listed):
            contract["modifyDate"] = "2026-11-23T09:00:00+0000"
        line.time.now += 7 * DAY
        for _ in range(2):
            await sync(line, tmp_path)
        spans = read(tmp_path, "SELECT contract_id, valid_from, valid_to, rate FROM kept.rate_history ORDER BY ALL")
    assert spans == sorted([
        (silent["id"], silent["startDate"], "2026-11-23", "60.00"), (silent["id"], "2026-11-23", None, "75.50"),
        (listed["id"], listed["startDate"], "2026-11-21", "60.00"), (listed["id"], "2026-11-21", None, "66"),
    ])  # fmt: skip


async def test_what_a_complete_reading_lacks_is_gone_and_what_a_window_lacks_is_not(tmp_path: Path) -> None:
    async with connected(new_fake()) as line:
        await sync(line, tmp_path)
        company = line.fake.company
        gone, lost = company.jobs.pop(0), company.ledger.pop(0)
        line.time.now += DAY
        await sync(line, tmp_path)
        assert read(tmp_path, "SELECT count(*) FROM main.jobs") == [(40,)]
        line.time.now += 7 * DAY
        await sync(line, tmp_path)
        assert read(tmp_path, f"SELECT gone FROM kept.jobs WHERE job_id = '{gone['id']}'") == [(True,)]
        assert read(tmp_path, "SELECT count(*) FROM main.jobs") == [(39,)]
        assert read(tmp_path, f"SELECT count(*) FROM main.charges WHERE charge_id = '{lost['recordId']}'") == [(1,)]


@pytest.mark.parametrize("lost", ["jobs", "ledger"])
async def test_a_key_that_lost_half_of_what_it_could_see_leaves_the_old_version_in_place(
    tmp_path: Path, lost: str
) -> None:
    async with connected(new_fake(80, 800)) as line:
        await sync(line, tmp_path)
        before = content(tmp_path)
        del getattr(line.fake.company, lost)[20:]
        line.time.now += 8 * DAY
        with pytest.raises(DataError, match="probably lost a scope or a team"):
            await sync(line, tmp_path)
        assert content(tmp_path) == before
        assert versions.current(tmp_path / "store") == 1


async def test_a_ledger_that_went_empty_leaves_the_old_version_in_place(tmp_path: Path) -> None:
    async with connected(new_fake(80, 800)) as line:
        await sync(line, tmp_path)
        line.fake.company.ledger.clear()
        line.time.now += DAY
        with pytest.raises(DataError, match="Upwork gave only 0 of"):
            await sync(line, tmp_path)


async def test_a_sync_of_files_alone_keeps_what_upwork_gave(tmp_path: Path) -> None:
    async with connected(new_fake()) as line:
        await sync(line, tmp_path)
        first = content(tmp_path)
        sync_files(tmp_path / "in", tmp_path / "store", reporting=REPORTING, now=NOW, build=as_read)
        assert content(tmp_path) == first
        line.time.now += DAY
        calls = len(line.fake.arrivals)
        await sync(line, tmp_path)
        assert len(line.fake.arrivals) - calls < calls


async def test_a_reading_that_may_be_kept_for_a_day_is_never_carried_over(tmp_path: Path) -> None:
    async with connected(new_fake()) as line:
        await sync(line, tmp_path, hours=24)
        line.fake.company.ledger.pop(0)
        line.time.now += timedelta(hours=20)
        await sync(line, tmp_path, hours=24)
        assert read(tmp_path, "SELECT count(*) FROM main.charges") == [(299,)]
        later = line.time.now + timedelta(hours=25)
        tables = {
            "platforms": [{"platform": "Beeline", "source": "staffing"}],
            "workers": [],
            "jobs": [],
            "contracts": [],
            "charges": [],
        }
        write(tmp_path / "in", tables)
        sync_files(tmp_path / "in", tmp_path / "store", reporting=REPORTING, now=later, build=as_read)
        assert read(tmp_path, "SELECT count(*) FROM main.charges") == [(0,)]


async def test_a_sync_that_breaks_off_changes_nothing_and_the_next_one_is_whole(tmp_path: Path) -> None:
    async with connected(new_fake()) as line:
        await sync(line, tmp_path)
        before = content(tmp_path)
        line.fake.company.charge(None, NOW, "1.00", "Bonus")
        line.time.now += DAY
        line.fake.faults = [Fault("503", "transactions", times=99)]
        with pytest.raises(DataError, match="did not give transactions"):
            await sync(line, tmp_path)
        assert content(tmp_path) == before
        assert sorted(path.name for path in (tmp_path / "store").iterdir()) == ["CURRENT", "sync.lock", "v1.duckdb"]
        line.fake.faults = []
        await sync(line, tmp_path)
        assert read(tmp_path, "SELECT count(*) FROM main.charges") == [(301,)]


async def test_hours_and_proposals_go_back_in_time_over_several_syncs_and_are_withheld_until_whole(
    tmp_path: Path,
) -> None:

    fake = new_fake(40, 0)
    hourly = [one for one in fake.company.contracts.values() if one["terms"]["hourlyTerms"]]
    for contract in hourly:
        begun = datetime.fromisoformat(contract["startDate"]).replace(tzinfo=UTC).date()
        for week in range(0, (UNTIL - begun).days, 7):
            fake.company.work(contract, begun + timedelta(days=week), 6.5)
    async with connected(fake) as line:
        withheld = []
        for _ in range(4):
            report = await sync(line, tmp_path, options=Options(calls=60))
            withheld.append({f.check for f in report.findings if f.check.startswith("missing_")})
            line.time.now += timedelta(hours=1)
        assert withheld[0] == {"missing_upwork_proposals", "missing_upwork_time_entries"}
        assert withheld[-1] == set()
        assert read(tmp_path, "SELECT count(*) FROM main.proposals") == [(80,)]
        ((worked,),) = read(tmp_path, "SELECT sum(hours) FROM main.time_entries")
    assert Decimal(str(worked)) == sum(Decimal(str(one["totalHoursWorked"])) for one in fake.company.time)
