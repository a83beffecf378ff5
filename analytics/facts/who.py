"""Calendar, exchange rates, teams, people and reporting lines: what every other fact is attributed to."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analytics.fx import daily_rates
from analytics.people import closure, cut_cycles

if TYPE_CHECKING:
    from datetime import date, datetime

    from duckdb import DuckDBPyConnection

    from analytics.model import Reporting

REGIONS = Path(__file__).parent.parent / "regions.toml"

TEAMS = """
CREATE TABLE main.team_line AS
WITH RECURSIVE edge AS (
    SELECT parent_team_id AS above, team_id AS team FROM raw.teams WHERE parent_team_id IS NOT NULL
    UNION SELECT successor_team_id, team_id FROM raw.teams WHERE successor_team_id IS NOT NULL
), line AS (
    SELECT team_id AS ancestor, team_id AS team FROM raw.teams
    UNION SELECT line.ancestor, edge.team FROM line JOIN edge ON edge.above = line.team
)
SELECT ancestor, team FROM line ORDER BY ancestor, team;

CREATE TABLE main.team AS
WITH RECURSIVE root AS (
    SELECT team_id AS team FROM raw.teams
    WHERE parent_team_id IS NULL OR parent_team_id NOT IN (SELECT team_id FROM raw.teams)
), top AS (
    SELECT count(*) FILTER (team IN (SELECT parent_team_id FROM raw.teams)) = 1 AS single FROM root
), down AS (
    SELECT team, 0 AS depth, team AS division FROM root
    UNION ALL
    SELECT t.team_id, d.depth + 1, CASE WHEN d.depth = 0 AND top.single THEN t.team_id ELSE d.division END
    FROM down d JOIN raw.teams t ON t.parent_team_id = d.team CROSS JOIN top WHERE d.depth < 50
)
SELECT t.team_id AS team, t.name, t.parent_team_id AS parent, t.head_person_id AS head, t.country,
       d.division, d.depth, t.valid_to, t.successor_team_id AS successor
FROM raw.teams t LEFT JOIN down d ON d.team = t.team_id;
"""

# Nobody heads a team that has ended: its history belongs to the head of its successor.
HEADED = """
CREATE TABLE main.headed AS
SELECT DISTINCT t.head AS person, l.team FROM main.team t JOIN main.team_line l ON l.ancestor = t.team
WHERE t.head IS NOT NULL AND (t.valid_to IS NULL OR t.valid_to > $today) ORDER BY 1, 2
"""

# Where somebody's line sits now: their own team, those of their direct reports, and teams merged into these. A manager
# who moved on has no line left in the old team, so what happened there stays with whoever heads it now.
SEATS = """
CREATE TABLE main.seat AS
WITH RECURSIVE sits AS (
    SELECT person, team FROM main.person WHERE team IS NOT NULL
    UNION SELECT manager, team FROM main.person WHERE manager IS NOT NULL AND team IS NOT NULL
    UNION SELECT s.person, t.team_id FROM sits s JOIN raw.teams t ON t.successor_team_id = s.team
)
SELECT person, team FROM sits ORDER BY 1, 2
"""

CATEGORIES = """
CREATE TABLE main.category AS
SELECT c.category_id AS category, c.name,
       coalesce(p.category_id, c.category_id) AS job_category,
       CASE WHEN p.category_id IS NULL THEN NULL ELSE c.category_id END AS job_subcategory,
       coalesce(p.job_family, c.job_family) AS job_family
FROM raw.categories c LEFT JOIN raw.categories p ON p.category_id = c.parent_category_id;
"""

PEOPLE = """
CREATE TABLE main.person AS
SELECT p.person_id AS person, p.name, p.upn, lower(p.entra_object_id) AS entra, p.active,
       e.team_id AS team, e.manager_id AS manager, e.country
FROM raw.people p LEFT JOIN (
    SELECT * FROM raw.employment WHERE valid_from <= $today AND (valid_to IS NULL OR valid_to > $today)
    QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY valid_from DESC) = 1
) e ON e.person_id = p.person_id;
"""

# Whoever writes to the bot for the first time is looked up by this id: without an index, in the whole directory.
BY_ENTRA = "CREATE INDEX person_entra ON main.person (entra)"


def build(connection: DuckDBPyConnection, reporting: Reporting, now: datetime) -> None:
    """Tables day, fx, region, category, team, team_line, headed, person, seat, reporting_line, platform, worker."""
    today = now.astimezone(ZoneInfo(reporting.timezone)).date()
    connection.execute(TEAMS)
    connection.execute(HEADED, {"today": today})
    connection.execute(CATEGORIES)
    connection.execute(PEOPLE, {"today": today})
    connection.execute(BY_ENTRA)
    connection.execute(SEATS)
    _reporting_lines(connection)
    _regions(connection)
    daily_rates(connection, reporting.currency, today)
    _days(connection, today)
    connection.execute("CREATE TABLE main.platform AS SELECT platform, source FROM raw.platforms")
    connection.execute("""CREATE TABLE main.worker AS
        SELECT worker_id AS worker, coalesce(person_key, worker_id) AS freelancer, kind, name,
               country AS worker_country, supplier_id AS supplier FROM raw.workers""")
    connection.execute("CREATE TABLE main.supplier AS SELECT supplier_id AS supplier, name FROM raw.suppliers")


def _reporting_lines(connection: DuckDBPyConnection) -> None:
    rows = connection.execute("SELECT person, manager FROM main.person ORDER BY person").fetchall()
    ids = np.array([person for person, _ in rows], dtype=object)
    index = {person: i for i, person in enumerate(ids)}
    manager = np.array([index.get(boss, -1) for _, boss in rows], dtype=np.int64)
    safe, cut = cut_cycles(manager)
    above, below, depth = closure(safe)
    lines = pd.DataFrame({"manager": ids[above].astype(str), "person": ids[below].astype(str), "depth": depth})
    cycles = pd.DataFrame({"person": ids[cut].astype(str)})
    connection.register("_lines", lines)
    connection.register("_cycles", cycles)
    connection.execute("CREATE TABLE main.reporting_line AS SELECT * FROM _lines ORDER BY manager, person")
    connection.execute("CREATE TABLE main.reporting_cycle AS SELECT * FROM _cycles")
    connection.unregister("_lines")
    connection.unregister("_cycles")


def _regions(connection: DuckDBPyConnection) -> None:
    listed = tomllib.loads(REGIONS.read_text(encoding="utf-8"))
    rows = [{"country": country, "region": region} for region, countries in listed.items() for country in countries]
    connection.execute(
        "CREATE TABLE main.region AS SELECT r.country, r.region FROM (SELECT unnest($rows) AS r)", {"rows": rows}
    )


def _days(connection: DuckDBPyConnection, today: date) -> None:
    connection.execute(
        """CREATE TABLE main.day AS SELECT d::DATE AS day, d::DATE = last_day(d::DATE) AS month_end
        FROM range((SELECT coalesce(min(start_date), $today) - INTERVAL 2 YEAR FROM raw.contracts),
                   $today + INTERVAL 2 YEAR, INTERVAL 1 DAY) AS days(d)""",
        {"today": today},
    )
