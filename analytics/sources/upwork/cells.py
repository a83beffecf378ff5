"""Turns single values of Upwork into cells of the import format: money, moments, days, states, links."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from analytics.sources.source import Gap
from analytics.sources.upwork.mapping import LINK_HOSTS, Words


@dataclass(slots=True)
class Gaps:
    """Values nobody has mapped, counted as they are met."""

    rows: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    amounts: dict[tuple[str, str], dict[str, Decimal]] = field(default_factory=dict)

    def word(self, kind: str, said: object, words: Words) -> str:
        """The canonical value; one that is not listed stays as it is, so that its row is set aside, and is counted."""
        native = text(said)
        meaning = words.get(re.sub(r"\W+", "_", native.upper()))
        if not native or meaning:
            return meaning or ""
        self.rows[kind, native] += 1
        # A native value that happens to read like one of ours would pass unnoticed.
        return f"Upwork: {native}"

    def money(self, kind: str, said: object, amount: str, currency: str) -> None:
        """Count the money that stands behind an unmapped value."""
        if (key := (kind, text(said))) in self.rows and amount:
            total = self.amounts.setdefault(key, defaultdict(Decimal))
            total[currency] += Decimal(amount)

    def listed(self) -> tuple[Gap, ...]:
        """All gaps, the most frequent first."""
        order = sorted(self.rows.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Gap(kind, value, n, dict(self.amounts.get((kind, value), {}))) for (kind, value), n in order)


def text(said: object) -> str:
    """Any plain value as text; numbers lose nothing, None is empty."""
    if said is None:
        return ""
    if isinstance(said, bool):
        return "true" if said else "false"
    return str(said).strip()


def at(node: Mapping[str, Any] | None, *path: str) -> Any:
    """The value at the end of a path of fields; None where any of them is missing."""
    value: Any = node
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def amount(money: Any) -> str:
    """The exact amount of a Money, in plain decimals; text that is no number stays, so that its row is set aside."""
    raw = text(at(money, "rawValue"))
    try:
        return f"{Decimal(raw):f}" if raw else ""
    except InvalidOperation:
        return raw


def currency(*moneys: Any) -> str:
    """The currency of the first Money that is there."""
    return next((text(at(money, "currency")) for money in moneys if at(money, "currency")), "")


def moment(said: object) -> str:
    """A moment as ISO text. Upwork also writes milliseconds since 1970, and zones without a colon."""
    raw = text(said)
    if re.fullmatch(r"\d{13}", raw):
        return _from_epoch(int(raw))
    return re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", raw)


def day(said: object) -> str:
    """The day of a date, whichever way it is written."""
    raw = text(said)
    if re.fullmatch(r"\d{8}", raw):
        return f"{raw[:4]}-{raw[4:6]}-{raw[6:]}"
    return moment(raw)[:10]


def link(template: str, part: object) -> str:
    """A link to the platform's own page, or nothing where it would lead anywhere else."""
    name = text(part)
    if not re.fullmatch(r"[\w~-]{1,80}", name, re.ASCII):
        return ""
    found = template.format(name)
    split = urlsplit(found)
    return found if split.scheme == "https" and split.hostname in LINK_HOSTS and not split.username else ""


def _from_epoch(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat().replace("+00:00", "Z")
