"""The one place for what nobody has verified about Upwork: values of states and kinds, page sizes, which amount is billed.

A value that is not listed is never guessed at: its row goes through unmapped, is set aside with its reason by the rules
every row must pass, and is listed as a gap. To teach a new value, add it here, in capitals with underscores.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Words = Mapping[str, str]


def _words(**meanings: str) -> Words:
    """Canonical value -> platform values, turned round."""
    return MappingProxyType({word: meaning for meaning, words in meanings.items() for word in words.split()})


JOB_STATUS = _words(
    draft="DRAFT NEW PENDING",
    open="OPEN ACTIVE PUBLISHED ENABLED",
    filled="FILLED",
    cancelled="CANCELLED CANCELED CLOSED REMOVED",
    expired="EXPIRED",
)
CONTRACT_TYPE = _words(hourly="HOURLY", fixed="FIXED FIXED_PRICE FIXEDPRICE", stipend="STIPEND WEEKLY_RETAINER")
CONTRACT_STATUS = _words(
    active="ACTIVE STARTED OPEN PAUSED SUSPENDED", ended="ENDED CLOSED COMPLETED", cancelled="CANCELLED CANCELED"
)
# ACTIVE and PENDING were seen by others; ACTIVE is taken as accepted where a contract stands beside it, else as sent.
OFFER_STATE = _words(
    sent="PENDING OPEN NEW SENT ACTIVE",
    accepted="ACCEPTED",
    declined="DECLINED REJECTED",
    withdrawn="WITHDRAWN CANCELLED CANCELED RESCINDED",
    expired="EXPIRED",
)
PROPOSAL_STATUS = _words(
    submitted="PENDING SUBMITTED ACTIVE ACTIVATED NEW",
    shortlisted="SHORTLISTED MESSAGED INTERVIEW OFFERED",
    declined="DECLINED ARCHIVED REJECTED",
    withdrawn="WITHDRAWN",
    hired="HIRED ACCEPTED",
)
MILESTONE_STATE = _words(
    planned="NOT_FUNDED CREATED NEW", active="ACTIVE FUNDED", submitted="SUBMITTED", approved="APPROVED PAID", cancelled="CANCELLED DELETED"
)  # fmt: skip
# By subtype; what was seen in public comes mostly from the freelancer's side of the same ledger.
CHARGE_TYPE = _words(
    hourly="HOURLY",
    fixed="FIXED_PRICE MILESTONE",
    bonus="BONUS",
    expense="EXPENSE",
    platform_fee="SERVICE_FEE MARKETPLACE_FEE",
    processing_fee="PROCESSING_FEE PAYMENT_PROCESSING_FEE",
    tax="VAT WHT SALES_TAX",
    refund="REFUND",
    chargeback="CHARGEBACK",
    adjustment="ADJUSTMENT",
    payment_method="PAYMENT",
)

AMOUNT_FIELDS = ("amountSentInOrigCurrency", "transactionAmount")
"""The first that is there counts as the billed amount."""
COSTS_ARE_NEGATIVE = False
"""Whether the ledger writes what the company pays with a minus."""
TIMEZONE = "UTC"
"""In which plain dates are meant."""

PAGE = 100
OFFER_PAGE = 50
CONTRACTS_AT_ONCE = 50
FIRST_CURSOR = "0"
"""Sent with the first page of offers, and left out once it was refused."""
DATE_FORMATS = ("%Y-%m-%d", "%Y%m%d")
"""Of the range of a time report; the first that is accepted is remembered."""

LINK_HOSTS = frozenset({"www.upwork.com"})
JOB_LINK = "https://www.upwork.com/jobs/{}"

UNVERIFIED = (
    "the values of job, contract, offer, proposal and milestone states",
    "the subtypes of transactions on the client's side, and that costs are positive",
    "that `amountSentInOrigCurrency`, where present, is the billed amount",
    "that `relatedAssignment` of a transaction is the id of a contract's term",
    "when an offer was accepted: the contract's creation stands for it",
    "when a job was closed without a hire: its last change stands for it",
    "how many ids `contractList` takes at once, and how large a page may be beside the 50 of offers",
    "the time zone of plain dates, and the format of a time report's range (both known ones are tried)",
    "how the client id and secret are sent for a token (here: in the form)",
    "the address of a job's page",
    "that data from the API may be kept longer than 24 hours",
)
"""Listed in docs/upwork.md; a test holds the page to it."""

NOT_READ = (
    "ratings",
    "the list of staff",
    "invoices",
    "job success scores",
    "links of contracts",
    "custom fields other than the cost centre's",
)
"""Named in every sync report and in docs/upwork.md."""
