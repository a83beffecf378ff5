"""What is kept of alerts, settings, receipts, targets and stories, on every database; and how words about them are read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.model import Period
from bot.events import Person
from bot.features.subscriptions import spans
from bot.features.subscriptions.owners import quiet_left
from bot.features.subscriptions.wording import cadence_in, number_in, only_in, plain_number, threshold_in
from bot.state import State
from bot.state.stories import SaidTarget, Story
from bot.state.subscriptions import Alert, SentTo
from tests.fakes.stage import FakeClock

TENANT, TODAY = "tenant", date(2026, 11, 20)
ANA = Person(TENANT, "ana")
QUERY: dict[str, Any] = {"metrics": ["spend"], "having": {"metric": "spend", "op": ">", "value": 50_000}}


async def added(state: State, owner: str = "ana") -> Alert:
    return await state.alerts.add(
        Alert("", TENANT, owner, QUERY, "this_quarter", "", "said", "en", "en_US", seen="1:a")
    )


async def test_an_alert_is_looked_at_once_in_each_version(state: State) -> None:
    one = await added(state)
    assert await state.alerts.due("1:a") == []
    assert [due.id for due in await state.alerts.due("2:a")] == [one.id]
    over = {"period": "2026-10-01", "members": {"T1": 1.0}}
    assert await state.alerts.looked(one, "2:a", over)
    assert not await state.alerts.looked(one, "2:a", {}), "somebody else was faster"
    (kept,) = await state.alerts.listed(TENANT, "ana")
    assert (kept.over, kept.query, kept.seen) == (over, QUERY, "2:a")


async def test_a_paused_alert_is_paused_once_and_goes_on_changed(state: State) -> None:
    one = await added(state)
    assert await state.alerts.pause(one.id, "own")
    assert not await state.alerts.pause(one.id, "own")
    assert await state.alerts.due("9:a") == []
    assert await state.alerts.change(one.id, QUERY, "9:a", {})
    (kept,) = await state.alerts.listed(TENANT)
    assert (kept.state, kept.reason) == ("active", "")


async def test_alerts_are_handed_over_and_removed(state: State) -> None:
    await added(state)
    assert await state.alerts.hand_over(TENANT, "ana", "ben") == 1
    assert await state.alerts.listed(TENANT, "ana") == []
    assert [one.owner for one in await state.alerts.due("1:a")] == ["ben"]
    assert await state.alerts.remove((await state.alerts.listed(TENANT))[0].id)
    assert await state.alerts.listed(TENANT) == []


async def test_settings_of_a_person_are_set_and_cleared(state: State) -> None:
    settings = state.person_settings
    await settings.set(ANA, "quiet", {"from": "20:00", "to": "07:00"})
    await settings.set(ANA, "mute:slices", value=True)
    assert await settings.get(ANA, "quiet") == {"from": "20:00", "to": "07:00"}
    assert await settings.clear(ANA, "quiet")
    assert not await settings.clear(ANA, "quiet")
    assert await settings.those(TENANT, "mute:slices") == {"ana"}


async def test_the_first_receipt_of_a_person_stands(state: State, clock: FakeClock) -> None:
    await state.receipts.note("s", "2026-W47", "ana", "put", "key")
    await state.receipts.note("s", "2026-W47", "ana", "muted")
    assert await state.receipts.of("s", "2026-W47") == [SentTo("ana", "put", "key")]
    clock.pass_by(timedelta(days=401).total_seconds())
    await state.receipts.purge()
    assert await state.receipts.of("s", "2026-W47") == []


async def test_every_word_on_a_target_is_kept_in_order(state: State, clock: FakeClock) -> None:
    for value, starts in ((7.0, None), (6.0, TODAY), (None, None)):
        said = SaidTarget("avg_time_to_hire", "", "", value, "down", starts, "ana", "Ana", clock())
        await state.targets.say(TENANT, said)
    assert [(one.value, one.starts) for one in await state.targets.said(TENANT)] == [
        (7.0, None),
        (6.0, TODAY),
        (None, None),
    ]
    assert await state.targets.count() == 3
    assert await state.targets.said("other") == []


async def test_the_freshest_stories_are_those_told_or_changed_last(state: State, clock: FakeClock) -> None:
    for text in ("one", "two"):
        await state.stories.note(TENANT, "contract", text, "Title", text, ("ana", "Ana"))
        clock.pass_by(60)

    async def all_of(stories: Any) -> list[Story]:
        return list(stories)

    assert [one.text for one in await state.stories.freshest(TENANT, all_of, 2)] == ["two", "one"]
    first = (await state.stories.listed(TENANT))[-1]
    assert (await state.stories.edit(TENANT, first.id, "one, better")) is not None
    assert [one.text for one in await state.stories.freshest(TENANT, all_of)] == ["one, better"]
    assert await state.stories.remove(TENANT, first.id)
    assert not await state.stories.remove(TENANT, first.id)


@pytest.mark.parametrize(
    ("said", "every", "at", "which", "left"),
    [
        ("spend by team every Friday", "week", time(9), 4, "spend by team"),
        ("spend by team on mondays at 8:30", "week", time(8, 30), 0, "spend by team"),
        ("spend daily at 7pm", "day", time(19), 0, "spend"),
        ("die Ausgaben jeden Montag um 8 Uhr", "week", time(8), 0, "die Ausgaben"),
        ("les dépenses chaque vendredi à 8h30", "week", time(8, 30), 4, "les dépenses"),
        ("el gasto cada viernes a las 8", "week", time(8), 4, "el gasto"),
        ("os gastos toda sexta", "week", time(9), 4, "os gastos"),
        ("毎週金曜日にチーム別の支出", "week", time(9), 4, "チーム別の支出"),
        ("spend monthly", "month", time(9), 1, "spend"),
        ("spend on the 15th of every month", "month", time(9), 15, "spend"),
    ],
)
def test_how_often_is_read_and_taken_out_of_the_words(said: str, every: str, at: time, which: int, left: str) -> None:
    found, rest = cadence_in(said)
    assert found is not None
    number = found.day if every == "month" else found.weekday
    assert (found.every, found.at, number, rest) == (every, at, which, left)


def test_what_names_no_time_keeps_its_words() -> None:
    assert cadence_in("contracts over 50k in Germany") == (None, "contracts over 50k in Germany")
    assert only_in("spend only when there is data") == ("data", "spend")
    assert only_in("die Ausgaben, nur bei Änderungen") == ("changed", "die Ausgaben")


@pytest.mark.parametrize(
    ("written", "number"),
    [("50.000", 50_000), ("50,000", 50_000), ("50 000", 50_000), ("7,5", 7.5), ("7.5", 7.5), ("1.234,50", 1_234.5), ("1,234.50", 1_234.5)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(written: str, number: float) -> None:
    assert plain_number(written) == number


@pytest.mark.parametrize(
    ("said", "number"),
    [("7 days", (7, False)), ("2 weeks", (14, False)), ("80%", (80, True)), ("$60k", (60_000, False)), ("5万", (50_000, False))],
)  # fmt: skip
def test_the_number_of_a_target_or_threshold_is_read_with_its_unit(said: str, number: tuple[float, bool]) -> None:
    assert number_in(said) == number


def test_a_threshold_without_a_side_is_none() -> None:
    assert threshold_in("die Ausgaben 50.000") == (None, "die Ausgaben 50.000")
    found, rest = threshold_in("die Ausgaben dieses Quartal 50.000 übersteigen")
    assert found is not None
    assert (found.op, found.value, rest) == (">", 50_000, "die Ausgaben dieses Quartal")


@pytest.mark.parametrize(
    ("code", "period"),
    [
        ("this_quarter", Period(date(2026, 10, 1), date(2027, 1, 1))),
        ("last_6_months", Period(date(2026, 5, 1), date(2026, 11, 1))),
        ("last_90_days", Period(date(2026, 8, 22), date(2026, 11, 20))),
        ("next_30_days", Period(date(2026, 11, 21), date(2026, 12, 21))),
        ("quarter_to_date", Period(date(2026, 10, 1), date(2026, 11, 21))),
        ("this_week", Period(date(2026, 11, 16), date(2026, 11, 23))),
    ],
)
def test_a_period_has_the_code_that_means_it_and_the_code_means_it_again(code: str, period: Period) -> None:
    assert spans.period_of(code, TODAY, 7) == period
    assert spans.code_of(period, "spend", TODAY, 7) == code


@pytest.mark.parametrize(
    "said", ["spend in October", "spend in 2026", "spend in Q4", "Ausgaben im Oktober", "10月の支出"]
)
def test_whoever_names_a_month_a_quarter_or_a_year_means_exactly_that(said: str) -> None:
    assert spans.code_of(Period(date(2026, 10, 1), date(2027, 1, 1)), said, TODAY, 7) == ""


def test_quiet_hours_run_over_midnight_and_end_at_their_hour() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start, end = time(20), time(7)
    assert quiet_left(start, end, datetime(2026, 11, 20, 22, tzinfo=berlin)) == 9 * 3600
    assert quiet_left(start, end, datetime(2026, 11, 21, 6, tzinfo=berlin)) == 3600
    assert quiet_left(start, end, datetime(2026, 11, 21, 7, tzinfo=berlin)) == 0
    assert quiet_left(time(12), time(13), datetime(2026, 11, 21, 12, 30, tzinfo=UTC)) == 1800
    # The night of the change is an hour longer.
    assert quiet_left(start, end, datetime(2026, 10, 24, 22, tzinfo=berlin)) == 10 * 3600
