"""Asking for mail in words: off unless it is switched on."""

from __future__ import annotations

from tests.conversations.conftest import Talk


async def test_where_mail_is_off_it_says_so_and_keeps_nothing(talk: Talk) -> None:
    (said,) = await talk.stage.teams.say("also by mail", talk.person("manager"))
    assert "not switched on" in said.body["text"]
    (said,) = await talk.stage.teams.say("no mail", talk.person("manager"))
    assert "were not getting mail" in said.body["text"]
