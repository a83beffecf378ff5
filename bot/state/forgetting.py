"""Everything the bot's memory holds about one person: told for an access request, or taken out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, Text

from bot.state.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.state.line import Line
    from bot.state.pseudonyms import Pseudonyms

GONE = "~erased"
# What belongs to the company stands without whoever said it: by table, the columns that name them.
AUTHORS: Mapping[str, tuple[str, ...]] = {
    "targets": ("set_by", "name"),
    "taught_words": ("entra_id",),
    "checked_answers": ("entra_id",),
    "channel_scopes": ("set_by",),
    "stories": ("author", "author_name"),
    "deputies": ("named_by", "ended_by"),
}
FEWEST_LETTERS = 4


class Forgetting:
    """Looks through every table: a table added later is looked through as well."""

    def __init__(self, line: Line, pseudonyms: Pseudonyms) -> None:
        self._line = line
        self._pseudonyms = pseudonyms

    async def held(self, words: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """By table, the rows that hold one of these words (ids, names, addresses); the audit's by the person's marks."""
        found = {}
        for table in metadata.sorted_tables:
            names = [column.name for column in table.columns]
            where, values = self._where(table.name, words)
            # Tables and columns are our own declarations; the words are bound.
            sql = f"SELECT {', '.join(names)} FROM {table.name} WHERE {where}"  # noqa: S608
            rows = await self._line.run(sql, values)
            if rows:
                found[table.name] = [dict(zip(names, (_plain(cell) for cell in row), strict=True)) for row in rows]
        return found

    async def forget(self, words: Sequence[str]) -> dict[str, int]:
        """Take out every such row, by table how many; the audit keeps its lines, of nobody. Raises StateUnavailable."""
        held = await self.held(words)
        for table in held:
            where, values = self._where(table, words)
            if table == "audit":
                sql = f"UPDATE audit SET actor = :gone, conversation = '', query_json = NULL WHERE {where}"  # noqa: S608
                await self._line.run(sql, {**values, "gone": GONE})
            else:
                await self._nameless(table, words)
                where, values = self._where(table, words)
                await self._line.run(f"DELETE FROM {table} WHERE {where}", values)  # noqa: S608
        return {table: len(rows) for table, rows in held.items()}

    async def _nameless(self, table: str, words: Sequence[str]) -> None:
        """Blank whoever said it; a row that holds the person otherwise as well goes afterwards."""
        for column in AUTHORS.get(table, ()):
            where, values = self._where(table, words, [column])
            await self._line.run(f"UPDATE {table} SET {column} = '' WHERE {where}", values)  # noqa: S608

    def _where(
        self, table: str, words: Sequence[str], columns: Sequence[str] | None = None
    ) -> tuple[str, dict[str, Any]]:
        texts = columns or [c.name for c in metadata.tables[table].columns if isinstance(c.type, String | Text)]
        wanted = [word.casefold() for word in words if len(word) >= FEWEST_LETTERS]
        if table == "audit":
            wanted += [self._pseudonyms.of(word) for word in words]
        parts = [f"lower({name}) LIKE :w{i} ESCAPE '!'" for name in texts for i in range(len(wanted))]
        values = {f"w{i}": f"%{_escaped(word)}%" for i, word in enumerate(wanted)} if parts else {}
        return " OR ".join(parts) or "1 = 0", values


def _escaped(word: str) -> str:
    return "".join(f"!{letter}" if letter in "!%_" else letter for letter in word)


def _plain(cell: Any) -> Any:
    try:
        json.dumps(cell)
    except (TypeError, ValueError):
        return str(cell)
    return cell
