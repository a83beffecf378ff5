"""Arranging the weekly digest where it is to be: in words or on a card, by a program lead, noted in the audit."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel import Locale

from analytics.errors import InsightsError, QuestionError
from analytics.model import Compare, Query
from bot import auditing, says
from bot.answering import Answered
from bot.apart import apart, home_of, not_installed
from bot.features.digest.content import rule_said
from bot.features.digest.said import When, when_of
from bot.features.digest.sending import KIND
from bot.features.feature import PROGRAM
from bot.language import LANGUAGES, language_of, locale_of
from bot.schedules import Rule, known_zone, next_due
from cards import formats
from cards.digest import Form, arrange_card
from cards.notice import notice_card
from cards.text import clean
from cards.trouble import refusal_card
from cards.words import words

if TYPE_CHECKING:
    import re
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.events import Conversation
    from bot.features.feature import Services
    from bot.state.schedule import Schedule
    from bot.visit import Visit

LOCALES = {"en": "en_US", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "pt": "pt_PT", "ja": "ja_JP"}
USUAL = Rule("week", time(9), "UTC")
NAME = 120


def key_of(where: Conversation) -> str:
    """There is one digest in a conversation."""
    return f"digest:{where.tenant}:{where.root}"


class Arranging:
    """Answers the commands and the card; each command is made for the language it was given in."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept = services.state.schedules

    def command(self, name: str, language: str) -> Callable[[Visit, re.Match[str]], Awaitable[Answered]]:
        """What is done by this command."""
        does: Mapping[str, Callable[[Visit, str, str], Awaitable[Answered]]] = {
            "post": self._post,
            "change": self._change,
            "stop": self._stop,
            "resume": self._resume,
            "tell": self._tell,
            "form": self._form,
        }

        async def run(visit: Visit, fit: re.Match[str]) -> Answered:
            if not visit.turn.conversation.shared:
                return await self._said(visit, language, "where")
            return await does[name](visit, language, fit.groupdict().get("when") or "")

        return run

    async def save(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The card was filled in; nothing that comes with the press is believed."""
        language = str(data.get("digest_language", "en"))
        language = language if language in LANGUAGES else "en"
        if visit.asker.role not in PROGRAM or not visit.turn.conversation.shared:
            return await self._refused(visit, language)
        try:
            at = f"{data.get('digest_hour')!s:0>5}"
            kept = {"every": "week", "weekday": data.get("digest_day"), "at": at, "zone": data.get("digest_zone")}
            rule = Rule.from_json(kept)
        except QuestionError as error:
            view = await self._services.answering.view(visit.reader)
            return Answered(refusal_card(view, "unsupported", str(error)), "refused")
        show = "numbers" if data.get("digest_show") == "numbers" else "all"
        return await self._arrange(visit, language, rule, {"show": show}, now=data.get("digest_begin") != "later")

    async def my_teams(self, visit: Visit, _: Mapping[str, Any]) -> Answered:
        """The teams of whoever presses, in their personal chat and in their own scope."""
        language = visit.reader.language
        seen = self._services.access.own(visit.asker, "own")
        if seen is None:
            return Answered({}, "refused", text=says.say(language, "no_line"))
        home = await home_of(visit, self._services.state)
        if home is None and visit.turn.conversation.shared:
            return not_installed(language)
        query = Query(("spend", "jobs_posted", "hires"), ("team",), compare=Compare("previous_period"))
        own = language_of(visit.turn.locale)
        reader = replace(
            visit.reader,
            scope=seen.scope,
            scope_label=says.scope_label(seen, own),
            shared=False,
            language=own,
            locale=locale_of(visit.turn.locale),
        )
        answered = await self._services.answering.answer(query, reader, at=visit.turn.at, reference=visit.reference)
        return apart(answered, home, language) if home and visit.turn.conversation.shared else answered

    async def arrived(self, visit: Visit) -> Answered | None:
        """The bot has come back to where a digest was: that is not resumed by itself."""
        one = await self._kept.find(key_of(visit.turn.conversation))
        if one is None:
            return None
        await self._kept.pause(one.id, "removed")
        return Answered({}, "told", text=words(one.language).say("digest.was_here"))

    # -- the commands ----------------------------------------------------------------------------------------------

    async def _post(self, visit: Visit, language: str, said: str) -> Answered:
        when = when_of(said) if said else When()
        if when is None:
            return await self._form(visit, language, said)
        return await self._arrange(visit, language, self._rule(visit, when, None), {"show": "all"}, now=True)

    async def _change(self, visit: Visit, language: str, said: str) -> Answered:
        one = await self._here(visit)
        if one is None:
            return await self._said(visit, language, "none")
        when = when_of(said)
        if when is None or when == When():
            return await self._form(visit, language, said)
        rule = self._rule(visit, when, one.rule)
        await self._changed(visit, one, rule, one.payload, language)
        return await self._standing(visit, language)

    async def _stop(self, visit: Visit, language: str, _: str) -> Answered:
        one = await self._here(visit)
        if one is None:
            return await self._said(visit, language, "none")
        await self._kept.end(one.id, "stopped")
        await self._note(visit, "stopped", one.rule)
        return await self._said(visit, language, "stopped")

    async def _resume(self, visit: Visit, language: str, _: str) -> Answered:
        one = await self._here(visit)
        if one is None:
            return await self._said(visit, language, "none")
        due = next_due(one.rule, self._services.clock()).at
        if await self._kept.resume(one.id, due):
            # Whoever resumes it answers for it from now on.
            await self._kept.change(one, next_due=due, owner=visit.turn.person.entra_id)
            await self._note(visit, "resumed", one.rule)
        return await self._standing(visit, language)

    async def _tell(self, visit: Visit, language: str, _: str) -> Answered:
        return await self._standing(visit, language)

    async def _form(self, visit: Visit, language: str, said: str) -> Answered:
        if visit.asker.role not in PROGRAM:
            return await self._refused(visit, language)
        one = await self._here(visit)
        rule = one.rule if one else self._rule(visit, When(), None)
        zones = tuple(dict.fromkeys((rule.zone, visit.turn.local_timezone, visit.snapshot.reporting.timezone)))
        form = Form(rule.weekday, f"{rule.at:%H:%M}", tuple(z for z in zones if _is_zone(z)), language, said)
        view = await self._services.answering.view(visit.reader)
        return Answered(arrange_card(form, view), "asked back")

    # -- what they come to -----------------------------------------------------------------------------------------

    def _rule(self, visit: Visit, when: When, before: Rule | None) -> Rule:
        """What was named, the rest as it was; else Monday at nine where whoever says it is."""
        here = visit.turn.local_timezone
        zone = here if _is_zone(here) else visit.snapshot.reporting.timezone
        base = before or Rule("week", USUAL.at, zone)
        weekday = base.weekday if when.weekday is None else when.weekday
        return Rule("week", when.at or base.at, when.zone or base.zone, weekday)

    async def _arrange(
        self, visit: Visit, language: str, rule: Rule, payload: Mapping[str, Any], *, now: bool
    ) -> Answered:
        one = await self._here(visit)
        if one is not None and one.state == "active":
            await self._changed(visit, one, rule, {**one.payload, **payload}, language)
            return await self._standing(visit, language)
        if one is not None:
            await self._kept.end(one.id, "arranged anew")
        where, clock = visit.turn.conversation, self._services.clock
        first = clock() if now else next_due(rule, clock()).at
        kept = {**payload, "name": await self._name(where)}
        locale = locale_of(visit.turn.locale) if visit.turn.locale[:2].lower() == language else LOCALES[language]
        how: dict[str, Any] = {"next_due": first, "key": key_of(where), "language": language, "locale": locale}
        await self._kept.add(visit.turn.person, KIND, where, rule, kept, **how)
        await self._note(visit, "arranged", rule)
        say = words(language).say
        begins = say("digest.now") if now else say("digest.first_on", moment=_moment(first, rule, locale))
        seen = await self._services.access.place(where)
        told = [say("digest.arranged", **rule_said(rule, language)), begins]
        told += [say("digest.scope", scope=says.scope_label(seen, language))]
        told += [say("digest.pin_hint")] if where.kind == "channel" else []
        return await self._card(visit, language, told, "digest arranged")

    async def _changed(
        self, visit: Visit, one: Schedule, rule: Rule, payload: Mapping[str, Any], language: str
    ) -> None:
        due = next_due(rule, self._services.clock()).at
        same = rule == one.rule
        await self._kept.change(
            one,
            next_due=one.next_due if same else due,
            rule=rule,
            payload=payload,
            language=language,
            locale=one.locale if language == one.language else LOCALES[language],
        )
        await self._note(visit, "changed", rule, one.rule)

    async def _standing(self, visit: Visit, language: str) -> Answered:
        """What is arranged here, when it comes next, and what became of the last one."""
        one = await self._here(visit)
        if one is None:
            return await self._said(visit, language, "none")
        say = words(language).say
        told = [say("digest.stands", **rule_said(one.rule, language))]
        if one.state == "paused":
            told.append(say("digest.paused"))
        else:
            told.append(say("digest.next", moment=_moment(one.next_due, one.rule, LOCALES[language])))
        if runs := await self._services.state.runs.of(one.id, 1):
            told.append(say("digest.last", state=say(f"digest.state_{runs[0].state}")))
        return await self._card(visit, language, told, "told")

    async def _here(self, visit: Visit) -> Schedule | None:
        return await self._kept.find(key_of(visit.turn.conversation))

    async def _name(self, where: Conversation) -> str:
        """What people call the channel, for what is said about it elsewhere."""
        connector = self._services.connector
        if connector is None or where.kind != "channel":
            return ""
        try:
            team, channels = await connector.team(where), await connector.channels(where)
        except InsightsError:
            return ""
        listed = next((one for one in channels if one.get("id") == where.channel_id), {})
        # The first channel of a team comes without a name.
        names = [str(one.get("name") or "") for one in (team, listed)]
        return clean(" › ".join(name for name in names if name))[:NAME]

    async def _said(self, visit: Visit, language: str, key: str) -> Answered:
        return await self._card(visit, language, [words(language).say(f"digest.{key}")], key)

    async def _refused(self, visit: Visit, language: str) -> Answered:
        view = await self._services.answering.view(visit.reader)
        return Answered(refusal_card(view, "scope", says.say(language, "not_your_role")), "refused")

    async def _card(self, visit: Visit, language: str, told: list[str], outcome: str) -> Answered:
        view = await self._services.answering.view(visit.reader)
        title = words(language).say("digest.card")
        return Answered(notice_card(view, title, told), outcome)

    async def _note(self, visit: Visit, outcome: str, rule: Rule, before: Rule | None = None) -> None:
        told: dict[str, Any] = {"rule": rule.to_json(), **({"before": before.to_json()} if before else {})}
        await self._services.state.audit.add(auditing.of_deed(visit, "digest", outcome, told))


def _is_zone(name: str) -> bool:
    try:
        return bool(known_zone(name))
    except QuestionError:
        return False


def _moment(at: datetime, rule: Rule, locale: str) -> str:
    """A moment as it is where the rule counts."""
    there = at.astimezone(ZoneInfo(rule.zone))
    day = Locale.parse(locale).days["stand-alone"]["abbreviated"][there.weekday()]
    return f"{day} {formats.day(there.date(), locale)}, {there:%H:%M} ({rule.zone})"
