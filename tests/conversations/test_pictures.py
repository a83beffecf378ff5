"""Pictures in the cards of the whole bot: fetched like a client that draws no charts would."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.conversations.conftest import Talk


def pictures(node: Any) -> list[dict[str, Any]]:
    """Every picture of a card, fallbacks included."""
    if isinstance(node, list):
        return [found for one in node for found in pictures(one)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("type") == "Image" else []
    return own + [found for value in node.values() for found in pictures(value)]


async def fetched(talk: Talk, url: str) -> tuple[int, bytes]:
    """The picture as the served bot answers it; its public name leads to this machine."""
    path = url.removeprefix("https://bot.example")
    connector = aiohttp.TCPConnector(ssl=talk.stage.ca.client())
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.get(talk.stage.teams.address + path) as answer,
    ):
        return answer.status, await answer.read()


async def test_a_breakdown_brings_a_picture_for_phones_with_all_its_numbers_in_words(pictured: Talk) -> None:
    card = await pictured.say("spend by job category last quarter")
    (picture,) = pictures(card)
    status, body = await fetched(pictured, picture["url"])
    assert status == 200
    assert body.startswith(b"\x89PNG")
    (chart,) = [one for one in card["body"] if one["type"].startswith("Chart.")]
    assert all(f"{bar['x']} {bar['y']:g}" in picture["altText"] for bar in chart["data"])


async def test_a_single_number_brings_its_last_twelve_months_as_a_small_picture(pictured: Talk) -> None:
    (picture,) = pictures(await pictured.say("spend last quarter"))
    assert len(picture["altText"].split(", ")) >= 12
    assert (await fetched(pictured, picture["url"]))[0] == 200


async def test_without_a_public_address_a_card_is_complete_without_pictures(talk: Talk) -> None:
    assert pictures(await talk.say("spend by job category last quarter")) == []
