"""Files become typed tables: every bad row is kept apart with its place and reason, every broken file is named in full."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.errors import DataError
from analytics.importing import Loaded, export_quarantine, load
from analytics.importing.staging import TYPES, prepare
from analytics.progress import Silent
from analytics.tables import TABLES
from tests.analytics.company import Rows, company, write

Company = dict[str, Rows]


def read(folder: Path, tables: Company | None = None) -> tuple[DuckDBPyConnection, Loaded]:
    connection = prepare(duckdb.connect())
    if tables is not None:
        write(folder, tables)
    return connection, load(connection, folder, Silent())


def quarantined(connection: DuckDBPyConnection) -> list[tuple[object, ...]]:
    sql = "SELECT table_name, line, column_name, value, rule FROM quarantine ORDER BY ALL"
    return connection.execute(sql).fetchall()


def problems(folder: Path, tables: Company | None = None) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, tables)
    return str(caught.value)


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


def test_all_that_stops_a_load_is_named_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path, company())
    (folder / "jobs.csv").rename(folder / "job.csv")
    (folder / "invoices.csv").write_text("invoice_id;platform;issued_on;total\n")
    (folder / "people.csv").write_text("person_id,full_name,active\nP1,Ana,true\n")
    (folder / "fx_rates.csv").write_bytes(b"")
    (folder / "time_entries.csv").write_text((folder / "time_entries.csv").read_text() + "H9,C1,2026-10-09\n")
    (folder / "suppliers.csv").write_bytes("supplier_id,name\n".encode("utf-16"))
    (folder / "headcount.csv").write_text("as_of,headcount,fte,fte\n")
    assert problems(folder).splitlines()[1:] == [
        '- people.csv, line 1: the required column "name" (display name) is missing. Expected in the header, for example with the value Ana Silva.',
        '- suppliers.csv is encoded as UTF-16; expected UTF-8. Save it as "CSV UTF-8".',
        '- jobs.csv is missing: expected one row per job posted (a request for work). Did you mean "job.csv"?',
        "- invoices.csv, line 1: the cells are separated by semicolons; expected commas. Save the file with commas.",
        '- headcount.csv, line 1: the column "fte" occurs 2 times; expected once.',
        "- fx_rates.csv is empty; expected a header line such as rate_date,from_currency,to_currency,...",
        '- time_entries.csv, line 22, column "hours": 3 cells, but the header has 6; a line is cut off, or a comma is missing.',
    ]  # fmt: skip


def test_a_renamed_required_column_is_suggested(tmp_path: Path) -> None:
    folder = write(tmp_path, company())
    text = (folder / "charges.csv").read_text()
    (folder / "charges.csv").write_text(text.replace("posted_at", "posted_on", 1))
    assert (
        'the required column "posted_at" (date of the ledger line) is missing. Did you mean "posted_on"?'
        in problems(folder)
    )


HEAD = "supplier_id,name\n"

BROKEN = [
    (HEAD + "S1,Northwind\nS2\nS3,c,d\n", 'line 3, column "name": 1 cells, but the header has 2', "line 4: 3 cells"),
    (HEAD + 'S1,"Northwind\nS2,x\n', 'line 2, column "name": a double quote is not closed', "double quote"),
    (HEAD + 'S1,"North"wind\nS2,x\n', 'line 2, column "name": a double quote is not closed, or text follows it', '""'),
    (HEAD + 'S1,"two\nlines"\n\nS2\n', 'line 5, column "name": 1 cells', "a comma is missing"),
    (HEAD + "S1," + "x" * 3_000_000 + "\n", "line 2: the line is longer than 2 MB", "not closed"),
    (HEAD.replace("\n", "\r\n") + "S1,a\nS2,b\r\n", "its line ends are mixed", "save the file with one kind"),
]


@pytest.mark.parametrize(("text", "says", "advises"), BROKEN)
def test_a_broken_line_is_named_with_its_place(tmp_path: Path, text: str, says: str, advises: str) -> None:
    folder = write(tmp_path, company())
    (folder / "suppliers.csv").write_text(text, newline="")
    found = problems(folder)
    assert says in found
    assert advises in found


def test_text_in_another_encoding_is_named_with_its_place(tmp_path: Path) -> None:
    folder = write(tmp_path, company())
    (folder / "suppliers.csv").write_bytes((HEAD + "S1,Northwind\nS2,Müller\n").encode("cp1252"))
    assert 'suppliers.csv, line 3, column "name": this is not UTF-8; save the file as "CSV UTF-8".' in problems(folder)
    (folder / "suppliers.csv").write_bytes("supplier_id,näme\nS1,x\n".encode("cp1252"))
    assert "suppliers.csv, line 1: the header cannot be read" in problems(folder)


def test_the_list_of_broken_lines_ends_somewhere(tmp_path: Path) -> None:
    folder = write(tmp_path, company())
    (folder / "suppliers.csv").write_text(HEAD + "S\n" * 10_000)
    assert 1 < problems(folder).count("suppliers.csv") <= 20


LAYOUTS: list[tuple[str, Callable[[str], bytes]]] = [
    ("plain", lambda text: text.encode()),
    ("with a byte order mark", lambda text: text.encode("utf-8-sig")),
    ("with Windows line ends", lambda text: text.replace("\n", "\r\n").encode()),
    ("with old Mac line ends", lambda text: text.replace("\n", "\r").encode()),
    ("without a last line end", lambda text: text.rstrip("\n").encode()),
    ("with odd headers", lambda text: text.replace("supplier_id,name", ' Supplier_ID ,"NAME"').encode()),
]


@pytest.mark.parametrize(("how", "encode"), LAYOUTS, ids=[how for how, _ in LAYOUTS])
def test_files_written_elsewhere_are_read_the_same(tmp_path: Path, how: str, encode: Callable[[str], bytes]) -> None:
    folder = write(tmp_path, company())
    (folder / "suppliers.csv").write_bytes(encode(HEAD + 'S1,"a ""b"", c"\nS2,Zoë\n'))
    connection, _ = read(folder)
    rows = connection.execute("SELECT supplier_id, name, line FROM raw.suppliers ORDER BY line").fetchall()
    assert rows == [("S1", 'a "b", c', 2), ("S2", "Zoë", 3)]


def test_lines_are_physical_lines_even_after_values_that_span_lines_and_blank_lines(tmp_path: Path) -> None:
    folder = write(tmp_path, company())
    (folder / "suppliers.csv").write_text(HEAD + '\nS1,"one\ntwo\n\nthree"\n\n\nS2,x\nS3,\nS4,"a\nb"\nS5,y\n')
    connection, _ = read(folder)
    assert connection.execute("SELECT supplier_id, line FROM raw.suppliers").fetchall() == [
        ("S1", 3),
        ("S2", 9),
        ("S4", 11),
        ("S5", 13),
    ]
    assert quarantined(connection) == [("suppliers", 10, "name", None, "required")]


@pytest.mark.parametrize("name", ['"plain"', '"two\nlines"'])
def test_the_rows_of_a_file_that_is_read_by_several_threads_keep_their_lines(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, company())
    height = 1 + name.count("\n")
    with (folder / "suppliers.csv").open("w") as file:
        file.write(HEAD)
        file.writelines(f"S{n},{name if n % 3 else 'x' * 200}\n" for n in range(60_000))
    connection, _ = read(folder)
    rows = connection.execute("SELECT supplier_id, line FROM raw.suppliers ORDER BY line").fetchall()
    expected, line = [], 2
    for n in range(60_000):
        expected.append((f"S{n}", line))
        line += height if n % 3 else 1
    assert rows == expected


@pytest.mark.proof
def test_a_large_file_whose_values_look_like_rows_is_read_the_same_by_any_number_of_threads(tmp_path: Path) -> None:
    folder = write(tmp_path, company())
    trap = '"' + "\n".join(f"T{n},{'y' * 60}" for n in range(40)) + '"'
    with (folder / "suppliers.csv").open("w") as file:
        file.write(HEAD)
        file.writelines(f"S{n},{trap if n % 50 == 0 else 'x' * 90}\n" for n in range(900_000))
    assert (folder / "suppliers.csv").stat().st_size > 100_000_000
    connection, _ = read(folder)
    expected = (900_000, 900_000, 18_000, 899_999 + 2 + 18_000 * 39)
    sql = "SELECT count(*), count(DISTINCT supplier_id), count(*) FILTER (contains(name, 'T39')), max(line) FROM raw.suppliers"
    assert connection.execute(sql).fetchall() == [expected]
    assert connection.execute("SELECT count(*) FROM raw.suppliers WHERE supplier_id NOT LIKE 'S%'").fetchall() == [(0,)]


def test_columns_and_files_nobody_declared_are_left_out_and_named(tmp_path: Path) -> None:
    tables = company()
    for row in tables["charges"]:
        row["suplier_id"] = "S1"
    folder = write(tmp_path, tables)
    text = (folder / "charges.csv").read_text().split("\n")
    text[0] = text[0].replace("supplier_id", "mood")
    (folder / "charges.csv").write_text("\n".join(text))
    (folder / "feedbacks.csv").write_text("x\n")
    (folder / "zebra.csv").write_text("x\n")
    connection, loaded = read(folder)
    drift = {finding.check: finding for finding in loaded.findings}
    assert drift["schema_drift"].severity == "W"
    assert drift["schema_drift"].samples == ("mood", "suplier_id")
    assert '"suplier_id" Did you mean "supplier_id"?' in drift["schema_drift"].text
    assert "zebra.csv" in drift["unknown_files"].text
    assert connection.execute("SELECT file FROM raw.stranger ORDER BY 1").fetchall() == [
        ("feedbacks.csv",),
        ("zebra.csv",),
    ]


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


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "no folder" in problems(tmp_path / "nowhere")


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
