"""What is worth a look, in tiny worlds where the answer is worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.engine import Engine
from analytics.model import Notable, Period, Query, Scope, Target
from analytics.notable import contributor, notable
from analytics.targets import FOREVER, Goals
from tests.soundness.rows import charge, contract, hire, job, team
from tests.world import EVERYTHING, World

WEEK = Period(date(2026, 11, 9), date(2026, 11, 16))
TOTALS = Scope("all", "totals")
Make = Callable[..., World]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Make]:
    """Makes a synced tiny world of rows."""
    made: list[World] = []

    def make(rows: Any) -> World:
        made.append(World(tmp_path / str(len(made)), rows))
        return made[-1]

    yield make
    for one in made:
        one.close()


def found(w: World, scope: Scope = EVERYTHING, engine: Engine | None = None) -> dict[str, Notable]:
    """What is found about the week, by kind."""

    def ask(query: Query) -> Any:
        return (engine or w.engine).ask(query, scope, today=w.today)

    return {one.kind: one for one in notable(ask, WEEK)}


def weekly(amounts: list[float], contract_id: str = "C1") -> list[dict[str, Any]]:
    """One charge in the middle of each week, the last one in the week looked at."""
    first = date(2026, 11, 11) - timedelta(weeks=len(amounts) - 1)
    return [
        charge(f"{contract_id}-{n}", (first + timedelta(weeks=n)).isoformat(), amount, contract_id=contract_id)
        for n, amount in enumerate(amounts)
    ]


def test_a_week_far_from_the_usual_one_is_found_with_whoever_moved_it(world: Make) -> None:
    """Twelve weeks of 90 to 110, median 100, median deviation 5; then 400, of which Video alone has 300 more than before."""
    usual = [90, 110, 95, 105, 100, 100, 95, 105, 90, 110, 100, 100]
    rows = {
        "teams": [team("T2", "Video")],
        "contracts": [contract(), contract("C2", team_id="T2")],
        "charges": [*weekly([*usual, 100]), *weekly([0.5] * 12 + [300], "C2")],
    }
    w = world(rows)
    up = found(w)["up"]
    assert (up.value, up.usual) == (40_000, 10_050)
    assert contributor(lambda query: w.engine.ask(query, EVERYTHING, today=w.today), up) == ("Video",)
    assert contributor(lambda query: w.engine.ask(query, TOTALS, today=w.today), up) == ()


def test_a_usual_week_and_a_short_past_are_nothing_to_look_at(world: Make) -> None:
    usual = [90, 110, 95, 105, 100, 100, 95, 105, 90, 110, 100, 100]
    assert "up" not in found(world({"contracts": [contract()], "charges": weekly([*usual, 112])}))
    assert "up" not in found(world({"contracts": [contract()], "charges": weekly([100, 100, 100, 900])}))
    down = found(world({"contracts": [contract()], "charges": weekly([*usual, 20])}))["down"]
    assert down.value == 2_000


def test_what_waits_too_long_is_counted(world: Make) -> None:
    """Three jobs open, two of them for more than 30 days; one contract past its planned end, one ends later; a tenure of two years."""
    rows = {
        "jobs": [job("J1", "2026-11-18"), job("J2", "2026-10-01"), job("J3", "2026-01-01")],
        "contracts": [
            contract("C1", "2026-01-01", planned_end_date="2026-11-01"),
            contract("C2", "2024-10-01", planned_end_date="2026-12-24"),
        ],
    }
    told = found(world(rows))
    assert {kind: one.value for kind, one in told.items()} == {"open": 2, "past": 1, "tenure": 1}


def test_a_missed_target_is_found_and_a_met_one_is_not(world: Make) -> None:
    """Two hires after 10 and 20 days: 15 on average, over 7 and under 30."""
    rows = {
        "jobs": [job("J1", "2026-10-01", status="filled"), job("J2", "2026-10-01", status="filled")],
        "contracts": [hire("C1", "J1", "2026-10-11"), hire("C2", "J2", "2026-10-21")],
    }
    w = world(rows)
    for wanted, missed in ((7, True), (30, False)):
        target = Target("avg_time_to_hire", wanted, "down", "Office", Period(None, FOREVER))
        engine = Engine(w.store, goals=Goals((target,)), cache=1)
        told = found(w, engine=engine)
        engine.close()
        assert ("target" in told) == missed
    assert target.value == 30


def test_a_team_that_never_posted_before_is_new_unless_the_data_is_too_young_to_tell(world: Make) -> None:
    old = [
        job(f"J{n}", f"2025-{n:02d}-01", status="cancelled", closed_at=f"2025-{n:02d}-02T00:00:00Z")
        for n in range(1, 13)
    ]
    rows = {
        "teams": [team("T2", "Video")],
        "jobs": [*old, job("N1", "2026-11-10"), job("N2", "2026-11-11", team_id="T2")],
        "contracts": [contract("C0", "2024-01-01", end_date="2024-02-01", status="ended")],
    }
    assert found(world(rows))["new_teams"].members == ("Video",)
    young = {**rows, "jobs": rows["jobs"][-2:], "contracts": []}
    assert "new_teams" not in found(world(young))
    assert "new_teams" not in found(world(rows), TOTALS)
