"""What was in the version before and is gone now keeps the old version in place, and is named, until somebody says it is meant so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from analytics import versions
from analytics.errors import DataError
from analytics.model import Reporting
from analytics.sync import SyncReport, sync
from tests.analytics.company import NOW, REPORTING, Rows, build_totals, company, write

Company = dict[str, Rows]


def run(home: Path, days: int = 0, *, accept_losses: bool = False) -> SyncReport:
    now = NOW + timedelta(days=days)
    return sync(
        home / "in", home / "store", reporting=REPORTING, now=now, build=build_totals, accept_losses=accept_losses
    )


def larger() -> Company:
    """The same company with enough ledger lines for a loss to be told from chance."""
    tables = company()
    tables["charges"] += [row | {"charge_id": f"{row['charge_id']}-{n}"} for row in tables["charges"] for n in range(3)]
    tables["invoices"] = []
    return tables


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write(tmp_path / "in", larger())
    run(tmp_path)
    return tmp_path


def refused(home: Path) -> str:
    with pytest.raises(DataError) as caught:
        run(home, 1)
    assert versions.current(home / "store") == 1
    return str(caught.value)


def test_a_file_that_was_there_before_and_is_misspelt_now_keeps_the_old_version(home: Path) -> None:
    (home / "in" / "feedback.csv").rename(home / "in" / "fedback.csv")
    said = refused(home)
    assert 'feedback.csv is missing. Did you mean "fedback.csv"?' in said
    assert "sync once with --accept-losses" in said


def test_far_fewer_rows_keep_the_old_version(home: Path) -> None:
    tables = larger()
    del tables["charges"][80:]
    write(home / "in", tables)
    assert "charges, more than 30% fewer rows than in the version before" in refused(home)


def test_a_column_that_is_empty_all_at_once_keeps_the_old_version(home: Path) -> None:
    tables = larger()
    for row in tables["charges"]:
        row["invoice_id"] = ""
    write(home / "in", tables)
    assert "charges, columns that were filled in the version before and are empty now" in refused(home)


def test_a_loss_that_is_accepted_is_published_with_a_warning_and_then_forgotten(home: Path) -> None:
    (home / "in" / "feedback.csv").unlink()
    report = run(home, 1, accept_losses=True)
    assert report.version == 2
    assert [(f.check, f.severity) for f in report.findings if f.check == "file_gone"] == [("file_gone", "W")]
    assert [f.check for f in run(home, 2).findings if f.severity == "E"] == []


def test_a_misspelt_file_that_was_never_there_withholds_what_it_would_have_said(tmp_path: Path) -> None:
    write(tmp_path / "in", company())
    (tmp_path / "in" / "feedback.csv").rename(tmp_path / "in" / "fedback.csv")
    (found,) = [f for f in run(tmp_path).findings if f.severity == "E"]
    assert (found.check, found.metrics) == ("misspelt_feedback", ("rating",))
    assert 'fedback.csv was not read. Did you mean "feedback.csv"? Rename it; without it: no ratings.' in found.text
    assert found.text.endswith("Withheld until then: Average rating.")


def test_a_ledger_month_rewritten_after_it_was_closed_is_said_for_thirty_days(home: Path) -> None:
    tables = larger()
    tables["charges"][0]["amount"] = "1.00"
    assert tables["charges"][0]["posted_at"].startswith("2026-09")

    def restated(days: int) -> list[str]:
        return [f.samples[0] for f in run(home, days).findings if f.check == "restated"]

    assert restated(60) == []
    write(home / "in", tables)
    assert restated(61) == ["Upwork 2026-09: 9848.00 to 9239.00 EUR"]
    assert restated(62) == ["Upwork 2026-09: 9848.00 to 9239.00 EUR"]
    assert restated(92) == []


def test_the_ledger_of_an_open_month_may_move(home: Path) -> None:
    tables = larger()
    tables["charges"][2]["amount"] = "1.00"
    assert tables["charges"][2]["posted_at"].startswith("2026-10")
    write(home / "in", tables)
    assert [f.check for f in run(home, 1).findings if f.check == "restated"] == []


def test_what_a_version_of_another_release_noted_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "CURRENT").write_text("v1.duckdb\n")
    (tmp_path / "store" / "v1.duckdb").write_bytes(b"no database")
    write(tmp_path / "in", company())
    report = sync(tmp_path / "in", tmp_path / "store", reporting=Reporting("EUR"), now=NOW, build=build_totals)
    assert report.version == 2
