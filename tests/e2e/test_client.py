"""The real client in a real browser: ask, see the card, change a filter in place; and a second person, who sees their own line."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from bot.sample_people import SamplePerson
from bot.settings import SAMPLE_TENANT
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.e2e


async def say(page: Page, text: str) -> None:
    box = page.locator("[contenteditable=true]").first
    await box.click()
    await box.press_sequentially(text)
    await page.get_by_role("button", name="Send Message").click()


async def test_a_filter_on_the_card_replaces_the_same_card_in_place(page: Page) -> None:
    await say(page, "spend by job category last fiscal year")
    await expect(page.get_by_text("Spend by job category").first).to_be_visible(timeout=15_000)
    cards = page.get_by_role("button", name="Change")
    await expect(cards).to_have_count(1)
    before = await page.get_by_role("table").first.inner_text()
    await cards.click()
    await page.get_by_role("combobox", name="Period").click()
    await page.get_by_role("option", name=re.compile("^Last quarter")).click()
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_role("table").first).not_to_have_text(before, timeout=15_000)
    await expect(page.get_by_role("button", name="Change")).to_have_count(1)


async def test_a_row_opens_into_teams_and_then_into_people(page: Page) -> None:
    await say(page, "jobs posted by job category last fiscal year")
    await expect(page.get_by_text("Jobs posted by job category").first).to_be_visible(timeout=15_000)
    for step in ("Team", "Person"):
        chooser = page.get_by_role("combobox", name=re.compile("^See ")).last
        await chooser.click()
        await page.get_by_role("option").nth(1).click()
        await page.get_by_role("button", name="Open", exact=True).last.click()
        await expect(page.get_by_role("columnheader", name=step).last).to_be_visible(timeout=15_000)


def activity(person: SamplePerson, text: str, client: str) -> dict[str, Any]:
    """What the client's custom-activity door takes: a whole activity, from anyone."""
    return {
        "type": "message",
        "id": f"custom-{person.key}",
        "timestamp": datetime.now(UTC).isoformat(),
        "serviceUrl": f"{client}/_connector",
        "recipient": {"id": "28:22222222-2222-2222-2222-222222222222", "name": "Freelance Insights"},
        "text": text,
        "from": {"id": f"user-{person.key}", "name": person.name, "aadObjectId": person.entra_id},
        "conversation": {"id": "personal-lead", "conversationType": "personal", "tenantId": SAMPLE_TENANT},
        "channelData": {"tenant": {"id": SAMPLE_TENANT}},
        "channelId": "msteams",
        "locale": "en-US",
    }


async def answers(stage: Stage, person: SamplePerson, text: str) -> str:
    """What the bot answers this person, as the client's stream shows it."""
    async with (
        ClientSession() as session,
        session.ws_connect(f"{stage.client}/_ws_conversation/v1/conversations/stream") as stream,
    ):
        await asyncio.to_thread(stage.post, "/_internal/v1/customActivities", activity(person, text, stage.client))
        async with asyncio.timeout(20):
            async for event in stream:
                said = json.loads(event.data)
                if said.get("action") == "createMessage" and said["message"].get("attachments"):
                    return json.dumps(said["message"]["attachments"])
    raise AssertionError("The stream ended without an answer.")


async def test_a_second_person_gets_only_their_own_line(stage: Stage) -> None:
    lead = await answers(stage, stage.people["lead"], "total spend last fiscal year")
    manager = await answers(stage, stage.people["manager"], "total spend last fiscal year")
    nobody = await answers(stage, stage.people["employee"], "spend by team last fiscal year")
    assert "Whole program" in lead
    assert "Your reporting line" in manager
    assert _number(lead) != _number(manager)
    assert "without a breakdown by team" in nobody


def _number(card: str) -> str:
    found = re.search(r'"size": "ExtraLarge"[^}]*?"text": "([^"]+)"|"text": "([^"]+)"[^}]*?"size": "ExtraLarge"', card)
    assert found, card[:2_000]
    return found[1] or found[2]
