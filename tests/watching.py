"""Listens to the whole run: everything a test writes, in any process, is searched for the canaries it planted; a hit fails it by name.

Output that names people on purpose says so and why: `pytest.mark.names_people("...")`. Secrets have no such leave.
"""

from __future__ import annotations

import asyncio.subprocess
import json
import logging
import subprocess
from collections.abc import Callable, Generator
from typing import Any

import pytest
import structlog
from _pytest.capture import CaptureFixture
from _pytest.raises import RaisesExc
from typer.testing import CliRunner

from bot.links import Links
from bot.settings import SETTINGS, Settings
from bot.state.credentials import Credentials
from bot.state.pseudonyms import Pseudonyms
from bot.telemetry import logs
from tests import canaries
from tests.canaries import NOW

SECRET_SETTINGS = {one.name: one.variable for one in SETTINGS if one.secret}
LEAVE = "names_people"


class Leak(AssertionError):  # noqa: N818 - what was found, not what broke
    """A secret, a name or a sentence stands where it must not."""


class Libraries(logging.Handler):
    """What the bot's log would hold of the words of libraries."""

    def emit(self, record: logging.LogRecord) -> None:
        NOW.hear("log of libraries", json.dumps(logs.told_of(record), ensure_ascii=False))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{LEAVE}(reason): what is written names people on purpose")
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    for owner, name, wrapped in (*LISTENING, *PLANTING):
        patch.setattr(owner, name, wrapped(getattr(owner, name)))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    canaries.start()
    handler, root = Libraries(), logging.getLogger()
    root.addHandler(handler)
    try:
        return (yield)
    finally:
        root.removeHandler(handler)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Outermost: by now everything the test and its fixtures wrote is in its sections."""
    yield
    for when, stream, text in item._report_sections:
        # What pytest keeps of the log holds what was filled in, which our own log never does: see Libraries.
        if stream != "log":
            NOW.hear(f"{stream} of its {when}", text)
    leave = item.get_closest_marker(LEAVE)
    if leave is not None and not (leave.args and leave.args[0]):
        raise Leak(f"{LEAVE} needs a reason.")
    if found := sorted(set(NOW.hits(names=leave is None))):
        raise Leak(f"{item.nodeid} leaks:\n" + "\n".join(found[:20]))


# -- listening -----------------------------------------------------------------------------------------------------

Wrapped = Callable[..., Any]


def _read(plain: Wrapped) -> Wrapped:
    def readouterr(self: CaptureFixture[Any]) -> Any:
        said = plain(self)
        NOW.hear("output that the test read", said.out)
        NOW.hear("errors that the test read", said.err)
        return said

    return readouterr


def _closed(plain: Wrapped) -> Wrapped:
    def close(self: CaptureFixture[Any]) -> None:
        plain(self)
        NOW.hear("output", self._captured_out)
        NOW.hear("errors", self._captured_err)

    return close


def _logged(plain: Wrapped) -> Wrapped:
    def made(self: structlog.WriteLogger, file: Any = None) -> None:
        plain(self, file)
        write = self._write

        def heard(text: str) -> object:
            NOW.hear("log", text)
            return write(text)

        self._write = heard

    return made


def _communicated(plain: Wrapped) -> Wrapped:
    def communicate(self: subprocess.Popen[Any], *args: Any, **more: Any) -> Any:
        out, err = plain(self, *args, **more)
        NOW.hear(f"output of process {self.pid}", out or "")
        NOW.hear(f"errors of process {self.pid}", err or "")
        return out, err

    return communicate


def _piped(plain: Wrapped) -> Wrapped:
    def received(self: asyncio.subprocess.SubprocessStreamProtocol, fd: int, data: bytes) -> None:
        NOW.hear(f"stream {fd} of process {id(self)}", data)
        plain(self, fd, data)

    return received


def _invoked(plain: Wrapped) -> Wrapped:
    def invoke(self: CliRunner, *args: Any, **more: Any) -> Any:
        done = plain(self, *args, **more)
        NOW.hear("output of a command", done.output)
        if done.exception is not None:
            NOW.hear("exception of a command", str(done.exception))
        return done

    return invoke


def _raised(plain: Wrapped) -> Wrapped:
    def leave(self: RaisesExc[Any], kind: Any, problem: BaseException | None, trace: Any) -> bool:
        if problem is not None:
            NOW.hear("exception", f"{problem}\n{problem!r}\n")
        return bool(plain(self, kind, problem, trace))

    return leave


LISTENING: tuple[tuple[Any, str, Callable[[Wrapped], Wrapped]], ...] = (
    (CaptureFixture, "readouterr", _read),
    (CaptureFixture, "close", _closed),
    (structlog.WriteLogger, "__init__", _logged),
    (subprocess.Popen, "communicate", _communicated),
    (asyncio.subprocess.SubprocessStreamProtocol, "pipe_data_received", _piped),
    (CliRunner, "invoke", _invoked),
    (RaisesExc, "__exit__", _raised),
)


# -- planting ------------------------------------------------------------------------------------------------------


def _plant_setting(name: str, value: object) -> None:
    for one in value if isinstance(value, tuple) else (value,):
        text = str(one or "")
        NOW.secret(canaries.password_of(text) if "://" in text else text, f"the setting {name}")


def _settings(plain: Wrapped) -> Wrapped:
    def made(self: Settings, *args: Any, **given: Any) -> None:
        plain(self, *args, **given)
        for name in SECRET_SETTINGS:
            _plant_setting(name, getattr(self, name))

    return made


def _environment(plain: Wrapped) -> Wrapped:
    def started(self: subprocess.Popen[Any], *args: Any, **more: Any) -> None:
        for name, variable in SECRET_SETTINGS.items():
            _plant_setting(name, (more.get("env") or {}).get(variable))
        plain(self, *args, **more)

    return started


def _credentials(plain: Wrapped) -> Wrapped:
    async def put(self: Credentials, name: str, secret: Any) -> None:
        for key, value in secret.items():
            if isinstance(value, str):
                NOW.secret(value, f"{key} of the credential {name}")
        await plain(self, name, secret)

    return put


def _pseudonyms(plain: Wrapped) -> Wrapped:
    def made(self: Pseudonyms, key: str) -> None:
        NOW.secret(key, "the key of the marks")
        plain(self, key)

    return made


def _links(plain: Wrapped) -> Wrapped:
    def seal(self: Links, kind: str, text: str) -> str:
        token: str = plain(self, kind, text)
        # People get it on a card: whoever reads a log must not.
        NOW.person(token)
        return token

    return seal


PLANTING: tuple[tuple[Any, str, Callable[[Wrapped], Wrapped]], ...] = (
    (Settings, "__init__", _settings),
    (subprocess.Popen, "__init__", _environment),
    (Credentials, "put", _credentials),
    (Pseudonyms, "__init__", _pseudonyms),
    (Links, "seal", _links),
)
