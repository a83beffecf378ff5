"""What the bot remembers: across restarts, upgrades, keys and people."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from analytics.errors import DataError, SettingsError
from bot.events import Conversation, Person
from bot.settings import Settings
from bot.state import State, StateUnavailable
from bot.state.audit import Entry
from bot.state.inbox import ABANDONED, LEASE_SECONDS, Key, Record
from bot.state.line import open_engine
from bot.state.schema import migrate
from bot.state.tables import metadata

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from tests.fakes.stage import FakeClock

ANNA = Person("t1", "p1", "Anna", "29:anna")
BERT = Person("t1", "p2", "Bert", "29:bert")
OWN = Conversation("a:1", "personal", "t1", "https://smba.example/emea", bot_id="28:b", bot_name="Bot")
CHANNEL = Conversation("19:c@thread.tacv2;messageid=5", "channel", "t1", "https://smba.example/emea", "19:t", "19:c")
KEY = Key("t1", "a:1", "act-1")


async def test_the_migrations_build_exactly_the_declared_tables_and_take_them_back(url: str) -> None:
    engine = open_engine(url)

    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    def tables(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names())

    for _ in range(2):
        await migrate(engine)
        await migrate(engine)
        async with engine.connect() as connection:
            assert await connection.run_sync(differences) == []
            assert await connection.run_sync(tables) == {*metadata.tables, "alembic_version"}
        await migrate(engine, "base")
        async with engine.connect() as connection:
            assert await connection.run_sync(tables) == {"alembic_version"}
    await engine.dispose()


async def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    engine = open_engine(url)
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE audit (odd INTEGER)"))
    with pytest.raises(DBAPIError):
        await migrate(engine)
    async with engine.connect() as connection:
        left = await connection.run_sync(lambda plain: set(inspect(plain).get_table_names()))
        await connection.execute(text("DROP TABLE audit"))
    assert left - {"alembic_version"} == {"audit"}
    await engine.dispose()


async def test_an_upgrade_keeps_what_is_there(url: str, clock: FakeClock) -> None:
    for _ in range(2):
        state = await State.open(url, clock)
        await state.choices.set(ANNA, "language", "de")
        await state.close()
    state = await State.open(url, clock)
    assert await state.choices.get(ANNA, "language") == "de"
    await state.close()


async def kept_bytes(state: State, folder: Path) -> bytes:
    """The table of last answers as it lies on the disk."""
    if state._engine.dialect.name == "sqlite":
        return b"".join(path.read_bytes() for path in folder.glob("state.db*"))
    await state.line.run("CHECKPOINT")
    rows = await state.line.run("SELECT pg_read_binary_file(pg_relation_filepath('last_answers'))")
    return bytes(rows[0][0])


async def test_what_was_deleted_is_gone_from_the_disk_once_it_is_compacted(state: State, tmp_path: Path) -> None:
    await state.last_answers.remember(OWN, ANNA, {"earlier": [{"text": "anna-planted-this"}]})
    await state.last_answers.remember(OWN, BERT, {"earlier": [{"text": "bert-keeps-this"}]})
    assert b"anna-planted-this" in await kept_bytes(state, tmp_path)
    await state.line.run("DELETE FROM last_answers WHERE entra_id = 'p1'")
    await state.compact()
    left = await kept_bytes(state, tmp_path)
    assert b"anna-planted-this" not in left
    assert b"bert-keeps-this" in left


async def test_two_processes_may_open_an_empty_database_at_once(url: str, clock: FakeClock) -> None:
    states = await asyncio.gather(*(State.open(url, clock) for _ in range(2)))
    assert [await state.ready() for state in states] == [True, True]
    for state in states:
        await state.close()


async def test_a_delivery_is_claimed_once_and_its_record_outlives_a_restart(url: str, clock: FakeClock) -> None:
    state = await State.open(url, clock)
    assert await state.inbox.claim(KEY) is None
    waiting = await state.inbox.claim(KEY)
    assert isinstance(waiting, asyncio.Future)
    record = Record(200, {"statusCode": 200, "value": "ü"})
    await state.inbox.finish(KEY, record)
    assert (await waiting, await state.inbox.claim(KEY)) == (record, record)
    await state.close()
    state = await State.open(url, clock)
    assert await state.inbox.claim(KEY) == record
    clock.pass_by(24 * 3600)
    await state.inbox.purge()
    await state.close()
    state = await State.open(url, clock)
    assert await state.inbox.claim(KEY) is None
    await state.close()


async def test_more_answers_than_are_remembered_are_read_back(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.state.inbox.REMEMBERED", 2)
    keys = [Key("t1", "a:1", f"act-{n}") for n in range(5)]
    for n, key in enumerate(keys):
        assert await state.inbox.claim(key) is None
        await state.inbox.finish(key, Record(200, {"n": n}))
    assert [await state.inbox.claim(key) for key in keys] == [Record(200, {"n": n}) for n in range(5)]


async def test_fifty_claims_at_once_give_one_turn(state: State) -> None:
    claims = await asyncio.gather(*(state.inbox.claim(KEY) for _ in range(50)))
    assert claims.count(None) == 1


async def test_an_abandoned_delivery_is_taken_by_the_next(state: State) -> None:
    assert await state.inbox.claim(KEY) is None
    waiting = await state.inbox.claim(KEY)
    await state.inbox.abandon(KEY)
    assert isinstance(waiting, asyncio.Future)
    assert await waiting == ABANDONED
    assert await state.inbox.claim(KEY) is None


async def test_what_a_dead_process_left_unfinished_is_run_again(url: str, clock: FakeClock) -> None:
    dead = await State.open(url, clock)
    assert await dead.inbox.claim(KEY) is None
    await dead.close()
    clock.pass_by(LEASE_SECONDS)
    state = await State.open(url, clock)
    assert await state.inbox.claim(KEY) is None
    await state.close()


async def test_a_second_replica_waits_for_the_first_ones_answer(url: str, clock: FakeClock) -> None:
    one, two = await State.open(url, clock), await State.open(url, clock)
    two.inbox._alone = 0
    assert await one.inbox.claim(KEY) is None
    second = asyncio.create_task(two.inbox.claim(KEY))
    await asyncio.sleep(0.05)
    assert not second.done()
    await one.inbox.finish(KEY, Record(200))
    assert await second == Record(200)
    await one.close()
    await two.close()


async def test_a_conversation_comes_back_as_it_was_without_its_thread(url: str, clock: FakeClock) -> None:
    state = await State.open(url, clock)
    await state.conversations.remember(CHANNEL, ANNA)
    await state.conversations.remember(OWN, ANNA)
    await state.close()
    state = await State.open(url, clock)
    found = await state.conversations.get("t1", "19:c@thread.tacv2;messageid=99")
    assert found == Conversation("19:c@thread.tacv2", "channel", "t1", CHANNEL.service_url, "19:t", "19:c")
    assert await state.conversations.personal("t1", "p1") == OWN
    assert await state.conversations.personal("t1", "p2") is None
    assert await state.conversations.personal("t2", "p1") is None
    assert await state.conversations.personal("t1", "") is None
    assert await state.conversations.get("t2", OWN.id) is None
    await state.close()


async def test_a_conversation_that_moves_is_remembered_at_its_new_address(state: State) -> None:
    await state.conversations.remember(OWN, ANNA)
    moved = Conversation(OWN.id, "personal", "t1", "https://smba.example/amer", bot_id="28:b", bot_name="Bot")
    await state.conversations.remember(moved, ANNA)
    assert await state.conversations.get("t1", OWN.id) == moved


async def test_a_blocked_conversation_is_not_offered_until_it_is_heard_of_again(state: State) -> None:
    assert await state.conversations.standing(OWN) is None
    await state.conversations.remember(OWN, ANNA)
    await state.conversations.mark(OWN, "blocked")
    assert await state.conversations.standing(OWN) == "blocked"
    assert await state.conversations.personal("t1", "p1") is None
    await state.conversations.remember(OWN, ANNA)
    assert await state.conversations.standing(OWN) == "active"


async def test_ten_announcements_at_once_give_one_welcome(state: State) -> None:
    await state.conversations.remember(OWN, ANNA)
    welcomes = await asyncio.gather(*(state.conversations.first_welcome(OWN) for _ in range(10)))
    assert welcomes.count(True) == 1


async def test_choices_belong_to_one_person_in_one_tenant(state: State) -> None:
    await state.choices.set(ANNA, "calendar", {"year": "fiscal"})
    await state.choices.set(ANNA, "calendar", {"year": "calendar"})
    await state.choices.set(ANNA, "language", "ja")
    assert await state.choices.all(ANNA) == {"calendar": {"year": "calendar"}, "language": "ja"}
    assert await state.choices.all(BERT) == {}
    assert await state.choices.all(Person("t2", "p1")) == {}
    await state.choices.forget(ANNA, "calendar")
    assert await state.choices.get(ANNA, "calendar") is None


async def test_a_follow_up_leans_on_the_last_answer_of_the_same_person_and_place_for_a_while(
    state: State, clock: FakeClock
) -> None:
    query = {"metrics": ["spend"], "group_by": ["team"]}
    await state.last_answers.remember(OWN, ANNA, query)
    assert await state.last_answers.recall(OWN, ANNA) == query
    assert await state.last_answers.recall(OWN, BERT) is None
    assert await state.last_answers.recall(CHANNEL, ANNA) is None
    clock.pass_by(1_800)
    assert await state.last_answers.recall(OWN, ANNA) is None
    await state.purge()
    assert await state.line.run("SELECT COUNT(*) FROM last_answers") == [(0,)]


@pytest.mark.parametrize("minutes", [0, 10])
async def test_how_long_last_answers_are_kept_is_a_setting(minutes: int, tmp_path: Path, clock: FakeClock) -> None:
    settings = Settings(data_dir=tmp_path, follow_up_minutes=minutes)
    state = await State.open(settings.state_address, clock, follow_up=timedelta(minutes=settings.follow_up_minutes))
    await state.last_answers.remember(OWN, ANNA, {"metrics": ["spend"]})
    assert (await state.last_answers.recall(OWN, ANNA) is not None) == (minutes > 0)
    clock.pass_by(minutes * 60)
    assert await state.last_answers.recall(OWN, ANNA) is None
    await state.purge()
    assert await state.line.run("SELECT COUNT(*) FROM last_answers") == [(0,)]
    await state.close()


async def test_credentials_lie_encrypted_and_keys_can_be_rotated(url: str, clock: FakeClock, tmp_path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    state = await State.open(url, clock, [old])
    await state.credentials.put("upwork", {"refresh_token": "canary-secret"})
    await state.close()
    for file in tmp_path.glob("state.db*"):
        assert b"canary-secret" not in file.read_bytes()
    state = await State.open(url, clock, [new, old])
    assert await state.credentials.get("upwork") == {"refresh_token": "canary-secret"}
    assert await state.credentials.rotate() == 1
    await state.close()
    state = await State.open(url, clock, [new])
    assert await state.credentials.get("upwork") == {"refresh_token": "canary-secret"}
    assert await state.credentials.get("nothing") is None
    await state.close()
    state = await State.open(url, clock, [old])
    with pytest.raises(DataError, match="No key in FREELANCE_STATE_KEYS opens"):
        await state.credentials.get("upwork")
    await state.credentials.delete("upwork")
    assert await state.credentials.get("upwork") is None
    await state.close()


async def test_without_a_key_no_credential_is_kept(state: State) -> None:
    with pytest.raises(SettingsError, match="FREELANCE_STATE_KEYS"):
        await state.credentials.put("upwork", {"refresh_token": "x"})
    assert await state.line.run("SELECT COUNT(*) FROM credentials") == [(0,)]


async def test_the_audit_lists_what_was_added_in_a_tenant_in_order(state: State, clock: FakeClock) -> None:
    start = clock()
    entries = [
        Entry(start, "t1", "p1", "a:1", "message", "answer", '{"metrics":["spend"]}', "all", 12, 3.5),
        Entry(start, "t2", "p1", "a:1", "message", "answer"),
        Entry(start + timedelta(seconds=1), "t1", "p2", "a:2", "action", "refuse"),
        Entry(start + timedelta(days=1), "t1", "p2", "a:2", "action", "refuse"),
    ]
    for entry in entries:
        await state.audit.add(entry)
    assert await state.audit.list("t1", start, start + timedelta(days=1)) == [
        state.audit.kept(entries[0]),
        state.audit.kept(entries[2]),
    ]


async def test_a_database_that_is_gone_is_told_in_words_for_people(url: str, clock: FakeClock) -> None:
    state = await State.open(url, clock)
    await state.line.run("DROP TABLE choices")
    with pytest.raises(StateUnavailable, match="Try again in a minute"):
        await state.choices.get(ANNA, "language")
    await state.close()
