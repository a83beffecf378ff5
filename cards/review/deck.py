"""Pages as a PowerPoint file: charts that stay editable, and in the notes what a speaker has to know of each figure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

from cards.review.nouns import Drawing, Page

WIDTH, HEIGHT = 13.333, 7.5
LEFT, TOP, INNER = 0.6, 1.75, 12.13
FOOT = 6.95
# The library's own classes are not typed.
_RGB: Any = RGBColor
_DATA: Any = CategoryChartData
COLORS = (_RGB(0x3C, 0x51, 0xB4), _RGB(0xCA, 0x50, 0x10), _RGB(0x03, 0x83, 0x87))
INK, QUIET, PANEL = _RGB(0x24, 0x24, 0x24), _RGB(0x61, 0x61, 0x61), _RGB(0xF0, 0xF2, 0xFA)
KINDS = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "lines": XL_CHART_TYPE.LINE_MARKERS,
}
NUMBERS = {"money": "#,##0", "ratio": "0%", "count": "#,##0", "days": "0.0", "hours": "0.0"}
TITLE_ONLY = 5
LONG_LEAD = 90
ROW = 0.42


def deck(pages: Sequence[Page], *, title: str, author: str) -> bytes:
    """The file. Takes a second or so: never on an event loop."""
    made = Presentation()
    made.slide_width, made.slide_height = Inches(WIDTH), Inches(HEIGHT)
    made.core_properties.title, made.core_properties.author = title, author
    for number, page in enumerate(pages, 1):
        _slide(made, page, f"{number} / {len(pages)}")
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def _slide(made: Any, page: Page, number: str) -> None:
    slide = made.slides.add_slide(made.slide_layouts[TITLE_ONLY])
    heading = slide.shapes.title
    heading.left, heading.top, heading.width, heading.height = _box(LEFT, 0.4, INNER, 0.75)
    heading.text_frame.margin_left = 0
    _write(heading.text_frame, page.title, size=30, bold=True)
    if page.lead:
        _text(slide, (LEFT, 1.12, INNER, 0.45), page.lead, size=16 if len(page.lead) < LONG_LEAD else 12, color=QUIET)
    _body(slide, page)
    _text(slide, (LEFT, FOOT, INNER - 1.0, 0.32), page.foot, size=10, color=QUIET)
    _text(slide, (LEFT + INNER - 1.0, FOOT, 1.0, 0.32), number, size=10, color=QUIET, right=True)
    slide.notes_slide.notes_text_frame.text = "\n".join(page.notes)


def _body(slide: Any, page: Page) -> None:
    """A table or lines at the left, charts at the right; whichever stands alone takes the width."""
    beside = bool(page.table or page.lines) and bool(page.charts)
    wide = 7.3 if beside else INNER
    if page.table:
        _table(slide, page.table, wide)
    if page.lines:
        _lines(slide, page.lines, 5.6 if beside else INNER)
        wide = 5.6 if beside else wide
    free = INNER - wide - 0.3 if beside else INNER
    start = LEFT + wide + 0.3 if beside else LEFT
    each = (free - 0.3 * (len(page.charts) - 1)) / max(len(page.charts), 1)
    for at, drawing in enumerate(page.charts):
        _chart(slide, drawing, (start + at * (each + 0.3), TOP, each, FOOT - TOP - 0.15))


def _table(slide: Any, rows: Sequence[Sequence[str]], wide: float) -> None:
    across = len(rows[0])
    size = 14 if len(rows) < 8 and wide > 8 else 12
    height = ROW if size == 12 else 0.55
    shape = slide.shapes.add_table(len(rows), across, *_box(LEFT, TOP, wide, height * len(rows)))
    first = 0.34 if across > 3 else 0.4
    for at, column in enumerate(shape.table.columns):
        column.width = Inches(wide * (first if not at else (1 - first) / (across - 1)))
    for line, row in enumerate(rows):
        shape.table.rows[line].height = Inches(height)
        for at, said in enumerate(row):
            cell = shape.table.cell(line, at)
            cell.margin_left = cell.margin_right = Inches(0.06)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.fill.solid()
            cell.fill.fore_color.rgb = COLORS[0] if not line else PANEL if line % 2 else _RGB(0xFF, 0xFF, 0xFF)
            color = _RGB(0xFF, 0xFF, 0xFF) if not line else INK
            _write(cell.text_frame, said, size=size, bold=not line or at == 1, color=color, right=at > 0)


def _lines(slide: Any, lines: Sequence[str], wide: float) -> None:
    frame = _text(slide, (LEFT, TOP, wide, FOOT - TOP - 0.15), "", size=18)
    size = 18 if sum(map(len, lines)) < 700 else 15
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if not at else frame.add_paragraph()
        paragraph.space_after = Pt(10)
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.color.rgb = Pt(size), INK


def _chart(slide: Any, drawing: Drawing, place: tuple[float, float, float, float]) -> None:
    """A native chart, its numbers in the embedded workbook as the engine gave them."""
    data = _DATA(number_format=NUMBERS.get(drawing.unit, "0.0"))
    data.categories = drawing.labels
    for name, values in drawing.series:
        data.add_series(name, values)
    chart = slide.shapes.add_chart(KINDS[drawing.kind], *_box(*place), data).chart
    chart.has_title = True
    _write(chart.chart_title.text_frame, drawing.title, size=14, bold=True)
    chart.font.size, chart.font.color.rgb = Pt(11), INK
    chart.has_legend = len(drawing.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _axes(chart, drawing)
    for at, series in enumerate(chart.plots[0].series):
        color = COLORS[at % len(COLORS)]
        if drawing.kind == "lines":
            series.format.line.color.rgb, series.format.line.width, series.smooth = color, Pt(2.25), False
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = color
            series.marker.format.line.color.rgb = color
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = color


def _axes(chart: Any, drawing: Drawing) -> None:
    values, names = chart.value_axis, chart.category_axis
    values.has_major_gridlines = drawing.kind != "bars"
    values.tick_labels.font.size = names.tick_labels.font.size = Pt(11)
    values.tick_labels.number_format = NUMBERS.get(drawing.unit, "0.0")
    values.tick_labels.number_format_is_linked = False
    values.format.line.fill.background()
    if values.has_major_gridlines:
        values.major_gridlines.format.line.color.rgb = _RGB(0xE0, 0xE0, 0xE0)
    known = [value for _, column in drawing.series for value in column if value is not None]
    if not known or min(known) >= 0:
        values.minimum_scale = 0
    if drawing.kind == "bars":
        names.reverse_order, values.visible = True, False
        plot = chart.plots[0]
        plot.gap_width, plot.has_data_labels = 45, True
        plot.data_labels.font.size, plot.data_labels.position = Pt(11), XL_LABEL_POSITION.OUTSIDE_END
        plot.data_labels.number_format = NUMBERS.get(drawing.unit, "0.0")
        plot.data_labels.number_format_is_linked = False
    elif drawing.kind == "columns":
        chart.plots[0].gap_width = 60


def _text(
    slide: Any,
    place: tuple[float, float, float, float],
    said: str,
    *,
    size: int,
    color: Any = INK,
    right: bool = False,
) -> Any:
    frame = slide.shapes.add_textbox(*_box(*place)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    _write(frame, said, size=size, color=color, right=right)
    return frame


def _write(frame: Any, said: str, *, size: int, bold: bool = False, color: Any = INK, right: bool = False) -> None:
    """One line of text; it is never read as anything else."""
    frame.text = said
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    paragraph.font.size, paragraph.font.bold, paragraph.font.color.rgb = Pt(size), bold, color


def _box(left: float, top: float, width: float, height: float) -> tuple[Inches, Inches, Inches, Inches]:
    """Inches as the file counts."""
    return Inches(left), Inches(top), Inches(width), Inches(height)
