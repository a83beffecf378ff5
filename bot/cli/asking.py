"""One question from the command line: read, scoped and answered exactly as in Teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics import answer_json
from analytics import query as public
from analytics.errors import DataError
from bot.access import Access, Asker, Role
from bot.bootstrap import roles_of
from bot.desk import Insights
from bot.events import Conversation, Person, Turn
from bot.sample_people import sample_people
from bot.settings import SAMPLE_TENANT
from bot.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.engine import Engine
    from bot.events import Clock
    from bot.settings import Settings

FIND = "SELECT entra FROM person WHERE lower(upn) = lower($upn)"
MEMORY = "sqlite+aiosqlite:///:memory:"
COMMAND_LINE = Asker("", "Administrator", "", "program", leads=False, heads=())


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question: kind, query and answer as JSON, and the card."""

    kind: str
    query: dict[str, Any] | None
    answer: dict[str, Any] | None
    card: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """One object."""
        return {"kind": self.kind, "query": self.query, "answer": self.answer, "card": self.card}


class Everyone(Access):
    """Access of the command line without a name: whoever can read the files may see all that is in them."""

    async def who(self, person: Person) -> Asker | None:
        """The administrator, or the employee named."""
        return await super().who(person) if person.entra_id else COMMAND_LINE


async def ask(text: str, engine: Engine, settings: Settings, clock: Clock, upn: str | None) -> Asked:
    """Answer one question as an employee (by user principal name), or with everything in view. Raises DataError."""
    entra = _entra(engine, upn) if upn else ""
    state = await State.open(MEMORY, clock)
    try:
        roles = {**sample_roles(engine), **roles_of(settings)}
        access = Everyone(
            engine,
            roles,
            clock,
            directory_days=settings.directory_max_age_days,
            directory_file_days=settings.directory_file_max_age_days,
            state=state,
        )
        desk = Insights(engine, access, state, clock)
        turn = _turn(text, entra, clock())
        reading, answered = await desk.consider(turn)
    finally:
        await state.close()
    answer = answered.answer
    query = public.to_json(reading.query) if reading and reading.query else None
    return Asked(
        reading.kind if reading else "refuse",
        query,
        answer_json.to_json(answer) if answer else None,
        answered.card,
    )


def sample_roles(engine: Engine) -> dict[str, Role]:
    """The roles of the sample enterprise's people, where the data came from it; nothing for a company's own files."""
    with engine.store.lease() as lease:
        ((folder,),) = lease.cursor.execute("SELECT folder FROM version").fetchall()
    try:
        people = sample_people(Path(folder)).values()
    except DataError:
        return {}
    return {person.upn.lower(): "program" for person in people if person.role == "program"}


def _entra(engine: Engine, upn: str) -> str:
    with engine.store.lease() as lease:
        found = lease.cursor.execute(FIND, {"upn": upn}).fetchall()
    if not found or not found[0][0]:
        raise DataError(f"The directory knows nobody with the user principal name {upn}.")
    return str(found[0][0])


def _turn(text: str, entra: str, at: datetime) -> Turn:
    person = Person(SAMPLE_TENANT, entra)
    where = Conversation("command-line", "personal", SAMPLE_TENANT, "")
    return Turn("message", person, where, "command-line", at, text=text, locale="en-US")
