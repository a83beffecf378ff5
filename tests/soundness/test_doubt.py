"""A grave finding takes away the numbers it touches, and only those."""

from __future__ import annotations

from pathlib import Path

from analytics.query import from_json
from tests.world import EVERYTHING, World


def test_money_that_no_rate_converts_withholds_spend_and_leaves_contracts(tmp_path: Path) -> None:
    """Half of the ledger is in a currency without a rate: no sum of spend can be right, the number of contracts is."""
    world = World(
        tmp_path,
        {
            "contracts": [{"contract_id": "C1", "start_date": "2026-08-01"}],
            "charges": [
                {
                    "charge_id": f"X{n}",
                    "contract_id": "C1",
                    "posted_at": "2026-08-03T00:00:00Z",
                    "amount": "10",
                    "currency": currency,
                }
                for n, currency in enumerate(["USD", "CHF"] * 30)
            ],
        },
        checked=True,
    )
    answer = world.engine.ask(
        from_json({"metrics": ["spend", "contracts"], "time": {"from": "2026-07-01", "to": "2026-10-01"}}),
        EVERYTHING,
        today=world.today,
    )
    grave = [f for f in answer.findings if f.severity == "E" and "spend" in f.metrics]
    assert grave
    assert answer.total is not None
    assert answer.total.values == (None, 1)
    world.close()
