"""Forgetting a person: nothing of them is left in the data folder or the bot's memory, and no number changes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from analytics import erasure
from analytics.catalogue import METRICS
from analytics.engine import Engine
from analytics.erasure import key_in
from analytics.errors import DataError
from analytics.model import Query
from analytics.progress import Silent
from analytics.store import Store
from bot.cli import persons
from bot.events import Conversation, Person
from bot.settings import Settings
from bot.state import State
from bot.state.audit import Entry
from tests.soundness.rows import charge, contract, job
from tests.world import EVERYTHING, NOW, World, _unchecked

SECRETS = (
    "P0077-ana",
    "Anabela Fontoura",
    "anabela@contoso.example",
    "e77-entra-anabela",
    "W0077-x",
    "Joaquim Querido",
    "h77-querido",
)
YEAR = {"time": {"from": "2026-01-01", "to": "2026-11-20"}}
TENANT = "t"


def made(folder: Path) -> World:
    return World(folder, {
        "people": [{"person_id": "P0077-ana", "name": "Anabela Fontoura", "email": "anabela@contoso.example", "upn": "anabela@contoso.example", "entra_object_id": "e77-entra-anabela"},
                   {"person_id": "P0078", "name": "Anabela Fontoura-Reis"}],
        "employment": [{"person_id": "P0077-ana", "team_id": "T1", "manager_id": "P1"}],
        "workers": [{"worker_id": "W0077-x", "name": "Joaquim Querido", "person_key": "h77-querido"}, {"worker_id": "W0078-x", "name": "Joaquim Querido", "person_key": "h77-querido"}],
        "jobs": [job("J1", "2026-02-01", poster_id="P0077-ana", title="For Anabela Fontoura (P0077-ana)")],
        "contracts": [contract("C1", worker_id="W0077-x", owner_id="P0077-ana"), contract("C2", worker_id="W0078-x"), contract("C3")],
        "charges": [charge("X1", "2026-03-01", 10, contract_id="C1"), charge("X2", "2026-04-01", 20, contract_id="C2"), charge("X3", "2026-04-01", 30, contract_id="C3"),
                    charge("X4", "2026-04-01", 40, contract_id="P0077-ana")],
    })  # fmt: skip


def figures(store: Path) -> dict[str, Any]:
    """Every metric's total for the whole company."""
    held = Store(store)
    engine = Engine(held, cache=1)
    out = {}
    for key in METRICS:
        answer = engine.ask(Query((key,)), EVERYTHING, today=NOW.date())
        out[key] = answer.total.values if answer.total else [row.values for row in answer.rows]
    engine.close()
    held.close()
    return out


def left_in(*folders: Path) -> dict[str, list[str]]:
    """By file, which of the secrets can still be read in its bytes."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                raw = path.read_bytes().lower().replace(b"fontoura-reis", b"")
                hits = [secret for secret in SECRETS if secret.lower().encode() in raw]
                if hits:
                    found[path.name] = hits
    return found


async def remembered(settings: Settings) -> None:
    state = await State.open(settings.state_address, lambda: NOW, (), key_in(settings.data_dir))
    ana = Person(TENANT, "e77-entra-anabela", "Anabela Fontoura", "29:ana")
    where = Conversation("a:ana", "personal", TENANT, "https://x.example/")
    await state.conversations.remember(where, ana)
    await state.choices.set(ana, "fiscal", "yes")
    await state.last_answers.remember(where, ana, {"earlier": [{"text": "jobs of Anabela Fontoura"}]})
    await state.audit.add(Entry(NOW, TENANT, ana.entra_id, "a:ana", "message", "answered", '{"metrics":["spend"]}'))
    await state.close()


async def erase(*asked: Any) -> None:
    # The tiny world breaks rules of quality on purpose, and has broken them before.
    with _unchecked(skip=True):
        await persons.erase(*asked)


@pytest.fixture
async def erased(tmp_path: Path) -> tuple[World, Settings, dict[str, Any]]:
    world = made(tmp_path)
    world.close()
    settings = Settings(data_dir=tmp_path / "store")
    await remembered(settings)
    before = figures(tmp_path / "store")
    for who in ("P0077-ana", "W0077-x"):
        await erase(who, settings, tmp_path / "data", tmp_path / "store", lambda: NOW, Silent())
    return world, settings, before


async def test_nothing_of_them_is_left_and_no_number_changes(erased: Any, tmp_path: Path) -> None:
    _, settings, before = erased
    assert left_in(tmp_path / "store") == {}
    assert figures(tmp_path / "store") == before
    state = await State.open(settings.state_address, lambda: NOW, (), key_in(settings.data_dir))
    assert await state.forgetting.held(SECRETS) == {}
    (line,) = await state.audit.list(TENANT, datetime.fromtimestamp(0, NOW.tzinfo), NOW.replace(year=2030))
    await state.close()
    assert (line.actor, line.outcome) == ("~erased", "answered")


async def test_every_later_import_honours_it(erased: Any, tmp_path: Path) -> None:
    world, _, before = erased
    world.sync({}, NOW)
    world = made(tmp_path)
    assert left_in(tmp_path / "store") == {}
    names = world.ask({"metrics": ["spend"], "group_by": ["freelancer"], **YEAR})
    assert (
        names["Removed person 2"] == 1000 + 2000
        or sum(v for k, v in names.items() if k.startswith("Removed person 2")) == 3000
    )
    world.close()
    assert figures(tmp_path / "store") == before


async def test_an_access_request_gets_records_and_memory(tmp_path: Path) -> None:
    made(tmp_path).close()
    settings = Settings(data_dir=tmp_path / "store")
    await remembered(settings)
    out = tmp_path / "ana.json"
    assert await persons.export("P0077-ana", settings, tmp_path / "store", lambda: NOW, out) > 4
    told = json.loads(out.read_text(encoding="utf-8"))
    assert {"person", "job", "contract"} <= set(told["data"])
    assert {"choices", "last_answers", "conversations", "audit"} <= set(told["memory"])
    assert out.stat().st_mode & 0o077 == 0


def test_the_list_names_nobody_and_a_damaged_one_stops_the_sync(tmp_path: Path) -> None:
    assert erasure.add(tmp_path, ["P0077-ana"]) == 1
    assert erasure.add(tmp_path, ["P0077-ana", "P2"]) == 1
    assert erasure.add(tmp_path, ["P3"]) == 2
    assert "P0077" not in (tmp_path / erasure.FILE).read_text(encoding="utf-8")
    (tmp_path / erasure.FILE).write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="backup"):
        erasure.read(tmp_path)


async def test_nobody_unknown_can_be_erased(tmp_path: Path) -> None:
    made(tmp_path).close()
    settings = Settings(data_dir=tmp_path / "store")
    with pytest.raises(DataError, match="No person"):
        await persons.erase("nobody", settings, tmp_path / "data", tmp_path / "store", lambda: NOW, Silent())


def test_the_key_of_the_list_is_kept_elsewhere_and_another_key_brings_nobody_back(tmp_path: Path) -> None:
    erasure.add(tmp_path, ["P0077-ana"])
    key = (tmp_path / erasure.KEY_FILE).read_text(encoding="utf-8")
    assert key not in (tmp_path / erasure.FILE).read_text(encoding="utf-8")
    assert erasure.read(tmp_path).number("P0077-ana") == 1
    with pytest.raises(DataError, match="key"):
        erasure.read(tmp_path, "another key, of the settings")
    (tmp_path / erasure.KEY_FILE).unlink()
    with pytest.raises(DataError, match="backup"):
        erasure.read(tmp_path)


def test_a_list_of_an_earlier_release_goes_on_counting(tmp_path: Path) -> None:
    old = erasure.Erased("old-key", {})
    held = {"key": "old-key", "erased": {old.mark("P1"): 1}}
    (tmp_path / erasure.FILE).write_text(json.dumps(held), encoding="utf-8")
    assert erasure.add(tmp_path, ["P2"]) == 2
    assert [erasure.read(tmp_path).number(one) for one in ("P1", "P2", "P3")] == [1, 2, None]


async def test_what_belongs_to_the_company_stays_without_whoever_said_it(tmp_path: Path) -> None:
    state = await State.open(f"sqlite+aiosqlite:///{tmp_path / 'state.db'}", lambda: NOW)
    told = {"id": 1, "tenant": TENANT, "metric": "avg_time_to_hire", "value": 7.0, "direction": "down"}
    told |= {
        "dimension": "",
        "member": "",
        "starts": "",
        "set_by": "E0077-entra",
        "name": "Anabela Fontoura",
        "set_at": 0.0,
    }
    columns = ", ".join(told)
    await state.line.run(f"INSERT INTO targets ({columns}) VALUES ({', '.join(f':{name}' for name in told)})", told)
    await state.forgetting.forget(["E0077-entra", "Anabela Fontoura"])
    assert await state.line.run("SELECT metric, value, set_by, name FROM targets") == [
        ("avg_time_to_hire", 7.0, "", "")
    ]
    await state.close()
