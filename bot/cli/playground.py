"""Starts Microsoft's local Teams-like client against a running local bot, as one of the sample people, on loopback only.

The Microsoft 365 Agents Playground is pre-release software under Microsoft's own licence, for evaluation only. It is no
part of this project: whoever runs this fetches it from npm into .e2e/, and nothing here depends on it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics.errors import DataError
from bot.cli.show import ERR, OUT, told
from bot.sample_people import SamplePerson, sample_people
from bot.settings import SAMPLE_TENANT

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HOME = ROOT / ".e2e"
PACKAGE = "@microsoft/m365agentsplayground"
VERSION = "0.2.28"
FORMAT = "0.1.0"  # of the client's configuration file; has nothing to do with any release
PORT = 56150
LICENCE = "Microsoft 365 Agents Playground: Microsoft pre-release licence terms, for evaluation only."
STRANGER = {
    "id": "user-stranger",
    "name": "Robin Visitor",
    "userPrincipleName": "robin.visitor@elsewhere.example",
    "aadObjectId": "99999999-9999-4999-8999-999999999999",
    "givenName": "Robin",
    "surname": "Visitor",
    "email": "robin.visitor@elsewhere.example",
}


def client_config(people: dict[str, SamplePerson], who: str) -> dict[str, Any]:
    """The client's configuration: one current user and exactly five others, one of whom no directory knows."""
    others = [_user(p) for key, p in people.items() if key != who]
    channel = {"id": "19:digest@thread.tacv2", "name": "Weekly Digest"}
    team = {"id": "19:program@thread.tacv2", "name": "Freelance Program", "channels": [channel]}
    return {
        "version": FORMAT,
        "tenantId": SAMPLE_TENANT,
        "bot": {"id": "28:22222222-2222-2222-2222-222222222222", "name": "Freelance Insights"},
        "currentUser": _user(people[who]),
        "users": [*others, STRANGER],
        "personalChat": {"id": f"personal-{who}"},
        "groupChat": {"id": "group-chat", "name": "Freelance group"},
        "team": {**team, "aadGroupId": "bbbbbbbb-0000-4000-8000-000000000001"},
    }


def _user(person: SamplePerson) -> dict[str, str]:
    given, _, family = person.name.partition(" ")
    return {
        "id": f"user-{person.key}",
        "name": person.name,
        # Spelt as the client wants it.
        "userPrincipleName": person.upn,
        "aadObjectId": person.entra_id,
        "givenName": given,
        "surname": family or given,
        "email": person.upn,
    }


def installed(version: str = VERSION) -> Path:
    """The client's start script, fetched from npm where it is not there yet. Raises DataError saying what is missing."""
    script = HOME / "node_modules" / PACKAGE / "cli.js"
    found = HOME / "node_modules" / PACKAGE / "package.json"
    if script.is_file() and json.loads(found.read_text(encoding="utf-8")).get("version") == version:
        return script
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise DataError(f"{tool} is missing. Install Node.js 20 or newer to use the Teams-like client.")
    ERR.print(f"Fetching {PACKAGE} {version} into {HOME.name}/ ...", highlight=False)
    wanted = ["npm", "install", "--prefix", str(HOME), "--no-audit", "--no-fund", f"{PACKAGE}@{version}"]
    done = subprocess.run(wanted, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    if done.returncode or not script.is_file():
        raise DataError(f"npm could not fetch {PACKAGE}: {done.stderr.strip()[-400:]}")
    return script


def start(script: Path, config: Path, bot: str, port: int, folder: Path) -> subprocess.Popen[bytes]:
    """The client as a process of its own in `folder`; its console goes to playground.log there."""
    environ = {
        **os.environ,
        "TEAMS_APP_TEST_TOOL_CONFIG_PATH": str(config),
        "APPLICATION_INSIGHTS_NO_STATSBEAT": "true",
        "LOOPBACK_LOG": str(folder / "network.log"),
        "NODE_OPTIONS": f"--require {HERE / 'loopback_only.js'}",
    }
    command = ["node", str(script), "start", "-e", bot, "-c", "msteams", "-p", str(port), "--disable-telemetry"]
    with (folder / "playground.log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)  # noqa: S603 - a fixed command


def wait_until_ready(port: int, user: str, process: subprocess.Popen[bytes], folder: Path, seconds: float = 30) -> None:
    """Until the client has read its configuration. Raises DataError with the end of its log where it does not come up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_internal/v1/config", timeout=2) as answer:
                if user.encode() in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise DataError(f"The client did not start: {''.join(_tail(folder))}")


def _tail(folder: Path) -> Iterator[str]:
    for name in ("playground.log", "devTools/m365agentsplayground.log"):
        file = folder / name
        if file.is_file():
            yield file.read_text(encoding="utf-8", errors="replace")[-600:]


def free_port(wanted: int) -> int:
    """The wanted loopback port, or any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DataError("No free port on this machine.")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the client and wait for it."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _bot_answers(port: int) -> None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=3):
            return
    except OSError:
        raise DataError(f"No bot answers on port {port}. Start it first, in another terminal: make run") from None


def main(
    who: Annotated[str, typer.Option("--as", help="lead, program, manager, small or employee.")] = "lead",
    bot_port: Annotated[int, typer.Option(help="Port of the running bot.")] = 3978,
    version: Annotated[str, typer.Option(help="Version of the client.")] = VERSION,
    files: Annotated[Path, typer.Option(help="Folder of the sample enterprise.")] = Path(".demo/files"),
) -> None:
    """Open the Teams-like client on the running bot as one of the five sample people."""
    with told():
        people = sample_people(files)
        if who not in people:
            raise DataError(f"There is no sample person {who!r}. Choose one of {', '.join(people)}.")
        _bot_answers(bot_port)
        script, port = installed(version), free_port(PORT)
        with tempfile.TemporaryDirectory(prefix="playground-") as home:
            folder = Path(home)
            config = folder / "config.yml"
            config.write_text(json.dumps(client_config(people, who)), encoding="utf-8")
            process = start(script, config, f"http://127.0.0.1:{bot_port}/api/messages", port, folder)
            try:
                wait_until_ready(port, f"user-{who}", process, folder)
                person = people[who]
                OUT.print(
                    f"You are [bold]{person.name}[/], {person.title}. Open [bold]http://localhost:{port}[/] in a browser."
                )
                OUT.print(f"[dim]{LICENCE} Ctrl+C stops it.[/]")
                signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
                process.wait()
            except KeyboardInterrupt:
                pass
            finally:
                stop(process)


if __name__ == "__main__":
    typer.run(main)
