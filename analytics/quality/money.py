"""Checks of money: currencies and their rates, signs, repeated and missing lines, invoices, outliers."""

from __future__ import annotations

from babel.numbers import list_currencies

from analytics.fx import FILL_DAYS
from analytics.quality.check import Check, rows
from analytics.quality.touched import TOUCHED
from analytics.tables import TABLES, Table

_ISO = ", ".join(f"'{code}'" for code in sorted(list_currencies()))
_SPEND = "charge_type NOT IN ('tax', 'payment_method') AND status = 'final'"

# The same test for every amount would cost a join a row; a day and a currency are few.
_NO_RATE = f"""
WITH quoted AS (
    SELECT DISTINCT currency, rate_date + n::INTEGER AS day FROM
        (SELECT from_currency AS currency, rate_date FROM raw.fx_rates UNION ALL SELECT to_currency, rate_date FROM raw.fx_rates),
        range(0, {FILL_DAYS + 1}) AS days(n)
)
SELECT c.charge_id FROM raw.charges c WHERE c.currency <> $currency
AND NOT EXISTS (FROM quoted q WHERE q.currency = c.currency AND q.day = c.posted_at::DATE)
"""


def _unknown_currency(table: Table) -> str:
    """Codes are few, rows are many: the list is held against each code once."""
    unknown = f"SELECT currency FROM raw.{table.name} GROUP BY currency HAVING currency NOT IN ({_ISO})"
    return f"SELECT {table.key[0]} || ': ' || currency FROM raw.{table.name} WHERE currency IN ({unknown})"


_SIGN = """
SELECT charge_id FROM raw.charges
WHERE (charge_type IN ('refund', 'chargeback') AND amount > 0)
   OR (charge_type IN ('hourly', 'fixed', 'bonus', 'expense', 'platform_fee', 'processing_fee', 'tax') AND amount < 0)
"""

# Grouped by a hash of 64 bits, because twelve columns are slow to group by and two lines in a billion may be misnamed.
_TWINS = """
SELECT min(charge_id) || ' = ' || max(charge_id) FROM raw.charges
GROUP BY hash(platform, contract_id, worker_id, charge_type, status, posted_at, work_from, work_to, amount, currency,
              invoice_id, related_charge_id) HAVING count(*) > 1
"""

# An export that overlaps the one before brings lines again, under new ids.
_IN_TWO_FILES = """
SELECT min(charge_id) || ' of ' || min(file) || ' = ' || max(charge_id) || ' of ' || max(file) FROM raw.charges
WHERE invoice_id IS NOT NULL AND (SELECT min(file) <> max(file) FROM raw.charges)
GROUP BY hash(platform, contract_id, worker_id, charge_type, status, posted_at, work_from, work_to, amount, currency,
              invoice_id, related_charge_id) HAVING min(file) <> max(file)
"""

# Only what was recorded by the hour, without overtime. Whether fees are in the line or beside it, either rate may fit.
_NOT_HOURS_BY_RATE = """
WITH line AS (
    SELECT min(charge_id) AS charge_id, contract_id, work_from, work_to, sum(amount) AS amount FROM raw.charges
    WHERE charge_type = 'hourly' AND status = 'final' AND work_from IS NOT NULL AND work_to IS NOT NULL
    GROUP BY contract_id, work_from, work_to, currency
), day AS (
    SELECT contract_id, work_date, sum(hours) AS hours, sum(overtime_hours) AS overtime FROM raw.time_entries
    WHERE status IS NULL OR status <> 'rejected' GROUP BY ALL
), upto AS (
    SELECT contract_id, work_date, sum(hours) OVER so_far AS hours, sum(overtime) OVER so_far AS overtime FROM day
    WINDOW so_far AS (PARTITION BY contract_id ORDER BY work_date)
), worked AS (
    SELECT l.*, coalesce(t.hours, 0) - coalesce(f.hours, 0) AS hours, coalesce(t.overtime, 0) - coalesce(f.overtime, 0) AS overtime
    FROM line l
    ASOF LEFT JOIN upto t ON t.contract_id = l.contract_id AND l.work_to >= t.work_date
    ASOF LEFT JOIN upto f ON f.contract_id = l.contract_id AND l.work_from > f.work_date
), paid AS (
    SELECT w.*, coalesce(h.rate, c.rate) AS rate, c.bill_rate::DOUBLE * coalesce(h.rate / nullif(c.rate, 0), 1) AS bill_rate FROM worked w
    JOIN raw.contracts c ON c.contract_id = w.contract_id AND c.rate_unit = 'hour'
    ASOF LEFT JOIN raw.rate_history h ON h.contract_id = w.contract_id AND w.work_from >= h.valid_from
)
SELECT charge_id || ': ' || amount || ' for ' || hours::DECIMAL(9, 2) || ' hours at ' || rate FROM paid
WHERE hours > 0 AND overtime = 0 AND rate > 0 AND abs(amount - hours * rate) > 0.01 * hours * rate
AND (bill_rate IS NULL OR abs(amount - hours * bill_rate) > 0.01 * hours * bill_rate)
"""

_OTHER_CURRENCY = """
SELECT DISTINCT c.contract_id || ': ' || c.currency || ', charged in ' || x.currency FROM raw.charges x
JOIN raw.contracts c ON c.contract_id = x.contract_id WHERE x.charge_type = 'hourly' AND x.currency <> c.currency
"""

_BOTH_STATES = """
SELECT invoice_id FROM raw.charges WHERE invoice_id IS NOT NULL GROUP BY platform, invoice_id
HAVING bool_or(status = 'preliminary') AND bool_or(status = 'final')
"""

_NOT_AS_INVOICED = f"""
WITH line AS (SELECT invoice_id, currency, sum(amount) AS amount FROM raw.charges WHERE {_SPEND} GROUP BY ALL
), month AS (
    SELECT i.platform, strftime(i.issued_on, '%Y-%m') AS month, i.currency, sum(i.total) AS invoiced,
           coalesce(sum(line.amount), 0) AS charged
    FROM raw.invoices i LEFT JOIN line USING (invoice_id, currency) WHERE i.status <> 'preliminary' GROUP BY ALL)
SELECT platform || ' ' || month || ': invoiced ' || round(invoiced, 2) || ', charged ' || round(charged, 2) || ' ' || currency
FROM month WHERE abs(invoiced - charged) > greatest(1, 0.005 * abs(invoiced))
"""

# Distance from the median in robust standard deviations of the logarithm, because amounts spread by factors. Weeks of
# equal hours hardly spread at all, so one deviation is at least 0.4: nothing below eleven times the median is far out.
_FAR_OUT = """
WITH line AS (
    SELECT x.charge_id, ln(x.amount::DOUBLE) AS size, (x.currency, x.platform, x.charge_type, c.contract_type, c.category_id) AS kind
    FROM raw.charges x JOIN raw.contracts c USING (contract_id) WHERE x.amount > 0 AND x.charge_type IN ('hourly', 'fixed', 'bonus')
), middle AS (SELECT kind, median(size) AS middle, mad(size) AS spread FROM line GROUP BY kind HAVING count(*) >= 30)
SELECT charge_id FROM line JOIN middle USING (kind) WHERE size - middle > 6 * greatest(1.4826 * spread, 0.4)
"""

_OVER_BUDGET = f"""
SELECT c.contract_id FROM raw.contracts c
JOIN (SELECT contract_id, currency, sum(amount) AS amount FROM raw.charges WHERE {_SPEND} GROUP BY ALL) x USING (contract_id, currency)
WHERE c.budget_amount > 0 AND x.amount > 3 * c.budget_amount
"""

CHECKS = (
    *(
        Check(
            f"currency_{table.name}", 11, f"{table.name}.csv, rows in a currency that is not in ISO 4217", "Correct the code.",
            "E", TOUCHED[table.name], rows(_unknown_currency(table)),
            of=table.name, allowed=0.01,
        )
        for table in TABLES.values()
        if any(column.name == "currency" for column in table.columns)
    ),
    Check(
        "no_rate", 11, "Ledger lines in a currency without a rate for their day", "Add the days to fx_rates.csv.",
        "E", ("charge",), rows(_NO_RATE), of="charges", allowed=0.01,
    ),
    Check(
        "sign", 12, "Ledger lines whose sign does not fit their type", "Refunds are negative, work and fees are not.",
        "E", ("charge",), rows(_SIGN), of="charges", allowed=0.005,
    ),
    Check(
        "twins", 2, "Ledger lines that are alike but for their id", "Both were counted, as two equal payments can be real.",
        "W", ("charge",), rows(_TWINS), of="charges",
    ),
    Check(
        "in_two_files", 3, "Ledger lines that stand in two files under different ids", "Remove the overlap, or give both the same id.",
        "E", ("charge",), rows(_IN_TWO_FILES), of="charges", allowed=0.001,
    ),
    Check(
        "not_hours_by_rate", 15, "Hourly ledger lines that differ from hours by rate by more than 1%", "See which of the three is wrong.",
        "W", ("charge", "time_entry"), rows(_NOT_HOURS_BY_RATE), of="charges", usual=0.005,
    ),
    Check(
        "other_currency", 34, "Contracts charged by the hour in another currency than that of their rate",
        "Their hours are valued in the currency of the rate, which is an assumption.",
        "I", (), rows(_OTHER_CURRENCY), of="contracts",
    ),
    Check(
        "no_contract", 6, "Ledger lines without a contract", "Up to 2% are usual; more means that contracts are missing.",
        "W", ("avg_spend_per_contract",), rows(f"SELECT charge_id FROM raw.charges WHERE contract_id IS NULL AND {_SPEND}"),
        of="charges", usual=0.02,
    ),
    Check(
        "both_states", 29, "Invoices with preliminary and final lines at once", "Only final lines were counted.",
        "E", ("charge",), rows(_BOTH_STATES), of="invoices", allowed=0.01,
    ),
    Check(
        "not_as_invoiced", 16, "Months in which ledger and invoices differ by more than 0.5%", "Find the lines that are missing or double.",
        "E", ("charge",), rows(_NOT_AS_INVOICED),
    ),
    Check(
        "outlier", 13, "Ledger lines far above the range of their category", "Look at the amounts.",
        "W", ("charge",), rows(_FAR_OUT), of="charges",
    ),
    Check(
        "over_budget", 13, "Contracts that cost more than three times their budget", "Look at the amounts or the budgets.",
        "W", ("budget_variance",), rows(_OVER_BUDGET), of="contracts", usual=0.001,
    ),
)  # fmt: skip
