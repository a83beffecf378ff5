"""What is fuzzed: each target takes one input and says what went wrong, or nothing. The real bot stands behind them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics import facts
from analytics.errors import InsightsError
from analytics.sync import sync
from bot.access import Access
from bot.desk import Insights
from bot.events import Person
from bot.settings import SAMPLE_TENANT
from bot.state import State
from bot.understanding import Question, Vocabulary, read
from tests.fakes.stage import LocalStage, local_stage
from tests.world import NOW, TODAY, World

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
ANA = Person(SAMPLE_TENANT, "e1", "Ana Silva", "29:ana")
# Processor time: what else the machine does is no fault of the question.
QUESTION_SECONDS = 1.0

ROWS: dict[str, list[dict[str, Any]]] = {
    "jobs": [{"job_id": "J1", "published_at": "2026-09-01T08:00:00Z"}],
    "contracts": [{"contract_id": "C1", "job_id": "J1", "start_date": "2026-09-10"}],
    "charges": [
        {"charge_id": "X1", "contract_id": "C1", "posted_at": "2026-09-20T08:00:00Z", "amount": "120.50"},
        {"charge_id": "X2", "contract_id": "C1", "posted_at": "2026-10-20T08:00:00Z", "amount": "-20.50"},
    ],
}


@dataclass
class Bot:
    """The whole bot on a tiny world, driven from plain functions."""

    runner: asyncio.Runner
    on: LocalStage

    def body(self, content: bytes) -> str:
        """Any bytes, posted as an activity."""
        return self.runner.run(self._post(content))

    def press(self, value: Any) -> str:
        """Anything as the value of a press, by somebody who may see everything."""
        activity = self.on.teams.activity("invoke", ANA, name="adaptiveCard/action", value=value, replyToId="m1")
        return self.runner.run(self._post(json.dumps(activity).encode()))

    async def _post(self, content: bytes) -> str:
        response = await self.on.teams.post(content)
        self.on.connector.ledger.clear()
        if response.status >= 500:
            return f"HTTP {response.status}"
        if isinstance(response.body, dict) and response.body.get("statusCode") == 500:
            return f"a broken turn: {response.body}"
        return ""


@contextmanager
def a_bot(folder: Path) -> Iterator[Bot]:
    """The bot, for as long as it is needed."""
    world = World(folder / "world", ROWS)
    with asyncio.Runner() as runner:

        def desk(state: State, *_: Any) -> Insights:
            return Insights(
                world.engine, Access(world.engine, {"e1": "program"}, lambda: NOW, directory_days=9), state, lambda: NOW
            )

        stage = local_stage(desk, folder)
        on = runner.run(stage.__aenter__())
        yield Bot(runner, on)
        runner.run(stage.__aexit__(None, None, None))
    world.close()


class Importer:
    """A company's folder in which one file at a time is replaced by something else."""

    def __init__(self, folder: Path) -> None:
        self._world = World(folder, ROWS)
        self._number = 0

    def file(self, name: str, content: bytes) -> str:
        """Any bytes as one of the files; refused with a clear error, or read."""
        data = self._world.folder / "data"
        kept = (data / name).read_bytes()
        (data / name).write_bytes(content)
        self._number += 1
        try:
            sync(
                data,
                self._world.folder / f"store-{self._number}",
                reporting=self._world.reporting,
                now=NOW,
                build=facts.build,
            )
        except InsightsError:
            pass
        except Exception as problem:  # noqa: BLE001 - whatever else escapes is what is looked for
            return f"{name}: {type(problem).__name__}: {problem}"
        finally:
            (data / name).write_bytes(kept)
        return ""

    def original(self, name: str) -> bytes:
        """The file as it is."""
        return (self._world.folder / "data" / name).read_bytes()

    def close(self) -> None:
        """Let the files go."""
        self._world.close()


def question(vocabulary: Vocabulary, text: str) -> str:
    """Any text as a question."""
    began = time.thread_time()
    try:
        read(Question(text=text, language="en", today=TODAY), vocabulary)
    except InsightsError:
        return ""
    except Exception as problem:  # noqa: BLE001 - whatever else escapes is what is looked for
        return f"{text!r}: {type(problem).__name__}: {problem}"
    took = time.thread_time() - began
    return f"{text!r} took {took:.1f} s" if took > QUESTION_SECONDS else ""


def kept_bodies() -> Mapping[str, bytes]:
    """The corpus of request bodies by name."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / "bodies").iterdir())}


def kept_presses() -> Mapping[str, Any]:
    """The corpus of button payloads by name."""
    return {path.name: json.loads(path.read_text("utf-8")) for path in sorted((CORPUS / "presses").iterdir())}


def kept_files() -> Mapping[str, bytes]:
    """The corpus of files by name; what stands before the first dot is the file it replaces."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / "files").iterdir())}


def kept_questions() -> list[str]:
    """The corpus of questions, each a JSON text in a line."""
    lines = (CORPUS / "questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]
