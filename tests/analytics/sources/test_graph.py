"""The directory becomes people, employment, teams and headcount, whatever state it is in and however it falters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import duckdb
import pytest

from analytics import facts, versions
from analytics.errors import DataError
from analytics.incremental import Asked, sync_all
from analytics.sources import Batch, End
from analytics.sources.graph import Client, Directory
from analytics.sync import SyncReport
from tests.analytics.company import NOW, REPORTING, company, write
from tests.fakes.graph import FakeGraph, Fault, reset, status, text, user
from tests.fakes.serving import serving

Rows = dict[str, list[dict[str, str]]]


class Nothing:
    """No version before."""

    def rows(self, table: str, columns: Any) -> list[tuple[str, ...]]:
        return []


class Line:
    """A fake directory and a client on it; `waited` are the seconds it wanted to sleep."""

    def __init__(self, fake: FakeGraph, client: Client, waited: list[float]) -> None:
        self.fake, self.client, self.waited = fake, client, waited

    async def read(self, now: datetime = NOW, **how: Any) -> tuple[Rows, End, Directory]:
        directory, rows = Directory(self.client, **how), Rows()
        end = None
        async for one in directory.records(None, Nothing(), now):
            if isinstance(one, Batch):
                rows.setdefault(one.table, []).extend(dict(row) for row in one.rows)
            else:
                end = one
        assert end is not None
        return rows, end, directory

    async def sync(self, home: Path, now: datetime = NOW, **how: Any) -> SyncReport:
        asked = [Asked(Directory(self.client, **how))]
        return await sync_all(asked, home / "in", home / "store", reporting=REPORTING, now=now, build=facts.build)


@asynccontextmanager
async def connected(fake: FakeGraph) -> AsyncIterator[Line]:
    waited: list[float] = []

    async def token() -> str:
        return "secret-token"

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async with serving(fake.app(), None) as address, aiohttp.ClientSession() as session:
        client = Client(session, token, clock=lambda: NOW, sleep=sleep, endpoint=f"{address}/v1.0")
        yield Line(fake, client, waited)


def directory(*more: dict[str, Any]) -> FakeGraph:
    fake = FakeGraph()
    fake.add(user(1), user(2, 1), user(3, 2, department="Data", usageLocation="JP", country=None), *more)
    return fake


def files(home: Path) -> Path:
    """Everything but what the directory gives."""
    given = {"people", "employment", "teams", "headcount"}
    write(home / "in", {name: rows for name, rows in company().items() if name not in given})
    return home


def asked(home: Path, sql: str) -> list[tuple[Any, ...]]:
    number = versions.current(home / "store")
    with duckdb.connect(str(versions.path_of(home / "store", number)), read_only=True) as connection:
        return connection.execute(sql).fetchall()


async def test_users_become_people_employment_teams_and_headcount() -> None:
    async with connected(directory()) as line:
        rows, _, _ = await line.read()
    assert rows["people"][0] == {
        "person_id": "id-00001", "entra_object_id": "id-00001", "upn": "p1@contoso.example",
        "email": "p1@contoso.example", "name": "Person 1", "active": "true",
    }  # fmt: skip
    assert rows["employment"][2] == {
        "person_id": "id-00003", "valid_from": "2020-02-01", "valid_to": "", "team_id": "department:data", "manager_id": "id-00002",
        "cost_center": "CC-1042", "country": "Japan", "fte": "1", "worker_type": "employee",
    }  # fmt: skip
    assert [row["name"] for row in rows["teams"]] == ["Marketing", "Brand Studio", "Data"]
    assert sum(int(row["headcount"]) for row in rows["headcount"]) == 3
    assert {row["as_of"] for row in rows["headcount"]} == {"2026-10-31"}


async def test_only_what_is_used_is_asked_for_and_managers_come_in_the_same_request() -> None:
    async with connected(directory()) as line:
        await line.read()
    path, query = line.fake.log[-1]
    assert path == "/v1.0/users"
    assert set(query) == {"$select", "$expand", "$top"}
    assert "mobilePhone" not in query["$select"]


async def test_all_pages_are_read() -> None:
    fake = FakeGraph(page=50)
    fake.add(*(user(n, 1 if n > 1 else None) for n in range(1, 231)))
    async with connected(fake) as line:
        rows, end, _ = await line.read()
    assert len(rows["people"]) == 230
    assert end.report.calls == 6


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"userType": "Guest"}, "guest"),
        ({"accountEnabled": False}, "disabled"),
        ({"employeeType": "Service Account"}, "employee type"),
        ({"userPrincipalName": "room-berlin@contoso.example"}, "service account or room"),
        ({"userPrincipalName": "x_other.example#EXT#@contoso.example"}, "service account or room"),
        ({"employeeId": "1001"}, "second account"),
    ],
)
async def test_accounts_that_are_no_employees_are_left_out_and_counted(changes: dict[str, Any], rule: str) -> None:
    async with connected(directory(user(9, **changes))) as line:
        rows, _, read = await line.read()
    assert len(rows["people"]) == 3
    assert read.summary.left_out[rule] == 1


async def test_circles_roots_and_unknown_managers_are_named() -> None:
    fake = directory(user(4, 5), user(5, 4), user(6, 6), user(7, 99), user(8))
    async with connected(fake) as line:
        _, _, read = await line.read()
    assert read.summary.in_circles == ["id-00004", "id-00005", "id-00006"]
    assert read.summary.roots == ["id-00001", "id-00008"]
    assert read.summary.without_known_manager == ["id-00007"]


async def test_departments_lead_to_the_teams_of_the_company_where_it_has_its_own(tmp_path: Path) -> None:
    async with connected(directory()) as line:
        rows, _, _ = await line.read(own_teams=True)
        assert "teams" not in rows
        assert rows["names"][1] == {"kind": "team", "native_id": "department:data", "name": "Data"}
        tables = company()
        given = {"people", "employment", "headcount"}
        write(tmp_path / "in", {name: rows for name, rows in tables.items() if name not in given})
        await line.sync(tmp_path, own_teams=True)
    placed = "SELECT person, team FROM person ORDER BY 1"
    assert asked(tmp_path, placed) == [("id-00001", "T2"), ("id-00002", "T2"), ("id-00003", "T3")]
    assert asked(tmp_path, "SELECT DISTINCT team FROM headcount WHERE as_of = '2026-10-31' ORDER BY 1") == [
        ("T2",),
        ("T3",),
    ]


async def test_a_version_knows_the_reporting_lines_and_cuts_circles(tmp_path: Path) -> None:
    fake = directory(user(4, 5), user(5, 4))
    async with connected(fake) as line:
        report = await line.sync(files(tmp_path))
    assert asked(tmp_path, "SELECT manager, person, depth FROM reporting_line ORDER BY ALL") == [
        ("id-00001", "id-00002", 1), ("id-00001", "id-00003", 2), ("id-00002", "id-00003", 1),
    ]  # fmt: skip
    assert "manager_circle" in {finding.check for finding in report.findings}
    assert asked(tmp_path, "SELECT name, division FROM team WHERE name = 'Data'") == [("Data", "department:data")]


async def test_a_later_sync_reads_only_what_changed_and_keeps_history(tmp_path: Path) -> None:
    fake = directory(user(4, 2))
    async with connected(fake) as line:
        await line.sync(files(tmp_path))
        before = len(fake.log)
        fake.add(user(3, 1, department="Brand Studio"))
        fake.remove("id-00004")
        fake.add(user(5, 1, employeeHireDate="2026-11-16T00:00:00Z"))
        await line.sync(tmp_path, NOW + timedelta(days=1))
        assert [path for path, _ in fake.log[before:]] == ["/v1.0/users/delta", "/v1.0/users"]
    spans = "SELECT valid_from::TEXT, valid_to::TEXT, team_id, manager_id FROM kept.employment WHERE person_id = '{}' ORDER BY 1"
    assert asked(tmp_path, spans.format("id-00003")) == [
        ("2020-02-01", "2026-11-21", "department:data", "id-00002"),
        ("2026-11-21", None, "department:brand studio", "id-00001"),
    ]
    assert asked(tmp_path, spans.format("id-00004"))[0][1] == "2026-11-21"
    assert asked(tmp_path, spans.format("id-00005"))[0][0] == "2026-11-16"
    assert asked(tmp_path, "SELECT person FROM person WHERE NOT active") == [("id-00004",)]


async def test_after_a_week_everyone_is_read_again(tmp_path: Path) -> None:
    fake = directory()
    async with connected(fake) as line:
        await line.sync(files(tmp_path))
        fake.users["id-00003"]["manager"] = "id-00001"  # changed without being told
        await line.sync(tmp_path, NOW + timedelta(days=1))
        assert ("id-00001", "id-00003", 1) not in asked(tmp_path, "SELECT * FROM reporting_line")
        await line.sync(tmp_path, NOW + timedelta(days=8))
    assert ("id-00001", "id-00003", 1) in asked(tmp_path, "SELECT * FROM reporting_line")


async def test_a_forgotten_mark_means_that_everyone_is_read_again(tmp_path: Path) -> None:
    fake = directory()
    async with connected(fake) as line:
        await line.sync(files(tmp_path))
        fake.forgotten = True
        fake.remove("id-00003")
        await line.sync(tmp_path, NOW + timedelta(days=1))
    assert asked(tmp_path, "SELECT person FROM person WHERE NOT active") == [("id-00003",)]


async def test_a_directory_that_has_lost_most_people_is_not_believed(tmp_path: Path) -> None:
    fake = FakeGraph()
    fake.add(*(user(n) for n in range(1, 61)))
    async with connected(fake) as line:
        await line.sync(files(tmp_path))
        fake.users = dict(list(fake.users.items())[:30])
        with pytest.raises(DataError, match="no longer gives 30 of 60 employees"):
            await line.sync(tmp_path, NOW + timedelta(days=8))
    assert versions.current(tmp_path / "store") == 1


async def test_each_month_gets_its_headcount_once(tmp_path: Path) -> None:
    fake = directory()
    async with connected(fake) as line:
        await line.sync(files(tmp_path))
        fake.add(user(4, 1, employeeHireDate="2026-11-25T00:00:00Z"))
        for day in (11, 12):
            await line.sync(tmp_path, NOW + timedelta(days=day))
    heads = "SELECT as_of::TEXT, sum(headcount)::INTEGER FROM headcount GROUP BY 1 ORDER BY 1"
    assert asked(tmp_path, heads) == [("2026-10-31", 3), ("2026-11-30", 4)]


@pytest.mark.parametrize(
    ("faults", "waits"),
    [
        ([status(429, wait="7")], [7.0]),
        ([status(429, wait=(NOW + timedelta(seconds=9)).strftime("%a, %d %b %Y %H:%M:%S GMT"))], [9.0]),
        ([status(503), status(500)], [1.0, 2.0]),
        ([status(429, wait="999999")], [300.0]),
        ([text("<html>busy</html>")], [1.0]),
        # The client itself repeats a request whose connection broke, once.
        ([reset, reset], [1.0]),
    ],
)
async def test_a_passing_fault_is_waited_out(faults: list[Fault], waits: list[float]) -> None:
    fake = directory()
    fake.faults = faults
    async with connected(fake) as line:
        rows, end, _ = await line.read()
    assert len(rows["people"]) == 3
    assert line.waited == waits
    assert end.report.retries == len(waits)


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ([status(403, error="Authorization_RequestDenied")], r"User\.Read\.All with admin consent"),
        ([status(401)], "the token was refused"),
        ([status(400, error="Request_BadRequest")], r"status 400 \(Request_BadRequest\)"),
        ([status(503)] * 6, "did not answer 6 times in a row"),
        ([text('{"value": 5}')], "has no list of users"),
        ([text('{"value": [], "@odata.nextLink": "https://evil.example/v1.0/users"}')], "another host"),
    ],
)
async def test_a_lasting_fault_stops_the_reading_and_says_what_to_do(faults: list[Fault], said: str) -> None:
    fake = directory()
    fake.faults = list(faults)
    async with connected(fake) as line:
        with pytest.raises(DataError, match=said):
            await line.read()


async def test_pages_that_lead_back_to_themselves_stop_the_reading() -> None:
    async with connected(directory()) as line:
        link = f"{line.client.endpoint}/users?$select=id&$skiptoken=0"
        line.fake.faults = [text(f'{{"value": [], "@odata.nextLink": "{link}"}}')] * 3
        with pytest.raises(DataError, match="lead back to themselves"):
            async for _ in line.client.pages("/users", {"$select": "id"}):
                pass


@pytest.mark.parametrize(("zone", "as_of"), [("UTC", "2026-09-30"), ("Asia/Tokyo", "2026-10-31")])
async def test_a_day_is_that_of_the_company(zone: str, as_of: str) -> None:
    async with connected(directory()) as line:
        rows, _, _ = await line.read(datetime(2026, 10, 30, 23, 30, tzinfo=UTC), zone=zone)
    assert {row["as_of"] for row in rows["headcount"]} == {as_of}
