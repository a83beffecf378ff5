"""Which published keys are believed, and what a key endpoint in trouble does to them."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from bot.delivery.keys import Keys
from tests.fakes.authority import FakeAuthority, authority_on
from tests.fakes.serving import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fakes.serving import ThrowawayCA
    from tests.fakes.stage import FakeClock


@pytest.fixture
async def session(ca: ThrowawayCA) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=ca.client())) as opened:
        yield opened


@pytest.fixture
async def authority(ca: ThrowawayCA, clock: FakeClock) -> AsyncIterator[FakeAuthority]:
    async with authority_on(clock, ca.server()) as fake:
        yield fake


@pytest.fixture
async def keys(session: aiohttp.ClientSession, authority: FakeAuthority, clock: FakeClock) -> AsyncIterator[Keys]:
    made = Keys(session, authority.metadata, clock)
    yield made
    await made.close()


def small_key() -> dict[str, Any]:
    return dict(json.loads(RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 1024).public_key())))  # noqa: S505


def curve_key() -> dict[str, Any]:
    return dict(json.loads(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key())))


@pytest.mark.parametrize(
    "entry",
    [
        {**small_key(), "kid": "odd", "endorsements": ["msteams"]},
        {**curve_key(), "kid": "odd", "endorsements": ["msteams"]},
        {"kty": "RSA", "kid": "odd", "endorsements": ["msteams"]},
        {"kty": "RSA", "kid": "odd", "endorsements": ["msteams"], "n": "!!", "e": "AQAB"},
        {"kty": "oct", "kid": "odd", "k": "c2VjcmV0", "endorsements": ["msteams"]},
        {"kty": "RSA", "kid": 7, "endorsements": ["msteams"]},
        {"kid": "odd", "endorsements": "msteams"},
    ],
)
async def test_keys_that_are_weak_odd_or_broken_are_left_out(
    keys: Keys, authority: FakeAuthority, entry: dict[str, Any]
) -> None:
    authority.published["odd"] = entry
    assert await keys.get("k1") is not None
    assert await keys.get("odd") is None


async def test_ten_at_once_fetch_once(keys: Keys, authority: FakeAuthority) -> None:
    authority.delay = 0.05
    found = await asyncio.gather(*(keys.get("k1") for _ in range(10)))
    assert None not in found
    assert authority.key_fetches == 1


async def test_without_any_keys_the_fetch_is_repeated_soon_and_with_some_after_a_minute(
    keys: Keys, authority: FakeAuthority, clock: FakeClock
) -> None:
    authority.status = 500
    assert not await keys.load()
    assert not await keys.load()
    assert authority.key_fetches == 1
    authority.status = 200
    clock.pass_by(5)
    assert await keys.load()
    clock.pass_by(5)
    assert await keys.get("new") is None
    assert authority.key_fetches == 2
    authority.publish("new")
    clock.pass_by(55)
    assert await keys.get("new") is not None


async def test_keys_are_fetched_anew_after_a_while_without_anyone_waiting(
    keys: Keys, authority: FakeAuthority, clock: FakeClock
) -> None:
    await keys.get("k1")
    clock.pass_by(6 * 3600)
    authority.publish("k2")
    authority.delay = 0.05
    assert await asyncio.wait_for(keys.get("k1"), 0.04) is not None
    async with asyncio.timeout(5):
        while keys.known("k2") is None:
            await asyncio.sleep(0.01)


async def test_through_an_outage_keys_count_for_a_day_and_no_longer(
    keys: Keys, authority: FakeAuthority, clock: FakeClock
) -> None:
    await keys.get("k1")
    authority.status = 500
    clock.pass_by(24 * 3600 - 1)
    assert await keys.get("k1") is not None
    clock.pass_by(1)
    assert (keys.ready, keys.known("k1"), await keys.get("k1")) == (False, None, None)
    authority.status = 200
    clock.pass_by(5)
    assert await keys.get("k1") is not None


async def test_an_empty_list_of_keys_does_not_replace_the_good_ones(
    keys: Keys, authority: FakeAuthority, clock: FakeClock
) -> None:
    await keys.get("k1")
    authority.published.clear()
    clock.pass_by(61)
    assert await keys.get("k2") is None
    assert await keys.get("k1") is not None


ODD_METADATA = [
    b"not json",
    b"[]",
    b"{}",
    b'{"jwks_uri": 7}',
    b'{"jwks_uri": "http://127.0.0.1/keys"}',
    b'{"jwks_uri": "file:///etc/passwd"}',
    b'{"jwks_uri": "https://127.0.0.1:1/keys"}',
    b"[" * 100_000,
    b" " * (2 << 20),
]


@pytest.mark.parametrize("body", ODD_METADATA)
async def test_odd_metadata_brings_no_keys_and_no_crash(
    session: aiohttp.ClientSession, ca: ThrowawayCA, clock: FakeClock, body: bytes
) -> None:
    async def odd(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_get("/metadata", odd)
    async with serving(app, ca.server()) as address:
        keys = Keys(session, f"{address}/metadata", clock)
        assert await keys.get("k1") is None
        assert not keys.ready


async def test_a_redirect_is_not_followed(
    session: aiohttp.ClientSession, ca: ThrowawayCA, clock: FakeClock, authority: FakeAuthority
) -> None:
    async def away(_: web.Request) -> web.Response:
        raise web.HTTPFound(authority.metadata)

    app = web.Application()
    app.router.add_get("/metadata", away)
    async with serving(app, ca.server()) as address:
        keys = Keys(session, f"{address}/metadata", clock)
        assert await keys.get("k1") is None
    assert authority.key_fetches == 0
