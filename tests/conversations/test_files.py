"""Files sent in a chat: from the fake host through the real endpoint into a published version."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.state.data import KEPT
from tests.analytics.profiles.mapping import TROUBLE
from tests.cards.validate import check_card
from tests.conversations.conftest import texts
from tests.conversations.office import SEPTEMBER, Office, button, opened, seeded
from tests.fakes.serving import ThrowawayCA
from tests.fakes.stage import FakeClock
from tests.world import NOW


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seeded(tmp_path_factory.mktemp("seed") / "data")


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
