"""From a resolved question to SQL text: built as a tree, cached by shape; values are bound, never written."""

from __future__ import annotations

from analytics.compile.assemble import Compiled, compile_details, compile_shape, compile_unrated
from analytics.compile.records import compile_records
from analytics.compile.shape import FilterShape, RecordShape, ScopeShape, Shape

__all__ = [
    "Compiled",
    "FilterShape",
    "RecordShape",
    "ScopeShape",
    "Shape",
    "compile_details",
    "compile_records",
    "compile_shape",
    "compile_unrated",
]
