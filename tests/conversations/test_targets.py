"""Targets by chat: the program's alone, every version kept, in effect from the next answer on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.model import Period, Target
from analytics.targets import FOREVER, Change, Goals, merged
from tests.conversations.conftest import texts
from tests.conversations.personal import Company, company, talking_in
from tests.fakes.serving import ThrowawayCA
from tests.world import TODAY, World


@pytest.fixture
async def talk(ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Company]:
    async with talking_in(World(tmp_path / "world", company(1_000, 2_000)), ca, tmp_path) as made:
        yield made


async def test_a_target_counts_from_the_next_answer_on_and_its_removal_too(talk: Company) -> None:
    assert "Target" not in texts(await talk.say("spend this quarter", "pia"))
    assert "Our targets" in texts(await talk.say("set the spend target to 2,500", "pia"))
    assert "Target $2,500" in texts(await talk.say("spend this quarter", "pia"))
    await talk.say("set the spend target to 4k", "pia")
    assert "Target $4,000" in texts(await talk.say("spend this quarter", "pia"))
    listed = texts(await talk.say("what are our targets?", "pia"))
    assert "≤ $4,000" in listed
    assert "before: $2,500" in listed
    assert "Pia" in listed
    assert "removed" in texts(await talk.say("remove the target for spend", "pia"))
    assert "Target" not in texts(await talk.say("spend this quarter", "pia"))
    entries = await talk.stage.state.audit.list(
        talk.person("pia").tenant, datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    )
    assert [one.outcome for one in entries if one.kind == "target"] == ["target set"] * 2 + ["target removed"]


@pytest.mark.parametrize(
    "said",
    [
        "set the time to hire target to 7 days",
        "Setze das Ziel für die Zeit bis zur Einstellung auf 7 Tage",
        "Fixe l'objectif de délai d'embauche à 7 jours",
        "Fija el objetivo de tiempo de contratación en 7 días",
        "Defina a meta de tempo de contratação em 7 dias",
        "採用までの日数の目標を7日に設定して",
    ],
)
async def test_a_target_is_set_in_six_languages(talk: Company, said: str) -> None:
    await talk.say(said, "pia")
    (one,) = talk.world.engine.goals.targets
    assert (one.metric, one.value, one.direction) == ("avg_time_to_hire", 7, "down")


async def test_nobody_but_the_program_sets_or_sees_targets(talk: Company) -> None:
    for said in ("set the time to hire target to 7 days", "what are our targets", "remove the target for spend"):
        assert "role does not allow" in texts(await talk.say(said, "ana"))
    assert talk.world.engine.goals.targets == ()


async def test_another_process_takes_over_what_was_said(talk: Company) -> None:
    await talk.say("set the fill rate target to 80%", "pia")
    talk.world.engine.change_goals(talk.world.engine.declared)
    async with talking_in(talk.world, talk.stage.ca, talk.stage.settings.data_dir) as other:
        await other.tick("targets")
        (one,) = other.world.engine.goals.targets
        assert (one.metric, one.value, one.direction) == ("fill_rate", 0.8, "up")


def test_a_target_from_a_day_on_leaves_the_file_its_time_before() -> None:
    filed = Goals((Target("fill_rate", 0.6, "up", "File", Period(None, FOREVER)),))
    changed = merged(filed, [Change("fill_rate", 0.8, "up", "Pia", TODAY)])
    assert [(one.value, one.period) for one in changed.targets] == [
        (0.6, Period(None, TODAY)),
        (0.8, Period(TODAY, FOREVER)),
    ]
    assert merged(changed, [Change("fill_rate", None, "up", "Pia")]).targets == ()
    assert filed.targets[0].period.end == FOREVER
