"""Words that could not be read, kept without who said them; what they were taught to mean; who is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from secrets import token_hex
from typing import TYPE_CHECKING

from bot.state.values import who

if TYPE_CHECKING:
    from bot.events import Clock, Person
    from bot.state.line import Line

PHRASE = 200  # no phrase is kept longer
QUESTION = 1_000
MOST_QUESTIONS = 5_000  # a tenant keeps no more, whatever is typed
MOST_PHRASES = 5_000

_COUNT = """
INSERT INTO unread_words (tenant, phrase, language, count, days, last_day)
VALUES (:tenant, :phrase, :language, 1, 1, :day)
ON CONFLICT (tenant, phrase, language) DO UPDATE SET
    count = unread_words.count + 1, last_day = :day,
    days = unread_words.days + CASE WHEN unread_words.last_day = :day THEN 0 ELSE 1 END
"""
_KEEP = """
INSERT INTO unread_questions (tenant, id, language, text, day) VALUES (:tenant, :id, :language, :text, :day)
"""
# Days of two languages may be the same days, so the larger number is the one that is sure.
_FREQUENT = """
SELECT phrase, SUM(count), MAX(days), MAX(last_day) FROM unread_words WHERE tenant = :tenant
GROUP BY phrase ORDER BY SUM(count) DESC, MAX(last_day) DESC, phrase LIMIT :most
"""
_CROWDED = """
DELETE FROM unread_words WHERE tenant = :tenant AND phrase NOT IN (
    SELECT phrase FROM unread_words WHERE tenant = :tenant ORDER BY count DESC, last_day DESC, phrase LIMIT :most)
"""
_OVERFULL = """
DELETE FROM unread_questions WHERE tenant = :tenant AND id NOT IN (
    SELECT id FROM unread_questions WHERE tenant = :tenant ORDER BY day DESC, id LIMIT :most)
"""
_TEACH = """
INSERT INTO taught_words (tenant, phrase, kind, key, dimension, label, entra_id, at)
VALUES (:tenant, :phrase, :kind, :key, :dimension, :label, :entra_id, :at)
ON CONFLICT (tenant, phrase) DO UPDATE SET
    kind = :kind, key = :key, dimension = :dimension, label = :label, entra_id = :entra_id, at = :at
"""
_LEAD = """
INSERT INTO word_leads (tenant, entra_id, language, locale) VALUES (:tenant, :entra_id, :language, :locale)
ON CONFLICT (tenant, entra_id) DO UPDATE SET language = :language, locale = :locale
"""


@dataclass(frozen=True, slots=True)
class UnreadWord:
    """A phrase nobody could read for people: how often it came, on how many days, and on which day last."""

    phrase: str
    count: int
    days: int
    last: date


@dataclass(frozen=True, slots=True)
class UnreadQuestion:
    """A question with such a phrase in it, as typed."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class TaughtWord:
    """What a phrase was taught to mean: `kind`, `key` and `dimension` are those of understanding's Learned."""

    phrase: str
    kind: str
    key: str
    dimension: str | None
    label: str
    entra_id: str
    at: datetime


class Unread:
    """Unread phrases and the questions they stood in, by tenant; nothing here says who asked, or at which moment."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def collect(self, tenant: str, text: str, phrases: list[str], language: str) -> None:
        """Count each of these phrases once, and keep the question."""
        if not phrases:
            return
        told = {"tenant": tenant, "language": language, "day": self._clock().date().toordinal()}
        for phrase in dict.fromkeys(one[:PHRASE] for one in phrases):
            await self._line.run(_COUNT, {**told, "phrase": phrase})
        # A random id: rows in the order they were written could be laid beside the audit.
        await self._line.run(_KEEP, {**told, "id": token_hex(12), "text": text[:QUESTION]})

    async def frequent(self, tenant: str, most: int) -> list[UnreadWord]:
        """The most frequent phrases, first the most frequent."""
        rows = await self._line.run(_FREQUENT, {"tenant": tenant, "most": most})
        return [UnreadWord(row[0], int(row[1]), int(row[2]), date.fromordinal(row[3])) for row in rows]

    async def questions(self, tenant: str, most: int) -> list[UnreadQuestion]:
        """The kept questions of the newest days, each text once."""
        sql = """
            SELECT text, MIN(language), MAX(day) FROM unread_questions WHERE tenant = :tenant
            GROUP BY text ORDER BY MAX(day) DESC, text LIMIT :most
        """
        return [UnreadQuestion(row[0], row[1]) for row in await self._line.run(sql, {"tenant": tenant, "most": most})]

    async def settle(self, tenant: str, phrase: str) -> None:
        """This phrase can be read now: it leaves the list; the questions stay until their time is over."""
        sql = "DELETE FROM unread_words WHERE tenant = :tenant AND phrase = :phrase"
        await self._line.run(sql, {"tenant": tenant, "phrase": phrase})

    async def purge(self, days: int) -> None:
        """Forget what is older than so many days, and what is too much of one tenant."""
        before = self._clock().date().toordinal() - days
        await self._line.run("DELETE FROM unread_questions WHERE day < :before", {"before": before})
        await self._line.run("DELETE FROM unread_words WHERE last_day < :before", {"before": before})
        for (tenant,) in await self._line.run("SELECT DISTINCT tenant FROM unread_words"):
            await self._line.run(_CROWDED, {"tenant": tenant, "most": MOST_PHRASES})
            await self._line.run(_OVERFULL, {"tenant": tenant, "most": MOST_QUESTIONS})


class Taught:
    """What phrases were taught to mean, by tenant."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self._line = line
        self._clock = clock

    async def teach(self, person: Person, phrase: str, kind: str, key: str, dimension: str | None, label: str) -> None:
        """From now on the phrase means this; an earlier meaning is replaced."""
        values = {"phrase": phrase[:PHRASE], "kind": kind, "key": key, "dimension": dimension, "label": label}
        await self._line.run(_TEACH, {**values, **who(person), "at": self._clock().timestamp()})

    async def forget(self, tenant: str, phrase: str) -> TaughtWord | None:
        """Take a meaning back; what it was, None where there was none."""
        before = next((word for word in await self.all(tenant) if word.phrase == phrase), None)
        sql = "DELETE FROM taught_words WHERE tenant = :tenant AND phrase = :phrase RETURNING phrase"
        gone = await self._line.run(sql, {"tenant": tenant, "phrase": phrase})
        return before if gone else None

    async def all(self, tenant: str) -> list[TaughtWord]:
        """Every taught phrase of a tenant, in their own order."""
        sql = """
            SELECT phrase, kind, key, dimension, label, entra_id, at FROM taught_words WHERE tenant = :tenant
            ORDER BY phrase
        """
        rows = await self._line.run(sql, {"tenant": tenant})
        return [TaughtWord(*(*row[:6], datetime.fromtimestamp(row[6], UTC))) for row in rows]


@dataclass(frozen=True, slots=True)
class Lead:
    """A program lead who has talked to the bot, and how they read."""

    tenant: str
    entra_id: str
    language: str
    locale: str


class WordLeads:
    """Who is shown each week what could not be read."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def remember(self, lead: Lead) -> None:
        """Somebody with the program role talked to the bot."""
        told = {"language": lead.language, "locale": lead.locale}
        await self._line.run(_LEAD, {"tenant": lead.tenant, "entra_id": lead.entra_id, **told})

    async def all(self) -> list[Lead]:
        """Every one of them."""
        sql = "SELECT tenant, entra_id, language, locale FROM word_leads ORDER BY tenant, entra_id"
        return [Lead(*row) for row in await self._line.run(sql)]

    async def forget(self, lead: Lead) -> None:
        """No program lead any more."""
        sql = "DELETE FROM word_leads WHERE tenant = :tenant AND entra_id = :entra_id"
        await self._line.run(sql, {"tenant": lead.tenant, "entra_id": lead.entra_id})
