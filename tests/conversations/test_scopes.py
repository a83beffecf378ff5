"""Whose numbers: the same words from different people, in different places."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from analytics.engine import Engine
from tests.conversations.conftest import Enterprise, Talk, talking, texts
from tests.fakes.serving import ThrowawayCA
from tests.fakes.stage import FakeClock

SPEND = "total spend last fiscal year"


async def test_a_manager_sees_their_own_line_and_the_lead_everything(talk: Talk) -> None:
    lead, manager, small = [texts(await talk.say(SPEND, key)) for key in ("lead", "manager", "small")]
    assert "Whole program" in lead
    assert "Your reporting line" in manager
    assert "Your reporting line" in small
    assert len({lead, manager, small}) == 3


async def test_an_employee_without_a_team_sees_company_totals_and_no_breakdown(talk: Talk) -> None:
    assert "Company totals" in texts(await talk.say(SPEND, "employee"))
    assert "without a breakdown by team" in texts(await talk.say("spend by team", "employee"))


async def test_somebody_the_directory_does_not_know_sees_nothing(talk: Talk) -> None:
    shown = texts(await talk.say(SPEND, "stranger"))
    assert "cannot find you" in shown
    assert "$" not in shown


async def test_two_people_in_one_channel_get_the_same_bytes(talk: Talk) -> None:
    where = talk.stage.teams.channel()
    assert await talk.say(SPEND, "lead", where) == await talk.say(SPEND, "employee", where)


async def test_a_team_outside_the_line_is_answered_like_a_team_that_does_not_exist(talk: Talk) -> None:
    outside = texts(await talk.say("spend of Legal Operations", "small")).replace("Legal Operations", "X")
    unknown = texts(await talk.say("spend of Zorkmid Foundry", "small")).replace("Zorkmid Foundry", "X")
    assert outside.lower().replace("legal operations", "x") == unknown.lower().replace("zorkmid foundry", "x")


async def test_reporting_lines_that_are_too_old_close_the_managers_view(
    enterprise: Enterprise, engine: Engine, ca: ThrowawayCA, tmp_path: Path
) -> None:
    clock = FakeClock()
    clock.pass_by(timedelta(days=9).total_seconds())
    async with talking(enterprise, engine, ca, tmp_path, clock) as talk:
        shown = texts(await talk.say(SPEND, "manager"))
        assert "too old" in shown
        assert "Whole program" in texts(await talk.say(SPEND, "lead"))
