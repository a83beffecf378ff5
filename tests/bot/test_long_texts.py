"""No text takes long to read: ordinary ones are read at once, and so are pumped ones, of which only so much is read."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from analytics.errors import InsightsError
from bot.delivery.activity import said
from bot.events import MAX_TEXT
from bot.understanding import Question, Vocabulary, read
from bot.understanding.reader import LONGEST
from bot.understanding.words import tokens
from tests.fuzz import targets
from tests.world import TODAY

QUESTIONS = Path(__file__).parents[1] / "questions"
# Processor seconds, the least of three tries, five times what is promised: a busy machine is no fault of the text.
# `python -m bench.understanding` measures the promise itself.
TOO_LONG = 0.1
PIECES = (
    "spend", "by", "of", "in", "not", "vs", "top", "5", "between", "and", "team a and team b or", "last 3 months", "q4", "longer than", "%",
    "支出", "チーム別", "'", "(", "<at>", "\u0301", "ab ", "9", "-", "please", "show", "for", "from may to", "\u202e",
)  # fmt: skip


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.from_json(json.loads((QUESTIONS / "vocabulary.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Any]]:
    """Every command of the real bot."""
    with targets.a_bot(tmp_path_factory.mktemp("commands")) as bot:
        desk: Any = bot.on.desk
        found = desk._features.commands
        for command in found:
            command.match("x")  # patterns are put together once
        yield found


def reading(vocabulary: Vocabulary, text: str) -> float:
    """Seconds to read a text, whatever comes of it."""
    began = time.thread_time()
    with contextlib.suppress(InsightsError):
        read(Question(text=text, language="en", today=TODAY), vocabulary)
    return time.thread_time() - began


def pumped(piece: str, length: int) -> str:
    return (f"{piece} " * length)[:length]


def asked() -> list[str]:
    lines = (QUESTIONS / "development.jsonl").read_text(encoding="utf-8").splitlines()
    turns = [turn for line in lines[::25] for turn in json.loads(line).get("turns", [])]
    return [turn if isinstance(turn, str) else turn["text"] for turn in turns]


def test_what_people_ask_is_read_at_once(vocabulary: Vocabulary) -> None:
    texts = asked()
    assert len(texts) >= 30
    for text in texts:
        assert min(reading(vocabulary, text) for _ in range(3)) < TOO_LONG, text


@pytest.mark.parametrize("piece", ["5", "by", "spend", "team a and team b or", "支出", "<at>"])
def test_no_pumped_text_takes_long(vocabulary: Vocabulary, piece: str) -> None:
    # As long as is still read, and beyond it.
    lengths = [length for length in range(50, MAX_TEXT, 50) if len(tokens(pumped(piece, length))) <= LONGEST][-1:]
    for length in (*lengths, MAX_TEXT):
        assert min(reading(vocabulary, pumped(piece, length)) for _ in range(3)) < TOO_LONG


def test_more_words_than_a_question_needs_are_asked_back(vocabulary: Vocabulary) -> None:
    asked = Question(text="spend by team and " * 20, language="en", today=TODAY)
    assert (read(asked, vocabulary).kind, read(asked, vocabulary).topic) == ("clarify", "long")


def matching(command: Any, text: str) -> float:
    began = time.thread_time()
    command.match(text)
    return time.thread_time() - began


def of_words(pattern: str) -> list[str]:
    """The words of a command, in its order."""
    return re.findall(r"[^\W\d_]{2,}", re.sub(r"\(\?P<\w+>|\\.", " ", pattern))


def test_no_pumped_text_holds_up_the_commands(commands: Sequence[Any]) -> None:
    """Each command's own words, repeated up to every length at which some pattern stops looking, and broken at the end."""
    assert len(commands) > 100
    slowest = (0.0, "")
    for command in commands:
        words = of_words(command.pattern)[:6]
        texts = {" ".join(words), *words[:3], *(f"{words[0]} {one}" for one in words[1:3])} if words else {"a"}
        for text in texts:
            for length in (199, 299, MAX_TEXT - 1):
                pump = f"{pumped(text, length)}\u2603"
                slowest = max(slowest, (min(matching(command, pump) for _ in range(3)), f"{command.name}: {pump[:60]}"))
    assert slowest[0] < TOO_LONG, slowest


TEXTS = some.text(max_size=200) | some.lists(some.sampled_from(PIECES), max_size=20).map(" ".join)


def never_long(vocabulary: Vocabulary, text: str) -> None:
    """A second look where one took long: the first may have paid for what is made once."""
    assert reading(vocabulary, text) < 0.1 or min(reading(vocabulary, text) for _ in range(2)) < 0.1, text


@settings(max_examples=60)
@given(text=TEXTS)
def test_any_text_is_read_quickly(vocabulary: Vocabulary, text: str) -> None:
    never_long(vocabulary, text)


@pytest.mark.proof
@settings(max_examples=10_000)
@given(text=TEXTS)
def test_ten_thousand_texts_are_read_quickly(vocabulary: Vocabulary, text: str) -> None:
    never_long(vocabulary, text)


def test_what_comes_after_two_thousand_letters_is_not_looked_at() -> None:

    assert len(said({"text": "x " * 50_000})) <= MAX_TEXT
