"""The steps of a week: who is killed between two of them goes on with the next, and says nothing twice."""

from __future__ import annotations

from bot.features.digest.sending import KIND, Sending
from bot.runner import Due, Runner
from bot.state.runs import LEASE_SECONDS, Runs
from tests.bot.test_outbox import ANNA, Wired
from tests.fakes.digest_worker import active, compose, leads
from tests.schedule.test_runner import MONDAYS


async def test_killed_right_after_any_write_the_next_one_goes_on_from_there(wired: Wired) -> None:
    state, clock, where = wired.state, wired.clock, wired.place("19:c@thread.tacv2")
    await state.conversations.remember(where, ANNA)
    one = await state.schedules.add(ANNA, KIND, where, MONDAYS, {}, next_due=clock())
    assert one is not None
    sending = Sending(state, compose, active, leads)
    await Runner(state, {}, clock).tick(clock())
    for week in range(3):
        # Every step is done by a process that dies before it can write down that it did it.
        for _ in range(12):
            runs = Runs(state.line, clock)
            claim = await runs.claim([KIND])
            if claim is None:
                break
            due = Due(claim.schedule, claim.period, claim.due_at, claim.missed, claim.attempt, claim.note, claim)
            state.runs = runs
            outcome = await sending.run(due, clock())
            if claim.attempt % 2 == 0:
                if outcome.state == "sending":
                    await runs.wait(claim, waits_for=outcome.waits_for, note=outcome.note)
                else:
                    await runs.settle(claim, outcome.state, activity=outcome.activity, problem=outcome.problem)
            if claim.attempt % 3 == 0:
                await wired.sweep()
            clock.pass_by(LEASE_SECONDS + 1)
            await wired.sweep()
        latest = (await state.runs.of(one.id))[0]
        assert (latest.state, latest.problem) == ("sent", ""), week
        clock.pass_by(((await state.schedules.get(one.id)) or one).next_due.timestamp() - clock().timestamp())
        await Runner(state, {}, clock).tick(clock())
    sent = [(one.method, (one.card or {}).get("fallbackText", one.text)[-8:]) for one in wired.fake.messages()]
    assert len(sent) == len(set(sent)) == 6  # a post and a word on pinning, then twice a rewriting and a reply


async def test_a_message_still_on_its_way_is_waited_for_not_given_up(wired: Wired) -> None:
    state, clock, where = wired.state, wired.clock, wired.place("19:c@thread.tacv2")
    await state.conversations.remember(where, ANNA)
    one = await state.schedules.add(ANNA, KIND, where, MONDAYS, {}, next_due=clock())
    assert one is not None
    sending = Sending(state, compose, active, leads)
    runner = Runner(state, {KIND: sending}, clock)
    await Runner(state, {}, clock).tick(clock())
    claim = await Runs(state.line, clock).claim([KIND])
    assert claim is not None
    await sending.run(Due(claim.schedule, claim.period, claim.due_at, 0, 1, {}, claim), clock())
    clock.pass_by(LEASE_SECONDS + 1)
    await runner.tick(clock())
    assert (await state.runs.of(one.id))[0].state == "sending"
    await wired.sweep()
    await runner.tick(clock())
    assert (await state.runs.of(one.id))[0].state == "sent"
