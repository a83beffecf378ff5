"""A small sample enterprise, a local bot on it as a process of its own, the Teams-like client, and a browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from analytics import facts, sample
from analytics.model import Reporting
from analytics.sync import sync
from bot.cli import playground
from bot.sample_people import SamplePerson, sample_people

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """What a test plays on: addresses, sample people, and the log of refused connections."""

    bot: str
    client: str
    people: dict[str, SamplePerson]
    network: Path

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Ask the client's own interface something."""
        request = urllib.request.Request(
            f"{self.client}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read().decode()
        return json.loads(text) if text.startswith(("{", "[")) else text


def lacking() -> str:
    """What this machine lacks to run these tests; nothing where it lacks nothing."""
    wanted = {"node": shutil.which("node"), "npm": shutil.which("npm"), "Chromium": Path(CHROMIUM).exists()}
    return ", ".join(name for name, found in wanted.items() if not found)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if missing := lacking():
        pytest.skip(f"The real client cannot be driven here: {missing} missing.")
    folder = tmp_path_factory.mktemp("enterprise")
    now = datetime.now(UTC)
    sample.write(
        folder / "files", until=now.date() - timedelta(days=1), employees=2_000, teams=40, progress=lambda _: None
    )
    sync(folder / "files", folder / "data", reporting=Reporting(), now=now, build=facts.build)
    return folder


@pytest.fixture(scope="session")
def stage(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    people = sample_people(data / "files")
    port, folder = playground.free_port(0), tmp_path_factory.mktemp("client")
    environ = {
        **os.environ,
        "FREELANCE_DATA_DIR": str(data / "data"),
        "FREELANCE_PORT": str(port),
        "FREELANCE_PROGRAM_USERS": people["lead"].upn,
    }
    with (folder / "bot.log").open("wb") as log:
        bot = subprocess.Popen(
            [sys.executable, "app.py", "serve", "--local"], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
    client = None
    try:
        _until_answers(f"http://127.0.0.1:{port}/healthz", bot, folder / "bot.log")
        config = folder / "config.yml"
        config.write_text(json.dumps(playground.client_config(people, "lead")), encoding="utf-8")
        client_port = playground.free_port(0)
        address = f"http://127.0.0.1:{port}"
        client = playground.start(playground.installed(), config, f"{address}/api/messages", client_port, folder)
        playground.wait_until_ready(client_port, "user-lead", client, folder)
        yield Stage(address, f"http://127.0.0.1:{client_port}", people, folder / "network.log")
    finally:
        if client is not None:
            playground.stop(client)
        playground.stop(bot)
    if os.environ.get("SHOW_BOT_LOG"):
        print((folder / "bot.log").read_text(encoding="utf-8"))
    refused = folder / "network.log"
    assert not refused.exists() or "BLOCKED" not in refused.read_text(encoding="utf-8")


def _until_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"The bot did not start: {log.read_text(encoding='utf-8')[-800:]}")


@pytest.fixture
async def page(stage: Stage, tmp_path: Path) -> AsyncIterator[Page]:
    async with async_playwright() as driver:
        context = await driver.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS,
            viewport={"width": 1200, "height": 1400},
        )
        opened = await context.new_page()
        await opened.goto(stage.client)
        await opened.get_by_role("button", name="Send Message").wait_for()
        yield opened
        await context.close()
