"""Needs attention: on Mondays, in private, only where there is something, and away when it is muted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conversations.conftest import actions, texts
from tests.conversations.personal import Company, card, company, talking_in
from tests.fakes.serving import ThrowawayCA
from tests.world import World

MONDAY = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)
TROUBLES = {
    "workers": [{"worker_id": "W2", "name": "Kim"}],
    "contracts": [
        {"contract_id": "C3", "title": "Ending", "start_date": "2026-09-01", "planned_end_date": "2026-12-01"},
        {"contract_id": "C4", "title": "Over", "start_date": "2026-06-01", "planned_end_date": "2026-11-01"},
        {"contract_id": "C5", "title": "Long", "start_date": "2025-12-01", "worker_id": "W2"},
    ],
    "jobs": [{"job_id": "J1", "title": "Old job", "published_at": "2026-09-01T00:00:00Z"}],
    "budgets": [{"budget_id": "B1", "team_id": "T1", "period_from": "2026-07-01", "period_to": "2027-06-30", "amount": "1100"}],
    "purchase_orders": [{"po_number": "PO7", "team_id": "T1", "amount": "1000", "currency": "USD", "valid_from": "2026-07-01"}],
    "charges": [{"charge_id": "L7", "contract_id": "C1", "posted_at": "2026-10-06T12:00:00Z", "amount": "800", "po_number": "PO7"}],
}  # fmt: skip


@pytest.fixture
async def talk(ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Company]:
    async with talking_in(World(tmp_path / "world", company(1_000, 2_000, **TROUBLES)), ca, tmp_path) as made:
        yield made


async def test_a_manager_is_shown_what_needs_attention_in_their_line_and_opens_each_list(talk: Company) -> None:
    shown = await talk.say("what needs my attention?", "ana")
    said = texts(shown)
    for part in (
        "past their planned end: 1",
        "ending in the next 30 days: 1",
        "Jobs open longer than 45 days: 1",
        "Team budgets at 75 % or more: 1",
        "Purchase orders at 75 % or more: 1",
        "tenure limit of 365 days: 1",
    ):
        assert part in said
    for one in [a for a in actions(shown) if a["verb"] == "ask"]:
        assert "cannot" not in texts(await talk.press(one, "ana"))


async def test_it_comes_on_mondays_only_to_whoever_has_something_to_do(talk: Company) -> None:
    for key in ("ana", "ben"):
        await talk.say("spend", key)
    assert "role does not allow" in texts(await talk.say("turn on needs attention for everyone", "ana"))
    assert "first on Nov 23, 2026" in texts(await talk.say("turn on needs attention for everyone", "pia"))
    await talk.say("turn on needs attention for everyone", "pia")
    talk.stage.clock.now = MONDAY
    sent = await talk.passes()
    assert [to for to, _ in sent] == ["ana"]
    assert "Needs attention" in texts(card(sent[0]))
    assert await talk.passes() == []
    assert "Nothing to say" in texts(await talk.say("who got it?", "pia"))
    await talk.say("mute needs attention", "ana")
    talk.stage.clock.now = MONDAY + timedelta(days=7)
    assert await talk.passes() == []
    await talk.say("unmute needs attention", "ana")
    talk.stage.clock.now = MONDAY + timedelta(days=14)
    assert len(await talk.passes()) == 1
    await talk.say("turn off needs attention for everyone", "pia")
    talk.stage.clock.now = MONDAY + timedelta(days=21)
    assert await talk.passes() == []


async def test_nothing_to_do_is_said_when_asked(talk: Company) -> None:
    assert "Nothing needs your attention" in texts(await talk.say("needs attention", "ben"))
