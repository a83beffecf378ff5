"""The command that writes the Teams app package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import packaging
from bot.cli.show import OUT, told


def package(  # noqa: PLR0917 - each is an option
    app_id: Annotated[str, typer.Option(envvar="FREELANCE_APP_ID", help="Application (client) id of the bot.")] = "",
    host: Annotated[
        str, typer.Option(envvar="FREELANCE_PUBLIC_URL", help="Public host name of the bot, bot.example.com.")
    ] = "",
    developer: Annotated[str, typer.Option(help="Your company, as people see it in Teams.")] = "",
    website: Annotated[str, typer.Option(help="A page of your company about the app.")] = "",
    privacy: Annotated[str, typer.Option(help="Its privacy statement; the website where left out.")] = "",
    terms: Annotated[str, typer.Option(help="Its terms of use; the website where left out.")] = "",
    name: Annotated[str, typer.Option(help="Name of the app, where it is to be another.")] = "",
    tenant: Annotated[str, typer.Option(envvar="FREELANCE_APP_TENANT", help="Tenant it is uploaded to.")] = "",
    version_of_manifest: Annotated[str, typer.Option(help="Higher with each upload.")] = "1.0.0",
    schema: Annotated[str, typer.Option(help=f"Of the manifest: {', '.join(packaging.SCHEMAS)}.")] = "1.22",
    out: Annotated[Path, typer.Option("--out", help="The zip file to write.")] = Path("freelance-insights.zip"),
) -> None:
    """Write the Teams app package; asks for what is missing, and checks the manifest against Microsoft's schema."""
    given = {"app_id": app_id, "host": host, "developer": developer, "website": website, "privacy": privacy}
    given |= {"terms": terms, "name": name, "tenant": tenant, "version": version_of_manifest, "schema": schema}
    with told():
        app = packaging.asked_for(given)
        packaging.write(app, out)
    for line in packaging.next_steps(app, out):
        OUT.print(line, markup=False, highlight=False, soft_wrap=True)
