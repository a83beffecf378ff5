"""People who are named by their e-mail or sign-in name in a customer's file get their id of the list of employees."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from analytics.tables import TABLES

_KNOWN = """
CREATE OR REPLACE TABLE raw.known_as AS
SELECT lower(said) AS said, any_value(person_id) AS person_id
FROM (SELECT email AS said, person_id FROM raw.people UNION SELECT upn, person_id FROM raw.people)
WHERE said IS NOT NULL GROUP BY lower(said) HAVING count(DISTINCT person_id) = 1
"""


def name_people(connection: DuckDBPyConnection) -> None:
    """Replace addresses by ids wherever a column names an employee; one that fits two people, or nobody, stays as it is."""
    connection.execute(_KNOWN)
    for table in TABLES.values():
        for column in table.columns:
            if column.reference and column.reference.table == "people" and column.reference.missing == "unmapped":
                connection.execute(
                    f'UPDATE raw.{table.name} AS r SET "{column.name}" = k.person_id FROM raw.known_as AS k '
                    f'WHERE contains(r."{column.name}", \'@\') AND k.said = lower(r."{column.name}")'
                )
    connection.execute("DROP TABLE raw.known_as")
