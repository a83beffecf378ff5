"""What whoever watches over the bot sees of a conversation: numbers about turns and data, and not whose."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from analytics.engine import Engine
from bot.freshness import Freshness
from bot.server import CHECKED, COUNTS, LAG
from bot.telemetry.metrics import Seen, Watch, page
from tests.bot.test_metrics import values
from tests.conversations.conftest import Talk


def watch_of(talk: Talk, engine: Engine) -> Watch:
    stage = talk.stage
    fresh = Freshness(engine.store, stage.clock, 0)
    app = stage.app
    return Watch(
        stage.settings, stage.state, engine, stage.parts.connector, fresh, app[COUNTS], app[LAG], checks=app[CHECKED]
    )


async def test_turns_denials_sends_and_the_age_of_the_data_are_numbers(talk: Talk, engine: Engine) -> None:
    await talk.say("spend last quarter")
    await talk.say("spend by team last quarter", "employee")
    seen: Seen = await watch_of(talk, engine).seen()
    text = page(seen).decode()
    assert values(text, "freelance_turns_total")["message",] == 2
    assert values(text, "freelance_turn_outcomes_total") == {("answered",): 1, ("refused",): 1}
    assert values(text, "freelance_scope_denials_total") == {(): 1}
    assert sum(values(text, "freelance_sends_total").values()) >= 2
    assert values(text, "freelance_data_version") == {(): 1}
    assert values(text, "freelance_data_age_seconds")[()] == pytest.approx(4 * 3600, abs=3600)
    with engine.store.lease() as lease:
        rows = lease.cursor.execute("SELECT count(*) FROM quarantine").fetchall()[0][0]
        assert sum(seen.findings.values()) == len(lease.findings)
    assert values(text, "freelance_quarantined_rows") == {(): rows}


async def test_the_event_of_a_turn_says_what_was_asked_for_and_under_which_scope(talk: Talk) -> None:
    with capture_logs() as events:
        await talk.say("spend last quarter")
        await talk.say("average time to hire last quarter")
        await talk.say("spend by team last quarter", "employee")
    first, second, third = turns(events)
    assert (first["intent"], second["intent"]) == ("spend", "avg_time_to_hire")
    assert first["scope"] == second["scope"] != third["scope"]
    assert (first["data_version"], first["outcome"]) == (1, "answered")
    assert (third["outcome"], third["denied"]) == ("refused", True)
    assert first["user"] != third["user"]
    assert not any("denied" in one for one in (first, second))


def turns(events: list[Any]) -> list[dict[str, Any]]:
    return [event for event in events if event["event"] == "turn"]
