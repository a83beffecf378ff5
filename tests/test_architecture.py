"""The architecture as a test: imports point down, libraries live in their places, files and functions stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("analytics", "cards", "bot", "app")
MOST_LINES = 400
MOST_FUNCTION_LINES = 50

# What cards may know of the analytics layer: its nouns, its declarations and its calendar.
CARDS_MAY_SEE = (
    "analytics.model",
    "analytics.catalogue",
    "analytics.query",
    "analytics.errors",
    "analytics.periods",
    "analytics.notes",
    "analytics.currencies",
)

# Top-level package -> the only files (or folders) that may import it.
LIBRARIES = {
    "botbuilder": ("bot/delivery/host.py",),
    "botframework": ("bot/delivery/host.py",),
    "msal": ("bot/delivery/tokens.py",),
    "sqlalchemy": ("bot/state", "bot/migrations"),
    "alembic": ("bot/state", "bot/migrations"),
    "duckdb": ("analytics/store.py", "analytics/sync.py", "analytics/importing/", "analytics/quality/"),
    "sqlglot": ("analytics/compile/",),
    "pandas": ("analytics/",),
    "numpy": ("analytics/",),
    "pyarrow": ("analytics/",),
    "openpyxl": ("analytics/export/workbook.py",),
    "matplotlib": ("cards/pictures.py", "cards/review/sheet.py"),
    "pptx": ("cards/review/deck.py",),
    "adaptivecards": ("cards/",),
    "prometheus_client": ("bot/telemetry/metrics.py",),
    "opentelemetry": ("bot/telemetry/tracing.py",),
    "rapidfuzz": ("analytics/errors.py", "bot/understanding/"),
}

# Seams only for types: a class named in an annotation is no use of its library.
FILES = [
    path for folder in ("analytics", "cards", "bot", "manifest") for path in sorted((ROOT / folder).rglob("*.py"))
] + [ROOT / "app.py"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every absolute module imported at run time, with its line; imports for types alone are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typed:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((_imported(node.module, alias.name), node.lineno) for alias in node.names)


def _imported(module: str, name: str) -> str:
    """The module that `from module import name` means: a module inside the package, or the package itself."""
    inside = ROOT / module.replace(".", "/")
    return f"{module}.{name}" if (inside / f"{name}.py").exists() or (inside / name).is_dir() else module


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_point_down(path: Path) -> None:
    own = LAYERS.index(name_of(path).split("/")[0].removesuffix(".py")) if "manifest" not in name_of(path) else 2
    for module, line in imports(path):
        layer = module.split(".")[0]
        if layer in LAYERS:
            assert LAYERS.index(layer) <= own, f"{name_of(path)}:{line} imports {module}, which lies above it"


@pytest.mark.parametrize("path", [p for p in FILES if name_of(p).startswith("cards/")], ids=name_of)
def test_cards_see_only_nouns_declarations_and_the_calendar(path: Path) -> None:
    for module, line in imports(path):
        if module.startswith("analytics."):
            assert module.startswith(CARDS_MAY_SEE), f"{name_of(path)}:{line} imports {module}, which computes"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_library_lives_in_its_place(path: Path) -> None:
    for module, line in imports(path):
        homes = LIBRARIES.get(module.split(".")[0])
        if homes:
            assert name_of(path).startswith(homes), f"{name_of(path)}:{line} imports {module}, which lives in {homes}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_says_what_it_is_for_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES, (
        f"{name_of(path)} has grown too long: make it two files with better names"
    )
    if "migrations" not in name_of(path):
        assert ast.get_docstring(ast.parse(text)), f"{name_of(path)} does not say what it is for"


@pytest.mark.parametrize("path", [p for p in FILES if "migrations" not in name_of(p)], ids=name_of)
def test_functions_stay_small(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MOST_FUNCTION_LINES, f"{name_of(path)}:{node.lineno} {node.name} has {length} lines"


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {_module(path): {m for m, _ in imports(path)} for path in FILES}
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join((*above, module))
        if module in done or module not in graph:
            return
        for below in graph[module]:
            visit(below, (*above, module))
        done.add(module)

    for module in graph:
        visit(module, ())


def _module(path: Path) -> str:
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
