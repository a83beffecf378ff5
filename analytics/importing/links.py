"""Links from records to their platform's own page: only those that lead to a host on the list are kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from analytics.model import Finding
from analytics.tables import TABLES

# The last is that of the sample enterprise: a name that no machine can have.
HOSTS = (
    "www.upwork.com",
    "www.toptal.com",
    "*.beeline.com",
    "*.fieldglass.net",
    "*.fieldglass.eu",
    "*.contoso.example",
)
"""Hosts that links may lead to; `*.` stands for any name below."""
_WITH_LINKS = tuple(table.name for table in TABLES.values() if any(column.name == "url" for column in table.columns))
_HOST = r"^[a-z]+://([^/?#]*)"


def keep_links(connection: DuckDBPyConnection, hosts: Sequence[str]) -> tuple[Finding, ...]:
    """Empty every link that is not https or leads elsewhere, so that no card can offer it; what was emptied, as a finding."""
    allowed = "|".join(_pattern(host) for host in hosts) or "-"
    wrong = "url IS NOT NULL AND NOT regexp_full_match(url, $allowed, 'i')"
    bound = {"allowed": rf"https://({allowed})(:443)?([/?#][^\s\\]*)?"}
    strange: dict[str, int] = {}
    for table in _WITH_LINKS:
        named = f"coalesce(nullif(regexp_extract(lower(url), '{_HOST}', 1), ''), 'no address')"
        for host, rows in connection.execute(
            f"SELECT {named} AS host, count(*) FROM raw.{table} WHERE {wrong} GROUP BY host ORDER BY host", bound
        ).fetchall():
            strange[host[:80]] = strange.get(host[:80], 0) + rows
            connection.execute(f"UPDATE raw.{table} SET url = NULL WHERE {wrong}", bound)
    if not strange:
        return ()
    said = ", ".join(f"{host} ({rows:,})" for host, rows in sorted(strange.items())[:5])
    text = f"Links that were left out, as their host is not on the list of link hosts: {said}"
    return (Finding("link_host", "I", text, sum(strange.values()), (), tuple(sorted(strange)[:5])),)


def _pattern(host: str) -> str:
    any_below = "([a-z0-9-]+[.])+" if host.startswith("*.") else ""
    return any_below + re.escape(host.removeprefix("*.").lower())
