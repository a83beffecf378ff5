"""Guests and people of other organizations are refused in words, and nothing is asked of the data for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conversations.conftest import Talk, texts

GUESTS = (
    {"userRole": "guest"},
    {"userPrincipalName": "Lena_other.example#EXT#@contoso.example"},
    {"tenantId": "99999999-1111-1111-1111-111111111111"},
)


@pytest.mark.parametrize("mark", GUESTS, ids=str)
@pytest.mark.parametrize("place", ["personal", "channel", "group"])
async def test_a_guest_is_refused_with_a_sentence_and_audited(talk: Talk, mark: dict[str, Any], place: str) -> None:
    teams, person = talk.stage.teams, talk.person("lead")
    where = {"personal": teams.personal(person), "channel": teams.channel(), "group": teams.group()}[place]
    activity = teams.activity("message", person, where, text="total spend last fiscal year")
    activity["from"] |= mark
    (sent,) = await teams._answers(activity)
    shown = texts(sent.card)
    assert "employees of this company only" in shown
    assert "$" not in shown
    (entry,) = await talk.stage.state.audit.list(
        person.tenant, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert (entry.outcome, entry.query_json, entry.records) == ("refused", None, None)


async def test_a_guest_gets_no_names_and_no_press_either(talk: Talk) -> None:
    teams, person = talk.stage.teams, talk.person("lead")
    search = {"queryText": "d", "dataset": "team", "queryOptions": {"top": 15}}
    press = {
        "action": {"type": "Action.Execute", "verb": "ask", "data": {"verb": "ask", "query": {"metrics": ["spend"]}}}
    }
    for name, value in (("application/search", search), ("adaptiveCard/action", press)):
        activity = teams.activity("invoke", person, name=name, value=value)
        activity["from"] |= {"userRole": "guest"}
        body = (await teams.post(activity)).body
        assert not body["value"].get("results", [])
        assert "$1" not in str(body)
