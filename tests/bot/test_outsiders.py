"""Whoever is not meant to get in leaves no trace: other tenants, other channels' tokens, forged addresses, worn-out keys."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from bot.events import Reply, Turn, message
from tests.fakes.stage import FakeDesk, Stage
from tests.fakes.teams import BOT_ID, LEAD, MANAGER

if TYPE_CHECKING:
    pass

OTHER = "33333333-3333-3333-3333-333333333333"


def echo(turn: Turn) -> list[Reply]:
    return [message(f"{turn.person.entra_id} {turn.text}")]


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(echo)


async def traces(on: Stage) -> list[int]:
    """Rows of what was delivered, from where, and of what is still to be sent; turns; requests to the connector."""
    counted = []
    for table in ("inbox", "conversations", "outbox"):
        ((rows,),) = await on.state.line.run(f"SELECT COUNT(*) FROM {table}")
        counted.append(rows)
    assert isinstance(on.desk, FakeDesk)
    return [*counted, len(on.desk.turns), len(on.connector.ledger)]


@pytest.mark.parametrize("kind", ["installationUpdate", "conversationUpdate", "message", "invoke"])
async def test_another_tenant_installs_the_bot_and_nothing_of_it_is_kept(on: Stage, kind: str) -> None:
    where = on.teams.personal(LEAD)
    kinds: dict[str, dict[str, Any]] = {
        "installationUpdate": {"action": "add"},
        "conversationUpdate": {"membersAdded": [{"id": BOT_ID}]},
        "message": {"text": "hello"},
        "invoke": {"name": "adaptiveCard/action", "value": {"action": {"type": "Action.Execute", "verb": "ask"}}},
    }
    activity = on.teams.activity(kind, LEAD, where, **kinds[kind])
    activity |= {
        "channelData": {"tenant": {"id": OTHER}},
        "conversation": {**activity["conversation"], "tenantId": OTHER},
    }
    assert (await on.teams.post(activity)).status == 403
    assert await traces(on) == [0, 0, 0, 0, 0]


FOREIGN: dict[str, dict[str, Any]] = {
    "a skill's, of the first kind": {"iss": "https://sts.windows.net/11111111-1111-1111-1111-111111111111/", "ver": "1.0"},
    "a skill's, of the second kind": {
        "iss": "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0", "ver": "2.0", "azp": OTHER
    },
    "the emulator's": {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/", "appid": OTHER},
    "a user's": {"iss": "https://login.microsoftonline.com/common/v2.0", "scp": "access_as_user", "oid": LEAD.entra_id},
}  # fmt: skip


@pytest.mark.parametrize("whose", FOREIGN)
async def test_a_token_that_is_good_elsewhere_is_none_here(on: Stage, whose: str) -> None:
    """Everything else about it is right: the key, the audience, the service address."""
    token = on.authority.token(on.connector.service_url, **FOREIGN[whose])
    assert (await on.teams.post(on.teams.activity("message", text="hello"), token)).status == 401
    assert await traces(on) == [0, 0, 0, 0, 0]


ADDRESSES = (
    "http://smba.trafficmanager.net/emea/", "https://localhost/", "https://127.0.0.1/", "https://127.1/", "https://0.0.0.0/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://2130706433/", "https://0x7f000001/", "https://10.0.0.5/",
    "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://metadata.google.internal/",
    "https://evil.example/", "https://smba.trafficmanager.net.evil.example/", "https://evil-smba.trafficmanager.net/",
    "https://smba.trafficmanager.net@evil.example/", "https://evil.example#smba.trafficmanager.net", "https://evil.example/smba.trafficmanager.net",
    "https://evil.example?smba.trafficmanager.net", "https://smba.trafficmanager.net:8443/", "https://smba.trafficmanager.net:443@evil.example/",
    "https://smba.trafficmanager.net\\@evil.example/", "https://smba.trafficmanager.net%00.evil.example/", "https://smba.trafficmanager.net\t.evil.example/",
    "https://smba。trafficmanager。net/", "https://\u0455mba.trafficmanager.net/", "//smba.trafficmanager.net/", "ftp://smba.trafficmanager.net/",
    "file:///etc/passwd", "gopher://smba.trafficmanager.net/", "javascript:alert(1)", "https:smba.trafficmanager.net", " https://smba.trafficmanager.net/",
)  # fmt: skip


async def test_a_forged_service_address_is_never_called_and_gets_no_token(on: Stage) -> None:
    """The token names the very same address, as if the channel itself had been deceived."""
    assert len(ADDRESSES) >= 30
    for address in ADDRESSES:
        activity = {**on.teams.activity("message", text="hello"), "serviceUrl": address}
        assert (await on.teams.post(activity, on.authority.token(address))).status == 401, address
    assert await traces(on) == [0, 0, 0, 0, 0]
    assert on.authority.tokens_issued == 0


async def test_somebody_else_in_the_body_counts_for_nothing_without_the_channels_own_word(on: Stage) -> None:
    """Who asks stands in the body: it is believed only with a token for this very service address and tenant."""
    forged = on.teams.activity("message", MANAGER, text="hello")
    assert (await on.teams.post(forged, "")).status == 401
    elsewhere = on.authority.token("https://smba.trafficmanager.net/amer/")
    assert (await on.teams.post(forged, elsewhere)).status == 401
    assert await traces(on) == [0, 0, 0, 0, 0]
    abroad = {**forged, "from": {**forged["from"], "tenantId": OTHER}}
    await on.teams.post(abroad)
    assert isinstance(on.desk, FakeDesk)
    assert on.desk.turns[-1].person.guest


async def test_invented_key_ids_never_cost_more_than_a_fetch_a_minute_nor_delay_a_new_key(on: Stage) -> None:
    on.clock.pass_by(61)
    fetched = on.authority.key_fetches
    for minute in range(5):
        for number in range(6):
            token = on.authority.token(on.connector.service_url, kid=f"invented-{minute}-{number}", key="stranger")
            assert (await on.teams.post(on.teams.activity("message"), token)).status == 401
            on.clock.pass_by(10)
    assert on.authority.key_fetches - fetched == 5
    on.authority.rotate("k2")
    new, waited = on.authority.token(on.connector.service_url, kid="k2"), 0
    while (await on.teams.post(on.teams.activity("message", text="hello"), new)).status == 401:
        on.clock.pass_by(10)
        waited += 10
    assert waited <= 60


async def test_a_key_nobody_has_while_the_keys_are_slow_holds_up_nobody_else(
    on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown key waits a moment for the list, and is refused; whoever has a known one is answered meanwhile."""
    monkeypatch.setattr("bot.delivery.keys.WAIT_SECONDS", 0.5)
    await on.teams.say("hello")
    on.authority.delay = 30.0
    on.clock.pass_by(61)
    stranger = on.authority.token(on.connector.service_url, kid="invented", key="stranger")
    loop, longest, stop = asyncio.get_running_loop(), 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        while not stop.is_set():
            began = time.thread_time()
            await asyncio.sleep(0.002)
            longest = max(longest, time.thread_time() - began)

    watching = asyncio.create_task(watch())
    refused = [asyncio.create_task(on.teams.post(on.teams.activity("message"), stranger)) for _ in range(5)]
    began = loop.time()
    assert (await on.teams.post(on.teams.activity("message", text="hello"))).status == 200
    assert loop.time() - began < 30
    assert [(await one).status for one in refused] == [401] * 5
    stop.set()
    await watching
    # Processor time between two looks: what holds the loop, without what else the machine does.
    assert longest < 0.1
