"""What can be held of image, unit and Azure template without building them, and the image's way of running, by other means."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner

from app import cli
from bot.cli.setup_identity import NEEDED
from bot.settings import SETTINGS, Settings
from bot.version import VERSION
from tests.bot.test_metrics import free_port

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
UNIT = ROOT / "deploy" / "systemd" / "freelance-insights.service"
BICEP = (ROOT / "deploy" / "azure" / "main.bicep").read_text(encoding="utf-8")
ENTRA = ROOT / "deploy" / "entra.sh"
EVERYTHING = [DOCKERFILE, UNIT.read_text(encoding="utf-8"), BICEP, ENTRA.read_text(encoding="utf-8")]
# Stopping takes notice, drain, outbox, what is cut off, connections, and the last spans where nobody takes them; whoever
# stops the bot has to wait for all of it.
NOTICE = 5
STOPPING = NOTICE + Settings().drain_seconds + 5 + 3 + 5 + 10


def test_the_image_is_not_root_and_says_whether_it_is_well() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "/healthz" in last
    assert "STOPSIGNAL SIGTERM" in last
    assert 'ENTRYPOINT ["python", "app.py"]' in last  # no shell in between, which would keep the signal to itself


def test_the_image_has_no_secret_and_takes_pinned_packages_only() -> None:
    assert not re.search(r"^(ENV|ARG).*(SECRET|PASSWORD|KEYS)", DOCKERFILE, re.MULTILINE)
    for name in ("requirements.txt", "requirements-otel.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if line and not line.startswith("#") and "==" not in line] == []
    assert ":latest" not in DOCKERFILE
    assert "--require-hashes -r /src/requirements.lock" in DOCKERFILE


def test_the_lock_holds_every_direct_dependency_with_its_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    direct = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [re.sub(r"\[.*?\]", "", line).lower() for line in direct if line and not line.startswith("#")]
    assert [pin for pin in pins if f"\n{pin} \\\n    --hash=sha256:" not in lock] == [], (
        "make it anew: see its first lines"
    )
    assert "://" not in lock


def test_the_image_holds_what_the_bot_imports_and_reads_and_no_tests() -> None:
    kept = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"app.py", "analytics", "bot", "cards", "manifest", "pyproject.toml"} <= kept
    assert (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()[1] == "*"
    assert not kept & {"tests", "docs", "bench", ".git", "data"}


def test_pictures_in_the_image_have_the_fonts_they_need() -> None:
    assert {"fonts-dejavu-core", "fonts-ipafont-gothic"} <= set(re.findall(r"fonts-[a-z-]+", DOCKERFILE))


@pytest.mark.parametrize(
    ("pattern", "where"),
    [
        (r"--stop-timeout (\d+)", "docs/operation.md"),
        (r"terminationGracePeriodSeconds: (\d+)", "deploy/azure/main.bicep"),
        (r"TimeoutStopSec=(\d+)", "deploy/systemd/freelance-insights.service"),
    ],
)
def test_whoever_stops_the_bot_waits_until_it_has_finished(pattern: str, where: str) -> None:
    told = re.findall(pattern, (ROOT / where).read_text(encoding="utf-8"))
    assert told
    assert all(int(seconds) > STOPPING for seconds in told)


def test_every_setting_that_a_deployment_names_is_one() -> None:
    known = {setting.variable for setting in SETTINGS} | {"FREELANCE_CONFIG"}
    for text in EVERYTHING:
        assert set(re.findall(r"\bFREELANCE_[A-Z_]*[A-Z]\b", text)) <= known


def test_the_unit_is_confined() -> None:
    unit = UNIT.read_text(encoding="utf-8")
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "User=freelance-insights"):
        assert f"\n{line}\n" in unit
    assert "RestartPreventExitStatus=2" in unit


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not there to verify the unit.")
def test_systemd_finds_no_fault_with_the_unit(tmp_path: Path) -> None:
    there = UNIT.read_text(encoding="utf-8").replace("/opt/freelance-insights/.venv/bin/python", sys.executable)
    (tmp_path / UNIT.name).write_text(there, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / UNIT.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_azure_template_hangs_together() -> None:
    code = re.sub(r"^\s*//.*", "", BICEP, flags=re.MULTILINE)
    for one, other in ("{}", "[]", "()"):
        assert code.count(one) == code.count(other)
    declared = set(re.findall(r"^(?:param|var|resource) (\w+)", code, re.MULTILINE))
    bare = re.sub(r"'(?:[^'$]|\$\{[^}]*\}|\$)*'", lambda text: " ".join(re.findall(r"\$\{([^}]*)\}", text[0])), code)
    used = set(re.findall(r"(?<![\w.])(\w+)\.(?:id|name|properties|listKeys)\b", bare))
    assert used - declared == set()
    ends = {"app", "teams", "databaseAdministrator"}
    assert {name for name in declared if len(re.findall(rf"\b{name}\b", code)) < 2} <= ends


def test_the_azure_template_keeps_secrets_in_the_vault_and_the_bot_at_one_replica() -> None:
    assert len(re.findall(r"@secure\(\)", BICEP)) == 3
    assert "minReplicas: 1, maxReplicas: 1" in BICEP
    for name in ("STATE_URL", "STATE_KEYS", "LINK_KEYS"):
        assert re.search(rf"FREELANCE_{name}', secretRef: ", BICEP)
    for path in ("/healthz", "/readyz"):
        assert path in BICEP
    assert "UserAssignedMSI" in BICEP
    assert f"'FREELANCE_NOTICE_SECONDS', value: '{NOTICE}'" in BICEP


def test_what_was_not_tried_says_so() -> None:
    assert [
        text.splitlines()[0] for text in (DOCKERFILE, BICEP, EVERYTHING[-1]) if "not verified" not in text.lower()
    ] == []


def test_the_script_for_entra_is_a_script_and_asks_for_nothing_by_itself() -> None:
    subprocess.run(["bash", "-n", str(ENTRA)], check=True)
    text = ENTRA.read_text(encoding="utf-8")
    assert "AzureADMyOrg" in text
    assert [line for line in text.splitlines() if line.startswith("granted ")] == []
    done = subprocess.run(
        ["bash", str(ENTRA)], capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]}
    )
    assert done.returncode != 0
    assert "BOT_HOST" in done.stderr


def test_every_permission_that_check_knows_is_told_and_can_be_granted() -> None:
    guide = (ROOT / "docs" / "identity.md").read_text(encoding="utf-8")
    for name, settings in NEEDED:
        assert f"| `{name}` |" in guide
        assert f"granted {name}\n" in EVERYTHING[-1]
        assert all(not getattr(Settings(), setting) for setting in settings)  # off by itself


def test_the_version_is_told_and_is_the_one_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    done = CliRunner().invoke(cli, ["--version"])
    assert (done.exit_code, done.output.strip()) == (0, f"Freelance Insights {project['project']['version']}")
    assert VERSION in done.output


async def said(session: aiohttp.ClientSession, port: int, path: str) -> int:
    async with session.get(f"http://127.0.0.1:{port}/{path}") as answer:
        return answer.status


async def test_the_bot_runs_from_code_nobody_may_write_and_ends_gently(tmp_path: Path) -> None:
    """As in the image: only what .dockerignore lets in, read-only, with a data folder and a temporary one."""
    code, data = tmp_path / "app", tmp_path / "data"
    for name in ("analytics", "bot", "cards", "manifest"):
        shutil.copytree(ROOT / name, code / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "pyproject.toml"):
        shutil.copy(ROOT / name, code / name)
    before = sorted(path.relative_to(code) for path in code.rglob("*"))
    for path in [code, *code.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1",
        "MPLCONFIGDIR": str(tmp_path / "mpl"), "FREELANCE_DATA_DIR": str(data), "FREELANCE_PORT": str(port),
        "FREELANCE_NOTICE_SECONDS": "2",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        "serve",
        "--local",
        cwd=code,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(90), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/readyz") as ready:
                        assert ready.status == 200
                        break
                except aiohttp.ClientConnectionError:
                    assert process.returncode is None, (await process.communicate())[1].decode()
                    await asyncio.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10), aiohttp.ClientSession() as session:
            while (await said(session, port, "readyz")) != 503:
                await asyncio.sleep(0.05)
            assert (await said(session, port, "healthz")) == 200  # not ready, but well: nobody is to kill it
        await asyncio.wait_for(process.communicate(), 30)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    assert sorted(path.relative_to(code) for path in code.rglob("*")) == before
    assert {path.name for path in data.iterdir()} >= {"state.db"}
