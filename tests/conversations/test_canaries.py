"""Canaries: what people write, who they are, and secrets are planted in a conversation in which everything goes wrong; no output holds them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from analytics.engine import Engine
from bot.state.line import StateUnavailable
from tests.conversations.conftest import Talk

TEXT = "canary-message-5f1c"
SECRET = "canary-secret-77ab"
BROKEN = f"boom {SECRET} {TEXT}"


@pytest.fixture
def output(capfd: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """All that this process, its threads and libraries write, logs included."""
    yield capfd
    capfd.readouterr()


def said_in(output: pytest.CaptureFixture[str]) -> str:
    out, err = output.readouterr()
    return f"{out}\n{err}"


async def test_no_log_holds_what_was_said_or_who_said_it(
    talk: Talk, output: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.say(f"spend by team {TEXT}")
    await talk.say("spend by month", "manager")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(BROKEN)

    monkeypatch.setattr(Engine, "ask", broken)
    (sent,) = await talk.stage.teams.say(f"spend by month {TEXT}", talk.person("lead"))
    assert SECRET not in json.dumps(sent.body)
    monkeypatch.undo()

    async def locked(*_: object, **__: object) -> None:
        raise StateUnavailable("The bot's own memory does not answer at the moment.")

    monkeypatch.setattr(talk.stage.state.audit, "add", locked)
    await talk.stage.teams.say(f"spend {TEXT}", talk.person("lead"))
    logged = said_in(output)
    assert "turn_failed" in logged, "nothing was provoked, so nothing was proven"
    names = [person.name for person in talk.people.values()] + [person.entra_id for person in talk.people.values()]
    for canary in (TEXT, SECRET, *names, *[person.upn for person in talk.people.values()]):
        assert canary not in logged, canary


async def test_no_error_body_and_no_log_holds_a_token(talk: Talk, output: pytest.CaptureFixture[str]) -> None:
    session = talk.stage.teams.session
    for headers in ({"Authorization": f"Bearer {SECRET}"}, {"Authorization": SECRET}, {}):
        where = f"{talk.stage.teams.address}/api/messages"
        answer = await session.post(where, json={"type": "message", "text": TEXT}, headers=headers)
        body = await answer.text()
        assert answer.status in {400, 401}
        assert SECRET not in body
        assert TEXT not in body
    logged = said_in(output)
    assert "refused" in logged
    assert SECRET not in logged
    assert TEXT not in logged
