"""Brings a state database to a revision of its schema, with Alembic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

log = structlog.get_logger(__name__)

# Any number, the same for every replica: whoever holds it migrates, the others wait.
_LOCK = 0x46524545


async def migrate(engine: AsyncEngine, revision: str = "head") -> None:
    """Upgrade to a revision ("head"), or downgrade to one ("base")."""
    # The engine commits each statement by itself; a migration happens whole or not at all, and one at a time.
    async with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # The driver opens no transaction before it has to, and then too late for what was read before.
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            await _whole(connection, revision)
        else:
            await connection.execution_options(isolation_level="READ COMMITTED")
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await _whole(connection, revision)


async def _whole(connection: AsyncConnection, revision: str) -> None:
    try:
        await connection.run_sync(_move, revision)
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise


def _move(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.attributes["connection"] = connection
    if revision == "base":
        command.downgrade(config, revision)
    elif _newer(connection, config):
        # A replica of the next release was here first, or this one was rolled back. Migrations only add.
        log.warning("schema_is_newer")
    else:
        command.upgrade(config, revision)


def _newer(connection: Connection, config: Config) -> bool:
    known = {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}
    return any(head not in known for head in MigrationContext.configure(connection).get_current_heads())
