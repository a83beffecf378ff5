"""What comes by itself goes by mail as well, for whoever asked for that in the conversation where it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog

from bot.answering import Answered
from bot.delivery.tokens import NoToken
from bot.events import Person
from bot.features.feature import Command, Feature, Services, Tick, either
from bot.mail import Attached, MailInDoubt, MailLater, MailRefused
from cards.letter import letter
from cards.words import words

if TYPE_CHECKING:
    import re
    from datetime import datetime

    from bot.events import Conversation
    from bot.mail import Mail
    from bot.state.mail import Letter as Due
    from bot.visit import Visit
    from cards.letter import Letter

log = structlog.get_logger(__name__)

SECONDS = 10.0
AT_ONCE = 20
FIRST_WAIT, LONGEST_WAIT = 30.0, 3_600.0
ON = either(
    r"(?:send (?:me )?(?:this|these|it|everything|all this|the digest) )?(?:also )?by (?:e-?)?mail(?: too| as well)?(?: please)?",
    r"(?:schick(?:e)? (?:mir )?(?:das|alles|den wochenbericht) )?(?:auch )?per (?:e-?)?mail",
    r"(?:envoie(?:-moi)? (?:cela|tout) )?(?:aussi )?par (?:e-?mail|courriel)",
    r"(?:envíame(?:lo)? (?:todo )?)?(?:también )?por (?:correo|e-?mail)",
    r"(?:envie(?:-me)? (?:tudo |isso )?)?(?:também )?por e-?mail",
    r"メールでも(?:送って(?:ください)?)?",
)
OFF = either(
    r"(?:no|stop)(?: more)?(?: the)? (?:e-?)?mails?(?: please)?",
    r"keine (?:e-?)?mails? mehr",
    r"plus (?:d'|d’|de )?(?:e-?mails?|courriels?)",
    r"(?:no|sin) más (?:correos?|e-?mails?)",
    r"(?:não|sem) mais e-?mails?",
    r"メールは(?:不要|いりません)",
)


def feature(services: Services) -> Feature:
    """In words, told of everything that is posted unasked, and sending by the clock."""
    mailing = Mailing(services)
    commands = (Command("by mail", ON, mailing.on), Command("no mail", OFF, mailing.off))
    if services.mail is None:
        return Feature("mailing", commands=commands)
    services.state.outbox.copies.append(mailing.copy)
    return Feature("mailing", commands=commands, ticks=(Tick("mail", SECONDS, mailing.tick),))


def name_of(root: str) -> str:
    """The setting of a person who wants by mail what comes in this conversation."""
    return f"mail {root}"


class Mailing:
    """Keeps who wants mail, and sends it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._state = services.state

    async def on(self, visit: Visit, _: re.Match[str]) -> Answered:
        """From now on by mail too; only for whoever said it, and only what comes in this conversation."""
        say = words(visit.reader.language).say
        if self._services.mail is None:
            return Answered({}, "refused", text=say("mail.not_here"))
        if not visit.asker.upn:
            return Answered({}, "refused", text=say("mail.no_address"))
        await self._state.person_settings.set(visit.turn.person, name_of(visit.turn.conversation.root), value=True)
        return Answered({}, "mail on", text=say("mail.on"))

    async def off(self, visit: Visit, _: re.Match[str]) -> Answered:
        """No more of it."""
        say = words(visit.reader.language).say
        was = await self._state.person_settings.clear(visit.turn.person, name_of(visit.turn.conversation.root))
        return Answered({}, "mail off", text=say("mail.off" if was else "mail.was_off"))

    async def copy(self, where: Conversation, activity: Mapping[str, Any], key: str) -> None:
        """A card on its way into a conversation is written down for everyone who wants it by mail."""
        card = next((one.get("content") for one in activity.get("attachments", ()) if one.get("content")), None)
        if card is None:
            return
        for entra_id in sorted(await self._state.person_settings.those(where.tenant, name_of(where.root))):
            await self._state.mails.put(f"{key}:mail:{entra_id}", where, entra_id, card)

    async def tick(self, now: datetime) -> None:
        """Send what is due. Raises StateUnavailable."""
        await self._state.mails.reclaim()
        for _ in range(AT_ONCE):
            due = await self._state.mails.claim()
            if due is None:
                return
            await self._one(due, now)

    async def _one(self, due: Due, now: datetime) -> None:
        mail = self._services.mail
        why = "switched off" if mail is None else "too late" if now.timestamp() >= due.expires_at else ""
        to = "" if why else await self._address(due)
        if mail is None or why or not to:
            await self._state.mails.settle(due, "failed", why or "not wanted any more")
            return
        made = letter(due.card, foot=words(str(due.card.get("lang", "en"))).say("mail.foot"))
        pictures = await asyncio.to_thread(_drawn, made)
        await self._send(mail, due, to, made, pictures)

    async def _send(self, mail: Mail, due: Due, to: str, made: Letter, pictures: list[Attached]) -> None:
        try:
            await mail.send(to, made, pictures, due.key)
        except (MailLater, NoToken) as problem:
            wait = problem.after if isinstance(problem, MailLater) else 0.0
            backoff = min(FIRST_WAIT * 2.0 ** min(due.attempt - 1, 10), LONGEST_WAIT)
            await self._state.mails.settle(due, "due", str(problem), max(wait, backoff))
        except MailRefused as problem:
            await self._state.mails.settle(due, "failed", str(problem))
            log.warning("mail", outcome="failed", problem=str(problem))
        except MailInDoubt as problem:
            await self._state.mails.settle(due, "indoubt", str(problem))
            log.warning("mail", outcome="indoubt", problem=str(problem))
        else:
            await self._state.mails.settle(due, "sent")

    async def _address(self, due: Due) -> str:
        """Where it goes; empty where they are gone, changed their mind, or are no longer in that conversation."""
        person = Person(due.tenant, due.entra_id)
        asker = await self._services.access.who(person)
        if asker is None or not await self._state.person_settings.get(person, name_of(due.conversation)):
            return ""
        where = await self._state.conversations.get(due.tenant, due.conversation)
        connector = self._services.connector
        if where is None:
            return ""
        if where.shared and (connector is None or await connector.member(where, due.entra_id) is None):
            return ""
        return asker.upn


def _drawn(made: Letter) -> list[Attached]:
    if not made.pictures:
        return []
    # Loaded with the first picture: the drawing library takes a second that no start of the bot should wait for.
    from cards.pictures import draw  # noqa: PLC0415

    return [Attached(name, draw(picture)) for name, picture in made.pictures]
