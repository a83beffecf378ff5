"""The lines of the audit: of a turn, of one that was turned away, and of what was sent without being asked for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from analytics import query as public
from bot import says
from bot.delivery.activity import conversation_of, person_of
from bot.state.audit import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from analytics.model import Answer, Scope
    from bot.answering import Answered
    from bot.events import Turn
    from bot.state.schedule import Schedule
    from bot.visit import Visit

# What a turn is called in the audit, by the name of its invoke; a message is one, whatever comes with it.
KINDS = {"adaptiveCard/action": "action", "application/search": "search", "message/submitAction": "feedback"}
LONGEST = 64


def turned_away(raw: Mapping[str, Any], now: datetime, outcome: str) -> Entry:
    """The line of one activity that was refused before anybody looked at it."""
    person = person_of(raw)
    pressed = raw.get("type") == "message" and isinstance(raw.get("value"), dict)
    kind = "action" if pressed else KINDS.get(str(raw.get("name")), str(raw.get("type")))
    return Entry(
        at=now,
        tenant=person.tenant[:LONGEST],
        actor=person.entra_id or person.channel_id,
        conversation=conversation_of(raw).id,
        kind=kind[:LONGEST],
        outcome=outcome,
        latency_ms=0.0,
    )


def of_turn(
    turn: Turn,
    outcome: str,
    answered: Answered | None,
    visit: Visit | None,
    began: float,
    searched: tuple[str, int] | None = None,
) -> Entry:
    """What came of a turn that began at this moment of `time.perf_counter`.

    `searched`: the dimension a typeahead was about, and how many names it was given.
    """
    answer = answered.answer if answered else None
    query: dict[str, Any] | None = public.to_json(answer.query, ids=True) if answer else None
    records = answer.records if answer else None
    if searched:
        query, records = {"search": searched[0]}, searched[1]
    return Entry(
        at=turn.at,
        tenant=turn.person.tenant,
        actor=turn.person.entra_id,
        conversation=turn.conversation.id,
        kind=turn.kind,
        outcome=outcome,
        query_json=says.compact(query) if query else None,
        scope=says.scope_word(visit.scope) if visit else None,
        records=records,
        latency_ms=since(began),
    )


def of_deed(visit: Visit, kind: str, outcome: str, told: Mapping[str, Any] | str) -> Entry:
    """The line of what somebody did beyond asking; `told` says what it was about, as JSON or to be written as it."""
    turn = visit.turn
    return Entry(
        at=turn.at,
        tenant=turn.person.tenant,
        actor=turn.person.entra_id,
        conversation=turn.conversation.root,
        kind=kind,
        outcome=outcome,
        query_json=told if isinstance(told, str) else says.compact(told),
        scope=says.scope_word(visit.scope),
    )


def since(began: float) -> float:
    """Milliseconds since this moment of `time.perf_counter`, as the audit holds them."""
    return round((time.perf_counter() - began) * 1000, 1)


# What became of a run, in the words of the audit.
OUTCOMES = {"sent": "sent", "skipped": "left out", "failed": "failed", "indoubt": "in doubt"}


def told_of(scope: Scope, answers: Sequence[Answer], began: float) -> dict[str, Any]:
    """What was asked for it: the first question with the metrics of all, the records of all, the milliseconds since `began`."""
    query = None
    if answers:
        metrics = dict.fromkeys(key for answer in answers for key in answer.query.metrics)
        query = {**public.to_json(answers[0].query, ids=True), "metrics": list(metrics)}
    return {
        "query": says.compact(query) if query else None,
        "scope": says.scope_word(scope),
        "records": sum(answer.records for answer in answers) if answers else None,
        "ms": since(began),
    }


def of_run(one: Schedule, outcome: str, told: Mapping[str, Any], at: datetime, *, actor: str = "") -> Entry:
    """The line of one run of a schedule; `actor` is who got it, where that is not its owner."""
    return of_sent(one.kind, one.tenant, actor or one.owner, one.conversation, outcome, told, at)


def of_sent(
    kind: str, tenant: str, actor: str, where: str, outcome: str, told: Mapping[str, Any], at: datetime
) -> Entry:
    """The same for what no schedule sends."""
    return Entry(
        at=at,
        tenant=tenant,
        actor=actor,
        conversation=where,
        kind=kind,
        outcome=outcome,
        query_json=told.get("query"),
        scope=told.get("scope"),
        records=told.get("records"),
        latency_ms=told.get("ms"),
    )
