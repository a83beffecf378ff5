"""What sources call teams, categories and people: listed with its money, mapped in one file, refused where it leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from analytics import facts, mapping
from analytics.errors import DataError
from analytics.mapping import Link, Unmapped
from analytics.store import Store
from analytics.sync import SyncReport, sync
from tests.analytics.company import NOW, REPORTING, company, write


def synced(home: Path) -> SyncReport:
    return sync(home / "in", home / "store", reporting=REPORTING, now=NOW, build=facts.build)


@contextmanager
def version(home: Path) -> Iterator[DuckDBPyConnection]:
    store = Store(home / "store")
    with store.lease() as lease:
        yield lease.cursor
    store.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """C1 has a strange team on two of its charges, C3 a strange owner; X400 is refunded by nobody's mistake."""
    tables = company()
    tables["charges"][0]["team_id"] = tables["charges"][1]["team_id"] = "CC-7"
    tables["contracts"][2] |= {"owner_id": "jo@agency.example", "category_id": "Painting"}
    tables["jobs"][0]["team_id"] = "CC-7"
    write(tmp_path / "in", tables)
    return tmp_path


def test_every_value_is_listed_once_with_its_rows_and_the_spend_it_leaves_unmapped(home: Path) -> None:
    synced(home)
    eight = sum(63_000 + week * 100 for week in range(8))
    with version(home) as cursor:
        assert mapping.unmapped(cursor) == [
            Unmapped("category", "Painting", "", ("contracts",), 1, eight),
            Unmapped("person", "jo@agency.example", "", ("contracts",), 1, eight),
            Unmapped("team", "CC-7", "", ("charges", "jobs"), 3, 61_000 + 61_100),
        ]
        unmapped = cursor.execute("SELECT sum(amount) FROM charge WHERE is_spend AND team IS NULL").fetchall()
        assert unmapped == [(61_000 + 61_100,)]


def test_what_is_mapped_counts_for_its_team_from_the_next_sync_on(home: Path) -> None:
    synced(home)
    mapping.add(home / "in", Link("team", " cc-7 ", "T3", "lead@contoso.example", "2026-11-20"))
    mapping.add(home / "in", Link("category", "Painting", "K1-1"))
    mapping.add(home / "in", Link("person", "JO@agency.example", "P4"))
    report = synced(home)
    with version(home) as cursor:
        assert mapping.unmapped(cursor) == []
        assert cursor.execute("SELECT DISTINCT team FROM charge WHERE charge IN ('X100', 'X101')").fetchall() == [
            ("T3",)
        ]
        assert cursor.execute("SELECT owner, job_category FROM contract WHERE contract = 'C3'").fetchall() == [
            ("P4", "K1")
        ]
    assert "mapping_lost" not in {finding.check for finding in report.findings}


def test_a_target_that_is_not_there_any_more_is_a_finding_that_names_the_nearest(home: Path) -> None:
    mapping.add(home / "in", Link("team", "CC-7", "T33"))
    (found,) = [finding for finding in synced(home).findings if finding.check == "mapping_lost"]
    assert found.severity == "W"
    assert 'maps the team "CC-7" to "T33", which is not on the list of teams. Did you mean "T3"?' in found.text
    with version(home) as cursor:
        assert [gap.value for gap in mapping.unmapped(cursor) if gap.dimension == "team"] == ["CC-7"]


def test_an_id_of_the_company_is_never_mapped_away(home: Path) -> None:
    mapping.add(home / "in", Link("team", "T2", "T3"))
    synced(home)
    with version(home) as cursor:
        assert cursor.execute("SELECT count(*) FROM contract WHERE team = 'T2'").fetchall() == [(4,)]


def test_a_value_mapped_again_has_the_later_target_alone(tmp_path: Path) -> None:
    mapping.add(tmp_path, Link("team", "Büro „Nord“", "T2", "a"))
    mapping.add(tmp_path, Link("team", "büro „nord“ ", "T3", "b"))
    assert mapping.read(tmp_path) == (Link("team", "büro „nord“ ", "T3", "b"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[map]\n", "is no TOML file"),
        ("[maps]\n", 'there is no key "maps"; expected [[map]]'),
        ("map = 3\n", "has to be written [[map]]"),
        ('[[map]]\ndimension = "team"\nvalue = "a"\n', '[[map]] number 1 has no "to".'),
        (
            '[[map]]\ndimension = "taem"\nvalue = "a"\nto = "b"\n',
            'nothing can be mapped to a "taem". Did you mean "team"?',
        ),
        ('[[map]]\ndimension = "team"\nvalue = "a"\nto = "b"\nwho = "x"\n', 'there is no key "who"'),
        (
            '[[map]]\ndimension = "team"\nvalue = "a"\nto = "b"\n[[map]]\ndimension = "team"\nvalue = "A "\nto = "c"\n',
            'is mapped twice, to "b" and to "c".',
        ),
    ],
)
def test_a_mistake_in_the_file_stops_the_sync_and_is_named(home: Path, text: str, said: str) -> None:
    (home / "in" / mapping.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        synced(home)
    assert said in str(caught.value)


def test_targets_are_found_by_a_part_of_their_name_or_id(home: Path) -> None:
    synced(home)
    with version(home) as cursor:
        assert mapping.targets(cursor, "team", "BRAND") == [("T2", "Brand Studio · T2")]
        assert [key for key, _ in mapping.targets(cursor, "person", "person 3")] == ["P3"]
        assert [key for key, _ in mapping.targets(cursor, "person", "p3@")] == ["P3"]
        assert mapping.targets(cursor, "category", "%") == []
        assert mapping.label_of(cursor, "team", "T2") == "Brand Studio"
        assert mapping.label_of(cursor, "team", "T9") == ""
