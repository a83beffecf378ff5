"""The bot as it is run: in a process of its own, with canaries in its settings, tokens, data, texts and wrong requests; it writes none of them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from cryptography.fernet import Fernet

from bot.events import Person
from bot.settings import SAMPLE_TENANT
from tests.bot.test_metrics import free_port
from tests.canaries import Watch, names_in
from tests.conversations.personal import company
from tests.fakes.authority import APP_ID, FakeAuthority, authority_on
from tests.fakes.connector import FakeConnector, Script, connector_on
from tests.fakes.serving import ThrowawayCA, make_ca
from tests.fakes.stage import FakeClock
from tests.fakes.teams import TeamsClient
from tests.world import World

ROOT = Path(__file__).parents[1]
LEAD = Person(SAMPLE_TENANT, "e3", "Pia Canary-Lead", "29:pia-canary")
STRANGER = Person(SAMPLE_TENANT, "canary-e99-stranger", "Robin Canary-Visitor", "29:robin-canary")
TOKENS = ("canary.of.no-token", "eyJhbGciOiJSUzI1NiJ9.canary-payload.canary-signature")
TEXT = "canary sentence about spend"
CELLS = {
    "charge_id": "L-canary-charge-77",
    "contract_id": "C1",
    "posted_at": "canary-no-date",
    "amount": "canary-no-amount",
}


@dataclass
class Served:
    """A bot that runs, whoever talks to it, and what it wrote."""

    teams: TeamsClient
    process: asyncio.subprocess.Process
    out: asyncio.Task[bytes]
    err: asyncio.Task[bytes]

    async def ended(self) -> str:
        """What it wrote in all its life, which ends now, gently."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(40):
            written = await asyncio.gather(self.out, self.err)
            await self.process.wait()
        return b"\n".join(written).decode()


def secrets() -> dict[str, str]:
    """One of each secret that can be set without a server behind it."""
    return {
        "FREELANCE_APP_SECRET": "canary-secret-of-the-app",
        "FREELANCE_PRIVACY_KEY": "canary-key-of-the-marks-0123456789",
        "FREELANCE_STATE_KEYS": Fernet.generate_key().decode(),
        "FREELANCE_LINK_KEYS": Fernet.generate_key().decode(),
        "FREELANCE_UPWORK_CLIENT_ID": "canary-client",
        "FREELANCE_UPWORK_CLIENT_SECRET": "canary-secret-of-upwork",
        "FREELANCE_UPWORK_SERVICE": "true",
        "FREELANCE_UPWORK_ORGANIZATIONS": "1",
        "FREELANCE_UPWORK_PROXY": "http://bot:canary-password-of-the-proxy@127.0.0.1:9",
    }


def environment(folder: Path, connector: FakeConnector, authority: FakeAuthority, ca: ThrowawayCA) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "MPLCONFIGDIR": str(folder / "mpl"),
        "FREELANCE_APP_ID": APP_ID,
        "FREELANCE_APP_TENANT": SAMPLE_TENANT,
        "FREELANCE_ALLOWED_TENANTS": SAMPLE_TENANT,
        "FREELANCE_SERVICE_HOSTS": connector.host,
        "FREELANCE_METADATA": authority.metadata,
        "FREELANCE_AUTHORITY": authority.address,
        "FREELANCE_CA_FILE": str(ca.ca_file),
        "FREELANCE_DATA_DIR": str(folder / "world" / "store"),
        "FREELANCE_FILES_DIR": str(folder / "world" / "data"),
        "FREELANCE_PROGRAM_USERS": "pia@contoso.example",
        "FREELANCE_PUBLIC_URL": "https://bot.example",
        "FREELANCE_LOG_LEVEL": "debug",
        "FREELANCE_PORT": str(free_port()),
        **secrets(),
    }


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Served]:
    """`app.py serve`, signed, on a small world whose files have been broken since."""
    World(folder / "world", company(1_000, 2_000, charges=[])).close()
    broken = f"charge_id,no_such_column\n{','.join(CELLS.values())}\n"
    (folder / "world" / "data" / "charges.csv").write_text(broken, encoding="utf-8")
    ca = make_ca(folder)
    clock = FakeClock(datetime.now(UTC))
    async with authority_on(clock, ca.server()) as authority, connector_on(ca.server()) as connector:
        environ = environment(folder, connector, authority, ca)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "app.py",
            "serve",
            cwd=ROOT,
            env=environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        out, err = asyncio.create_task(process.stdout.read()), asyncio.create_task(process.stderr.read())
        try:
            async with aiohttp.ClientSession() as session:
                teams = TeamsClient(
                    session, f"http://127.0.0.1:{environ['FREELANCE_PORT']}", connector, clock, authority
                )
                await _up(session, teams.address, process, err)
                yield Served(teams, process, out, err)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _up(
    session: aiohttp.ClientSession, address: str, process: asyncio.subprocess.Process, err: asyncio.Task[bytes]
) -> None:
    async with asyncio.timeout(90):
        while True:
            assert process.returncode is None, (await err).decode()
            try:
                async with session.get(f"{address}/healthz") as answer:
                    assert answer.status == 200
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)


async def all_goes_wrong(at: Served) -> None:
    """Good questions, strangers, wrong tokens and bodies, another tenant, presses nobody made, links nobody sealed."""
    teams = at.teams
    assert await teams.say(f"spend by team, {TEXT}", LEAD)
    assert await teams.say("spend by team this quarter", LEAD)
    assert await teams.say(f"what about {STRANGER.name}?", STRANGER)
    for token in TOKENS:
        assert (await teams.post(teams.activity("message", LEAD, text=TEXT), token)).status == 401
    other = teams.activity("message", LEAD, text=TEXT)
    other["channelData"]["tenant"]["id"] = "99999999-1111-1111-1111-111111111111"
    assert (await teams.post(other)).status == 403
    assert (await teams.post(f'{{"text": "{TEXT}"'.encode())).status in {400, 401}
    await teams.invoke("adaptiveCard/action", {"action": {"type": TEXT, "data": TEXT}}, LEAD)
    await teams.press({"type": "Action.Execute", "verb": TEXT, "data": {"query": {"metrics": [TEXT]}}}, LEAD)
    async with teams.session.get(f"{teams.address}/exports/canary-of-a-link") as answer:
        assert answer.status >= 400
    await sync_that_fails(teams)
    # The connector takes nothing any more: what cannot be sent is logged, too.
    refused = Script(403, {"error": {"code": "BotNotInConversationRoster", "message": TEXT}})
    teams.connector.will(*[refused for _ in range(4)])
    await teams.post(teams.activity("message", LEAD, text=f"spend this quarter {TEXT}"))


async def sync_that_fails(teams: TeamsClient) -> None:
    """Asked for by a press; what became of it comes by itself."""
    said = len(teams.connector.messages())
    await teams.press({"type": "Action.Execute", "verb": "sync_now", "data": {"verb": "sync_now"}}, LEAD)
    async with asyncio.timeout(60):
        while len(teams.connector.messages()) <= said:
            await asyncio.sleep(0.1)
    assert "charges" in str(teams.connector.messages()[-1].body)


def planted() -> Watch:
    """Everything that may not be written."""
    watch = Watch()
    for name, value in secrets().items():
        if "canary" in value or name.endswith("KEYS"):
            watch.secret(re.sub(r"^http://bot:|@.*$", "", value), name)
    for token in TOKENS:
        watch.secret(token, "a wrong token")
    watch.person(LEAD.name, STRANGER.name, STRANGER.entra_id, TEXT, *CELLS.values())
    watch.person(*names_in(company(1_000, 2_000)))
    return watch


async def test_no_canary_is_written_by_a_bot_on_which_everything_goes_wrong(tmp_path: Path) -> None:
    async with served(tmp_path) as at:
        await all_goes_wrong(at)
        written = await at.ended()
        assert at.process.returncode == 0
    for provoked in ('"event": "turn"', '"event": "refused"', '"event": "not_accepted"', '"event": "turn_failed"'):
        assert provoked in written, f"{provoked} was not provoked: {written[-3_000:]}"
    watch = planted()
    watch.hear("output", written)
    assert list(watch.hits()) == []
    assert "canary-" not in written.casefold()
    # The same search over the same output finds what is put into it.
    for leak in ("canary-secret-of-the-app", f'{{"user": "{STRANGER.name}"}}', "canary-no-amount", TOKENS[1]):
        tampered = planted()
        tampered.hear("output", f"{written}\n{leak}\n{written}")
        assert list(tampered.hits()), leak
