"""Links that carry their own content, and the pictures behind them."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.fernet import Fernet
from matplotlib.image import imread

from analytics.errors import QuestionError
from bot.links import Links
from bot.pictures import LIFETIMES, PATH, PERSONAL, SHARED, Pictures
from cards.depicted import Drawn, Picture

SECRETIVE = Picture("bars", "Spend, USD thousand", ("Skunk Works", "日本"), (Drawn("Spend", (4123.4, -2.0)),))


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


async def client_of(pictures: Pictures) -> TestClient[web.Request, web.Application]:
    app = web.Application()
    app.router.add_routes([pictures.route])
    client = TestClient(TestServer(app))
    await client.start_server()
    return client


def path_of(address: str) -> str:
    return PATH + address.partition(PATH)[2]


async def test_a_picture_is_drawn_when_it_is_asked_for_and_no_figure_stands_in_its_address(clock: Hands) -> None:
    pictures = Pictures(Links((), LIFETIMES, clock), "https://bot.example/")
    address = pictures.address(totals=False)(SECRETIVE)
    assert address.startswith("https://bot.example/pictures/")
    assert "4123" not in address
    assert "Skunk" not in address
    client = await client_of(pictures)
    try:
        answers = await asyncio.gather(*(client.get(path_of(address)) for _ in range(4)))
        assert {answer.status for answer in answers} == {200}
        drawn = await answers[0].read()
        assert imread(io.BytesIO(drawn)).shape[1] == 720
        assert all([await answer.read() == drawn for answer in answers])
    finally:
        await client.close()
        pictures.close()


async def test_an_address_that_was_changed_or_has_ended_shows_nothing(clock: Hands) -> None:
    pictures = Pictures(Links((), LIFETIMES, clock), "https://bot.example")
    path = path_of(pictures.address(totals=False)(SECRETIVE))
    shared = path_of(pictures.address(totals=True)(SECRETIVE))
    client = await client_of(pictures)
    try:
        for at in range(len(PATH), len(path) - 4, 7):
            changed = path[:at] + ("A" if path[at] != "A" else "B") + path[at + 1 :]
            assert (await client.get(changed)).status == 403
        clock.now += timedelta(seconds=LIFETIMES[PERSONAL] + 1)
        assert (await client.get(path)).status == 403
        assert (await client.get(shared)).status == 200
        clock.now += timedelta(seconds=LIFETIMES[SHARED])
        assert (await client.get(shared)).status == 403
        assert (await client.get(PATH + "x" * 30_000 + ".png")).status in {400, 403, 414}
    finally:
        await client.close()
        pictures.close()


async def test_a_link_of_another_kind_is_no_picture(clock: Hands) -> None:
    links = Links((), {**LIFETIMES, "export": 60.0}, clock)
    pictures = Pictures(links, "")
    client = await client_of(pictures)
    try:
        assert (await client.get(f"{PATH}{links.seal('export', SECRETIVE.packed())}.png")).status == 403
    finally:
        await client.close()
        pictures.close()


def test_keys_can_be_changed_while_old_links_go_on(clock: Hands) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    token = Links((old,), LIFETIMES, clock).seal(PERSONAL, "text")
    assert Links((new, old), LIFETIMES, clock).open(token) == (PERSONAL, "text")
    with pytest.raises(QuestionError, match="not valid"):
        Links((new,), LIFETIMES, clock).open(token)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '["pie","t",["a"],[["s",[1],0]]]',
        '["bars","t",["a"],[]]',
        '["bars","t",["a","b"],[["s",[1],0]]]',
        '["bars","t",["a"],[["s",["1"],0]]]',
        '["bars","t",["a"],[["s",[1e300],0]]]',
        '["bars","t",["a"],[["s",[true],0]]]',
        json.dumps(["lines", "t", ["a"] * 61, [["s", [1] * 61, 0]]]),
        json.dumps(["lines", "t" * 201, ["a"], [["s", [1], 0]]]),
    ],
)
def test_what_is_no_picture_is_refused(text: str) -> None:
    with pytest.raises(QuestionError):
        Picture.unpacked(text)


def test_a_picture_comes_back_as_it_was_packed_and_says_all_its_numbers() -> None:
    lines = Picture(
        "lines", "Days", ("Jul", "Aug"), (Drawn("Hire", (7.5, None)), Drawn("Target", (7.0, 7.0), dashed=True))
    )
    assert Picture.unpacked(lines.packed()) == lines
    assert lines.said() == "Days. Hire: Jul 7.5; Target: Jul 7, Aug 7"


def test_the_address_of_twelve_bars_is_short(clock: Hands) -> None:
    pictures = Pictures(Links((), LIFETIMES, clock), "https://bot.example")
    address = pictures.address(totals=False)
    twelve = Picture(
        "bars", "Spend", tuple(f"Team {at}" for at in range(12)), (Drawn("Spend", tuple(map(float, range(12)))),)
    )
    assert len(address(twelve)) < 600
    pictures.close()
