"""The monthly review: every figure is the engine's answer to its question, charts stay editable, and nothing overflows its page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pptx import Presentation

from analytics.catalogue import METRICS, SCORECARDS
from analytics.model import Period, Query, Scope
from bot.features.review.gathering import gather, last_month, questions
from cards import formats
from cards.review.deck import deck
from cards.review.nouns import Found, Told
from cards.review.pages import pages
from cards.review.sheet import sheet
from cards.view import View
from tests.cards.test_cards import LOCALES
from tests.soundness.rows import charge, contract, heads, hire, job, team
from tests.world import EVERYTHING, TODAY, World

MONTH_ENDS = (
    "2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30",
    "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31",
)  # fmt: skip
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))
VIEW = View(TODAY, scope="Whole program")
STORIES = (Told("Packaging", "Found a specialist in two days.", "Ann Baker"),)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    rows: dict[str, list[dict[str, Any]]] = {
        "teams": [team("T2", "Legal & Compliance of the Northern Region (all offices)", head_person_id="P1")],
        "jobs": [job(f"J{n}", f"2026-{9 + n % 2:02}-0{n + 1}", positions="1") for n in range(8)],
        "contracts": [
            contract("C1"),
            contract("S1", "2026-10-02", platform="Beeline", kind="staffing", team_id="T2"),
            *(hire(f"H{n}", f"J{n}", f"2026-{9 + n % 2:02}-1{n}") for n in range(6)),
        ],
        "charges": [
            *(charge(f"G{n}", f"2026-{9 + n % 2:02}-1{n}", 1234.56 * (n + 1)) for n in range(8)),
            charge("G9", "2026-10-20", 999, contract_id="S1", platform="Beeline"),
        ],
        "headcount": [heads(day, "T1", 12) for day in MONTH_ENDS],
    }
    made = World(tmp_path_factory.mktemp("review"), rows)
    yield made
    made.close()


@pytest.fixture
async def found(small: World) -> Found:
    return await gather(
        small.engine, EVERYTHING, OCTOBER, today=TODAY, stories=STORIES, made_for="Ann Baker [x](http://y)"
    )


def opened(found: Found, view: View = VIEW) -> Any:
    return Presentation(io.BytesIO(deck(pages(found, view), title="Review", author="Ann")))


def charts(slides: Any) -> list[Any]:
    return [shape.chart for slide in slides.slides for shape in slide.shapes if shape.has_chart]


def test_the_last_whole_month_is_taken_and_a_year_that_ends_with_it() -> None:
    assert last_month(date(2026, 11, 20)) == OCTOBER
    assert last_month(date(2026, 1, 1)) == Period(date(2025, 12, 1), date(2026, 1, 1))
    assert questions(OCTOBER)["spend_trend"].time == Period(date(2025, 11, 1), date(2026, 11, 1))


async def test_every_figure_in_a_table_is_the_engines_answer_to_its_own_question(found: Found, small: World) -> None:
    """Each metric is asked once more, alone, and its value has to stand on the page as cards write it."""
    by = {page.key: page for page in pages(found, VIEW)}
    checked = 0
    for key, card in SCORECARDS.items():
        rows = {row[0]: row[1] for row in by[key].table[1:]}
        for metric in card.metrics:
            answer = small.answer(Query((metric,), time=OCTOBER))
            value = answer.total.values[0] if answer.total else None
            assert rows[METRICS[metric].label] == formats.shown(value, METRICS[metric].unit, "en_US")
            checked += 1
    assert checked == sum(len(card.metrics) for card in SCORECARDS.values())
    sides = by["sides"].table
    staffed = small.answer(
        {
            "metrics": ["spend"],
            "filters": {"source": ["staffing"]},
            "time": {"from": "2026-10-01", "to": "2026-11-01"},
        }
    )
    assert staffed.total is not None
    assert sides[1][2] == formats.shown(staffed.total.values[0], "money", "en_US")


async def test_a_chart_holds_the_very_numbers_of_its_answer(found: Found) -> None:
    drawn = {chart.chart_title.text_frame.text: chart for chart in charts(opened(found))}
    trend = found.answers["spend_trend"]
    shown = list(drawn["Spend (USD)"].plots[0].series[0].values)
    wanted = [row.values[0] / 100 if row.values[0] is not None else None for row in trend.rows]
    assert sum(shown) == sum(value for value in wanted if value)
    jobs = found.answers["jobs_by_category"]
    bars = drawn["Jobs posted by job category"].plots[0]
    assert list(bars.series[0].values) == [row.values[0] for row in jobs.rows]
    assert list(bars.categories) == [row.labels[0] for row in jobs.rows]


async def test_charts_are_native_and_carry_their_workbook(found: Found) -> None:
    found_charts = charts(opened(found))
    assert len(found_charts) >= 8
    assert all(chart.part.chart_workbook.xlsx_part is not None for chart in found_charts)


async def test_the_notes_give_definition_and_period_of_every_figure(found: Found) -> None:
    slides = opened(found).slides
    for key, slide in zip([page.key for page in pages(found, VIEW)], slides, strict=True):
        said = slide.notes_slide.notes_text_frame.text
        if key in SCORECARDS:
            for metric in SCORECARDS[key].metrics:
                assert METRICS[metric].definition in said
            assert "Period: October 2026" in said


async def test_what_a_name_says_is_text_and_no_link(found: Found) -> None:
    slides = opened(found)
    runs = [run for slide in slides.slides for shape in slide.shapes if shape.has_text_frame for p in shape.text_frame.paragraphs for run in p.runs]  # fmt: skip
    assert not [run for run in runs if run.hyperlink.address]


async def test_promises_sides_scale_stories_and_quality_each_have_their_page(found: Found) -> None:
    keys = [page.key for page in pages(found, VIEW)]
    assert keys == ["glance", "demand", "value", "supply", "where", "spend", "sides", "scale", "stories", "quality"]
    assert any("Assumed" in line for page in pages(found, VIEW) if page.key == "scale" for line in page.lines)


@pytest.mark.parametrize("language", LOCALES)
async def test_no_text_leaves_its_box_in_any_language(found: Found, language: str) -> None:
    """Measured as wide as the widest common font has it: what is on one line fits, and a table stays above the foot."""
    view = View(TODAY, language, LOCALES[language], scope="Whole program")
    slides = opened(found, view)
    for slide in slides.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= slides.slide_width
            assert shape.top + shape.height <= slides.slide_height
            if shape.has_table:
                assert shape.top + needed(shape.table) <= 6.95 * 914_400
        title = slide.shapes.title
        assert wide(title.text_frame.text, 30) <= title.width / 914_400


def wide(text: str, points: float) -> float:
    """Inches that a line takes; letters of East Asia are as wide as they are high."""
    return sum(1.0 if ord(letter) > 0x2E80 else 0.6 for letter in text) * points / 72


def needed(table: Any) -> float:
    """How high a table becomes once its cells wrap."""
    high = 0.0
    for row in table.rows:
        lines = 1
        for at, cell in enumerate(row.cells):
            room = table.columns[at].width / 914_400 - 0.12
            points = cell.text_frame.paragraphs[0].font.size.pt
            lines = max(lines, -(-wide(cell.text_frame.text, points) // room))
        high += max(row.height, lines * 12 * 1.25 * 12_700 + 91_440)
    return high


@pytest.mark.parametrize("language", ["en", "ja"])
async def test_the_summary_is_one_page_and_says_its_month(found: Found, language: str) -> None:
    view = View(TODAY, language, LOCALES[language], scope="Whole program")
    made = sheet(pages(found, view), made_at=datetime(2026, 11, 20, tzinfo=UTC))
    assert made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") + made.count(b"/Type /Page ") == 1


async def test_groups_see_no_person_and_no_number_that_is_withheld(small: World) -> None:
    found = await gather(small.engine, Scope("all", "groups"), OCTOBER, today=TODAY)
    money = next(page for page in pages(found, VIEW) if page.key == "glance").table[1]
    assert money[1] == "–"
