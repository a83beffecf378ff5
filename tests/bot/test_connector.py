"""What is sent, how often it is tried, and where a token never goes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.delivery.connector import Connector, Created, open_session
from bot.delivery.inbound import service_host
from bot.delivery.pace import OVERALL, PER_CONVERSATION, Pace
from bot.delivery.retries import RULES, Doubtful, Gone, Later, NotSent, Patience, Purpose, Throttled
from bot.events import Conversation
from tests.bot.test_pace import VirtualTime, most_within
from tests.fakes.connector import FakeConnector, Script, connector_on
from tests.fakes.serving import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fakes.serving import ThrowawayCA
    from tests.fakes.stage import FakeClock

HELLO = {"type": "message", "text": "hello"}


class Jump(VirtualTime):
    """Waiting takes no time and is noted."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waited.append(round(seconds, 3))
        self.moment += seconds


class CountedTokens:
    def __init__(self) -> None:
        self.number = 1

    async def get(self) -> str:
        return f"token-{self.number}"

    async def renew(self) -> str:
        self.number += 1
        return await self.get()


class Wired:
    """A connector, the fake at its other end, and the time it waits in."""

    def __init__(self, fake: FakeConnector, connector: Connector, time: Jump, clock: FakeClock) -> None:
        self.fake = fake
        self.connector = connector
        self.time = time
        self.clock = clock
        self.place = Conversation("19:x@thread.tacv2;messageid=1", "channel", "t", fake.service_url, bot_id="28:b")

    async def send(self, purpose: Purpose = "reply") -> str:
        if purpose == "update":
            return await self.connector.update(self.place, "m1", HELLO)
        if purpose == "read":
            return str(await self.connector.members(self.place))
        return await self.connector.send(self.place, HELLO, purpose=purpose)


@pytest.fixture
async def wired(ca: ThrowawayCA, clock: FakeClock) -> AsyncIterator[Wired]:
    async with connector_on(ca.server()) as fake, open_session(str(ca.ca_file)) as session:
        time = Jump()
        pace = Pace((), (), time.now, time.sleep)
        connector = Connector(
            session,
            CountedTokens(),
            lambda address: service_host(address) == fake.host,
            sends=pace,
            reads=pace,
            clock=clock,
            patience=Patience(),
            chance=lambda: 0.0,
        )
        yield Wired(fake, connector, time, clock)


async def test_a_message_goes_out_as_it_is(wired: Wired) -> None:
    activity = {**HELLO, "entities": [{"type": "https://schema.org/Message", "@id": "", "odd": {"a": [1]}}], "odd": "ü"}
    assert await wired.connector.send(wired.place, activity, reply_to="1:2/3?") == "m1"
    sent = wired.fake.ledger[0]
    assert sent.body == activity
    assert sent.headers["Authorization"] == "Bearer token-1"
    assert sent.path == ("/teams/v3/conversations/19%3Ax%40thread.tacv2%3Bmessageid%3D1/activities/1%3A2%2F3%3F")


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_an_empty_or_unreadable_answer_with_a_good_status_is_success(wired: Wired, status: int) -> None:
    wired.fake.will(Script(status, body=""), Script(status, body=["x"]), Script(status, body={"id": 7}))
    assert [await wired.send() for _ in range(3)] == ["", "", ""]


Row = tuple[int, type[NotSent]]
COMMON: dict[int | str, Row] = {
    429: (5, Throttled),
    412: (5, Throttled),
    401: (2, NotSent),
    403: (1, Gone),
    404: (1, Gone),
    400: (1, NotSent),
    413: (1, NotSent),
    307: (1, NotSent),
    418: (1, NotSent),
}


def unknown(row: Row) -> dict[int | str, Row]:
    """Every answer that leaves open whether it arrived."""
    return dict.fromkeys([500, 502, 503, 504, 599, "drop"], row)


WANTED: dict[Purpose, dict[int | str, Row]] = {
    "reply": COMMON | unknown((2, Doubtful)),
    "post": COMMON | unknown((1, Doubtful)),
    "update": COMMON | unknown((5, Later)),
    "read": COMMON | unknown((5, Later)),
}


@pytest.mark.parametrize(
    ("purpose", "outcome", "attempts", "error"),
    [(purpose, outcome, *wanted) for purpose, rows in WANTED.items() for outcome, wanted in rows.items()],
)
async def test_each_answer_is_tried_as_often_as_its_rule_says(
    wired: Wired, purpose: Purpose, outcome: int | str, attempts: int, error: type[NotSent]
) -> None:
    script = (
        Script(fault="drop")
        if isinstance(outcome, str)
        else Script(outcome, headers={"Location": "https://evil.example/"})
    )
    wired.fake.will(*[script] * 9)
    with pytest.raises(NotSent) as raised:
        await wired.send(purpose)
    assert type(raised.value) is error
    assert len(wired.fake.ledger) == attempts


def test_every_rule_is_held_by_a_row_above() -> None:
    for outcome, steps in RULES.items():
        for purpose in steps:
            assert outcome in WANTED[purpose] or outcome in {"lost", "unreached"}


@pytest.mark.parametrize("purpose", ["reply", "post", "update"])
async def test_what_was_refused_before_it_was_sent_is_sent_again(wired: Wired, purpose: Purpose) -> None:
    wired.connector._allowed = lambda _: True
    wired.place = Conversation("a:1", "personal", "t", "https://127.0.0.1:1/teams")
    with pytest.raises(NotSent, match=r"unreached. Tried 5 times"):
        await wired.send(purpose)
    assert len(wired.time.waited) == 4


async def test_too_much_then_accepted_gives_one_message_after_the_time_asked_for(wired: Wired) -> None:
    wired.fake.will(*[Script(429, headers={"Retry-After": "7"})] * 3)
    assert await wired.send() == "m4"
    assert wired.time.waited == [7.0, 7.0, 7.0]
    assert len([one for one in wired.fake.ledger if one.answered < 300]) == 1


async def test_the_time_asked_for_may_be_a_date(wired: Wired) -> None:
    later = format_datetime(wired.clock() + timedelta(seconds=9), usegmt=True)
    wired.fake.will(Script(429, headers={"Retry-After": later}), Script(429, headers={"Retry-After": "nonsense"}))
    await wired.send()
    assert wired.time.waited == [9.0, 0.5]


async def test_without_a_time_asked_for_the_waits_double(wired: Wired) -> None:
    wired.fake.will(*[Script(412)] * 4)
    await wired.send()
    assert wired.time.waited == [0.25, 0.5, 1.0, 2.0]


async def test_a_wait_too_long_for_a_turn_is_handed_back_at_once(wired: Wired) -> None:
    wired.fake.will(Script(429, headers={"Retry-After": "600"}))
    with pytest.raises(Throttled) as raised:
        await wired.send()
    assert raised.value.after == 600
    assert (wired.time.waited, len(wired.fake.ledger)) == ([], 1)


async def test_a_refused_token_is_renewed_once(wired: Wired) -> None:
    wired.fake.will(Script(401))
    await wired.send()
    assert [one.headers["Authorization"] for one in wired.fake.ledger] == ["Bearer token-1", "Bearer token-2"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(wired: Wired, ca: ThrowawayCA, status: int) -> None:
    other = FakeConnector()
    async with serving(other.app(), ca.server()) as address:
        wired.fake.will(Script(status, headers={"Location": f"{address}/teams/v3/conversations/x/activities"}))
        with pytest.raises(NotSent):
            await wired.send()
    assert other.ledger == []


NOT_ALLOWED = [
    "https://evil.example/teams",
    "http://{host}/teams",
    "https://{host}@evil.example/",
    "https://{host}.evil.example/",
    "https://evil.example/{host}/",
    "https://{host}\\@evil.example/",
    "https://169.254.169.254/",
    "//{host}/teams",
    "",
]


@pytest.mark.parametrize("address", NOT_ALLOWED)
async def test_a_token_never_goes_to_a_host_that_is_not_allowed(wired: Wired, address: str) -> None:
    place = Conversation("a:1", "personal", "t", address.format(host=wired.fake.host))
    for call in (
        wired.connector.send(place, HELLO),
        wired.connector.update(place, "m1", HELLO),
        wired.connector.delete(place, "m1"),
        wired.connector.members(place),
        wired.connector.create(place.service_url, "t", "28:b", member="29:x"),
    ):
        with pytest.raises(NotSent, match="not on the allow-list"):
            await call
    assert wired.fake.ledger == []


async def test_what_is_no_json_is_not_sent(wired: Wired) -> None:
    for wrong in (float("nan"), object()):
        with pytest.raises(NotSent, match="no JSON"):
            await wired.connector.send(wired.place, {"a": wrong})
    assert wired.fake.ledger == []


async def test_conversations_are_created_as_teams_wants_them(wired: Wired) -> None:
    url = wired.fake.service_url
    assert await wired.connector.create(url, "t", "28:b", member="29:x") == Created("a:new-1", "")
    post = await wired.connector.create_post(url, "t", "28:b", channel_id="19:c@thread.tacv2", activity=HELLO)
    assert post == Created("19:c@thread.tacv2;messageid=2", "m2")
    own, channel = (one.body for one in wired.fake.ledger)
    assert own == {
        "isGroup": False,
        "bot": {"id": "28:b"},
        "members": [{"id": "29:x"}],
        "tenantId": "t",
        "channelData": {"tenant": {"id": "t"}},
    }
    assert channel["isGroup"] is True
    assert channel["channelData"]["channel"] == {"id": "19:c@thread.tacv2"}
    assert channel["activity"] == HELLO


async def test_a_first_post_whose_fate_is_unknown_is_not_repeated_but_an_empty_chat_is(wired: Wired) -> None:
    url = wired.fake.service_url
    wired.fake.will(Script(502))
    with pytest.raises(Doubtful):
        await wired.connector.create_post(url, "t", "28:b", channel_id="19:c@thread.tacv2", activity=HELLO)
    wired.fake.will(Script(502))
    assert (await wired.connector.create(url, "t", "28:b", member="29:x")).conversation_id == "a:new-3"


async def test_members_come_page_by_page(wired: Wired) -> None:
    everybody: list[dict[str, Any]] = [{"id": f"29:{number}", "aadObjectId": f"p{number}"} for number in range(450)]
    wired.fake.members[wired.place.id] = everybody
    assert await wired.connector.members(wired.place) == everybody
    assert len(wired.fake.ledger) == 3
    assert (await wired.connector.member(wired.place, "p7")) == everybody[7]
    assert await wired.connector.member(wired.place, "stranger") is None


async def test_teams_channels_and_deletions(wired: Wired) -> None:
    place = Conversation("19:c@thread.tacv2", "channel", "t", wired.fake.service_url, team_id="19:t@thread.tacv2")
    assert (await wired.connector.team(place))["name"] == "A team"
    assert [one["id"] for one in await wired.connector.channels(place)] == ["19:general@thread.tacv2"]
    await wired.connector.delete(place, "m1")
    wired.fake.will(Script(404))
    await wired.connector.delete(place, "m1")
    assert [one.method for one in wired.fake.ledger] == ["GET", "GET", "DELETE", "DELETE"]


async def test_typing_is_left_out_where_it_would_come_too_late(wired: Wired) -> None:
    await wired.connector.typing(wired.place)
    wired.connector._sends.hold(wired.place.root, 5)
    await wired.connector.typing(wired.place)
    assert [one.type for one in wired.fake.ledger] == ["typing"]


async def test_what_arrives_keeps_the_limits_in_real_time(ca: ThrowawayCA, clock: FakeClock) -> None:
    async with connector_on(ca.server()) as fake, open_session(str(ca.ca_file)) as session:
        now = asyncio.get_running_loop().time
        sends = Pace(PER_CONVERSATION, OVERALL, now)
        connector = Connector(session, CountedTokens(), lambda _: True, sends=sends, reads=sends, clock=clock)
        busy, *quiet = (Conversation(f"a:{number}", "personal", "t", fake.service_url) for number in range(25))
        await asyncio.gather(*(connector.send(place, HELLO) for place in [busy] * 9 + quiet * 2))
        assert len(fake.ledger) == 9 + 48
        # A little short of the window: how late each one arrives is up to the machine.
        assert most_within([one.at for one in fake.ledger], 0.7) <= 30
        own = [one.at for one in fake.ledger if one.conversation == "a:0"]
        assert (most_within(own, 0.7), most_within(own, 1.7)) == (7, 8)


async def test_one_connection_serves_many_sends(wired: Wired) -> None:
    for _ in range(20):
        await wired.send()
    pool = wired.connector._session.connector
    assert pool is not None
    assert len(pool._conns) == 1
