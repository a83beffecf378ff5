"""Whatever is posted, signed or not, the bot stays up and never answers that it broke."""

from __future__ import annotations

import asyncio
import json
import resource
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bot.delivery.body import FIELDS, MAX_BODY
from bot.delivery.invokes import ACKNOWLEDGED, INVOKES
from bot.events import Reply, Turn, message, replace_card
from tests.fakes.stage import FakeDesk, LocalStage, local_stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXAMPLES = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)

ANYTHING = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=30),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
KINDS = some.sampled_from(
    ["message", "invoke", "conversationUpdate", "installationUpdate", "messageReaction", "typing", "event", "x"]
)
NAMES = some.sampled_from([*INVOKES, *ACKNOWLEDGED, "", "x"])
WORDS = some.sampled_from([
    "verb", "data", "action", "type", "Action.Execute", "queryText", "queryOptions", "skip", "top", "actionValue", "trigger"
])  # fmt: skip
VALUES = some.recursive(
    ANYTHING | WORDS,
    lambda inner: some.dictionaries(WORDS, inner, max_size=5) | some.lists(inner, max_size=3),
    max_leaves=12,
)


def answer(turn: Turn) -> list[Reply]:
    """Uses all that a turn carries, as a desk would."""
    told = json.dumps([turn.text, dict(turn.value), turn.person.name, turn.conversation.id], ensure_ascii=False)
    return [replace_card({"type": "AdaptiveCard", "told": told}) if turn.invoke else message(told)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStage]:
    async with local_stage(FakeDesk(answer), tmp_path_factory.mktemp("hostile")) as made:
        yield made


async def harmless(on: LocalStage, body: Any) -> int:
    response = await on.teams.post(body)
    assert response.status < 500, response
    if isinstance(response.body, dict):
        assert response.body.get("statusCode") != 500, response
    return response.status


@EXAMPLES
@given(kind=KINDS, name=NAMES, value=VALUES, text=some.text(max_size=60))
async def test_any_value_in_any_kind_of_activity_is_answered(
    on: LocalStage, kind: str, name: str, value: Any, text: str
) -> None:
    assert await harmless(on, on.teams.activity(kind, name=name, value=value, text=text)) in {200, 404}


@EXAMPLES
@given(kind=KINDS, changes=some.dictionaries(some.sampled_from([field.path for field in FIELDS]), ANYTHING, max_size=4))
async def test_any_field_may_hold_anything(on: LocalStage, kind: str, changes: dict[tuple[str, ...], Any]) -> None:
    activity: Any = on.teams.activity(kind, name="adaptiveCard/action", value={"action": {"type": "Action.Execute"}})
    for path, value in changes.items():
        place = activity
        for name in path[:-1]:
            place = place.setdefault(name, {}) if isinstance(place, dict) else {}
        if isinstance(place, dict):
            place[path[-1]] = value
    await harmless(on, activity)


@EXAMPLES
@given(body=some.binary(max_size=300) | ANYTHING.map(lambda value: json.dumps(value).encode()))
async def test_any_bytes_are_refused(on: LocalStage, body: bytes) -> None:
    assert await harmless(on, body) in {400, 401, 403}


async def test_large_and_deep_bodies_leave_memory_as_it_was(on: LocalStage) -> None:
    bodies = [
        b"[" * 100_000 + b"]" * 100_000,
        b"x" * (MAX_BODY + 1),
        b'{"a":' * 50_000,
        b'"' + b"\\u0000" * 40_000 + b'"',
    ]
    for body in bodies:
        await harmless(on, body)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(20):
        for body in bodies:
            assert await harmless(on, body) in {400, 413}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16_384


async def test_a_body_that_never_ends_is_given_up(on: LocalStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.server.READ_SECONDS", 0.1)
    host, _, port = on.teams.address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /api/messages HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    writer.write(head.encode() + b'{"type": ')
    status = await asyncio.wait_for(reader.readline(), 5)
    assert status.split()[1] == b"408"
    writer.close()
    await writer.wait_closed()
