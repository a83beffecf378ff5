"""Migrations only add, one step at a time, on either database: so the release before goes on working beside the new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from bot.state.line import open_engine

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

FOLDER = Path(__file__).parents[2] / "bot" / "migrations"
# By table and column: type, and whether whoever does not know the column may leave it out of what they write.
Shape = dict[tuple[str, str], tuple[str, bool]]


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    return made


def steps() -> list[str]:
    """All revisions, the first one first."""
    return [one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


def shape(connection: Connection) -> Shape:
    looked, found = inspect(connection), {}
    for table in looked.get_table_names():
        keys = looked.get_pk_constraint(table)["constrained_columns"]
        for column in looked.get_columns(table):
            optional = bool(column["nullable"]) or column["default"] is not None or keys == [column["name"]]
            found[table, column["name"]] = (str(column["type"]), optional)
    return {place: told for place, told in found.items() if place[0] != "alembic_version"}


async def moved(engine: AsyncEngine, how: Any, revision: str) -> Shape:
    def move(connection: Connection) -> Shape:
        made = config()
        made.attributes["connection"] = connection
        how(made, revision)
        return shape(connection)

    async with engine.connect() as connection:
        found = await connection.run_sync(move)
        await connection.commit()
    return found


async def test_each_step_adds_and_takes_nothing_away_and_each_step_back_leads_where_it_began(url: str) -> None:
    engine = open_engine(url)
    shapes: list[Shape] = [{}]
    for revision in steps():
        before, after = shapes[-1], await moved(engine, command.upgrade, revision)
        assert {place: after.get(place) for place in before} == before, revision
        tables = {table for table, _ in before}
        new = {place: told for place, told in after.items() if place not in before and place[0] in tables}
        assert [place for place, (_, optional) in new.items() if not optional] == [], revision
        shapes.append(after)
    for revision, before in zip(["base", *steps()][-2::-1], shapes[-2::-1], strict=True):
        assert await moved(engine, command.downgrade, revision) == before, revision
    await engine.dispose()
