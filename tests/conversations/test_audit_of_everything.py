"""Whatever is asked, pressed, sent or refused leaves exactly one line: who, of which tenant, where, what, whose data, what came of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.engine import Engine
from bot.access import Access
from bot.delivery.pace import Window
from bot.events import Conversation
from bot.state.audit import Entry
from tests.conversations.personal import Company, company, talking_in
from tests.fakes.serving import ThrowawayCA
from tests.world import World

BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
SPEND = "spend by team this quarter"
FILE = "application/vnd.microsoft.teams.file.download.info"
ELSEWHERE = "99999999-1111-1111-1111-111111111111"
Done = Callable[[Company], Awaitable[object]]


@dataclass(frozen=True)
class Case:
    """One way to ask or to be refused, and the one line it leaves. `who` is a key of the company, `metric` what was asked."""

    name: str
    done: Done
    kind: str
    outcome: str
    scope: str | None = "all/named"
    metric: str = ""
    counted: bool = False
    who: str = "pia"
    where: str = ""
    tenant: str = ""


@pytest.fixture
async def talk(ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Company]:
    async with talking_in(World(tmp_path / "world", company(1_000, 2_000)), ca, tmp_path) as made:
        yield made


async def lines(talk: Company) -> list[Entry]:
    return await talk.stage.state.audit.list("", BEGIN, END)


def said(text: str, key: str = "pia", where: str = "") -> Done:
    async def say(talk: Company) -> None:
        teams, person = talk.stage.teams, talk.person(key)
        places: dict[str, Conversation] = {"channel": teams.channel(), "group": teams.group()}
        await teams.say(text, person, places.get(where))

    return say


def pressed(data: dict[str, Any], key: str = "pia") -> Done:
    async def press(talk: Company) -> None:
        action = {"type": "Action.Execute", "verb": data.get("verb", ""), "data": data}
        await talk.stage.teams.press(action, talk.person(key))

    return press


def submitted(data: dict[str, Any]) -> Done:
    async def submit(talk: Company) -> None:
        await talk.stage.teams.submit(data, talk.person("pia"))

    return submit


def searched(key: str, dataset: str = "team", **mark: str) -> Done:
    async def search(talk: Company) -> None:
        value = {"queryText": "de", "dataset": dataset, "queryOptions": {"top": 15}}
        activity = talk.stage.teams.activity("invoke", talk.person(key), name="application/search", value=value)
        activity["from"] |= mark
        assert (await talk.stage.teams.post(activity)).status == 200

    return search


async def liked(talk: Company) -> None:
    value = {"actionName": "feedback", "actionValue": {"reaction": "like", "feedback": "{}"}}
    await talk.stage.teams.invoke("message/submitAction", value, talk.person("pia"))


async def by_a_guest(talk: Company) -> None:
    activity = talk.stage.teams.activity("message", talk.person("pia"), text=SPEND)
    activity["from"] |= {"userRole": "guest"}
    await talk.stage.teams._answers(activity)


async def installed_by_a_guest(talk: Company) -> None:
    activity = talk.stage.teams.activity("installationUpdate", talk.person("pia"), action="add")
    activity["from"] |= {"userRole": "guest"}
    await talk.stage.teams._answers(activity)


async def from_elsewhere(talk: Company) -> None:
    teams, person = talk.stage.teams, talk.person("pia")
    where = replace(teams.personal(person), tenant=ELSEWHERE)
    assert (await teams.post(teams.activity("message", person, where, text=SPEND))).status == 403


async def file_sent(talk: Company) -> None:
    told = {"downloadUrl": "https://files.example/x", "fileType": "csv"}
    sent = {"contentType": FILE, "name": "spend.csv", "content": told}
    await talk.stage.teams._answers(
        talk.stage.teams.activity("message", talk.person("eve"), text="", attachments=[sent])
    )


async def broken(talk: Company) -> None:
    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("nothing of ours")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "answer", breaks)
        await talk.stage.teams.say(SPEND, talk.person("pia"))


async def lines_too_old(talk: Company) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Access, "stale", lambda _: True)
        await talk.stage.teams.say("spend for my teams this quarter", talk.person("ana"))


ASK = {"verb": "ask", "query": {"metrics": ["spend"]}}
CASES = (
    Case("answered", said(SPEND), "message", "answered", metric="spend", counted=True),
    Case("of one line", said(SPEND, "ana"), "message", "answered", "line/named", "spend", counted=True, who="ana"),
    Case("asked back", said("spend in Q2"), "message", "asked back"),
    Case("not understood", said("xyzzy plugh frobnicate"), "message", "not understood"),
    Case("helped", said("help"), "message", "helped"),
    Case("a definition", said("what does spend mean"), "message", "defined"),
    Case("off topic", said("what is the weather"), "message", "refused"),
    Case("no data of that", said("how diverse are our freelancers"), "message", "refused"),
    Case("of nobody's line", said("spend for my team", "eve"), "message", "refused", "all/totals", who="eve"),
    Case("a breakdown by nobody", said(SPEND, "eve"), "message", "refused", "all/totals", who="eve"),
    Case("a command", said("what was asked this week"), "message", "helped"),
    Case("a leads' command", said("what was asked this week", "eve"), "message", "refused", "all/totals", who="eve"),
    Case("in a channel", said("spend this quarter", where="channel"), "message", "answered", "all/totals", "spend", counted=True, where="19:channel"),
    Case("a team in a channel", said(SPEND, where="channel"), "message", "refused", "all/totals", where="19:channel"),
    Case("in a group chat", said(SPEND, where="group"), "message", "refused", "all/totals", where="19:group"),
    Case("old lines", lines_too_old, "message", "answered", "none/totals", "spend", counted=True, who="ana"),
    Case("broken", broken, "message", "failed", None),
    Case("a guest", by_a_guest, "message", "refused", None),
    Case("another tenant", from_elsewhere, "message", "refused", None, tenant=ELSEWHERE),
    Case("a guest installs", installed_by_a_guest, "installed", "refused", None),
    Case("a press", pressed(ASK), "action", "answered", metric="spend", counted=True),
    Case("a press without Execute", submitted(ASK), "action", "answered", metric="spend", counted=True),
    Case("a definition pressed", pressed({**ASK, "verb": "define"}), "action", "defined", metric="spend", counted=True),
    Case("a press of nobody", pressed({"verb": "ask", "query": {"metrics": ["spend"], "group_by": ["team"]}}, "eve"), "action", "refused", "all/totals", who="eve"),
    Case("a forged press", pressed({"verb": "ask", "query": {"metrics": ["salary"]}}), "action", "refused"),
    Case("an empty press", pressed({}), "action", "refused"),
    Case("names typed", searched("pia"), "search", "suggested", counted=True),
    Case("names of nothing", searched("pia", "shoe_size"), "search", "suggested", counted=True),
    Case("names for a guest", searched("pia", userRole="guest"), "search", "refused", None),
    Case("a thumb", liked, "feedback", "like", None),
    Case("a file of nobody", file_sent, "files", "refused", "all/totals", who="eve"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_one_line_each_with_all_that_is_to_be_known(talk: Company, case: Case) -> None:
    before = await lines(talk)
    await case.done(talk)
    (line,) = (await lines(talk))[len(before) :]
    person = talk.person(case.who)
    assert (line.kind, line.outcome) == (case.kind, case.outcome)
    assert line.actor == talk.stage.state.audit.who(person.entra_id)
    assert line.tenant == (case.tenant or person.tenant)
    assert line.conversation.startswith(case.where or "~")
    if case.scope is not None:
        assert line.scope == case.scope
    assert (json.loads(line.query_json or "{}").get("metrics") or [""]) == [case.metric]
    assert (line.records is not None) == case.counted
    assert line.latency_ms is not None
    assert person.name not in repr(line)


async def test_who_is_too_fast_is_refused_once_and_audited_once(ca: ThrowawayCA, tmp_path: Path) -> None:
    world = World(tmp_path / "world", company(1_000, 2_000))
    async with talking_in(world, ca, tmp_path, turn_limits=(Window(1, 60.0),)) as talk:
        for number in range(4):
            await talk.stage.teams.post(talk.stage.teams.activity("message", talk.person("pia"), text=f"help {number}"))
        found = await lines(talk)
    assert [one.outcome for one in found if one.outcome == "too fast"] == ["too fast"]
    assert len({one.actor for one in found}) == 1


async def unasked(talk: Company, kind: str) -> list[tuple[str, str | None, list[str], bool, bool]]:
    """Of what was sent by itself: outcome, scope, metrics, and whether records and time are told."""
    return [
        (one.outcome, one.scope, json.loads(one.query_json or "{}").get("metrics", []), one.records is not None, one.latency_ms is not None)
        for one in await lines(talk)
        if one.kind == kind and one.outcome in {"sent", "left out", "refused", "failed", "in doubt"}
    ]  # fmt: skip


async def test_a_subscription_is_audited_once_for_each_time_it_comes(talk: Company) -> None:
    await talk.say("Send me spend for my teams every Friday", "ana")
    for week in (27, 28):
        talk.stage.clock.now = datetime(2026, 11, week, 8, 1, tzinfo=UTC)
        await talk.passes()
        await talk.passes()
    assert await unasked(talk, "subscription") == [("sent", "line/named", ["spend"], True, True)]
    who = {one.actor for one in await lines(talk) if one.outcome == "sent"}
    assert who == {talk.stage.state.audit.who(talk.person("ana").entra_id)}


async def test_an_alert_is_audited_when_it_is_told(talk: Company) -> None:
    await talk.say("alert me when spend goes over 50k this quarter", "pia")
    for amount in (40_000, 60_000, 70_000):
        talk.synced(company(amount, 1_000))
        await talk.passes()
    assert await unasked(talk, "alert") == [("sent", "all/named", ["spend"], True, True)]


async def test_everyones_slice_is_audited_for_each_of_them(talk: Company) -> None:
    for key in ("ana", "pia"):
        await talk.say("hello", key)
    await talk.say("send every manager spend for their teams every Friday", "pia")
    talk.stage.clock.now = datetime(2026, 11, 27, 8, 1, tzinfo=UTC)
    await talk.passes()
    (kind,) = {one.kind for one in await talk.stage.state.schedules.listed(talk.person("pia").tenant)}
    marks = {key: talk.stage.state.audit.who(talk.person(key).entra_id) for key in ("ana", "ben", "pia")}
    told = {(one.actor, one.outcome) for one in await lines(talk) if one.kind == kind}
    assert {(marks["ana"], "sent"), (marks["ben"], "not installed"), (marks["pia"], "sent")} <= told


async def test_a_digest_is_audited_with_the_channels_scope_and_one_that_is_left_out_too(talk: Company) -> None:
    where = talk.stage.teams.channel()
    await talk.say("hello", "pia")
    await talk.say("post the weekly digest here on Mondays at 9", "pia", where)
    for _ in range(4):
        await talk.tick("schedules")
        async with asyncio.timeout(10):
            while {"due", "sending"} & set(await talk.stage.state.outbox.depth()):
                await asyncio.sleep(0.01)
    tiles = ["spend", "jobs_posted", "hires", "avg_time_to_hire"]
    assert await unasked(talk, "digest") == [("sent", "all/totals", tiles, True, True)]
    talk.stage.clock.pass_by(timedelta(days=12).total_seconds())
    await talk.tick("schedules")
    assert [one[0] for one in await unasked(talk, "digest")] == ["sent", "left out"]
