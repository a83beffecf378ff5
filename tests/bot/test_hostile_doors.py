"""Slow, silent and many: connections that want to wear the server out, and requests of every wrong form."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.body import MAX_BODY
from bot.events import Reply, Turn, message
from bot.server import CONNECTIONS, COUNTS
from tests.fakes.stage import FakeDesk, LocalStage, local_stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

GOOD: dict[str, Any] = {"type": "message", "conversation": {"id": "c"}, "serviceUrl": "http://127.0.0.1", "text": "x"}


def echo(turn: Turn) -> list[Reply]:
    return [message(turn.text)]


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[LocalStage]:
    async with local_stage(FakeDesk(echo), tmp_path) as made:
        yield made


WRONG: dict[str, tuple[bytes, dict[str, str], int]] = {
    "no content type": (b"{}", {"Content-Type": ""}, 415),
    "text": (b"{}", {"Content-Type": "text/plain"}, 415),
    "a form": (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "too large": (b"x" * (MAX_BODY + 1), {}, 413),
    "too deep": (b"[" * 100_000 + b"]" * 100_000, {}, 400),
    "too deep an object": (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, {}, 400),
    "never closed": (b'{"a":' * 50_000, {}, 400),
    "utf-16": (json.dumps(GOOD).encode("utf-16"), {}, 400),
    "latin": ('{"type":"mü"}'.encode("latin-1"), {}, 400),
    "cut in a letter": (b'{"type":"\xe2\x82', {}, 400),
    "a byte order mark": (b"\xef\xbb\xbf{}", {}, 400),
    "not a number": (b'{"type": NaN}', {}, 400),
    "beyond numbers": (b'{"type": 1e999}', {}, 400),
    "an endless number": (b'{"type": ' + b"9" * 200_000 + b"}", {}, 400),
    "null": (b"null", {}, 400),
    "a list": (b"[]", {}, 400),
    "nothing": (b"", {}, 400),
    "unknown charset": (b'{"type":1}', {"Content-Type": "application/json; charset=nonsense"}, 400),
    "a made-up encoding": (json.dumps(GOOD).encode(), {"Content-Encoding": "x-made-up"}, 415),
    "not gzip at all": (json.dumps(GOOD).encode(), {"Content-Encoding": "gzip"}, 415),
    "a small body that unpacks to a large one": (
        zlib.compress(b" " * 50_000_000),
        {"Content-Encoding": "deflate"},
        415,
    ),
    "many fields of the wrong type": (
        json.dumps({name: [] for name in GOOD}).encode(),
        {},
        400,
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_every_wrong_form_is_refused_quickly(on: LocalStage, name: str) -> None:
    body, headers, status = WRONG[name]
    took = []
    for _ in range(3):
        began = time.perf_counter()
        response = await on.teams.post(body, headers=headers)
        took.append(time.perf_counter() - began)
        assert response.status == status
    assert min(took) < 0.05


def door_of(on: LocalStage) -> tuple[str, int]:
    host, _, port = on.teams.address.removeprefix("http://").partition(":")
    return host, int(port)


async def closed(reader: asyncio.StreamReader, seconds: float = 5) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await reader.read()
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


async def test_a_head_that_comes_letter_by_letter_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.server.IDLE_SECONDS", 0.3)
    async with local_stage(FakeDesk(echo), tmp_path) as on:
        host, port = door_of(on)
        lines = [await asyncio.open_connection(host, port) for _ in range(20)]
        dribbling = [asyncio.create_task(_dribble(writer)) for _, writer in lines[:10]]
        assert all(await asyncio.gather(*(closed(reader) for reader, _ in lines)))
        for task in dribbling:
            task.cancel()
        await asyncio.wait(dribbling)
        for _, writer in lines:
            writer.close()


async def _dribble(writer: asyncio.StreamWriter) -> None:
    for letter in "POST /api/messages HTTP/1.1\r\nX-Slow: " + "x" * 10_000:
        writer.write(letter.encode())
        await asyncio.sleep(0.02)


async def test_one_connection_too_many_is_closed_and_the_others_go_on(tmp_path: Path) -> None:
    async with local_stage(FakeDesk(echo), tmp_path, connections=10) as on:
        host, port = door_of(on)
        assert on.app[CONNECTIONS] == 10
        lines = [await asyncio.open_connection(host, port) for _ in range(10)]
        await asyncio.sleep(0.05)
        reader, writer = await asyncio.open_connection(host, port)
        assert await closed(reader)
        assert on.app[COUNTS].get("connections", "refused") == 1
        lines[0][1].write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200" in await asyncio.wait_for(lines[0][0].readline(), 5)
        for one in [*lines, (reader, writer)]:
            one[1].close()
        await asyncio.sleep(0.05)
        async with on.teams.session.get(f"http://{host}:{port}/healthz") as response:
            assert response.status == 200
