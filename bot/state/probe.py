"""Looks at a state database without changing it: whether it answers, and which schema it has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.state.line import open_engine


@dataclass(frozen=True, slots=True)
class Probe:
    """`kind` is sqlite or postgresql. `revision` is None where nothing was made yet; `problem` says why it does not answer."""

    kind: str
    revision: str | None
    newest: str
    problem: str = ""


async def probe(url: str) -> Probe:
    """What can be said of the database at this address. Never raises."""
    newest = _newest()
    try:
        where = make_url(url)
    except ArgumentError:
        return Probe("", None, newest, "its address cannot be read")
    kind = where.get_backend_name()
    if kind == "sqlite" and not _is_file(where.database or ""):
        return Probe(kind, None, newest)
    try:
        return Probe(kind, await _revision(url), newest)
    except (SQLAlchemyError, OSError, ImportError) as problem:
        # The text of the error may hold the password of the address.
        return Probe(kind, None, newest, type(problem.__cause__ or problem).__name__)


async def _revision(url: str) -> str | None:
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            there = await connection.run_sync(lambda sync: engine.dialect.has_table(sync, "alembic_version"))
            if not there:
                return None
            row = (await connection.execute(text("SELECT version_num FROM alembic_version"))).first()
            return str(row[0]) if row else None
    finally:
        await engine.dispose()


def _is_file(path: str) -> bool:
    return Path(path).is_file()


def _newest() -> str:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    return ",".join(ScriptDirectory.from_config(config).get_heads())
