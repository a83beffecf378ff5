"""What the bot keeps about words it could not read and answers that were checked: in SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.events import Person
from bot.state.checked import Check
from bot.state.learning import Lead

if TYPE_CHECKING:
    import pytest

    from bot.state import State
    from tests.fakes.stage import FakeClock

LEAD = Person("t1", "lead-1", "Lena", "29:lena")
DAY = timedelta(days=1).total_seconds()


async def test_a_phrase_is_counted_and_its_days_told_apart(state: State, clock: FakeClock) -> None:
    for _ in range(2):
        await state.unread.collect("t1", "zorg by team", ["zorg"], "en")
    clock.pass_by(DAY)
    await state.unread.collect("t1", "zorg nach Team", ["zorg", "flurb", "zorg"], "de")
    await state.unread.collect("t1", "zorg again", ["zorg"], "en")
    (first, second) = await state.unread.frequent("t1", 10)
    assert (first.phrase, first.count, first.days, first.last) == ("zorg", 4, 2, clock().date())
    assert (second.phrase, second.count, second.days) == ("flurb", 1, 1)
    assert [q.text for q in await state.unread.questions("t1", 2)] == ["zorg again", "zorg nach Team"]
    assert await state.unread.frequent("t2", 10) == []


async def test_what_is_old_and_what_is_too_long_is_not_kept(state: State, clock: FakeClock) -> None:
    await state.unread.collect("t1", "x" * 5_000, ["z" * 500], "en")
    assert len((await state.unread.frequent("t1", 1))[0].phrase) == 200
    clock.pass_by(91 * DAY)
    await state.unread.collect("t1", "new one", ["new"], "en")
    await state.unread.purge(90)
    assert [word.phrase for word in await state.unread.frequent("t1", 10)] == ["new"]
    assert [question.text for question in await state.unread.questions("t1", 10)] == ["new one"]


async def test_a_flood_of_nonsense_keeps_what_is_frequent(
    state: State, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.state.learning.MOST_PHRASES", 3)
    monkeypatch.setattr("bot.state.learning.MOST_QUESTIONS", 3)
    for at in range(6):
        await state.unread.collect("t1", f"nonsense {at}", ["often", f"word{at}"], "en")
        clock.pass_by(DAY)
    await state.unread.purge(90)
    assert [word.phrase for word in await state.unread.frequent("t1", 10)] == ["often", "word5", "word4"]
    assert [q.text for q in await state.unread.questions("t1", 10)] == ["nonsense 5", "nonsense 4", "nonsense 3"]


async def test_a_meaning_is_taught_replaced_and_taken_back(state: State) -> None:
    await state.taught.teach(LEAD, "zorg", "metric", "spend", None, "Spend")
    await state.taught.teach(LEAD, "zorg", "value", "T1", "team", "Alpha")
    (word,) = await state.taught.all("t1")
    assert (word.phrase, word.kind, word.key, word.dimension, word.label) == ("zorg", "value", "T1", "team", "Alpha")
    assert word.entra_id == "lead-1"
    assert await state.taught.all("t2") == []
    assert await state.taught.forget("t2", "zorg") is None
    assert await state.taught.forget("t1", "zorg") == word
    assert await state.taught.forget("t1", "zorg") is None


async def test_program_leads_are_remembered_as_they_read_now(state: State) -> None:
    lead = Lead("t1", "lead-1", "de", "de_DE")
    await state.word_leads.remember(Lead("t1", "lead-1", "en", "en_US"))
    await state.word_leads.remember(lead)
    assert await state.word_leads.all() == [lead]
    await state.word_leads.forget(lead)
    assert await state.word_leads.all() == []


async def test_a_check_is_kept_replaced_and_removed(state: State) -> None:
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    check = Check("k1", "{}", "d1", 1234.0, "money", "USD", "the finance report", "lead-1", at)
    await state.checked.set("t1", check)
    assert await state.checked.get("t1", "k1") == check
    assert await state.checked.get("t2", "k1") is None
    later = Check("k1", "{}", "d2", None, "money", "USD", "", "lead-2", at + timedelta(days=1))
    await state.checked.set("t1", later)
    assert await state.checked.get("t1", "k1") == later
    assert not await state.checked.remove("t2", "k1")
    assert await state.checked.remove("t1", "k1")
    assert await state.checked.get("t1", "k1") is None
