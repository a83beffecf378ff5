"""What the bot logs and how: one event for each turn, its facts gathered while it runs; never a word of what people wrote."""

from __future__ import annotations

import hashlib
import logging
import secrets
import sys
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from structlog.contextvars import bound_contextvars

from bot.delivery.activity import tenant_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from analytics.model import Answer, Scope
    from bot.visit import Visit

log = structlog.get_logger(__name__)

# What is logged of a turn, in this order; nothing else gets into its event.
FACTS = ("kind", "where", "tenant", "user", "outcome", "intent", "scope", "data_version", "denied")
_turn: ContextVar[dict[str, Any] | None] = ContextVar("turn", default=None)


def configure(level: str = "info", form: str = "json", stream: TextIO | None = None) -> None:
    """One event a line on `stream` (standard output where left out): JSON, or text for people."""
    shown = [structlog.processors.JSONRenderer(ensure_ascii=False)] if form == "json" else [_text()]
    least = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stdout),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [Libraries()]
    root.setLevel(max(least, logging.WARNING))


def _text() -> Callable[..., str]:
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


class Libraries(logging.Handler):
    """What libraries log: their pattern and the kind of exception, not what is filled in, which may be anybody's words."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one record on."""
        log.log(record.levelno, "library", **told_of(record))


def told_of(record: logging.LogRecord) -> dict[str, str]:
    """What may be logged of a library's record."""
    # Without something to fill in, the text may have been filled in before it came here.
    said = record.msg[:200] if isinstance(record.msg, str) and record.args else ""
    problem = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
    facts = {"library": record.name, "said": said, "problem": problem}
    return {name: value for name, value in facts.items() if value}


@contextmanager
def turn(
    raw: Mapping[str, Any], mark: Callable[[str], str], ended: Callable[[Mapping[str, Any], float], None]
) -> Iterator[None]:
    """Gathers the facts of the turn that runs inside, and logs them at its end. `mark` makes a pseudonym of a person.

    `ended` is told the facts and the seconds.
    """
    place, sender = raw.get("conversation") or {}, raw.get("from") or {}
    facts: dict[str, Any] = {
        "kind": str(raw.get("name") or raw.get("type"))[:40],
        "where": str(place.get("conversationType") or "channel")[:20],
        "tenant": tenant_of(raw),
        "user": mark(str(sender.get("aadObjectId") or sender.get("id") or "")),
        "outcome": "nothing said",
    }
    facts["turn_id"] = secrets.token_hex(4).upper()
    token, began = _turn.set(facts), time.perf_counter()
    with bound_contextvars(turn_id=facts["turn_id"]):
        try:
            yield
        except BaseException:
            facts["outcome"] = "cut off"
            raise
        finally:
            _turn.reset(token)
            seconds = time.perf_counter() - began
            known = {name: facts[name] for name in FACTS if facts.get(name) not in {None, ""}}
            log.info("turn", **known, ms=round(seconds * 1000, 1))
            ended(facts, seconds)


def note(**facts: Any) -> None:
    """Something to be known of the turn that is running; outside of one nobody is told."""
    running = _turn.get()
    if running is not None:
        running.update(facts)


def reference() -> str:
    """What finds the running turn in the log, to be shown to people; a new one outside of a turn."""
    running = _turn.get()
    return str(running["turn_id"]) if running else secrets.token_hex(4).upper()


def facts_of(answer: Answer | None, visit: Visit | None) -> dict[str, Any]:
    """What the log may say of an answer: its metrics, and whose data of which version, without a name."""
    facts: dict[str, Any] = {"intent": "+".join(answer.query.metrics)} if answer else {}
    if visit is not None:
        facts |= {"scope": scope_mark(visit.scope), "data_version": visit.snapshot.version}
    return facts


def scope_mark(scope: Scope) -> str:
    """The same for the same scope; whose it is cannot be read from it."""
    return hashlib.sha256(repr(scope).encode()).hexdigest()[:12]
