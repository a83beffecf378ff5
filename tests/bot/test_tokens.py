"""The bot's own tokens, against a directory that answers over TLS."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import jwt
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.delivery.tokens import (
    CONNECTOR_SCOPE,
    GRAPH_SCOPE,
    AppIdentity,
    CachedTokens,
    ManagedIdentity,
    NoToken,
    Unsigned,
    certificate,
)
from bot.parts import identity_of
from bot.settings import Settings
from tests.fakes.authority import APP_ID, FakeAuthority, authority_on, signing_key
from tests.fakes.serving import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.fakes.serving import ThrowawayCA
    from tests.fakes.stage import FakeClock


class Directory:
    """The fake directory and an identity in it."""

    def __init__(self, fake: FakeAuthority, identity: AppIdentity, clock: FakeClock) -> None:
        self.fake = fake
        self.identity = identity
        self.clock = clock
        self._made: list[CachedTokens] = []

    def tokens(self, scope: str = CONNECTOR_SCOPE) -> CachedTokens:
        self._made.append(CachedTokens(self.identity, scope, self.clock))
        return self._made[-1]

    async def close(self) -> None:
        for tokens in self._made:
            await tokens.close()
        self.identity.close()


@pytest.fixture
async def directory(ca: ThrowawayCA, clock: FakeClock) -> AsyncIterator[Directory]:
    async with authority_on(clock, ca.server()) as fake:
        identity = AppIdentity(APP_ID, "a-tenant", "canary-secret", fake.address, str(ca.ca_file))
        made = Directory(fake, identity, clock)
        yield made
        await made.close()


async def test_ten_at_once_ask_the_directory_once_and_do_not_hold_the_loop(directory: Directory) -> None:
    directory.fake.token_delay = 0.2
    tokens, lag, stop = directory.tokens(), 0.0, False

    async def watch() -> None:
        nonlocal lag
        while not stop:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            lag = max(lag, time.perf_counter() - began - 0.005)

    watcher = asyncio.create_task(watch())
    assert set(await asyncio.gather(*(tokens.get() for _ in range(10)))) == {"bot-token-1"}
    stop = True
    await watcher
    assert directory.fake.tokens_issued == 1
    assert lag < 0.1
    asked = directory.fake.token_requests[0]
    assert (asked["client_id"], asked["scope"], asked["grant_type"]) == (APP_ID, CONNECTOR_SCOPE, "client_credentials")


async def test_each_scope_has_its_own_token(directory: Directory) -> None:
    one, two = directory.tokens(), directory.tokens(GRAPH_SCOPE)
    assert [await one.get(), await two.get(), await one.get()] == ["bot-token-1", "bot-token-2", "bot-token-1"]


async def test_a_token_that_ends_soon_is_renewed_behind_the_callers_back(directory: Directory) -> None:
    tokens = directory.tokens()
    directory.fake.token_seconds = 200
    await tokens.get()
    directory.clock.pass_by(10)
    assert await tokens.get() == "bot-token-1"
    await until(lambda: directory.fake.tokens_issued == 2 and tokens._renewal is None)
    assert await tokens.get() == "bot-token-2"


async def test_a_token_that_has_ended_is_never_handed_out(directory: Directory) -> None:
    tokens = directory.tokens()
    directory.fake.token_seconds = 200
    await tokens.get()
    directory.clock.pass_by(200)
    assert await tokens.get() == "bot-token-2"


async def test_while_the_directory_is_down_the_good_token_stays_and_it_is_asked_rarely(directory: Directory) -> None:
    tokens = directory.tokens()
    directory.fake.token_seconds = 200
    await tokens.get()
    directory.fake.token_status = 500
    asked = len(directory.fake.token_requests)
    for _ in range(5):
        directory.clock.pass_by(1)
        assert await tokens.get() == "bot-token-1"
        await until(lambda: tokens._renewal is None)
    assert len(directory.fake.token_requests) <= asked + 2
    directory.clock.pass_by(200)
    with pytest.raises(NoToken):
        await tokens.get()


async def test_renewing_brings_another_token_once_for_all_who_ask(directory: Directory) -> None:
    tokens = directory.tokens()
    await tokens.get()
    renewed = await asyncio.gather(*(tokens.renew() for _ in range(5)))
    assert set(renewed) == {"bot-token-2"}
    assert directory.fake.tokens_issued == 2


async def test_a_refusal_is_told_by_its_short_word_only(directory: Directory) -> None:
    directory.fake.token_status = 401
    with pytest.raises(NoToken, match="invalid_client") as raised:
        await directory.tokens().get()
    assert "canary" not in str(raised.value)
    assert "AADSTS" not in str(raised.value)


async def test_a_directory_out_of_reach_is_no_crash(clock: FakeClock) -> None:
    identity = AppIdentity(APP_ID, "a-tenant", "secret", "https://127.0.0.1:1")
    with pytest.raises(NoToken):
        await CachedTokens(identity, CONNECTOR_SCOPE, clock).get()
    identity.close()


async def test_a_certificate_signs_for_the_app(ca: ThrowawayCA, clock: FakeClock, tmp_path: Path) -> None:
    file = tmp_path / "app.pem"
    file.write_bytes(app_certificate())
    async with authority_on(clock, ca.server()) as fake:
        identity = AppIdentity(APP_ID, "a-tenant", certificate(file), fake.address, str(ca.ca_file))
        assert await CachedTokens(identity, CONNECTOR_SCOPE, clock).get() == "bot-token-1"
        assertion = fake.token_requests[0]["client_assertion"]
        claims = jwt.decode(
            assertion, signing_key("app").public_key(), ["PS256"], audience=f"{fake.address}/a-tenant/oauth2/v2.0/token"
        )
        assert claims["iss"] == APP_ID
        identity.close()


def app_certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "app")])
    key, now = signing_key("app"), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)


async def test_a_managed_identity_asks_the_platform(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, str]] = []

    async def token(request: web.Request) -> web.Response:
        asked.append({**request.query, "secret": request.headers.get("X-IDENTITY-HEADER", "")})
        ends = int(time.time()) + 3600
        return web.json_response({"access_token": f"managed-{len(asked)}", "expires_on": str(ends), "resource": "x"})

    app = web.Application()
    app.router.add_get("/msi/token", token)
    async with serving(app, None) as address:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{address}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "platform-secret")
        identity = ManagedIdentity(APP_ID)
        tokens = CachedTokens(identity, CONNECTOR_SCOPE, clock)
        assert [await tokens.get(), await tokens.get(), await tokens.renew()] == ["managed-1", "managed-1", "managed-2"]
        identity.close()
    assert asked[0]["client_id"] == APP_ID
    assert asked[0]["resource"] == "https://api.botframework.com"
    assert asked[0]["secret"] == "platform-secret"


def test_the_settings_decide_which_identity_it_is() -> None:
    managed = identity_of(Settings(app_id=APP_ID, app_managed_identity=True))
    secret = identity_of(Settings(app_id=APP_ID, app_tenant="t", app_secret="x"))
    assert (type(managed), type(secret)) == (ManagedIdentity, AppIdentity)
    managed.close()
    secret.close()


async def test_a_local_bot_sends_no_token() -> None:
    assert (await Unsigned().get(), await Unsigned().renew()) == ("", "")


async def until(done: object) -> None:
    async with asyncio.timeout(5):
        while not done():  # type: ignore[operator]
            await asyncio.sleep(0.005)
