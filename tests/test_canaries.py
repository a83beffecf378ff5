"""The search for canaries can find: a run in which each kind of output leaks has every one of these tests red, and only these."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.canaries import Words

ROOT = Path(__file__).parents[1]

# Each test plants what the fixtures of real tests plant, and lets it out by one way; those called "good" let nothing out.
LEAKS = """
import asyncio, io, logging, subprocess, sys
import pytest, structlog
from typer.testing import CliRunner
import typer
from bot.telemetry import logs
from bot.settings import Settings
from tests.canaries import NOW

SECRET = "canary-of-a-secret-77ab"
NAME = "Anabela Canary-Fontoura"

@pytest.fixture(autouse=True)
def planted():
    Settings(app_secret=SECRET, state_url="postgresql+asyncpg://bot:canary-of-a-password@127.0.0.1/state")
    NOW.person(NAME, "spend of the secret team")

def test_output(): print("hello", NAME)
def test_errors(): print(SECRET, file=sys.stderr)
def test_sentence(): print("asked: SPEND of the secret team")
def test_log(): structlog.get_logger().info("turn", user=NAME)
def test_log_of_its_own():
    logs.configure("info", "json", io.StringIO())
    structlog.get_logger().info("turn", user=NAME)
    structlog.reset_defaults()
def test_library(): logging.getLogger("aiohttp").error("it is " + NAME + " %s", "x")
def test_password(): print("canary-of-a-password")
def test_as_an_address(): print("GET /x?who=Anabela%20Canary-Fontoura")
def test_child(): subprocess.run([sys.executable, "-c", f"print({NAME!r})"], capture_output=True)
def test_child_unread(): subprocess.run([sys.executable, "-c", f"print({NAME!r})"])
def test_child_of_a_loop():
    async def run():
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", f"print({SECRET!r})", stdout=-1)
        await child.communicate()
    asyncio.run(run())
def test_environment_of_a_child():
    subprocess.run([sys.executable, "-c", "import os; print(os.environ['FREELANCE_PRIVACY_KEY'])"], capture_output=True,
                   env={"FREELANCE_PRIVACY_KEY": "canary-in-the-environment"})
def test_read(capfd):
    print(NAME)
    capfd.readouterr()
def test_unread(capsys): print(NAME)
def test_command():
    app = typer.Typer()
    app.command()(lambda: print(NAME))
    CliRunner().invoke(app, [])
def test_exception():
    with pytest.raises(ValueError): raise ValueError(SECRET)
def test_body(): NOW.hear("error body", SECRET)
@pytest.mark.names_people("a command that lists them")
def test_leave_is_none_for_secrets(): print(SECRET)
@pytest.mark.names_people
def test_leave_without_a_reason(): pass
def test_in_pieces(): NOW.hear("pipe", "canary-of-"); NOW.hear("pipe", "a-secret-77ab")

@pytest.mark.names_people("a command that lists them")
def test_good_leave(): print(NAME)
def test_good_library(): logging.getLogger("aiohttp").error("it is %s", NAME)
def test_good_exception():
    with pytest.raises(ValueError): raise ValueError("no team " + NAME)
def test_good_other_words(): print("spend of the secret teams, Anabela Canary-Fontouras")
"""


def test_every_way_out_is_searched_and_what_leaks_fails_by_name(tmp_path: Path) -> None:
    (tmp_path / "test_leaks.py").write_text(LEAKS, encoding="utf-8")
    (tmp_path / "none.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.watching", "-p", "no:cacheprovider", "-q", "-rE"]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), "-c", str(tmp_path / "none.ini"), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    planned = set(re.findall(r"def (test_\w+)", LEAKS))
    red = set(re.findall(r"^ERROR \S*::(test_\w+)", done.stdout, re.MULTILINE))
    assert done.returncode == 1, done.stdout[-2_000:] + done.stderr
    assert red == {name for name in planned if "good" not in name}, done.stdout[-2_000:]
    assert "test_leaks.py::test_child leaks" in done.stdout
    assert "the setting app_secret stands in" in done.stdout


@pytest.mark.parametrize("said", ["ana SILVA-Reis was here", '{"user": "Ana Silva-Reis"}', "who=Ana%20Silva-Reis&x"])
def test_a_name_is_found_whatever_the_case_and_the_way_it_is_written(said: str) -> None:
    assert Words(["Ana Silva-Reis"]).found(said)


@pytest.mark.parametrize("said", ["Ana Silva-Reisen", "Ana and Silva-Reis", ""])
def test_other_words_are_no_name(said: str) -> None:
    assert not Words(["Ana Silva-Reis"]).found(said)
