"""Mail: each letter once, patient with throttling, never again where it may have been sent; and only to whoever wants it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import aiohttp
import pytest

from analytics.errors import SettingsError
from bot.events import Conversation, Person
from bot.features.feature import Services
from bot.features.mailing import Mailing, name_of
from bot.mail import Attached, Mail, MailInDoubt, MailLater, MailRefused
from bot.settings import read_settings
from bot.state import State
from bot.state.mail import LEASE_SECONDS
from cards.letter import letter
from cards.show import card_for
from tests.cards import answers
from tests.fakes.graph import FakeGraph, status
from tests.fakes.serving import serving
from tests.fakes.stage import FakeClock

SENDER = "insights@contoso.example"
HOME = Conversation("a:1", "personal", "t1", "https://smba.example/")
ANN = Person("t1", "11111111-aaaa-4000-8000-000000000001", "Ann")
CARD = card_for(answers.breakdown(), answers.VIEW)


@asynccontextmanager
async def mailing_to(fake: FakeGraph, clock: FakeClock) -> AsyncIterator[Mail]:
    fake.mailboxes.add(SENDER)

    async def token() -> str:
        return fake.token

    async with serving(fake.app(), None) as address, aiohttp.ClientSession() as session:
        yield Mail(session, token, sender=SENDER, clock=clock, endpoint=f"{address}/v1.0")


async def test_a_letter_has_a_plain_part_html_and_its_pictures_inside(clock: FakeClock) -> None:
    fake = FakeGraph()
    made = letter(CARD, foot="Say no mail to stop it.")
    async with mailing_to(fake, clock) as mail:
        await mail.send("ann@contoso.example", made, [Attached("chart1", b"\x89PNG")], "k1")
    (got,) = fake.mails
    assert (got["To"], got["From"], got["Subject"]) == ("ann@contoso.example", SENDER, made.subject)
    assert "Spend" in got.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert 'src="cid:chart1"' in got.get_body(("html",)).get_content()  # type: ignore[union-attr]
    pictures = [part for part in got.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == ["<chart1>"]
    assert pictures[0].get_content_disposition() == "inline"


async def test_one_key_has_one_message_id(clock: FakeClock) -> None:
    fake = FakeGraph()
    async with mailing_to(fake, clock) as mail:
        for key in ("k1", "k1", "k2"):
            await mail.send("ann@contoso.example", letter(CARD), (), key)
    first, second, third = (got["Message-ID"] for got in fake.mails)
    assert first == second != third


async def test_throttling_says_when_to_come_back(clock: FakeClock) -> None:
    fake = FakeGraph(faults=[status(429, wait="17")])
    async with mailing_to(fake, clock) as mail:
        with pytest.raises(MailLater) as later:
            await mail.send("ann@contoso.example", letter(CARD), (), "k1")
    assert later.value.after == 17
    assert fake.mails == []


async def test_a_mailbox_that_the_app_may_not_use_is_refused_with_what_to_do(clock: FakeClock) -> None:
    fake = FakeGraph()
    async with mailing_to(fake, clock) as mail:
        fake.mailboxes.clear()
        with pytest.raises(MailRefused, match=r"Mail\.Send"):
            await mail.send("ann@contoso.example", letter(CARD), (), "k1")


@pytest.mark.parametrize("code", [500, 502, 504])
async def test_what_failed_behind_the_door_is_in_doubt(clock: FakeClock, code: int) -> None:
    fake = FakeGraph(faults=[status(code)])
    async with mailing_to(fake, clock) as mail:
        with pytest.raises(MailInDoubt):
            await mail.send("ann@contoso.example", letter(CARD), (), "k1")


async def test_nobody_there_is_tried_again(clock: FakeClock) -> None:
    fake = FakeGraph()
    async with mailing_to(fake, clock) as mail:
        pass
    async with aiohttp.ClientSession() as session:

        async def token() -> str:
            return "t"

        gone = Mail(session, token, sender=SENDER, clock=clock, endpoint="http://127.0.0.1:9/v1.0")
        with pytest.raises(MailLater):
            await gone.send("ann@contoso.example", letter(CARD), (), "k1")
    assert mail.sender == SENDER


@pytest.mark.parametrize("sender", ["", "somebody", "a b@contoso.example", "x/../y@contoso.example"])
def test_mail_without_a_mailbox_is_no_setting(sender: str) -> None:
    with pytest.raises(SettingsError) as told:
        read_settings({"FREELANCE_MAIL": "true", "FREELANCE_MAIL_FROM": sender}, serving=False)
    assert [problem for problem in told.value.problems if "FREELANCE_MAIL_FROM" in problem]


# -- from the outbox to the mailbox ------------------------------------------------------------------------------------


@dataclass
class Asked:
    """Somebody the directory knows."""

    upn: str


@dataclass
class Directory:
    """Who is known; nobody else is."""

    known: dict[str, Asked]

    async def who(self, person: Person) -> Asked | None:
        return self.known.get(person.entra_id)


@pytest.fixture
async def state(url: str, clock: FakeClock) -> AsyncIterator[State]:
    opened = await State.open(url, clock)
    await opened.conversations.remember(HOME, ANN)
    await opened.person_settings.set(ANN, name_of(HOME.root), value=True)
    yield opened
    await opened.close()


def mailing(state: State, mail: Mail, clock: FakeClock) -> Mailing:
    directory = Directory({ANN.entra_id: Asked("ann@contoso.example")})
    services: Any = Services(None, directory, state, None, clock, mail=mail, vocabularies=None)  # type: ignore[arg-type]
    made = Mailing(services)
    state.outbox.copies.append(made.copy)
    return made


def posted(card: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


async def test_what_comes_by_itself_goes_by_mail_once(state: State, clock: FakeClock) -> None:
    fake = FakeGraph()
    async with mailing_to(fake, clock) as mail:
        made = mailing(state, mail, clock)
        for _ in range(2):
            await state.outbox.put(HOME, posted(CARD), purpose="digest", key="run:1:2026-W47:post")
        await state.outbox.put(HOME, posted(CARD), purpose="reply", key="answer")
        await state.outbox.put(HOME, {"type": "message", "text": "words"}, purpose="digest", key="run:1:words")
        for _ in range(3):
            await made.tick(clock())
    assert [got["To"] for got in fake.mails] == ["ann@contoso.example"]
    html = html_of(fake.mails[0])
    assert "Data" in html
    assert 'src="cid:chart1"' in html
    receipt = await state.mails.receipt(f"run:1:2026-W47:post:mail:{ANN.entra_id}")
    assert receipt is not None
    assert receipt.state == "sent"


async def test_a_letter_that_was_taken_before_the_line_broke_is_in_doubt_and_never_sent_again(
    state: State, clock: FakeClock
) -> None:
    fake = FakeGraph(lost=1)
    async with mailing_to(fake, clock) as mail:
        made = mailing(state, mail, clock)
        await state.outbox.put(HOME, posted(CARD), purpose="digest", key="k")
        for _ in range(3):
            clock.pass_by(600)
            await made.tick(clock())
    assert len(fake.mails) == 1
    assert [(one.state, one.key) for one in await state.mails.troubles(0.0)] == [("indoubt", f"k:mail:{ANN.entra_id}")]


async def test_a_throttled_letter_waits_as_long_as_asked_and_then_goes(state: State, clock: FakeClock) -> None:
    fake = FakeGraph(faults=[status(429, wait="120")])
    async with mailing_to(fake, clock) as mail:
        made = mailing(state, mail, clock)
        await state.outbox.put(HOME, posted(CARD), purpose="digest", key="k")
        await made.tick(clock())
        clock.pass_by(100)
        await made.tick(clock())
        assert fake.mails == []
        clock.pass_by(30)
        await made.tick(clock())
    assert len(fake.mails) == 1


async def test_whoever_died_with_a_letter_in_hand_leaves_it_in_doubt(state: State, clock: FakeClock) -> None:
    fake = FakeGraph()
    async with mailing_to(fake, clock) as mail:
        made = mailing(state, mail, clock)
        await state.outbox.put(HOME, posted(CARD), purpose="digest", key="k")
        held = await state.mails.claim()
        assert held is not None
        clock.pass_by(LEASE_SECONDS + 1)
        await made.tick(clock())
        assert await state.mails.settle(held, "sent") is False
    assert fake.mails == []
    receipt = await state.mails.receipt(held.key)
    assert receipt is not None
    assert receipt.state == "indoubt"


async def test_who_changed_their_mind_or_left_gets_nothing(state: State, clock: FakeClock) -> None:
    fake = FakeGraph()
    async with mailing_to(fake, clock) as mail:
        made = mailing(state, mail, clock)
        await state.outbox.put(HOME, posted(CARD), purpose="digest", key="k")
        await state.person_settings.clear(ANN, name_of(HOME.root))
        await made.tick(clock())
        await state.outbox.put(HOME, posted(CARD), purpose="digest", key="k2")
        await made.tick(clock())
    assert fake.mails == []
    assert await state.mails.receipt(f"k2:mail:{ANN.entra_id}") is None


async def test_a_receipt_keeps_nothing_of_what_was_said(state: State, clock: FakeClock) -> None:
    fake = FakeGraph()
    async with mailing_to(fake, clock) as mail:
        made = mailing(state, mail, clock)
        await state.outbox.put(HOME, posted(CARD), purpose="digest", key="k")
        await made.tick(clock())
    rows = await state.line.run("SELECT card_json, state FROM mails", {})
    assert [tuple(row) for row in rows] == [("", "sent")]


def html_of(got: EmailMessage) -> str:
    body = got.get_body(("html",))
    assert body is not None
    return str(body.get_content())
