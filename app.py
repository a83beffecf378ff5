"""Freelance Insights: the command line. Reads settings, puts the parts together, and says what to do when something is missing."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from analytics import sample as sample_enterprise
from analytics.importing.quarantine import export_quarantine
from analytics.mapping import unmapped as unmapped_values
from bot import loops, server
from bot.bootstrap import open_bot
from bot.cli import checking, persons, syncing
from bot.cli import demo as first_minute
from bot.cli.asking import ask as ask_question
from bot.cli.auditing import AuditForm, audited, written
from bot.cli.checking_setup import tell_setup
from bot.cli.connecting import connect as connect_upwork
from bot.cli.data import open_engine, store_folder
from bot.cli.exporting import export as export_tables
from bot.cli.interpreting import interpret_lines
from bot.cli.package import package
from bot.cli.show import ERR, OUT, Bars, sync_summary, taken_closing, told, unmapped_table
from bot.settings import settings_or_exit
from bot.telemetry import logs
from bot.telemetry.tracing import tracing
from bot.version import VERSION
from cards.terminal import show

cli = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
cli.command()(package)

DATA = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Folder of import files, or of data versions; the data directory of the settings where left out."
    ),
]


def _now() -> datetime:
    return datetime.now(UTC)


def _tell_version(wanted: bool) -> None:
    if wanted:
        OUT.print(f"Freelance Insights {VERSION}", highlight=False)
        raise typer.Exit


@cli.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Freelance Insights: answers about a freelance program, in Microsoft Teams."""


@cli.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the sample enterprise and its data are kept.")] = Path(".demo"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the bot.")] = 3978,
    once: Annotated[bool, typer.Option("--once", help="Stop after the three cards.")] = False,
) -> None:
    """Make a sample enterprise, start a local bot on it, and show three of its cards."""
    logs.configure("warning", "text", sys.stderr)  # cards are what is to be seen here
    with told():
        first_minute.demo(folder, port, _now, once=once)


@cli.command()
def serve(
    local: Annotated[bool, typer.Option("--local", help="Unsigned messages from this machine only.")] = False,
    config: Annotated[Path | None, typer.Option(help="File of settings; the environment goes before it.")] = None,
) -> None:
    """Run the bot for Teams; refuses to start while anything is missing, and lists all of it."""
    settings = settings_or_exit(os.environ, config, local=local)

    async def run() -> None:
        async with open_bot(settings, _now) as app:
            say = f"Freelance Insights listens on {settings.host}"
            await server.serve(
                app,
                settings.host,
                settings.port,
                listening=lambda port: ERR.print(f"{say}:{port}", highlight=False),
                notice_seconds=settings.notice_seconds,
            )

    logs.configure(settings.log_level, settings.log_format)
    with told(), tracing(settings.trace):
        try:
            loops.run(run())
        except OSError as error:
            ERR.print(
                f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Set FREELANCE_PORT, or stop what uses it.",
                highlight=False,
            )
            raise typer.Exit(1) from None


@cli.command()
def sample(
    out: Annotated[Path, typer.Option("--out", help="Folder to write the files to.")],
    until: Annotated[str, typer.Option(help="Last day of the story (YYYY-MM-DD); yesterday where left out.")] = "",
    employees: Annotated[int, typer.Option(help="How many employees.")] = 100_000,
    teams: Annotated[int, typer.Option(help="How many teams.")] = 600,
    seed: Annotated[int, typer.Option(help="The same seed makes the same files.")] = 7,
) -> None:
    """Write the sample enterprise as import files, and beside them the truth its generator knows."""
    last = date.fromisoformat(until) if until else first_minute.yesterday_of(_now())
    with told(), Bars() as bars:
        report = sample_enterprise.write(
            out, until=last, employees=employees, teams=teams, seed=seed, progress=bars.say
        )
        bars.end()
    OUT.print(f"{out}: {report}", highlight=False)


@cli.command()
def sync(
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", help="Folder of import files; where left out, that of the settings and the drop folder."
        ),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="Folder of data versions; the data directory of the settings where left out.")
    ] = None,
    source: Annotated[
        str, typer.Option(help='Ask this source only, or "none"; every source that is set up where left out.')
    ] = "",
    accept_losses: Annotated[
        bool, typer.Option("--accept-losses", help="Publish although files, columns or many rows are gone.")
    ] = False,
    config: Annotated[Path | None, typer.Option(help="File of settings.")] = None,
) -> None:
    """Read import files and what is asked of platforms, check it, publish the next version; a fault leaves the old one.

    Exit code 0: published. 1: not done, the old data stays. 2: wrong settings. 3: published, but somebody has to look.
    """
    settings = settings_or_exit(os.environ, config, serving=False)
    with told():
        with Bars() as bars:
            wanted = {"source": source, "store": store, "accept_losses": accept_losses}
            taken = syncing.sync_or_take(data, settings, _now, bars, time.sleep, **wanted)
        if taken.report:
            OUT.print(sync_summary(taken.report))
        for line in taken_closing(taken):
            OUT.print(line, markup=False, highlight=False)
    raise typer.Exit(syncing.outcome_of(taken).code)


@cli.command()
def connect(config: Annotated[Path | None, typer.Option(help="File of settings.")] = None) -> None:
    """Let the bot read Upwork: shows the page on which somebody agrees, and keeps the tokens encrypted."""
    settings = settings_or_exit(os.environ, config, serving=False)
    with told():
        asyncio.run(
            connect_upwork(settings, _now, lambda line: OUT.print(line, markup=False, soft_wrap=True), typer.prompt)
        )


@cli.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="A file as it was exported; the whole installation where left out.")
    ] = None,
    profile: Annotated[
        str, typer.Option(help="Its mapping profile: a name, or a TOML file; by the file's name where left out.")
    ] = "",
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Draft a profile for a file nobody has described.")
    ] = False,
    table: Annotated[str, typer.Option(help="With --suggest: the import table its lines feed.")] = "",
    config: Annotated[Path | None, typer.Option(help="File of settings, for the whole installation.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Without a file: ask nobody outside.")] = False,
) -> None:
    """Say everything that is wrong with the installation, and what to do; nothing is changed. Exit code 1: something is.

    With a file: what a sync would read, reject and drop of it, and why. Exit code 1: it would not load.
    """
    if file is None:
        raise typer.Exit(tell_setup(os.environ, config, _now, offline=offline))
    with told():
        if suggest:
            sys.stdout.write(checking.suggest_profile(file, table))
            return
        found = checking.check_file(file, profile)
    if found.tables:
        OUT.print(checking.summary(found))
    for line in checking.lines(found):
        OUT.print(line, markup=False, highlight=False, soft_wrap=True)
    if not found.loads:
        raise typer.Exit(1)


@cli.command()
def quarantine(
    out: Annotated[Path, typer.Option("--out", help="CSV file to write.")],
    data: DATA = None,
    config: Annotated[Path | None, typer.Option(help="File of settings.")] = None,
) -> None:
    """Write the rows that the last sync set aside, each with file, line, column, value and reason."""
    settings = settings_or_exit(os.environ, config, serving=False)
    with told(), open_engine(data or settings.data_dir) as engine, engine.store.lease() as lease:
        OUT.print(f"{export_quarantine(lease.cursor, out):,} rows written to {out}", highlight=False)


@cli.command()
def unmapped(
    data: DATA = None,
    config: Annotated[Path | None, typer.Option(help="File of settings.")] = None,
) -> None:
    """List the teams, categories and people of sources that nobody has mapped, with the spend behind them."""
    settings = settings_or_exit(os.environ, config, serving=False)
    with told(), open_engine(data or settings.data_dir) as engine, engine.store.lease() as lease:
        OUT.print(unmapped_table(unmapped_values(lease.cursor), lease.snapshot.reporting.currency))


person = typer.Typer(no_args_is_help=True, help="Everything about one person: written out, or erased.")
cli.add_typer(person, name="person")
PERSON = Annotated[str, typer.Argument(help="Id of the person in the people or workers file.")]
STORE = Annotated[Path | None, typer.Option(help="Folder of data versions; the data directory where left out.")]


@person.command("export")
def person_export(
    who: PERSON,
    out: Annotated[Path, typer.Option("--out", help="JSON file to write, readable by you alone.")],
    store: STORE = None,
    config: Annotated[Path | None, typer.Option(help="File of settings.")] = None,
) -> None:
    """Write everything that is held about one person: their records, and what the bot remembers of them."""
    settings = settings_or_exit(os.environ, config, serving=False)
    with told():
        rows = asyncio.run(persons.export(who, settings, store or settings.data_dir, _now, out))
    OUT.print(f"{rows:,} rows written to {out}", highlight=False)


@person.command("erase")
def person_erase(
    who: PERSON,
    data: Annotated[Path, typer.Option("--data", help="Folder of import files, to build the new version from.")],
    store: STORE = None,
    config: Annotated[Path | None, typer.Option(help="File of settings.")] = None,
) -> None:
    """Erase one person for good: names and ids go, records go on counting under "Removed person N"."""
    settings = settings_or_exit(os.environ, config, serving=False)
    with told(), Bars() as bars:
        number, forgotten = asyncio.run(persons.erase(who, settings, data, store or settings.data_dir, _now, bars))
    OUT.print(
        f"Erased as Removed person {number}; {sum(forgotten.values())} rows of the bot's memory cleared. Every later sync "
        f"honours it. Your own import files in {data} and your backups are not touched: remove the person there too.",
        highlight=False,
    )


cli.command("export")(export_tables)


@cli.command()
def audit(
    since: Annotated[str, typer.Option(help="First day (YYYY-MM-DD); a week ago where left out.")] = "",
    until: Annotated[str, typer.Option(help="Last day (YYYY-MM-DD); today where left out.")] = "",
    who: Annotated[str, typer.Option(help="Entra object id of one person, or a mark from this list.")] = "",
    outcome: Annotated[str, typer.Option(help="Only this outcome, for instance refused.")] = "",
    form: Annotated[AuditForm, typer.Option("--format", help="How to write it.")] = AuditForm.table,
    config: Annotated[Path | None, typer.Option(help="File of settings.")] = None,
) -> None:
    """List what was asked: who (as a mark), where, the query, the scope, the outcome, records used, milliseconds."""
    settings = settings_or_exit(os.environ, config, serving=False)
    with told():
        found = asyncio.run(audited(settings, _now, since=since, until=until, who=who, outcome=outcome))
        sys.stdout.write(written(found, form.value))


@cli.command()
def ask(
    question: Annotated[str, typer.Argument(help='For instance "spend by team last quarter".')],
    upn: Annotated[
        str | None,
        typer.Option("--as", help="User principal name of whoever asks; everything is in view where left out."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the query, the answer and the card as JSON.")] = False,
    data: DATA = None,
    config: Annotated[Path | None, typer.Option(help="File of settings.")] = None,
) -> None:
    """Answer one question exactly as in Teams."""
    settings = settings_or_exit(os.environ, config, serving=False)
    with told():
        with Bars() as bars:
            folder = store_folder(data, settings, _now(), bars)
        with open_engine(folder, settings.targets_file) as engine:
            asked = asyncio.run(ask_question(question, engine, settings, _now, upn))
    if as_json:
        sys.stdout.write(json.dumps(asked.to_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        show(asked.card, OUT)


@cli.command()
def interpret(
    data: DATA = None,
    vocabulary: Annotated[
        Path | None, typer.Option(help="JSON file of names, to read questions without any data.")
    ] = None,
    today: Annotated[str, typer.Option(help="The day it is for every question (YYYY-MM-DD).")] = "",
    config: Annotated[Path | None, typer.Option(help="File of settings.")] = None,
) -> None:
    """Read questions as JSON lines from standard input, write how each is understood, one JSON line each."""
    settings = settings_or_exit(os.environ, config, serving=False)
    day = date.fromisoformat(today) if today else _now().date()
    with told():
        for line in interpret_lines(sys.stdin, settings, data, vocabulary, day, _now()):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    cli()
