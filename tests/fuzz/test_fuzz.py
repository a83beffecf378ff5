"""Looks for what nobody thought of: a few seconds at each target, ten minutes in all under `make proof`.

FUZZ_SECONDS sets the time for each target. What is found is kept in corpus/ and tried on every run after that.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as some

from bot.understanding import Vocabulary
from tests.fuzz import targets
from tests.fuzz.targets import Bot, Importer

QUICK = float(os.environ.get("FUZZ_SECONDS", "1.5"))
LONG = float(os.environ.get("FUZZ_SECONDS", "150"))
ROUND = 40


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with targets.a_bot(tmp_path_factory.mktemp("fuzz")) as made:
        yield made


@pytest.fixture(scope="module")
def importer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Importer]:
    made = Importer(tmp_path_factory.mktemp("import"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    path = Path(__file__).parents[1] / "questions" / "vocabulary.json"
    return Vocabulary.from_json(json.loads(path.read_text(encoding="utf-8")))


def hunt(inputs: some.SearchStrategy[Any], target: Callable[[Any], str], seconds: float, each: int = ROUND) -> None:
    """Feeds the target round after round, each with other draws, until the time is over; a find is shrunk and shown."""
    ends, tried, number = time.monotonic() + seconds, 0, 0
    first = random.SystemRandom().randrange(1 << 32) if os.environ.get("NEW_EXAMPLES") else 0
    while time.monotonic() < ends:

        @seed(first + number)
        @settings(max_examples=each, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(inputs)
        def one_round(value: Any) -> None:
            nonlocal tried
            tried += 1
            assert not (told := target(value)), told

        one_round()
        number += 1
    print(f"{tried} inputs in {seconds:.0f} s")
    assert tried >= each


# -- what inputs are made of ------------------------------------------------------------------------------------------

CHUNKS = (b"", b"\x00", b"\xff", b"{", b"}", b'"', b"\\u0000", b"\\ud800", b"null", b"1e999", b"-", b",,", b"\r\n", b"\xe2\x80\xae",
          b"[" * 60, b"9" * 400, "İ\u200b💥".encode())  # fmt: skip


@some.composite
def mutated(draw: some.DrawFn, kept: Sequence[bytes]) -> bytes:
    """One of the corpus, with pieces cut out, doubled, replaced or put in."""
    content = draw(some.sampled_from(kept))
    for _ in range(draw(some.integers(1, 4))):
        start = draw(some.integers(0, len(content)))
        end = draw(some.integers(start, min(len(content), start + 40)))
        piece = draw(some.sampled_from(CHUNKS) | some.binary(max_size=6) | some.just(content[start:end] * 2))
        content = content[:start] + piece + content[end:]
    return content


KEYS = some.sampled_from(
    ["action", "type", "verb", "data", "query", "metrics", "group_by", "filters", "time", "from", "to", "grain", "compare", "having", "order", "limit", "as_share", "rows", "at", "bands", "dimension", "edges", "basis", "metric", "op", "value", "under", "not", "team", "job_category", "country", "spend", "page", "period", "drill", "trigger", "id", "name", "msteams"]
)  # fmt: skip
PLAIN = (
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False) | KEYS | some.text(max_size=12)
    | some.sampled_from(["Action.Execute", "ask", "filter", "open", "define", "record", "desc", "2026-01-01", "9999-12-31", "T1", "K1"])
)  # fmt: skip
ANY_JSON = some.recursive(
    PLAIN, lambda inner: some.lists(inner, max_size=4) | some.dictionaries(KEYS, inner, max_size=5), max_leaves=15
)


@some.composite
def pressed(draw: some.DrawFn) -> Any:
    """A button's payload of the corpus with some of its values replaced, wherever they stand."""
    value = json.loads(json.dumps(draw(some.sampled_from(list(targets.kept_presses().values())))))
    for _ in range(draw(some.integers(1, 3))):
        place = value
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(some.sampled_from(keys))
            if not isinstance(place[key], dict | list) or not place[key] or draw(some.booleans()):
                place[key] = draw(ANY_JSON)
                break
            place = place[key]
    return value


WORDS = some.sampled_from(
    ["spend", "by", "team", "last", "quarter", "over", "under", "between", "not", "only", "top", "5", "%", "€", "$", "share", "of", "in", "for", "and", "or", "vs", "compared", "to", "Q2", "FY27", "2026", "31/02/2026", "0000-00-00", "99999999999999", "-1", "who", "posted", "most", "jobs", "alert", "me", "when", "target", "monthly", "average", "'", '"', "`", "*", "_", "[x](y)", "<at>bot</at>", "${x}", "\\", "/", ";", "--", "ausgaben", "nach", "team", "letztes", "quartal", "gasto", "por", "equipo", "支出", "チーム別", "١٢٣", "½", "²", "Ⅷ", "ﬁ", "ǅ", "ß", "\u0131", "\u0130"]
)  # fmt: skip
TEXTS = (
    some.lists(WORDS | some.text(max_size=5), max_size=14).map(" ".join)
    | some.text(max_size=300)
    | some.tuples(some.text(min_size=1, max_size=4), some.integers(1, 600)).map(lambda t: (t[0] * t[1])[:2_000])
    | some.sampled_from(targets.kept_questions()).flatmap(
        lambda kept: some.integers(0, len(kept)).map(lambda at: kept[:at] + kept[at + 1 :] + kept[:at])
    )
)


# -- the hunts --------------------------------------------------------------------------------------------------------


def hunt_bodies(bot: Bot, seconds: float) -> None:
    hunt(mutated(list(targets.kept_bodies().values())), bot.body, seconds)


def hunt_presses(bot: Bot, seconds: float) -> None:
    hunt(pressed() | ANY_JSON, bot.press, seconds)


def hunt_files(importer: Importer, seconds: float) -> None:
    named = {
        name: [importer.original(name)]
        for name in ("jobs.csv", "contracts.csv", "charges.csv", "people.csv", "teams.csv")
    }
    for name, content in targets.kept_files().items():
        named.setdefault(name.split(".")[0] + ".csv", []).append(content)
    inputs = some.sampled_from(sorted(named)).flatmap(lambda name: mutated(named[name]).map(lambda made: (name, made)))
    hunt(inputs, lambda given: importer.file(*given), seconds, each=2)


def hunt_questions(vocabulary: Vocabulary, seconds: float) -> None:
    hunt(TEXTS, lambda text: targets.question(vocabulary, text), seconds)


def test_mutated_bodies_never_break_the_bot(bot: Bot) -> None:
    hunt_bodies(bot, QUICK)


def test_mutated_presses_never_break_the_bot(bot: Bot) -> None:
    hunt_presses(bot, QUICK)


def test_mutated_files_are_read_or_refused(importer: Importer) -> None:
    hunt_files(importer, QUICK)


def test_any_text_is_read_or_asked_back(vocabulary: Vocabulary) -> None:
    hunt_questions(vocabulary, QUICK)


@pytest.mark.proof
def test_bodies_for_long(bot: Bot) -> None:
    hunt_bodies(bot, LONG)


@pytest.mark.proof
def test_presses_for_long(bot: Bot) -> None:
    hunt_presses(bot, LONG)


@pytest.mark.proof
def test_files_for_long(importer: Importer) -> None:
    hunt_files(importer, LONG)


@pytest.mark.proof
def test_questions_for_long(vocabulary: Vocabulary) -> None:
    hunt_questions(vocabulary, LONG)


# -- what was found before --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", targets.kept_bodies())
def test_a_kept_body_is_harmless(bot: Bot, name: str) -> None:
    assert not bot.body(targets.kept_bodies()[name])


@pytest.mark.parametrize("name", targets.kept_presses())
def test_a_kept_press_is_harmless(bot: Bot, name: str) -> None:
    assert not bot.press(targets.kept_presses()[name])


@pytest.mark.parametrize("name", targets.kept_files())
def test_a_kept_file_is_harmless(importer: Importer, name: str) -> None:
    assert not importer.file(name.split(".", maxsplit=1)[0] + ".csv", targets.kept_files()[name])


def test_kept_questions_are_harmless(vocabulary: Vocabulary) -> None:
    found = [told for text in targets.kept_questions() if (told := targets.question(vocabulary, text))]
    assert found == []
