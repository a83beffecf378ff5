"""Checked answers: a program lead says that an answer is right, and whoever asks the same with the same eyes sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.engine import Engine
from analytics.model import Answer, Query
from analytics.query import from_json
from bot.access import TOTALS
from bot.features.checked import digest_of, key_of
from bot.settings import SAMPLE_TENANT
from tests.conversations.conftest import Talk, actions, texts
from tests.world import EVERYTHING, TODAY

SPEND = "total spend last fiscal year"
LINE = "Checked by the program lead on Nov 20, 2026"


def answer(engine: Engine, **asked: object) -> Answer:
    return engine.ask(from_json({"metrics": ["spend"], **asked}), EVERYTHING, today=TODAY)


async def test_whoever_sees_the_same_is_told_that_it_was_checked_with_the_note(talk: Talk) -> None:
    assert LINE not in texts(await talk.say(SPEND))
    shown = texts(await talk.say("mark this as checked: matches the finance report"))
    assert f"{LINE}." in shown
    assert "Note: matches the finance report." in shown
    assert "Whole program" in shown
    assert f"{LINE}." in texts(await talk.say(SPEND, "program"))
    assert LINE not in texts(await talk.say("total spend last quarter", "program"))
    assert LINE not in texts(await talk.say("spend by month last fiscal year", "program"))


async def test_another_scope_is_told_nothing(talk: Talk) -> None:
    await talk.say(SPEND)
    await talk.say("this is right")
    for key in ("manager", "employee"):
        assert LINE not in texts(await talk.say(SPEND, key))
    assert LINE not in texts(await talk.say(SPEND, "lead", talk.stage.teams.channel()))


async def test_what_is_checked_in_a_channel_shows_where_the_same_totals_show(talk: Talk) -> None:
    where = talk.stage.teams.channel()
    await talk.say(SPEND, "lead", where)
    assert LINE in texts(await talk.say("checked: the board's figure", "lead", where))
    assert LINE in texts(await talk.say(SPEND, "employee"))
    assert LINE not in texts(await talk.say(SPEND, "lead"))


async def test_a_press_that_asks_the_same_shows_the_line_as_well(talk: Talk) -> None:
    card = await talk.say("spend by job category last fiscal year")
    await talk.say("mark this as checked")
    (apply,) = [a for a in actions(card) if a["data"].get("verb") == "filter"]
    assert LINE in texts(await talk.press(apply))
    assert LINE not in texts(await talk.press(apply, period="last_quarter"))


async def test_a_check_is_taken_back(talk: Talk) -> None:
    await talk.say(SPEND)
    assert "not marked as checked" in texts(await talk.say("no longer checked"))
    await talk.say("mark this as checked")
    assert "No longer marked as checked" in texts(await talk.say("no longer checked"))
    assert LINE not in texts(await talk.say(SPEND, "program"))


async def test_a_total_that_has_changed_since_says_what_it_was_and_a_part_that_changed_says_so(talk: Talk) -> None:
    await talk.say(SPEND)
    await talk.say("mark this as checked: the books")
    (row,) = await talk.stage.state.line.run("SELECT key FROM checked_answers")
    check = await talk.stage.state.checked.get(SAMPLE_TENANT, row[0])
    assert check is not None
    # What a sync does to the data, done to the check: the answer is another one than was checked.
    await talk.stage.state.checked.set(SAMPLE_TENANT, replace(check, digest="other", value=123_400.0))
    shown = texts(await talk.say(SPEND, "program"))
    assert f"{LINE}, when it was $1,234; it has changed since. Note: the books." in shown
    await talk.stage.state.checked.set(SAMPLE_TENANT, replace(check, digest="other"))
    talk.stage.clock.pass_by(timedelta(hours=1).total_seconds())
    assert f"{LINE}; numbers have changed since." in texts(await talk.say(SPEND, "program"))


@pytest.mark.parametrize("key", ["manager", "employee"])
async def test_only_a_program_lead_marks_an_answer(talk: Talk, key: str) -> None:
    await talk.say(SPEND, key)
    for said in ("mark this as checked", "no longer checked"):
        assert "Your role does not allow that" in texts(await talk.say(said, key))
    assert await talk.stage.state.line.run("SELECT key FROM checked_answers") == []


async def test_without_an_answer_before_it_nothing_is_marked(talk: Talk) -> None:
    assert "Which answer?" in texts(await talk.say("mark this as checked"))
    await talk.say("zorg of flurb")
    assert "Which answer?" in texts(await talk.say("this is right"))


async def test_marking_is_audited_with_who_and_what(talk: Talk) -> None:
    await talk.say(SPEND)
    await talk.say("mark this as checked")
    await talk.say("no longer checked")
    day = datetime(2026, 11, 20, tzinfo=UTC)
    entries = await talk.stage.state.audit.list(SAMPLE_TENANT, day, day + timedelta(days=1))
    told = [(e.outcome, e.actor, e.scope) for e in entries if e.kind == "check"]
    lead = talk.stage.state.audit.who(talk.people["lead"].entra_id)
    assert told == [("checked", lead, "all/named"), ("no longer checked", lead, "all/named")]


def test_the_same_question_is_the_same_whatever_its_names_and_another_one_is_not(engine: Engine) -> None:
    month = {"from": "2026-09-01", "to": "2026-10-01"}
    first = answer(engine, filters={"country": ["Germany"]}, time=month)
    (germany,) = first.query.filters
    renamed = replace(
        first, query=first.query.with_filter(replace(germany, include=(replace(germany.include[0], name="D"),)))
    )
    assert key_of(renamed) == key_of(first)
    others = [
        answer(engine, time=month),
        answer(engine, filters={"country": ["France"]}, time=month),
        answer(engine, filters={"country": {"not": ["Germany"]}}, time=month),
        answer(engine, filters={"country": ["Germany"]}, time={"from": "2026-08-01", "to": "2026-10-01"}),
        engine.ask(Query(("spend",), time=first.period), TOTALS, today=TODAY),
    ]
    assert len({key_of(one) for one in (first, *others)}) == 6


def test_any_number_that_moves_is_noticed_and_the_last_digits_of_a_fraction_are_not(engine: Engine) -> None:
    whole = answer(engine, group_by=["job_category"])
    assert digest_of(whole) == digest_of(answer(engine, group_by=["job_category"]))
    for at, row in enumerate(whole.rows):
        rows = list(whole.rows)
        rows[at] = row._replace(values=(*[(v or 0) + 1 for v in row.values],))
        assert digest_of(replace(whole, rows=tuple(rows))) != digest_of(whole)
    rate = answer(engine, metrics=["fill_rate"])
    assert rate.total or rate.rows
    row = rate.total or rate.rows[0]
    nearly = row._replace(values=tuple(v and v * (1 + 1e-13) for v in row.values))
    close = replace(rate, total=nearly, rows=(nearly,) if rate.rows else ())
    far = row._replace(values=tuple(v and v * 1.001 for v in row.values))
    same = replace(rate, total=row, rows=(row,) if rate.rows else ())
    assert digest_of(close) == digest_of(same)
    assert digest_of(replace(rate, total=far, rows=(far,) if rate.rows else ())) != digest_of(same)
