"""Alerts through the real endpoint: once for each crossing, after every new version, several in one message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conversations.conftest import actions, texts
from tests.conversations.personal import Company, card, company, talking_in
from tests.fakes.serving import ThrowawayCA
from tests.world import World


@pytest.fixture
async def talk(ca: ThrowawayCA, tmp_path: Path) -> AsyncIterator[Company]:
    async with talking_in(World(tmp_path / "world", company(10_000, 20_000)), ca, tmp_path) as made:
        yield made


async def test_an_alert_fires_once_for_each_crossing_and_again_after_it_fell_back(talk: Company) -> None:
    shown = texts(await talk.say("tell me when spend for Design & Creative passes 50k this quarter", "pia"))
    assert "above $50,000" in shown
    assert "Now: $30,000" in shown or "Now: $10,000" in shown
    fired = []
    for amount in (40_000, 60_000, 70_000, 45_000, 55_000):
        talk.synced(company(amount, 1_000))
        sent = await talk.passes()
        fired.append(len(sent))
        assert await talk.passes() == []
    assert fired == [0, 1, 0, 0, 1]


async def test_it_states_value_threshold_period_filters_and_leads_to_the_full_card(talk: Company) -> None:
    await talk.say("alert me if any team goes over 50k this quarter", "pia")
    talk.synced(company(60_000, 70_000))
    (sent,) = await talk.passes()
    said = texts(card(sent))
    for part in ("Design", "Research", "$60,000", "$70,000", "above $50,000", "Oct", "2026", "2 alerts of yours"):
        assert part in said
    (open_it,) = [a for a in actions(card(sent)) if a["verb"] == "ask"]
    full = texts(await talk.press(open_it, "pia"))
    assert "$60,000" in full
    talk.synced(company(80_000, 70_000))
    assert await talk.passes() == []


async def test_several_alerts_are_one_message_and_quiet_hours_put_it_off(talk: Company) -> None:
    await talk.say("quiet from 20 to 7", "pia")
    await talk.say("alert me when spend goes over 50k this quarter", "pia")
    await talk.say("alert me when any team goes over 40k this quarter", "pia")
    talk.stage.clock.now = datetime(2026, 11, 20, 22, tzinfo=UTC)
    talk.synced(company(60_000, 1_000))
    assert await talk.passes() == []
    talk.stage.clock.now = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
    (sent,) = await talk.passes()
    assert "2 alerts of yours" in texts(card(sent))


async def test_what_is_beyond_already_is_said_at_once_and_not_told_as_news(talk: Company) -> None:
    assert "beyond that already" in texts(await talk.say("alert me when spend goes over 5k this quarter", "pia"))
    talk.synced(company(11_000, 20_000))
    assert await talk.passes() == []


async def test_a_new_quarter_is_a_new_period_for_this_quarter(talk: Company) -> None:
    await talk.say("alert me when spend goes over 50k this quarter", "pia")
    talk.synced(company(60_000, 1_000))
    assert len(await talk.passes()) == 1
    later = [{"charge_id": "L9", "contract_id": "C1", "posted_at": "2027-01-04T12:00:00Z", "amount": "51000"}]
    talk.stage.clock.now = datetime(2027, 1, 11, 9, tzinfo=UTC)
    assert await talk.passes() == []
    talk.world.sync(company(60_000, 1_000, charges=later), datetime(2027, 1, 11, 6, tzinfo=UTC))
    assert len(await talk.passes()) == 1


async def test_a_manager_is_alerted_about_their_own_line_only(talk: Company) -> None:
    await talk.say("alert me when spend goes over 50k this quarter", "ana")
    talk.synced(company(1_000, 90_000))
    assert await talk.passes() == []
    talk.synced(company(51_000, 90_000))
    ((to, body),) = await talk.passes()
    assert to == "ana"
    assert "$51,000" in texts(body)


async def test_whoever_left_is_alerted_no_more_and_the_program_is_told_once(talk: Company) -> None:
    await talk.say("spend", "pia")
    await talk.say("alert me when spend goes over 50k this quarter", "ana")
    rows = company(90_000, 1_000)
    gone = {"person_id": "P1", "name": "Ana Silva", "entra_object_id": "e1", "active": "false"}
    rows["people!"] = [*rows.pop("people"), gone]
    talk.synced(rows)
    ((to, body),) = await talk.passes()
    assert (to, "Ana" in body["text"] or "?" in body["text"]) == ("pia", True)
    assert await talk.passes() == []


@pytest.mark.parametrize(
    ("said", "metric", "op", "value"),
    [
        ("Benachrichtige mich, wenn die Ausgaben dieses Quartal 50.000 übersteigen", "spend", ">", 50_000),
        ("Préviens-moi quand les dépenses dépassent 50 000 ce trimestre", "spend", ">", 50_000),
        ("Avísame cuando el gasto supere 50000 este trimestre", "spend", ">", 50_000),
        ("Me avise quando os gastos passarem de 50000 neste trimestre", "spend", ">", 50_000),
        ("今四半期の支出が50000を超えたら教えて", "spend", ">", 50_000),
        ("alert me if time to hire goes over 10 days", "avg_time_to_hire", ">", 10),
        ("alert me when fill rate drops below 70%", "fill_rate", "<", 0.7),
        ("Sag mir Bescheid, wenn die Besetzungsquote unter 70 % fällt", "fill_rate", "<", 0.7),
    ],
)
async def test_alerts_are_read_in_six_languages(talk: Company, said: str, metric: str, op: str, value: float) -> None:
    await talk.say(said, "pia")
    (one,) = await talk.stage.state.alerts.listed(talk.person("pia").tenant)
    assert one.query["having"] == {"metric": metric, "op": op, "value": value}
    assert one.period == ("this_quarter" if metric == "spend" else "")


async def test_a_list_cannot_be_watched_and_a_threshold_is_asked_for(talk: Company) -> None:
    assert "threshold" in texts(await talk.say("alert me about spend by team", "pia"))
    assert await talk.stage.state.alerts.listed(talk.person("pia").tenant) == []


async def test_whoever_dies_between_the_message_and_the_note_of_it_does_not_send_it_twice(talk: Company) -> None:
    await talk.say("alert me when spend goes over 50k this quarter", "pia")
    state = talk.stage.state
    (before,) = await state.alerts.listed(talk.person("pia").tenant)
    talk.synced(company(60_000, 1_000))
    assert len(await talk.passes()) == 1
    (after,) = await state.alerts.listed(before.tenant)
    await state.line.run(
        "UPDATE alerts SET seen = :seen, over_json = '{}' WHERE id = :id", {"seen": before.seen, "id": before.id}
    )
    assert await talk.passes() == []
    (again,) = await state.alerts.listed(before.tenant)
    assert (again.seen, again.over) == (after.seen, after.over)
