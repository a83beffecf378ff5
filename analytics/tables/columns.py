"""What an import file and its columns are, and short constructors for the declarations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "date", "timestamp", "integer", "decimal", "money", "boolean", "choice"]
OnMissing = Literal["quarantine", "unmapped"]


@dataclass(frozen=True)
class Reference:
    """Another table's key; a row whose reference is not found is quarantined, or kept and shown as unmapped."""

    table: str
    column: str
    missing: OnMissing


@dataclass(frozen=True)
class Column:
    """One column of an import file. `money` is in major units of the row's `currency` column."""

    name: str
    type: Type
    help: str
    example: str
    required: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    reference: Reference | None = None
    minimum: float | None = None


@dataclass(frozen=True)
class Table:
    """One import file: `<name>.csv`, one row per `grain`, unique by `key`; optional files cost only what needs them."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False
    without: str = ""

    def column(self, name: str) -> Column:
        """The column of this name; KeyError where there is none."""
        return next(c for c in self.columns if c.name == name)

    def is_id(self, column: Column) -> bool:
        """Whether this column of the table holds ids: its own, or those of another table."""
        return column.type == "text" and (column.name in self.key or column.reference is not None)


def key(name: str, what: str, example: str) -> Column:
    return Column(name, "text", what, example, required=True)


def text(name: str, what: str, example: str, *, required: bool = False) -> Column:
    return Column(name, "text", what, example, required=required)


def date(name: str, what: str, example: str = "2026-07-01", *, required: bool = False) -> Column:
    return Column(name, "date", what, example, required=required)


def time(name: str, what: str, example: str = "2026-07-01T09:30:00Z", *, required: bool = False) -> Column:
    return Column(name, "timestamp", what, example, required=required)


def money(name: str, what: str, example: str = "1250.50", *, required: bool = False) -> Column:
    return Column(name, "money", what, example, required=required, unit="major units of `currency`")


def number(
    name: str, what: str, example: str, unit: str, *, required: bool = False, minimum: float | None = 0
) -> Column:
    return Column(name, "decimal", what, example, required=required, unit=unit, minimum=minimum)


def count(name: str, what: str, example: str, *, required: bool = False) -> Column:
    return Column(name, "integer", what, example, required=required, unit="count", minimum=0)


def choice(name: str, what: str, choices: tuple[str, ...], *, required: bool = True) -> Column:
    return Column(name, "choice", what, choices[0], required=required, choices=choices)


def ref(
    name: str,
    what: str,
    example: str,
    table: str,
    column: str,
    missing: OnMissing = "unmapped",
    *,
    required: bool = False,
) -> Column:
    return Column(name, "text", what, example, required=required, reference=Reference(table, column, missing))


CURRENCY = Column("currency", "text", "ISO 4217 code of every amount in this row", "EUR", required=True)
PLATFORM = ref(
    "platform", "where the record comes from", "Upwork", "platforms", "platform", "quarantine", required=True
)
TEAM = ref(
    "team_id", "the team at the record's own date; empty = the owner's team at that date", "T0042", "teams", "team_id"
)
COST = text("cost_center", "the customer's cost centre", "CC-1042")
PO = text("po_number", "purchase order number", "PO-20261")
URL = text("url", "link to the record in its platform (https)", "https://www.upwork.com/jobs/~0123")
CONTRACT = ref("contract_id", "the contract", "C000123", "contracts", "contract_id", "quarantine", required=True)
WORKER = ref("worker_id", "the person who does the work", "W000123", "workers", "worker_id")

CONTRACT_TYPES = ("hourly", "fixed", "daily", "stipend")
CHARGE_TYPES = (
    "hourly", "fixed", "bonus", "expense", "platform_fee", "processing_fee", "supplier_fee",
    "tax", "refund", "chargeback", "adjustment", "payment_method",
)  # fmt: skip
KINDS = ("freelance", "sow", "temp")
