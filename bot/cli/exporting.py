"""The command that writes the whole star schema for Power BI, or the measures as DAX text."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analytics.export.measures import dax
from analytics.export.star import Written, write_star
from bot.cli.data import open_engine, store_folder
from bot.cli.show import OUT, Bars, told
from bot.settings import settings_or_exit


class Form(StrEnum):
    """How tables are written."""

    parquet = "parquet"
    csv = "csv"


def export(
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to, readable by you alone.")] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help="Folder of import files, or of data versions; the data directory of the settings where left out.",
        ),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="parquet keeps types; csv opens everywhere.")] = Form.parquet,
    without_names: Annotated[
        bool, typer.Option("--without-names", help="People as marks that differ in every export; no titles, no links.")
    ] = False,
    measures: Annotated[bool, typer.Option("--dax", help="Print the measures as DAX text and stop.")] = False,
    config: Annotated[Path | None, typer.Option(help="File of settings.")] = None,
) -> None:
    """Write all facts, dimensions and a calendar for Power BI: everything there is, for the program's own analysts."""
    if measures:
        sys.stdout.write(dax())
        return
    if out is None:
        raise typer.BadParameter("Say where to: --out DIR.", param_hint="--out")
    settings = settings_or_exit(os.environ, config, serving=False)
    with told():
        with Bars() as bars:
            folder = store_folder(data, settings, datetime.now(UTC), bars)
        with open_engine(folder) as engine, engine.store.lease() as lease:
            written = write_star(lease, out, form.value, names=not without_names)
    OUT.print(_told(written, out), highlight=False)


def _told(written: list[Written], out: Path) -> str:
    return f"{len(written)} tables, {sum(one.rows for one in written):,} rows written to {out}"
