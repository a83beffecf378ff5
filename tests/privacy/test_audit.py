"""The audit: everything that was asked is in it, under marks; it can be listed, looked up for a known person, and told in totals."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.erasure import KEY_FILE, key_in
from bot.cli.auditing import audited, written
from bot.settings import Settings
from bot.state import State
from bot.state.audit import Entry
from bot.state.pseudonyms import Pseudonyms

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
ANA = "7d1f5e0a-3c52-4c1e-9a57-0e4f6f1c2b3d"
POSTER = '{"metrics":["jobs_posted"],"filters":{"poster":[{"id":"P7","name":"Ana Silva"}],"team":["Design"]}}'


async def filled(folder: Path) -> Settings:
    settings = Settings(data_dir=folder)
    state = await State.open(settings.state_address, lambda: NOW, (), key_in(folder))
    entry = Entry(NOW, "t", ANA, "a:ana-and-the-bot", "message", "answered", POSTER, "all/named", 3, 12.0)
    await state.audit.add(entry)
    await state.audit.add(
        Entry(NOW, "t", "somebody", "19:channel", "message", "refused", None, "all/totals", None, 8.0)
    )
    await state.audit.add(Entry(NOW - timedelta(days=500), "t", ANA, "a:x", "message", "answered"))
    await state.close()
    return settings


async def test_the_audit_names_nobody_but_a_known_person_is_found_in_it(tmp_path: Path) -> None:
    settings = await filled(tmp_path)
    listed = written(await audited(settings, lambda: NOW), "jsonl")
    for secret in (ANA, "Ana Silva", "P7", "ana-and-the-bot", "somebody"):
        assert secret not in listed
    assert "Design" in listed
    (found,) = [json.loads(one) for one in written(await audited(settings, lambda: NOW, who=ANA), "jsonl").splitlines()]
    assert (found["outcome"], found["records"], found["scope"]) == ("answered", 3, "all/named")
    (refused,) = await audited(settings, lambda: NOW, outcome="refused")
    assert refused.conversation == "19:channel"


async def test_nothing_in_the_database_file_leads_from_a_mark_to_a_person(tmp_path: Path) -> None:
    await filled(tmp_path)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert ANA.encode() not in kept
    assert b"Ana Silva" not in kept
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0


async def test_a_csv_runs_nothing_in_a_spreadsheet(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    state = await State.open(settings.state_address, lambda: NOW, (), key_in(tmp_path))
    for bad in ("=1+1", "+1", "-1", "@x", "\tx"):
        await state.audit.add(Entry(NOW, "t", "p", "19:c", bad, "answered"))
    await state.close()
    lines = written(await audited(settings, lambda: NOW), "csv").splitlines()
    assert len(lines) == 6
    assert all(",'" in line for line in lines[1:])


async def test_what_is_too_old_is_purged_and_totals_count(tmp_path: Path) -> None:
    settings = await filled(tmp_path)
    state = await State.open(settings.state_address, lambda: NOW, (), key_in(tmp_path))
    await state.audit.purge(NOW - timedelta(days=400))
    left = await state.audit.list("t", NOW - timedelta(days=900), NOW + timedelta(days=1))
    assert [one.outcome for one in left] == ["answered", "refused"]
    told = await state.audit.totals("t", NOW - timedelta(days=7), NOW + timedelta(days=1))
    await state.close()
    assert (told.questions, told.people, told.milliseconds) == (2, 2, 10.0)
    assert told.metrics == (("jobs_posted", 1),)


@pytest.mark.parametrize(
    "written_as", ['{"poster":["Ana"]}', '{"owner":{"not":["Ana"]}}', '{"freelancer":[{"id":"W1","name":"Ana"}]}']
)
def test_people_named_in_a_filter_become_marks(written_as: str) -> None:
    kept = Pseudonyms("k").query(f'{{"metrics":["spend"],"filters":{written_as}}}') or ""
    assert "Ana" not in kept
    assert "W1" not in kept
    assert "~" in kept
