"""What could not be sent waits, across restarts, and is sent once; in doubt it is reported rather than said twice."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.connector import Connector, open_session
from bot.delivery.inbound import is_loopback
from bot.delivery.outbox import Sender
from bot.delivery.pace import Pace, Window
from bot.delivery.retries import Patience
from bot.delivery.tokens import Unsigned
from bot.events import Conversation, Person
from bot.state import State
from bot.state.delivery import LEASE_SECONDS, Outbox
from bot.telemetry.counts import Counts
from tests.fakes.connector import FakeConnector, Script, connector_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fakes.stage import FakeClock

HELLO = {"type": "message", "text": "hello"}
ANNA = Person("t1", "p1", "Anna", "29:anna")


@dataclass
class Wired:
    """An outbox, its sender, and the fake at the other end."""

    state: State
    fake: FakeConnector
    clock: FakeClock
    sender: Sender
    counts: Counts

    def place(self, name: str = "19:c@thread.tacv2;messageid=5") -> Conversation:
        return Conversation(name, "channel", "t1", self.fake.service_url, bot_id="28:b")

    async def put(self, key: str = "k", purpose: Any = "digest", **how: Any) -> bool:
        return await self.state.outbox.put(self.place(), HELLO, purpose=purpose, key=key, **how)

    async def sweep(self, later: float = 0.0) -> None:
        self.clock.pass_by(later)
        await self.state.outbox.reclaim()
        await self.sender.sweep()
        await self.sender.idle()

    async def told(self, key: str = "k") -> tuple[str, str, str]:
        receipt = await self.state.outbox.receipt(key)
        assert receipt is not None
        return receipt.state, receipt.activity, receipt.problem

    @property
    def tries(self) -> int:
        return len(self.fake.ledger)


def sender_of(state: State, clock: FakeClock, session: Any, lanes: tuple[Window, ...] = ()) -> tuple[Sender, Counts]:
    now = asyncio.get_running_loop().time
    pace, counts = Pace(lanes, (), now), Counts()
    connector = Connector(
        session,
        Unsigned(),
        is_loopback,
        sends=pace,
        reads=pace,
        clock=clock,
        patience=Patience(attempts=2, first=0.01, longest=0.02),
    )
    return Sender(state.outbox, state.conversations, connector, clock, counts), counts


@asynccontextmanager
async def wired_with(state: State, clock: FakeClock, lanes: tuple[Window, ...] = ()) -> AsyncIterator[Wired]:
    async with connector_on(None) as fake, open_session() as session:
        sender, counts = sender_of(state, clock, session, lanes)
        yield Wired(state, fake, clock, sender, counts)


@pytest.fixture
async def wired(state: State, clock: FakeClock) -> AsyncIterator[Wired]:
    async with wired_with(state, clock) as made:
        yield made


async def test_what_is_put_is_sent_once_and_leaves_a_receipt(wired: Wired) -> None:
    assert await wired.put() is True
    assert await wired.put() is False
    assert await wired.told() == ("due", "", "")
    await wired.sweep()
    await wired.sweep()
    assert await wired.told() == ("sent", "m1", "")
    assert [(one.method, one.conversation, one.text) for one in wired.fake.ledger] == [
        ("POST", wired.place().id, "hello")
    ]
    assert await wired.put() is False
    assert await wired.state.outbox.receipt("other") is None
    assert await wired.state.line.run("SELECT payload_json FROM outbox") == [("",)]
    assert wired.counts.get("outbox", "sent") == 1


async def test_a_message_may_be_an_answer_a_rewriting_or_wait_for_its_time(wired: Wired) -> None:
    await wired.put("post", reply_to="m8")
    await wired.put("put", update="m9")
    await wired.put("later", wait=60.0)
    await wired.sweep()
    # Several are under way at once, so which arrives first is open.
    assert {(one.method, one.activity) for one in wired.fake.ledger} == {("POST", "m8"), ("PUT", "m9")}
    assert len(wired.fake.ledger) == 2
    assert await wired.told("put") == ("sent", "m9", "")
    await wired.sweep(60)
    assert await wired.told("later") == ("sent", "m2", "")


@pytest.mark.parametrize("status", [429, 412])
async def test_what_is_too_much_for_now_waits_as_long_as_it_was_told_to(wired: Wired, status: int) -> None:
    wired.fake.will(Script(status, headers={"Retry-After": "120"}))
    await wired.put()
    await wired.sweep()
    assert (await wired.told())[0] == "due"
    assert wired.tries == 1
    await wired.sweep(119)
    assert wired.tries == 1
    await wired.sweep(2)
    assert (await wired.told())[0] == "sent"
    assert wired.tries == 2


async def test_a_connector_that_is_down_is_tried_again_until_it_is_too_late(wired: Wired) -> None:
    away = Conversation("19:c", "channel", "t1", "http://127.0.0.1:1/teams", bot_id="28:b")
    await wired.state.outbox.put(away, HELLO, purpose="reply", key="k")
    for _ in range(3):
        await wired.sweep(300)
        assert (await wired.told())[0] == "due"
    await wired.sweep(3_600)
    assert await wired.told() == ("failed", "", "too late")


@pytest.mark.parametrize("fault", [Script(502), Script(504), Script(fault="drop")])
async def test_an_unasked_post_whose_fate_is_unknown_is_reported_and_never_repeated(
    wired: Wired, fault: Script
) -> None:
    wired.fake.will(fault)
    await wired.put(purpose="digest")
    for _ in range(3):
        await wired.sweep(7_200)
    assert wired.tries == 1
    assert await wired.told() == ("indoubt", "", "it may have arrived")
    assert [one.key for one in await wired.state.outbox.troubles(0)] == ["k"]


async def test_an_answer_whose_fate_is_unknown_is_repeated_once_and_no_more(wired: Wired) -> None:
    wired.fake.will(Script(fault="drop"), Script(502))
    await wired.put(purpose="reply")
    for _ in range(4):
        await wired.sweep(600)
    assert wired.tries == 2
    assert (await wired.told())[0] == "indoubt"


async def test_an_answer_that_was_doubtful_before_is_tried_once(wired: Wired) -> None:
    wired.fake.will(Script(502))
    await wired.put(purpose="reply", doubted=True)
    for _ in range(4):
        await wired.sweep(600)
    assert wired.tries == 1
    assert (await wired.told())[0] == "indoubt"


async def test_a_rewriting_whose_fate_is_unknown_is_repeated_until_it_is_accepted(wired: Wired) -> None:
    wired.fake.will(*(Script(502) for _ in range(5)))
    await wired.put(purpose="digest", update="m9")
    for _ in range(4):
        await wired.sweep(600)
    assert await wired.told() == ("sent", "m9", "")
    assert wired.tries == 6


@pytest.mark.parametrize("status", [403, 404])
async def test_a_conversation_that_is_gone_gets_one_attempt_and_is_left_alone_until_it_is_heard_of(
    wired: Wired, status: int
) -> None:
    await wired.state.conversations.remember(wired.place(), ANNA)
    wired.fake.will(Script(status))
    await wired.put("first")
    await wired.sweep()
    for number in range(5):
        await wired.put(f"next {number}")
    await wired.sweep(600)
    assert wired.tries == 1
    assert await wired.state.conversations.standing(wired.place()) == "blocked"
    assert {await wired.told(key) for key in ("first", "next 0", "next 4")} == {("failed", "", "gone")}
    await wired.state.conversations.remember(wired.place(), ANNA)
    await wired.put("again")
    await wired.sweep()
    assert (await wired.told("again"))[0] == "sent"


async def test_a_rewritten_post_that_is_gone_leaves_the_conversation_open(wired: Wired) -> None:
    await wired.state.conversations.remember(wired.place(), ANNA)
    wired.fake.will(Script(404))
    await wired.put(update="m9")
    await wired.sweep()
    assert await wired.told() == ("failed", "", "gone")
    assert await wired.state.conversations.standing(wired.place()) == "active"


async def test_what_can_never_be_accepted_is_given_up_at_once(wired: Wired) -> None:
    wired.fake.will(Script(413))
    await wired.put()
    await wired.sweep(600)
    assert wired.tries == 1
    assert (await wired.told())[0] == "failed"


async def test_unasked_messages_stand_back_while_answers_wait(state: State, clock: FakeClock) -> None:
    async with wired_with(state, clock, (Window(1, 30),)) as wired:
        await wired.put("answer", "reply")
        await wired.sweep()
        await wired.put("digest", "digest")
        await wired.sweep()
        assert wired.tries == 1
        assert (await wired.told("digest"))[0] == "due"


@pytest.mark.parametrize(
    ("purpose", "how", "state"),
    [
        ("digest", {}, "indoubt"),
        ("digest", {"update": "m9"}, "due"),
        ("reply", {}, "due"),
        ("reply", {"doubted": True}, "indoubt"),
    ],
)
async def test_what_a_dead_process_was_sending_is_taken_over_by_its_kind(
    url: str, clock: FakeClock, purpose: Any, how: dict[str, Any], state: str
) -> None:
    dead = await State.open(url, clock)
    place = Conversation("19:c", "channel", "t1", "http://127.0.0.1:1/teams")
    await dead.outbox.put(place, HELLO, purpose=purpose, key="k", **how)
    claimed = await dead.outbox.claim()
    assert claimed is not None
    assert await dead.outbox.claim() is None
    await dead.close()
    clock.pass_by(LEASE_SECONDS)
    after = await State.open(url, clock)
    assert await after.outbox.reclaim() == 1
    receipt = await after.outbox.receipt("k")
    assert receipt is not None
    assert receipt.state == state
    await after.close()


async def test_a_living_replicas_claim_is_left_to_it(url: str, clock: FakeClock) -> None:
    one, two = await State.open(url, clock), await State.open(url, clock)
    two.outbox._alone = 0
    place = Conversation("19:c", "channel", "t1", "http://127.0.0.1:1/teams")
    await one.outbox.put(place, HELLO, purpose="digest", key="k")
    claims = await asyncio.gather(*(outbox.claim() for outbox in (one.outbox, two.outbox) for _ in range(5)))
    assert sum(1 for claim in claims if claim) == 1
    assert await two.outbox.reclaim() == 0
    await one.close()
    await two.close()


async def test_whoever_wakes_up_with_an_old_claim_changes_nothing(state: State, clock: FakeClock) -> None:
    place = Conversation("19:c", "channel", "t1", "http://127.0.0.1:1/teams")
    asleep, awake = state.outbox, Outbox(state.line, clock, alone=False)
    await asleep.put(place, HELLO, purpose="digest", update="m9", key="k")
    old = await asleep.claim()
    clock.pass_by(LEASE_SECONDS)
    assert await awake.reclaim() == 1
    new = await awake.claim()
    assert old is not None
    assert new is not None
    assert (old.attempt, new.attempt) == (1, 2)
    assert await asleep.ended(old, "failed", "late") is False
    assert await awake.sent(new, "m9") is True
    assert await asleep.sent(old, "m9") is False
    receipt = await awake.receipt("k")
    assert receipt is not None
    assert (receipt.state, receipt.attempt) == ("sent", 2)


async def test_what_waits_is_counted_and_what_is_settled_is_forgotten_after_a_month(wired: Wired) -> None:
    await wired.put("sent")
    await wired.sweep()
    await wired.put("waits", wait=100.0)
    assert await wired.state.outbox.depth() == {"sent": 1, "due": 1}
    wired.clock.pass_by(31 * 24 * 3_600)
    await wired.state.purge()
    assert await wired.state.outbox.depth() == {"due": 1}


async def test_the_sender_works_while_the_bot_is_up_and_stops_with_it(wired: Wired) -> None:
    running = asyncio.create_task(wired.sender.run())
    await wired.put("at once")
    async with asyncio.timeout(5):
        while (await wired.told("at once"))[0] != "sent":
            await asyncio.sleep(0.01)
    await wired.sender.stop()
    await asyncio.wait_for(running, 5)
    await wired.put("left")
    assert (await wired.told("left"))[0] == "due"
