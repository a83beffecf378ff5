"""Files as they come: broken lines named with their place, other layouts and encodings, what nobody declared, what stops a load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.analytics.company import company, write
from tests.analytics.imported import problems, quarantined, read


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


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "no folder" in problems(tmp_path / "nowhere")
