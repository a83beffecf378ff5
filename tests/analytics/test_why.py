"""Where a change came from: the contributions sum to it, exactly, and tell a member's own change from the mix."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalogue import METRICS
from analytics.catalogue.halves import HALVES
from analytics.model import Compare, Filter, Period, Query, Scope, Value, Why
from analytics.why import Halves, contributions, main_contributor, top_contributors, why
from tests.soundness.rows import charge, contract, hire, job, team
from tests.world import EVERYTHING, TODAY, World

GROUPS = Scope("all", "groups")
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))

whole = st.integers(-(10**12), 10**12)
count = st.integers(0, 10**6)
size = st.floats(-1e9, 1e9, allow_nan=False)
weight = st.floats(0.001, 1e6)


def sums(members: list[Halves]) -> tuple[float, float, float, float]:
    above_now, below_now, above_then, below_then = (sum(column) for column in zip(*members, strict=True))
    return above_now, below_now, above_then, below_then


@given(st.lists(st.builds(Halves, whole, count, whole, count), min_size=1, max_size=40))
def test_whole_numbers_sum_exactly_to_the_change(members: list[Halves]) -> None:
    above_now, _, above_then, _ = sums(members)
    for method in ("sum", "product"):
        effects = contributions(method, members)
        assert sum(effect.value for effect in effects) == above_now - above_then
        assert all(isinstance(effect.value, int) for effect in effects)
    for effect in contributions("product", members):
        assert (effect.rate or 0) + (effect.mix or 0) == effect.value


@given(st.lists(st.builds(Halves, size, weight | st.just(0.0), size, weight | st.just(0.0)), min_size=1, max_size=40))
def test_a_ratio_sums_to_its_change_but_for_rounding(members: list[Halves]) -> None:
    above_now, below_now, above_then, below_then = sums(members)
    if not below_now or not below_then:
        with pytest.raises(ZeroDivisionError):
            contributions("ratio", members)
        return
    effects = contributions("ratio", members)
    change = above_now / below_now - above_then / below_then
    largest = max([1.0, *(abs(effect.value) for effect in effects)])
    # Where a weight is next to nothing its own ratio is huge, and so is what rounding leaves of it.
    own = max(
        [0.0, *(abs(m.above_now / below_now) for m in members), *(abs(m.above_then / below_then) for m in members)]
    )
    assert isclose(sum(effect.value for effect in effects), change, abs_tol=1e-9 * max(largest, own, abs(change)))
    for effect in effects:
        rate, mix = effect.rate or 0.0, effect.mix or 0.0
        assert isclose(rate + mix, effect.value, abs_tol=1e-9 * max(1.0, abs(rate), abs(mix)))


@given(st.lists(st.tuples(size, size), min_size=1, max_size=40), weight, weight)
def test_what_shares_a_divisor_sums_as_well(values: list[tuple[float, float]], now: float, then: float) -> None:
    effects = contributions("shared", [Halves(a, now, b, then) for a, b in values])
    change = sum(a for a, _ in values) / now - sum(b for _, b in values) / then
    assert isclose(
        sum(effect.value for effect in effects),
        change,
        abs_tol=1e-9 * max(1.0, *(abs(a / now) + abs(b / then) for a, b in values)),
    )


def test_a_mix_that_shifts_to_the_slower_half_is_no_members_own_change() -> None:
    """Design took 10 days and takes 10, Legal 30 and 30; Legal did one hire in four and does one in two.

    The mean went from 15 to 20 days. No own ratio moved, so all 5 days are mix: Design fell by a quarter of the whole and
    lies 7.5 below the usual 17.5, which makes 1.875; Legal rose by a quarter and lies 12.5 above, which makes 3.125.
    """
    design, legal = contributions("ratio", [Halves(20, 2, 30, 3), Halves(60, 2, 30, 1)])
    assert (design.rate, design.mix) == (0.0, 1.875)
    assert (legal.rate, legal.mix) == (0.0, 3.125)


def test_more_contracts_and_larger_ones_are_told_apart() -> None:
    """From 2 contracts of 100 to 3 of 120: 110 for the one more, and 20 more for each of 2.5 make 50."""
    (effect,) = contributions("product", [Halves(360, 3, 200, 2)])
    assert (effect.value, effect.mix, effect.rate) == (160, 110, 50)


def spending() -> dict[str, list[dict[str, Any]]]:
    """Brand spends 1,000 and then 1,600, Legal 500 and then 200, and 50 is of no team's contract any more."""
    return {
        "teams": [team("T2", "Legal", head_person_id="P1")],
        "contracts": [contract("C1"), contract("C2", team_id="T2")],
        "charges": [
            charge("H1", "2026-09-10", 1000),
            charge("H2", "2026-09-11", 500, contract_id="C2"),
            charge("H3", "2026-10-10", 1600),
            charge("H4", "2026-10-11", 200, contract_id="C2"),
            charge("H5", "2026-10-12", 50, contract_id="", team_id=""),
        ],
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    rows = spending()
    rows["people"] = [{"person_id": "P2", "name": "Bo Berg", "entra_object_id": "e2", "upn": "bo@contoso.example"}]
    rows["employment"] = [{"person_id": "P2", "team_id": "T2"}]
    rows["categories"] = [{"category_id": "K2", "name": "Legal Work", "job_family": "Advice"}]
    rows["jobs"] = [
        job("J1", "2026-09-01", positions="5"),
        job("J2", "2026-09-01", category_id="K2", team_id="T2", poster_id="P2", positions="5"),
        job("J3", "2026-10-01", positions="5"),
        job("J4", "2026-10-01", category_id="K2", team_id="T2", poster_id="P2", positions="5"),
    ]
    legal = {"category_id": "K2", "team_id": "T2"}
    rows["contracts"] += [
        *(hire(f"A{n}", "J1", "2026-09-11") for n in range(3)),
        hire("B0", "J2", "2026-09-30", **legal),
        *(hire(f"D{n}", "J3", "2026-10-11") for n in range(2)),
        *(hire(f"E{n}", "J4", "2026-10-30", **legal) for n in range(2)),
    ]
    made = World(tmp_path_factory.mktemp("why"), rows)
    yield made
    made.close()


Ask = Callable[..., Why]


@pytest.fixture
def ask(small: World) -> Ask:
    def asked(metric: str, scope: Scope = EVERYTHING, **more: Any) -> Why:
        return why(small.engine, Query((metric,), time=OCTOBER, **more), scope, today=TODAY)

    return asked


def by(found: Why, dimension: str) -> dict[str, Any]:
    split = next(split for split in found.splits if split.dimension == dimension)
    return {part.label: part.value for part in split.parts}


def test_spend_is_taken_apart_by_team_to_the_cent(ask: Ask) -> None:
    found = ask("spend")
    assert found.moved == 35_000
    assert by(found, "team") == {"Design": 60_000, "Legal": -30_000, "Unmapped": 5_000}
    assert found.splits[0].exact
    assert sum(part for _, part in found.effects) == found.moved


def test_time_to_hire_moved_by_its_mix_alone(ask: Ask) -> None:
    """Design hires after 10 days, Legal after 29; three and one in September, two and two in October: 14.75 to 19.5."""
    found = ask("avg_time_to_hire")
    assert found.moved == 4.75
    effects = dict(found.effects)
    assert effects["rate"] == 0
    assert effects["mix"] == 4.75
    assert sum(by(found, "team").values()) == pytest.approx(4.75, abs=1e-9)


def test_a_median_says_that_it_has_no_parts_and_shows_how_each_stands(ask: Ask) -> None:
    found = ask("median_time_to_hire")
    assert found.reason == "inexact"
    assert found.splits
    assert all(part.value is None for split in found.splits for part in split.parts)
    stands = {
        part.label: (part.then, part.now) for split in found.splits for part in split.parts if split.dimension == "team"
    }
    assert stands == {"Design": (10, 10), "Legal": (29, 29)}


def test_a_survival_estimate_has_no_parts_either(ask: Ask) -> None:
    found = ask("time_to_hire_km")
    assert found.reason == "inexact"
    assert not any(split.exact for split in found.splits)


def test_people_are_named_only_to_whoever_may_see_them(ask: Ask) -> None:
    assert "poster" in {split.dimension for split in ask("jobs_posted").splits}
    assert not {split.dimension for split in ask("jobs_posted", GROUPS).splits} & {"poster", "owner", "freelancer"}


def test_what_a_protected_ratio_is_made_of_is_not_used_for_groups(ask: Ask) -> None:
    found = ask("avg_spend_per_contract", GROUPS)
    assert not found.effects
    assert not any(split.exact for split in found.splits)


def test_totals_alone_explain_nothing(ask: Ask) -> None:
    found = ask("hires", Scope("all", "totals"))
    assert (found.reason, found.splits, found.moved) == ("totals", (), 0)


def test_what_is_narrowed_to_one_member_is_not_split_by_it(ask: Ask) -> None:
    found = ask("spend", filters=(Filter("team", include=(Value("Design"),)),))
    assert found.moved == 60_000
    assert "team" not in {split.dimension for split in found.splits}


def test_another_month_may_be_named_to_compare_with(ask: Ask) -> None:
    august = Compare("period", Period(date(2026, 8, 1), date(2026, 9, 1)))
    assert by(ask("spend", compare=august), "team") == {"Design": 160_000, "Legal": 20_000, "Unmapped": 5_000}


def test_the_main_contributor_of_a_change_is_its_largest_member(small: World) -> None:
    query = Query(("spend",), time=OCTOBER)
    found = main_contributor(small.engine, query, EVERYTHING, today=TODAY)
    assert found is not None
    assert (found[0], found[1].label, found[1].value) == ("team", "Design", 60_000)
    tops = top_contributors(why(small.engine, query, EVERYTHING, today=TODAY), 1)
    assert tops[0][1].value == 60_000


# One of each kind: what it counts, how it is put together, and whether its parts add up.
KINDS = {(m.parts[0].fact, m.formula, m.additive, m.key in HALVES, m.survival): m.key for m in METRICS.values()}


@pytest.mark.parametrize("metric", sorted(KINDS.values()))
def test_every_number_is_explained_exactly_or_says_that_it_cannot_be(metric: str, ask: Ask) -> None:
    found = ask(metric)
    for split in found.splits:
        known = [part.value for part in split.parts if part.value is not None]
        if split.exact:
            assert sum(known) == pytest.approx(found.moved, abs=1e-9 * max([1.0, *map(abs, known)]))
        else:
            assert found.reason
            assert not known or metric not in HALVES


def test_nothing_in_a_period_leaves_nothing_to_explain(tmp_path: Path) -> None:
    empty = World(tmp_path, {"contracts": [contract("C1")], "charges": []})
    try:
        found = why(empty.engine, Query(("avg_time_to_hire",), time=OCTOBER), EVERYTHING, today=TODAY)
        assert (found.moved, found.splits) == (None, ())
    finally:
        empty.close()
