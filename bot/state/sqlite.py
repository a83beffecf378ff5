"""The line to SQLite: statements that wait together go to the driver's thread together, and share one commit."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.state.line import unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.state.line import Rows

READS, WRITES = ("SELECT",), ("INSERT", "UPDATE", "DELETE")
MOST_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class Waiting:
    """One statement with its values, and whoever waits for its rows."""

    statement: str
    values: Sequence[Any]
    found: asyncio.Future[Rows]

    def does(self, kinds: Sequence[str]) -> bool:
        """Whether it is of these kinds. What is of none (VACUUM, PRAGMA) has its own rules, and is run alone."""
        return self.statement.lstrip()[:6].upper() in kinds


class SqliteLine:
    """The one connection of a database that serves one process.

    Statements go to the driver itself: one hop into its thread instead of five, and eight of them stand in the way of
    every turn. What arrives while the thread is busy waits, and then goes as one: one hop, one transaction, one commit.
    Each statement is still whole or not at all, and nobody is told of its rows before they are committed.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._driver: Any = None
        self._compiled: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._waiting: list[Waiting] = []
        self._work: asyncio.Task[None] | None = None

    async def run(self, sql: str, values: Mapping[str, Any] | None = None) -> Rows:
        """The rows. Raises StateUnavailable."""
        statement, names = self._compiled.get(sql) or self._compile(sql)
        loop = asyncio.get_running_loop()
        one = Waiting(statement, [(values or {})[name] for name in names], loop.create_future())
        self._waiting.append(one)
        if self._work is None:
            self._work = loop.create_task(self._off())
        try:
            return await one.found
        except (sqlite3.Error, SQLAlchemyError, OSError, ValueError) as problem:
            raise unavailable(problem) from problem

    async def close(self) -> None:
        """Give the connection back, when what waits has been run."""
        if self._work is not None:
            await asyncio.wait({self._work})
        await self._connection.close()

    async def _off(self) -> None:
        """Work off what waits, and what comes meanwhile."""
        try:
            while self._waiting:
                batch = self._next()
                try:
                    told = await self._through(batch)
                except BaseException:
                    # Nobody is left waiting at a line that is cut off.
                    left, self._waiting = [*batch, *self._waiting], []
                    _tell(left, [sqlite3.OperationalError("cut off")] * len(left))
                    raise
                _tell(batch, told)
        finally:
            self._work = None

    async def _through(self, batch: Sequence[Waiting]) -> Sequence[Rows | Exception]:
        try:
            if self._driver is None:
                self._driver = (await self._connection.get_raw_connection()).driver_connection
            # The driver runs any function in its thread, by a method that it does not name publicly.
            told: Sequence[Rows | Exception] = await self._driver._execute(_run, self._driver._conn, batch)  # noqa: SLF001
        except (sqlite3.Error, SQLAlchemyError, OSError, ValueError) as problem:
            return [problem] * len(batch)
        return told

    def _next(self) -> list[Waiting]:
        alone = (n for n, one in enumerate(self._waiting) if not one.does(READS + WRITES))
        until = next(alone, len(self._waiting))
        until = min(max(until, 1), MOST_TOGETHER)
        batch, self._waiting = self._waiting[:until], self._waiting[until:]
        return batch

    def _compile(self, sql: str) -> tuple[str, tuple[str, ...]]:
        compiled: Any = text(sql).compile(dialect=self._connection.dialect)
        self._compiled[sql] = (str(compiled), tuple(compiled.positiontup or ()))
        return self._compiled[sql]


def _tell(batch: Sequence[Waiting], told: Sequence[Rows | Exception]) -> None:
    for one, found in zip(batch, told, strict=True):
        if one.found.done():
            continue
        if isinstance(found, Exception):
            one.found.set_exception(found)
        else:
            one.found.set_result(found)


def _run(connection: sqlite3.Connection, batch: Sequence[Waiting]) -> Sequence[Rows | Exception]:
    """In the driver's thread: each statement's rows, or why it failed."""
    if sum(one.does(WRITES) for one in batch) < 2:
        return [_one(connection, one) for one in batch]
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as problem:
        # Somebody else writes. Reading goes on.
        return [problem if one.does(WRITES) else _one(connection, one) for one in batch]
    return _together(connection, batch)


def _together(connection: sqlite3.Connection, batch: Sequence[Waiting]) -> Sequence[Rows | Exception]:
    told: list[Rows | Exception] = []
    try:
        for one in batch:
            told.append(_one(connection, one))
            if not connection.in_transaction:
                # Some errors (a full disk) undo whatever was done before them, so nothing of it has happened.
                problem = next(found for found in reversed(told) if isinstance(found, Exception))
                return [problem] * len(batch)
        connection.execute("COMMIT")
    except sqlite3.Error as problem:
        return [problem] * len(batch)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return told


def _one(connection: sqlite3.Connection, one: Waiting) -> Rows | Exception:
    try:
        return connection.execute(one.statement, one.values).fetchall()
    except (sqlite3.Error, ValueError) as problem:
        return problem
