"""Runs are opened once, worked on under a lease, fenced, retried, left out when too late; on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from analytics.errors import DataError
from bot.events import Conversation, Person
from bot.runner import UNDER_WAY, Due, Outcome, Runner, done, in_doubt, left_out, waiting
from bot.schedules import Rule, next_due
from bot.state import State
from bot.state.runs import LEASE_SECONDS, Runs
from bot.state.schedule import Schedule
from tests.bot.test_outbox import Wired
from tests.fakes.stage import FakeClock

ANNA = Person("t1", "p1", "Anna", "29:anna")
PLACE = Conversation("19:c@thread.tacv2", "channel", "t1", "http://127.0.0.1:9/teams", bot_id="28:b")
MONDAYS = Rule("week", time(9), "Europe/Berlin")


@dataclass
class Posting:
    """Posts one message for each period, and says what the outbox says."""

    state: State
    place: Conversation
    fails: int = 0
    late: list[str] = field(default_factory=list)

    async def run(self, due: Due, now: datetime) -> Outcome:
        if self.fails:
            self.fails -= 1
            raise DataError("There is no data yet.")
        key = due.key("post")
        receipt = await self.state.outbox.receipt(key)
        if receipt is None:
            await self.state.outbox.put(self.place, {"type": "message", "text": due.period}, purpose="digest", key=key)
            return waiting(key, {"put": True})
        if receipt.state in UNDER_WAY:
            return waiting(key)
        return done(receipt.activity) if receipt.state == "sent" else in_doubt(receipt.problem)

    async def too_late(self, due: Due, now: datetime) -> Outcome:
        self.late.append(due.period)
        return left_out("too late")


async def put_down(state: State, at: datetime, **more: Any) -> Schedule:
    made = await state.schedules.add(ANNA, "test", PLACE, MONDAYS, {"a": "ü"}, next_due=at, **more)
    assert made is not None
    return made


async def states(state: State, one: Schedule) -> dict[str, str]:
    return {run.period: run.state for run in await state.runs.of(one.id)}


async def test_a_schedule_is_read_back_as_it_was_put_down_and_its_key_is_taken(state: State, clock: FakeClock) -> None:
    one = await put_down(state, clock(), key="digest:t1:c")
    assert await state.schedules.get(one.id) == one
    assert await state.schedules.find("digest:t1:c") == one
    assert (one.rule, one.payload, one.owner, one.next_due) == (MONDAYS, {"a": "ü"}, "p1", clock())
    again = await state.schedules.add(ANNA, "test", PLACE, MONDAYS, {}, next_due=clock(), key="digest:t1:c")
    assert again is None
    assert await state.schedules.end(one.id) is True
    assert await state.schedules.end(one.id) is False
    assert await state.schedules.find("digest:t1:c") is None
    assert await put_down(state, clock(), key="digest:t1:c") != one
    assert len(await state.schedules.listed("t1", kind="test", owner="p1", conversation=PLACE.root)) == 1
    assert await state.schedules.listed("t2") == []
    assert await state.schedules.forget("p1") == 2
    assert await state.schedules.listed("t1") == []


async def test_a_run_goes_from_due_to_sent_and_the_schedule_moves_on(wired: Wired) -> None:
    state, clock = wired.state, wired.clock
    runner = Runner(state, {"test": Posting(state, wired.place())}, clock)
    one = await put_down(state, clock())
    await runner.tick(clock())
    assert list((await states(state, one)).values()) == ["sending"]
    # As long as the message is on its way there is nothing to do.
    await runner.tick(clock())
    assert (await state.runs.of(one.id))[0].attempt == 1
    await wired.sweep()
    await runner.tick(clock())
    (run,) = await state.runs.of(one.id)
    assert (run.state, run.activity, run.attempt) == ("sent", "m1", 2)
    moved = await state.schedules.get(one.id)
    assert moved is not None
    assert moved.next_due == next_due(MONDAYS, clock()).at
    clock.pass_by((moved.next_due - clock()).total_seconds())
    await runner.tick(clock())
    await wired.sweep()
    await runner.tick(clock())
    assert list((await states(state, one)).values()) == ["sent", "sent"]
    assert len(wired.fake.messages()) == 2


async def test_a_failure_is_tried_again_later_and_stops_nobody_else(wired: Wired) -> None:
    state, clock = wired.state, wired.clock
    runner = Runner(state, {"test": Posting(state, wired.place(), fails=2)}, clock)
    one = await put_down(state, clock())
    await runner.tick(clock())
    (run,) = await state.runs.of(one.id)
    assert (run.state, run.problem) == ("sending", "There is no data yet.")
    await runner.tick(clock())
    assert (await state.runs.of(one.id))[0].attempt == 1
    for _ in range(3):
        clock.pass_by(60)
        await runner.tick(clock())
        await wired.sweep()
    assert list((await states(state, one)).values()) == ["sent"]


async def test_what_is_more_than_a_day_too_late_is_left_out_and_said(wired: Wired) -> None:
    state, clock = wired.state, wired.clock
    posting = Posting(state, wired.place())
    runner = Runner(state, {"test": posting}, clock)
    one = await put_down(state, next_due(MONDAYS, clock()).at)
    clock.pass_by(30 * 86_400)
    while clock().weekday() != 3:
        clock.pass_by(86_400)
    await runner.tick(clock())
    (run,) = await state.runs.of(one.id)
    assert (run.state, run.problem, posting.late) == ("skipped", "too late", [run.period])
    await wired.sweep()
    assert wired.fake.messages() == []


async def test_a_paused_schedule_does_nothing_and_an_ended_one_leaves_what_was_due(wired: Wired) -> None:
    state, clock = wired.state, wired.clock
    runner = Runner(state, {"test": Posting(state, wired.place(), fails=1)}, clock)
    one = await put_down(state, clock())
    await runner.tick(clock())
    assert await state.schedules.pause(one.id, "removed") is True
    assert await state.schedules.pause(one.id, "removed") is False
    clock.pass_by(3_600)
    await runner.tick(clock())
    assert (await state.runs.of(one.id))[0].attempt == 1
    assert await state.schedules.resume(one.id, clock() + timedelta(days=3)) is True
    await runner.tick(clock())
    assert (await state.runs.of(one.id))[0].attempt == 2
    await state.schedules.end(one.id)
    assert list((await states(state, one)).values()) == ["skipped"]


async def test_whoever_wakes_up_with_an_old_claim_changes_nothing(state: State, clock: FakeClock) -> None:
    one = await put_down(state, clock())
    runner = Runner(state, {}, clock)
    await runner.tick(clock())
    old = await state.runs.claim(["test"])
    assert old is not None
    assert await state.runs.claim(["test"]) is None
    clock.pass_by(LEASE_SECONDS + 1)
    other = Runs(state.line, clock)
    new = await other.claim(["test"])
    assert new is not None
    assert (old.attempt, new.attempt) == (1, 2)
    assert await state.runs.keep_post(old, "stale") is False
    assert await state.runs.settle(old, "sent") is False
    assert await state.runs.wait(old) is False
    assert await other.keep_post(new, "m7") is True
    assert await other.settle(new, "sent", activity="m7") is True
    kept = await state.schedules.get(one.id)
    assert kept is not None
    assert kept.post == "m7"


async def test_kinds_that_nobody_here_handles_are_left_to_others(state: State, clock: FakeClock) -> None:
    await put_down(state, clock())
    await Runner(state, {"other": Posting(state, PLACE)}, clock).tick(clock())
    assert await state.runs.counts() == {"due": 1}


async def test_two_replicas_and_a_hundred_slots_give_a_hundred_posts(wired: Wired) -> None:
    state, clock = wired.state, wired.clock
    made = [await put_down(state, clock()) for _ in range(100)]
    runners = [Runner(state, {"test": Posting(state, wired.place())}, clock) for _ in range(2)]
    for runner in runners[1:]:
        runner._runs = Runs(state.line, clock)  # a replica of its own, with a name of its own
    await asyncio.gather(*(runner.tick(clock()) for runner in runners))
    await wired.sweep()
    await asyncio.gather(*(runner.tick(clock()) for runner in runners))
    await runners[0].tick(clock())
    assert await state.runs.counts() == {"sent": 100}
    assert len(wired.fake.messages()) == 100
    assert len({(await state.runs.of(one.id))[0].activity for one in made}) == 100


async def test_a_clock_that_is_put_back_or_forward_repeats_nothing(wired: Wired) -> None:
    state, clock = wired.state, wired.clock
    runner = Runner(state, {"test": Posting(state, wired.place())}, clock)
    one = await put_down(state, next_due(MONDAYS, clock()).at)
    clock.pass_by((one.next_due - clock()).total_seconds() - 300)
    for wrong in (600, -600, -600, 600, 600, -600, 900):
        clock.pass_by(wrong)
        await runner.tick(clock())
        await wired.sweep()
    clock.pass_by(600)
    await runner.tick(clock())
    assert list((await states(state, one)).values()) == ["sent"]
    assert len(wired.fake.messages()) == 1


async def test_what_is_cut_off_by_stopping_is_free_for_the_next_process_at_once(wired: Wired) -> None:
    state, clock = wired.state, wired.clock

    class Slow(Posting):
        async def run(self, due: Due, now: datetime) -> Outcome:
            await asyncio.sleep(60)
            return done()

    await put_down(state, clock())
    task = asyncio.create_task(Runner(state, {"test": Slow(state, PLACE)}, clock).tick(clock()))
    await asyncio.sleep(0.2)
    task.cancel()
    await asyncio.wait({task})
    assert await Runs(state.line, clock).claim(["test"]) is not None
