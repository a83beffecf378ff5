"""Exchange rates: daily, gap-filled, to the reporting currency; money in whole minor units, rounded once per line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.currencies import decimals

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

FILL_DAYS = 7

# A direct rate is preferred to an inverse one, and both to a cross rate through a third currency.
RATES = """
CREATE TABLE main.fx AS
WITH pair AS (
    SELECT rate_date, from_currency AS currency, to_currency AS base, rate::DOUBLE AS rate, rate AS exact, 1 AS hops
    FROM raw.fx_rates WHERE rate > 0
    UNION ALL
    SELECT rate_date, to_currency, from_currency, 1 / rate::DOUBLE, NULL, 2 FROM raw.fx_rates WHERE rate > 0
), reached AS (
    SELECT rate_date, currency, coalesce(exact, rate::DECIMAL(18, 8)) AS rate, hops FROM pair WHERE base = $to AND currency <> $to
    UNION ALL
    SELECT a.rate_date, a.currency, (a.rate * b.rate)::DECIMAL(18, 8), a.hops + b.hops
    FROM pair a JOIN pair b ON b.rate_date = a.rate_date AND b.currency = a.base AND b.base = $to
    WHERE a.currency <> $to AND a.base <> $to
), best AS (
    SELECT rate_date, currency, rate, lead(rate_date) OVER (PARTITION BY currency ORDER BY rate_date) AS next_date
    FROM (SELECT * FROM reached
          QUALIFY row_number() OVER (PARTITION BY rate_date, currency ORDER BY hops, rate) = 1)
)
SELECT (rate_date + n::INTEGER)::DATE AS day, currency, rate, n > 0 AS filled
FROM best, range(0, $fill + 1) AS gap(n)
WHERE rate_date + n::INTEGER < coalesce(next_date, rate_date + $fill + 1)
UNION ALL
SELECT d::DATE, $to, 1::DECIMAL(18, 8), FALSE
FROM range(DATE '2000-01-01', $today + INTERVAL 3 YEAR, INTERVAL 1 DAY) AS days(d)
"""


def daily_rates(connection: DuckDBPyConnection, currency: str, today: date) -> None:
    """Table fx(day, currency, rate, filled): units of `currency` for one of the row's, filled at most 7 days forward."""
    connection.execute(RATES, {"to": currency, "fill": FILL_DAYS, "today": today})


def minor(amount: str, rate: str, currency: str) -> str:
    """SQL for an amount converted by a rate into whole minor units of `currency`, half away from zero."""
    # Wider than 18 digits on purpose: two narrow decimals would be multiplied in 18 digits and overflow.
    return f"round({amount}::DECIMAL(20, 4) * {rate} * {10 ** decimals(currency)}, 0)::BIGINT"
