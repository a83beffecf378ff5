"""The bot's own memory: one database, opened at its newest schema, and the parts that keep things in it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.state.access import ChannelScopes, Deputies
from bot.state.audit import Audit
from bot.state.cards import Feedback, SharedPosts
from bot.state.checked import Checked
from bot.state.conversations import Conversations
from bot.state.credentials import Credentials
from bot.state.data import SentFiles, SyncListeners
from bot.state.delivery import Outbox
from bot.state.forgetting import Forgetting
from bot.state.inbox import Inbox
from bot.state.learning import Taught, Unread, WordLeads
from bot.state.line import Line, PooledLine, StateUnavailable, open_engine
from bot.state.links import Shares, UsedLinks
from bot.state.mail import Mails
from bot.state.people import Choices, LastAnswers
from bot.state.pseudonyms import Pseudonyms
from bot.state.runs import Runs
from bot.state.schedule import Schedules
from bot.state.schema import migrate
from bot.state.sqlite import SqliteLine
from bot.state.stories import Stories, Targets
from bot.state.subscriptions import Alerts, PersonSettings, Receipts
from bot.state.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.events import Clock

__all__ = ["State", "StateUnavailable"]

# A row of nobody's, written each time: what writes nothing notices no full disk.
_BREATHE = """
INSERT INTO last_answers (tenant, conversation, entra_id, value_json, expires_at) VALUES ('', '', '', 'null', 0)
ON CONFLICT (tenant, conversation, entra_id) DO UPDATE SET value_json = 'null'
"""


class State:
    """What the bot remembers. Made by `open`, ended by `close`."""

    def __init__(
        self,
        engine: AsyncEngine,
        line: Line,
        clock: Clock,
        keys: Sequence[str],
        pseudonyms: Pseudonyms,
        follow_up: timedelta,
    ) -> None:
        self._engine = engine
        self.line = line
        self.conversations = Conversations(line, clock)
        self.inbox = Inbox(line, clock, alone=engine.dialect.name == "sqlite")
        self.outbox = Outbox(line, clock, alone=engine.dialect.name == "sqlite")
        self.choices = Choices(line, clock)
        self.last_answers = LastAnswers(line, clock, follow_up)
        self.credentials = Credentials(line, clock, keys)
        self.audit = Audit(line, pseudonyms)
        self.forgetting = Forgetting(line, pseudonyms)
        self.files = SentFiles(line, clock)
        self.sync_listeners = SyncListeners(line, clock)
        self.unread = Unread(line, clock)
        self.taught = Taught(line, clock)
        self.word_leads = WordLeads(line)
        self.checked = Checked(line)
        self.feedback = Feedback(line, clock)
        self.shared_posts = SharedPosts(line, clock)
        self.deputies = Deputies(line, clock)
        self.channel_scopes = ChannelScopes(line, clock)
        self.alerts = Alerts(line, clock)
        self.person_settings = PersonSettings(line, clock)
        self.receipts = Receipts(line, clock)
        self.targets = Targets(line, clock)
        self.stories = Stories(line, clock)
        self.schedules = Schedules(line, clock)
        self.runs = Runs(line, clock)
        self.used_links = UsedLinks(line, clock)
        self.mails = Mails(line, clock)
        self.shares = Shares(line, clock)

    @classmethod
    async def open(
        cls,
        url: str,
        clock: Clock,
        keys: Sequence[str] = (),
        privacy_key: str = "",
        follow_up: timedelta = timedelta(minutes=30),
    ) -> State:
        """Open a database (sqlite+aiosqlite:///path, postgresql+asyncpg://...), brought to the newest schema first.

        `keys` are Fernet keys for credentials, the newest first; `privacy_key` makes the audit's pseudonyms, which without
        one mean nothing beyond this process; `follow_up` is how long last answers are kept.
        """
        engine = open_engine(url)
        try:
            await migrate(engine)
            marks = Pseudonyms(privacy_key or secrets.token_urlsafe(32))
            line = SqliteLine(await engine.connect()) if engine.dialect.name == "sqlite" else PooledLine(engine)
            return cls(engine, line, clock, keys, marks, follow_up)
        except BaseException:
            await engine.dispose()
            raise

    async def ready(self) -> bool:
        """Whether the database can be written: one that is full or locked by someone else still reads."""
        try:
            await self.line.run(_BREATHE)
        except StateUnavailable:
            return False
        return True

    async def purge(self) -> None:
        """Forget what has outlived its time. Raises StateUnavailable."""
        await self.inbox.purge()
        await self.outbox.purge()
        await self.last_answers.purge()
        await self.feedback.purge()
        await self.shared_posts.purge()
        await self.receipts.purge()
        await self.runs.purge()
        await self.used_links.purge()
        await self.mails.purge()

    async def compact(self) -> None:
        """Write the database anew, so that nothing deleted is left in its files. Whoever asks meanwhile waits."""
        if self._engine.dialect.name == "sqlite":
            await self.line.run("VACUUM")
            await self.line.run("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            await self.line.run(f"VACUUM FULL {', '.join(metadata.tables)}")

    async def close(self) -> None:
        """Let go of the database."""
        await self.line.close()
        await self._engine.dispose()
