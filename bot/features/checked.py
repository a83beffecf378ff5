"""Checked answers: a program lead says that an answer is right, and whoever asks the same is told so, with the same eyes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from analytics import query as public
from bot import auditing, says
from bot.answering import Answered
from bot.features.feature import PROGRAM, Command, Feature, either
from bot.state.checked import Check
from cards.learning import checked_remark, refused_card

if TYPE_CHECKING:
    import re

    from analytics.model import Answer, Query
    from bot.answering import Reader
    from bot.features.feature import Services
    from bot.visit import Visit

NOTE = 200

# What is typed after a colon or a dash is the note.
_NOTE = r"(?:\s*[:\uff1a,;\u2013-]\s*(?P<note>.{1,200}))?"


MARK = either(
    r"mark (?:this|that|it)(?: answer)? as checked", r"(?:this|that) (?:answer )?is (?:right|correct|checked)", r"checked(?=\s*:)",
    r"(?:als )?geprüft markieren", r"markiere (?:das|dies) als geprüft", r"das (?:stimmt|ist richtig)", r"geprüft(?=\s*:)",
    r"marque[rz]?(?: cela| ça)? comme vérifié", r"c['’]est (?:juste|exact|correct)", r"vérifié(?=\s*:)",
    r"mar(?:ca|que|car)(?: esto| eso)? como comprobad[oa]", r"(?:esto|eso) es correcto", r"comprobado(?=\s*:)",
    r"mar(?:ca|que|car)(?: isso| isto)? como conferid[oa]", r"(?:isso|isto) está (?:certo|correto)", r"conferido(?=\s*:)",
    r"確認済みにして(?:ください)?", r"確認済み(?=\s*[:\uff1a])",
) + _NOTE  # fmt: skip
UNMARK = either(
    r"(?:this is |that is )?no longer checked", r"(?:this is |that is )?not checked(?: any ?more)?", r"unmark (?:this|that|it)",
    r"nicht mehr geprüft", r"(?:n['’]est )?plus vérifié", r"ya no está comprobad[oa]", r"não está mais conferid[oa]",
    r"確認済みを(?:外して|取り消して)(?:ください)?",
)  # fmt: skip


def feature(services: Services) -> Feature:
    """The feature, made with what it needs."""
    checking = Checking(services)
    return Feature(
        "checked",
        commands=(
            Command("mark as checked", MARK, checking.mark, PROGRAM),
            Command("no longer checked", UNMARK, checking.unmark, PROGRAM),
        ),
        remark=checking.remark,
    )


class Checking:
    """Marks answers and says so below them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._state = services.state

    async def mark(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """The last answer here is right, as it is now; its card, with the line that says so."""
        answered = await self._last(visit)
        if answered is None or answered.answer is None:
            return answered or await self._said(visit, "no_answer")
        note = (fit.group("note") or "").strip()[:NOTE]
        check = _check(answered.answer, visit, note)
        await self._state.checked.set(visit.turn.person.tenant, check)
        await self._audit(visit, "checked", check.query_json)
        again = await self._ask(visit, answered.answer.query)
        return replace(again, outcome="checked")

    async def unmark(self, visit: Visit, _: re.Match[str]) -> Answered:
        """Take the mark of the last answer back."""
        answered = await self._last(visit)
        if answered is None or answered.answer is None:
            return answered or await self._said(visit, "no_answer")
        if not await self._state.checked.remove(visit.turn.person.tenant, key_of(answered.answer)):
            return await self._said(visit, "never_marked")
        await self._audit(visit, "no longer checked", _query_json(answered.answer.query))
        return replace(await self._said(visit, "unmarked"), outcome="no longer checked")

    async def remark(self, answer: Answer, reader: Reader) -> tuple[str, ...]:
        """The line for whoever sees exactly what was checked: same question, same period, same scope."""
        check = await self._state.checked.get(reader.tenant, key_of(answer)) if reader.tenant else None
        if check is None:
            return ()
        view, same = says.plain_view(reader), check.digest == digest_of(answer)
        # A total that is still the same says nothing about what has changed beside it.
        then = None if check.value == _total(answer) else check.value
        line = checked_remark(
            view, check.at.date(), check.note, same=same, then=then, unit=check.unit, currency=check.currency
        )
        return (line,)

    async def _last(self, visit: Visit) -> Answered | None:
        """What this person was last answered here, asked again with today's rights; None where there is nothing."""
        kept = await self._state.last_answers.recall(visit.turn.conversation, visit.turn.person)
        earlier = [one["query"] for one in (kept or {}).get("earlier", []) if one["query"]]
        return await self._ask(visit, public.from_json(earlier[-1])) if earlier else None

    async def _ask(self, visit: Visit, query: Query) -> Answered:
        reader = replace(visit.reader, asked="")
        return await self._services.answering.answer(query, reader, at=visit.turn.at, reference=visit.reference)

    async def _said(self, visit: Visit, problem: str) -> Answered:
        return Answered(refused_card(says.plain_view(visit.reader), problem), "asked back")

    async def _audit(self, visit: Visit, outcome: str, query_json: str) -> None:
        await self._state.audit.add(auditing.of_deed(visit, "check", outcome, query_json))


def key_of(answer: Answer) -> str:
    """What stands for the question, its period and whose rows were counted; names do not matter where there are ids."""
    period = [answer.period.start and answer.period.start.isoformat(), answer.period.end.isoformat()]
    asked = {**public.to_json(answer.query, ids=True), "time": period}
    return _hashed([_without_names(asked), asdict(answer.scope)])


def digest_of(answer: Answer) -> str:
    """What stands for every number of an answer; two answers with the same digest show the same."""
    rows = [answer.total, *answer.rows]
    return _hashed([[row.keys, [_rounded(v) for v in row.values], row.kind] for row in rows if row is not None])


def _check(answer: Answer, visit: Visit, note: str) -> Check:
    metric = next(column for column in answer.columns if column.kind not in {"dimension", "time"})
    return Check(
        key=key_of(answer),
        query_json=_query_json(answer.query),
        digest=digest_of(answer),
        value=_total(answer),
        unit=metric.unit,
        currency=answer.currency,
        note=note,
        entra_id=visit.turn.person.entra_id,
        at=visit.turn.at,
    )


def _total(answer: Answer) -> float | None:
    """The first number of the total, or of the only row."""
    row = answer.total or (answer.rows[0] if len(answer.rows) == 1 else None)
    return None if row is None or row.values[0] is None else float(row.values[0])


def _query_json(query: Query) -> str:
    return says.compact(public.to_json(query, ids=True))


def _rounded(value: float | None) -> float | None:
    """Sums of fractions may differ in the last digits from one machine to the next."""
    return None if value is None else float(f"{value:.9g}")


def _without_names(said: Any) -> Any:
    if isinstance(said, dict):
        return said["id"] if set(said) == {"id", "name"} else {k: _without_names(v) for k, v in said.items()}
    return [_without_names(one) for one in said] if isinstance(said, list) else said


def _hashed(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
