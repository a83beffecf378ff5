from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from babel import Locale

from analytics.catalogue import DIMENSIONS, FACTS, MEASURES, METRICS, SCORECARDS
from analytics.compile.records import RECORDS
from analytics.notes import NOTES
from analytics.targets import load_goals
from cards import words as module
from cards.words import languages, words

SOURCE = words("en")
PLURAL = re.compile(r"^count\.\w+\.(zero|one|two|few|many)$")
OTHERS = [language for language in languages() if language != "en"]
CARDS = Path(module.__file__).parents[1]


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_sentence(language: str) -> None:
    ours = {key for key in words(language).sentences if not PLURAL.match(key)}
    assert ours == {key for key in SOURCE.sentences if not PLURAL.match(key)}


@pytest.mark.parametrize("language", languages())
def test_every_plural_form_is_one_the_language_has(language: str) -> None:
    w = words(language)
    assert {key.rsplit(".", 1)[1] for key in w.sentences if PLURAL.match(key)} <= set(
        Locale.parse(language).plural_form.tags
    )


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_fills_the_same_gaps(language: str) -> None:
    for key, sentence in words(language).sentences.items():
        if not PLURAL.match(key):
            assert gaps(sentence) == gaps(SOURCE.sentences[key]), key


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_a_word_for_all_that_the_catalogue_declares(language: str) -> None:
    names = words(language).names
    wanted = {f"metric.{key}" for key in METRICS} | {f"definition.{key}" for key in METRICS}
    wanted |= {f"dimension.{key}" for key in (*DIMENSIONS, *MEASURES)} | {f"plural.{key}" for key in DIMENSIONS}
    wanted |= {f"unmapped.{key}" for key, d in DIMENSIONS.items() if d.null_label != "Unmapped"}
    wanted |= {f"column.{key}" for columns in RECORDS.values() for key, *_ in columns}
    wanted |= {f"{kind}.{key}" for kind in ("scorecard", "promise") for key in SCORECARDS}
    wanted |= {f"note.{key}" for key in NOTES} | {f"fact.{key}" for key in FACTS}
    wanted |= {f"said.{said}" for m in METRICS.values() for said in (m.why, m.good_is, m.dates, m.estimate) if said}
    wanted |= {f"said.{said}" for b in load_goals(None).benchmarks for said in (b.population, b.note)}
    kinds = {name.partition(".")[0] for name in wanted}
    assert wanted == {name for name in names if name.partition(".")[0] in kinds}


@pytest.mark.parametrize("language", OTHERS)
def test_every_note_fills_the_same_gaps(language: str) -> None:
    names = words(language).names
    assert [key for key, said in NOTES.items() if gaps(names[f"note.{key}"]) != gaps(said)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_names_the_same_codes(language: str) -> None:
    codes = {name for name in words("de").names if name.startswith("member.")}
    assert {name for name in words(language).names if name.startswith("member.")} == codes


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_was_left_in_english(language: str) -> None:
    same = [key for key, said in words(language).sentences.items() if len(said) > 24 and said == SOURCE.sentences[key]]
    assert same == []


def test_every_sentence_is_used() -> None:
    sources = (
        *CARDS.glob("*.py"),
        *(CARDS.parent / "bot").glob("features/**/*.py"),
        *(CARDS.parent / "bot").glob("access/*.py"),
    )
    code = "".join(path.read_text(encoding="utf-8") for path in (*sources, CARDS.parent / "bot" / "says.py"))
    # The bot says sentences of its own; those of the desk by their short key.
    desk = "".join(path.read_text(encoding="utf-8") for path in (CARDS.parent / "bot").rglob("*.py"))
    code += desk
    prefixes = set(re.findall(r'f"([a-z_]+\.(?:[a-z_]+_)?)\{', code))
    unused = [key for key in SOURCE.sentences if f'"{key}"' not in code and not key.startswith(tuple(prefixes))]
    topics = {"desk.metric", "desk.comparison", "desk.define"}
    said = re.compile(r"desk\.(ask_|not_)")
    unused = [key for key in unused if key not in topics and not said.match(key) and f'"{key[5:]}"' not in desk]
    assert unused == []


@pytest.mark.parametrize(("asked", "got"), [("de-AT", "de"), ("de_CH", "de"), ("PT", "pt"), ("tlh", "en"), ("", "en")])
def test_a_language_is_found_by_its_tag_and_english_is_the_last_resort(asked: str, got: str) -> None:
    assert words(asked).language == got


def test_one_and_many_are_told_apart() -> None:
    assert SOURCE.count("count.job", 1, "1") == "1 job"
    assert SOURCE.count("count.job", 0, "0") == "0 jobs"
    assert words("ja").count("count.job", 1, "1") == "求人1件"
