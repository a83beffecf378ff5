"""Files sent in a chat: from the fake host through the real endpoint into a published version."""

from __future__ import annotations

import asyncio
import csv
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analytics import facts
from analytics.engine import Engine
from analytics.store import Store
from analytics.sync import sync
from bot.access import Access
from bot.desk import Insights
from bot.features import data as feature_module
from bot.features.data.running import Runs
from bot.sample_people import SamplePerson
from bot.state.data import KEPT
from tests.analytics.company import REPORTING, company, write
from tests.analytics.profiles.mapping import FILES, TROUBLE
from tests.cards.validate import check_card
from tests.conversations.conftest import Talk, actions, texts
from tests.fakes.filehost import FakeFileHost, files_on
from tests.fakes.serving import ThrowawayCA
from tests.fakes.stage import FakeClock, stage
from tests.world import NOW

INFO = "application/vnd.microsoft.teams.file.download.info"
SEPTEMBER = FILES / "beeline_invoice_2026-09.csv"
LEAD = "aaaaaaaa-0000-4000-8000-000000000001"
MANAGER = "aaaaaaaa-0000-4000-8000-000000000002"


@dataclass
class Office:
    """A small company with a bot, a host that holds files, and what was in store before."""

    talk: Talk
    host: FakeFileHost
    runs: Runs
    home: Path

    async def send(self, *files: tuple[str, str], key: str = "lead", text: str = "", shared: bool = False) -> list[Any]:
        """Files as (name, address); the cards, or texts, that come back."""
        teams, person = self.talk.stage.teams, self.talk.person(key)
        where = teams.group() if shared else teams.personal(person)
        attachments = [
            {"contentType": "text/html", "content": "<p>here</p>"},
            *({"contentType": INFO, "name": n, "content": {"downloadUrl": u, "fileType": "csv"}} for n, u in files),
        ]
        sent = await teams._answers(teams.activity("message", person, where, text=text, attachments=attachments))
        for one in sent:
            if one.card:
                check_card(one.card)
        return [one.card or one.text for one in sent]

    async def check(self, path: Path, name: str = "", **how: Any) -> dict[str, Any]:
        """Sends one file; the card of its check."""
        (card,) = await self.send((name or path.name, self.host.holds(path.name, path.read_bytes())), **how)
        return dict(card)

    async def done(self) -> dict[str, Any]:
        """Waits until syncs are over; the last card that was rewritten."""
        await self.runs.settled()
        async with asyncio.timeout(20):
            while not (put := [one for one in self.talk.stage.connector.messages() if one.method == "PUT"]):
                await asyncio.sleep(0.02)
        check_card(put[-1].card)
        return dict(put[-1].card)

    def charges(self) -> dict[str, int]:
        store = Store(self.home)
        try:
            with store.lease() as lease:
                return dict(lease.cursor.execute("SELECT charge, amount FROM charge").fetchall())
        finally:
            store.close()


def button(card: Any, verb: str) -> dict[str, Any]:
    return next(one for one in actions(card) if one["data"].get("verb") == verb)


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company whose people can use the bot, synced once; one charge names a team nobody knows."""
    home = tmp_path_factory.mktemp("seed") / "data"
    tables = company()
    tables["people"][0] |= {"entra_object_id": LEAD, "upn": "lead@contoso.example"}
    tables["people"][1] |= {"entra_object_id": MANAGER}
    for row in tables["charges"][:8]:
        row["team_id"] = "CC-77 [x](http://evil.example)"
    write(home / "files", tables)
    sync(home / "files", home, reporting=REPORTING, now=NOW, build=facts.build)
    return home


@asynccontextmanager
async def opened(home: Path, ca: ThrowawayCA, clock: FakeClock, **changes: Any) -> AsyncIterator[Office]:
    store = Store(home)
    engine = Engine(store)
    made: list[Runs] = []
    keep: Callable[..., Runs] = Runs

    def runs(*given: Any) -> Runs:
        made.append(keep(*given))
        return made[-1]

    patch = pytest.MonkeyPatch()
    patch.setattr(feature_module, "Runs", runs)
    async with files_on(ca.server()) as host:

        def desk(state: Any, connector: Any, settings: Any) -> Insights:
            access = Access(
                engine,
                {"lead@contoso.example": "program"},
                clock,
                directory_days=4_000,
                directory_file_days=4_000,
                state=state,
                connector=connector,
            )
            return Insights(engine, access, state, clock, settings=settings, connector=connector)

        given: dict[str, Any] = {
            "file_hosts": (host.host,),
            "currency": "EUR",
            "time_zone": "Europe/Berlin",
            "turn_seconds": 60.0,
            "invoke_seconds": 30.0,
            "typing_seconds": 60.0,
        }
        async with stage(desk, ca, home, clock=clock, **{**given, **changes}) as played:
            people = {
                "lead": SamplePerson("lead", "Person 1", "lead@contoso.example", LEAD, "Lead", "program"),
                "manager": SamplePerson("manager", "Person 2", "p2@contoso.example", MANAGER, "Manager", "manager"),
            }
            try:
                yield Office(Talk(played, people), host, made[0], home)
            finally:
                patch.undo()
                await made[0].settled()
    engine.close()
    store.close()


@pytest.fixture
async def office(seed: Path, ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Office]:
    home = Path(shutil.copytree(seed, tmp_path / "data"))
    async with opened(home, ca, FakeClock()) as made:
        yield made


async def test_a_file_is_checked_used_on_a_press_and_the_card_says_what_came_of_it(office: Office) -> None:
    before = office.charges()
    card = await office.check(SEPTEMBER)
    said = texts(card)
    assert "known by its name" in said
    assert "Left out by rule: 1 blank, 1 preliminary invoice, 1 total row" in said.replace("\\", "")
    assert "Staffing spend goes from" in said
    assert office.charges() == before
    working = await office.talk.press(button(card, "use_file"))
    assert "is being taken in" in texts(working)
    done = texts(await office.done())
    assert "The data is" in done
    assert SEPTEMBER.name in done.replace("\\", "")
    assert set(office.charges()) > set(before)
    assert not list((office.home / "sent").glob("*"))
    assert (office.home / "drop/archive/2026-11-20" / SEPTEMBER.name).exists()
    kinds = [
        e.kind
        for e in await office.talk.stage.state.audit.list(
            office.talk.person("lead").tenant, NOW.replace(year=2025), NOW.replace(year=2027)
        )
    ]
    assert "sync" in kinds
    again = await office.talk.stage.teams.press(button(card, "use_file"), office.talk.person("lead"))
    assert "no longer waits" in again["value"]


async def test_a_file_without_a_telling_name_is_known_by_its_headers_and_another_profile_can_be_chosen(
    office: Office,
) -> None:
    card = await office.check(SEPTEMBER, "export (3).csv")
    assert "known by its headers" in texts(card)
    other = await office.talk.press(button(card, "read_file_as"), file_profile="wand_invoice")
    assert "as you chose" in texts(other)
    assert "It cannot be used as it is" in texts(other)
    assert [one["data"]["verb"] for one in other["actions"]] == ["discard_file", "read_file_as"]
    gone = await office.talk.press(button(other, "discard_file"))
    assert "I have not kept it" in texts(gone)
    assert not list((office.home / "sent").glob("*"))


async def test_a_broken_file_names_its_trouble_and_offers_no_use(office: Office) -> None:
    card = await office.check(TROUBLE / "beeline_invoice_renamed_amount.csv")
    assert "Amnt Billed" in texts(card)
    assert "use_file" not in [one["data"]["verb"] for one in card["actions"]]


async def test_an_unknown_file_asks_what_it_is(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "holidays.csv"
    path.write_text("day;name\n2026-12-25;Christmas\n")
    card = await office.check(path)
    assert "I do not know what this file is" in texts(card)
    assert "beeline_invoice" in str(card["body"])


async def unknown(office: Office) -> dict[str, Any]:
    """A file that waits, of which nobody tries out what it would change."""
    (card,) = await office.send(("holidays.csv", office.host.holds("x", b"day,name\n2026-12-25,Christmas\n")))
    return dict(card)


async def test_only_program_leads_send_files_and_only_in_their_personal_chat(office: Office) -> None:
    address = office.host.holds("a.csv", b"a,b\n")
    (card,) = await office.send(("a.csv", address), key="manager")
    assert "Only the program team" in texts(card)
    (said,) = await office.send(("a.csv", address), shared=True)
    assert "in our personal chat only" in said
    answer, hint = await office.send(("a.csv", address), shared=True, text="total spend")
    assert "Spend" in texts(answer)
    assert "in our personal chat only" in hint
    assert office.host.asked == []


@pytest.mark.parametrize(
    ("name", "how", "said"),
    [
        ("a.csv", {"status": 404}, "could not be fetched"),
        ("a.csv", {"to": "https://evil.example/a.csv"}, "SharePoint"),
        ("a.csv", {"told": 5_000_000}, "larger than 1 MB"),
        ("a.csv", {"endless": True}, "larger than 1 MB"),
        ("a.csv", {"content": b"a,b\n1,2\n", "delay": 3.0}, "could not be fetched"),
        ("a.csv", {"content": b"PK\x03\x04rest"}, "is a workbook"),
        ("a.xlsx", {}, "is a workbook"),
        ("a.exe", {}, "is no text file"),
        (".csv", {}, "is no text file"),
    ],
)
async def test_what_cannot_be_fetched_is_said_and_leaves_nothing(
    seed: Path, ca: ThrowawayCA, tmp_path: Path, name: str, how: dict[str, Any], said: str
) -> None:
    home = Path(shutil.copytree(seed, tmp_path / "data"))
    async with opened(home, ca, FakeClock(), file_max_mb=1, file_seconds=1.0) as office:
        (card,) = await office.send((name, office.host.holds("x", **how)))
        assert said in texts(card)
        assert not list((home / "sent").glob("*"))


@pytest.mark.parametrize(
    "address",
    [
        "http://{host}/download/x",
        "https://user:pw@{host}/download/x",
        "https://{host}.evil.example/x",
        "https://127.0.0.1:1/x",
        "file:///etc/passwd",
        "",
        "https://",
        "//{host}/x",
    ],
)
async def test_a_file_is_fetched_from_the_companys_own_hosts_only(office: Office, address: str) -> None:
    office.host.holds("x", b"a,b\n")
    (card,) = await office.send(("a.csv", address.format(host=office.host.host)))
    assert "does not lie on your company" in texts(card)
    assert office.host.asked == []


async def test_no_token_of_the_bot_goes_along(office: Office) -> None:
    await unknown(office)
    assert [
        name for headers in office.host.asked for name in headers if name.lower() in {"authorization", "cookie"}
    ] == []


async def test_a_name_that_is_a_path_or_markup_stays_a_name(office: Office) -> None:
    (card,) = await office.send(
        ("..\\..\\[x](http://evil.example).csv", office.host.holds("x", SEPTEMBER.read_bytes()))
    )
    check_card(card)
    (kept,) = (office.home / "sent").glob("*/*")
    assert kept.resolve().is_relative_to(office.home / "sent")


async def test_a_file_that_waits_survives_a_restart_and_a_cut_off_use_is_taken_up_again(
    seed: Path, ca: ThrowawayCA, tmp_path: Path
) -> None:
    home, clock = Path(shutil.copytree(seed, tmp_path / "data")), FakeClock()
    async with opened(home, ca, clock) as office:
        card = await office.check(SEPTEMBER)
        before = office.charges()
    async with opened(home, ca, clock) as office:
        kept = await office.talk.stage.state.files.find(
            button(card, "use_file")["data"]["file"], office.talk.person("lead")
        )
        assert kept is not None
        # As a process leaves it that is killed right after the press.
        await office.talk.stage.state.files.use(kept.id, office.talk.person("lead"), "m1")
    async with opened(home, ca, clock) as office:
        await office.talk.tick("data")
        await office.runs.settled()
        assert set(office.charges()) > set(before)


async def test_a_file_nobody_decides_on_is_gone_after_a_day(office: Office) -> None:
    card = await unknown(office)
    office.talk.stage.clock.pass_by(KEPT.total_seconds() + 1)
    await office.talk.tick("data")
    assert not list((office.home / "sent").glob("*"))
    body = await office.talk.stage.teams.press(button(card, "discard_file"), office.talk.person("lead"))
    assert "no longer waits" in body["value"]


async def test_a_client_that_only_submits_can_decide_as_well(office: Office) -> None:
    press = button(await unknown(office), "discard_file")
    (sent,) = await office.talk.stage.teams.submit(press["fallback"]["data"], office.talk.person("lead"))
    assert "I have not kept it" in texts(sent.card)


async def test_another_persons_file_cannot_be_used(office: Office) -> None:
    card = await unknown(office)
    for verb in ("discard_file", "read_file_as"):
        body = await office.talk.stage.teams.press(button(card, verb), office.talk.person("manager"))
        assert "no longer waits" in body["value"]
    assert list((office.home / "sent").glob("*/*"))


async def test_what_is_not_mapped_is_listed_with_its_money_mapped_on_a_card_and_counts_after_the_next_sync(
    office: Office,
) -> None:
    card = await office.talk.say("what is not mapped?")
    assert "4,908" in texts(card)
    search = {"queryText": "brand", "queryOptions": {"skip": 0, "top": 15}, "dataset": "map_team"}
    found = await office.talk.stage.teams.invoke("application/search", search, office.talk.person("lead"))
    (choice,) = found.body["value"]["results"]
    assert choice["value"] == "T2"
    nobody = await office.talk.stage.teams.invoke("application/search", search, office.talk.person("manager"))
    assert nobody.body["value"]["results"] == []
    value = "CC-77 [x](http://evil.example)"
    mapped = await office.talk.press(button(card, "map_value"), unmapped_value=value, map_target="T2")
    assert "stands for Brand Studio from the next sync on" in texts(mapped)
    assert 'to = "T2"' in (office.home / "files/mapping.toml").read_text()
    assert "Syncing" in texts(await office.talk.press(button(mapped, "sync_now")))
    assert "The data is" in texts(await office.done())
    assert "Everything is mapped" in texts(await office.talk.say("what is not mapped?"))
    entries = await office.talk.stage.state.audit.list(
        office.talk.person("lead").tenant, NOW.replace(year=2025), NOW.replace(year=2027)
    )
    assert any(e.kind == "mapping" and '"T2"' in (e.query_json or "") for e in entries)


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"unmapped_value": "x", "map_target": "T2"},
        {"unmapped_value": "CC-77 [x](http://evil.example)", "map_target": "T99"},
    ],
)
async def test_a_mapping_to_nowhere_is_not_written(office: Office, inputs: dict[str, str]) -> None:
    card = await office.talk.say("what is not mapped?")
    body = await office.talk.stage.teams.press(button(card, "map_value"), office.talk.person("lead"), inputs=inputs)
    assert isinstance(body["value"], str)
    assert not (office.home / "files/mapping.toml").exists()


@pytest.mark.parametrize("said", ["what is not mapped?", "what was rejected?", "sync now", "tell me about syncs"])
async def test_others_are_told_that_these_are_for_the_program_team(office: Office, said: str) -> None:
    assert "Your role does not allow that" in texts(await office.talk.say(said, "manager"))


async def test_the_state_of_the_data_names_sources_coverage_and_gaps(office: Office) -> None:
    said = texts(await office.talk.say("data quality"))
    assert "Of the spend," in said
    assert "1 values are not mapped" in said
    assert "Source" in said


async def test_what_was_rejected_is_told_by_reason_without_its_values(office: Office, tmp_path: Path) -> None:
    with (office.home / "files/charges.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["amount"] = "secret 12"
    newer = write(tmp_path / "newer", {"charges": rows}) / "charges.csv"
    await office.talk.press(button(await office.check(newer), "use_file"))
    assert "1 set aside" in texts(await office.done())
    said = texts(await office.talk.say("what was rejected?"))
    assert "1 rows: not written in the expected form" in said
    assert "secret" not in said


async def test_exports_in_the_drop_folder_are_taken_when_complete_and_whoever_asked_is_told(
    seed: Path, ca: ThrowawayCA, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(seed, tmp_path / "data"))
    drop = tmp_path / "share"
    drop.mkdir()
    async with opened(home, ca, FakeClock(), drop_dir=drop) as office:
        (told,) = await office.talk.stage.teams.say("tell me about syncs", office.talk.person("lead"))
        assert "every sync" in told.text
        shutil.copy(SEPTEMBER, drop)
        await office.talk.tick("data")
        assert not office.runs.running
        await office.talk.tick("data")
        assert office.runs.running
        await office.runs.settled()
        assert (drop / "archive/2026-11-20" / SEPTEMBER.name).exists()
        async with asyncio.timeout(20):
            while "The data is" not in texts((office.talk.stage.connector.messages()[-1].card) or {}):
                await asyncio.sleep(0.02)


async def test_a_sync_by_the_clock_runs_once_when_its_time_has_come(
    seed: Path, ca: ThrowawayCA, tmp_path: Path
) -> None:
    home, clock = Path(shutil.copytree(seed, tmp_path / "data")), FakeClock()
    async with opened(home, ca, clock, sync_at=("18:00",)) as office:
        await office.talk.tick("data")
        assert not office.runs.running
        clock.pass_by(8 * 3_600)
        await office.talk.tick("data")
        assert office.runs.running
        await office.runs.settled()
        await office.talk.tick("data")
        assert not office.runs.running
    assert (home / "CURRENT").read_text() == "v2.duckdb\n"


async def test_a_sync_that_is_cut_off_leaves_the_old_version(office: Office) -> None:
    pointer = (office.home / "CURRENT").read_text()
    office.runs.start()
    task = asyncio.create_task(office.runs.syncs.sync())
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (office.home / "CURRENT").read_text() == pointer
    assert not office.runs.syncs.busy
