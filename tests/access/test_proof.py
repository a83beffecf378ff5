"""Generated companies, people, places and questions against the oracle: nothing leaks, nothing is hidden that may be seen."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.access import Seen
from bot.state import State
from tests.access.companies import NOW, SPEND, YEAR, Case, begun, case_of, spent
from tests.access.events import entra_of, name_of
from tests.access.oracle import May

MEMORY = "sqlite+aiosqlite:///:memory:"
QUESTIONS = 40


@pytest.fixture
async def state() -> AsyncIterator[State]:
    opened = await State.open(MEMORY, lambda: NOW)
    yield opened
    await opened.close()


async def personal(case: Case, chance: random.Random, _n: int) -> tuple[Seen, May, str]:
    """Somebody in their personal chat."""
    key = chance.choice(_active(case))
    seen = await case.access.seen(await case.asker(key), case.place("personal", f"a:{key}"))
    assert seen is not None
    return seen, case.oracle.may(key), f"{key} alone"


async def group(case: Case, chance: random.Random, n: int) -> tuple[Seen, May, str]:
    """One of several in a group chat, now and then with a guest, a stranger or somebody who has left."""
    members = chance.sample(_active(case), min(len(_active(case)), chance.randint(1, 4)))
    case.roster.listed = [{"id": f"29:{key}", "aadObjectId": entra_of(key), "tenantId": case.tenant} for key in members]
    odd = chance.choice(OTHERS) if chance.random() < 0.15 else None
    if odd:
        case.roster.listed.append(odd)
    where = case.place("groupChat", f"19:{n}")
    seen = await case.access.seen(await case.asker(chance.choice(members)), where)
    assert seen is not None
    expected = May("totals", case.oracle.records) if odd else case.oracle.all_may(members)
    return seen, expected, f"{members} with {odd}"


async def channel(case: Case, chance: random.Random, n: int) -> tuple[Seen, May, str]:
    """Anyone in a channel with a scope of its own."""
    show = chance.choice(("", "totals", "groups", "everything", "teams", "line"))
    which = chance.choice(list(case.company.teams) if show == "teams" else case.company.people)
    where = case.place("channel", f"19:c{n}@thread.tacv2")
    if show:
        given = {"show": show, "teams": [which], "person": entra_of(which), "detail": "named"}
        await case.state.channel_scopes.set(where, given, case.person("P0"))
    seen = await case.access.seen(await case.asker(chance.choice(_active(case))), where)
    assert seen is not None
    return seen, case.oracle.channel(show, which), f"channel of {show} {which}"


OTHERS: tuple[dict[str, Any], ...] = (
    {"id": "29:guest", "aadObjectId": "e-p0", "userRole": "guest"},
    {"id": "29:ext", "aadObjectId": "e-p0", "userPrincipalName": "ann_other.example#EXT#@contoso.example"},
    {"id": "29:other", "aadObjectId": "e-p0", "tenantId": "another"},
    {"id": "29:nobody", "aadObjectId": "e-nobody"},
    {"id": "29:app"},
)
PLACES = (personal, group, channel)


def _active(case: Case) -> list[str]:
    return [key for key in case.company.people if case.oracle.active(key)]


def checked(case: Case, seen: Seen, may: May, told: str) -> None:
    """Totals, teams and people of one place, as the engine answers and as the oracle counts."""
    scope, money = seen.scope, spent(may)
    assert scope.detail == may.detail, told
    contracts = case.answer({"metrics": ["contracts"], **YEAR}, scope)
    assert contracts is not None
    assert _total(contracts) == begun(may), told
    if may.detail == "groups":
        assert case.answer({**SPEND, "group_by": ["owner"]}, scope) is None, told
        return
    whole = case.answer(SPEND, scope)
    assert whole is not None
    # So small a company may have too few people behind its total for everybody to see it; that has proofs of its own.
    kept_back = may.detail == "totals" and _withheld(whole)
    assert kept_back or _total(whole) == money["total"], told
    for dimension, kind in (("team", "team"), ("owner", "owner")):
        parts = case.answer({**SPEND, "group_by": [dimension]}, scope)
        if may.detail == "totals":
            assert parts is None, told
            continue
        assert parts is not None
        shown = {row.labels[0]: row.values[0] for row in parts.rows if row.values[0]}
        counted = {_label(key, kind): n for key, n in money.items() if key.startswith(kind) and n}
        assert shown == counted, (told, dimension)


def _label(key: str, kind: str) -> str:
    which = key.removeprefix(f"{kind} ")
    return "Unmapped" if which == "None" else name_of(which)


def _withheld(answer: Any) -> bool:
    return answer.total is not None and answer.total.values[0] is None


def _total(answer: Any) -> int:
    return int(answer.total.values[0] or 0) if answer.total else 0


async def proven(seed: int, folder: Path, state: State, questions: int = QUESTIONS) -> int:
    chance = random.Random(seed)
    case = await case_of(chance, folder, state, f"tenant-{seed}")
    try:
        for n in range(questions):
            seen, may, told = await chance.choice(PLACES)(case, chance, n)
            checked(case, seen, may, f"seed {seed}, {told}: {seen}")
    finally:
        case.world.close()
    return questions


@pytest.mark.parametrize("seed", range(8))
async def test_everyone_sees_exactly_what_the_oracle_says(seed: int, tmp_path: Path, state: State) -> None:
    await proven(seed, tmp_path, state)


@pytest.mark.proof
@pytest.mark.parametrize("block", range(25))
async def test_ten_thousand_questions_leak_nothing_and_hide_nothing(block: int, tmp_path: Path, state: State) -> None:
    done = [await proven(1_000 + block * 10 + n, tmp_path / str(n), state) for n in range(10)]
    assert sum(done) == 400
