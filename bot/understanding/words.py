"""Text to tokens: folded to plain lower-case words, numbers, dates and signs, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

LIMIT = 2_000  # characters of a question that are read; nobody types more
_LETTERS = str.maketrans({
    "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "æ": "ae", "œ": "oe",
    "\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u00b4": "'", "–": "-", "—": "-", "\u2011": "-", "“": '"', "”": '"', "≥": ">=", "≤": "<=",
})  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
DASHES = frozenset({"-", "–", "—", "\u2011"})
_RANGED = re.compile(r"q[1-4]|h[12]|\d[\d./-]*\d|\d|fy\d+|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*")
SHORT = {"&": "and", "w/": "with", "w/o": "without"}
_VOICED = {"\u3099", "\u309a"}  # a Japanese letter without its mark is another letter
_TOKEN = re.compile(
    r"""
      (?P<date>\d{4}-\d{1,2}-\d{1,2} | (?:19|20)\d\d-(?:0[1-9]|1[0-2])(?![\d-]) | \d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})(?!\d))
    | (?P<fiscal>fy\s?'?\d{2,4}(?:[/-]\d{2,4})?(?![\w]))
    | (?P<turned>(?:(?:19|20)?\d\d)?[1-4]q(?:(?:20)?\d\d)?(?!\w) | (?:(?:19|20)?\d\d)q[1-4](?!\w) | [12]h(?:(?:20)?\d\d)?(?!\w) | (?:19|20)?\d\dh[12](?!\w) | [qh][1-4]-(?=(?:20)\d\d(?!\w)))
    | (?P<short_year>'\d\d(?!\w))
    | (?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?:k|m|mn|bn)?(?![^\W_]) | \d+\.\d+(?:k|m|mn|bn)?(?![^\W_]) | \d+(?:k|m|mn|bn)?(?![a-z\d]))
    | (?P<short>w/o?(?![^\W_])) | (?P<counted>(?:top|bottom)(?=\d)|[qh][1-4](?=fy))
    | (?P<elided>(?:l|d|qu|c|j|n|s|m|jusqu)'(?=[^\W\d_]{3}))
    | (?P<possessive>'s(?![^\W_]))
    | (?P<word>c\+\+|c\#|[^\W_]+(?:'(?!s(?![^\W_]))[^\W\d_]+)*)
    | (?P<sign>>=|<=|[&%\#/<>=+:,;$€£?])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as compared (`text`), other spellings it may stand for, where it stood, and how it was typed."""

    text: str
    start: int
    end: int
    raw: str
    others: tuple[str, ...] = ()
    guessed: bool = False

    def spellings(self) -> tuple[str, ...]:
        """The word itself first, then what else it may mean."""
        return (self.text, *self.others)

    def respelled(self, text: str, *others: str) -> Token:
        """The same place, read as another word."""
        return replace(self, text=text, others=others, guessed=True)


@lru_cache(maxsize=50_000)
def fold(text: str, *, umlauts: bool = False) -> str:
    """Lower case without accents; with `umlauts`, ä is ae as in "Juergen"."""
    lowered = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    if umlauts:
        lowered = lowered.translate(_UMLAUTS)
    apart = unicodedata.normalize("NFKD", lowered)
    return unicodedata.normalize("NFC", "".join(c for c in apart if c in _VOICED or not unicodedata.combining(c)))


def tokens(text: str) -> list[Token]:
    """The tokens of a text. Signs that separate (comma, colon) are kept: they are cues, and never unread words."""
    folded = fold(text[:LIMIT])
    same_places = len(folded) == len(text[:LIMIT])
    out: list[Token] = []
    for match in _TOKEN.finditer(folded):
        if match.lastgroup == "turned":
            out += _turned(match, text)
            continue
        said = match.group().replace(" ", "").replace("-", "/") if match.lastgroup == "fiscal" else match.group()
        said = f"20{said[1:]}" if match.lastgroup == "short_year" else said
        word = said if match.lastgroup in {"possessive", "date"} else said.replace("'", "")
        raw = text[match.start() : match.end()] if same_places else match.group()
        word = SHORT.get(word, "usa" if raw == "US" and not text.isupper() else word)
        if out and text[out[-1].end : match.start()].strip() in DASHES and _ranges(out[-1].text, word):
            out.append(Token("-", out[-1].end, match.start(), "-"))
        out.append(Token(word, match.start(), match.end(), raw))
    return out


def _turned(match: re.Match[str], text: str) -> list[Token]:
    """Quarters and halves as others write them ("3Q25", "25Q3", "Q3-2025"), as "q3" and a year."""
    said, start, end = match.group().rstrip("-"), match.start(), match.end()
    part = re.search(r"[qh][1-4]|[1-4]q|[12]h", said)
    if part is None:
        return [Token(said, start, end, text[start:end])]
    letters = "".join(sorted(part[0], reverse=True))
    year = said.replace(part[0], "", 1)
    raw = text[start:end]
    first = Token(letters, start, end, raw)
    return [first, Token(year if len(year) == 4 else f"20{year}", start, end, "")] if year else [first]


def _ranges(before: str, after: str) -> bool:
    """Whether a dash between these words means "to": months, quarters, years."""
    return bool(_RANGED.fullmatch(before) and _RANGED.fullmatch(after))


@lru_cache(maxsize=50_000)
def phrase(text: str) -> tuple[str, ...]:
    """The words of a phrase of a table or a name, as `tokens` would give them."""
    return tuple(token.text for token in tokens(text))


def spellings_of_name(name: str) -> set[tuple[str, ...]]:
    """Every way a name's words may be typed: accents left out, ü as ue, apostrophes closed up."""
    closed = name.replace("'", "").replace("’", "")
    said = {phrase(variant) for variant in (name, fold(name, umlauts=True), closed, fold(closed, umlauts=True))}
    return {words for words in said if words}
