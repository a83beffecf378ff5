"""Every way a request may be wrong, over real HTTPS with real keys: its status, quickly, and nothing happens."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.events import Reply, Turn, message
from tests.fakes.authority import signing_key
from tests.fakes.stage import FakeDesk, Stage, stage
from tests.fakes.teams import LEAD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from tests.fakes.serving import ThrowawayCA

QUICK_SECONDS = 0.05
OTHER_TENANT = "33333333-3333-3333-3333-333333333333"


def echo(turn: Turn) -> list[Reply]:
    return [message(f"echo {turn.text}")]


@dataclass(frozen=True)
class Case:
    """One request: what differs from a good one, and the status it must get."""

    name: str
    status: int
    activity: Callable[[dict[str, Any]], Any] = lambda activity: activity
    token: Callable[[Stage], str | None] = lambda _: None
    headers: Mapping[str, str] = field(default_factory=dict)


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda activity: {key: value for key, value in activity.items() if key != name}


def having(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda activity: {**activity, **changes}


def claiming(**changes: Any) -> Callable[[Stage], str]:
    """A well signed token with other claims; moments are seconds from now."""

    def token(on: Stage) -> str:
        now = int(on.clock().timestamp())
        moved = {
            name: now + value if name in {"exp", "nbf"} and value is not None else value
            for name, value in changes.items()
        }
        return on.authority.token(on.connector.service_url, **moved)

    return token


def keyed(**how: Any) -> Callable[[Stage], str]:
    return lambda on: on.authority.token(on.connector.service_url, **how)


def encoded(algorithm: str, key: Any = None, **headers: Any) -> Callable[[Stage], str]:
    """A token under another algorithm."""

    def token(on: Stage) -> str:
        claims = on.authority.claims(on.connector.service_url)
        return jwt.encode(claims, key or signing_key("k1"), algorithm, {"kid": "k1", **headers})

    return token


def _part(content: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def unsigned(on: Stage) -> str:
    claims = on.authority.claims(on.connector.service_url)
    return f"{_part({'alg': 'none', 'typ': 'JWT', 'kid': 'k1'})}.{_part(claims)}."


def confused(on: Stage) -> str:
    """Signed with HMAC, the public key as its secret."""
    import hashlib  # noqa: PLC0415
    import hmac  # noqa: PLC0415

    public = signing_key("k1").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = (
        f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'k1'})}.{_part(on.authority.claims(on.connector.service_url))}"
    )
    mac = hmac.new(public, head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def tampered(on: Stage) -> str:
    head, body, mac = on.authority.token(on.connector.service_url).split(".")
    return f"{head}.{body}.{mac[:-8]}{mac[-4:]}{mac[-8:-4]}"


def pointing(address: str) -> dict[str, Any]:
    """A service address with a token that names the very same one."""
    return {"activity": having(serviceUrl=address), "token": lambda on: on.authority.token(address)}


def raw(body: bytes) -> dict[str, Any]:
    return {"activity": lambda _: body}


def authorization(text: str) -> dict[str, Any]:
    return {"token": lambda _: "", "headers": {"Authorization": text}}


CASES = [
    Case("no header", 401, token=lambda _: ""),
    Case("an empty bearer", 401, **authorization("Bearer ")),
    Case("basic", 401, **authorization("Basic dXNlcjpwYXNz")),
    Case("three parts", 401, **authorization("Bearer a b")),
    Case("only the word", 401, **authorization("Bearer")),
    Case("a wrong audience", 401, token=claiming(aud="44444444-4444-4444-4444-444444444444")),
    Case("no audience", 401, token=claiming(aud=None)),
    Case("a wrong issuer", 401, token=claiming(iss="https://login.example/")),
    Case("no issuer", 401, token=claiming(iss=None)),
    Case(
        "another service address in the token", 401, token=claiming(serviceurl="https://smba.trafficmanager.net/emea/")
    ),
    Case("no service address in the token", 401, token=claiming(serviceurl=None)),
    Case("a service address of the wrong type in the token", 401, token=claiming(serviceurl=["x"])),
    Case("garbage for a token", 401, token=lambda _: "garbage"),
    Case("three times garbage for a token", 401, token=lambda _: "a.b.c"),
    Case("a token whose header is a list", 401, token=lambda _: f"{base64.urlsafe_b64encode(b'[1]').decode()}.e30.e30"),
    Case("expired six minutes ago", 401, token=claiming(exp=-360)),
    Case("expired 301 seconds ago", 401, token=claiming(exp=-301)),
    Case("expired exactly 300 seconds ago", 401, token=claiming(exp=-300)),
    Case("valid in ten minutes", 401, token=claiming(nbf=600)),
    Case("valid in 301 seconds", 401, token=claiming(nbf=301)),
    Case("no expiry", 401, token=claiming(exp=None)),
    Case("an expiry that is no number", 401, token=lambda on: on.authority.token(on.connector.service_url, exp="soon")),
    Case(
        "an expiry beyond all numbers", 401, token=lambda on: on.authority.token(on.connector.service_url, exp=10**400)
    ),
    Case("a bad signature", 401, token=tampered),
    Case("the right key id, another key", 401, token=keyed(key="stranger")),
    Case("an unknown key id", 401, token=keyed(kid="k9")),
    Case("no key id", 401, token=keyed(kid=None)),
    Case("no algorithm", 401, token=unsigned),
    Case("HS256 with the public key", 401, token=confused),
    Case("RS384", 401, token=encoded("RS384")),
    Case("a critical header nobody knows", 401, token=encoded("RS256", crit=["x"], x=1)),
    Case("no service address in the body", 401, activity=without("serviceUrl")),
    Case("no channel", 401, activity=without("channelId")),
    Case("another channel", 401, activity=having(channelId="webchat")),
    Case("the emulator", 401, activity=having(channelId="emulator")),
    Case("a key endorsed for another channel", 401, token=keyed(kid="k2")),
    Case("a key without endorsements", 401, token=keyed(kid="k3")),
    Case(
        "a token of the emulator's path",
        401,
        activity=having(serviceUrl="http://169.254.169.254/"),
        token=lambda on: on.authority.token(
            "http://169.254.169.254/",
            iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/",
            appid=on.authority.app_id,
        ),
    ),
    Case("a plain service address", 401, **pointing("http://smba.trafficmanager.net/emea/")),
    Case("a service address on this machine", 401, **pointing("https://localhost/teams")),
    Case("a link-local service address", 401, **pointing("http://169.254.169.254/latest")),
    Case("a link-local service address with TLS", 401, **pointing("https://169.254.169.254/latest")),
    Case("a service address of somebody else", 401, **pointing("https://evil.example/teams")),
    Case("a service address that ends like ours", 401, **pointing("https://evil-smba.trafficmanager.net/")),
    Case("a service address that begins like ours", 401, **pointing("https://smba.trafficmanager.net.evil.example/")),
    Case("a service address with a user name", 401, **pointing("https://smba.trafficmanager.net@evil.example/")),
    Case("a service address with a backslash", 401, **pointing("https://evil.example\\@smba.trafficmanager.net/")),
    Case("a service address with an escape", 401, **pointing("https://smba.trafficmanager.net%2eevil.example/")),
    Case(
        "a service address with a line break", 401, **pointing("https://smba.trafficmanager.net/\r\nHost: evil.example")
    ),
    Case("a service address with a query", 401, **pointing("https://smba.trafficmanager.net/?a=b")),
    Case("a service address as an IPv6 number", 401, **pointing("https://[::1]/teams")),
    Case("a service address without a host", 401, **pointing("https:///teams")),
    Case("a service address with another port", 401, **pointing("https://smba.trafficmanager.net:8443/")),
    Case("a service address that is no address", 401, **pointing("javascript:alert(1)")),
    Case("another tenant", 403, activity=having(channelData={"tenant": {"id": OTHER_TENANT}})),
    Case("no tenant", 403, activity=having(channelData={}, conversation={"id": "a:1"})),
    Case(
        "two tenants, one of them not ours", 403, activity=having(conversation={"id": "a:1", "tenantId": OTHER_TENANT})
    ),
    Case("no content type", 415, headers={"Content-Type": ""}),
    Case("a wrong content type", 415, headers={"Content-Type": "text/plain"}),
    Case("a content type that only begins right", 415, headers={"Content-Type": "application/jsonp"}),
    Case("malformed JSON", 400, **raw(b'{"type": "message"')),
    Case("a JSON list", 400, **raw(b'[{"type": "message"}]')),
    Case("JSON null", 400, **raw(b"null")),
    Case("nothing", 400, **raw(b"")),
    Case("bad UTF-8", 400, **raw(b'{"type": "mess\xff\xfeage"}')),
    Case("UTF-16", 400, **raw('{"type": "message"}'.encode("utf-16"))),
    Case("100,000 lists deep", 400, **raw(b'{"type": "message", "value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")),
    Case(
        "100,000 objects deep",
        400,
        **raw(b'{"type": "message", "value": ' + b'{"a":' * 40_000 + b"1" + b"}" * 40_000 + b"}"),
    ),
    Case("NaN", 400, **raw(b'{"type": "message", "value": NaN}')),
    Case("infinity", 400, **raw(b'{"type": "message", "value": -Infinity}')),
    Case("a number beyond all numbers", 400, **raw(b'{"type": "message", "value": 1e400}')),
    Case("a whole number of 5,000 digits", 400, **raw(b'{"type": "message", "value": ' + b"9" * 5_000 + b"}")),
    Case("a sender that is a text", 400, activity=having(**{"from": "someone"})),
    Case("a sender whose id is a number", 400, activity=having(**{"from": {"id": 7}})),
    Case("a bad timestamp", 400, activity=having(timestamp="yesterday")),
    Case("a timestamp at the end of time", 400, activity=having(timestamp="9999-12-31T23:59:59-14:00")),
    Case("a timestamp that is a number", 400, activity=having(timestamp=1700000000)),
    Case("no type", 400, activity=without("type")),
    Case("an empty type", 400, activity=having(type="")),
    Case("a type that is a list", 400, activity=having(type=["message"])),
    Case("no conversation", 400, activity=without("conversation")),
    Case("a conversation without an id", 400, activity=having(conversation={"conversationType": "personal"})),
    Case("an endless id", 400, activity=having(id="x" * 5_000)),
    Case("a text that is an object", 400, activity=having(text={"a": 1})),
    Case("a service address that is a number", 400, activity=having(serviceUrl=7)),
    Case("channel data that is a list", 400, activity=having(channelData=[])),
    Case("a tenant that is a text", 400, activity=having(channelData={"tenant": "ours"})),
    Case("entities that are a text", 400, activity=having(entities="none")),
    Case("a body of more than 256 KiB", 413, activity=having(text="x" * 262_144)),
]


@asynccontextmanager
async def made(ca: ThrowawayCA, folder: Path) -> AsyncIterator[Stage]:
    async with stage(FakeDesk(echo), ca, folder) as on:
        on.authority.publish("k2", endorsements=["webchat"])
        on.authority.publish("k3", endorsements=[])
        on.authority.publish("k4", endorsements=["webchat", "msteams"])
        assert await on.parts.keys.load()
        yield on


@pytest.fixture
async def on(ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Stage]:
    async with made(ca, tmp_path) as stage_of_one:
        yield stage_of_one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shut(ca: ThrowawayCA, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One bot for everything that leaves no trace in it."""
    async with made(ca, tmp_path_factory.mktemp("shut")) as stage_of_all:
        yield stage_of_all


def desk_of(on: Stage) -> FakeDesk:
    desk = on.desk
    assert isinstance(desk, FakeDesk)
    return desk


async def happened(on: Stage) -> int:
    """Turns run, messages sent and conversations remembered, all together."""
    known = await on.state.conversations.get(LEAD.tenant, on.teams.personal(LEAD).id)
    return len(desk_of(on).turns) + len(on.connector.ledger) + (known is not None)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_wrong_request_is_refused_at_once_and_nothing_happens(shut: Stage, case: Case) -> None:
    on = shut
    activity, token = case.activity(on.teams.activity("message", text="hello")), case.token(on)
    took = []
    # The best of three: other work on the machine is not the bot's.
    for _ in range(3):
        began = time.perf_counter()
        response = await on.teams.post(activity, token, case.headers)
        took.append(time.perf_counter() - began)
        assert response.status == case.status
        assert "Traceback" not in response.text
    assert min(took) < QUICK_SECONDS
    assert await happened(on) == 0
    assert on.authority.tokens_issued == 0


@pytest.mark.parametrize(
    "case",
    [
        Case("a good one", 200),
        Case("expired by four minutes", 200, token=claiming(exp=-240)),
        Case("expired by 299 seconds", 200, token=claiming(exp=-299)),
        Case("valid in 299 seconds", 200, token=claiming(nbf=299)),
        Case("a key endorsed for Teams among others", 200, token=keyed(kid="k4")),
        Case("an audience among others", 200, token=lambda on: claiming(aud=[on.authority.app_id])(on)),
        Case("an unknown charset", 200, headers={"Content-Type": "application/json; charset=nonsense"}),
        Case("a content type in capitals", 200, headers={"Content-Type": "Application/JSON; charset=utf-8"}),
        Case("a timestamp without a zone", 200, activity=having(timestamp="2026-11-20T10:00:00")),
        Case("a timestamp with seven digits", 200, activity=having(timestamp="2026-11-20T10:00:00.1234567Z")),
        Case("no timestamp", 200, activity=without("timestamp")),
        Case(
            "nulls where nothing is needed",
            200,
            activity=having(locale=None, entities=None, replyToId=None, channelId="msteams"),
        ),
        Case("half a surrogate pair", 200, activity=having(text="cut \ud83d off")),
        Case("a NUL", 200, activity=having(text="cut \x00 off")),
        Case("a tenant in capitals", 200, activity=having(channelData={"tenant": {"id": LEAD.tenant.upper()}})),
        Case("nearly 256 KiB", 200, activity=having(text="x" * 260_000)),
        Case("an emoji as two escapes", 200, activity=having(text="\U0001f600")),
    ],
    ids=lambda case: case.name,
)
async def test_a_good_request_is_answered_once(on: Stage, case: Case) -> None:
    response = await on.teams.post(
        case.activity(on.teams.activity("message", text="hello")), case.token(on), case.headers
    )
    assert response.status == case.status
    assert len(desk_of(on).turns) == 1
    assert len(on.connector.messages()) == 1


async def test_other_methods_and_addresses_are_not_served(on: Stage) -> None:
    async with on.teams.session.get(f"{on.teams.address}/api/messages") as response:
        assert response.status == 405
    async with on.teams.session.get(f"{on.teams.address}/api/notify") as response:
        assert response.status == 404


async def test_a_remembered_token_is_still_held_against_each_request(on: Stage) -> None:
    token = on.authority.token(on.connector.service_url)
    good = on.teams.activity("message", text="hello")
    assert (await on.teams.post(good, token)).status == 200
    elsewhere = {**on.teams.activity("message", text="hello"), "serviceUrl": "https://evil.example/teams"}
    assert (await on.teams.post(elsewhere, token)).status == 401
    foreign = {**on.teams.activity("message", text="hello"), "channelData": {"tenant": {"id": OTHER_TENANT}}}
    assert (await on.teams.post(foreign, token)).status == 403
    on.clock.pass_by(3600 + 299)
    assert (await on.teams.post(on.teams.activity("message", text="hello"), token)).status == 200
    on.clock.pass_by(1)
    assert (await on.teams.post(on.teams.activity("message", text="hello"), token)).status == 401


async def test_a_rotated_key_is_taken_within_a_minute_and_the_old_one_no_longer(on: Stage) -> None:
    old = on.authority.token(on.connector.service_url)
    assert (await on.teams.post(on.teams.activity("message", text="1"), old)).status == 200
    on.authority.rotate("k2")
    new = on.authority.token(on.connector.service_url, kid="k2")
    assert (await on.teams.post(on.teams.activity("message", text="2"), new)).status == 401
    on.clock.pass_by(60)
    assert (await on.teams.post(on.teams.activity("message", text="3"), new)).status == 200
    assert (await on.teams.post(on.teams.activity("message", text="4"), old)).status == 401


async def test_invented_key_ids_cause_one_fetch_a_minute(on: Stage) -> None:
    on.clock.pass_by(61)
    fetched = on.authority.key_fetches
    for number in range(20):
        token = on.authority.token(on.connector.service_url, kid=f"invented-{number}", key="stranger")
        assert (await on.teams.post(on.teams.activity("message"), token)).status == 401
    assert on.authority.key_fetches == fetched + 1


@pytest.mark.parametrize("trouble", ["slow", "broken"])
async def test_kept_keys_serve_while_the_key_endpoint_is_in_trouble(on: Stage, trouble: str) -> None:
    on.authority.delay, on.authority.status = (30.0, 200) if trouble == "slow" else (0.0, 500)
    on.clock.pass_by(23 * 3600)
    lag, stop = 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal lag
        while not stop.is_set():
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            lag = max(lag, time.perf_counter() - began - 0.005)

    watcher = asyncio.create_task(watch())
    for number in range(10):
        where = on.teams.group(f"19:{number}@thread.v2")
        assert (await on.teams.post(on.teams.activity("message", where=where, text=str(number)))).status == 200
    stop.set()
    await watcher
    assert lag < 0.1
