"""`check` says what would come of a file, and `--suggest` drafts a profile that works once its questions are answered."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics.profiles import parse, shipped
from analytics.profiles.recognise import date_formats, number_style
from analytics.profiles.suggest import draft
from app import cli
from tests.analytics.company import company, write
from tests.analytics.profiles.mapping import FILES, TROUBLE, read, rows

UNKNOWN = (
    "Contoso;;;;;;;\n"
    "Ref;Invoice date;Vendor;Contractor;Net amount;Currency;Record type;Cost centre\n"
    "A1;03/04/2026;Acme;Jo;1.250,50;EUR;Hourly;77\n"
    "A2;05/06/2026;Acme;Jo;12,00;EUR;Retainer;77\n"
)


def check(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["check", *map(str, arguments)])
    return done.exit_code, done.output


def test_a_good_file_is_counted_and_its_totals_are_shown() -> None:
    code, said = check(FILES / "beeline_invoice_2026-09.csv")
    assert code == 0
    assert "Encoding utf-8, cells separated by commas, header in line 1" in said
    assert "Control total: the file says 5,320.40, its lines add up to 5,320.40" in said
    assert "Dropped by rule: 1 preliminary invoice" in said
    assert 'Column not used: "Payment Terms".' in said


def test_a_file_that_would_not_load_gives_exit_code_1_and_the_nearest_column() -> None:
    code, said = check(TROUBLE / "beeline_invoice_renamed_amount.csv", "--profile", "beeline_invoice")
    assert code == 1
    assert 'columns = { amount = ["Amnt Billed"] }' in said
    assert "Does not load: beeline_invoice_renamed_amount.csv, line 1: no column for amount" in said


def test_rejected_rows_are_shown_with_line_and_reason() -> None:
    code, said = check(TROUBLE / "beeline_invoice_unusable_dates.csv")
    assert code == 0
    assert 'Rejected: 2 rows of charges, first in line 3: posted_at "00:00:00"' in said


def test_a_file_of_the_import_format_needs_no_profile(tmp_path: Path) -> None:
    tables = company()
    tables["charges"][0]["amount"] = "1,250"
    code, said = check(write(tmp_path, tables) / "charges.csv")
    assert code == 0
    assert "32" in said
    assert 'Rejected: 1 rows of charges, first in line 2: amount "1,250" is not an amount such as 1250.50' in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((FILES / "eurofxref_daily.csv", "--profile", "ecb_rate"), 'Did you mean "ecb_rates"?'),
        ((FILES / "nothing.csv",), "There is no file"),
        ((Path(__file__),), "No profile fits the name test_check.py"),
    ],
)
def test_what_cannot_be_checked_is_said(arguments: tuple[str | Path, ...], said: str) -> None:
    code, output = check(*arguments)
    assert code == 1
    assert said in output.replace("\n", " ")


def test_a_draft_asks_what_the_file_leaves_open_and_works_once_it_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "spend 2026-04.csv"
    file.write_text(UNKNOWN, encoding="utf-8")
    drafted = draft(file, shipped())
    assert '#? posted_at = ["%d/%m/%Y"]  # "03/04/2026" could be %d/%m/%Y or %m/%d/%Y' in drafted
    assert "#? platform =" in drafted
    assert '"Hourly" = "hourly"' in drafted
    assert '#? "Retainer" = "hourly"  # 1 lines' in drafted
    assert 'decimal = ","' in drafted
    tomllib.loads(drafted)
    answered = drafted.replace("#? ", "").replace("full: each", "# full: each")
    answered = answered.replace("No column is", "# No column is").replace('platform = "Upwork"', 'platform = "Spend"')
    profile = parse(tomllib.loads(answered), "answered")
    assert profile.numbers.thousands == "."
    (tmp_path / "answered.toml").write_text(answered, encoding="utf-8")
    (tmp_path / "profiles.toml").write_text('[[file]]\npattern = "spend*"\nprofile = "answered"\n', encoding="utf-8")
    tables = {name: found for name, found in company().items() if name != "charges"}
    tables["platforms"] = [*tables["platforms"], {"platform": "Spend", "source": "staffing", "timezone": "UTC"}]
    connection, _ = read(write(tmp_path, tables))
    charges = "SELECT posted_at::DATE::TEXT, amount::DOUBLE, team_id FROM raw.charges ORDER BY line"
    assert rows(connection, charges) == [("2026-04-03", 1250.5, "77"), ("2026-06-05", 12.0, "77")]


def test_a_file_that_is_nearly_a_known_one_is_recognised() -> None:
    assert "nearly the shipped profile beeline_invoice but for amount" in draft(
        TROUBLE / "beeline_invoice_renamed_amount.csv", shipped()
    )


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["11-Dec-2025", "1-Jan-2026"], ["%d-%b-%Y"]),
        (["03/04/2026", "31/12/2026"], ["%d/%m/%Y"]),
        (["03/04/2026", "12/31/2026"], ["%m/%d/%Y"]),
        (["03/04/2026"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["2026-07-01T10:00:00Z", "2026-07-02"], ["iso"]),
        (["soon"], []),
        ([], []),
    ],
)
def test_date_formats_are_recognised_and_doubt_is_kept(values: list[str], formats: list[str]) -> None:
    assert date_formats(values) == formats


@pytest.mark.parametrize(
    ("values", "decimal", "thousands", "sure"),
    [
        (["1,250.50", "12.00"], ".", ",", True),
        (["1.250,50", "12,00"], ",", ".", True),
        (["1 250,50"], ",", " ", True),
        (["1,234"], ".", ",", False),
        (["12", "5"], ".", "", True),
    ],
)
def test_number_styles_are_recognised_and_doubt_is_kept(
    values: list[str], decimal: str, thousands: str, sure: bool
) -> None:
    style = number_style(values)
    assert style is not None
    assert (style.decimal, style.thousands, style.sure) == (decimal, thousands, sure)


def test_signs_and_symbols_are_recognised() -> None:
    style = number_style(["$ 5.00", "(6.00)", "7.00-", "8.00 CR", "-9"])
    assert style is not None
    assert set(style.negative) == {"(5)", "5-", "5 CR", "-5"}
    assert style.symbols == ("$",)
    assert number_style(["n/a", "5"]) is None
