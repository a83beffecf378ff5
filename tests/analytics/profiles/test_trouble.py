"""What periodic files do to people, one fixture file for each, and what comes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.errors import DataError
from tests.analytics.profiles.mapping import TROUBLE, accounted, placed, read, rows

QUARANTINE = "SELECT line, column_name, value, rule FROM quarantine WHERE table_name = 'charges' ORDER BY line"
CHARGES = "SELECT charge_id, amount::DOUBLE, currency FROM raw.charges ORDER BY line"


def file(name: str) -> Path:
    return TROUBLE / f"beeline_invoice_{name}.csv"


def problem(folder: Path, name: str) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, file(name))
    return str(caught.value)


def test_a_date_that_is_none_or_of_another_order_is_set_aside_with_its_reason(tmp_path: Path) -> None:
    connection, loaded = read(tmp_path, file("unusable_dates"))
    assert rows(connection, QUARANTINE) == [
        (3, "posted_at", "00:00:00", "type"),
        (4, "posted_at", "09/11/2026", "type"),
    ]
    ((reason,),) = rows(connection, "SELECT reason FROM quarantine WHERE line = 3")
    assert reason == 'posted_at "00:00:00" is not a date written as the profile beeline_invoice says (%d-%b-%Y or iso)'
    assert accounted(loaded)


def test_a_lost_column_stops_the_load(tmp_path: Path) -> None:
    assert (
        'beeline_invoice_lost_column.csv, line 1: no column for cost_center (known as "Cost Center Code", '
        '"Cost Centre Code", "Cost Center", "Cost Centre" ...).'
    ) in problem(tmp_path, "lost_column")


def test_a_renamed_column_stops_the_load_until_the_folder_says_what_it_is(tmp_path: Path) -> None:
    assert 'no column for amount (known as "Amount"' in (said := problem(tmp_path, "renamed_amount"))
    assert 'Is it "Amnt Billed"? Then add it to profiles.toml.' in said
    (tmp_path / "profiles.toml").write_text(
        '[[file]]\npattern = "beeline_*"\nprofile = "beeline_invoice"\ncolumns = { amount = ["Amnt Billed"] }\n'
    )
    connection, _ = read(tmp_path)
    assert rows(connection, CHARGES) == [("BL-TS_1", 100.0, "EUR")]


def test_two_columns_for_one_thing_are_asked_about_and_never_chosen_from(tmp_path: Path) -> None:
    said = problem(tmp_path, "two_amounts")
    assert 'the columns "Net Amount" and "Amount" both mean amount; say in profiles.toml which one counts.' in said
    (tmp_path / "profiles.toml").write_text(
        '[[file]]\npattern = "beeline_*"\nprofile = "beeline_invoice"\ncolumns = { amount = "Amount" }\n'
    )
    connection, _ = read(tmp_path)
    assert rows(connection, CHARGES) == [("BL-TS_1", 100.0, "EUR")]


def test_titles_blank_lines_and_totals_are_no_records_and_the_total_is_held_against_the_lines(tmp_path: Path) -> None:
    connection, loaded = read(tmp_path, file("junk_rows"))
    assert rows(connection, CHARGES) == [("BL-TS_1", 100.0, "EUR"), ("BL-TS_2", 50.25, "EUR")]
    (run,) = [run for run in loaded.tables if run.table == "charges"]
    assert (run.read, run.loaded, run.quarantined, run.dropped) == (5, 2, 0, 3)
    assert "1 blank, 2 total row" in next(f.text for f in loaded.findings if f.check == "dropped_lines")


def test_a_control_total_that_does_not_fit_stops_the_load(tmp_path: Path) -> None:
    said = problem(tmp_path, "wrong_total")
    assert "its control total says 210.25, but its lines add up to 150.25." in said


def test_a_line_of_another_width_is_set_aside_whole(tmp_path: Path) -> None:
    connection, loaded = read(tmp_path, file("cut_line"))
    assert rows(connection, CHARGES) == [("BL-TS_1", 100.0, "EUR")]
    assert [(line, rule) for line, _, _, rule in rows(connection, QUARANTINE)] == [(3, "type"), (4, "type")]
    assert accounted(loaded)


def test_an_id_damaged_by_a_spreadsheet_is_set_aside_and_a_number_with_a_point_is_the_same_id(tmp_path: Path) -> None:
    connection, _ = read(tmp_path, file("damaged_ids"))
    assert [row[0] for row in rows(connection, CHARGES)] == ["BL-1181920000000000552", "BL-12345"]
    assert rows(connection, QUARANTINE) == [(3, "charge_id", "1.18192E+18", "damaged_id")]


def test_the_same_id_twice_in_one_file_is_read_once(tmp_path: Path) -> None:
    connection, loaded = read(tmp_path, file("same_id"))
    assert rows(connection, QUARANTINE) == [(3, "charge_id", "BL-TS_1", "repeated")]
    assert accounted(loaded)


def test_equal_payments_without_an_id_are_both_real(tmp_path: Path) -> None:
    placed(tmp_path, [file("same_id")])
    (tmp_path / "profiles.toml").write_text('[[file]]\npattern = "*"\nprofile = "beeline_invoice"\nnatural_key = []\n')
    connection, _ = read(tmp_path)
    assert [row[1] for row in rows(connection, CHARGES)] == [100.0, 100.0]
    again, _ = read(tmp_path)
    assert rows(again, CHARGES) == rows(connection, CHARGES)


def test_equal_payments_of_two_months_are_both_real_in_a_ledger_that_grows_file_by_file(tmp_path: Path) -> None:
    whole = 'profile = "beeline_invoice"\nnatural_key = []\nmode = "append"\n'
    for month in ("09", "10"):
        (tmp_path / f"ledger-2026-{month}.csv").write_bytes(file("same_id").read_bytes())
    (tmp_path / "profiles.toml").write_text(f'[[file]]\npattern = "ledger-*"\n{whole}')
    connection, _ = read(tmp_path)
    assert len(rows(connection, CHARGES)) == 4


def test_a_file_from_windows_keeps_its_letters(tmp_path: Path) -> None:
    connection, _ = read(tmp_path, file("windows"))
    assert rows(connection, "SELECT name FROM raw.suppliers") == [("Müller & Söhne",)]
    assert rows(connection, CHARGES) == [("BL-TS_1", 100.0, "GBP")]


def test_a_quote_that_is_never_closed_stops_the_load(tmp_path: Path) -> None:
    assert "see whether a double quote is opened and never closed" in problem(tmp_path, "open_quote")


def test_numbers_are_read_only_in_the_declared_styles(tmp_path: Path) -> None:
    connection, _ = read(tmp_path, file("number_styles"))
    assert [row[1] for row in rows(connection, CHARGES)] == [100.0, -1000.0, -20.0, -30.0, -40.0, 1.0]
    kinds = rows(connection, "SELECT charge_type FROM raw.charges ORDER BY line")
    assert [kind for (kind,) in kinds] == ["hourly", *["adjustment"] * 4, "hourly"]
    assert [(line, value) for line, _, value, _ in rows(connection, QUARANTINE)] == [(7, "1.000,00"), (8, "1,00.00")]
