"""The invented enterprise of the labelled questions, and today as they know it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.understanding import Vocabulary

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    path = Path(__file__).parents[1] / "questions" / "vocabulary.json"
    return Vocabulary.from_json(json.loads(path.read_text(encoding="utf-8")))
