"""What Prometheus reads: every number of the process, nobody's name; what is logged: one event a turn, nobody's words."""

from __future__ import annotations

import io
import json
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from analytics.errors import SettingsError
from bot.bootstrap import open_bot
from bot.events import message
from bot.freshness import Age
from bot.server import COUNTS, listening_on
from bot.settings import SAMPLE_TENANT, Settings
from bot.telemetry import logs, tracing
from bot.telemetry.counts import Counts, Durations, Lag
from bot.telemetry.metrics import Seen, page
from tests.fakes.serving import ThrowawayCA
from tests.fakes.stage import FakeClock, FakeDesk, stage
from tests.fakes.teams import MANAGER

CANARY = "canary-spend-of-ana-silva"


def values(text: str, name: str) -> dict[tuple[str, ...], float]:
    """The samples of one name, by their labels' values."""
    found = [s for family in text_string_to_metric_families(text) for s in family.samples if s.name == name]
    return {tuple(sample.labels.values()): sample.value for sample in found}


def full() -> Seen:
    """Everything that can be seen, at once."""
    counts, lag = Counts(), Lag()
    for name in ("turns", "outcomes", "late", "flood", "typing", "replies", "outbox", "connections"):
        counts.add(name, "message")
    counts.ended({"kind": "message", "outcome": "answered", "denied": True}, 0.3)
    return Seen(
        counts,
        lag,
        sends={"200": 3},
        ready={"state": True, "keys": False},
        outbox={"due": 2},
        age=Age(7, 60.0, 90.0),
        quarantined=5,
        findings={"E": 1},
        disk_free=10,
        certificate_ends=1_800_000_000.0,
    )


def test_what_is_counted_is_on_the_page() -> None:
    text = page(full()).decode()
    assert values(text, "freelance_turns_total") == {("message",): 1}
    assert values(text, "freelance_scope_denials_total") == {(): 1}
    assert values(text, "freelance_ready") == {("state",): 1, ("keys",): 0}
    assert values(text, "freelance_data_age_seconds") == {(): 60}
    assert values(text, "freelance_sends_total") == {("200",): 3}
    assert values(text, "freelance_certificate_ends_timestamp_seconds") == {(): 1_800_000_000}


def test_what_could_not_be_found_out_is_left_out() -> None:
    text = page(Seen(Counts(), Lag())).decode()
    assert "freelance_data_age_seconds" not in text
    assert values(text, "freelance_scope_denials_total") == {(): 0}


def test_a_kind_that_somebody_made_up_is_no_label() -> None:
    counts = Counts()
    for number in range(50):
        counts.add("turns", f"made-up-{number}")
    assert values(page(Seen(counts, Lag())).decode(), "freelance_turns_total") == {("other",): 50}


def test_durations_are_counted_at_their_bounds() -> None:
    took = Durations()
    for seconds in (0.025, 0.03, 31.0):
        took.add(seconds)
    assert (took.counts[0], took.counts[1], took.counts[-1]) == (1, 1, 1)
    counts = Counts()
    counts.turn_seconds["message"] = took
    found = values(page(Seen(counts, Lag())).decode(), "freelance_turn_seconds_bucket")
    assert (found["message", "0.025"], found["message", "30.0"], found["message", "+Inf"]) == (1, 2, 3)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def a_local_bot(folder: Path, **changes: Any) -> Settings:
    return Settings(local=True, allowed_tenants=(SAMPLE_TENANT,), data_dir=folder, **changes)


async def test_the_numbers_have_a_port_of_their_own_and_the_bot_says_how_old_its_data_is(
    tmp_path: Path, clock: FakeClock
) -> None:
    settings = a_local_bot(tmp_path, metrics_port=free_port())
    async with (
        open_bot(settings, clock) as app,
        listening_on(app, "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(f"http://127.0.0.1:{settings.metrics_port}/metrics") as answer:
            text = await answer.text()
        async with session.get(f"http://127.0.0.1:{port}/metrics") as hidden:
            assert hidden.status == 404
        async with session.get(f"http://127.0.0.1:{port}/readyz") as ready:
            told = await ready.json()
    assert values(text, "freelance_ready") == {("state",): 1, ("ticks",): 1, ("data",): 1}
    assert values(text, "freelance_outbox_messages")["indoubt",] == 0
    assert (told["ready"], told["data_version"]) == (True, None)


async def test_a_bot_that_must_have_young_data_is_not_ready_without(tmp_path: Path, clock: FakeClock) -> None:
    async with (
        open_bot(a_local_bot(tmp_path, data_max_age_hours=24), clock) as app,
        listening_on(app, "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/readyz") as ready,
    ):
        assert (ready.status, (await ready.json())["data"]) == (503, False)


async def test_a_port_that_is_taken_is_told_before_anybody_is_served(tmp_path: Path, clock: FakeClock) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        settings = a_local_bot(tmp_path, metrics_port=held.getsockname()[1])
        with pytest.raises(SettingsError, match="FREELANCE_METRICS_PORT"):
            async with open_bot(settings, clock):
                pytest.fail("it must not start")


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """What is written while the block runs; afterwards everything is logged as before."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    logs.configure("debug", "json", stream)
    try:
        yield stream
    finally:
        structlog.reset_defaults()
        root.handlers[:] = before
        root.setLevel(level)


async def test_each_turn_is_one_event_without_anybodys_words_or_name(ca: ThrowawayCA, tmp_path: Path) -> None:
    with logged() as stream:
        async with stage(FakeDesk(lambda _: [message(CANARY)]), ca, tmp_path) as on:
            await on.teams.say(CANARY, MANAGER)
            counts = on.app[COUNTS]
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    (turn,) = [event for event in events if event["event"] == "turn"]
    assert turn["turn_id"]
    assert (turn["kind"], turn["where"], turn["tenant"]) == ("message", "personal", SAMPLE_TENANT)
    assert turn["user"] == on.state.audit.who(MANAGER.entra_id)
    assert turn["ms"] >= 0
    for secret in (CANARY, MANAGER.name, MANAGER.entra_id, MANAGER.channel_id):
        assert secret not in stream.getvalue()
    assert values(page(Seen(counts, Lag())).decode(), "freelance_turn_seconds_count") == {("message",): 1}


async def test_a_turn_that_fails_is_found_by_what_the_person_is_told(ca: ThrowawayCA, tmp_path: Path) -> None:
    def broken(_: object) -> list[Any]:
        raise RuntimeError(CANARY)

    with logged() as stream:
        async with stage(FakeDesk(broken), ca, tmp_path) as on:
            (sent,) = await on.teams.say("spend", MANAGER)
    (turn,) = [event for event in map(json.loads, stream.getvalue().splitlines()) if event["event"] == "turn"]
    assert turn["outcome"] == "failed"
    assert turn["turn_id"] in json.dumps(sent.body)
    assert CANARY not in stream.getvalue()


async def test_a_delivery_that_comes_twice_is_two_events_and_one_of_them_says_so(
    ca: ThrowawayCA, tmp_path: Path
) -> None:
    with logged() as stream:
        async with stage(FakeDesk(lambda _: [message("hello")]), ca, tmp_path) as on:
            activity = on.teams.activity("message", text="hi")
            await on.teams.post(activity)
            await on.teams.post(activity)
    turns = [event for event in map(json.loads, stream.getvalue().splitlines()) if event["event"] == "turn"]
    assert sorted(event["outcome"] for event in turns) == ["delivered twice", "nothing said"]


def test_of_what_libraries_log_only_the_pattern_is_kept() -> None:
    with logged() as stream:
        try:
            int(CANARY)
        except ValueError:
            logging.getLogger("aiohttp.server").exception("Error in %s", CANARY)
        logging.getLogger("somebody").error(f"no pattern, but {CANARY}")  # noqa: G004 - what a careless library does
        logging.getLogger("somebody").info("%s", "too small to be logged")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["said"], first["problem"], first["level"]) == ("Error in %s", "ValueError", "error")
    assert second["library"] == "somebody"
    assert CANARY not in stream.getvalue()


async def test_spans_say_what_was_done_and_never_for_whom(ca: ThrowawayCA, tmp_path: Path) -> None:
    kept = InMemorySpanExporter()
    with tracing.tracing(True, SimpleSpanProcessor(kept)):
        async with stage(FakeDesk(lambda _: [message(CANARY)]), ca, tmp_path) as on:
            await on.teams.say(CANARY, MANAGER)
    spans = kept.get_finished_spans()
    assert {span.name for span in spans} == {"turn", "connector"}
    assert CANARY not in "".join(span.to_json() for span in spans)
    by_name = {span.name: span for span in spans}
    assert by_name["connector"].parent is not None
    assert by_name["turn"].context is not None
    assert by_name["connector"].parent.span_id == by_name["turn"].context.span_id


def test_without_the_packages_a_bot_that_is_to_trace_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "INSTALLED", False)
    with pytest.raises(SettingsError, match="requirements-otel"), tracing.tracing(True):
        pytest.fail("it must not start")
    with tracing.tracing(False), tracing.span("nothing"):
        pass
