"""The sample enterprise: clean by declaration, the same every time, and true to the story it tells."""

from __future__ import annotations

import csv
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from analytics import sample
from analytics.sample import SampleReport
from analytics.tables import TABLES, Column

Row = dict[str, str]
UNTIL = date(2026, 11, 19)
SPEND_TYPES = ("hourly", "fixed", "bonus", "expense", "platform_fee", "processing_fee")


@dataclass(frozen=True)
class Written:
    """A sample on disk, its files read as text."""

    report: SampleReport
    tables: dict[str, list[Row]]
    by_key: dict[str, dict[str, Row]]

    def events(self, name: str) -> list[Row]:
        return _read(self.report.folder / "truth" / f"{name}.csv")


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("sample")
    report = sample.write(folder, until=UNTIL, employees=2000, teams=40)
    tables = {name: _read(folder / f"{name}.csv") for name in TABLES}
    first_key = {name: {row[table.key[0]]: row for row in tables[name]} for name, table in TABLES.items()}
    return Written(report, tables, first_key)


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
                days = [row[column.name][:10] for row in _read(tmp_path / f"{name}.csv") if row[column.name]]
                if column.name not in planned or column.name == "end_date":
                    assert max(days, default="") <= until.isoformat(), (name, column.name)
    posted = [row["posted_at"][:10] for row in _read(tmp_path / "charges.csv")]
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
        people = {row["person_id"]: row for row in _read(report.folder / "people.csv")}
        teams = {row["team_id"]: row for row in _read(report.folder / "teams.csv")}
        work = {row["person_id"]: row for row in _read(report.folder / "employment.csv") if not row["valid_to"]}
        posted = {row["poster_id"] for row in _read(report.folder / "jobs.csv")}
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


def test_a_merged_team_hands_everything_to_its_successor(written: Written) -> None:
    (merged,) = (row for row in written.tables["teams"] if row["valid_to"])
    day, successor = merged["valid_to"], merged["successor_team_id"]
    assert (merged["head_person_id"], merged["team_id"] != successor) == ("", True)
    assert not [r for r in written.tables["jobs"] if r["team_id"] == merged["team_id"] and r["created_at"][:10] >= day]
    spans = [row for row in written.tables["employment"] if row["team_id"] == merged["team_id"]]
    assert spans
    assert max(row["valid_to"] for row in spans) == day
    moved = {row["person_id"] for row in spans if row["valid_to"] == day}
    after = {
        r["person_id"] for r in written.tables["employment"] if r["valid_from"] == day and r["team_id"] == successor
    }
    assert moved <= after


def test_hours_and_charges_agree_and_no_day_is_too_long(written: Written) -> None:
    contracts = written.by_key["contracts"]
    a_day: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in written.tables["time_entries"]:
        a_day[row["contract_id"], row["work_date"]] += Decimal(row["hours"])
        start, end = contracts[row["contract_id"]]["start_date"], contracts[row["contract_id"]]["end_date"] or "9"
        assert start <= row["work_date"] <= max(end, "2026")
        assert Decimal(row["overtime_hours"]) <= Decimal(row["hours"])
    assert max(a_day.values()) <= 12
    rates: dict[str, list[Row]] = defaultdict(list)
    for row in written.tables["rate_history"]:
        rates[row["contract_id"]].append(row)
    checked = 0
    for charge in written.tables["charges"]:
        if charge["charge_type"] == "hourly" and charge["platform"] in {"Upwork", "Toptal"}:
            contract, monday = charge["contract_id"], date.fromisoformat(charge["work_to"])
            week = [
                str(monday - timedelta(days=n))
                for n in range(7)
                if str(monday - timedelta(days=n)) >= charge["work_from"]
            ]
            hours = sum(a_day[contract, day] for day in week)
            rate = next(r for r in rates[contract] if not r["valid_to"] or charge["work_from"] < r["valid_to"])
            assert abs(Decimal(charge["amount"]) - hours * Decimal(rate["rate"])) <= Decimal("0.51")
            checked += 1
    assert checked > 500


def test_refunds_take_back_a_part_of_what_was_paid_and_never_more(written: Written) -> None:
    charges = written.by_key["charges"]
    kinds = Counter(row["charge_type"] for row in written.tables["charges"])
    assert set(TABLES["charges"].column("charge_type").choices) - set(kinds) <= {"chargeback"}
    taken: dict[str, Decimal] = defaultdict(Decimal)
    for row in written.tables["charges"]:
        if row["charge_type"] in {"refund", "chargeback", "adjustment"}:
            paid = charges[row["related_charge_id"]]
            assert (paid["contract_id"], paid["currency"]) == (row["contract_id"], row["currency"])
            assert paid["posted_at"] < row["posted_at"]
            taken[row["related_charge_id"]] += Decimal(row["amount"])
            assert row["charge_type"] == "adjustment" or Decimal(row["amount"]) < 0
        else:
            assert (Decimal(row["amount"]) < 0) == (row["charge_type"] == "supplier_fee"), row
    for number, amount in taken.items():
        assert (
            Decimal(charges[number]["amount"]) + amount
            >= -Decimal("0.01") * abs(Decimal(charges[number]["amount"])) * 6
        )
    refunded = {
        charges[row["related_charge_id"]]["charge_type"]
        for row in written.tables["charges"]
        if row["charge_type"] == "refund"
    }
    assert {"hourly", "platform_fee"} <= refunded


def test_invoices_say_what_their_lines_say(written: Written) -> None:
    lines: dict[str, Decimal] = defaultdict(Decimal)
    for row in written.tables["charges"]:
        if row["invoice_id"]:
            lines[row["invoice_id"]] += Decimal(row["amount"])
            assert row["status"] == "final"
    assert lines == {row["invoice_id"]: Decimal(row["total"]) for row in written.tables["invoices"]}


def test_few_records_have_nobody_to_belong_to(written: Written) -> None:
    for table, column in (("jobs", "poster_id"), ("contracts", "owner_id")):
        rows = written.tables[table]
        assert 0 < sum(not row[column] for row in rows) < 0.02 * len(rows)
    spend = [row for row in written.tables["charges"] if row["charge_type"] in SPEND_TYPES]
    assert 0 < sum(not row["contract_id"] for row in spend) < 0.02 * len(spend)


def test_every_line_in_dollars_is_its_amount_at_the_rate_of_its_day(written: Written) -> None:
    rates = {(row["from_currency"], row["rate_date"]): Decimal(row["rate"]) for row in written.tables["fx_rates"]}
    weekends = {date.fromisoformat(day).weekday() for _, day in rates}
    assert weekends <= {0, 1, 2, 3, 4} | {date.fromisoformat(min(day for _, day in rates)).weekday()}
    charges = written.by_key["charges"]
    events = written.events("charged")
    assert len(events) == len(charges)
    filled = 0
    for event in events:
        charge, day = charges[event["charge"]], date.fromisoformat(event["at"][:10])
        assert (charge["amount"], charge["currency"], charge["posted_at"]) == (
            event["amount"],
            event["currency"],
            event["at"],
        )
        back = 0
        while charge["currency"] != "USD" and (charge["currency"], str(day - timedelta(days=back))) not in rates:
            back += 1
            assert back <= 7
        filled += back > 0
        rate = Decimal(1) if charge["currency"] == "USD" else rates[charge["currency"], str(day - timedelta(days=back))]
        cents = (Decimal(charge["amount"]) * rate * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        assert int(event["usd_cents"]) == cents
    assert filled > 10


def test_the_log_attributes_each_charge_to_whoever_owned_the_contract_on_that_day(written: Written) -> None:
    spans: dict[str, list[Row]] = defaultdict(list)
    for row in written.tables["owner_history"]:
        spans[row["contract_id"]].append(row)
    jobs: dict[str, list[Row]] = defaultdict(list)
    for row in written.tables["employment"]:
        jobs[row["person_id"]].append(row)
    changed = 0
    for event in written.events("charged"):
        contract, day = written.by_key["contracts"].get(event["contract"]), event["at"][:10]
        if contract is None:
            continue
        span = _covering(spans[event["contract"]], day)
        owner = span["owner_id"] if span else contract["owner_id"]
        work = _covering(jobs[owner], day) if owner else None
        team = span["team_id"] if span else contract["team_id"]
        assert (event["team"], event["owner"]) == (team or (work or {}).get("team_id", ""), owner)
        assert event["manager"] == (work["manager_id"] if work else "")
        changed += bool(span) and span is not spans[event["contract"]][0]
    assert changed > 10


def _covering(spans: list[Row], day: str) -> Row | None:
    return next((s for s in spans if s["valid_from"] <= day and (not s["valid_to"] or day < s["valid_to"])), None)


def test_the_story_carries_the_three_promises(written: Written) -> None:
    truth = json.loads((written.report.folder / "truth" / "truth.json").read_text(encoding="utf-8"))["results"]
    all_time = truth["all_time"]
    assert all_time["staffing"]["avg_spend_per_contract"] > 3 * all_time["freelance"]["avg_spend_per_contract"]
    assert all_time["staffing"]["avg_time_to_hire"] > 2 * all_time["freelance"]["avg_time_to_hire"]
    freelance = [row for row in written.tables["jobs"] if row["platform"] in {"Upwork", "Toptal"}]
    days = sorted(row["published_at"][:10] for row in freelance if row["published_at"])
    first_year = sum(day < str(date.fromisoformat(days[0]) + timedelta(days=365)) for day in days)
    assert sum(day > str(UNTIL - timedelta(days=365)) for day in days) > 1.1 * first_year
    slow = all_time["freelance"]["avg_time_to_hire_by_job_category"]
    assert slow["K08"] > 14 > all_time["freelance"]["avg_time_to_hire"]
    spent = all_time["all"]["spend_by_month"]
    assert list(spent) == [
        f"{y}-{m:02}" for y in range(2023, 2027) for m in range(1, 13) if (2023, 10) <= (y, m) <= (2026, 11)
    ]
    people = Counter(row["person_key"] for row in written.tables["workers"] if row["person_key"])
    assert set(people.values()) == {2}
    assert {row["hire_kind"] for row in written.tables["offers"]} == {"new", "rehire", "direct"}


def test_spend_by_type_adds_up_to_the_truth(written: Written) -> None:
    truth = json.loads((written.report.folder / "truth" / "truth.json").read_text(encoding="utf-8"))["results"]
    charges = written.by_key["charges"]
    total = 0
    for event in written.events("charged"):
        charge = charges[event["charge"]]
        kind = charge["charge_type"]
        if charge["related_charge_id"] and kind in {"refund", "chargeback", "adjustment"}:
            kind = charges[charge["related_charge_id"]]["charge_type"]
        if charge["status"] == "final" and kind in SPEND_TYPES and charge["platform"] in {"Upwork", "Toptal"}:
            total += int(event["usd_cents"])
    result = truth["all_time"]["freelance"]
    assert result["spend"] == total
    for key in ("spend_by_job_category", "spend_by_team", "spend_by_country", "spend_by_month"):
        assert sum(result[key].values()) == total
