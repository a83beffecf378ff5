"""The monthly review in the personal chat: a card with links that work once, for program leads only."""

from __future__ import annotations

import asyncio
import io
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from pptx import Presentation

from tests.cards.validate import check_card
from tests.conversations.conftest import Talk, texts


def address(talk: Talk, url: str) -> str:
    """The same path on the server under test."""
    return f"{talk.stage.teams.address}{urlsplit(url).path}"


def client(talk: Talk) -> aiohttp.ClientSession:
    """A browser that trusts the throwaway authority."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=talk.stage.ca.client()))


async def test_a_program_lead_gets_a_presentation_by_a_link_that_works_once(pictured: Talk) -> None:
    card = await pictured.say("make the monthly review")
    assert "October 2026" in texts(card)
    links = [action["url"] for action in card["actions"] if action["type"] == "Action.OpenUrl"]
    assert len(links) == 2
    async with client(pictured) as session:
        async with session.get(address(pictured, links[0])) as looked:
            assert looked.status == 200
            assert "<button" in await looked.text()
        async with session.post(address(pictured, links[0])) as first:
            assert first.status == 200
            body = await first.read()
        async with session.post(address(pictured, links[0])) as again:
            assert again.status == 403
        async with session.post(address(pictured, links[1])) as summary:
            assert (await summary.read()).startswith(b"%PDF")
    assert len(Presentation(io.BytesIO(body)).slides) >= 8


async def test_a_link_that_was_changed_or_has_ended_gives_nothing(pictured: Talk) -> None:
    card = await pictured.say("monthly review for september")
    assert "September 2026" in texts(card)
    link = address(pictured, card["actions"][0]["url"])
    async with client(pictured) as session:
        async with session.post(link[:-3] + "abc") as broken:
            assert broken.status == 403
        pictured.stage.clock.pass_by(1_000)
        async with session.post(link) as late:
            assert late.status == 403


async def test_nobody_else_gets_it_and_a_running_month_is_none(pictured: Talk) -> None:
    assert "Action.OpenUrl" not in str(await pictured.say("make the monthly review", "manager"))
    assert "Action.OpenUrl" not in str(await pictured.say("monthly review for november 2026"))


async def test_without_an_address_it_says_that_nothing_can_be_fetched(talk: Talk) -> None:
    assert "no public address" in texts(await talk.say("make the monthly review"))


async def test_by_a_schedule_it_is_announced_once_a_month_and_a_press_gives_the_links(pictured: Talk) -> None:
    (said,) = await pictured.stage.teams.say("send me the monthly review every month", pictured.person("lead"))
    assert "on day 3 of each month" in said.body["text"]
    before = len(pictured.stage.connector.messages())
    for _ in range(3):
        await pictured.tick("schedules")
    assert await arrived(pictured, before) == []
    pictured.stage.clock.pass_by(13.5 * 86_400)
    for _ in range(2):
        await pictured.tick("schedules")
        cards = await arrived(pictured, before)
    (card,) = cards
    check_card(card)
    assert "November 2026" in texts(card)
    assert "Action.OpenUrl" not in str(card["actions"])
    (button,) = [action for action in card["actions"] if action.get("verb") == "review"]
    links = await pictured.press(button)
    assert sum(action["type"] == "Action.OpenUrl" for action in links["actions"]) == 2
    (stopped,) = await pictured.stage.teams.say("no more monthly review", pictured.person("lead"))
    assert "No more monthly review" in stopped.body["text"]


async def arrived(talk: Talk, before: int) -> list[Any]:
    """Cards that came by themselves, once everything that was put in the outbox is on its way."""
    async with asyncio.timeout(5):
        while await talk.stage.state.line.run("SELECT id FROM outbox WHERE state IN ('due', 'sending')"):
            await asyncio.sleep(0.01)
    return [message.card for message in talk.stage.connector.messages()[before:]]
