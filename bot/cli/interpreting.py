"""Questions as JSON lines in, readings as JSON lines out: understanding alone, without computing anything."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from analytics.errors import DataError
from analytics.progress import Silent
from bot.bootstrap import roles_of
from bot.cli.data import open_engine, store_folder
from bot.understanding import Vocabulary
from bot.understanding.interpret import interpret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from pathlib import Path

    from analytics.engine import Engine
    from bot.settings import Settings

LINE = """SELECT DISTINCT t.name FROM headed h JOIN team t ON t.team = h.team JOIN person p ON p.person = h.person
    WHERE lower(p.upn) = lower($upn) ORDER BY 1"""


def interpret_lines(
    lines: Iterable[str], settings: Settings, data: Path | None, vocabulary: Path | None, today: date, now: datetime
) -> Iterator[str]:
    """One JSON line for each that comes in. Raises DataError for a vocabulary that cannot be read, naming it."""
    with ExitStack() as stack:
        engine = None
        if vocabulary is None:
            engine = stack.enter_context(open_engine(store_folder(data, settings, now, Silent())))
        words = _vocabulary(vocabulary, engine)
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield json.dumps(_one(line, number, words, today, engine, settings), ensure_ascii=False)


def _vocabulary(file: Path | None, engine: Engine | None) -> Vocabulary:
    if engine is not None:
        version = engine.version()
        return Vocabulary.from_members(version.members, version.calendar.reporting)
    try:
        return Vocabulary.from_json(json.loads(file.read_text(encoding="utf-8")) if file else {})
    except (OSError, ValueError) as error:
        raise DataError(f"{file} is no vocabulary: {error}") from error


def _one(
    line: str, number: int, words: Vocabulary, today: date, engine: Engine | None, settings: Settings
) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except ValueError as error:
        return {
            "id": str(number),
            "kind": "refuse",
            "query": None,
            "reason": "unsupported",
            "error": f"No JSON: {error}",
        }
    if (
        not isinstance(asked, dict)
        or not isinstance(asked.get("turns"), list)
        or not all(isinstance(t, str) for t in asked["turns"])
    ):
        told = 'Each line is an object like {"id": "1", "turns": ["spend by team"], "scope": "all"}.'
        return {"id": str(number), "kind": "refuse", "query": None, "reason": "unsupported", "error": told}
    if "user" in asked and engine is not None:
        asked = {**asked, "scope": _scope(engine, str(asked["user"]), settings)}
    return interpret(asked, words, today)


def _scope(engine: Engine, upn: str, settings: Settings) -> Any:
    if roles_of(settings).get(upn.lower()):
        return "all"
    with engine.store.lease() as lease:
        return {"team": [name for (name,) in lease.cursor.execute(LINE, {"upn": upn}).fetchall()]}
