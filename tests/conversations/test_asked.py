"""A program lead asks what was asked: totals only, in a card; nobody else is told."""

from __future__ import annotations

from tests.conversations.conftest import Talk, texts


async def test_a_program_lead_is_told_in_totals_and_nobody_is_named(talk: Talk) -> None:
    await talk.say("spend by month")
    await talk.say("spend by month", "manager")
    said = texts(await talk.say("What was asked this week?", "program"))
    assert "What was asked" in said
    assert "Questions\n2" in said or "2" in said
    for person in talk.people.values():
        assert person.name not in said
        assert person.upn not in said


async def test_others_are_not_told(talk: Talk) -> None:
    said = texts(await talk.say("what was asked this week", "manager"))
    assert "Questions" not in said
