"""What the command line shows: progress while something takes time, errors people can act on, tables of what was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from analytics.errors import InsightsError, SettingsError
from cards import formats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import TaskID

    from analytics.drop import Taken
    from analytics.mapping import Unmapped
    from analytics.sync import SyncReport

OUT = Console()
ERR = Console(stderr=True)


class Bars:
    """Sync stages as progress bars on stderr; plain lines where nobody watches."""

    def __init__(self) -> None:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=ERR, transient=True)
        self._task: TaskID | None = None
        self._label = ""

    def __enter__(self) -> Self:
        """Start drawing."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop drawing."""
        self._progress.stop()

    def begin(self, label: str, total: int | None = None) -> None:
        """A stage begins."""
        self._label = label
        self._task = self._progress.add_task(label, total=total, note="")
        if not ERR.is_terminal:
            ERR.print(f"{label} ...")

    def advance(self, amount: int, note: str = "") -> None:
        """So much of it is done."""
        if self._task is not None:
            self._progress.update(self._task, advance=amount, note=note)

    def end(self) -> None:
        """The stage is over."""
        if self._task is not None:
            self._progress.update(self._task, total=1, completed=1, note="")
            self._task = None

    def say(self, line: str) -> None:
        """A stage without measure, for work that only tells what it is doing."""
        self.end()
        self.begin(line)


@contextmanager
def told() -> Iterator[None]:
    """Turn errors raised on purpose into words and exit code 1 (2 for settings)."""
    try:
        yield
    except SettingsError as error:
        ERR.print("[bold red]The settings are not complete:[/]")
        for problem in error.problems:
            ERR.print(f"  - {problem}", markup=False, highlight=False)
        raise typer.Exit(2) from None
    except InsightsError as error:
        ERR.print("[bold red]Not done.[/]")
        ERR.print(str(error), markup=False, highlight=False)
        raise typer.Exit(1) from None


def sync_summary(report: SyncReport) -> Table:
    """Per file and table: rows read, loaded, quarantined, and dropped by the rules of a profile."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("file")
    for name in ("read", "loaded", "quarantined", "dropped"):
        table.add_column(name, justify="right")
    for run in report.tables:
        counts = (run.read, run.loaded, run.quarantined, run.dropped)
        name = run.file if run.file == f"{run.table}.csv" else f"{run.file} > {run.table}"
        table.add_row(escape(name), *(f"{n:,}" for n in counts), style="yellow" if run.quarantined else "")
    total = (report.read, report.loaded, report.quarantined, report.dropped)
    table.add_row("[bold]total", *(f"[bold]{n:,}" for n in total))
    return table


def sync_closing(report: SyncReport) -> Iterator[str]:
    """What to say below the table."""
    yield f"Version {report.version} is current: {report.loaded:,} rows in {report.seconds:.1f} s ({report.rows_per_second:,.0f} rows/s)."
    if report.quarantined:
        yield f"{report.quarantined:,} rows were set aside with their reason: python app.py quarantine --out rejected.csv"
    for finding in report.findings:
        if finding.severity != "I":
            yield f"{'Error' if finding.severity == 'E' else 'Warning'}: {finding.text}"


def taken_closing(taken: Taken) -> Iterator[str]:
    """What to say below the table: the sync, and the files that arrived."""
    if taken.report:
        yield from sync_closing(taken.report)
    for name in taken.used:
        yield f"Taken in: {name}"
    for one in taken.refused:
        yield f"Refused, with its reason beside it: {one.path.name}: {one.reason}"
    if taken.waiting:
        yield f"Still waiting: {', '.join(taken.waiting)}"
    if taken.error:
        yield f"Not done. {taken.error}"


def unmapped_table(found: Sequence[Unmapped], currency: str) -> Table:
    """Every value with its rows and its spend, most spend first."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("dimension", "value", "in"):
        table.add_column(name)
    for name in ("rows", "spend"):
        table.add_column(name, justify="right")
    for one in found:
        said = f"{one.value} ({one.name})" if one.name and one.name != one.value else one.value
        spend = formats.shown(one.amount, "money", "en_US", currency)
        table.add_row(one.dimension, escape(said), ", ".join(one.tables), f"{one.rows:,}", spend)
    return table


__all__ = ["ERR", "OUT", "Bars", "sync_closing", "sync_summary", "taken_closing", "told", "unmapped_table"]
