"""What everyone in a channel may see: set there by a program lead, told to anyone who asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot import auditing, says
from bot.access import Seen
from bot.answering import Answered
from bot.features.feature import PROGRAM, Command, Feature
from cards.notice import Line, notice_card
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.access import Asker
    from bot.features.feature import Services
    from bot.visit import Visit

SHORT = r"(?=.{1,200}\Z)"

# What may be shown, in the words people use for it.
SHOWS: Mapping[str, str] = {
    "totals": r"(?:company )?totals(?: only)?|(?:nur )?(?:summen|gesamtzahlen)|(?:les )?totaux|(?:los )?totales|(?:os )?totais|合計(?:のみ)?",
    "groups": r"groups(?: only)?|(?:nur )?gruppen|(?:les )?groupes|(?:los )?grupos|(?:os )?grupos|グループ(?:のみ)?",
    "everything": r"everything|all|the whole program(?:me)?|names too|alles|tout|todo|tudo|すべて|全て",
}
BELOW = r"(?:teams? )?(?P<teams>.+?),? (?:and (?:everything |all )?below|und darunter|et en dessous|y por debajo|e abaixo)|(?P<teams_ja>.+?)(?:とその)?以下"
LINE = (
    r"(?:the )?(?:reporting )?line of (?P<line>.+)|(?:die )?linie von (?P<line_de>.+)|(?:la )?ligne de (?P<line_fr>.+)"
    r"|(?:la )?línea de (?P<line_es>.+)|(?:a )?linha de (?P<line_pt>.+)|(?P<line_ja>.+)のライン"
)
ONLY_GROUPS = r",? (?:groups only|as groups|nur gruppen|groupes seulement|solo grupos|só grupos)|、?グループのみ"

# The same words inside a command, where their gaps have no names.
_WORDS = re.sub(r"\?P<[a-z_]+>", "?:", "|".join((*SHOWS.values(), BELOW, LINE)))
_ANY = rf"(?P<what>{_WORDS})(?P<only>{ONLY_GROUPS})?"
_FREE = rf"(?P<what>.+?)(?P<only>{ONLY_GROUPS})?"

# "Show ... here" could be a question as well, so there only what may be shown fits; the others are commands whatever follows.
SET = (
    rf"(?:please )?show (?:only |just )?{_ANY} (?:here|in this channel)",
    rf"(?:please )?(?:set|change) the scope (?:of|for|in) this channel to {_FREE}",
    rf"(?:let )?(?:everyone in )?this channel (?:may |can |should )?sees? {_FREE}",
    rf"channel scope:? {_FREE}",
    rf"zeige? hier {_ANY}",
    rf"(?:setze?|stelle?) den umfang dieses kanals auf {_FREE}",
    rf"dieser kanal darf {_FREE} sehen",
    rf"(?:affiche[rz]?|montre[rz]?) {_ANY} ici",
    rf"ce canal peut voir {_FREE}",
    rf"(?:muestra|mostrar) {_ANY} aquí",
    rf"este canal puede ver {_FREE}",
    rf"(?:mostra|mostre|mostrar) {_ANY} aqui",
    rf"este canal pode ver {_FREE}",
    rf"ここでは{_ANY}を表示(?:して(?:ください)?)?",
    rf"このチャネルの範囲を{_FREE}にする",
)
TELL = (
    r"what (?:can|may) (?:be seen|everyone see|we see|people see|this channel see) (?:here|in this channel)",
    r"what (?:can|may) this channel see",
    r"(?:whose data (?:is|are) (?:this|shown here|seen here))|channel scope|what is the scope (?:of this channel|here)",
    r"was (?:ist hier zu sehen|kann man hier sehen|sieht man hier)",
    r"(?:que peut-on|qu'est-ce qu'on peut) voir ici",
    r"¿?qué se puede ver aquí",
    r"o que se pode ver aqui",
    r"ここでは何が見え(?:ますか|る)",
)


class ChannelScope:
    """Answers the commands."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def tell(self, visit: Visit, _fit: re.Match[str]) -> Answered:
        """What can be seen here, and by what rule."""
        where, language = visit.turn.conversation, visit.reader.language
        seen = await self._services.access.seen(visit.asker, where) or says.NO_DATA
        return await self._card(visit, seen, words(language).say(f"channel_scope.rule_{where.kind}"))

    async def set(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """Keep what everyone in this channel is to see, and say so."""
        say, where = words(visit.reader.language).say, visit.turn.conversation
        if where.kind != "channel":
            return await self.tell(visit, fit)
        given = await self._given(fit["what"].strip(), bool(fit["only"]))
        if given is None:
            return await self._unclear(visit, say("channel_scope.unknown", what=fit["what"]), ())
        if isinstance(given, list):
            return await self._unclear(visit, say("channel_scope.several", what=fit["what"]), given)
        scopes = self._services.state.channel_scopes
        before = await scopes.get(where)
        await scopes.set(where, given, visit.turn.person)
        await self._note(visit, before, given)
        return await self._card(visit, await self._services.access.place(where), say("channel_scope.since"))

    async def _note(self, visit: Visit, before: Mapping[str, Any] | None, given: Mapping[str, Any]) -> None:
        told = {"before": before or {"show": "totals"}, "after": dict(given)}
        await self._services.state.audit.add(auditing.of_deed(visit, "channel_scope", "set", told))

    async def _given(self, what: str, only_groups: bool) -> dict[str, Any] | list[str] | None:
        """What is to be kept; several labels where a name fits several, None where it fits nothing."""
        for show, pattern in SHOWS.items():
            if re.fullmatch(pattern, what, re.IGNORECASE):
                return {"show": show}
        detail = "groups" if only_groups else "named"
        if line := _named(re.fullmatch(LINE, what, re.IGNORECASE)):
            heads = [one for one in await self._services.access.people.named(line) if one[1].leads]
            if len(heads) == 1:
                return {"show": "line", "person": heads[0][0], "detail": detail}
            return [_told(one) for _, one in heads] if heads else self._teams(line, detail)
        below = _named(re.fullmatch(BELOW, what, re.IGNORECASE))
        return self._teams(below or what, detail)

    def _teams(self, said: str, detail: str) -> dict[str, Any] | list[str] | None:
        members = self._services.engine.version().members
        found = members.by_name["team"].get(said.casefold().removeprefix("team ").strip(), [])
        if len(found) > 1:
            return [members.by_id["team"][one].label for one in found]
        return {"show": "teams", "teams": found, "detail": detail} if found else None

    async def _card(self, visit: Visit, seen: Seen, rule: str) -> Answered:
        say = words(visit.reader.language).say
        view = await self._services.answering.view(visit.reader)
        label = says.scope_label(seen, visit.reader.language)
        named = seen.scope.detail == "named" and visit.turn.conversation.shared
        warning = say("channel_scope.warning") if named else ""
        told = [say("channel_scope.seen", seen=label), rule]
        return Answered(notice_card(view, say("channel_scope.title"), told, warning=warning), "told")

    async def _unclear(self, visit: Visit, why: str, labels: list[str] | tuple[str, ...]) -> Answered:
        say = words(visit.reader.language).say
        view = await self._services.answering.view(visit.reader)
        lines = [Line(label) for label in labels]
        card = notice_card(view, say("channel_scope.title"), [why, say("channel_scope.how")], lines=lines)
        return Answered(card, "asked back")


def _named(fit: re.Match[str] | None) -> str:
    return next((said.strip() for said in fit.groups() if said), "") if fit else ""


def _told(asker: Asker) -> str:
    return f"{asker.name} · {asker.upn}"


def feature(services: Services) -> Feature:
    """The commands of what a channel may see."""
    does = ChannelScope(services)
    sets = tuple(Command(f"set channel scope {n}", SHORT + pattern, does.set, PROGRAM) for n, pattern in enumerate(SET))
    tells = tuple(Command(f"tell channel scope {n}", SHORT + pattern, does.tell) for n, pattern in enumerate(TELL))
    return Feature("channel scope", commands=(*tells, *sets))
