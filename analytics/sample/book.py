"""The ledger's form: charges as columns, the kinds of money, and the book in which lines are written block by block."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analytics.sample.base import NONE, Flags, Ints, Story
from analytics.sample.contracts import Contracts
from analytics.sample.requests import Requests
from analytics.sample.words import Market
from analytics.tables.columns import CHARGE_TYPES

HOURLY, FIXED, BONUS, EXPENSE, PLATFORM_FEE, PROCESSING_FEE, SUPPLIER_FEE, TAX, REFUND, CHARGEBACK, ADJUSTMENT, FUNDING = (
    range(len(CHARGE_TYPES))
)  # fmt: skip
CLASSES = ("work", "fee", "tax", "funding", "supplier_fee")
IS_WORK, IS_FEE, IS_TAX, IS_FUNDING, IS_SUPPLIER_FEE = range(len(CLASSES))
CLASS_OF = np.array(
    [IS_WORK, IS_WORK, IS_WORK, IS_WORK, IS_FEE, IS_FEE, IS_SUPPLIER_FEE, IS_TAX, IS_WORK, IS_WORK, IS_WORK, IS_FUNDING],
    dtype=np.int64,
)  # fmt: skip


@dataclass(frozen=True)
class Charges:
    """Ledger lines ordered by posting. `kind` is what the money is (a refund takes the kind of the line it relates to).

    `contract`, `supplier`, `team` and `related` are positions, -1 for none; `preliminary` is 0 or 1.
    """

    platform: Ints
    contract: Ints
    supplier: Ints
    team: Ints
    type: Ints
    kind: Ints
    preliminary: Ints
    posted: Ints
    work_from: Ints
    work_to: Ints
    amount: Ints
    currency: Ints
    related: Ints

    def __len__(self) -> int:
        return len(self.posted)

    @property
    def is_spend(self) -> Flags:
        """Whether a line is a final one for work or a fee."""
        return np.asarray((self.preliminary == 0) & (self.kind <= IS_FEE), dtype=np.bool_)


COLUMNS = tuple(Charges.__dataclass_fields__)
EMPTY: dict[str, Ints | int] = {
    **dict.fromkeys(COLUMNS, -1),
    "preliminary": 0,
    "work_from": NONE,
    "work_to": NONE,
}


@dataclass
class Book:
    """The ledger while it is written, and what it is written about. A line's number is its position over all blocks.

    `countries` and `suppliers` are those of every contract; `office` is the team that pays for the accounts.
    """

    story: Story
    market: Market
    requests: Requests
    contracts: Contracts
    countries: Ints
    suppliers: Ints
    office: int
    size: int = 0
    blocks: list[dict[str, Ints]] = field(default_factory=list)

    @property
    def platform(self) -> Ints:
        """Platform of every contract."""
        return np.asarray(self.requests.platform[self.contracts.request], dtype=np.int64)

    def add(self, posted: Ints, **given: Ints | int) -> Ints:
        """Append the lines that are posted within the story; their numbers, -1 for a line left out.

        Where a contract is given, platform and currency are the contract's.
        """
        kept = posted < self.story.stop
        wanted = EMPTY | given | {"posted": posted}
        if "contract" in given:
            of = self.contracts.request[given["contract"]]
            wanted |= {"platform": self.requests.platform[of], "currency": self.requests.currency[of]}
        block = {name: np.broadcast_to(np.asarray(value), posted.shape)[kept] for name, value in wanted.items()}
        if "kind" not in given:
            block["kind"] = CLASS_OF[block["type"]]
        self.blocks.append(block)
        numbers = np.where(kept, self.size + np.cumsum(kept) - 1, -1)
        self.size += int(kept.sum())
        return numbers

    def column(self, name: str) -> Ints:
        """One column over all lines so far."""
        return np.concatenate([block[name] for block in self.blocks])

    def lines(self) -> Charges:
        """All lines so far, in the order in which they were written."""
        return Charges(**{name: self.column(name) for name in COLUMNS})

    def in_order(self) -> Charges:
        """All lines in order of posting; relations follow the lines to their new places."""
        columns = {name: self.column(name) for name in COLUMNS}
        order = np.argsort(columns["posted"], kind="stable")
        place = np.empty(self.size, dtype=np.int64)
        place[order] = np.arange(self.size)
        columns = {name: column[order] for name, column in columns.items()}
        columns["related"] = np.where(columns["related"] >= 0, place[columns["related"]], -1)
        return Charges(**columns)
