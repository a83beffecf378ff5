"""The cards about data coming in, drawn from what is written by hand; names are as hostile as a file can make them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from analytics.model import Finding, Reporting, Snapshot
from cards.files import Change, Part, Sent, Shift, Sum, file_card, said_card
from cards.mapping import Gap, unmapped_card
from cards.quality import SourceState, Standing, quality_card
from cards.rejected import RULES, Rejected, rejected_card
from cards.synced import Synced, synced_card
from cards.view import View

Card = dict[str, Any]

EVIL = "[click](http://evil.example) <at>all</at> ![p](http://evil.example/p.png) **x** ${y} {{DATE()}}"
LONG = "beeline_invoice_extract_of_the_whole_company_and_all_its_subsidiaries_2026-09_final_v2 (3).csv"
PROFILES = (
    ("beeline_invoice", "Beeline: invoices (Finance extract)"),
    ("wand_invoice", "Wand (Magnit): invoice lines"),
)
FINDINGS = (
    Finding("orphans", "E", "Charges without a contract: 312 of 1,204. Send contracts.csv of the same day.", 312),
    Finding(
        "mapping_gap", "W", f'{LONG}: nobody has mapped the team "{EVIL}" yet (12 lines); add it to profiles.toml', 12
    ),
    Finding("dropped_lines", "I", "lines that are no records were dropped by rule: 1 blank", 1),
)
SENT = Sent(
    "f1",
    LONG,
    "beeline_invoice",
    PROFILES[0][1],
    "headers",
    (Part("charges", 12_345, 12_300, 45), Part("contracts", 310, 310, 0)),
    (
        (44, "charges", 3, f'posted_at "{EVIL}" is not a date written as the profile says'),
        (1, "charges", 99, "amount is empty"),
    ),
    (("Payment Terms", ""), (EVIL, "amount")),
    ("po_number", "worker_name"),
    (("preliminary invoice", 12), ("blank", 1)),
    (("charge_type", EVIL, 4),),
    (),
    PROFILES,
    Change(
        (Shift("charges", 812, 3, 0), Shift("contracts", 4, 0, 0)),
        (Sum("staffing_spend", 412_345_600, 431_000_050), Sum("contracts", 5_012, 5_016)),
        "EUR",
    ),
)
BROKEN = Sent(
    "f2", "charges.csv", "generic:charges", "The import format itself: charges", "name",
    problems=(f'charges.csv, line 1: the required column "amount" is missing. Did you mean "{EVIL}"?',), profiles=PROFILES,
)  # fmt: skip
TEAMS = tuple(Gap("team", f"CC-{n}", "Brand Studio" if n == 2 else "", 100 * n, 12_345_600 // n) for n in range(2, 14))
GAPS = (
    Gap("team", f"CC-1 {EVIL}", "", 100, 12_345_600),
    *TEAMS,
    Gap("category", "Painting", "", 3, 0),
    Gap("person", "jo@agency.example", "", 4, 99_900),
)
SNAPSHOT = Snapshot(
    7,
    datetime(2026, 11, 19, 17, tzinfo=UTC),
    datetime(2026, 11, 20, 5, 31, tzinfo=UTC),
    date(2024, 7, 1),
    Reporting("EUR", "Europe/Berlin", 7),
)
STANDING = Standing(
    (
        SourceState(LONG, date(2026, 9, 30), 12_300),
        SourceState("upwork", date(2026, 11, 20), 60_123),
        SourceState("CSV", None, 1_024),
    ),
    (("team", 0.974), ("category", 1.0), ("owner", 0.9)),
    (15, 1_234_500),
    45,
    details=True,
)
REJECTED = tuple(
    Rejected(LONG, "charges", "posted_at", rule, 1_000 - n, n + 2) for n, rule in enumerate((*RULES, "other"))
)


def data_cards(view: View) -> Mapping[str, Card]:
    """Every one of them, for one reader."""
    return {
        "file": file_card(view, SENT),
        "file-broken": file_card(view, BROKEN),
        "file-unknown": file_card(view, Sent("f3", EVIL, profiles=PROFILES)),
        "file-same": file_card(
            view, Sent("f4", "a.csv", "x", "X", "chosen", (Part("jobs", 1, 1, 0),), change=Change())
        ),
        "file-untried": file_card(view, Sent("f5", "a.csv", "x", "X", "name", change=Change(unknown=EVIL))),
        "file-said": said_card(view, LONG, EVIL),
        "synced": synced_card(view, Synced("", 60_000, 59_955, 45, 13, (LONG,), findings=FINDINGS[2:])),
        "synced-doubt": synced_card(view, Synced("", 9, 9, 0, 0, (), ((LONG, EVIL),), findings=FINDINGS)),
        "synced-failed": synced_card(
            view, Synced(f"Nothing was loaded; the data stays.\n- {LONG}: {EVIL}", waiting=(LONG,)), "f1"
        ),
        "unmapped": unmapped_card(view, GAPS, "team", "EUR"),
        "unmapped-done": unmapped_card(view, GAPS, "person", "EUR", said=EVIL),
        "unmapped-none": unmapped_card(view, (), "team", "EUR"),
        "rejected": rejected_card(view, REJECTED * 2),
        "rejected-none": rejected_card(view, ()),
        "quality": quality_card(view, FINDINGS, SNAPSHOT, STANDING),
        "quality-none": quality_card(view, (), SNAPSHOT, Standing()),
    }
