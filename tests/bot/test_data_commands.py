"""Syncs and what is not mapped, on the command line: what is said, and the exit codes that cron reads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics import mapping
from app import cli
from bot.outcome import DOUBTFUL, FAILED, PUBLISHED, WRONG_SETTINGS, Outcome
from bot.settings import SETTINGS, read_settings
from bot.syncs import environ_of
from tests.analytics.company import company, write
from tests.analytics.profiles.mapping import FILES, TROUBLE

SEPTEMBER = FILES / "beeline_invoice_2026-09.csv"


def run(home: Path, *arguments: str, **changes: str) -> tuple[int, str]:
    environ = {
        "FREELANCE_DATA_DIR": str(home),
        "FREELANCE_CURRENCY": "EUR",
        "FREELANCE_DROP_SECONDS": "0.05",
        **changes,
    }
    done = CliRunner().invoke(cli, [*arguments], env=environ)
    return done.exit_code, " ".join(done.output.split())


def test_a_sync_takes_in_what_stands_in_the_drop_folder_and_says_so(tmp_path: Path) -> None:
    write(tmp_path / "files", company())
    drop = tmp_path / "drop"
    drop.mkdir()
    shutil.copy(SEPTEMBER, drop)
    code, said = run(tmp_path, "sync")
    assert code in {PUBLISHED, DOUBTFUL}
    assert f"Taken in: {SEPTEMBER.name}" in said
    shutil.copy(TROUBLE / "beeline_invoice_lost_column.csv", drop)
    code, said = run(tmp_path, "sync")
    assert code == DOUBTFUL
    assert "Refused, with its reason beside it: beeline_invoice_lost_column.csv" in said
    (tmp_path / "files" / "charges.csv").write_text("nothing\n")
    code, said = run(tmp_path, "sync")
    assert code == FAILED
    assert "the data in use stays as it was" in said
    assert run(tmp_path, "sync", "--source", "nowhere")[0] == WRONG_SETTINGS
    assert run(tmp_path, "sync", FREELANCE_SYNC_AT="6 o'clock")[0] == WRONG_SETTINGS


def test_what_is_not_mapped_is_listed_with_its_spend(tmp_path: Path) -> None:
    tables = company()
    tables["charges"][0]["team_id"] = "CC-7"
    write(tmp_path / "files", tables)
    run(tmp_path, "sync")
    code, said = run(tmp_path, "unmapped")
    assert code == 0
    assert "team CC-7 charges 1 €610" in said
    mapping.add(tmp_path / "files", mapping.Link("team", "CC-7", "T2"))
    run(tmp_path, "sync")
    assert "CC-7" not in run(tmp_path, "unmapped")[1]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"FREELANCE_FILE_HOSTS": "https://contoso.sharepoint.com"}, "FREELANCE_FILE_HOSTS"),
        ({"FREELANCE_FILE_HOSTS": "*.com"}, "FREELANCE_FILE_HOSTS"),
        ({"FREELANCE_FILE_MAX_MB": "0"}, "FREELANCE_FILE_MAX_MB"),
        ({"FREELANCE_SYNC_EVERY_HOURS": "-1"}, "FREELANCE_SYNC_EVERY_HOURS"),
        ({"FREELANCE_SYNC_AT": "24:00"}, "FREELANCE_SYNC_AT"),
        ({"FREELANCE_FILES_DIR": "x", "FREELANCE_DROP_DIR": "x"}, "FREELANCE_DROP_DIR"),
    ],
)
def test_settings_of_how_files_arrive_are_checked(tmp_path: Path, wrong: dict[str, str], said: str) -> None:
    code, output = run(tmp_path, "sync", **wrong)
    assert code == WRONG_SETTINGS
    assert said in output


def test_the_process_of_a_sync_reads_the_same_settings(tmp_path: Path) -> None:
    given = {
        "FREELANCE_DATA_DIR": str(tmp_path),
        "FREELANCE_SEND_LIMITS": "7/1, 60/30",
        "FREELANCE_SYNC_AT": "06:30,18:00",
        "FREELANCE_FILE_HOSTS": "a.sharepoint.com,b.sharepoint.com",
        "FREELANCE_CURRENCY": "EUR",
        "FREELANCE_DIRECTORY_OWN_TEAMS": "true",
    }
    settings = read_settings(given, serving=False)
    again = read_settings(environ_of(settings), serving=False)
    assert {one.name: getattr(again, one.name) for one in SETTINGS} == {
        one.name: getattr(settings, one.name) for one in SETTINGS
    }


def test_an_outcome_is_the_same_after_it_was_handed_over() -> None:
    outcome = Outcome(version=3, read=9, loaded=8, quarantined=1, used=("a",), refused=(("b", "c"),), waiting=("d",))
    assert Outcome.from_json(outcome.to_json()) == outcome
    assert outcome.code == DOUBTFUL
    assert Outcome(error="x").code == FAILED
    assert Outcome().code == PUBLISHED
