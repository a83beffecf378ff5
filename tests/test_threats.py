"""The page of threats names the tests that prove it; each of them is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
TEST = re.compile(r"(long: )?`(tests/[\w/]+\.py)::(\w+)`")


@cache
def functions(path: str) -> dict[str, bool]:
    """Tests of a file by name, and whether they run under `make proof` only."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {one.name: any("mark.proof" in ast.unparse(mark) for mark in one.decorator_list) for one in found}


def lines() -> list[str]:
    """Every line of the tables."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    return [line for line in rows if not line.startswith("| what may happen |")]


def test_every_test_that_is_named_exists() -> None:
    named = [(path, name) for _, path, name in TEST.findall(PAGE)]
    assert len(named) > 80
    missing = [f"{path}::{name}" for path, name in named if not (ROOT / path).is_file() or name not in functions(path)]
    assert missing == []


def test_every_line_is_proven_also_by_a_test_that_always_runs() -> None:
    unproven = [line for line in lines() if all(long for long, _, _ in TEST.findall(line))]
    assert unproven == []
    assert len(lines()) > 50


def test_what_is_called_long_is_and_nothing_else() -> None:
    wrong = [name for long, path, name in TEST.findall(PAGE) if functions(path)[name] is not bool(long)]
    assert wrong == []
