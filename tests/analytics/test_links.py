"""Only links that lead to a host on the list get into a version."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from analytics import facts
from analytics.engine import Engine
from analytics.importing import load
from analytics.importing.links import keep_links
from analytics.importing.staging import prepare
from analytics.progress import Silent
from analytics.query import from_json
from analytics.store import Store
from analytics.sync import Resources, sync
from tests.analytics.company import NOW, REPORTING, company, write
from tests.world import EVERYTHING

HOSTS = ("www.upwork.com", "*.beeline.com")


@pytest.mark.parametrize(
    ("url", "stays"),
    [
        ("https://www.upwork.com/jobs/~01", True),
        ("https://WWW.upwork.com:443/jobs/~01?a=b#c", True),
        ("https://www.upwork.com", True),
        ("https://acme.eu.beeline.com/x", True),
        ("https://beeline.com/x", False),
        ("https://upwork.com/jobs", False),
        ("https://www.upwork.com.evil.example/", False),
        ("https://www.upwork.com@evil.example/", False),
        ("https://www.upwork.com:8443/", False),
        ("https://evil.example/www.upwork.com", False),
        ("https://evilbeeline.com/", False),
        ("http://www.upwork.com/jobs", False),
        ("javascript:alert(1)", False),
        ("https://www.upwork.com/a b", False),
        ("https://www.upwork.com\\@evil.example", False),
    ],
)
def test_a_link_stays_only_where_its_host_is_on_the_list(tmp_path: Path, url: str, stays: bool) -> None:
    tables = company()
    tables["jobs"][0]["url"] = url
    connection = prepare(duckdb.connect())
    load(connection, write(tmp_path, tables), Silent())
    found = keep_links(connection, HOSTS)
    assert connection.execute("SELECT count(*) FROM raw.jobs WHERE url IS NOT NULL").fetchall() == [(int(stays),)]
    assert [(f.check, f.severity, f.rows) for f in found] == ([] if stays else [("link_host", "I", 1)])


def test_a_link_reaches_the_records_of_jobs_and_contracts(tmp_path: Path) -> None:
    tables = company()
    for kind in ("jobs", "contracts"):
        tables[kind][0]["url"] = f"https://www.upwork.com/{kind}/1"
        tables[kind][1]["url"] = f"https://evil.example/{kind}/1"
    write(tmp_path / "in", tables)
    report = sync(
        tmp_path / "in", tmp_path / "store", reporting=REPORTING, now=NOW, build=facts.build,
        resources=Resources(link_hosts=HOSTS),
    )  # fmt: skip
    assert [f.text for f in report.findings if f.check == "link_host"] == [
        "Links that were left out, as their host is not on the list of link hosts: evil.example (2)"
    ]
    store = Store(tmp_path / "store")
    engine = Engine(store)
    for rows, metric in (("job", "jobs_posted"), ("contract", "contracts")):
        query = from_json({"metrics": [metric], "rows": rows, "time": {"from": None, "to": "2026-11-21"}})
        answer = engine.ask(query, EVERYTHING, today=NOW.date())
        assert f"https://www.upwork.com/{rows}s/1" in str(answer.rows)
        assert "evil.example" not in str(answer.rows)
    engine.close()
    store.close()
