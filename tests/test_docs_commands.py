"""Every command line that a document shows is run as it stands there, or stands below with the reason why it cannot be."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli
from tests.analytics.company import company, write

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
PYTHON = r"(?:\S*[/\\])?python(?:3\.11)?"
TOLD = re.compile(rf"(?:{PYTHON} (?:app\.py|-m)|make|app\.py) [\w-]")
SHELLS = {"", "sh", "bash", "powershell"}
LOOKS_LIKE_ONE = re.compile(
    rf"(?:[A-Z_]+=\S+ )*(?:echo|{PYTHON}|py|make|app\.py|docker|bash|curl|openssl|umask|cat|useradd|install|cp|systemctl|New-\w+|Test-\w+) "
)
APP = re.compile(rf"(?:echo '(?P<input>[^']+)' \| )?(?:{PYTHON} )?app\.py (?P<words>.+)")
MAKE = re.compile(r"make ([a-z0-9-]+)( .*)?")
MODULE = re.compile(rf"{PYTHON} -m ([\w.]+)(.*)")

LEAD = "grace.lindqvist@contoso.example"
# Words that stand for something of the reader's own, and what they are here.
OWN = {
    "DIR": "data/files", "FILES": "data/files", "FILE": "data/beeline_invoice_2026-09.csv", "P000123": "P2", "/data/files": "data/files",
    "OBJECT-ID": "00000000-0000-4000-8000-000000000003", "somebody@your-company.example": LEAD, "...": "",
}  # fmt: skip
CANNOT = {
    "app.py demo": "makes the company of 100,000 people; tests/e2e run it",
    "app.py serve": "stays up; tests/bot/test_process.py run it",
    "app.py connect": "waits for somebody to agree at Upwork; tests/bot/test_sources.py run it against a stand-in",
    "app.py package": "asks for what it needs; tests/manifest/test_package.py answer it",
    "python -m venv": "makes an environment; make does it on every fresh machine",
    "python -m pip": "installs from a registry; make does it on every fresh machine",
    "py -3.11": "is for Windows",
    "docker": "no container can be built where tests run",
    "useradd": "changes the machine",
    "install -d": "changes the machine",
    "cp deploy": "changes the machine",
    "systemctl": "needs systemd; tests/deploy look at the unit",
    "BOT_HOST=": "needs a tenant; tests/deploy run the script against a stand-in",
    "New-": "needs Exchange Online",
    "Test-": "needs Exchange Online",
}


def commands(page: Path) -> Iterator[str]:
    """Every command line of a page: lines of blocks that begin with a program, and code in a sentence that does."""
    text = page.read_text(encoding="utf-8")
    for language, block in FENCED.findall(text):
        if language in SHELLS:
            lines = block.replace("\\\n", " ").splitlines()
            yield from (" ".join(line.split()) for line in map(str.strip, lines) if LOOKS_LIKE_ONE.match(line))
    for paragraph in re.split(r"\n\s*\n", FENCED.sub("", text)):
        spans = (" ".join(span.split()) for span in SPAN.findall(paragraph))
        yield from (span for span in spans if TOLD.match(span))


SHOWN = sorted({(line, page.relative_to(ROOT).as_posix()) for page in PAGES for line in commands(page)})
LINES = sorted({line for line, _ in SHOWN})


def plain(line: str) -> str:
    """The line without what leads to its program, so that it is the same on every system."""
    found = APP.fullmatch(line)
    return f"app.py {found['words']}" if found else re.sub(rf"^{PYTHON} ", "python ", line)


def reason(line: str) -> str | None:
    """Why a line is not run here; None where it is."""
    return next((why for begins, why in CANNOT.items() if plain(line).startswith(begins)), None)


RUN = [line for line in LINES if reason(line) is None]


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company, synced, where the documents have theirs."""
    home = tmp_path_factory.mktemp("documents")
    rows = company()
    rows["people"][0] |= {"upn": LEAD, "entra_object_id": OWN["OBJECT-ID"]}
    write(home / "data" / "files", rows)
    example = ROOT / "tests/analytics/profiles/files/beeline_invoice_2026-09.csv"
    shutil.copy(example, home / "data")
    shutil.copy(example, home / "export.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        assert CliRunner().invoke(cli, ["sync"]).exit_code in {0, 3}
    (home / ".demo").mkdir()
    (home / ".demo" / "data").symlink_to("../data")
    (home / "settings.toml").write_text(f'data_dir = "{home / "data"}"\n')
    return home


def test_documents_show_command_lines() -> None:
    assert len(RUN) > 20
    assert {"README.md", "docs/install.md", "docs/staffing-files.md"} <= {page for _, page in SHOWN}


def test_what_cannot_be_run_is_still_shown_somewhere() -> None:
    assert [begins for begins in CANNOT if not any(plain(line).startswith(begins) for line in LINES)] == []


@pytest.mark.parametrize("line", [line for line in RUN if APP.fullmatch(line)])
def test_a_command_of_the_bot_runs_as_shown(
    line: str, synced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    shutil.copytree(synced, home, symlinks=True)
    monkeypatch.chdir(home)
    found = APP.fullmatch(line)
    assert found
    words = [OWN.get(word, word) for word in shlex.split(found["words"].partition(" > ")[0])]
    words = [word for word in words if word]
    if words[0] == "check" and words[1:2] in ([], ["--config"]):
        words.append("--offline")
    if words == ["sample", "--out", "data/files"]:
        words += ["--employees", "300", "--teams", "12"]
    done = CliRunner().invoke(cli, words, input=found["input"] or "", env={"FREELANCE_DROP_SECONDS": "0.05"})
    assert done.exit_code in allowed(words), done.output
    assert words[0] != "ask" or "Spend by team" in done.output
    assert not found["input"] or '"kind": "answer"' in done.output


def allowed(words: list[str]) -> set[int]:
    """Exit codes that are no mistake of the document."""
    if words[0] == "check" and words[1].startswith("--"):
        return {1}  # there is no installation to check here
    return {0, 3} if words[0] == "sync" else {0}


@pytest.mark.parametrize("line", [line for line in RUN if MAKE.fullmatch(line)])
def test_a_target_exists(line: str) -> None:
    """What a target does is what tests are run by; that it is there, with what it needs, is asked of make itself."""
    done = subprocess.run(
        ["make", "--dry-run", *shlex.split(line)[1:]], check=False, cwd=ROOT, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", [line for line in RUN if MODULE.fullmatch(line)])
def test_a_module_that_is_run_exists(line: str) -> None:
    """Most of them render a page, which other tests hold equal to what they render."""
    found = MODULE.fullmatch(line)
    assert found
    spec = importlib.util.find_spec(found.group(1))
    assert spec
    assert spec.origin
    assert "__main__" in Path(spec.origin).read_text(encoding="utf-8")


def test_the_certificate_is_made_as_shown(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    (block,) = [
        block for _, block in FENCED.findall((ROOT / "docs/identity.md").read_text("utf-8")) if "umask" in block
    ]
    subprocess.run(["sh", "-ec", block], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    made = (tmp_path / "bot.pem").read_text()
    assert made.index("PRIVATE KEY") < made.index("BEGIN CERTIFICATE")
    assert (tmp_path / "bot.pem").stat().st_mode & 0o077 == 0
    assert not (tmp_path / "key.pem").exists()


def test_nothing_that_is_shown_is_forgotten() -> None:
    certificate = {line for line in RUN if line.startswith(("umask", "openssl", "cat "))}
    others = [line for line in RUN if not any(kind.fullmatch(line) for kind in (APP, MAKE, MODULE))]
    assert sorted(set(others) - certificate) == []
