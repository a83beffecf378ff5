"""The load test's client: sends each question at its own fixed moment, whatever the bot does, and checks every answer."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import aiohttp

from bench.host import TENANT
from bench.load_oracle import DIMENSIONS, FIRST, LAST, METRICS, Oracle, right

POPULAR = 25
POPULAR_SHARE = 0.3
PLAIN_SHARE = 0.1
SPOKEN = ("job_category", "country")
CAUSES = 5


@dataclass(frozen=True)
class Shot:
    """One question: when, how, and what its answer must say. `refused`: the number must not be told."""

    due: float
    message: bool
    activity: str
    body: bytes
    metric: str
    expected: int
    refused: bool
    asked: str


@dataclass
class Outcome:
    """What came of all shots. Times in seconds from the moment each was due."""

    presses: list[float] = field(default_factory=list)
    messages: list[float] = field(default_factory=list)
    late: list[Shot] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    distinct: float = 0.0
    drained: float = 0.0
    behind: float = 0.0


class Plan:
    """Makes the shots: who asks what, seeded, so that two runs ask the same."""

    def __init__(self, oracle: Oracle, service_url: str, seed: int) -> None:
        self._oracle = oracle
        self._service_url = service_url
        self._random = random.Random(seed)
        self._seed = seed
        self._teams = sorted({m for _, d, m in oracle.sums if d == "team"})
        self._popular = [self._query(spoken=True) for _ in range(POPULAR)]

    def shots(self, rate: float, seconds: float, message_share: float) -> list[Shot]:
        """At even distances; every so many of them is a message."""
        chosen, made = 0.0, []
        for number in range(int(rate * seconds)):
            chosen += message_share
            message = chosen >= 1
            chosen -= message
            made.append(self._shot(number, number / rate, message=message))
        return made

    def _shot(self, number: int, due: float, *, message: bool) -> Shot:
        activity = f"load-{self._seed}-{number}"
        plain = not message and self._random.random() < PLAIN_SHARE
        popular = self._random.random() < POPULAR_SHARE
        metric, dimension, member, start, end = (
            self._random.choice(self._popular) if popular else self._query(spoken=message)
        )
        if plain and dimension != "team":
            # What may be withheld from them is another test's matter; that a team is refused is sure.
            dimension, member = "team", self._random.choice(self._teams)
        refused = plain
        person = self._random.choice(self._oracle.others if plain else self._oracle.leads)
        expected = self._oracle.total(metric, start, end, dimension, member)
        asked = f"{metric} {dimension} {member} {start} {end}"
        name = self._oracle.names.get(dimension, {}).get(member, member)
        if message:
            place = f" for {name}" if dimension == "job_category" else f" in {name}" if dimension else ""
            said: dict[str, Any] = {
                "type": "message",
                "text": f"{METRICS[metric].lower()}{place} from {start} to {end - timedelta(days=1)}",
            }
        else:
            query: dict[str, Any] = {"metrics": [metric], "time": {"from": str(start), "to": str(end)}}
            if dimension:
                query["filters"] = {dimension: [{"id": member, "name": name}]}
            action = {"type": "Action.Execute", "verb": "ask", "data": {"verb": "ask", "query": query}}
            said = {
                "type": "invoke",
                "name": "adaptiveCard/action",
                "replyToId": f"card-{activity}",
                "value": {"action": action},
            }
        body = json.dumps({**self._envelope(activity, person), **said}).encode()
        return Shot(due, message, activity, body, metric, expected, refused, asked)

    def _query(self, *, spoken: bool) -> tuple[str, str, str, date, date]:
        pick = self._random
        metric = pick.choice(list(METRICS))
        dimension = pick.choice(["", *(SPOKEN if spoken else DIMENSIONS)])
        members = (
            [m for kind, d, m in self._oracle.sums if kind == metric and d == dimension and m] if dimension else [""]
        )
        start = FIRST + timedelta(days=pick.randrange(250, (LAST - FIRST).days - 40))
        end = min(start + timedelta(days=pick.randrange(20, 250)), LAST - timedelta(days=2))
        return metric, dimension, pick.choice(sorted(members)), start, end

    def _envelope(self, activity: str, person: str) -> dict[str, Any]:
        return {
            "id": activity,
            "timestamp": datetime.now(UTC).isoformat(),
            "serviceUrl": self._service_url,
            "channelId": "msteams",
            "from": {"id": f"29:{person}", "name": "Somebody", "aadObjectId": person},
            "recipient": {"id": "28:bot", "name": "Bot"},
            "conversation": {"id": f"a:{person}", "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
            "locale": "en-US",
        }


async def fire(shots: Sequence[Shot], port: int, world: Mapping[str, Any], patience: float) -> Outcome:
    """Each shot at its moment. Then waits, at most `patience` seconds, for the answers that come by the connector."""
    outcome = Outcome(distinct=len({shot.asked for shot in shots}) / max(len(shots), 1))
    tokens = world["tokens"]["https"]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60)) as session:
        began = time.monotonic() + 0.2
        jobs = []
        for number, shot in enumerate(shots):
            await asyncio.sleep(max(0.0, began + shot.due - time.monotonic()))
            outcome.behind = max(outcome.behind, time.monotonic() - began - shot.due)
            jobs.append(asyncio.create_task(_one(session, shot, began, port, tokens[number % len(tokens)], outcome)))
        await asyncio.gather(*jobs)
        ended = began + shots[-1].due
        wanted = sum(shot.message for shot in shots) + len(outcome.late)
        answers = await _answers(session, world["plain"], wanted, patience)
    _match(shots, answers, began, ended, outcome)
    return outcome


async def _one(
    session: aiohttp.ClientSession, shot: Shot, began: float, port: int, token: str, outcome: Outcome
) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        async with session.post(f"http://127.0.0.1:{port}/api/messages", data=shot.body, headers=headers) as response:
            content, status = await response.read(), response.status
    except (aiohttp.ClientError, TimeoutError) as problem:
        outcome.errors.append(type(problem).__name__)
        return
    if status not in {200, 202}:
        outcome.errors.append(f"HTTP {status}")
    elif not shot.message:
        outcome.presses.append(time.monotonic() - began - shot.due)
        value = json.loads(content).get("value") if content else None
        if isinstance(value, dict):
            _judge(shot, str(value.get("fallbackText")), outcome)
        else:
            # "Still working": its card comes by the connector.
            outcome.late.append(shot)


def _judge(shot: Shot, said: str, outcome: Outcome) -> None:
    if right(shot.metric, shot.expected, said) == shot.refused:
        outcome.wrong.append(
            f"{shot.asked}: expected {'a refusal' if shot.refused else shot.expected}, said {said[:120]!r}"
        )


async def _answers(
    session: aiohttp.ClientSession, plain: str, wanted: int, patience: float
) -> list[tuple[str, float, str]]:
    ends = time.monotonic() + patience
    while True:
        async with session.get(f"{plain}/answers") as response:
            told: list[tuple[str, float, str]] = (await response.json())["answers"]
        if len(told) >= wanted or time.monotonic() > ends:
            # A moment more, for what should not come.
            await asyncio.sleep(1.0)
            async with session.get(f"{plain}/answers") as response:
                return list((await response.json())["answers"])
        await asyncio.sleep(0.5)


def _match(
    shots: Sequence[Shot], answers: Sequence[tuple[str, float, str]], began: float, ended: float, outcome: Outcome
) -> None:
    found: dict[str, list[tuple[float, str]]] = {}
    for activity, at, said in answers:
        found.setdefault(activity, []).append((at, said))
    for shot in (*(one for one in shots if one.message), *outcome.late):
        came = found.get(shot.activity if shot.message else f"card-{shot.activity}", [])
        if not came:
            outcome.lost.append(shot.asked)
            continue
        if len(came) > 1:
            outcome.twice.append(shot.asked)
        if shot.message:
            outcome.messages.append(came[0][0] - began - shot.due)
        outcome.drained = max(outcome.drained, came[0][0] - ended)
        _judge(shot, came[0][1], outcome)
