"""Files that arrive: taken up when complete, archived when used, refused with a reason, never lost and never deleted."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from analytics.drop import Arrived, Places, Taken, complete, look, take_in
from analytics.errors import DataError
from analytics.model import Reporting
from analytics.store import Store
from analytics.sync import SyncReport, sync
from tests.analytics.company import NOW, REPORTING, company, write
from tests.analytics.profiles.mapping import FILES, TROUBLE

SEPTEMBER, OCTOBER = FILES / "beeline_invoice_2026-09.csv", FILES / "beeline_invoice_2026-10.csv"


def ledger(connection: DuckDBPyConnection, _reporting: Reporting, _now: datetime) -> None:
    """The smallest builder: what charges there are."""
    connection.execute(
        "CREATE TABLE charge AS SELECT charge_id AS charge, (amount * 100)::BIGINT AS amount FROM raw.charges"
    )


class Home:
    """A store with its places, and what is put into the drop folder."""

    def __init__(self, folder: Path) -> None:
        self.places = Places(folder / "files", folder / "drop")
        self.store = folder / "store"
        self.places.drop.mkdir()

    def put(self, path: Path, name: str = "") -> Path:
        return Path(shutil.copy(path, self.places.drop / (name or path.name)))

    def take(self, *paths: Path, profile: str = "", now: datetime = NOW) -> Taken:
        return take_in(self.places, [Arrived(path, profile) for path in paths], partial(self.sync, now=now), now)

    def sync(self, folder: Path, now: datetime = NOW) -> SyncReport:
        return sync(folder, self.store, reporting=REPORTING, now=now, build=ledger)

    def charges(self) -> list[tuple[str, int]]:
        store = Store(self.store)
        try:
            with store.lease() as lease:
                return lease.cursor.execute("SELECT charge, amount FROM charge ORDER BY 1").fetchall()
        finally:
            store.close()

    def tree(self) -> list[str]:
        return sorted(p.relative_to(self.places.drop).as_posix() for p in self.places.drop.rglob("*") if p.is_file())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_file_is_complete_when_nobody_wrote_to_it_between_two_looks(home: Home) -> None:
    whole, growing = home.put(SEPTEMBER), home.put(OCTOBER)
    for name in ("half.csv.part", "other.tmp", ".hidden.csv", "~lock.csv"):
        (home.places.drop / name).write_text("x")
    (home.places.drop / "archive").mkdir()
    before = look(home.places.drop)
    assert set(before) == {whole.name, growing.name}
    with growing.open("a") as file:
        file.write("more\n")
    assert complete(before, look(home.places.drop)) == [whole.name]
    assert complete({}, look(home.places.drop)) == []
    assert look(home.places.drop / "nowhere") == {}


def test_what_is_used_is_kept_for_every_later_sync_and_archived_under_its_day(home: Home) -> None:
    taken = home.take(home.put(SEPTEMBER))
    assert (taken.used, taken.refused, taken.error) == ([SEPTEMBER.name], [], "")
    assert home.tree() == [f"archive/2026-11-20/{SEPTEMBER.name}"]
    assert (home.places.files / SEPTEMBER.name).read_bytes() == SEPTEMBER.read_bytes()
    before = home.charges()
    home.take(home.put(OCTOBER))
    assert len(home.charges()) > len(before)
    assert home.tree() == [f"archive/2026-11-20/{SEPTEMBER.name}", f"archive/2026-11-20/{OCTOBER.name}"]


def test_a_file_that_cannot_be_read_is_refused_with_its_reason_beside_it_and_the_others_are_used(home: Home) -> None:
    broken = home.put(TROUBLE / "beeline_invoice_lost_column.csv")
    unknown = home.places.drop / "holidays.csv"
    unknown.write_text("day,name\n2026-12-25,Christmas\n")
    taken = home.take(broken, unknown, home.put(SEPTEMBER))
    assert taken.used == [SEPTEMBER.name]
    refused = home.places.drop / "refused" / "2026-11-20"
    assert "no column for cost_center" in (refused / f"{broken.name}.reason.txt").read_text()
    assert "check holidays.csv --suggest" in (refused / "holidays.csv.reason.txt").read_text()
    assert (refused / "holidays.csv").exists()
    assert not broken.exists()
    assert not (home.places.files / broken.name).exists()


def test_a_file_without_a_telling_name_is_known_by_its_headers_and_stays_so(home: Home) -> None:
    home.take(home.put(SEPTEMBER, "export (3).csv"))
    assert len(home.charges()) == 4
    home.sync(home.places.files)
    assert len(home.charges()) == 4


def test_a_profile_somebody_chose_goes_before_the_name(home: Home) -> None:
    path = home.put(FILES / "wand_invoice_2026-10.csv", "beeline_invoice_2026-10.csv")
    assert home.take(path).used == []
    path = home.put(FILES / "wand_invoice_2026-10.csv", "beeline_invoice_2026-10.csv")
    assert home.take(path, profile="wand_invoice").used == [path.name]
    assert home.charges()[0][0].startswith("WD-")


def test_a_file_of_the_import_format_replaces_the_one_of_its_table_and_the_old_one_is_kept(home: Home) -> None:
    write(home.places.files, company())
    home.sync(home.places.files)
    tables = company()
    tables["charges"][0]["amount"] = "1.00"
    newer = write(home.places.drop.parent / "newer", {"charges": tables["charges"]}) / "charges.csv"
    old = (home.places.files / "charges.csv").read_bytes()
    assert home.take(home.put(newer, "ledger export.csv")).used == ["charges.csv"]
    assert ("X100", 100) in home.charges()
    assert (home.places.drop / "archive/2026-11-20/replaced/charges.csv").read_bytes() == old


def test_a_later_delta_of_the_same_name_is_laid_over_the_earlier_and_takes_nothing_away(home: Home) -> None:
    home.take(home.put(SEPTEMBER, "beeline_invoice.csv"))
    first = home.charges()
    home.take(home.put(OCTOBER, "beeline_invoice.csv"), now=datetime(2026, 11, 21, 12, tzinfo=UTC))
    both = home.charges()
    assert {charge for charge, _ in first} <= {charge for charge, _ in both}
    assert both != first
    assert sorted(p.name for p in home.places.files.glob("*.csv")) == ["beeline_invoice.csv", "beeline_invoice~2.csv"]


def test_the_same_file_twice_changes_nothing(home: Home) -> None:
    home.take(home.put(SEPTEMBER))
    before = home.charges()
    assert home.take(home.put(SEPTEMBER)).used == [SEPTEMBER.name]
    assert home.charges() == before
    assert home.tree() == [
        "archive/2026-11-20/beeline_invoice_2026-09.csv",
        "archive/2026-11-20/beeline_invoice_2026-09~2.csv",
    ]


def test_a_second_part_of_a_ledger_under_a_used_name_is_asked_about(home: Home) -> None:
    home.places.files.mkdir()
    (home.places.files / "profiles.toml").write_text(
        '[[file]]\npattern = "ledger*"\nprofile = "beeline_invoice"\nnatural_key = []\nmode = "append"\n'
    )
    home.take(home.put(TROUBLE / "beeline_invoice_same_id.csv", "ledger.csv"))
    taken = home.take(home.put(SEPTEMBER, "ledger.csv"))
    assert "Give it another name if it brings further lines" in taken.refused[0].reason


def test_a_sync_that_fails_for_another_reason_leaves_the_file_waiting_and_the_data_as_it_was(home: Home) -> None:
    home.take(home.put(SEPTEMBER))
    before = home.charges()
    (home.places.files / "mapping.toml").write_text("[[map]]\ndimension = 'team'\n")
    path = home.put(OCTOBER)
    taken = home.take(path)
    assert (taken.report, taken.waiting, taken.refused) == (None, [path.name], [])
    assert '[[map]] number 1 has no "value".' in taken.error
    assert path.exists()
    assert home.charges() == before


def test_a_file_the_whole_sync_refuses_is_put_aside_and_the_rest_goes_on(home: Home) -> None:
    calls: list[list[str]] = []

    def picky(folder: Path) -> SyncReport:
        calls.append(sorted(p.name for p in folder.glob("*.csv")))
        if (folder / OCTOBER.name).exists():
            raise DataError(f"Nothing was loaded:\n- {OCTOBER.name}: 30 of 40 rows break the rules.")
        return home.sync(folder)

    taken = take_in(home.places, [Arrived(home.put(SEPTEMBER)), Arrived(home.put(OCTOBER))], picky, NOW)
    assert calls == [[SEPTEMBER.name, OCTOBER.name], [SEPTEMBER.name]]
    assert taken.used == [SEPTEMBER.name]
    assert [one.reason for one in taken.refused] == [f"{OCTOBER.name}: 30 of 40 rows break the rules."]


@pytest.mark.parametrize("step", ["replace", "move"])
def test_a_sync_cut_off_while_files_are_put_away_is_done_again_to_the_same_end(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    home.take(home.put(SEPTEMBER))
    path = home.put(OCTOBER)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os if step == "replace" else shutil, step, cut)
        with pytest.raises(KeyboardInterrupt):
            home.take(path)
    assert path.exists()
    home.take(path)
    assert not path.exists()
    assert len(home.charges()) == 5
