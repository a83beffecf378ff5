"""Other languages: their phrases are brought to plain English words before anything is read."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.understanding.lexicon import FOLDER, lexicon
from bot.understanding.vocabulary import Vocabulary
from bot.understanding.words import Token, fold, phrase, tokens

LANGUAGES = ("de", "fr", "es", "pt", "ja")
JOINED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f々]")
GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[.\u00a0\u202f ]\d{3})+(?![\d.])")
DECIMAL = re.compile(r"(?<![\d.,])(\d+),(\d{1,2})(?![\d.,])")
RUN = re.compile(r"[0-9]+|[a-z]+|.")
FILLER = "um"  # stands for a word without a meaning of its own, and never joins with its neighbours
NOTHING = frozenset({"", "the"})
LETTERS = {"es": "ñ¿¡", "pt": "ãõêâôç"}
SPOKEN = 0.5  # a text with so many of its words is a text of that language


@dataclass
class Tongue:
    """One language: its phrases by first word, each with the English words it stands for."""

    key: str
    phrases: dict[tuple[str, ...], str] = field(default_factory=dict)
    lengths: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    joined: bool = False

    def match(self, words: list[str], at: int) -> tuple[int, str] | None:
        """The longest phrase that begins at this word, and its English."""
        for n in sorted(self.lengths.get(words[at], ()), reverse=True):
            if at + n <= len(words) and (said := self.phrases.get(tuple(words[at : at + n]))) is not None:
                return n, said
        return None


@lru_cache(maxsize=1)
def tongues() -> dict[str, Tongue]:
    """Every language beside English, read once."""
    return {key: _read(key) for key in LANGUAGES}


def _read(key: str) -> Tongue:
    table = tomllib.loads((FOLDER / f"{key}.toml").read_text(encoding="utf-8"))
    tongue = Tongue(key, joined=bool(table.get("joined")))
    for english, phrases in table["say"].items():
        for said in phrases:
            words = tuple(fold(said)) if tongue.joined else phrase(said)
            tongue.phrases.setdefault(words, english)
            tongue.lengths[words[0]].add(len(words))
    if tongue.joined:
        _places(tongue)
    return tongue


def _places(tongue: Tongue) -> None:
    """Names of countries are cut out of a text without spaces like any other phrase."""
    for words, meanings in lexicon().phrases.items():
        if meanings[0][0] == "place" and JOINED.search(words[0]):
            tongue.phrases.setdefault(tuple(words[0]), words[0])
            tongue.lengths[words[0][0]].add(len(words[0]))


def to_english(text: str, language: str | None, vocabulary: Vocabulary) -> tuple[str, list[Token]]:
    """The language of a text, and its tokens with every known phrase of that language said in English."""
    said = tokens(text)
    if JOINED.search(text):
        return "ja", _cut(said, _with_learned(tongues()["ja"], vocabulary))
    unknown = _unread(said, vocabulary)
    hint = (language or "en")[:2].lower()
    if not unknown and hint not in LANGUAGES:
        return "en", said
    options = [(unknown - (0 if hint in LANGUAGES else 0.5), 0 if hint == "en" else 1, 0.0, "en", said)]
    for key, tongue in tongues().items():
        own = _with_learned(tongue, vocabulary)
        if not tongue.joined and (share := _spoken(said, own, vocabulary)) >= SPOKEN:
            out = _translated(tokens(plain_numbers(text)), own)
            # Of two languages as near as Spanish and Portuguese: the one whose letters these are, or that knows more words.
            own_letters = any(letter in text.lower() for letter in LETTERS.get(key, ""))
            options.append((_unread(out, vocabulary), 0 if key == hint else 2, -share - own_letters, key, out))
    *_, key, best = min(options, key=lambda option: option[:3])
    return key, best


def plain_numbers(text: str) -> str:
    """Numbers as English writes them: "50.000" and "50 000" are fifty thousand, "4,5" is four and a half."""
    whole = GROUPED.sub(lambda found: re.sub(r"\D", "", found.group()), text)
    return DECIMAL.sub(r"\1.\2", whole)


def _spoken(said: list[Token], tongue: Tongue, vocabulary: Vocabulary) -> float:
    """Which part of the words is of this language; names are of every language."""
    words, matched, total, i = [token.text for token in said], 0, 0, 0
    while i < len(words):
        found = tongue.match(words, i)
        n = found[0] if found else 1
        counts = words[i].isalpha() and (found or not vocabulary.names.knows(words[i]))
        matched, total, i = matched + (n if found else 0), total + (n if counts else 0), i + n
    return matched / total if total else 0.0


def _unread(said: list[Token], vocabulary: Vocabulary) -> int:
    table = vocabulary.table()
    known = table.words
    return sum(
        len(t.text) > 1 and t.text.isalpha() and t.text not in known and t.text not in table.misspelt and not vocabulary.names.knows(t.text)
        for t in said
    )  # fmt: skip


def _with_learned(tongue: Tongue, vocabulary: Vocabulary) -> Tongue:
    """Learned phrases belong to a language as well, and stand for themselves."""
    said = [word.phrase for word in vocabulary.learned if word.spoken_in(tongue.key)]
    if not said:
        return tongue
    out = replace(tongue, phrases=dict(tongue.phrases), lengths=defaultdict(set, tongue.lengths))
    for words in (phrase(one) for one in said):
        said_as = tuple("".join(words)) if tongue.joined else words
        if said_as:
            out.phrases[said_as] = " ".join(words)
            out.lengths[said_as[0]] = out.lengths[said_as[0]] | {len(said_as)}
    return out


def _translated(said: list[Token], tongue: Tongue) -> list[Token]:
    words, i = [token.text for token in said], 0
    out: list[Token] = []
    while i < len(said):
        found = tongue.match(words, i)
        if found is None:
            out.append(said[i])
            i += 1
            continue
        n, english = found
        out += _spelt(english, said[i : i + n])
        i += n
    return out


def _spelt(english: str, said: list[Token]) -> list[Token]:
    """The English words in the place of what was said."""
    if english in NOTHING:
        return [replace(said[0], text=FILLER)]
    raw = " ".join(token.raw for token in said) if said[0].raw.isascii() else "".join(token.raw for token in said)
    return [replace(said[0], text=word, raw=raw) for word in phrase(english)]


def _cut(said: list[Token], tongue: Tongue) -> list[Token]:
    """A text without spaces: phrases are cut out, the longest first; what is left stays one unread word."""
    out: list[list[Token]] = []
    for token in said:
        if JOINED.search(token.text):
            out += _segments(token, tongue)
        else:
            out.append([token])
    flat = [token for segment in out for token in segment]
    return [_plain_year(before, token) for before, token in zip([None, *flat], flat, strict=False)]


def _plain_year(before: Token | None, token: Token) -> Token:
    """The word for year after its number says nothing more."""
    numbered = before is not None and before.text.isdigit() and len(before.text) == 4
    return replace(token, text=FILLER) if numbered and token.text == "year" else token


def _segments(token: Token, tongue: Tongue) -> list[list[Token]]:
    letters, i = list(token.text), 0
    out: list[list[Token]] = []
    while i < len(letters):
        found = tongue.match(letters, i)
        if found:
            n, english = found
            piece = replace(token, text=token.text[i : i + n], raw=token.text[i : i + n])
            spelt = _spelt(english.lstrip("<"), [piece])
            last = next((k for k in range(len(out) - 1, -1, -1) if out[k][0].text != FILLER), len(out))
            out.insert(last, spelt) if english.startswith("<") else out.append(spelt)
            i += n
            continue
        run = RUN.match(token.text, i)
        rest = run.group() if run else token.text[i]
        if out and not rest.isascii() and not out[-1][0].text.isascii() and out[-1][0].guessed:
            before = out[-1][0]
            out[-1] = [replace(before, text=before.text + rest, raw=before.raw + rest)]
        else:
            out.append([replace(token, text=rest, raw=rest, guessed=not rest.isascii())])
        i += len(rest)
    return out
