"""Reads what comes in pages to its end, whatever the cursor does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.errors import DataError
from analytics.sources.upwork.client import Client, Wrong
from analytics.sources.upwork.documents import Document

Node = dict[str, Any]
Inputs = Callable[[dict[str, Any]], Mapping[str, Any]]

# A platform that goes on for ever with new cursors is stopped here.
_MOST_PAGES = 20_000


@dataclass(frozen=True, slots=True)
class Pages:
    """One question that is answered in pages: `inputs` makes its variables from {"first": ..., "after": ...}."""

    document: Document
    path: tuple[str, ...]
    inputs: Inputs
    size: int
    first_cursor: str = ""


@dataclass(slots=True)
class Seen:
    """How much came: ids met so far, and the total the platform named."""

    ids: set[str] = field(default_factory=set)
    total: int | None = None
    rows: int = 0


async def read(client: Client, pages: Pages, seen: Seen | None = None) -> AsyncIterator[list[Node]]:
    """The nodes, page by page. DataError where a cursor repeats."""
    cursor, met = pages.first_cursor, set[str]()
    for _ in range(_MOST_PAGES):
        connection = await _page(client, pages, cursor)
        nodes = [edge["node"] for edge in connection.get("edges") or () if isinstance(edge, dict) and edge.get("node")]
        if seen is not None:
            seen.ids.update(str(node["id"]) for node in nodes if "id" in node)
            seen.rows += len(nodes)
            seen.total = connection.get("totalCount", seen.total)
        yield nodes
        info = connection.get("pageInfo") or {}
        if not info.get("hasNextPage"):
            return
        cursor = str(info.get("endCursor") or "")
        if not cursor or cursor in met:
            raise DataError(
                f"Upwork's pages of {pages.document.name} do not end: a cursor came twice. Nothing was taken over; sync again later."
            )
        met.add(cursor)
    raise DataError(f"Upwork's pages of {pages.document.name} do not end. Nothing was taken over.")


async def whole(client: Client, pages: Pages, handle: Callable[[list[Node]], Awaitable[None]]) -> set[str]:
    """All nodes, to `handle`; their ids. Rows that move between pages while they are read make a second reading necessary.

    DataError where two readings give fewer rows than the platform itself counts.
    """
    seen = Seen()
    for _ in range(2):
        seen.rows = 0
        async for nodes in read(client, pages, seen):
            await handle(nodes)
        # Rows without an id of their own can only be counted.
        if seen.total is None or (len(seen.ids) or seen.rows) >= seen.total:
            client.tally.counted[pages.document.name] = seen.total or 0
            return seen.ids
    raise DataError(
        f"Upwork counts {seen.total:,} {pages.document.name}, but only {len(seen.ids) or seen.rows:,} could be read, twice. "
        "Nothing was taken over; sync again later."
    )


async def gathered(client: Client, pages: Pages) -> list[Node]:
    """All nodes in one list, as `whole` reads them."""
    found: list[Node] = []

    async def take(nodes: list[Node]) -> None:
        found.extend(nodes)

    await whole(client, pages, take)
    return found


async def _page(client: Client, pages: Pages, cursor: str) -> Mapping[str, Any]:
    asked: dict[str, Any] = {"first": pages.size}
    if cursor:
        asked["after"] = cursor
    try:
        data: Any = await client.ask(pages.document, pages.inputs(asked))
    except Wrong:
        if not cursor or cursor != pages.first_cursor:
            raise
        data = await client.ask(pages.document, pages.inputs({"first": pages.size}))
    for name in pages.path:
        data = (data or {}).get(name)
    if not isinstance(data, dict):
        raise DataError(f"Upwork's answer about {pages.document.name} holds no {pages.path[-1]}.")
    return data


def parts(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    """Ids in parts of a size."""
    return [ids[at : at + size] for at in range(0, len(ids), size)]
