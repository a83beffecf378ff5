"""Tokens of Upwork: they rotate, so each new pair is kept before it is used, and nobody renews twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from analytics.errors import DataError
from analytics.sources.upwork.documents import ACCOUNTS
from analytics.sources.upwork.oauth import Tokens
from tests.fakes.upwork import FakeUpwork, make_company
from tests.fakes.upwork.connected import connected
from tests.fakes.upwork.server import CODE

UNTIL = date(2026, 11, 19)


def fake(**more: Any) -> FakeUpwork:
    return FakeUpwork(make_company(1, 1, 1, UNTIL), **more)


async def test_a_person_agrees_once_and_the_tokens_rotate_from_then_on() -> None:
    async with connected(fake(), service=False) as line:
        tokens = line.tokens()
        page = urlsplit(tokens.where_to_agree("state-1"))
        assert page.hostname == "www.upwork.com"
        assert parse_qs(page.query)["state"] == ["state-1"]
        await tokens.agreed(CODE)
        first = await tokens.token()
        assert await tokens.token() == first
        line.time.now += timedelta(hours=24)
        assert await tokens.token() != first
        assert [call["grant_type"] for call in line.fake.token_calls] == ["authorization_code", "refresh_token"]
        assert line.vault.kept["upwork"]["refresh_token"] == line.fake.refresh


async def test_the_new_pair_is_kept_before_it_is_used() -> None:
    async with connected(fake(), service=False) as line:
        await line.tokens().agreed(CODE)
        line.time.now += timedelta(hours=24)
        line.vault.order.clear()
        await line.client().ask(ACCOUNTS, {})
        # Kept first, then counted as a request, then sent.
        assert line.vault.order == ["upwork", "upwork calls"]


async def test_a_restart_after_every_renewal_goes_on_with_the_newest_pair() -> None:
    async with connected(fake(), service=False) as line:
        await line.tokens().agreed(CODE)
        for _ in range(5):
            line.time.now += timedelta(days=1)
            await line.tokens().token()
        assert len(line.fake.token_calls) == 6


async def test_a_pair_that_another_process_renewed_is_taken_over() -> None:
    async with connected(fake(), service=False) as line:
        mine, other = line.tokens(), line.tokens()
        await mine.agreed(CODE)
        await other.token()
        line.time.now += timedelta(hours=24)
        renewed = await other.token()
        assert await mine.token() == renewed
        assert len(line.fake.token_calls) == 2


async def test_a_refresh_token_that_is_worth_nothing_asks_to_connect_again() -> None:
    async with connected(fake(), service=False) as line:
        with pytest.raises(DataError, match="not connected yet"):
            await line.tokens().token()
        await line.tokens().agreed(CODE)
        kept = dict(line.vault.kept["upwork"])
        line.fake.refresh = "revoked"
        line.time.now += timedelta(days=20)
        with pytest.raises(DataError, match="invalid_grant"):
            await line.tokens().token()
        assert line.vault.kept["upwork"] == kept


async def test_twenty_at_once_renew_once() -> None:
    async with connected(fake()) as line:
        tokens = line.tokens()
        assert len(set(await asyncio.gather(*(tokens.token() for _ in range(20))))) == 1
        assert len(line.fake.token_calls) == 1


async def test_a_key_that_stands_for_itself_needs_nobody_to_agree() -> None:
    async with connected(fake(), service=True) as line:
        await line.client().ask(ACCOUNTS, {})
        assert line.fake.token_calls[0]["grant_type"] == "client_credentials"


@pytest.mark.parametrize(("said", "seconds"), [("86400", 86_400), (7200, 7_200), (None, 3_600)])
async def test_the_life_of_a_token_may_be_text_or_missing(said: Any, seconds: float) -> None:
    async with connected(fake()) as line:
        line.fake.expires_in = said
        await line.tokens().token()
        assert line.vault.kept["upwork"]["ends"] == pytest.approx(line.time.now.timestamp() + seconds, abs=1)


async def test_a_wrong_secret_is_told_without_being_shown() -> None:
    async with connected(fake()) as line:
        wrong = replace(line.key(), client_secret="not-the-secret")
        tokens = Tokens(line.session, wrong, line.vault, "upwork", line.time)
        with pytest.raises(DataError, match="invalid_client") as told:
            await tokens.token()
        assert "not-the-secret" not in str(told.value)
