"""What a program lead types to teach, in the languages there are: one pattern for each thing that can be done."""

from __future__ import annotations

import re

from bot.features.feature import either

# Straight, English, German, French and Japanese quotes.
_OPEN = "[\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb\u300c\u300e]\\s*"
_CLOSE = "\\s*[\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb\u300d\u300f]"


def _quoted(name: str) -> str:
    return f"{_OPEN}(?P<{name}>.{{1,200}}?){_CLOSE}"


_MEANS = "means|stands for|bedeutet|heißt|heisst|signifie|veut dire|significa|quiere decir|quer dizer"

UNREAD = either(
    r"(?:show (?:me )?)?(?:the |all )?unread words", r"teach(?: you)?(?: words?)?",
    r"(?:what|which words) (?:could|can|did) you not (?:read|understand)",
    r"(?:what|which words) (?:couldn['’]?t|can['’]?t|didn['’]?t) you (?:read|understand)",
    r"was konntest du nicht (?:lesen|verstehen)", r"(?:ungelesene|unverstandene) wörter", r"beibringen|lehren",
    r"qu['’]as[- ]tu pas (?:su lire|compris)", r"mots non (?:lus|compris)", r"enseigner",
    r"¿?qué no (?:pudiste|has podido) (?:leer|entender)", r"palabras no (?:leídas|entendidas)", r"enseñar",
    r"o que (?:você )?não conseguiu (?:ler|entender)", r"palavras não (?:lidas|entendidas)", r"ensinar",
    r"読めなかった言葉(?:は)?", r"言葉を教える",
)  # fmt: skip

TEACH = (
    rf"(?:(?:teach|lerne|apprends|aprende|aprenda)(?: you)?(?: that)?[:,]?\s+)?{_quoted('phrase')}\s+(?:{_MEANS})\s+(?P<meaning>.{{1,200}})"
    rf"|(?:teach|lerne|apprends|aprende|aprenda)[:,]?\s+(?P<plain>[^\"“”„«»]{{1,200}}?)\s+(?:{_MEANS})\s+(?P<plainly>.{{1,200}})"
    r"|「(?P<japanese>.{1,200}?)」(?:は|とは)、?(?P<japanese_meaning>.{1,200}?)(?:の意味|を意味する|という意味)(?:です)?。?"
)

FORGET = either(
    rf"(?:forget|unlearn|vergiss|verlerne|oublie[zr]?|olvida|esqueça|esquece)\s+{_quoted('phrase')}",
    r"「(?P<japanese>.{1,200}?)」を忘れ(?:て|る)(?:ください)?。?",
)  # fmt: skip

LEARNED = either(
    r"what (?:have you|did you|you(?:['’]ve| have)?) learn(?:ed|t)", r"(?:show (?:me )?)?(?:the |all )?(?:learn(?:ed|t)|taught) words",
    r"was hast du gelernt", r"gelernte wörter", r"qu['’]as[- ]tu appris", r"mots appris",
    r"¿?qué has aprendido", r"palabras aprendidas", r"o que (?:você )?aprendeu", r"palavras aprendidas",
    r"何を(?:学びましたか|覚えましたか|学んだ)|学んだ言葉",
)  # fmt: skip


def said(fit: re.Match[str], *names: str) -> str:
    """The first of these groups that holds something."""
    groups = fit.groupdict()
    return next((groups[name].strip() for name in names if groups.get(name)), "")
