from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from cards.terminal import TerminalCard
from tests.cards.cases import all_cards

CARDS = all_cards()


def printed(name: str, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(TerminalCard(CARDS[name]))
    return str(console.file.getvalue())  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [40, 60, 88, 200])
@pytest.mark.parametrize("name", CARDS)
def test_every_card_fits_every_terminal(name: str, width: int) -> None:
    lines = printed(name, width).splitlines()
    assert max(map(cell_len, lines)) <= min(width, 88)
    assert lines[0].startswith("╭")


@pytest.mark.parametrize("name", CARDS)
def test_every_button_stands_whole_on_one_line(name: str) -> None:
    said = printed(name, 88)
    for action in CARDS[name].get("actions", []):
        assert f"[ {action['title']} ]" in said


def test_the_number_the_bars_and_the_table_are_there_to_read() -> None:
    said = printed("breakdown", 88)
    assert "$1,323,360" in said
    assert "Design & Creative    ████" in said
    assert "$412,300     31%" in said
    assert "Upwork · data as of Nov 20, 2026, 06:00 UTC" in said


def test_bars_are_as_long_as_their_numbers() -> None:
    lines = [line for line in printed("breakdown", 88).splitlines() if "█" in line]
    assert lines[0].count("█") == pytest.approx(2 * lines[2].count("█"), abs=2)


def test_a_trend_is_drawn_as_columns_with_its_target_named() -> None:
    said = printed("trend", 88)
    assert "┄ Target 7 days" in said
    assert "Dec    Jan    Feb" in said


def test_the_labels_of_many_narrow_columns_do_not_run_into_each_other() -> None:
    axis = next(line for line in printed("trend-long", 88).splitlines() if "Nov ’26*" in line)
    assert "Dec ’24  Mar ’25  Jun ’25" in axis
    assert cell_len(axis) == 88


def test_what_is_hidden_on_the_card_is_hidden_in_the_terminal() -> None:
    said = printed("breakdown", 88)
    assert "Last quarter" not in said
    assert "[ Change ]" in said


def test_escapes_are_undone() -> None:
    assert "[urgent]" in printed("list", 88)
