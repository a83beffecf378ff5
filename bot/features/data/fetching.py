"""Fetches a file somebody sent: from the company's own hosts only, up to a size and a time, straight to disk."""

from __future__ import annotations

import asyncio
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

import aiohttp
import structlog
from yarl import URL

from bot.delivery.trust import trusting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bot.events import SharedFile
    from bot.settings import Settings

log = structlog.get_logger(__name__)

MEGABYTE = 1_000_000
MOST_STEPS, MOST_URL = 3, 4_000
TEXTS, WORKBOOKS = (".csv", ".txt", ".tsv"), (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
_ODD = re.compile(r"[^\w.\- ()~+&,]")
# What zip archives and old Office files begin with, whatever they are called.
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class NotFetched(Exception):  # noqa: N818 - why there is no file
    """`word` is the sentence that says why: wrong_host, too_large, not_fetched, workbook, not_text."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def safe_name(name: str) -> str:
    """The name as a file here may have it. NotFetched where it is no text file by its name."""
    bare = _ODD.sub("_", PurePosixPath(name.replace("\\", "/")).name).strip(" .~")
    suffix = PurePosixPath(bare).suffix.casefold()
    if suffix in WORKBOOKS:
        raise NotFetched("workbook")
    if suffix not in TEXTS or bare.casefold() in TEXTS:
        raise NotFetched("not_text")
    return bare[: -len(suffix)][:120] + suffix


def allowed(url: URL, hosts: Iterable[str]) -> bool:
    """Whether a file may be fetched from there: https, no credentials, a host on the list, its port too if not 443."""
    if url.scheme != "https" or url.user or url.password or not url.host:
        return False
    there = url.host.lower() if url.port == 443 else f"{url.host.lower()}:{url.port}"
    return any(there.endswith(host[1:]) if host.startswith("*.") else there == host for host in hosts)


async def fetch(file: SharedFile, into: Path, settings: Settings) -> None:
    """Write the file to `into`. NotFetched says why not; nothing is left behind then."""
    try:
        async with asyncio.timeout(settings.file_seconds), _session(settings) as session:
            await _follow(session, file.url, into, settings)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
        log.warning("file_not_fetched", problem=type(problem).__name__)
        await asyncio.to_thread(into.unlink, missing_ok=True)
        raise NotFetched("not_fetched") from None
    except NotFetched:
        await asyncio.to_thread(into.unlink, missing_ok=True)
        raise


def _session(settings: Settings) -> aiohttp.ClientSession:
    # The address itself is the permission: no token of ours is ever sent along.
    ca_file = str(settings.ca_file) if settings.ca_file else ""
    connector = aiohttp.TCPConnector(ssl=trusting(ca_file))
    timeout = aiohttp.ClientTimeout(total=settings.file_seconds, connect=10)
    return aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())


async def _follow(session: aiohttp.ClientSession, address: str, into: Path, settings: Settings) -> None:
    url = _url(address)
    for _ in range(MOST_STEPS):
        if not allowed(url, settings.file_hosts):
            raise NotFetched("wrong_host")
        async with session.get(url, allow_redirects=False) as response:
            if response.status in {301, 302, 303, 307, 308}:
                url = url.join(_url(response.headers.get("Location", "")))
                continue
            if response.status != 200:
                raise NotFetched("not_fetched")
            await _write(response, into, settings.file_max_mb * MEGABYTE)
            return
    raise NotFetched("not_fetched")


def _url(address: str) -> URL:
    try:
        return URL(address[:MOST_URL])
    except ValueError:
        raise NotFetched("wrong_host") from None


async def _write(response: aiohttp.ClientResponse, into: Path, most: int) -> None:
    if (response.content_length or 0) > most:
        raise NotFetched("too_large")
    file = await asyncio.to_thread(into.open, "wb")
    try:
        await _stream(response, file, most)
    finally:
        await asyncio.to_thread(file.close)


async def _stream(response: aiohttp.ClientResponse, file: BinaryIO, most: int) -> None:
    written = 0
    async for chunk in response.content.iter_chunked(1 << 18):
        if not written and chunk.startswith(_BINARY):
            raise NotFetched("workbook")
        written += len(chunk)
        if written > most:
            raise NotFetched("too_large")
        await asyncio.to_thread(file.write, chunk)
