"""Alerts and the dashboard ask only for metrics there are, and the runbook says what to do for each alert."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.telemetry.metrics import page
from tests.bot.test_metrics import full

ROOT = Path(__file__).parents[2]
ALERTS = (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8")
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "dashboard.json").read_text(encoding="utf-8"))
METRIC = re.compile(r"\b(?:freelance|process)_[a-z_]+\b")


def exposed() -> dict[str, set[str]]:
    """Every name on the page with everything there is, and its labels."""
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(page(full()).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def alerts() -> dict[str, str]:
    """The expression of each alert, by its name."""
    return dict(re.findall(r"- alert: (\w+)\n\s+expr: (.+)\n", ALERTS))


def asked() -> list[str]:
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


@pytest.mark.parametrize("where", ["alerts", "dashboard", "runbook"])
def test_every_metric_that_is_asked_for_is_exposed(where: str) -> None:
    texts = {"alerts": list(alerts().values()), "dashboard": asked(), "runbook": [RUNBOOK]}[where]
    names = {name for text in texts for name in METRIC.findall(text)}
    assert names
    assert names - exposed().keys() == set()


def test_every_label_that_is_asked_for_is_one_of_its_metric() -> None:
    known = exposed()
    for expression in [*alerts().values(), *asked()]:
        for name, labels in re.findall(r"\b(freelance_[a-z_]+)\{([^}]*)\}", expression):
            assert set(re.findall(r"(\w+)[=!]", labels)) <= known[name], expression
        for label in re.findall(r"by \((\w+)\)", expression):
            assert any(label in labels for labels in known.values()), expression


def test_every_metric_of_the_bot_is_on_the_dashboard() -> None:
    seen = {name for text in asked() for name in METRIC.findall(text)}
    own = {name.removesuffix("_bucket") for name in exposed() if name.startswith("freelance_")}
    parts = ("_created", "_count", "_sum")
    missing = {name for name in own if not name.endswith(parts)} - {one.removesuffix("_bucket") for one in seen}
    assert missing == set()


def test_the_runbook_says_of_every_alert_what_to_do_and_of_none_that_is_gone() -> None:
    chapters = re.findall(r"^## (\w+)$", RUNBOOK, re.MULTILINE)
    assert sorted(chapters) == sorted(alerts())


def test_an_alert_that_pages_is_in_the_list_of_those() -> None:
    paging = {one.split()[0] for one in ALERTS.split("- alert: ")[1:] if "severity: page" in one}
    listed = next(line for line in RUNBOOK.splitlines() if line.startswith("| BotDown"))
    assert {name.strip() for name in listed.split("|")[1].split(",")} == paging


def test_every_alert_says_what_is_the_matter() -> None:
    assert len(re.findall(r"- alert:", ALERTS)) == len(alerts()) == len(re.findall(r'summary: "[^"]+\."', ALERTS))


def test_the_dashboard_is_whole() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places) == len({panel["id"] for panel in DASHBOARD["panels"]})
