"""Every shipped profile, from its file to a published version, and what each trouble looks like there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from analytics import facts
from analytics.errors import DataError
from analytics.store import Store
from analytics.sync import SyncReport, sync
from tests.analytics.company import NOW, REPORTING, company, write
from tests.analytics.profiles.mapping import FILES, TROUBLE, placed

# profile -> (its files, whether it needs a company beside it, what the version then says)
PUBLISHED: dict[str, tuple[tuple[str, ...], bool, str, list[tuple[Any, ...]]]] = {
    "beeline_invoice": (
        ("beeline_invoice_2026-09.csv", "beeline_invoice_2026-10.csv"),
        False,
        "SELECT source, count(*), sum(amount)::BIGINT FROM charge WHERE is_spend GROUP BY 1",
        [("staffing", 5, 812_040)],
    ),
    "beeline_headcount": (
        ("beeline_headcount_2026-10.csv",),
        False,
        "SELECT contract, status, engagement_kind FROM contract ORDER BY 1",
        [("BL-1023-000001", "active", "temp"), ("BL-1023-000002", "ended", "temp")],
    ),
    "fieldglass_timesheet": (
        ("fieldglass_timesheets_2026-10.csv",),
        False,
        "SELECT contract, sum(hours) FROM time_entry GROUP BY 1 ORDER BY 1",
        [("FG-WO-1", 17.5), ("FG-WO-2", 8.0)],
    ),
    "wand_invoice": (
        ("wand_invoice_2026-10.csv", "eurofxref-hist.csv"),
        False,
        "SELECT charge_class, count(*) FROM charge GROUP BY 1 ORDER BY 1",
        [("tax", 2), ("work", 3)],
    ),
    "ecb_rates": (
        ("eurofxref_daily.csv", "eurofxref-hist.csv"),
        True,
        "SELECT count(*) > 0 FROM fx WHERE currency = 'JPY'",
        [(True,)],
    ),
    "hr_extract": (
        ("hr_extract_2026-09.csv", "hr_extract_2026-10.csv", "beeline_invoice_2026-09.csv"),
        False,
        "SELECT as_of::VARCHAR, sum(headcount)::INTEGER FROM headcount GROUP BY 1 ORDER BY 1",
        [("2026-09-30", 3), ("2026-10-31", 2)],
    ),
}


def synced(home: Path, *files: Path) -> SyncReport:
    folder = placed(home / "in", files)
    return sync(folder, home / "store", reporting=REPORTING, now=NOW, build=facts.build)


@contextmanager
def version(home: Path) -> Iterator[Any]:
    store = Store(home / "store")
    with store.lease() as lease:
        yield lease.cursor
    store.close()


@pytest.mark.parametrize("profile", PUBLISHED)
def test_the_files_of_a_profile_become_a_version_that_answers(tmp_path: Path, profile: str) -> None:
    names, beside, sql, expected = PUBLISHED[profile]
    if beside:
        write(tmp_path / "in", {name: rows for name, rows in company().items() if name != "fx_rates"})
    report = synced(tmp_path, *(FILES / name for name in names))
    assert all(run.read == run.loaded + run.quarantined + run.dropped for run in report.tables)
    with version(tmp_path) as cursor:
        assert cursor.execute(sql).fetchall() == expected


# trouble -> rows of the ledger that are in use, set aside, left out by rule; None where the old version stays
OUTCOMES: dict[str, tuple[int, int, int] | None] = {
    "unusable_dates": (1, 2, 0),
    "lost_column": None,
    "renamed_amount": None,
    "two_amounts": None,
    "junk_rows": (2, 0, 3),
    "wrong_total": None,
    "cut_line": (1, 2, 0),
    "damaged_ids": (2, 1, 0),
    "same_id": (1, 1, 0),
    "windows": (1, 0, 0),
    "open_quote": None,
    "number_styles": (6, 2, 0),
}


def test_every_fixture_of_trouble_has_its_outcome() -> None:
    assert {path.stem.removeprefix("beeline_invoice_") for path in TROUBLE.glob("*.csv")} == set(OUTCOMES)


@pytest.mark.parametrize("trouble", OUTCOMES)
def test_a_trouble_is_accounted_for_in_the_version_or_leaves_the_old_one(tmp_path: Path, trouble: str) -> None:
    expected, file = OUTCOMES[trouble], TROUBLE / f"beeline_invoice_{trouble}.csv"
    if expected is None:
        with pytest.raises(DataError, match=file.name):
            synced(tmp_path, file)
        assert not (tmp_path / "store" / "CURRENT").exists()
        return
    (run,) = [one for one in synced(tmp_path, file).tables if one.table == "charges"]
    assert (run.loaded, run.quarantined, run.dropped) == expected
    with version(tmp_path) as cursor:
        assert cursor.execute("SELECT count(*) FROM charge").fetchall() == [(run.loaded,)]
        assert cursor.execute("SELECT count(*) FROM quarantine WHERE table_name = 'charges'").fetchall() == [
            (run.quarantined,)
        ]


@pytest.mark.parametrize(
    ("delimiter", "encoding", "decimal"),
    [(";", "utf-8-sig", ","), ("\t", "cp1252", "."), ("|", "utf-8", ",")],
)
def test_separators_encodings_and_both_decimal_styles_reach_the_same_amount(
    tmp_path: Path, delimiter: str, encoding: str, decimal: str
) -> None:
    header = ["charge_id", "platform", "contract_id", "charge_type", "status", "posted_at", "amount", "currency"]
    line = ["Z1", "Upwork", "C1", "fixed", "final", "2026-10-01", "1.250,50" if decimal == "," else "1,250.50", "EUR"]
    folder = write(tmp_path / "in", company())
    text = "\n".join(delimiter.join(cells) for cells in (header, line)) + "\n"
    (folder / "büro ledger.csv").write_bytes(text.encode(encoding))
    thousands = "." if decimal == "," else ","
    (folder / "own.toml").write_text(
        'title = "Own ledger"\nfile_pattern = ["*ledger*"]\nmode = "append"\nnatural_key = ["charge_id"]\n'
        f'date_format = {{ "*" = ["iso"] }}\nnumber = {{ decimal = "{decimal}", thousands = "{thousands}" }}\n'
        f"[columns]\n" + "".join(f'{name} = ["{name}"]\n' for name in header) + '[[entity]]\ntable = "charges"\n'
    )
    (folder / "profiles.toml").write_text('[[file]]\npattern = "*ledger*"\nprofile = "own"\n')
    synced(tmp_path)
    with version(tmp_path) as cursor:
        assert cursor.execute("SELECT amount FROM charge WHERE charge = 'Z1'").fetchall() == [(125_050,)]
