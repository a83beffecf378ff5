"""Hostile names in a company's files, through the import and the whole bot, to the rendered page: only ever text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.access import Access
from bot.desk import Insights
from bot.state import State
from cards.text import clean
from tests.cards.test_text import CORPUS, ZERO
from tests.fakes.connector import Sent
from tests.fakes.stage import local_stage
from tests.fuzz.targets import ANA
from tests.visual.studio import Look, Studio
from tests.visual.test_looks import check, drawing, folded
from tests.world import NOW, World

__all__ = ["drawing"]
pytestmark = [
    pytest.mark.visual,
    pytest.mark.names_people("the browser is told what to draw, and tells what it drew, by its streams"),
]

MORE = (
    "=1+1", "+1", "-1+2", "@SUM(A1)", "=cmd|' /C calc'!A0", "${name} $[x] {{x}}", "<img src=x onerror=alert(1)>",
    "[@Everyone](mention:all)", "<at>channel</at>", "@everyone", "<a href='http://evil.example'>x</a>", "tel:+4912345", "![](data:image/png;base64,x)",
)  # fmt: skip
# Names nobody can tell apart from nothing, or that the import itself keeps out, are not here.
NAMES = [name for name in (*CORPUS, *MORE) if "\x00" not in name]


def rows() -> dict[str, list[dict[str, Any]]]:
    """Each name is a team with one contract and one payment."""
    teams = [{"team_id": f"H{n}", "name": name, "head_person_id": "P1"} for n, name in enumerate(NAMES)]
    contracts = [{"contract_id": f"C{n}", "team_id": f"H{n}", "start_date": "2026-09-01"} for n, _ in enumerate(NAMES)]
    charges = [
        {"charge_id": f"X{n}", "contract_id": f"C{n}", "posted_at": "2026-09-20T08:00:00Z", "amount": str(100 + n)}
        for n, _ in enumerate(NAMES)
    ]
    return {"teams": teams, "contracts": contracts, "charges": charges}


async def asked(world: World, folder: Any) -> tuple[dict[int, Mapping[str, Any]], list[Sent]]:
    """The card of each name, pressed for; and what the bot sent when all of them were asked for in words."""
    access = Access(world.engine, {"e1": "program"}, lambda: NOW, directory_days=9)

    def desk(state: State, *_: Any) -> Insights:
        return Insights(world.engine, access, state, lambda: NOW)

    cards = {}
    async with local_stage(desk, folder) as on:
        for number, name in enumerate(NAMES):
            query = {
                "metrics": ["spend"],
                "group_by": ["team"],
                "filters": {"team": [{"id": f"H{number}", "name": name}]},
            }
            query["time"] = {"from": "2026-07-01", "to": "2026-10-01"}
            body = await on.teams.press({"type": "Action.Execute", "data": {"verb": "ask", "query": query}}, ANA)
            cards[number] = body["value"]
        sent = await on.teams.say("spend by team last quarter", ANA)
    return cards, sent


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[int, Mapping[str, Any]], list[Sent]]]:
    folder = tmp_path_factory.mktemp("hostile")
    world = World(folder / "world", rows())
    yield asyncio.run(asked(world, folder))
    world.close()


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_hostile_name_in_the_data_is_drawn_as_the_text_it_is(told: Any, drawing: Studio, number: int) -> None:
    cards, _ = told
    seen = drawing.draw(cards[number], Look())
    check(seen)
    shown = folded(seen["text"])
    # A zero-width space keeps a number from becoming a list; nobody sees it. Very long names are cut.
    name = folded(clean(NAMES[number])).replace(ZERO, "")
    assert name[:60] in shown.replace(ZERO, "")


def test_no_message_mentions_anybody_or_carries_text_that_is_read_as_markdown(told: Any) -> None:
    _, sent = told
    (message,) = sent
    assert "entities" not in message.body
    assert "text" not in message.body
