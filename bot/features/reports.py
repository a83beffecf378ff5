"""The jobs report and the spending report: asked for by name, for any period, changed with the choosers of a card."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analytics import query as public
from analytics.errors import InsightsError, QuestionError
from analytics.model import Period
from analytics.periods import last_units
from bot.answering import Answered
from bot.features.feature import Command, Feature, Services, either
from bot.understanding import Question, read
from cards import actions
from cards.reports import REPORTS, Report, report_card
from cards.trouble import error_card, refusal_card

if TYPE_CHECKING:
    from analytics.model import Answer, Query
    from bot.visit import Visit

SHOW = r"(?:(?:please )?(?:show|give|open|zeige?|montre|muestra|mostre)(?: me| mir|-moi|me|-me)? )?(?:(?:the|den|le|el|o) )?"
WHEN = r"(?: (?:for |of |für |de |del |do |da |pour )?(?P<when>.+))?"
NAMES: Mapping[str, str] = {
    "jobs": either(
        r"jobs? report", r"demand report", r"jobs? dashboard", r"auftragsbericht", r"rapport (?:sur les |des )missions",
        r"informe de trabajos", r"relatório de (?:trabalhos|vagas)", r"案件レポート",
    ),
    "spending": either(
        r"spend(?:ing)? report", r"spend(?:ing)? dashboard", r"cost report", r"ausgabenbericht", r"rapport (?:sur les |des )dépenses",
        r"informe de gastos?", r"relatório de (?:gastos|despesas)", r"支出レポート",
    ),
}  # fmt: skip


def feature(services: Services) -> Feature:
    """Both reports, in words and by their buttons."""
    reports = Reports(services)
    commands = tuple(Command(f"{key} report", SHOW + name + WHEN, reports.said(key)) for key, name in NAMES.items())
    return Feature("reports", commands=commands, presses={actions.REPORT: reports.pressed})


class Reports:
    """Asks all the questions of a report at once, in the scope of whoever reads it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def said(self, key: str) -> Any:
        """What is done when this report is asked for in words."""

        async def answer(visit: Visit, fit: re.Match[str]) -> Answered:
            time = last_units(visit.reader.today, "quarter", 1)
            if when := fit.group("when"):
                asked = await self._period(visit, when)
                if asked is None:
                    view = await self._services.answering.view(visit.reader)
                    return Answered(refusal_card(view, "unsupported", f"“{when}”"), "asked back")
                time = asked
            return await self._answer(visit, REPORTS[key], replace(REPORTS[key].base(None), time=time))

        return answer

    async def pressed(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The report of a card, changed by its choosers."""
        try:
            report = REPORTS[str(data.get("report"))]
            asked = public.from_json(data.get("query") or {})
            chosen = {key: said for key, said in data.items() if key not in {"verb", "query", "report", "msteams"}}
            fiscal = visit.snapshot.reporting.fiscal_year_start_month
            base = report.base(actions.apply_inputs(report.base(asked), chosen, visit.reader.today, fiscal))
        except (KeyError, QuestionError) as error:
            view = await self._services.answering.view(visit.reader)
            why = str(error) if isinstance(error, QuestionError) else "I do not know this report."
            return Answered(refusal_card(view, "unsupported", why), "refused")
        return await self._answer(visit, report, base)

    async def _answer(self, visit: Visit, report: Report, base: Query) -> Answered:
        view = await self._services.answering.view(visit.reader)
        wanted = report.parts(base, visit.scope.detail)
        try:
            top = await asyncio.gather(*(self._ask(visit, query) for query in report.top(base)))
        except QuestionError as error:
            return Answered(refusal_card(view, "unsupported", str(error)), "refused")
        except InsightsError as error:
            return Answered(error_card(view, visit.reference, visit.turn.at, base, str(error)), "failed")
        found = await asyncio.gather(*(self._part(visit, query) for _, query in wanted))
        shown = [(section, answer) for (section, _), answer in zip(wanted, found, strict=True) if answer is not None]
        return Answered(report_card(report, base, top, shown, view), "answered", top[0])

    async def _ask(self, visit: Visit, query: Query) -> Answer:
        return await self._services.engine.answer(query, visit.scope, today=visit.reader.today)

    async def _part(self, visit: Visit, query: Query) -> Answer | None:
        """A part that cannot be asked with these filters is left out; the others stand."""
        try:
            return await self._ask(visit, query)
        except InsightsError:
            return None

    async def _period(self, visit: Visit, when: str) -> Period | None:
        """The period in somebody's words, read the way it is read in any question."""
        vocabulary = await self._services.vocabularies.of(visit.turn.person.tenant)
        fiscal = visit.snapshot.reporting.fiscal_year_start_month
        chosen = await self._services.state.choices.all(visit.turn.person)
        question = Question(f"spend {when}", visit.reader.language, visit.reader.today, (), fiscal, chosen)
        reading = await self._services.engine.run(lambda: read(question, vocabulary))
        return reading.query.time if reading.kind == "answer" and reading.query else None
