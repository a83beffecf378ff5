"""OpenTelemetry spans of turns, questions and sends, where somebody installed it and switched it on; nothing otherwise."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from analytics.errors import SettingsError
from bot.version import VERSION

try:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
except ImportError:
    INSTALLED = False
else:
    INSTALLED = True

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk.trace import SpanProcessor

SERVICE = "freelance-insights"


class _Tracer:
    """What makes spans; None while tracing is off."""

    provider: TracerProvider | None = None


@contextmanager
def tracing(wanted: bool, processor: SpanProcessor | None = None) -> Iterator[None]:
    """Spans for the time of the block, sent as the OTEL_ variables of the environment say. SettingsError if not installed."""
    if not wanted:
        yield
        return
    if not INSTALLED:
        raise SettingsError(["FREELANCE_TRACE needs OpenTelemetry: python -m pip install -r requirements-otel.txt"])
    provider = TracerProvider(resource=Resource.create({"service.name": SERVICE, "service.version": VERSION}))
    provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
    _Tracer.provider = provider
    try:
        yield
    finally:
        _Tracer.provider = None
        provider.shutdown()


@contextmanager
def span(name: str, **facts: str | int) -> Iterator[None]:
    """A span around the block, without a word of what people wrote: what went wrong is known by its kind only."""
    provider = _Tracer.provider
    if provider is None:
        yield
        return
    tracer = provider.get_tracer(SERVICE, VERSION)
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as opened:
        for key, value in facts.items():
            opened.set_attribute(key, value)
        try:
            yield
        except BaseException as problem:
            opened.set_status(trace.StatusCode.ERROR, type(problem).__name__)
            raise
