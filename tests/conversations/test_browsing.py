"""Going through answers: another order, further rows, one record, names looked up while they are typed."""

from __future__ import annotations

from typing import Any

from tests.cards.validate import of_type, shown_texts
from tests.conversations.conftest import Talk, actions, texts


def button(card: dict[str, Any], verb: str, title: str = "") -> dict[str, Any]:
    """The first button of a verb, of that title where one is given."""
    return next(a for a in actions(card) if a["verb"] == verb and title in a["title"])


def chooser(card: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in of_type(card, "Input.ChoiceSet") if one["id"] == name)


def names(card: dict[str, Any]) -> list[str]:
    """The names in the rows of a list, as its chooser offers them."""
    return [choice["value"] for choice in chooser(card, "drill")["choices"]]


async def test_a_long_list_is_read_page_by_page_and_back_without_losing_or_repeating_a_row(talk: Talk) -> None:
    first = await talk.say("list the contracts of the last fiscal year")
    second = await talk.press(button(first, "page"))
    third = await talk.press(button(second, "page", "Next"))
    again = await talk.press(button(third, "page", "before"))
    assert names(again) == names(second)
    seen = [*names(first), *names(second), *names(third)]
    assert len(set(seen)) == len(seen) == 60
    assert "Rows 21 to 40 of" in texts(second)


async def test_a_record_is_opened_with_all_that_is_known_and_a_way_to_its_platform(talk: Talk) -> None:
    listed = await talk.say("list the contracts of the last fiscal year")
    wanted = chooser(listed, "drill")["choices"][2]
    card = await talk.press(button(listed, "record"), drill=wanted["value"])
    assert card["body"][0]["text"].replace("\\", "") == wanted["title"]
    assert wanted["value"] in "\n".join(shown_texts(card))
    (native,) = of_type(card, "Action.OpenUrl")
    assert native["url"].startswith(("https://www.upwork.com/", "https://www.toptal.com/"))
    back = await talk.press(button(card, "page", "Back"))
    assert names(back) == names(listed)


async def test_nobody_opens_a_record_or_a_page_outside_their_own_line(talk: Talk) -> None:
    listed = await talk.say("list the contracts of the last fiscal year", "lead")
    everything = {choice["value"] for choice in chooser(listed, "drill")["choices"]}
    mine = await talk.press(button(listed, "page"), "manager")
    assert not everything & set(names(mine)) or len(names(mine)) < len(everything)
    stolen = await talk.press(button(listed, "record"), "employee", drill=next(iter(everything)))
    assert not everything & {word for text in shown_texts(stolen) for word in text.split()}


async def test_another_order_is_chosen_behind_change(talk: Talk) -> None:
    card = await talk.say("spend by job category last quarter")
    offered = [choice["value"] for choice in chooser(card, "order")["choices"]]
    assert "spend:asc" in offered
    turned = await talk.press(button(card, "filter"), order="spend:asc")
    # What could not be mapped stands last, whatever the order.
    spent = [bar["y"] for bar in of_type(turned, "Chart.HorizontalBar")[0]["data"] if bar["x"] != "Unmapped"]
    assert spent == sorted(spent)
    refused = await talk.press(button(card, "filter"), order="salary:asc")
    assert not of_type(refused, "Chart.HorizontalBar")


async def test_teams_are_looked_up_while_they_are_typed_and_taken_as_a_filter(talk: Talk) -> None:
    card = await talk.say("spend last quarter")
    looked_up = chooser(card, "team")
    assert looked_up["choices.data"] == {"type": "Data.Query", "dataset": "team"}
    assert [choice["value"] for choice in looked_up["choices"]] == ["all"]
    by_team = await talk.say("spend by team last quarter")
    team = chooser(by_team, "drill")["choices"][0]
    narrowed = await talk.press(button(card, "filter"), team=team["value"])
    assert team["title"] in narrowed["body"][0]["columns"][0]["items"][0]["text"].replace("\\", "")


async def test_a_page_that_no_card_offers_is_refused_kindly(talk: Talk) -> None:
    listed = await talk.say("list the contracts of the last fiscal year")
    press = button(listed, "page")
    for page in (0, -1, 10**9, "2", None, 1.5):
        card = await talk.press({**press, "data": {**press["data"], "page": page}})
        assert "Please ask again" in texts(card)
