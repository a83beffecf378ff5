"""One statement to the state database and its rows back, and the pooled way to PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from analytics.errors import InsightsError

if TYPE_CHECKING:
    from collections.abc import Mapping


log = structlog.get_logger(__name__)

# Each row a tuple of plain values.
Rows = list[Any]

BUSY_MS = 5_000


class StateUnavailable(InsightsError):  # noqa: N818
    """The state database does not answer, is full or is locked by someone else."""


class Line(Protocol):
    """Runs single statements, each one whole or not at all. Statements are SQL both databases understand, with :names."""

    async def run(self, sql: str, values: Mapping[str, Any] | None = None) -> Rows:
        """The rows the statement returns, if it returns any. Raises StateUnavailable."""
        ...

    async def close(self) -> None:
        """Let go of the database."""
        ...


def open_engine(url: str) -> AsyncEngine:
    """An engine in autocommit, its SQLite file private to this user."""
    where = make_url(url)
    if where.get_backend_name() != "sqlite":
        return create_async_engine(where, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    if where.database and where.database != ":memory:":
        Path(where.database).parent.mkdir(parents=True, exist_ok=True)
        Path(where.database).touch(mode=0o600)
    engine = create_async_engine(where, isolation_level="AUTOCOMMIT")
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    # A killed process loses no commit in this mode. A power cut may lose the last few, never more: then a repeated delivery
    # is answered twice, which is a fair price for not waiting for the disk on every turn.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    # What is deleted about a person is overwritten, not only unlinked.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


class PooledLine:
    """Any connection of the pool, for a database that serves many."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def run(self, sql: str, values: Mapping[str, Any] | None = None) -> Rows:
        """The rows. Raises StateUnavailable."""
        try:
            async with self._engine.connect() as connection:
                result = await connection.execute(text(sql), dict(values or {}))
                return [tuple(row) for row in result] if result.returns_rows else []
        except (SQLAlchemyError, OSError) as problem:
            raise unavailable(problem) from problem

    async def close(self) -> None:
        """Nothing is held."""


def unavailable(problem: Exception) -> StateUnavailable:
    """The error to raise in the place of a database's own, which is logged by its kind alone."""
    log.error("state_unavailable", problem=type(problem).__name__)
    return StateUnavailable("The bot's own memory does not answer at the moment. Try again in a minute.")
