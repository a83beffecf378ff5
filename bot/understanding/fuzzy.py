"""Slips of the keyboard: a word that nothing knows becomes the word it is most like, or stays unread."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from bot.understanding.lexicon import Lexicon
from bot.understanding.vocabulary import Vocabulary
from bot.understanding.words import Token

CUTOFF = 80.0
NEAR = 4.0  # two words this close to a third are not told apart
UNITS = frozenset({"team", "teams", "department", "division", "category", "unit", "group", "work"})
TO_DO = frozenset({"hire", "fill", "start", "approve", "offer", "onboard", "target", "budget"})
MOST = 14  # words corrected in one question; a text with more is no question


def corrected(said: list[Token], lexicon: Lexicon, vocabulary: Vocabulary) -> list[Token]:
    """The tokens, unknown ones with the spelling they most likely stand for; a tie of two names keeps both."""
    out, left = [], MOST
    for i, token in enumerate(said):
        if token.text == "too" and i + 1 < len(said) and said[i + 1].text in TO_DO:
            out.append(token.respelled("to"))
            continue
        if token.text == "u" and i + 1 < len(said) and said[i + 1].text in {"s", "'s", "k"}:
            out.append(token)
            continue
        if token.text == "us" and _country(said, i, lexicon):
            out.append(token.respelled("usa"))
            continue
        if token.text in {"dev", "devs"} and not (i + 1 < len(said) and said[i + 1].text in UNITS):
            # As it was typed it may still be the end of a name ("... & Software Dev").
            out.append(token.respelled("developers", token.text))
            continue
        if _known(token.text, lexicon, vocabulary):
            out.append(token)
            continue
        fixed = _slip(token, lexicon) or _stem(token, vocabulary) or _beginning(token, vocabulary)
        if not fixed and left:
            left -= 1
            fixed = _nearest(token, lexicon, vocabulary)
        out += fixed or [token]
    return out


def _country(said: list[Token], i: int, lexicon: Lexicon) -> bool:
    """As in "us spend", "uk vs us": right before a number's name, or after "in" and "versus", nobody speaks of themselves."""
    before = said[i - 1].text if i else ""
    after = said[i + 1].text if i + 1 < len(said) else ""
    counted = any(kind == "metric" for kind, _ in lexicon.phrases.get((after,), ()))
    return before in {"in", "vs", "versus", "non"} or (not before and (counted or after in {"vs", "versus"}))


def _known(word: str, lexicon: Lexicon, vocabulary: Vocabulary) -> bool:
    if word in lexicon.misspelt and not _named(word, vocabulary):
        return False
    return word in lexicon.words or not word.isalpha() or _named(word, vocabulary)


def _named(word: str, vocabulary: Vocabulary) -> bool:
    names = vocabulary.names
    return names.knows(word) and (not vocabulary.limited or any(vocabulary.sees(e) for e in names.of_word(word)))


def _slip(token: Token, lexicon: Lexicon) -> list[Token] | None:
    fixed = lexicon.misspelt.get(token.text)
    return [token.respelled(word) for word in fixed.split()] if fixed else None


def _stem(token: Token, vocabulary: Vocabulary) -> list[Token] | None:
    """As in "sarahs", "brand studios": a name with an s."""
    stem = token.text[:-1]
    found = token.text.endswith("s") and len(stem) > 2 and _named(stem, vocabulary)
    return [token.respelled(stem)] if found else None


def _beginning(token: Token, vocabulary: Vocabulary) -> list[Token] | None:
    """As in "manpower" for ManpowerGroup: the beginning of one name only."""
    if len(token.text) < 6:
        return None
    found = {
        w
        for n in range(len(token.text) + 1, len(token.text) + 8)
        for w in vocabulary.names.by_length.get(n, ())
        if w.startswith(token.text)
    }
    seen = [word for word in found if _named(word, vocabulary)]
    return [token.respelled(seen[0])] if len(seen) == 1 else None


def _nearest(token: Token, lexicon: Lexicon, vocabulary: Vocabulary) -> list[Token] | None:
    word = token.text
    if len(word) < 4 or len(word) > 24 or word in lexicon.ordinary or not word.isascii():
        return None
    grammar = [found for found in _best(word, lexicon.by_length) if _says_something(word, found[0], lexicon)]
    likely = [] if len(word) < 5 else _best(word, vocabulary.names.by_length)
    named = [f for f in likely if f[0][0] == word[0] and _named(f[0], vocabulary)]
    best = max((score for _, score in (*grammar, *named)), default=0.0)
    if not best:
        return None
    words = [w for w, score in grammar if score >= best - 0.1] or [w for w, s in named if s >= best - NEAR]
    return [token.respelled(words[0], *words[1:4])] if words else None


def _says_something(word: str, candidate: str, lexicon: Lexicon) -> bool:
    """A word that is only passed over is no likely spelling, unless two letters changed places: too much would be lost."""
    meanings = lexicon.phrases.get((candidate,), ())
    passed = bool(meanings) and all(kind in {"filler", "forall", "own"} for kind, _ in meanings)
    return not passed or sorted(word) == sorted(candidate)


def _best(word: str, by_length: dict[int, list[str]]) -> list[tuple[str, float]]:
    near = range(max(4, len(word) - 2), len(word) + 3)
    shortlist = (candidate for length in near for candidate in by_length.get(length, ()))
    found = process.extract(word, _plausible(word, shortlist), scorer=fuzz.ratio, score_cutoff=CUTOFF, limit=5)
    return [(candidate, score) for candidate, score, _ in found if _convincing(word, candidate, score)]


def _plausible(word: str, candidates: Iterable[str]) -> list[str]:
    ends = {word[0], word[1]}
    return [candidate for candidate in candidates if candidate[0] in ends]


def _convincing(word: str, candidate: str, score: float) -> bool:
    """Short words must be an exchange of letters or keep both ends; the rest goes by likeness."""
    if sorted(word) == sorted(candidate):
        return word[0] == candidate[0] or len(word) > 5
    if len(word) < 5:
        return score >= 88 and word[0] == candidate[0]
    if candidate == word + "s" or word == candidate + "s":
        return True
    return score >= 85 or (word[0] == candidate[0] and word[-1] == candidate[-1])
