"""Files become typed tables: cells get their type, every bad row is kept apart with its place and reason."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.importing import export_quarantine
from analytics.importing.staging import TYPES
from analytics.tables import TABLES
from tests.analytics.company import company
from tests.analytics.imported import problems, quarantined, read


def test_everything_sound_is_loaded_and_counted(tmp_path: Path) -> None:
    tables = company()
    connection, loaded = read(tmp_path, tables)
    assert {run.table: (run.read, run.loaded, run.quarantined) for run in loaded.tables} == {
        name: (len(rows), len(rows), 0) for name, rows in tables.items()
    }
    assert quarantined(connection) == []
    assert loaded.findings == ()


def test_every_table_has_all_its_columns_in_the_declared_order_and_type_whatever_was_sent(tmp_path: Path) -> None:
    sent = company()
    del sent["feedback"]
    connection, loaded = read(tmp_path, sent)
    assert [(found.check, found.severity) for found in loaded.findings] == [("not_sent", "I")]
    assert loaded.findings[0].text.endswith("feedback.csv: no ratings")
    for table in TABLES.values():
        found = [row[:2] for row in connection.execute(f"DESCRIBE raw.{table.name}").fetchall()]
        declared = [(column.name, TYPES[column.type]) for column in table.columns]
        assert found == [*declared, ("file", "VARCHAR"), ("line", "BIGINT")]
    assert connection.execute("SELECT count(*) FROM raw.feedback").fetchone() == (0,)


def test_cells_get_their_type(tmp_path: Path) -> None:
    tables = company()
    tables["workers"][0] |= {
        "worker_id": "1234567890123456552",
        "name": " \u00a0 Zoë “Z” 🎨 أحمد\t\u00a0",
        "country": "NA",
    }
    tables["workers"].append(tables["workers"][0] | {"worker_id": "1234567890123456553"})
    tables["jobs"][0] |= {
        "created_at": "2026-06-01T08:00:00.5+02:00",
        "published_at": "2026-06-02 08:00",
        "filled_at": "2026-06-20",
    }
    tables["jobs"][0] |= {"keep_open": "YES", "positions": "2.0", "contract_type": "Hourly", "budget_max": "-0.10"}
    tables["charges"][0] |= {"amount": "99999999999999.9999", "work_from": "2028-02-29"}
    connection, _ = read(tmp_path, tables)
    workers = "SELECT worker_id, name, country FROM raw.workers WHERE length(worker_id) > 5 ORDER BY 1"
    assert connection.execute(workers).fetchall() == [
        ("1234567890123456552", "Zoë “Z” 🎨 أحمد", "NA"),
        ("1234567890123456553", "Zoë “Z” 🎨 أحمد", "NA"),
    ]
    job = "SELECT created_at::TEXT, published_at::TEXT, filled_at::TEXT, keep_open, positions, contract_type, budget_min, budget_max, file, line FROM raw.jobs"
    assert connection.execute(job).fetchone() == (
        "2026-06-01 06:00:00.5", "2026-06-02 08:00:00", "2026-06-20 00:00:00", True, 2, "hourly", None,
        Decimal("-0.1000"), "jobs.csv", 2,
    )  # fmt: skip
    charge = "SELECT amount, work_from FROM raw.charges WHERE line = 2"
    assert connection.execute(charge).fetchone() == (Decimal("99999999999999.9999"), date(2028, 2, 29))


def test_a_plain_date_is_midnight_where_its_platform_is(tmp_path: Path) -> None:
    tables = company()
    tables["platforms"][1] |= {"platform": "Joe's", "timezone": "America/New_York"}
    for row in (*tables["workers"], *tables["contracts"], *tables["charges"], *tables["invoices"]):
        row["platform"] = row["platform"].replace("Beeline", "Joe's")
    tables["charges"][0]["posted_at"] = "2026-09-15"
    tables["charges"][-1]["posted_at"] = "2026-09-15"
    tables["charges"][-2]["posted_at"] = "2026-01-15"
    tables["charges"][-3]["posted_at"] = "2026-01-15T00:00"
    connection, _ = read(tmp_path, tables)
    moments = "SELECT posted_at::TEXT FROM raw.charges WHERE line IN (2, 31, 32, 33) ORDER BY line"
    assert [row[0] for row in connection.execute(moments).fetchall()] == [
        "2026-09-15 00:00:00", "2026-01-15 00:00:00", "2026-01-15 05:00:00", "2026-09-15 04:00:00",
    ]  # fmt: skip


def test_a_time_zone_that_does_not_exist_stops_the_load(tmp_path: Path) -> None:
    tables = company()
    tables["platforms"][1]["timezone"] = "Europe/Berln"
    assert problems(tmp_path, tables).endswith(
        '- platforms.csv, line 3, column "timezone": there is no time zone "Europe/Berln"; '
        'expected a name such as Europe/Berlin. Did you mean "Europe/Berlin"?'
    )


BAD_CELLS = [
    ("charges", "charge_id", "", "required"),
    ("charges", "amount", " ", "required"),
    ("charges", "amount", "NaN", "type"),
    ("charges", "amount", "inf", "type"),
    ("charges", "amount", "1e400", "type"),
    ("charges", "amount", "1.2E+07", "type"),
    ("charges", "amount", "1,250.50", "type"),
    ("charges", "amount", "12,5", "type"),
    ("charges", "amount", "€5", "type"),
    ("charges", "amount", "1_000", "type"),
    ("charges", "amount", "0x10", "type"),
    ("charges", "amount", "999999999999999999", "type"),
    ("charges", "posted_at", "yesterday", "type"),
    ("charges", "posted_at", "01/07/2026", "type"),
    ("charges", "posted_at", "infinity", "type"),
    ("charges", "posted_at", "2026-07-01T25:00:00Z", "type"),
    ("charges", "posted_at", "1970-01-01T00:00:00Z", "placeholder"),
    ("charges", "work_from", "00:00:00", "type"),
    ("charges", "work_from", "epoch", "type"),
    ("charges", "work_from", "2026-7-1", "type"),
    ("charges", "work_from", "2026-02-30", "type"),
    ("charges", "work_from", "1900-01-01", "placeholder"),
    ("charges", "work_from", "9999-12-31", "placeholder"),
    ("charges", "charge_type", "gift", "choice"),
    ("charges", "charge_id", "1.18192E+18", "damaged_id"),
    ("charges", "contract_id", "1.2e18", "damaged_id"),
    ("charges", "platform", "Fiverr", "reference"),
    ("time_entries", "hours", "-1", "minimum"),
    ("time_entries", "contract_id", "C999", "reference"),
    ("jobs", "positions", "1.5", "type"),
    ("jobs", "positions", "-1", "minimum"),
    ("jobs", "positions", "99999999999999999999", "type"),
    ("jobs", "keep_open", "perhaps", "type"),
]


def test_every_row_with_a_bad_cell_is_kept_apart_with_its_place_and_reason(tmp_path: Path) -> None:
    tables, expected = company(), []
    sound = {name: len(rows) for name, rows in tables.items()}
    for n, (table, column, value, rule) in enumerate(BAD_CELLS):
        row = tables[table][0] | {TABLES[table].key[0]: f"bad{n}", column: value}
        # As many sound rows as bad ones, so that the file as a whole still has its form.
        tables[table] += [row, *(tables[table][0] | {TABLES[table].key[0]: f"good{n}-{i}"} for i in range(2))]
        expected.append((table, len(tables[table]) - 1, column, value.strip() or None, rule))
    connection, loaded = read(tmp_path, tables)
    assert quarantined(connection) == sorted(expected, key=lambda row: row[:2])
    assert connection.execute("SELECT count(*) FROM raw.charges WHERE charge_id LIKE 'bad%'").fetchall() == [(0,)]
    bad = [table for table, *_ in BAD_CELLS]
    assert {run.table: (run.loaded, run.quarantined) for run in loaded.tables} == {
        name: (sound[name] + 2 * bad.count(name), bad.count(name)) for name in tables
    }


def test_a_row_is_kept_apart_once_with_all_its_reasons(tmp_path: Path) -> None:
    tables = company()
    tables["charges"][3] |= {"amount": "12,5", "charge_type": "gift", "posted_at": ""}
    connection, _ = read(tmp_path, tables)
    found = connection.execute("SELECT file, line, column_name, reason FROM quarantine").fetchall()
    reason = (
        'charge_type "gift" is none of hourly, fixed, bonus, expense, platform_fee, processing_fee, supplier_fee, tax, '
        "refund, chargeback, adjustment, payment_method; posted_at is empty, but required (date of the ledger line); "
        'amount "12,5" is not an amount such as 1250.50, with a point and no separators'
    )
    assert found == [("charges.csv", 5, "charge_type", reason)]


def test_the_second_row_with_a_key_is_kept_apart_and_names_the_first(tmp_path: Path) -> None:
    tables = company()
    tables["charges"].insert(4, tables["charges"][0] | {"amount": "1"})
    tables["charges"].append(tables["charges"][0] | {"amount": "2"})
    tables["headcount"].append(tables["headcount"][0])
    connection, _ = read(tmp_path, tables)
    assert quarantined(connection) == [
        ("charges", 6, "charge_id", "X100", "repeated"),
        ("charges", 34 + 1, "charge_id", "X100", "repeated"),
        ("headcount", 6, "as_of", "2026-09-30, T2, Germany, , employee", "repeated"),
    ]
    assert connection.execute("SELECT reason FROM quarantine WHERE line = 35").fetchone() == (
        'charge_id "X100" stands already in line 2',
    )


def test_a_row_is_not_refused_for_repeating_one_that_was_refused(tmp_path: Path) -> None:
    tables = company()
    tables["charges"].insert(0, tables["charges"][0] | {"amount": "?"})
    tables["charges"].insert(0, tables["charges"][1] | {"platform": "Fiverr"})
    connection, _ = read(tmp_path, tables)
    assert [row[4] for row in quarantined(connection)] == ["reference", "type"]
    assert connection.execute("SELECT amount FROM raw.charges WHERE charge_id = 'X100'").fetchall() == [
        (Decimal("610.0000"),)
    ]


def test_rows_that_hang_on_a_refused_row_are_refused_and_say_so(tmp_path: Path) -> None:
    tables = company()
    tables["contracts"][0]["start_date"] = "soon"
    connection, loaded = read(tmp_path, tables)
    assert [row[:2] for row in quarantined(connection)] == [
        ("contracts", 2),
        ("feedback", 2),
        ("owner_history", 2),
        ("owner_history", 3),
        ("rate_history", 2),
        ("rate_history", 3),
        *(("time_entries", n) for n in range(2, 7)),
    ]
    reason = "SELECT DISTINCT reason FROM quarantine WHERE table_name = 'time_entries'"
    assert connection.execute(reason).fetchall() == [
        ('contract_id "C1" is not in contracts.csv, or its row there is in quarantine',)
    ]
    # Money is not lost with its contract: the charge stays and shows as unmapped.
    assert connection.execute("SELECT count(*) FROM raw.charges WHERE contract_id = 'C1'").fetchone() == (8,)
    assert sum(run.read for run in loaded.tables) == sum(run.loaded + run.quarantined for run in loaded.tables)


def test_the_quarantine_is_exported_with_place_and_reason(tmp_path: Path) -> None:
    tables = company()
    tables["charges"][1]["amount"] = 'a "quoted", value'
    connection, _ = read(tmp_path / "in", tables)
    assert export_quarantine(connection, tmp_path / "it's.csv") == 1
    with (tmp_path / "it's.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["file"], row["line"], row["column_name"], row["value"]) == (
        "charges.csv",
        "3",
        "amount",
        'a "quoted", value',
    )
    assert "is not an amount" in row["reason"]


def test_a_file_most_of_whose_rows_break_a_rule_stops_the_load_and_says_which(tmp_path: Path) -> None:
    tables = company()
    for row in tables["charges"]:
        row["amount"] = row["amount"].replace(".", ",")
    found = problems(tmp_path, tables)
    assert (
        "charges.csv: 32 of 32 rows break the rules, so the file has probably changed its form. 32 rows, first in line 2"
        in found
    )
    assert 'amount "610,00" is not an amount such as 1250.50' in found


ODD = st.one_of(
    st.decimals(-(10**13), 10**13, allow_nan=False, places=4).map(str),
    st.sampled_from(
        [
            "NaN",
            "-inf",
            "1e400",
            "١٢",
            "--5",
            "5-",
            "(5)",
            "",
            " ",
            "0",
            "-0.0",
            "+7",
            "7.",
            ".5",
            "\u200b",
            "🎨",
            '"',
            ",",
            "\u202e1",
        ]
    ),
    st.text(max_size=8).filter(lambda text: not set(text) & {"\x00", "\r", "\n"} and text.isprintable()),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ODD, min_size=1, max_size=15))
def test_whatever_stands_in_an_amount_is_summed_to_the_cent_or_kept_apart(tmp_path: Path, amounts: list[str]) -> None:
    tables = {name: rows for name, rows in company().items() if TABLES[name].required}
    sound = tables["charges"]
    tables["charges"] = sound + [sound[0] | {"charge_id": f"Y{n}", "amount": text} for n, text in enumerate(amounts)]
    connection, _ = read(tmp_path, tables)
    good = [Decimal(text.strip()) for text in amounts if plain(text.strip())]
    total, kept = connection.execute(
        "SELECT sum(amount), count(*) FROM raw.charges WHERE charge_id LIKE 'Y%'"
    ).fetchone() or (0, 0)
    assert kept == len(good)
    assert (total or 0) == sum(good)
    assert len(quarantined(connection)) == len(amounts) - len(good)


def plain(text: str) -> bool:
    digits = text.lstrip("+-") if text[:1] in {"+", "-"} and text[1:2] not in {"+", "-"} else text
    return digits.isascii() and digits.replace(".", "", 1).isdigit()
