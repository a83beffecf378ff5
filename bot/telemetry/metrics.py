"""What Prometheus reads on a port of its own: counters, ages and depths of this process, without a name of anybody."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from cryptography import x509
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.process_collector import ProcessCollector

from analytics.errors import DataError, SettingsError
from bot.state.line import StateUnavailable
from bot.telemetry.counts import BOUNDS, known_kind
from bot.version import VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from prometheus_client.metrics_core import Metric

    from analytics.engine import Engine
    from bot.delivery.connector import Connector
    from bot.freshness import Age, Freshness
    from bot.settings import Settings
    from bot.state import State
    from bot.telemetry.counts import Counts, Lag

LAGS = (0.5, 0.99, 1.0)
OUTBOX_STATES = ("due", "sending", "sent", "failed", "indoubt")


@dataclass(frozen=True, slots=True)
class Counted:
    """One family of counters: its name for Prometheus, what it is, the name in Counts and its label."""

    name: str
    told: str
    key: str
    label: str = ""


COUNTED: tuple[Counted, ...] = (
    Counted("turns", "Activities that were taken in, by kind.", "turns", "kind"),
    Counted("turn_outcomes", "Turns by what came of them.", "outcomes", "outcome"),
    Counted("scope_denials", "Turns refused because of who asked.", "denied"),
    Counted("turns_late", "Turns acknowledged first and answered later, by kind.", "late", "kind"),
    Counted("flood", "Turns of somebody who asked too fast, by what was done.", "flood", "verdict"),
    Counted("typing", "Typing signs, sent or dropped.", "typing", "outcome"),
    Counted("replies", "Answers on their way to Teams, by what came of them.", "replies", "outcome"),
    Counted("outbox_tries", "Tries to send what stands in the outbox, by what came of them.", "outbox", "outcome"),
    Counted("connections", "Connections closed because too many were open.", "connections", "outcome"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything there is to tell at one moment. What could not be found out is left out."""

    counts: Counts
    lag: Lag
    sends: Mapping[str, int] = field(default_factory=dict)
    ready: Mapping[str, bool] = field(default_factory=dict)
    outbox: Mapping[str, int] = field(default_factory=dict)
    age: Age | None = None
    quarantined: int | None = None
    findings: Mapping[str, int] = field(default_factory=dict)
    disk_free: int | None = None
    certificate_ends: float | None = None


def page(seen: Seen) -> bytes:
    """The page for Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(seen))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Families:
    """What is seen, as Prometheus wants it."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def collect(self) -> Iterator[Metric]:
        """Every family."""
        yield from _counters(self._seen)
        yield _turn_seconds(self._seen.counts)
        yield from _gauges(self._seen)


def _counters(seen: Seen) -> Iterator[Metric]:
    for counted in COUNTED:
        labels = [counted.label] if counted.label else []
        family = CounterMetricFamily(f"freelance_{counted.name}", counted.told, labels=labels)
        sums: dict[str, int] = {} if labels else {"": 0}
        for (key, label), number in seen.counts.all().items():
            if key == counted.key:
                shown = known_kind(label) if counted.label == "kind" else label
                sums[shown] = sums.get(shown, 0) + number
        for label, number in sums.items():
            family.add_metric([label] if labels else [], number)
        yield family
    sends = CounterMetricFamily("freelance_sends", "Answers of the Bot Connector to what was sent.", labels=["status"])
    for status, number in seen.sends.items():
        sends.add_metric([status], number)
    yield sends


def _turn_seconds(counts: Counts) -> Metric:
    family = HistogramMetricFamily("freelance_turn_seconds", "How long turns took, by kind.", labels=["kind"])
    for kind, took in counts.turn_seconds.items():
        running, buckets = 0, []
        for bound, number in zip((*map(str, BOUNDS), "+Inf"), took.counts, strict=True):
            running += number
            buckets.append((bound, float(running)))
        family.add_metric([kind], buckets, took.seconds)
    return family


def _gauges(seen: Seen) -> Iterator[Metric]:
    yield _gauge("build_info", "The version that runs.", {VERSION: 1}, "version")
    lags = {str(share): seen.lag.quantile(share) for share in LAGS}
    yield _gauge("loop_lag_seconds", "How late the event loop was in the last half hour.", lags, "quantile")
    yield _gauge("ready", "Whether each check of /readyz holds.", seen.ready, "check")
    yield _gauge("outbox_messages", "Messages in the outbox, by state.", seen.outbox, "state")
    if seen.age is not None:
        yield _gauge("data_version", "Number of the data version in use.", {"": seen.age.version})
        yield _gauge("data_age_seconds", "Seconds since the data was synced.", {"": seen.age.synced})
        yield _gauge("data_known_age_seconds", "Seconds since the last moment the data knows.", {"": seen.age.known})
    if seen.quarantined is not None:
        yield _gauge("quarantined_rows", "Rows that the last sync set aside.", {"": seen.quarantined})
    yield _gauge("findings", "Findings about the data in use, by severity.", seen.findings, "severity")
    if seen.disk_free is not None:
        yield _gauge("disk_free_bytes", "Room left for data.", {"": seen.disk_free})
    if seen.certificate_ends is not None:
        told = "When the app's certificate ends, in seconds since 1970."
        yield _gauge("certificate_ends_timestamp_seconds", told, {"": seen.certificate_ends})


def _gauge(name: str, told: str, values: Mapping[str, float], label: str = "") -> Metric:
    family = GaugeMetricFamily(f"freelance_{name}", told, labels=[label] if label else [])
    for key, value in values.items():
        family.add_metric([key] if label else [], float(value))
    return family


class Watch:
    """Finds out what there is to tell, whenever somebody asks. `checks` are those of /readyz."""

    def __init__(
        self,
        settings: Settings,
        state: State,
        engine: Engine,
        connector: Connector,
        freshness: Freshness,
        counts: Counts,
        lag: Lag,
        *,
        checks: Callable[[], Awaitable[Mapping[str, bool]]],
    ) -> None:
        self._settings = settings
        self._state = state
        self._engine = engine
        self._connector = connector
        self._freshness = freshness
        self._counts = counts
        self._lag = lag
        self._checks = checks
        self._certificate_ends = _ends(settings.app_certificate)
        self._of_version: tuple[int, int, dict[str, int]] | None = None

    async def seen(self) -> Seen:
        """Everything, now."""
        age = self._freshness.age()
        quarantined, findings = await self._data(age)
        try:
            outbox = dict.fromkeys(OUTBOX_STATES, 0) | await self._state.outbox.depth()
        except StateUnavailable:
            outbox = {}
        return Seen(
            self._counts,
            self._lag,
            sends=dict(self._connector.answers),
            ready=await self._checks(),
            outbox=outbox,
            age=age,
            quarantined=quarantined,
            findings=findings,
            disk_free=shutil.disk_usage(self._settings.data_dir).free,
            certificate_ends=self._certificate_ends,
        )

    async def _data(self, age: Age | None) -> tuple[int | None, dict[str, int]]:
        """What is known of a version is read once: a version never changes."""
        if age is not None and (self._of_version is None or self._of_version[0] != age.version):
            try:
                self._of_version = await self._engine.run(self._read)
            except DataError:
                return None, {}
        return (self._of_version[1], self._of_version[2]) if self._of_version and age else (None, {})

    def _read(self) -> tuple[int, int, dict[str, int]]:
        with self._engine.store.lease() as lease:
            rows = lease.cursor.execute("SELECT count(*) FROM quarantine").fetchall()
            findings = dict.fromkeys(("E", "W", "I"), 0)
            for finding in lease.findings:
                findings[finding.severity] += 1
            return lease.snapshot.version, int(rows[0][0]), findings


def _ends(certificate: Path | None) -> float | None:
    if certificate is None:
        return None
    try:
        return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc.timestamp()
    except (OSError, ValueError):
        return None


@asynccontextmanager
async def exposed(watch: Watch, host: str, port: int) -> AsyncIterator[None]:
    """/metrics, while the block runs; nothing with port 0. Raises SettingsError where the port is taken."""
    if not port:
        yield
        return

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=page(await watch.seen()), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as problem:
            told = f"FREELANCE_METRICS_PORT {port} on {host} cannot be used: {problem.strerror}."
            raise SettingsError([told]) from problem
        yield
    finally:
        await runner.cleanup()
