"""What every source has to keep, on the fake of its platform: whole rows of known columns, an end, nothing twice, nothing sent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from typing import Any

import pytest

from analytics.errors import DataError
from analytics.sources import Batch, End, Source
from analytics.sources.source import CHANGED, NAME_COLUMNS, NAMES
from analytics.tables import TABLES
from tests.analytics.company import NOW
from tests.fakes.upwork import FakeUpwork, Fault, make_company
from tests.fakes.upwork.connected import connected

Opened = AbstractAsyncContextManager[Callable[[], Source]]


class Nothing:
    """A version before that does not exist."""

    def rows(self, table: str, columns: object) -> list[tuple[str, ...]]:
        return []


@asynccontextmanager
async def upwork(*, broken: bool = False) -> AsyncIterator[Callable[[], Source]]:
    fake = FakeUpwork(make_company(5, 30, 120, date(2026, 11, 19)), faults=[Fault("403", skip=3)] if broken else [])
    async with connected(fake) as line:
        yield line.source


# A new source adds its line: how it is opened on its fake, whole or broken halfway.
SOURCES: dict[str, Callable[..., Opened]] = {"upwork": upwork}
EACH = pytest.mark.parametrize("opened", SOURCES.values(), ids=SOURCES.keys())


async def read(source: Source, since: Any = None) -> list[Batch | End]:
    return [one async for one in source.records(since, Nothing(), NOW)]


@EACH
async def test_its_name_is_one_word_and_its_platform_is_named(opened: Callable[..., Opened]) -> None:
    async with opened() as make:
        assert make().name.isidentifier()
        assert make().platform.strip()


@EACH
async def test_it_gives_rows_of_the_import_format_and_then_one_end(opened: Callable[..., Opened]) -> None:
    async with opened() as make:
        given = await read(make())
    assert isinstance(given[-1], End)
    assert not any(isinstance(one, End) for one in given[:-1])
    for batch in (one for one in given if isinstance(one, Batch)):
        columns = NAME_COLUMNS if batch.table == NAMES else [c.name for c in TABLES[batch.table].columns]
        for row in batch.rows:
            assert {*row} <= {*columns, CHANGED}
            assert all(isinstance(cell, str) for cell in row.values())


@EACH
async def test_every_row_has_its_key_and_its_platform(opened: Callable[..., Opened]) -> None:
    async with opened() as make:
        source = make()
        given = await read(source)
    for batch in (one for one in given if isinstance(one, Batch) and one.table != NAMES):
        table = TABLES[batch.table]
        for row in batch.rows:
            assert all(row.get(key) for key in table.key)
            assert row.get("platform", source.platform) == source.platform


@EACH
async def test_its_checkpoint_survives_being_written_down_and_saves_work(opened: Callable[..., Opened]) -> None:
    async with opened() as make:
        first = (await read(make()))[-1]
        assert isinstance(first, End)
        again = (await read(make(), json.loads(json.dumps(dict(first.checkpoint)))))[-1]
        assert isinstance(again, End)
    assert 0 < again.report.calls < first.report.calls
    assert again.swept < first.swept


@EACH
async def test_reading_twice_gives_the_same(opened: Callable[..., Opened]) -> None:
    async with opened() as make:
        assert await read(make()) == await read(make())


@EACH
async def test_what_breaks_off_has_no_end(opened: Callable[..., Opened]) -> None:
    given: list[Batch | End] = []

    async def collect(source: Source) -> None:
        async for one in source.records(None, Nothing(), NOW):
            given.append(one)  # noqa: PERF401 - what came before the fault counts

    async with opened(broken=True) as make:
        with pytest.raises(DataError):
            await collect(make())
    assert given
    assert not any(isinstance(one, End) for one in given)
