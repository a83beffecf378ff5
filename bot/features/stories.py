"""Stories: a short text on a job or a contract, by its author, for whoever may see that record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from analytics.seen import records_seen
from bot import auditing, says
from bot.answering import Answered
from bot.apart import alone
from bot.features.feature import Command, Feature, either
from cards.stories import REMOVE, Told, stories_card
from cards.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from analytics.model import Scope
    from analytics.seen import Kind
    from bot.features.feature import Services
    from bot.state.stories import Story
    from bot.visit import Visit

MOST = 500  # letters of a story

_OPEN = r"\s*[:\uff1a]\s*"
_JOB = r"(?P<job{n}>job|auftrag|stelle|mission|poste|trabajo|puesto|trabalho|vaga|案件)"
_CONTRACT = r"(?P<contract{n}>contract|vertrag|contrat|contrato|契約)"
_WORDS = (
    r"(?:please )?(?:note|keep|save|add)(?: this| that| it)?(?: down)?(?: as)?(?: a)? story",
    r"(?:als )?(?:story|geschichte)(?: notieren| merken)?|(?:notiere|merke) (?:dir )?(?:als )?(?:story|geschichte)",
    r"(?:note|garde|ajoute)(?: ça| cela)?(?: comme)?(?: une)? (?:histoire|anecdote)",
    r"(?:anota|guarda|añade)(?: esto)?(?: como)?(?: una)? historia", r"(?:anote|guarde|adicione)(?: isso)?(?: como)?(?: uma)? história",
    r"ストーリー(?:として(?:記録|メモ))?",
)  # fmt: skip
_ON = r"(?: (?:on|for|about|to|zu|für|zum|sur|pour|sobre|de|para|em)?(?: the| dem| der| le| la| el| o)? ?"
NOTE = rf"(?:{'|'.join(_WORDS)}){_ON}{either(_JOB.format(n=''), _CONTRACT.format(n=''))} (?P<id>\S{{1,60}}?))?{_OPEN}(?P<text>.+)"
LIST = either(
    r"(?:show|list)?(?: me)?(?: our| the| all)* ?stories|what stories (?:do we have|are there)", r"(?:unsere |alle |zeige? (?:mir )?(?:die |unsere )?)?(?:storys|stories|geschichten)",
    r"(?:nos |les |toutes les )?histoires", r"(?:nuestras |las |todas las )?historias", r"(?:nossas |as |todas as )?histórias", r"ストーリー(?:の)?一覧",
)  # fmt: skip
_STORY = r"(?:the |die |die |l['’]|la |a )?(?:story|geschichte|histoire|historia|história|ストーリー)"
GONE = either(
    rf"(?:remove|delete|entferne|lösche|supprime|retire|elimina|borra|remova|exclua|apague) {_STORY} ?#?(?P<n>\d{{1,6}})",
    r"ストーリー(?P<ja>\d{1,6})を(?:削除|消)(?:し)?(?:して|て)?(?:ください)?",
)
EDIT = rf"(?:change|edit|rewrite|ändere|modifie|cambia|edita|mude|edite|altere)? ?{_STORY} ?#?(?P<n>\d{{1,6}})(?: to| zu| auf| en| a| para)?{_OPEN}(?P<text>.+)"


def feature(services: Services) -> Feature:
    """The commands and the button."""
    stories = Telling(services)
    return Feature(
        "stories",
        commands=(
            Command("note story", NOTE, stories.note),
            Command("edit story", EDIT, stories.edit),
            Command("remove story", GONE, stories.remove),
            Command("stories", LIST, stories.listed),
        ),
        presses={REMOVE: stories.press_remove},
    )


async def seen_by(services: Services, scope: Scope, stories: Sequence[Story]) -> Sequence[Story]:
    """Those whose record lies within a scope, in the same order."""
    by_kind: dict[Kind, set[str]] = {"job": set(), "contract": set()}
    for one in stories:
        by_kind[cast("Kind", one.kind)].add(one.record)

    def look() -> set[tuple[str, str]]:
        with services.engine.store.lease() as lease:
            return {(kind, key) for kind, ids in by_kind.items() for key in records_seen(lease, kind, ids, scope)}

    seen = await services.engine.run(look) if stories else set()
    return [one for one in stories if (one.kind, one.record) in seen]


async def freshest(services: Services, tenant: str, scope: Scope, most: int = 1) -> Sequence[Story]:
    """The freshest stories that an audience with this scope may see: for digests and reviews."""

    async def may_see(stories: Sequence[Story]) -> Sequence[Story]:
        return await seen_by(services, scope, stories)

    return await services.state.stories.freshest(tenant, may_see, most)


class Telling:
    """Answers the words about stories; all of it in private."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept = services.state.stories

    async def note(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """On the record that is named, or on the one that was opened last here."""
        groups, scope = fit.groupdict(), self._scope(visit)
        if groups.get("id"):
            kinds: tuple[Kind, ...] = ("job",) if groups.get("job") else ("contract",)
            record = groups["id"].rstrip(":\uff1a")
        else:
            kept = await self._services.state.last_answers.recall(visit.turn.conversation, visit.turn.person)
            opened = (kept or {}).get("record") or {}
            kinds, record = ((opened["kind"],) if opened else ()), opened.get("id", "")
        if not record:
            return await self._list(visit, "which")
        title = await self._title(kinds[0], record, scope) if kinds[0] in {"job", "contract"} else None
        if title is None:
            return await self._list(visit, "unknown")
        person = visit.turn.person
        text = _whole(visit, fit)
        one = await self._kept.note(person.tenant, kinds[0], record, title, text, (person.entra_id, visit.asker.name))
        await self._note(visit, "story noted", one)
        return await self._list(visit, "noted")

    async def listed(self, visit: Visit, _: re.Match[str]) -> Answered:
        """Those whose record whoever asks may see."""
        return await self._list(visit)

    async def edit(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """Another text, by its author or the program."""
        one = await self._theirs(visit, int(fit["n"]))
        if one is None:
            return await self._list(visit, "not_there")
        await self._kept.edit(one.tenant, one.id, _whole(visit, fit))
        await self._note(visit, "story changed", one)
        return await self._list(visit, "changed")

    async def remove(self, visit: Visit, fit: re.Match[str]) -> Answered:
        """Gone, by its author or the program."""
        return await self._remove(visit, int(fit["n"] or fit["ja"]))

    async def press_remove(self, visit: Visit, data: Mapping[str, Any]) -> Answered:
        """The chosen one; a press is no proof of anything."""
        number = str(data.get("story", ""))
        return await self._remove(
            visit, int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        )

    async def _remove(self, visit: Visit, number: int) -> Answered:
        one = await self._theirs(visit, number)
        if one is None:
            return await self._list(visit, "not_there")
        await self._kept.remove(one.tenant, one.id)
        await self._note(visit, "story removed", one)
        return await self._list(visit, "removed")

    async def _theirs(self, visit: Visit, number: int) -> Story | None:
        seen = await self._seen(visit)
        mine = visit.turn.person.entra_id
        return next((one for one in seen if one.id == number and (visit.asker.role == "program" or one.author == mine)), None)  # fmt: skip

    async def _seen(self, visit: Visit) -> Sequence[Story]:
        stories = await self._kept.listed(visit.turn.person.tenant)
        return await seen_by(self._services, self._scope(visit), stories)

    def _scope(self, visit: Visit) -> Scope:
        """What whoever says it may see for themselves: the answer goes to their personal chat."""
        seen = self._services.access.own(visit.asker) or says.NO_DATA
        return seen.scope

    async def _title(self, kind: Kind, record: str, scope: Scope) -> str | None:
        def look() -> str | None:
            with self._services.engine.store.lease() as lease:
                return records_seen(lease, kind, [record], scope).get(record)

        return await self._services.engine.run(look)

    async def _list(self, visit: Visit, done: str = "") -> Answered:
        view = await self._services.answering.view(visit.reader)
        seen, mine = await self._seen(visit), visit.turn.person.entra_id
        told = [
            Told(
                one.id,
                one.kind,
                one.title or one.record,
                one.text,
                one.author_name,
                one.changed_at.date(),
                visit.asker.role == "program" or one.author == mine,
            )
            for one in seen
        ]
        said = words(view.language).say(f"stories.{done}") if done else ""
        outcome = "story" if done in {"noted", "changed", "removed"} else "listed"
        return await alone(visit, self._services.state, Answered(stories_card(view, told, said), outcome))

    async def _note(self, visit: Visit, outcome: str, one: Story) -> None:
        told = {"kind": one.kind, "record": one.record, "story": one.id}
        await self._services.state.audit.add(auditing.of_deed(visit, "story", outcome, told))


def _whole(visit: Visit, fit: re.Match[str]) -> str:
    """The text of a story as it was typed: a command leaves out the full stop at its end."""
    said = visit.turn.text.strip()
    return " ".join(said[said.find(fit["text"]) :].split())[:MOST]
