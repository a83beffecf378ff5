"""Money: what is spend and what is not, signs, currencies, rounding, and no row counted twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analytics.model import Reporting, Scope
from tests.soundness.rows import charge, contract, job
from tests.world import World

Make = Callable[..., World]
JULY = ("2026-07-01", "2026-08-01")


def test_a_contract_with_many_milestones_hours_ratings_and_skills_is_paid_once(world: Make) -> None:
    """C1 has one charge of 100; its job asks for three skills; it has two milestones, two ratings, two days of hours.

    Joined before adding up, 100 would become 200, 400 or 1,200. Spend is 100.00 = 10000, contracts 1, hours 15.
    """
    w = world({
        "jobs": [job("J1", "2026-07-01")],
        "job_skills": [{"job_id": "J1", "skill": s} for s in ("Figma", "Rust", "Excel")],
        "contracts": [contract(start="2026-07-02", job_id="J1")],
        "charges": [charge("X1", "2026-07-05", 100)],
        "milestones": [{"milestone_id": f"M{n}", "contract_id": "C1", "amount": "50", "due_date": "2026-07-09"} for n in (1, 2)],
        "feedback": [{"feedback_id": f"R{n}", "contract_id": "C1", "given_at": "2026-07-09T00:00:00Z", "score": "4"} for n in (1, 2)],
        "time_entries": [{"time_id": f"H{n}", "contract_id": "C1", "work_date": f"2026-07-0{n}", "hours": "7.5"} for n in (3, 4)],
    })  # fmt: skip
    answer = w.answer(
        {
            "metrics": ["spend", "contracts", "hours", "rating"],
            "group_by": ["team"],
            "time": {"from": JULY[0], "to": JULY[1]},
        }
    )
    assert answer.rows[0].values == (10000, 1, 15.0, 4.0)
    assert answer.total is not None
    assert answer.total.values == (10000, 1, 15.0, 4.0)
    by_skill = w.ask({"metrics": ["spend"], "group_by": ["skill"], "time": {"from": JULY[0], "to": JULY[1]}})
    assert by_skill == {"Excel": 10000, "Figma": 10000, "Rust": 10000, "total": 10000}


def test_only_final_lines_for_work_and_fees_are_spend(world: Make) -> None:
    """hourly 100, fixed 200, bonus 10, expense 5, platform fee 20, processing fee 2: 337.00 in all.

    Not spend: tax 19, funding 1000, supplier-funded fee -7, a preliminary line of 50, a line of July 31 (outside).
    """
    kinds = {
        "hourly": 100,
        "fixed": 200,
        "bonus": 10,
        "expense": 5,
        "platform_fee": 20,
        "processing_fee": 2,
        "tax": 19,
        "payment_method": 1000,
        "supplier_fee": -7,
    }
    rows = [charge(f"X{k}", "2026-08-03", v, charge_type=k) for k, v in kinds.items()]
    rows += [charge("XP", "2026-08-03", 50, status="preliminary"), charge("XJ", "2026-07-31", 3)]
    w = world({"contracts": [contract()], "charges": rows})
    assert w.total("spend", "2026-08-01", "2026-09-01") == 33700
    # Fees 22 on work of 315; tax and funding are neither.
    assert w.total("fee_share", "2026-08-01", "2026-09-01") == pytest.approx(22 / 315)


def test_a_refund_has_its_own_date_and_the_class_of_the_line_it_takes_back(world: Make) -> None:
    """July: work 100, fee 10, tax 19. August: 40 of the work back, 4 of the fee back, 19 of the tax back.

    July is closed and stays at 110.00. August is -44.00: the tax refund is no spend, as the tax was none.
    A refund that names no line is taken for work: September -5.00.
    """
    w = world({
        "contracts": [contract()],
        "charges": [
            charge("X1", "2026-07-05", 100), charge("X2", "2026-07-05", 10, charge_type="platform_fee"), charge("X3", "2026-07-05", 19, charge_type="tax"),
            charge("X4", "2026-08-05", -40, charge_type="refund", related_charge_id="X1"),
            charge("X5", "2026-08-05", -4, charge_type="chargeback", related_charge_id="X2"),
            charge("X6", "2026-08-05", -19, charge_type="refund", related_charge_id="X3"),
            charge("X7", "2026-09-05", -5, charge_type="refund"),
        ],
    })  # fmt: skip
    asked = {"metrics": ["spend"], "grain": "month", "time": {"from": "2026-07-01", "to": "2026-10-01"}}
    assert w.ask(asked) == {"2026-07": 11000, "2026-08": -4400, "2026-09": -500, "total": 6100}
    assert w.total("fee_share", *JULY) == pytest.approx(0.1)


def test_a_month_below_zero_has_no_shares_and_a_contract_that_nets_to_zero_still_counts(world: Make) -> None:
    """Design +100, Data -30: parts are 10000 and -3000, no share is shown, a question for shares gets none.

    C1 +100 -100, C2 +60: spend per contract is 60 / 2 = 30.00, not 60.
    """
    w = world({
        "teams": [{"team_id": "T2", "name": "Data"}],
        "contracts": [contract(), contract("C2", team_id="T2")],
        "charges": [charge("X1", "2026-07-05", 100), charge("X2", "2026-07-06", -30, contract_id="C2", charge_type="refund"),
                    charge("X3", "2026-08-05", 100), charge("X4", "2026-08-06", -100, charge_type="refund", related_charge_id="X3"),
                    charge("X5", "2026-08-06", 60, contract_id="C2")],
    })  # fmt: skip
    july = {"metrics": ["spend"], "group_by": ["team"], "time": {"from": JULY[0], "to": JULY[1]}}
    answer = w.answer(july)
    assert [r.values for r in answer.rows] == [(10000,), (-3000,)]
    assert w.ask({**july, "as_share": True}) == {"Design": None, "Data": None, "total": None}
    assert w.total("avg_spend_per_contract", "2026-08-01", "2026-09-01") == 3000


def test_rates_are_of_the_posting_day_filled_seven_days_and_no_longer(world: Make) -> None:
    """1 EUR = 1.10 USD on July 1, 1.20 on July 9. 100 EUR on July 1: 110; July 8: 110 (filled); July 9: 120; July 16: 120.

    July 17 has no rate any more: left out of the total, shown as a finding, and counted by its own currency elsewhere.
    Total 110 + 110 + 120 + 120 = 460.00. US dollars are never converted, even where a file holds USD to USD.
    """
    days = ("2026-07-01", "2026-07-08", "2026-07-09", "2026-07-16", "2026-07-17")
    rows = {
        "contracts": [contract()],
        "charges": [*(charge(f"X{n}", d, 100, currency="EUR") for n, d in enumerate(days)), charge("XU", "2026-07-02", 1)],
        "fx_rates": [
            {"rate_date": "2026-07-01", "from_currency": "EUR", "to_currency": "USD", "rate": "1.10"},
            {"rate_date": "2026-07-09", "from_currency": "EUR", "to_currency": "USD", "rate": "1.20"},
            {"rate_date": "2026-07-01", "from_currency": "USD", "to_currency": "USD", "rate": "1"},
        ],
    }  # fmt: skip
    assert world(rows).total("spend", *JULY) == 46100
    w = world(rows, checked=True)
    assert any("rate" in f.text.lower() and f.rows == 1 for f in w.report.findings if f.severity != "I")


def test_money_without_a_rate_stands_beside_the_total_in_its_own_currency(world: Make) -> None:
    """US dollars: 100 and 50. Without any rate: 12,000 and 300 XOF (no cents) of July, 7.50 GBP; 9 GBP of tax are no spend.

    Spend is 150.00; beside it stand 12,300 XOF of two charges and 7.50 GBP of one. August has none without a rate.
    Who may not see single amounts is told how many charges it is. Every metric made of the same money says the same;
    one of two metrics counts no charge twice.
    """
    w = world({
        "contracts": [contract()],
        "charges": [
            charge("X1", "2026-07-02", 100), charge("X2", "2026-07-03", 50), charge("X3", "2026-08-03", 5),
            charge("X4", "2026-07-04", 12000, currency="XOF"), charge("X5", "2026-07-05", 300, currency="XOF"),
            charge("X6", "2026-07-06", "7.50", currency="GBP", charge_type="platform_fee"),
            charge("X7", "2026-07-06", 9, currency="GBP", charge_type="tax"),
        ],
    })  # fmt: skip
    july = {"time": {"from": JULY[0], "to": JULY[1]}}
    said = "Not in the total, for want of an exchange rate: 12,300 XOF (2 charges), 7.50 GBP (1 charge)."
    for metrics in (["spend"], ["avg_spend_per_contract"], ["fee_share"], ["spend", "avg_spend_per_contract"]):
        for more in ({}, {"group_by": ["team"]}, {"compare": "previous_period"}, {"grain": "month"}):
            assert said in w.answer({"metrics": metrics, **july, **more}).notes
    assert w.total("spend", *JULY) == 15000
    counted = w.answer({"metrics": ["spend"], **july}, Scope("all", "totals")).notes
    assert "Not in the total, for want of an exchange rate: 2 charges in XOF, 1 charge in GBP." in counted
    assert not w.answer({"metrics": ["spend"], "time": {"from": "2026-08-01", "to": "2026-09-01"}}).notes
    assert not w.answer({"metrics": ["contracts"], **july}).notes


def test_currencies_without_cents_and_with_three_decimals_are_converted_exactly(world: Make) -> None:
    """1 JPY = 0.0065 USD, 1 BHD = 2.65 USD: 1001 JPY = 6.5065 = 6.51; 1.005 BHD = 2.66325 = 2.66. Together 9.17."""
    rates = [
        {"rate_date": "2026-07-01", "from_currency": c, "to_currency": "USD", "rate": r}
        for c, r in (("JPY", "0.0065"), ("BHD", "2.65"))
    ]
    rows = [charge("X1", "2026-07-01", "1001", currency="JPY"), charge("X2", "2026-07-01", "1.005", currency="BHD")]
    w = world({"contracts": [contract()], "charges": rows, "fx_rates": rates})
    assert w.total("spend", *JULY) == 651 + 266


@pytest.mark.parametrize(("currency", "expected"), [("JPY", 10 + 154), ("BHD", 39 + 596)])
def test_a_reporting_currency_counts_in_its_own_minor_units(world: Make, currency: str, expected: int) -> None:
    """0.065 USD and 1 USD. In JPY (no decimals) at 154: 10.01 = 10 and 154.

    In BHD (three decimals) at 0.5961: 0.065 is 38.7465 fils = 39, and 1 is 596.1 fils = 596.
    """
    rate = {"JPY": "154", "BHD": "0.5961"}[currency]
    rates = [{"rate_date": "2026-07-01", "from_currency": "USD", "to_currency": currency, "rate": rate}]
    rows = [charge("X1", "2026-07-01", "0.065"), charge("X2", "2026-07-01", "1")]
    w = world({"contracts": [contract()], "charges": rows, "fx_rates": rates}, reporting=Reporting(currency))
    assert w.total("spend", *JULY) == expected


def test_every_line_is_rounded_once_half_away_from_zero(world: Make) -> None:
    """0.005 = 0.01, 0.015 = 0.02, 0.025 = 0.03, and -0.005 = -0.01: five cents in all.

    Rounded half to even it would be 0.00 + 0.02 + 0.02 - 0.00 = 0.04; added first and rounded then 0.04.
    """
    rows = [charge(f"X{n}", "2026-07-01", a) for n, a in enumerate(("0.005", "0.015", "0.025"))]
    w = world(
        {"contracts": [contract()], "charges": [*rows, charge("X9", "2026-07-01", "-0.005", charge_type="refund")]}
    )
    assert w.total("spend", *JULY) == 5


def test_a_ratio_is_a_ratio_of_sums_never_an_average_of_averages(world: Make) -> None:
    """Design: 3 contracts, 300. Data: 1 contract, 1000. Together 1300 / 4 = 325.00; the mean of 100 and 1000 is 550.

    Fees: Design 30 of 300, Data 10 of 1000: 40 / 1300, not (0.1 + 0.01) / 2.
    """
    w = world({
        "teams": [{"team_id": "T2", "name": "Data"}],
        "contracts": [*(contract(f"C{n}") for n in (1, 2, 3)), contract("C4", team_id="T2")],
        "charges": [*(charge(f"X{n}", "2026-07-01", 100, contract_id=f"C{n}") for n in (1, 2, 3)), charge("X4", "2026-07-01", 1000, contract_id="C4"),
                    charge("F1", "2026-07-01", 30, charge_type="platform_fee"), charge("F4", "2026-07-01", 10, charge_type="platform_fee", contract_id="C4")],
    })  # fmt: skip
    asked = {"group_by": ["team"], "time": {"from": JULY[0], "to": JULY[1]}}
    assert w.ask({"metrics": ["avg_spend_per_contract"], **asked}) == {"Design": 11000, "Data": 101000, "total": 33500}
    assert w.ask({"metrics": ["fee_share"], **asked})["total"] == pytest.approx(40 / 1300)


def test_late_lines_and_restated_periods_move_the_total_of_their_own_day_in_the_next_version(world: Make) -> None:
    """Version 1: July 100. Version 2 brings a line of July 3 over 20 and restates X1 to 90: July is 110, and says version 2."""
    w = world({"contracts": [contract()], "charges": [charge("X1", "2026-07-05", 100)]})
    assert w.total("spend", *JULY) == 10000
    w.sync(
        {"contracts": [contract()], "charges": [charge("X1", "2026-07-05", 90), charge("X2", "2026-07-03", 20)]}, w.now
    )
    w.store.refresh()
    assert w.total("spend", *JULY) == 11000
    assert w.answer({"metrics": ["spend"]}).snapshot.version == 2


def test_a_line_without_a_contract_and_an_unknown_category_are_their_own_row(world: Make) -> None:
    """C1 (Design & Creative) 100, C2 (category nobody knows) 50, a line without any contract 7: Unmapped is 57, total 157."""
    w = world({
        "contracts": [contract(), contract("C2", category_id="K9")],
        "charges": [charge("X1", "2026-07-01", 100), charge("X2", "2026-07-01", 50, contract_id="C2"), charge("X3", "2026-07-01", 7, contract_id="")],
    })  # fmt: skip
    asked = {"metrics": ["spend"], "group_by": ["job_category"], "time": {"from": JULY[0], "to": JULY[1]}}
    assert w.ask(asked) == {"Design & Creative": 10000, "Unmapped": 5700, "total": 15700}
    # Leaving a category out leaves the unmapped rows in; asking for the unmapped rows finds exactly them.
    without = {**asked, "filters": {"job_category": {"not": ["Design & Creative"]}}}
    assert w.ask(without) == {"Unmapped": 5700, "total": 5700}
    assert w.ask({**asked, "filters": {"job_category": ["Unmapped"]}})["total"] == 5700
    assert w.ask({**asked, "filters": {"job_category": {"not": ["Unmapped"]}}})["total"] == 10000
    # Two facts side by side, both with rows of unknown category: the two meet in one row.
    both = w.answer({**asked, "metrics": ["spend", "active_contracts"]})
    assert {r.labels[0]: r.values for r in both.rows} == {"Design & Creative": (10000, 1), "Unmapped": (5700, 1)}


def test_a_plain_question_means_freelance_and_naming_a_source_platform_or_supplier_widens_it(world: Make) -> None:
    """Upwork 100, Beeline (staffing) 900. Spend 100; staffing spend 900; by source 100 and 900, total 1000."""
    w = world({
        "workers": [{"worker_id": "W9", "platform": "Beeline", "kind": "temp"}],
        "contracts": [contract(), contract("C2", platform="Beeline", worker_id="W9", kind="temp")],
        "charges": [charge("X1", "2026-07-01", 100), charge("X2", "2026-07-01", 900, contract_id="C2", platform="Beeline")],
    })  # fmt: skip
    assert w.total("spend", *JULY) == 10000
    assert w.total("staffing_spend", *JULY) == 90000
    time = {"time": {"from": JULY[0], "to": JULY[1]}}
    assert w.ask({"metrics": ["spend"], "group_by": ["source"], **time}) == {
        "staffing": 90000,
        "freelance": 10000,
        "total": 100000,
    }
    side = {"metrics": ["spend"], "compare": {"dimension": "source", "values": ["freelance", "staffing"]}, **time}
    assert w.ask(side) == {"freelance": 10000, "staffing": 90000, "total": 100000}
    assert w.total("spend", *JULY, filters={"platform": ["Beeline"]}) == 90000


def test_concentration_leaves_out_a_payee_that_gave_back_more_than_it_got(world: Make) -> None:
    """Payees: 60, 40, -50. Shares of 100: 0.6 and 0.4, squared 0.36 + 0.16 = 0.52. With -50 inside it would be 3.08."""
    w = world({
        "workers": [{"worker_id": "W2"}, {"worker_id": "W3"}],
        "contracts": [contract(), contract("C2", worker_id="W2"), contract("C3", worker_id="W3")],
        "charges": [charge("X1", "2026-07-01", 60), charge("X2", "2026-07-01", 40, contract_id="C2"), charge("X3", "2026-07-01", -50, contract_id="C3", charge_type="refund")],
    })  # fmt: skip
    assert w.total("concentration", *JULY) == pytest.approx(0.52)
    assert w.total("top_10_share", *JULY) == 1.0


def test_a_budget_loses_no_cent_between_months_and_counts_what_lies_ahead(world: Make) -> None:
    """100.00 for fiscal 2027 (365 days): July to September is 92 days = 25.2055 = 25.21. The whole year is 100.00, though
    most of it lies ahead. The twelve months add up to 100.00 exactly. Available: 100 - 30 spent - 0 committed = 70.00.
    """
    w = world({
        "contracts": [contract()], "charges": [charge("X1", "2026-07-05", 30)],
        "budgets": [{"budget_id": "G1", "team_id": "T1", "period_from": "2026-07-01", "period_to": "2027-07-01", "amount": "100"}],
    })  # fmt: skip
    assert w.total("budget", "2026-07-01", "2026-10-01") == 2521
    assert w.total("budget") == 10000
    months = w.ask({"metrics": ["budget"], "grain": "month", "time": {"from": "2026-07-01", "to": "2027-07-01"}})
    assert sum(v for k, v in months.items() if k != "total") == months["total"] == 10000
    assert w.total("available") == 7000
    # Over a breakdown: a team without any budget is short of what it spent, and the parts are the total.
    parts = w.ask(
        {"metrics": ["available"], "group_by": ["job_category"], "time": {"from": "2026-07-01", "to": "2027-07-01"}}
    )
    assert parts == {"Unmapped": 10000, "Design & Creative": -3000, "total": 7000}
