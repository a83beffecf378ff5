"""Sources as the command line uses them: keys from the settings, tokens encrypted in the bot's own database, a real sync."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from analytics import versions
from analytics.directory import Directory
from analytics.engine import Engine
from analytics.errors import DataError, SettingsError
from analytics.progress import Silent
from analytics.store import Store
from bot.cli.connecting import code_in
from bot.settings import Settings, read_settings
from bot.sources import Addresses, connecting, sync_sources, to_ask
from tests.analytics.company import NOW, company, write
from tests.fakes.graph import FakeGraph, user
from tests.fakes.serving import serving
from tests.fakes.upwork import FakeUpwork, make_company
from tests.fakes.upwork.connected import OWN_FILES
from tests.fakes.upwork.server import CLIENT, CODE, SECRET

READY = {
    "FREELANCE_UPWORK": "true",
    "FREELANCE_UPWORK_CLIENT_ID": CLIENT,
    "FREELANCE_UPWORK_CLIENT_SECRET": SECRET,
    "FREELANCE_UPWORK_REDIRECT": "https://bot.contoso.example/upwork",
    "FREELANCE_UPWORK_ORGANIZATIONS": "1000000000000000001",
    "FREELANCE_STATE_KEYS": Fernet.generate_key().decode(),
}


def settings_in(home: Path, **more: str) -> Settings:
    return read_settings({**READY, "FREELANCE_DATA_DIR": str(home / "data"), **more}, serving=False)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("name", [name for name in READY if name != "FREELANCE_UPWORK"])
def test_a_source_that_is_switched_on_has_to_be_set_up_whole(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({**READY, name: ""}, serving=False)


def test_only_what_is_set_up_can_be_asked(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert to_ask(settings) == to_ask(settings, "upwork") == ("upwork",)
    assert to_ask(settings, "none") == ()
    with pytest.raises(SettingsError, match='There is no source "upwrok": set up are: upwork'):
        to_ask(settings, "upwrok")
    assert to_ask(Settings()) == ()
    with pytest.raises(SettingsError, match="no source is set up"):
        to_ask(Settings(), "upwork")


async def test_a_sync_after_connecting_keeps_every_token_encrypted(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    tables = company()
    write(tmp_path / "in", {name: tables[name] for name in OWN_FILES})
    fake = FakeUpwork(make_company(1, 2, 8, date(2026, 11, 19), days=10), clock=now)
    async with serving(fake.app(), None) as address:
        addresses = Addresses(f"{address}/graphql", f"{address}/api/v3/oauth2/token")
        async with connecting(settings, now, addresses) as tokens:
            await tokens.agreed(CODE)
        report = await sync_sources(tmp_path / "in", settings.data_dir, settings, lambda: NOW, Silent(), addresses)
    assert report.loaded > 0
    assert versions.numbers(settings.data_dir) == [1]
    assert fake.mutations == []
    kept = (settings.data_dir / "state.db").read_bytes()
    for secret in (*fake.access, fake.refresh, SECRET):
        assert secret.encode() not in kept
    with sqlite3.connect(settings.data_dir / "state.db") as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM credentials")}
    connection.close()
    assert names == {"upwork tokens", "upwork calls"}


async def test_without_upwork_there_is_nothing_to_connect() -> None:
    with pytest.raises(SettingsError, match="nothing to connect"):
        async with connecting(Settings(), now):
            pass


def test_the_code_is_taken_from_the_address_one_was_sent_to() -> None:
    assert code_in(" https://bot.contoso.example/upwork?code=abc&state=s1 ", "s1") == "abc"
    with pytest.raises(DataError, match="another attempt"):
        code_in("https://bot.contoso.example/upwork?code=abc&state=s2", "s1")
    with pytest.raises(DataError, match="access_denied"):
        code_in("https://bot.contoso.example/upwork?error=access_denied&state=s1", "s1")


APP = {
    "FREELANCE_DIRECTORY": "true",
    "FREELANCE_APP_ID": "22222222-2222-2222-2222-222222222222",
    "FREELANCE_APP_TENANT": "33333333-3333-3333-3333-333333333333",
    "FREELANCE_APP_SECRET": "s3cret",
}


@pytest.mark.parametrize("name", [name for name in APP if name != "FREELANCE_DIRECTORY"])
def test_the_directory_is_only_asked_as_a_whole_app(name: str) -> None:
    with pytest.raises(SettingsError, match="FREELANCE_APP_CERT" if name.endswith("SECRET") else name):
        read_settings({**APP, name: ""}, serving=False)


def test_a_local_bot_has_no_app_to_ask_the_directory_as() -> None:
    with pytest.raises(SettingsError, match="--local has not"):
        read_settings({"FREELANCE_DIRECTORY": "true"}, local=True)


async def test_the_directory_is_a_source_of_its_own_with_the_tokens_of_the_app(tmp_path: Path) -> None:
    settings = read_settings({**READY, **APP, "FREELANCE_DATA_DIR": str(tmp_path / "data")}, serving=False)
    assert to_ask(settings) == ("directory", "upwork")
    assert to_ask(settings, "directory") == ("directory",)
    given = {"people", "employment", "teams", "headcount"}
    write(tmp_path / "in", {name: rows for name, rows in company().items() if name not in given})
    fake = FakeGraph()
    fake.add(user(1), user(2, 1), user(3, 2, userType="Guest"))

    async def token() -> str:
        return fake.token

    async with serving(fake.app(), None) as address:
        where = Addresses(graph=f"{address}/v1.0")
        asked = sync_sources(
            tmp_path / "in",
            settings.data_dir,
            settings,
            lambda: NOW,
            Silent(),
            where,
            names=["directory"],
            graph_token=token,
        )
        report = await asked
    told = {finding.check: finding.text for finding in report.findings}
    assert told["left_out_entra"] == "Microsoft Entra: what is no record was left out by rule: 1 guest"
    store = Store(settings.data_dir)
    engine = Engine(store)
    assert engine.version().directory == Directory("entra", True, NOW.date())
    engine.close()
    store.close()
