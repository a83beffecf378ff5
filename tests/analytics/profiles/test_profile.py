"""A profile that contradicts itself is refused with every mistake; cells are read only as it declares."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import DataError
from analytics.profiles import parse
from analytics.profiles.headers import folded
from analytics.profiles.periods import period_of
from tests.analytics.profiles.mapping import read, rows

RATES = """
mode = "append"
stands_alone = true
[columns]
rate_date = ["Day"]
rate = ["Rate"]
[constants]
from_currency = "EUR"
to_currency = "USD"
[date_format]
rate_date = ["iso"]
[[entity]]
table = "fx_rates"
"""


def profile(text: str = RATES, **changes: Any) -> Any:
    return parse({**tomllib.loads(text), **changes}, "mine")


def loaded(folder: Path, cells: list[tuple[str, str]], more: str) -> list[tuple[Any, ...]]:
    """(day, rate) of lines read with RATES and `more` of it; what is not read is missing."""
    folder.mkdir(exist_ok=True)
    (folder / "mine.toml").write_text(more, encoding="utf-8")
    (folder / "profiles.toml").write_text('[[file]]\npattern = "lines.csv"\nprofile = "mine"\n', encoding="utf-8")
    body = "".join(f'"{day}"|"{rate}"\n' for day, rate in cells)
    (folder / "lines.csv").write_text(f"Day|Rate\n{body}", encoding="utf-8")
    connection, _ = read(folder)
    return rows(connection, "SELECT rate_date, rate FROM raw.fx_rates ORDER BY line")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colums": {}}, 'there is no key "colums". Did you mean "columns"?'),
        ({"mode": "weekly"}, 'mode is "weekly"; expected one of full, delta, append.'),
        ({"required": ["rates"]}, 'required names "rates", which is no column of the profile. Did you mean "rate"?'),
        ({"date_format": {}}, 'fx_rates.rate_date needs the date format of "rate_date"'),
        ({"constants": {"from_currency": "EUR"}}, "nothing feeds fx_rates.to_currency"),
        ({"entity": [{"table": "fx_rate"}]}, 'there is no table "fx_rate". Did you mean "fx_rates"?'),
        ({"entity": []}, "there is no [[entity]]"),
        ({"entity": [{"table": "fx_rates", "columns": {"quote": "1"}}]}, 'fx_rates has no column "quote".'),
        (
            {"entity": [{"table": "fx_rates", "touches": ["spent"]}]},
            'there is no metric "spent". Did you mean "spend"?',
        ),
        ({"drop_if": [{"name": "x", "field": "days"}]}, 'drop_if names "days"'),
        ({"drop_if": [{"nam": "x"}]}, "it cannot be read"),
        ({"number": {"negative": ["minus"]}}, 'number.negative is "minus"; expected one of -5, 5-, (5), 5 CR.'),
        ({"timezone": "Europe/Berln"}, 'there is no time zone "Europe/Berln". Did you mean "Europe/Berlin"?'),
        ({"period_from_name": "("}, "period_from_name is no regular expression"),
        ({"entity": [{"table": "fx_rates", "role": "extra"}]}, 'fx_rates, role is "extra"'),
        ({"entity": [{"table": "fx_rates", "pick": {"rate": "mean"}}]}, 'fx_rates, pick is "mean"'),
    ],
)
def test_a_mistake_in_a_profile_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as caught:
        profile(**changes)
    assert said in str(caught.value)


def test_a_currency_is_never_guessed() -> None:
    told = tomllib.loads('[columns]\nbudget_id = ["Id"]\n[[entity]]\ntable = "budgets"\n')
    with pytest.raises(DataError, match=r"nothing feeds budgets\.currency .* it is never guessed"):
        parse(told, "mine")


@pytest.mark.parametrize(
    ("style", "said", "value"),
    [
        ("", "1250.50", "1250.5"),
        ("", "1,250.50", None),
        ("", "1e3", None),
        ('thousands = ","', "1,250.50", "1250.5"),
        ('thousands = ","', "12,50.50", None),
        ('decimal = ","\nthousands = "."', "1.250,50", "1250.5"),
        ('decimal = ","\nthousands = "."', "1.25", None),
        ('decimal = ","\nthousands = " "', "1\u202f250,50", "1250.5"),
        ('thousands = "\'"', "1'250.50", "1250.5"),
        ('symbols = ["US$", "$", "EUR"]', "US$ 5.25", "5.25"),
        ('symbols = ["US$", "$", "EUR"]', "5.25 eur", "5.25"),
        ('symbols = ["$"]', "5.25 EUR", None),
        ("", "5.", "5"),
        ("", ".5", "0.5"),
        ("", "5%", None),
        ("", "n/a", None),
    ],
)
def test_a_number_is_read_only_in_its_declared_style(tmp_path: Path, style: str, said: str, value: str | None) -> None:
    found = loaded(tmp_path, [("2026-07-01", said)], f"{RATES}\n[number]\n{style}\n")
    assert [row[1] for row in found] == ([Decimal(value)] if value else [])


@pytest.mark.parametrize(
    ("formats", "said", "day"),
    [
        (["%d-%b-%Y"], "11-Dec-2025", date(2025, 12, 11)),
        (["%d-%b-%Y"], "1-DEC-2025", date(2025, 12, 1)),
        (["%d-%b-%Y"], "11-Dez-2025", None),
        (["%d-%b-%Y"], "11-Dec-25", None),
        (["%d-%b-%y"], "11-Dec-25", date(2025, 12, 11)),
        (["%d/%m/%Y"], "03/04/2026", date(2026, 4, 3)),
        (["%m/%d/%Y"], "03/04/2026", date(2026, 3, 4)),
        (["%m/%d/%Y"], "31/12/2026", None),
        (["%d/%m/%Y"], "2026-04-03", None),
        (["iso", "%d/%m/%Y"], "2026-04-03", date(2026, 4, 3)),
        (["%d.%m.%Y %H:%M"], "03.04.2026 23:59", date(2026, 4, 3)),
        (["excel"], "46115", date(2026, 4, 3)),
        (["iso"], "00:00:00", None),
        (["%d/%m/%Y"], "31/02/2026", None),
    ],
)
def test_a_date_is_read_only_in_its_declared_formats(
    tmp_path: Path, formats: list[str], said: str, day: date | None
) -> None:
    more = RATES.replace('rate_date = ["iso"]', f"rate_date = {formats}")
    assert [row[0] for row in loaded(tmp_path, [(said, "1.1")], more)] == ([day] if day else [])


@pytest.mark.parametrize(
    "more",
    [
        '[[drop_if]]\nname = "x"\nfield = "rate"\nmatches = "("',
        '[[drop_if]]\nname = "x"\nfield = "rate"\nmatches = "(?<=a)b"',
    ],
)
def test_a_pattern_that_is_none_stops_the_load_and_names_the_profile(tmp_path: Path, more: str) -> None:
    with pytest.raises(DataError, match=r"lines\.csv: its profile mine has a pattern or format that is none"):
        loaded(tmp_path, [("2026-07-01", "1.1")], f"{RATES}\n{more}\n")


def test_a_profile_and_files_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "o'brien.toml").write_text(RATES, encoding="utf-8")
    (tmp_path / "profiles.toml").write_text('[[file]]\npattern = "*"\nprofile = "o\'brien"\n', encoding="utf-8")
    (tmp_path / "it's; 100%.csv").write_text("Day,Rate\n2026-07-01,1.1\n2026-07-02,?\n", encoding="utf-8")
    connection, _ = read(tmp_path)
    assert rows(connection, "SELECT file, rate FROM raw.fx_rates") == [("it's; 100%.csv", Decimal("1.1"))]
    assert rows(connection, "SELECT file, line, value FROM quarantine") == [("it's; 100%.csv", 3, "?")]


@given(st.text("Aa_ .#é-/B1", max_size=12), st.text(" _-./", max_size=3))
def test_a_header_is_the_same_whatever_stands_around_and_between_its_words(header: str, noise: str) -> None:
    assert folded(noise + header.upper() + noise) == folded(header)


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("spend_2026-09.csv", (date(2026, 9, 1), date(2026, 9, 30))),
        ("spend_2026Q2.csv", (date(2026, 4, 1), date(2026, 6, 30))),
        ("spend_2026-02-03.csv", (date(2026, 2, 3), date(2026, 2, 3))),
        ("spend_2026-02-31.csv", None),
        ("spend.csv", None),
    ],
)
def test_a_file_name_claims_a_period(name: str, period: tuple[date, date] | None) -> None:
    pattern = r"(?P<year>20\d\d)-?(?:Q(?P<quarter>[1-4])|(?P<month>\d\d))(?:-(?P<day>\d\d))?"
    assert period_of(profile(period_from_name=pattern), name) == period


def test_a_file_that_fits_two_profiles_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "beeline_headcount_invoice.csv").write_text("a,b\n")
    with pytest.raises(DataError, match="fits the profiles beeline_headcount and beeline_invoice; say in profiles"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ("[[file]]\npattern = 'x'", "a [[file]] has no profile"),
        ("[[file]]\npattern = 'x'\nprofile = 'beline_invoice'", 'Did you mean "beeline_invoice"?'),
        ("[[files]]\npattern = 'x'", 'there is no key "files"'),
        ("pattern =", "is no TOML file"),
    ],
)
def test_a_mistake_in_the_choices_of_a_folder_stops_the_load(tmp_path: Path, choices: str, said: str) -> None:
    (tmp_path / "profiles.toml").write_text(choices)
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    assert said in str(caught.value)
