"""Attempts to see more: every field of a button changed, names tried one by one, kept answers, spoilt directories."""

from __future__ import annotations

import copy
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics.engine import Engine
from analytics.errors import InsightsError
from analytics.model import Scope
from analytics.query import from_json
from analytics.visible import visible
from bot.access import EVERYTHING, GROUPS, TOTALS
from tests.access.events import entra_of
from tests.conversations.conftest import Talk, texts
from tests.soundness.rows import charge, contract, team
from tests.world import TODAY, World

QUERY = {
    "metrics": ["spend"], "group_by": ["team"], "filters": {"job_category": ["Design & Creative"]},
    "time": {"from": "2025-07-01", "to": "2026-07-01"}, "order": [["spend", "desc"]], "limit": 5,
}  # fmt: skip
ODD: tuple[Any, ...] = (
    None, "", "all", "named", 0, -1, 10**12, True, [], {}, ["x"], {"id": "x", "name": "y"}, "'; DROP TABLE charge; --", "\u0000",
    "program", {"rows": "all", "detail": "named"}, [["spend", "desc"]], "a" * 5_000,
)  # fmt: skip
ADDED = (
    "scope",
    "detail",
    "role",
    "people",
    "teams",
    "rows",
    "audience",
    "user",
    "as",
    "entra_id",
    "among",
    "id",
    "page",
)


def mutations(data: Any) -> Iterator[Any]:
    """The data with one field replaced, left out or added, however deep."""
    for path in _paths(data):
        for odd in ODD:
            yield _changed(data, path, odd)
        yield _without(data, path)
    for at in ((), ("query",), ("query", "filters")):
        for name in ADDED:
            for odd in ("all", "named", "program", {"rows": "all", "detail": "named"}):
                yield _changed(data, (*at, name), odd)


def _paths(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield (*at, key)
        yield from _paths(data[key], (*at, key))


def _changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    out = copy.deepcopy(data)
    inner = out
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return out


def _without(data: Any, path: tuple[Any, ...]) -> Any:
    out = copy.deepcopy(data)
    inner = out
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return out


async def test_no_changed_field_of_a_button_shows_more_or_breaks_anything(talk: Talk, engine: Engine) -> None:
    """An employee may see totals, a small manager their line: whatever is sent, nothing outside comes back."""
    outside = _outside(talk, engine)
    chance = random.Random(7)
    tried = [
        one
        for verb in ("ask", "filter", "open", "define")
        for one in mutations({"verb": verb, "query": QUERY, "period": "all", "drill": "x"})
    ]
    for n, data in enumerate(chance.sample(tried, 250)):
        key = "employee" if n % 2 else "small"
        talk.stage.clock.pass_by(10)
        verb = data.get("verb") if isinstance(data, dict) and isinstance(data.get("verb"), str) else "ask"
        value = {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}
        response = await talk.stage.teams.invoke("adaptiveCard/action", value, talk.person(key))
        assert response.status == 200, data
        assert response.body["statusCode"] in {200, 400}, (data, response.body)
        shown = texts(response.body.get("value"))
        assert "went wrong" not in shown, data
        assert "Whole program" not in shown
        assert not outside & set(shown.splitlines()), data


def _outside(talk: Talk, engine: Engine) -> set[str]:
    """Names of teams that the small manager does not see."""
    with engine.store.lease() as lease:
        entra = talk.people["small"].entra_id
        ((person,),) = lease.cursor.execute("SELECT person FROM person WHERE entra = $e", {"e": entra}).fetchall()
        seen = visible(lease, Scope("line", "named", people=(person,)))
    return {m.label for m in engine.version().members.by_id["team"].values() if m.id not in seen["team"]}


@pytest.mark.parametrize("key", ["team", "owner", "poster", "freelancer", "division"])
@pytest.mark.parametrize("how", ["include", "not", "under", "id"])
async def test_a_name_outside_the_line_is_answered_byte_for_byte_like_one_nobody_knows(
    talk: Talk, engine: Engine, key: str, how: str
) -> None:
    access: Any = talk.stage.desk._access  # type: ignore[attr-defined]
    asker = await access.who(talk.person("small"))
    names = await access.names(access.own(asker).scope)
    outside = next(m for m in engine.version().members.by_id[key].values() if m.id not in names[key])
    told = []
    for name, ident in ((outside.label, outside.id), ("Zork Nowhere", "zork-1")):
        value: Any = [{"id": ident, "name": name}] if how == "id" else [name]
        given = {"include": value, "id": value, "not": {"not": value}, "under": {"under": value}}[how]
        query = {"metrics": ["jobs_posted" if key == "poster" else "contracts"], "filters": {key: given}}
        press = {"type": "Action.Execute", "verb": "ask", "data": {"verb": "ask", "query": query}}
        body = await talk.stage.teams.press(press, talk.person("small"))
        told.append(json.dumps(body).replace(name, "X").replace(ident, "I"))
    assert told[0] == told[1]


def test_kept_answers_never_cross_from_one_scope_to_another(engine: Engine) -> None:
    """Two scopes ask the same 1,000 questions in turns; each answer is what an engine without memory gives."""
    with engine.store.lease() as lease:
        sql = "SELECT person FROM headed GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 3"
        heads = [row[0] for row in lease.cursor.execute(sql).fetchall()]
    scopes = [EVERYTHING, Scope("line", "named", people=(heads[1],))]
    asked = [
        {"metrics": [metric], "time": {"from": f"{year}-{month:02}-01", "to": f"{year + 1}-{month:02}-01"}, **({"group_by": [by]} if by else {})}
        for metric in ("spend", "contracts", "jobs_posted") for year in (2024, 2025) for month in range(1, 13) for by in ("", "team", "job_category")
    ]  # fmt: skip
    chance = random.Random(3)
    order = [(chance.choice(asked), scope) for _ in range(500) for scope in scopes]
    order += [(query, scope) for query, scope in reversed(order)]
    fresh: dict[str, Any] = {}
    engine.forget()
    before = engine.hits
    for query, scope in order:
        answer = engine.ask(from_json(query), scope, today=TODAY)
        key = json.dumps([query, str(scope)])
        shown = (answer.scope, answer.rows, answer.total)
        assert fresh.setdefault(key, shown) == shown
        assert answer.scope == scope
    assert engine.hits - before > 1_000
    for query, scope in chance.sample(order, 40):
        engine.forget()
        again = engine.ask(from_json(query), scope, today=TODAY)
        assert fresh[json.dumps([query, str(scope)])] == (again.scope, again.rows, again.total)


def spoilt(**more: Any) -> dict[str, Any]:
    people = [{"person_id": f"P{n}", "name": f"Person {n}", "entra_object_id": entra_of(f"P{n}")} for n in range(8)]
    return {
        "people!": people,
        "teams!": [team("T1", "One"), team("T2", "Two")],
        "contracts": [contract(f"C{n}", owner_id=f"P{n}", team_id="T1" if n < 4 else "T2") for n in range(8)],
        "charges": [charge(f"X{n}", "2026-03-01", 10**n, contract_id=f"C{n}") for n in range(6)],
        **more,
    }


def seen(world: World, person: str) -> int:
    query = {"metrics": ["spend"], "time": {"from": "2026-01-01", "to": "2026-11-20"}}
    return int(world.ask(query, Scope("line", "named", people=(person,)))["total"] or 0) // 100


def test_circles_of_managers_neither_hang_nor_widen(tmp_path: Path) -> None:
    """P0 → P1 → P2 → P0 is a circle, P3 manages themselves: nobody there sees beyond their direct reports."""
    above = {"P0": "P1", "P1": "P2", "P2": "P0", "P3": "P3", "P4": "P0", "P5": "P4"}
    rows = [
        {"person_id": p, "team_id": "T1" if p < "P4" else "T2", "manager_id": m, "valid_from": "2020-01-01"}
        for p, m in above.items()
    ]
    began = time.monotonic()
    world = World(tmp_path, spoilt(**{"employment!": rows}))
    assert [seen(world, p) for p in above] == [
        10_000 + 100_000 + 1 + 100,
        1 + 10,
        10 + 100,
        1_000,
        10_000 + 100_000,
        100_000,
    ]
    assert time.monotonic() - began < 20
    world.close()


@pytest.mark.parametrize(("later", "manager"), [("2020-01-01", 1), ("2021-01-01", 2)])
def test_two_managers_at_once_give_the_line_to_one_of_them_and_to_nobody_else(
    tmp_path: Path, later: str, manager: int
) -> None:
    """P5 has P1 and P2 as managers, neither of them ended: the later one counts, or the first line of the file; never both."""
    rows = [{"person_id": f"P{i}", "team_id": "T2", "manager_id": "", "valid_from": "2020-01-01"} for i in range(5)]
    rows += [{"person_id": "P5", "team_id": "T2", "manager_id": "P1", "valid_from": "2020-01-01"}]
    rows += [{"person_id": "P5", "team_id": "T2", "manager_id": "P2", "valid_from": later}]
    world = World(tmp_path, spoilt(**{"employment!": rows}))
    assert [seen(world, f"P{i}") for i in range(5)] == [10**i + (100_000 if i == manager else 0) for i in range(5)]
    world.close()


def test_every_narrower_scope_asked_for_a_thing_it_must_not_see_is_refused(engine: Engine) -> None:
    for scope, query in (
        (TOTALS, {"metrics": ["spend"], "group_by": ["team"]}),
        (TOTALS, {"metrics": ["jobs_posted"], "group_by": ["poster"]}),
        (GROUPS, {"metrics": ["jobs_posted"], "group_by": ["poster"]}),
        (GROUPS, {"metrics": [], "rows": "contract"}),
    ):
        with pytest.raises(InsightsError):
            engine.ask(from_json(query), scope, today=TODAY)
