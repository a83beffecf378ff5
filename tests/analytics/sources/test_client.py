"""The client's patience with a faulty platform: what is tried again, for how long, and what ends it."""

from __future__ import annotations

import time
from datetime import date, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from analytics.errors import DataError
from analytics.sources.upwork.client import Wrong
from analytics.sources.upwork.documents import ACCOUNTS, JOBS, OFFERS
from analytics.sources.upwork.limiter import Limiter, Limits
from analytics.sources.upwork.selection import Refused
from tests.analytics.company import NOW
from tests.fakes.upwork import FakeUpwork, Fault, make_company
from tests.fakes.upwork.connected import Memory, Time, connected

UNTIL = date(2026, 11, 19)
ALL = {"filter": {"pagination_eq": {"first": 100}}}


def fake(*faults: Fault, **more: Any) -> FakeUpwork:
    return FakeUpwork(make_company(1, 3, 3, UNTIL), faults=list(faults), **more)


@pytest.mark.parametrize("kind", ["429", "500", "502", "503", "504", "reset", "html", "internal"])
async def test_what_may_pass_is_tried_again(kind: str) -> None:
    async with connected(fake(Fault(kind, times=2))) as line:
        client = line.client()
        assert (await client.ask(ACCOUNTS, {}))["accountingEntity"] == [{"id": "900001"}, {"id": "900002"}]
    assert (client.tally.calls, client.tally.retries) == (3, 2)


@pytest.mark.parametrize("kind", ["429", "502", "503", "reset", "html", "internal"])
async def test_what_does_not_pass_ends_after_five_attempts(kind: str) -> None:
    async with connected(fake(Fault(kind, times=99))) as line:
        client = line.client()
        with pytest.raises(DataError, match="Tried 5 times"):
            await client.ask(ACCOUNTS, {})
    assert client.tally.calls == 5


@pytest.mark.parametrize(("kind", "says"), [("403", "status 403"), ("400", "status 400"), ("redirect", "status 302"), ("blocked", "try a proxy")])  # fmt: skip
async def test_what_is_final_is_not_tried_again(kind: str, says: str) -> None:
    async with connected(fake(Fault(kind))) as line:
        client = line.client()
        with pytest.raises(DataError, match=says):
            await client.ask(ACCOUNTS, {})
    assert client.tally.calls == 1


@pytest.mark.parametrize("kind", ["hang", "drip"])
async def test_a_platform_that_hangs_is_given_up_in_time(kind: str) -> None:
    async with connected(fake(Fault(kind, times=9)), limits=Limits(timeout=0.15, attempts=2)) as line:
        started = time.monotonic()
        with pytest.raises(DataError, match="no answer"):
            await line.client().ask(ACCOUNTS, {})
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("said", ["40", format_datetime(NOW + timedelta(seconds=40.5), usegmt=True)])
async def test_a_wait_that_is_asked_for_is_kept(said: str) -> None:
    async with connected(fake(Fault("429", retry_after=said))) as line:
        await line.client().ask(ACCOUNTS, {})
        assert 39 <= line.time.slept <= 46


async def test_a_wait_too_long_ends_the_sync_with_the_wait_named() -> None:
    async with connected(fake(Fault("429", retry_after="7200"))) as line:
        with pytest.raises(DataError, match="7,200 seconds"):
            await line.client().ask(ACCOUNTS, {})


async def test_a_refused_token_is_renewed_once() -> None:
    async with connected(fake(Fault("401"))) as line:
        await line.client().ask(ACCOUNTS, {})
        assert len(line.fake.token_calls) == 2
    async with connected(fake(Fault("401", times=9))) as line:
        with pytest.raises(DataError, match=r"app\.py connect"):
            await line.client().ask(ACCOUNTS, {})
        assert len(line.fake.token_calls) == 2


async def test_a_wrong_tenant_is_refused_and_a_real_agent_is_named() -> None:
    async with connected(fake(), organization="2") as line:
        with pytest.raises(DataError, match="status 403"):
            await line.client().ask(ACCOUNTS, {})
    assert line.fake.agents == {"freelance-insights/1 (read-only analytics)"}


async def test_a_refused_field_is_left_out_from_then_on_and_named() -> None:
    async with connected(fake(refused={"GenericUser.email", "JobPostingInfo.reasonName"})) as line:
        client = line.client()
        data = await client.ask(JOBS, ALL)
        node = data["organization"]["jobPosting"]["edges"][0]["node"]
        assert set(node["ownership"]["user"]) == {"id", "name"}
        assert "reasonName" not in node["info"]
        await client.ask(JOBS, ALL)
    assert client.tally.calls == 3
    assert client.tally.refused == {"GenericUser.email": ("jobs",), "JobPostingInfo.reasonName": ("jobs",)}


async def test_without_a_needed_field_nothing_is_read() -> None:
    async with connected(fake(refused={"JobPostingInfo.status"})) as line:
        with pytest.raises(Refused, match=r"JobPostingInfo\.status, without which jobs cannot be read"):
            await line.client().ask(JOBS, ALL)


async def test_errors_beside_part_of_the_data_are_no_answer() -> None:
    async with connected(fake(Fault("partial"))) as line:
        with pytest.raises(Wrong, match="Exception while fetching data"):
            await line.client().ask(OFFERS, {"pagination": {"first": 50}})


async def test_an_argument_the_platform_does_not_know_is_told_as_it_said() -> None:
    async with connected(fake()) as line:
        with pytest.raises(Wrong, match="'status' is not defined by type 'JobPostingsFilter'"):
            await line.client().ask(JOBS, {"filter": {"status": "OPEN"}})


async def test_never_more_than_two_requests_in_any_second() -> None:
    async with connected(fake(Fault("503", skip=3), Fault("429", skip=7))) as line:
        client = line.client()
        for _ in range(21):
            await client.ask(ACCOUNTS, {})
    seconds = [moment.timestamp() for moment, *_ in line.fake.arrivals]
    assert len(seconds) == 21 + 2
    assert all(sum(start <= one < start + 1 for one in seconds) <= 2 for start in seconds)


async def test_a_day_s_number_holds_across_restarts_and_ends_at_midnight() -> None:
    vault, clock = Memory(), Time()

    async def turns(count: int) -> None:
        limiter = Limiter(Limits(per_second=1000, per_day=50), vault, "calls", clock, clock.sleep)
        for _ in range(count):
            await limiter.turn()

    await turns(30)
    # What was written ahead and not used is lost by the restart: the count may be too high, never too low.
    await turns(10)
    with pytest.raises(DataError, match="50 requests"):
        await turns(1)
    clock.now += timedelta(days=1)
    await turns(50)
    with pytest.raises(DataError, match="midnight UTC"):
        await turns(1)


async def test_secrets_are_in_no_error() -> None:
    async with connected(fake()) as line:
        line.fake.faults = [Fault("403")]
        with pytest.raises(DataError) as told:
            await line.client().ask(ACCOUNTS, {})
        secrets = [*line.fake.access, "secret-1"]
        assert not any(secret in repr(told.value) for secret in secrets)
