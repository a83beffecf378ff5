"""Settings: what is missing, wrong or misspelt is said all at once, and nothing starts half-closed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from analytics.errors import SettingsError
from bot.delivery.pace import Window
from bot.settings import SAMPLE_TENANT, SETTINGS, Settings, read_settings
from bot.settings_checks import PARSERS

GOOD = {
    "FREELANCE_APP_ID": "22222222-2222-2222-2222-222222222222",
    "FREELANCE_APP_TENANT": "33333333-3333-3333-3333-333333333333",
    "FREELANCE_APP_SECRET": "canary-secret",
    "FREELANCE_ALLOWED_TENANTS": "33333333-3333-3333-3333-333333333333, 44444444-4444-4444-4444-444444444444",
}


def problems(environ: dict[str, str], file: Path | None = None, **how: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        read_settings(environ, file, **how)
    return raised.value.problems


def test_with_nothing_set_everything_that_is_missing_is_listed() -> None:
    told = "\n".join(problems({}))
    for name in ("FREELANCE_APP_ID", "FREELANCE_APP_TENANT", "FREELANCE_APP_CERTIFICATE", "FREELANCE_ALLOWED_TENANTS"):
        assert name in told


@pytest.mark.parametrize("name", [*GOOD, "FREELANCE_SERVICE_HOSTS"])
def test_each_missing_piece_alone_keeps_the_bot_from_starting(name: str) -> None:
    environ = {
        **GOOD,
        "FREELANCE_SERVICE_HOSTS": "smba.trafficmanager.net",
        name: "," if name.endswith("HOSTS") else " ",
    }
    assert len(problems(environ)) == 1


def test_good_settings_are_read_with_their_types() -> None:
    settings = read_settings({
        **GOOD,
        "FREELANCE_PORT": "8080",
        "FREELANCE_SEND_LIMITS": "7/1, 60/30",
        "FREELANCE_SEND_LIMITS_OVERALL": "none",
        "FREELANCE_PROGRAM_USERS": "lead@contoso.example",
        "FREELANCE_TURN_SECONDS": "2.5",
        "FREELANCE_DATA_DIR": "/var/lib/freelance",
        "HOME": "/root",
    })  # fmt: skip
    assert settings.port == 8080
    assert settings.send_limits == (Window(7, 1), Window(60, 30))
    assert settings.send_limits_overall == ()
    assert settings.program_users == ("lead@contoso.example",)
    assert settings.turn_seconds == 2.5
    assert settings.state_address == "sqlite+aiosqlite:////var/lib/freelance/state.db"
    assert len(settings.allowed_tenants) == 2


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text('port = 1\ncurrency = "CHF"\nsend_limits = ["5/1"]\nprogram_users = ["a@x.example"]\n')
    settings = read_settings({**GOOD, "FREELANCE_PORT": "2", "FREELANCE_CONFIG": str(file)})
    assert (settings.port, settings.currency, settings.send_limits) == (2, "CHF", (Window(5, 1),))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "many", "whole number"),
        ("PORT", "70000", "between 0 and 65535"),
        ("FISCAL_YEAR_START", "13", "month from 1 to 12"),
        ("CURRENCY", "euro", "three capital letters"),
        ("TIME_ZONE", "Berlin", "a zone like"),
        ("TURN_SECONDS", "-1", "above 0"),
        ("TURN_SECONDS", "nan", "above 0"),
        ("SEND_LIMITS", "seven a second", "must read like"),
        ("APP_ID", "my-bot", "must be an id like"),
        ("ALLOWED_TENANTS", "contoso.example", "must be an id like"),
        ("SERVICE_HOSTS", "https://smba.trafficmanager.net/", "plain host name"),
        ("METADATA", "http://login.example/", "must begin with https"),
        ("AUTHORITY", "http://login.example/", "must begin with https"),
        ("CA_FILE", "/no/such/file", "no such file"),
        ("STATE_KEYS", "canary-short-key", "32 bytes"),
        ("APP_CERTIFICATE", "/no/such/file", "Set only one of"),
        ("APP_MANAGED_IDENTITY", "perhaps", "true or false"),
        ("DIRECTORY_MAX_AGE_DAYS", "0", "at least 1"),
    ],
)
def test_what_is_wrong_is_named_and_never_a_secret(name: str, value: str, told: str) -> None:
    said = "\n".join(problems({**GOOD, f"FREELANCE_{name}": value}))
    assert f"FREELANCE_{name}" in said
    assert told in said
    assert "canary" not in said


def test_unknown_names_are_reported_with_what_was_meant(tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text("porrt = 1\n[table]\nx = 1\n")
    said = problems({**GOOD, "FREELANCE_APP_SECRT": "x"}, file)
    assert 'FREELANCE_APP_SECRT is no setting. Did you mean "FREELANCE_APP_SECRET"?' in said
    assert any(one.startswith("porrt in ") and 'Did you mean "port"?' in one for one in said)
    assert any(one.startswith("table in ") for one in said)


def test_a_file_that_cannot_be_read_is_a_problem_like_any_other(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("port = = 1")
    assert "cannot be read" in problems(GOOD, broken)[0]
    assert "cannot be read" in problems(GOOD, tmp_path / "missing.toml")[0]


def test_a_local_bot_needs_nothing_and_lets_in_the_sample_tenant_only() -> None:
    settings = read_settings({}, local=True)
    assert settings.local
    assert settings.allowed_tenants == (SAMPLE_TENANT,)


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"FREELANCE_HOST": "0.0.0.0"}, "listens on this machine only"),  # noqa: S104 - what must be refused
        ({"FREELANCE_HOST": "192.168.1.5"}, "listens on this machine only"),
        ({"FREELANCE_APP_ID": GOOD["FREELANCE_APP_ID"]}, "refuses a real app"),
        ({"FREELANCE_APP_SECRET": "x"}, "uses no credential"),
    ],
)
def test_a_local_bot_refuses_anything_real(environ: dict[str, str], told: str) -> None:
    assert told in "\n".join(problems(environ, local=True))


def test_local_is_no_setting_that_could_be_slipped_in() -> None:
    assert any("FREELANCE_LOCAL is no setting" in one for one in problems({**GOOD, "FREELANCE_LOCAL": "1"}))


def test_every_declaration_can_be_read_and_is_explained() -> None:
    assert {setting.name for setting in SETTINGS} == {field.name for field in fields(Settings)} - {"local"}
    for setting in SETTINGS:
        assert setting.type in PARSERS
        assert setting.help.endswith(".")
        assert setting.variable == f"FREELANCE_{setting.name.upper()}"


def test_no_secret_shows_when_settings_are_printed() -> None:
    keys = Fernet.generate_key().decode()
    settings = read_settings(
        {**GOOD, "FREELANCE_STATE_KEYS": keys, "FREELANCE_STATE_URL": "postgresql+asyncpg://u:canary@h/d"}
    )
    shown = repr(replace(settings))
    assert "canary" not in shown
    assert keys not in shown


@pytest.mark.parametrize("environ", [{}, {"FREELANCE_APP_ID": ""}])
def test_the_process_ends_with_code_2_and_says_what_is_missing(environ: dict[str, str]) -> None:
    code = "import os; from bot.settings import settings_or_exit; settings_or_exit(os.environ); print('started')"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], **environ},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "FREELANCE_APP_ID is missing" in ended.stderr
    assert "FREELANCE_ALLOWED_TENANTS is missing" in ended.stderr
