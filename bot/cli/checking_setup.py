"""What `check` says without a file: everything that is wrong with the installation, at once, each with what to do."""

from __future__ import annotations

import asyncio
import os
import shutil
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from analytics import versions
from analytics.errors import DataError
from analytics.store import Store
from bot.cli import setup_identity
from bot.cli.setup_told import Told, good, lines, look, wrong
from bot.cli.show import OUT
from bot.delivery.connector import open_session
from bot.delivery.keys import Keys
from bot.settings import settings_with_problems
from bot.state.probe import probe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.events import Clock
    from bot.settings import Settings

STALE = timedelta(days=3)
# Tokens are refused when clocks are further apart than this.
SKEW = timedelta(minutes=5)
LEAST_FREE = 1 << 30
# A sync builds the next version beside the current one, and spills what does not fit its memory.
VERSIONS_FREE = 4
SECONDS = 10.0


def tell_setup(environ: Mapping[str, str], config: Path | None, clock: Clock, *, offline: bool) -> int:
    """Print everything there is to say; the exit code, 1 where something is wrong."""
    settings, problems = settings_with_problems(environ, config)
    told = asyncio.run(check_setup(settings, problems, clock, offline=offline))
    for line in lines(told):
        OUT.print(line, markup=False, highlight=False, soft_wrap=True)
    return int(any(one.level == "wrong" for one in told))


async def check_setup(settings: Settings, problems: list[str], clock: Clock, *, offline: bool = False) -> list[Told]:
    """Everything there is to say about these settings and what they lead to. `offline` asks nobody outside."""
    told = [wrong("Setting", problem, "See docs/settings.md.") for problem in problems]
    told = told or [good("Settings", "complete.")]
    told += [*setup_identity.credential(settings, clock()), *_closed(settings)]
    told += [await _database(settings), *_data(settings, clock()), *_disk(settings)]
    return told if offline else told + await _outside(settings, clock)


async def _outside(settings: Settings, clock: Clock) -> list[Told]:
    try:
        session = open_session(str(settings.ca_file or ""))
    except OSError as problem:
        return [wrong("FREELANCE_CA_FILE", f"cannot be used: {problem.strerror or problem}.", "Name a PEM file.")]
    async with session:
        told = [await _keys(session, settings, clock), *await _clock(session, settings, clock())]
        if settings.app_id and settings.app_tenant:
            told += await setup_identity.tokens(settings, clock)
        return [*told, await _public(session, settings)]


def _closed(settings: Settings) -> Iterator[Told]:
    """What works without being set, but not as people expect."""
    if not (settings.program_users or settings.program_groups):
        do = "Name the program team in FREELANCE_PROGRAM_USERS or FREELANCE_PROGRAM_GROUPS."
        yield look("Roles", "nobody has the program role, so nobody sees the whole program.", do)
    if settings.public_url and not settings.link_keys:
        do = "Set FREELANCE_LINK_KEYS; make one with: python -c 'from cryptography.fernet import Fernet as F; print(F.generate_key().decode())'"
        yield look("Link keys", "none, so pictures and downloads in cards end with each restart.", do)


async def _database(settings: Settings) -> Told:
    about, found = "Database", await probe(settings.state_address)
    if found.problem:
        do = "Check FREELANCE_STATE_URL, that the database runs, and that its user may sign in from here."
        return wrong(about, f"does not answer: {found.problem}.", do)
    if found.revision is None:
        return good(about, f"{found.kind}; its tables are made at the first start.")
    if found.revision != found.newest:
        return good(about, f"{found.kind}, schema {found.revision}; it is brought to {found.newest} at the next start.")
    return good(about, f"{found.kind}, schema {found.revision}.")


def _data(settings: Settings, now: datetime) -> Iterator[Told]:
    about, folder = "Data", settings.data_dir
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        yield wrong("Data folder", f"{folder} cannot be written.", "Give it to the user the bot runs as.")
        return
    if not (folder / versions.POINTER).exists():
        yield look(about, f"none yet in {folder}.", "Run: python app.py sync --data DIR")
        return
    try:
        store = Store(folder, memory_limit="200MB", threads=1)
        try:
            with store.lease() as lease:
                snapshot, findings = lease.snapshot, lease.findings
        finally:
            store.close()
    except DataError as problem:
        yield wrong(about, str(problem), "Run a sync; the version before is in the same folder.")
        return
    age = now - snapshot.synced_at
    said = f"version {snapshot.version}, synced {snapshot.synced_at:%Y-%m-%d %H:%M} UTC, {_hours(age)} ago."
    do = "Run: python app.py sync, or let the bot do it: FREELANCE_SYNC_AT."
    yield look(about, said, do) if age > STALE else good(about, said)
    grave = [finding.check for finding in findings if finding.severity == "E"]
    if grave:
        yield look("Quality", f"findings that withhold metrics: {', '.join(grave)}.", 'Ask the bot "data quality".')


def _hours(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} hours" if hours < 72 else f"{hours // 24} days"


def _disk(settings: Settings) -> Iterator[Told]:
    folder = settings.data_dir.absolute()
    there = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(there).free
    number = versions.current_or_none(folder)
    size = _size(versions.path_of(folder, number)) if number is not None else 0
    needed = max(LEAST_FREE, VERSIONS_FREE * size)
    said = f"{free / 2**30:.1f} GB free in {there}, a sync needs {needed / 2**30:.1f} GB."
    yield (
        wrong("Disk", said, "Make room, or put FREELANCE_DATA_DIR elsewhere.") if free < needed else good("Disk", said)
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


async def _keys(session: aiohttp.ClientSession, settings: Settings, clock: Clock) -> Told:
    about, keys = "Signing keys", Keys(session, settings.metadata, clock)
    try:
        there = await keys.load()
    finally:
        await keys.close()
    do = f"This machine has to reach {settings.metadata} and the address it names; check firewall, proxy and FREELANCE_CA_FILE."
    return good(about, "fetched.") if there else wrong(about, "cannot be fetched, so no message can be let in.", do)


async def _clock(session: aiohttp.ClientSession, settings: Settings, now: datetime) -> list[Told]:
    """The clock of this machine beside that of whoever signs; nothing where nobody answers."""
    try:
        async with session.get(settings.metadata, timeout=aiohttp.ClientTimeout(total=SECONDS)) as answer:
            theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return []
    apart = abs(now - theirs)
    if apart > SKEW:
        return [
            wrong("Clock", f"{_hours(apart)} or more from the world's.", "Set it; tokens are refused after 5 minutes.")
        ]
    return [good("Clock", "right to the minute.")]


async def _public(session: aiohttp.ClientSession, settings: Settings) -> Told:
    about, address = "Public address", settings.public_url.rstrip("/")
    if not address:
        return look(about, "none: cards come without pictures and downloads.", "Set FREELANCE_PUBLIC_URL.")
    try:
        async with session.get(
            f"{address}/healthz", allow_redirects=False, timeout=aiohttp.ClientTimeout(total=SECONDS)
        ) as answer:
            body = (await answer.content.read(100)).decode(errors="replace").strip()
    except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError):
        return wrong(
            about, f"the certificate of {address} is not trusted from here.", "Teams wants one of a public authority."
        )
    except (aiohttp.ClientError, OSError, TimeoutError):
        do = "Start the bot and ask again; then check the name, the proxy in front and its firewall."
        return look(about, f"nothing answers at {address}, as seen from this machine.", do)
    if answer.status == 200 and body == "ok":
        return good(about, f"{address} answers. Whether Microsoft reaches it is only seen from outside.")
    do = "Let the proxy in front pass /healthz, /api/messages and the addresses in cards to the bot."
    return wrong(about, f"{address}/healthz answers {answer.status}, but not as the bot does.", do)
