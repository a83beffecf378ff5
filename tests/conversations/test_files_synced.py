"""What becomes of data beside a file in the chat: mappings, what was rejected, the drop folder, syncs by the clock and cut off."""

from __future__ import annotations

import asyncio
import csv
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.analytics.company import write
from tests.conversations.conftest import texts
from tests.conversations.office import SEPTEMBER, Office, button, opened, seeded
from tests.fakes.serving import ThrowawayCA
from tests.fakes.stage import FakeClock
from tests.world import NOW


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seeded(tmp_path_factory.mktemp("seed") / "data")


@pytest.fixture
async def office(seed: Path, ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Office]:
    home = Path(shutil.copytree(seed, tmp_path / "data"))
    async with opened(home, ca, FakeClock()) as made:
        yield made


async def test_what_is_not_mapped_is_listed_with_its_money_mapped_on_a_card_and_counts_after_the_next_sync(
    office: Office,
) -> None:
    card = await office.talk.say("what is not mapped?")
    assert "4,908" in texts(card)
    search = {"queryText": "brand", "queryOptions": {"skip": 0, "top": 15}, "dataset": "map_team"}
    found = await office.talk.stage.teams.invoke("application/search", search, office.talk.person("lead"))
    (choice,) = found.body["value"]["results"]
    assert choice["value"] == "T2"
    nobody = await office.talk.stage.teams.invoke("application/search", search, office.talk.person("manager"))
    assert nobody.body["value"]["results"] == []
    value = "CC-77 [x](http://evil.example)"
    mapped = await office.talk.press(button(card, "map_value"), unmapped_value=value, map_target="T2")
    assert "stands for Brand Studio from the next sync on" in texts(mapped)
    assert 'to = "T2"' in (office.home / "files/mapping.toml").read_text()
    assert "Syncing" in texts(await office.talk.press(button(mapped, "sync_now")))
    assert "The data is" in texts(await office.done())
    assert "Everything is mapped" in texts(await office.talk.say("what is not mapped?"))
    entries = await office.talk.stage.state.audit.list(
        office.talk.person("lead").tenant, NOW.replace(year=2025), NOW.replace(year=2027)
    )
    assert any(e.kind == "mapping" and '"T2"' in (e.query_json or "") for e in entries)


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"unmapped_value": "x", "map_target": "T2"},
        {"unmapped_value": "CC-77 [x](http://evil.example)", "map_target": "T99"},
    ],
)
async def test_a_mapping_to_nowhere_is_not_written(office: Office, inputs: dict[str, str]) -> None:
    card = await office.talk.say("what is not mapped?")
    body = await office.talk.stage.teams.press(button(card, "map_value"), office.talk.person("lead"), inputs=inputs)
    assert isinstance(body["value"], str)
    assert not (office.home / "files/mapping.toml").exists()


@pytest.mark.parametrize("said", ["what is not mapped?", "what was rejected?", "sync now", "tell me about syncs"])
async def test_others_are_told_that_these_are_for_the_program_team(office: Office, said: str) -> None:
    assert "Your role does not allow that" in texts(await office.talk.say(said, "manager"))


async def test_the_state_of_the_data_names_sources_coverage_and_gaps(office: Office) -> None:
    said = texts(await office.talk.say("data quality"))
    assert "Of the spend," in said
    assert "1 values are not mapped" in said
    assert "Source" in said


async def test_what_was_rejected_is_told_by_reason_without_its_values(office: Office, tmp_path: Path) -> None:
    with (office.home / "files/charges.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["amount"] = "secret 12"
    newer = write(tmp_path / "newer", {"charges": rows}) / "charges.csv"
    await office.talk.press(button(await office.check(newer), "use_file"))
    assert "1 set aside" in texts(await office.done())
    said = texts(await office.talk.say("what was rejected?"))
    assert "1 rows: not written in the expected form" in said
    assert "secret" not in said


async def test_exports_in_the_drop_folder_are_taken_when_complete_and_whoever_asked_is_told(
    seed: Path, ca: ThrowawayCA, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(seed, tmp_path / "data"))
    drop = tmp_path / "share"
    drop.mkdir()
    async with opened(home, ca, FakeClock(), drop_dir=drop) as office:
        (told,) = await office.talk.stage.teams.say("tell me about syncs", office.talk.person("lead"))
        assert "every sync" in told.text
        shutil.copy(SEPTEMBER, drop)
        await office.talk.tick("data")
        assert not office.runs.running
        await office.talk.tick("data")
        assert office.runs.running
        await office.runs.settled()
        assert (drop / "archive/2026-11-20" / SEPTEMBER.name).exists()
        async with asyncio.timeout(20):
            while "The data is" not in texts((office.talk.stage.connector.messages()[-1].card) or {}):
                await asyncio.sleep(0.02)


async def test_a_sync_by_the_clock_runs_once_when_its_time_has_come(
    seed: Path, ca: ThrowawayCA, tmp_path: Path
) -> None:
    home, clock = Path(shutil.copytree(seed, tmp_path / "data")), FakeClock()
    async with opened(home, ca, clock, sync_at=("18:00",)) as office:
        await office.talk.tick("data")
        assert not office.runs.running
        clock.pass_by(8 * 3_600)
        await office.talk.tick("data")
        assert office.runs.running
        await office.runs.settled()
        await office.talk.tick("data")
        assert not office.runs.running
    assert (home / "CURRENT").read_text() == "v2.duckdb\n"


async def test_a_sync_that_is_cut_off_leaves_the_old_version(office: Office) -> None:
    pointer = (office.home / "CURRENT").read_text()
    office.runs.start()
    task = asyncio.create_task(office.runs.syncs.sync())
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (office.home / "CURRENT").read_text() == pointer
    assert not office.runs.syncs.busy
