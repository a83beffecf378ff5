"""The sample enterprise: clean by declaration, the same every time, and a company in which things happen in their order."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from analytics import sample
from analytics.tables import TABLES, Column
from tests.analytics.sampled import Row, Written, read_sample, rows_of
from tests.enterprise import UNTIL, written_sample


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return read_sample(written_sample(tmp_path_factory))


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_arguments_write_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        sample.write(tmp_path / name, until=UNTIL, employees=300, teams=12, seed=seed)
    one, two, other = (_digests(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert len(one) == len(TABLES) + 14
    assert [name for name in one if one[name] == other[name]] == ["categories.csv", "platforms.csv", "suppliers.csv"]


@pytest.mark.parametrize(("employees", "teams", "says"), [(300, 11, "at least 12 teams"), (50, 12, "at least 60 emp")])
def test_a_company_too_small_to_be_one_is_refused(tmp_path: Path, employees: int, teams: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        sample.write(tmp_path / "out", until=UNTIL, employees=employees, teams=teams)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("until", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 6, 30), date(2027, 12, 31)])
def test_any_last_day_gives_three_years_and_nothing_after_it(tmp_path: Path, until: date) -> None:
    sample.write(tmp_path, until=until, employees=300, teams=12)
    planned = {"planned_end_date", "due_date", "period_to", "end_date"}
    for name, table in TABLES.items():
        for column in table.columns:
            if column.type in {"date", "timestamp"} and not (column.name in planned and name != "contracts"):
                days = [row[column.name][:10] for row in rows_of(tmp_path / f"{name}.csv") if row[column.name]]
                if column.name not in planned or column.name == "end_date":
                    assert max(days, default="") <= until.isoformat(), (name, column.name)
    posted = [row["posted_at"][:10] for row in rows_of(tmp_path / "charges.csv")]
    assert (until - date.fromisoformat(min(posted))).days > 3 * 365 - 1
    assert (until - date.fromisoformat(max(posted))).days < 7


CHECKS: dict[str, Callable[[Column, str], bool]] = {
    "text": lambda _, cell: cell == cell.strip(),
    "date": lambda _, cell: len(cell) == 10 and bool(date.fromisoformat(cell)),
    "timestamp": lambda _, cell: cell.endswith("Z") and len(cell) == 20 and bool(datetime.fromisoformat(cell)),
    "integer": lambda _, cell: str(int(cell)) == cell,
    "decimal": lambda _, cell: Decimal(cell).is_finite(),
    "money": lambda _, cell: Decimal(cell).is_finite() and "E" not in cell,
    "boolean": lambda _, cell: cell in {"true", "false"},
    "choice": lambda column, cell: cell in column.choices,
}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_keeps_what_the_import_format_declares(written: Written, name: str) -> None:
    table, rows = TABLES[name], written.tables[name]
    assert len(rows) == written.report.rows[name] > 0
    assert list(rows[0]) == [column.name for column in table.columns]
    keys = [tuple(row[key] for key in table.key) for row in rows]
    assert len(set(keys)) == len(keys)
    for column in table.columns:
        known = _known(written, column)
        for row in rows:
            cell = row[column.name]
            assert cell or not column.required, (column.name, row)
            if cell:
                assert CHECKS[column.type](column, cell), (column.name, row)
                assert column.minimum is None or Decimal(cell) >= Decimal(column.minimum), (column.name, row)
                assert known is None or cell in known, (column.name, row)


def _known(written: Written, column: Column) -> set[str] | None:
    if column.reference is None:
        return None
    return {row[column.reference.column] for row in written.tables[column.reference.table]}


def test_every_file_says_something_in_every_column_it_can(written: Written) -> None:
    silent = {
        f"{name}.{column.name}"
        for name, table in TABLES.items()
        for column in table.columns
        if not any(row[column.name] for row in written.tables[name])
    }
    assert silent == {"jobs.po_number", "charges.worker_id", "budgets.category_id"}


def test_things_happen_in_their_order(written: Written) -> None:
    first_proposal: dict[str, str] = {}
    for proposal in written.tables["proposals"]:
        first_proposal.setdefault(proposal["job_id"], proposal["created_at"])
    for job in written.tables["jobs"]:
        steps = [job["created_at"], job["approved_at"], job["published_at"], first_proposal.get(job["job_id"], "")]
        _ascending([*steps, job["closed_at"] if job["status"] == "filled" else ""])
    for offer in written.tables["offers"]:
        _ascending(
            [first_proposal.get(offer["job_id"], ""), offer["created_at"], offer["sent_at"], offer["responded_at"]]
        )
        if offer["state"] == "accepted":
            assert offer["responded_at"] == written.by_key["contracts"][offer["contract_id"]]["created_at"]
    for contract in written.tables["contracts"]:
        _ascending([contract["created_at"][:10], contract["start_date"], contract["end_date"]])
        assert (contract["status"] == "ended") == bool(contract["end_date"])
    for row in written.tables["milestones"]:
        _ascending([row["submitted_at"], row["approved_at"]])


def _ascending(moments: list[str]) -> None:
    known = [moment for moment in moments if moment]
    assert known == sorted(known), moments


def test_a_job_is_filled_by_as_many_hires_as_it_has_positions(written: Written) -> None:
    hires = Counter(row["job_id"] for row in written.tables["contracts"] if row["job_id"])
    reopened = {row["job_id"] for row in written.tables["job_events"] if row["event"] == "reopened"}
    assert reopened
    for job in written.tables["jobs"]:
        if job["status"] == "filled":
            assert hires[job["job_id"]] == int(job["positions"]) + (job["job_id"] in reopened)
        elif job["status"] == "open" and job["job_id"] not in reopened:
            assert hires[job["job_id"]] < int(job["positions"])
    assert {job["status"] for job in written.tables["jobs"]} == {"draft", "open", "filled", "cancelled", "expired"}


def test_nobody_is_without_a_team_nor_in_two_and_nobody_manages_in_a_circle(written: Written) -> None:
    spans: dict[str, list[Row]] = defaultdict(list)
    for row in written.tables["employment"]:
        spans[row["person_id"]].append(row)
    assert set(spans) == set(written.by_key["people"])
    for found in spans.values():
        assert all(one["valid_to"] == two["valid_from"] for one, two in itertools.pairwise(found))
    boss = {person: found[-1]["manager_id"] for person, found in spans.items() if not found[-1]["valid_to"]}
    assert [person for person, manager in boss.items() if not manager] == [written.tables["teams"][0]["head_person_id"]]
    for person in boss:
        steps, at = 0, person
        while boss[at]:
            at, steps = boss[at], steps + 1
            assert steps < 15


def test_headcount_is_what_employment_says_on_each_month_end(written: Written) -> None:
    counted: Counter[tuple[str, ...]] = Counter()
    fte: Counter[tuple[str, ...]] = Counter()
    months = sorted({row["as_of"] for row in written.tables["headcount"]})
    assert (months[0], months[-1], len(months)) == ("2023-10-31", "2026-10-31", 37)
    for day, row in itertools.product(months[::6], written.tables["employment"]):
        if row["valid_from"] <= day and (not row["valid_to"] or row["valid_to"] > day):
            key = (day, row["team_id"], row["country"], row["manager_id"], row["worker_type"])
            counted[key] += 1
            fte[key] += int(Decimal(row["fte"]) * 10)
    told = [row for row in written.tables["headcount"] if row["as_of"] in months[::6]]
    keys = ("as_of", "team_id", "country", "manager_id", "worker_type")
    assert {tuple(row[k] for k in keys): int(row["headcount"]) for row in told} == counted
    assert {tuple(row[k] for k in keys): int(Decimal(row["fte"]) * 10) for row in told} == fte


def test_the_company_has_as_many_people_teams_and_countries_as_asked_for(written: Written) -> None:
    assert sum(row["active"] == "true" for row in written.tables["people"]) == 2000
    assert len(written.tables["teams"]) == len({row["name"] for row in written.tables["teams"]}) == 40
    upns = [row["upn"] for row in written.tables["people"]]
    assert len(set(upns)) == len(upns) == len({row["entra_object_id"] for row in written.tables["people"]})
    assert all(upn.isascii() and upn.endswith("@contoso.example") for upn in upns)
    assert len({row["country"] for row in written.tables["employment"]}) == 16


def test_the_five_sample_people_stand_where_they_should_at_any_size(written: Written, tmp_path: Path) -> None:
    tiny = sample.write(tmp_path, until=UNTIL, employees=300, teams=12)
    for report in (written.report, tiny):
        told = json.loads((report.folder / "sample.json").read_text(encoding="utf-8"))
        assert (told["until"], told["seed"]) == ("2026-11-19", 7)
        assert [p["key"] for p in told["people"]] == ["lead", "program", "manager", "small", "employee"]
        people = {row["person_id"]: row for row in rows_of(report.folder / "people.csv")}
        teams = {row["team_id"]: row for row in rows_of(report.folder / "teams.csv")}
        work = {row["person_id"]: row for row in rows_of(report.folder / "employment.csv") if not row["valid_to"]}
        posted = {row["poster_id"] for row in rows_of(report.folder / "jobs.csv")}
        for person in report.people:
            row = people[person.person_id]
            assert (row["name"], row["upn"], row["entra_object_id"], row["active"]) == (
                person.name, person.upn, person.entra_object_id, "true",
            )  # fmt: skip
            assert work[person.person_id]["team_id"] == person.team_id
            assert teams[person.team_id]["name"] == person.team
            heads = [team["team_id"] for team in teams.values() if team["head_person_id"] == person.person_id]
            assert heads == ([person.team_id] if person.heads else [])
        assert [report.person(key).heads for key in ("lead", "manager", "small", "employee")] == [
            True,
            True,
            True,
            False,
        ]
        assert report.person("employee").person_id not in posted | {row["manager_id"] for row in work.values()}
    assert [p.upn for p in tiny.people] == [p.upn for p in written.report.people]
    assert [p.person_id for p in tiny.people] == ["P000001", "P000002", "P000003", "P000004", "P000005"]


def test_the_five_sample_people_are_the_documented_ones(written: Written) -> None:
    page = (Path(sample.__file__).parents[2] / "docs" / "sample.md").read_text(encoding="utf-8")
    for person in written.report.people:
        cells = (person.key, person.name, person.upn, person.person_id, person.entra_object_id)
        assert f"| {' | '.join(cells)} |" in page


def test_the_managers_among_them_have_contracts_below(written: Written) -> None:
    parent = {row["team_id"]: row["parent_team_id"] for row in written.tables["teams"]}

    def below(team: str, top: str) -> bool:
        return team == top or (bool(parent.get(team)) and below(parent[team], top))

    teams = [row["team_id"] for row in written.tables["contracts"] if row["team_id"]]
    large, small = written.report.person("manager").team_id, written.report.person("small").team_id
    assert sum(below(team, large) for team in teams) > 100
    assert 5 < teams.count(small) < 100
