"""An answer as a file: what the links give, to whom, how often, and what is said where there can be none."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import aiohttp
import openpyxl
import pytest

from bot.links import EXPORT, EXPORT_SECONDS
from tests.conversations.conftest import Talk, actions, texts

BY_TEAM = "spend by team last quarter"
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def press(card: dict[str, Any], verb: str) -> dict[str, Any]:
    return next(one for one in actions(card) if one["verb"] == verb)


def links(card: dict[str, Any]) -> list[str]:
    return [one["url"] for one in card.get("actions", []) if one["type"] == "Action.OpenUrl"]


async def fetched(talk: Talk, url: str, method: str = "GET") -> tuple[int, bytes, str]:
    """What the served bot answers; its public name leads to this machine."""
    connector = aiohttp.TCPConnector(ssl=talk.stage.ca.client())
    path = url.removeprefix("https://bot.example")
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.request(method, talk.stage.teams.address + path) as answer,
    ):
        return answer.status, await answer.read(), answer.headers.get("Content-Disposition", "")


async def exported(talk: Talk, question: str = BY_TEAM, key: str = "lead") -> list[str]:
    card = await talk.say(question, key)
    return links(await talk.press(press(card, "export"), key))


def sheets(body: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(body))
    return {page.title: [tuple(row) for row in page.iter_rows(values_only=True)] for page in book}


async def audited(talk: Talk) -> list[tuple[str, str | None]]:
    tenant = talk.person("lead").tenant
    return [(e.outcome, e.scope) for e in await talk.stage.state.audit.list(tenant, BEGIN, END) if e.kind == "export"]


async def test_the_workbook_holds_the_card_its_records_and_what_it_means(pictured: Talk) -> None:
    excel, packed = await exported(pictured)
    status, body, named = await fetched(pictured, excel)
    assert (status, named) == (200, 'attachment; filename="freelance-insights.xlsx"')
    found = sheets(body)
    assert list(found) == ["Answer", "Records", "Definition"]
    head, *rows = found["Answer"]
    total = rows[-1]
    assert (head[0], total[0]) == ("Team", "Total")
    assert sum(row[1] for row in rows[:-1]) == pytest.approx(total[1])
    amount = found["Records"][0].index("Amount")
    assert sum(row[amount] for row in found["Records"][1:]) == pytest.approx(total[1])
    meaning = dict(row for row in found["Definition"] if row[0])
    assert str(meaning["From"]) == "2026-07-01 00:00:00"
    assert str(meaning["Until"]) == "2026-09-30 00:00:00"
    assert meaning["Whose data"] == "Whole program"
    assert meaning["Records counted"] == len(found["Records"]) - 1
    status, body, _ = await fetched(pictured, packed)
    with zipfile.ZipFile(io.BytesIO(body)) as files:
        assert files.namelist() == ["answer.csv", "records-1.csv", "definition.csv"]
        told = list(csv.reader(io.StringIO(files.read("answer.csv").decode("utf-8-sig"))))
    assert float(told[-1][1]) == pytest.approx(total[1])
    assert await audited(pictured) == [("fetched", "all/named")] * 2


async def test_a_link_works_once_also_when_two_ask_at_the_same_moment(pictured: Talk) -> None:
    excel, packed = await exported(pictured)
    answers = await asyncio.gather(fetched(pictured, excel), fetched(pictured, excel))
    assert sorted(status for status, *_ in answers) == [200, 410]
    assert (await fetched(pictured, excel))[0] == 410
    assert (await fetched(pictured, packed))[0] == 200


async def test_looking_at_a_link_without_fetching_it_does_not_use_it_up(pictured: Talk) -> None:
    excel, _ = await exported(pictured)
    assert (await fetched(pictured, excel, "HEAD"))[0] == 405
    assert (await fetched(pictured, excel))[0] == 200


async def test_a_changed_link_and_one_that_has_ended_are_refused(pictured: Talk) -> None:
    excel, _ = await exported(pictured)
    for at in (40, 120, len(excel) - 5):
        changed = excel[:at] + ("A" if excel[at] != "A" else "B") + excel[at + 1 :]
        assert (await fetched(pictured, changed))[0] in {403, 404}
    pictured.stage.clock.pass_by(EXPORT_SECONDS + 1)
    assert (await fetched(pictured, excel))[0] == 403


async def test_a_link_of_another_kind_gives_no_file(pictured: Talk) -> None:
    card = await pictured.say("spend last quarter")
    picture = next(one["url"] for one in card["body"] if one.get("type") == "Image")
    token = picture.rpartition("/")[2].removesuffix(".png")
    assert (await fetched(pictured, f"https://bot.example/exports/{token}"))[0] == 403
    assert EXPORT not in picture


async def test_a_manager_gets_their_line_and_no_row_beyond_it(pictured: Talk) -> None:
    shown = texts(await pictured.say(BY_TEAM, "small"))
    assert "Whole program" not in shown
    excel, _ = await exported(pictured, BY_TEAM, "small")
    mine = sheets((await fetched(pictured, excel))[1])
    excel, _ = await exported(pictured, BY_TEAM, "lead")
    every = sheets((await fetched(pictured, excel))[1])
    assert 1 < len(mine["Records"]) < len(every["Records"])
    assert set(mine["Records"]) < set(every["Records"])


async def test_company_totals_of_a_manager_stay_company_totals_in_the_file(pictured: Talk) -> None:
    card = await pictured.say("company-wide spend last quarter", "small")
    excel, _ = links(await pictured.press(press(card, "export"), "small"))
    found = sheets((await fetched(pictured, excel))[1])
    assert list(found) == ["Answer", "Definition"]
    lead = await exported(pictured, "spend last quarter")
    assert found["Answer"][1] == sheets((await fetched(pictured, lead[0]))[1])["Answer"][1]


async def test_nobody_without_a_role_gets_records_and_the_hint_on_a_button_widens_nothing(pictured: Talk) -> None:
    card = await pictured.say("spend last quarter", "employee")
    button = press(card, "export")
    for whose in ("company", "own", "everything", ""):
        data = {**button["data"], "whose": whose}
        answer = await pictured.press({**button, "data": data}, "employee")
        for url in links(answer)[:1]:
            assert list(sheets((await fetched(pictured, url))[1])) == ["Answer", "Definition"]


async def test_a_link_ends_with_the_right_to_see_it(pictured: Talk) -> None:
    excel, packed = await exported(pictured)
    desk: Any = pictured.stage.desk
    roles = desk._access._roles
    taken = roles.pop(pictured.people["lead"].upn.lower())
    try:
        assert (await fetched(pictured, excel))[0] == 403
    finally:
        roles[pictured.people["lead"].upn.lower()] = taken
    assert (await fetched(pictured, packed))[0] == 200
    assert [outcome for outcome, _ in await audited(pictured)] == ["refused", "fetched"]


async def test_in_words_about_the_last_answer_and_about_another_question(pictured: Talk) -> None:
    await pictured.say(BY_TEAM)
    last = await pictured.say("export this")
    assert "Spend by team" in texts(last)
    assert len(links(last)) == 2
    assert "Hires by month" in texts(await pictured.say("export hires by month last year"))


async def test_in_a_channel_the_file_comes_in_the_personal_chat_and_holds_what_the_channel_sees(pictured: Talk) -> None:
    where = pictured.stage.teams.channel()
    card = await pictured.say("total spend last quarter", "manager", where)
    person = pictured.person("manager")
    body = await pictured.stage.teams.press(press(card, "export"), person, where)
    assert "add Freelance Insights for yourself" in body["value"]
    await pictured.say("hello", "manager")
    home = pictured.stage.teams.personal(person)
    before = len(pictured.stage.connector.messages(home.id))
    body = await pictured.stage.teams.press(press(card, "export"), person, where)
    assert "personal chat" in body["value"]
    (sent,) = pictured.stage.connector.messages(home.id)[before:]
    excel, packed = links(sent.card)
    assert (await fetched(pictured, excel))[0] == 403, "whoever has left the channel sees it no more"
    pictured.stage.connector.members[where.root] = [{"id": person.channel_id, "aadObjectId": person.entra_id}]
    found = sheets((await fetched(pictured, packed.replace(packed, excel)))[1])
    assert list(found) == ["Answer", "Definition"]
    assert "Company totals" in str(found["Definition"])


async def test_a_list_is_exported_whole(pictured: Talk) -> None:
    card = await pictured.say("list contracts started last quarter")
    excel, _ = links(await pictured.press(press(card, "export")))
    found = sheets((await fetched(pictured, excel))[1])
    assert list(found) == ["Answer", "Definition"]
    meaning = dict(row for row in found["Definition"] if row[0])
    assert len(found["Answer"]) - 1 == meaning["Records counted"]
    assert isinstance(found["Answer"][1][found["Answer"][0].index("Start")], datetime)


async def test_without_a_public_address_it_is_said_who_can_set_it(talk: Talk) -> None:
    card = await talk.say(BY_TEAM)
    assert "public address of the bot" in texts(await talk.press(press(card, "export")))
    assert links(await talk.say("export this", "manager")) == [], "there is nothing yet to export"
