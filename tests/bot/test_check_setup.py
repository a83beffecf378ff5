"""What `check` finds out about an installation: everything that is wrong at once, each with what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from app import cli
from bot.cli.checking_setup import check_setup
from bot.cli.setup_told import Told, lines
from bot.settings import Settings, settings_with_problems
from bot.state import State
from tests.fakes.authority import FakeAuthority, authority_on
from tests.fakes.connector import connector_on
from tests.fakes.serving import ThrowawayCA, serving
from tests.fakes.stage import settings_for

KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def installed(ca: ThrowawayCA, folder: Path, **changes: Any) -> AsyncIterator[tuple[Settings, FakeAuthority]]:
    """A bot whose outside world is there, and a web server at its public address."""
    folder.mkdir(exist_ok=True)
    async with (
        authority_on(now, ca.server()) as authority,
        connector_on(ca.server()) as connector,
        serving(_front(), ca.server()) as address,
    ):
        given = {"public_url": address, "program_users": ("lead@contoso.example",), "link_keys": ("k",)}
        yield settings_for(connector, authority, ca, folder, **{**given, **changes}), authority


def _front() -> web.Application:
    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    return app


def certificate(path: Path, *, days: float = 365, key: rsa.RSAPrivateKey = KEY, of: rsa.RSAPrivateKey = KEY) -> Path:
    """A PEM file with a private key and the certificate of a key, private to its owner."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bot")])
    began = min(now(), now() + timedelta(days=days)) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(of.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(now() + timedelta(days=days))
        .sign(of, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    path.chmod(0o600)
    return path


def of(told: list[Told], about: str) -> list[tuple[str, str]]:
    return [(one.level, one.said) for one in told if one.about == about]


async def test_an_installation_that_is_as_it_should_be_has_nothing_wrong(ca: ThrowawayCA, tmp_path: Path) -> None:
    pem = certificate(tmp_path / "bot.pem")
    async with installed(ca, tmp_path / "d", app_secret="", app_certificate=pem) as (settings, _):
        told = await check_setup(settings, [], now)
    assert [one for one in told if one.level == "wrong"] == []
    assert {one.about for one in told if one.level == "good"} >= {
        "Settings", "Certificate", "Database", "Disk", "Signing keys", "Clock", "Token for Teams", "Public address",
    }  # fmt: skip


async def test_everything_that_is_wrong_is_told_at_once_and_each_with_what_to_do(
    ca: ThrowawayCA, tmp_path: Path
) -> None:
    pem = certificate(tmp_path / "bot.pem", days=-3, of=OTHER)
    async with installed(ca, tmp_path / "d", app_secret="", app_certificate=pem) as (settings, authority):
        authority.status, authority.token_status = 500, 400
        broken = replace(
            settings, public_url=f"{settings.public_url}/elsewhere", state_url="postgresql+asyncpg://x@127.0.0.1:9/x"
        )
        told = await check_setup(broken, ["FREELANCE_PORT 'x': must be a whole number"], now)
    wrong = [one for one in told if one.level == "wrong"]
    assert {one.about for one in wrong} == {
        "Setting", "Certificate", "Database", "Signing keys", "Token for Teams", "Public address",
    }  # fmt: skip
    assert len(of(wrong, "Certificate")) == 2
    assert all(one.do for one in wrong)


@pytest.mark.parametrize(
    ("days", "level"), [(365, "good"), (29, "look"), (-1, "wrong")], ids=["long", "a month", "ended"]
)
async def test_the_end_of_a_certificate_is_told_in_time(tmp_path: Path, days: int, level: str) -> None:
    settings = Settings(data_dir=tmp_path, app_certificate=certificate(tmp_path / "bot.pem", days=days))
    assert [found for found, _ in of(await check_setup(settings, [], now, offline=True), "Certificate")] == [level]


async def test_a_key_of_another_certificate_is_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, app_certificate=certificate(tmp_path / "bot.pem", key=OTHER))
    told = of(await check_setup(settings, [], now, offline=True), "Certificate")
    assert ("wrong", "the private key does not belong to the certificate.") in told


async def test_a_key_that_others_may_read_is_told(tmp_path: Path) -> None:
    pem = certificate(tmp_path / "bot.pem")
    pem.chmod(0o644)
    told = of(await check_setup(Settings(data_dir=tmp_path, app_certificate=pem), [], now, offline=True), "Certificate")
    assert [level for level, said in told if "others" in said] == ["look"]


async def test_a_file_that_is_no_certificate_is_told(tmp_path: Path) -> None:
    (tmp_path / "bot.pem").write_text("-----BEGIN NONSENSE-----", encoding="utf-8")
    settings = Settings(data_dir=tmp_path, app_certificate=tmp_path / "bot.pem")
    assert [level for level, _ in of(await check_setup(settings, [], now, offline=True), "Certificate")] == ["wrong"]


class Graph(FakeAuthority):
    """Gives tokens that say what the app may do."""

    roles: tuple[str, ...] = ()

    async def _token(self, request: web.Request) -> web.Response:
        token = jwt.encode({"roles": list(self.roles)}, "k" * 32, "HS256")
        return web.json_response({"token_type": "Bearer", "expires_in": 3600, "access_token": token})


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        (("User.Read.All",), [("good", "User.Read.All.")]),
        ((), [("wrong", "User.Read.All is missing.")]),
        (
            ("User.Read.All", "Mail.Send"),
            [("look", "the app may do more than it needs: Mail.Send.")],
        ),
    ],
    ids=["as needed", "missing", "too much"],
)
async def test_the_permissions_of_the_app_are_held_against_what_is_switched_on(
    ca: ThrowawayCA, tmp_path: Path, roles: tuple[str, ...], found: list[tuple[str, str]]
) -> None:
    graph = Graph(now)
    graph.roles = roles
    async with installed(ca, tmp_path, directory=True) as (settings, _), serving(graph.app(), ca.server()) as address:
        graph.address = address
        told = await check_setup(replace(settings, authority=address), [], now)
    assert of(told, "Permissions") == found


async def test_a_clock_that_is_wrong_is_told(ca: ThrowawayCA, tmp_path: Path) -> None:
    async with installed(ca, tmp_path) as (settings, _):
        told = await check_setup(settings, [], lambda: now() + timedelta(minutes=10))
    assert [level for level, _ in of(told, "Clock")] == ["wrong"]


async def test_looking_at_a_database_does_not_change_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    await check_setup(settings, [], now, offline=True)
    assert not (tmp_path / "state.db").exists()
    await (await State.open(settings.state_address, now)).close()
    before = (tmp_path / "state.db").read_bytes()
    told = of(await check_setup(settings, [], now, offline=True), "Database")
    assert told[0][0] == "good"
    assert "schema" in told[0][1]
    assert (tmp_path / "state.db").read_bytes() == before


async def test_the_password_of_a_database_is_never_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, state_url="postgresql+asyncpg://bot:canary@127.0.0.1:9/state")
    told = await check_setup(settings, [], now, offline=True)
    assert [level for level, _ in of(told, "Database")] == ["wrong"]
    assert "canary" not in "\n".join(lines(told))


async def test_a_damaged_version_of_the_data_is_told(tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "CURRENT").write_text, "v7.duckdb\n", encoding="utf-8")
    told = of(await check_setup(Settings(data_dir=tmp_path), [], now, offline=True), "Data")
    assert [level for level, _ in told] == ["wrong"]


def test_settings_that_cannot_be_read_are_told_and_the_rest_is_looked_at_all_the_same() -> None:
    settings, problems = settings_with_problems({"FREELANCE_PORT": "x", "FREELANCE_DATA_DIR": "/elsewhere"})
    assert settings.data_dir == Path("/elsewhere")
    assert any("FREELANCE_PORT" in problem for problem in problems)
    assert any("FREELANCE_APP_ID" in problem for problem in problems)


def test_the_command_ends_with_1_where_something_is_wrong_and_with_0_where_nothing_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FREELANCE_DATA_DIR", str(tmp_path))
    broken = CliRunner().invoke(cli, ["check", "--offline"])
    assert broken.exit_code == 1
    assert "FREELANCE_APP_ID is missing" in broken.output
    some_id = "22222222-2222-2222-2222-222222222222"
    for name, value in {
        "APP_ID": some_id,
        "APP_TENANT": some_id,
        "ALLOWED_TENANTS": some_id,
        "APP_SECRET": "s",
    }.items():
        monkeypatch.setenv(f"FREELANCE_{name}", value)
    whole = CliRunner().invoke(cli, ["check", "--offline"])
    assert whole.exit_code == 0, whole.output
    assert "0 wrong" in whole.output
