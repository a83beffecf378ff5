"""Checks of people and what they do: reporting lines, employment, headcount, hours, who posted, doubles."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from duckdb import DuckDBPyConnection

from analytics.model import Reporting
from analytics.people import cut_cycles
from analytics.quality.check import Check, Find, Found, rows

_LINES = """
SELECT person_id, any_value(manager_id ORDER BY valid_from DESC) FROM raw.employment
WHERE valid_from <= $today AND (valid_to IS NULL OR valid_to > $today) GROUP BY 1 ORDER BY 1
"""
_TREE = "SELECT team_id, parent_team_id FROM raw.teams ORDER BY 1"


def _circles(sql: str) -> Find:
    """Those who stand above themselves, however many steps away. Nobody sees more because of one: it is cut."""

    def find(connection: DuckDBPyConnection, _reporting: Reporting, now: datetime) -> Found:
        pairs = connection.execute(sql, {"today": now.date()} if "$today" in sql else {}).fetchall()
        index = {member: place for place, (member, _) in enumerate(pairs)}
        above = np.array([index.get(upper, -1) for _, upper in pairs], dtype=np.int64)
        _, cut = cut_cycles(above)
        return Found(len(cut), tuple(pairs[int(place)][0] for place in cut[:5]))

    return find


def _overlaps(table: str, member: str) -> str:
    return f"""
SELECT {member} || ' from ' || next_from FROM (
    SELECT {member}, valid_to, lead(valid_from) OVER (PARTITION BY {member} ORDER BY valid_from) AS next_from FROM raw.{table})
WHERE next_from < coalesce(valid_to, DATE '9999-12-31')
"""


_BREAKS = """
SELECT person_id || ' from ' || valid_to FROM (
    SELECT person_id, valid_to, lead(valid_from) OVER (PARTITION BY person_id ORDER BY valid_from) AS next_from FROM raw.employment)
WHERE next_from > valid_to
"""

_JUMPS = """
WITH month AS (SELECT as_of, sum(headcount) AS heads FROM raw.headcount GROUP BY 1
), step AS (SELECT *, lag(heads) OVER (ORDER BY as_of) AS before FROM month)
SELECT as_of || ': ' || before || ' to ' || heads FROM step WHERE abs(heads - before) > 0.1 * before
"""

_LONG_DAYS = """
SELECT worker_id || ' ' || work_date || ': ' || sum(hours)::DECIMAL(9, 2) FROM raw.time_entries JOIN raw.contracts USING (contract_id)
WHERE raw.time_entries.status IS DISTINCT FROM 'rejected' GROUP BY worker_id, work_date HAVING sum(hours) > 24
"""

_LONG_WEEKS = """
SELECT t.contract_id || ' week of ' || date_trunc('week', t.work_date)::DATE FROM raw.time_entries t
JOIN raw.contracts c USING (contract_id) WHERE t.status IS DISTINCT FROM 'rejected'
GROUP BY t.contract_id, date_trunc('week', t.work_date), c.weekly_limit HAVING sum(t.hours) > c.weekly_limit
"""

# A full name; what platforms abbreviate ("Jonas K.") says nothing about two people being one.
_SAME_WORKER = """
SELECT min(worker_id) || ' = ' || max(worker_id) FROM raw.workers WHERE name NOT LIKE '%.' AND contains(name, ' ')
GROUP BY lower(name), country
HAVING count(DISTINCT platform) > 1 AND count(DISTINCT coalesce(person_key, worker_id)) > 1 AND bool_or(person_key IS NULL)
"""


def _nobody(table: str, key: str, person: str) -> str:
    return f"""
SELECT {key} FROM raw.{table} t WHERE NOT EXISTS (FROM raw.people p WHERE p.person_id = t.{person})
"""


def _personal(table: str, key: str) -> str:
    mail, phone = r"[\w.+-]+@[\w-]+[.]\w+", r"[+]\d[\d /-]{8,}\d"
    return f"SELECT {key} FROM raw.{table} WHERE regexp_matches(title, '{mail}|{phone}')"


CHECKS = (
    Check(
        "manager_circle", 25, "Employees whose line of managers leads back to themselves", "Their line is cut there, so nobody sees more than before; correct their manager.",
        "E", (), _circles(_LINES),
    ),
    Check(
        "team_circle", 25, "Teams that lie below themselves", "Correct parent_team_id.",
        "E", (), _circles(_TREE),
    ),
    Check(
        "employment_overlap", 26, "Spans of employment that overlap", "A person can be in one team at a time; correct valid_to.",
        "E", ("adoption", "teams_active"), rows(_overlaps("employment", "person_id")), of="employment", allowed=0.01,
    ),
    Check(
        "owner_overlap", 26, "Spans of ownership that overlap", "A contract has one owner at a time; correct valid_to.",
        "E", ("spend", "contracts"), rows(_overlaps("owner_history", "contract_id")), of="owner_history", allowed=0.01,
    ),
    Check(
        "rate_overlap", 26, "Spans of a contract's rate that overlap", "A contract has one rate at a time; correct valid_to.",
        "E", ("amendment",), rows(_overlaps("rate_history", "contract_id")), of="rate_history", allowed=0.01,
    ),
    Check(
        "employment_break", 26, "Breaks between two spans of employment", "Real for those who left and came back.",
        "I", (), rows(_BREAKS), of="employment",
    ),
    Check(
        "headcount_jump", 27, "Months in which the headcount moved by more than 10%", "See whether the file of that month was whole.",
        "W", ("headcount",), rows(_JUMPS),
    ),
    Check(
        "long_day", 14, "Days on which a worker recorded more than 24 hours", "Correct the time entries.",
        "W", ("time_entry",), rows(_LONG_DAYS),
    ),
    Check(
        "long_week", 14, "Weeks above the limit of their contract", "Correct the time entries or the limit.",
        "W", ("time_entry",), rows(_LONG_WEEKS),
    ),
    Check(
        "unknown_poster", 28, "Jobs posted by nobody on the list of employees", "Up to 5% are usual; map the others to an employee.",
        "W", ("unique_posters", "adoption"), rows(_nobody("jobs", "job_id", "poster_id")), of="jobs", usual=0.05,
    ),
    Check(
        "unknown_owner", 28, "Contracts owned by nobody on the list of employees", "Up to 5% are usual; map the others to an employee.",
        "W", ("contract", "charge"), rows(_nobody("contracts", "contract_id", "owner_id")), of="contracts", usual=0.05,
    ),
    Check(
        "same_worker", 4, "Workers who seem to be on two platforms", "Give both rows the same person_key if they are one person.",
        "W", ("freelancers", "repeat_hire_rate", "assignment"), rows(_SAME_WORKER), of="workers",
    ),
    *(
        Check(
            f"personal_{table}", 32, f"{table}.csv, titles with an e-mail address or telephone number", "Take them out of the title.",
            "I", (), rows(_personal(table, key)), of=table,
        )
        for table, key in (("jobs", "job_id"), ("contracts", "contract_id"))
    ),
)  # fmt: skip
