"""The money of the sample enterprise: hours, charges, refunds and invoices agree, and the truth beside them says the same."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from analytics.tables import TABLES
from tests.analytics.sampled import Row, Written, read_sample
from tests.enterprise import UNTIL, written_sample

SPEND_TYPES = ("hourly", "fixed", "bonus", "expense", "platform_fee", "processing_fee")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return read_sample(written_sample(tmp_path_factory))


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
