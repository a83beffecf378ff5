"""What people type about things that come by themselves, in six languages: how often, at what time, beyond which number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from functools import cache
from typing import TYPE_CHECKING, Literal

from babel import Locale

from bot.features.feature import either
from bot.schedules import Rule
from cards.words import languages

if TYPE_CHECKING:
    from bot.schedules import Every

NINE = time(9)
SHORT = r"(?=.{1,300}\Z)"

_EVERY = r"(?:on|every|each|jede[nrsm]?|am|chaque|tous les|toutes les|le|cada|todos los|todas las|los|el|toda|todo|todos os|todas as|às|nas|na|毎週)"
_WEEKLY = r"weekly|(?:every|each) week|once a week|wöchentlich|jede woche|einmal (?:die|pro) woche|chaque semaine|toutes les semaines|hebdomadaire(?:ment)?|cada semana|todas las semanas|semanal(?:mente|es)?|toda semana|todas as semanas|semanais|毎週"
_MONTHLY = r"monthly|(?:every|each) month|once a month|monatlich|jeden monat|chaque mois|tous les mois|mensuel(?:le|les|s|lement)?|cada mes|todos los meses|mensual(?:mente|es)?|cada mês|todo mês|todos os meses|mensa(?:l|is|lmente)|毎月"
_DAILY = r"daily|(?:every|each) (?:day|morning)|täglich|jeden (?:tag|morgen)|chaque (?:jour|matin)|tous les (?:jours|matins)|quotidien(?:ne|s|nes|nement)?|cada (?:día|mañana|dia|manhã)|todos los días|todas las mañanas|diari[oa](?:mente|s)?|todo dia|todos os dias|toda manhã|diariamente|毎日|毎朝"
_QUARTERLY = r"quarterly|(?:every|each) quarter|vierteljährlich|jedes quartal|chaque trimestre|tous les trimestres|cada trimestre|todo trimestre|trimestralmente|毎四半期"
_DAY_OF = r"(?:on |am |le |el |no |em )?(?:the |dem )?(?:(?P<first>first|1st|ersten|premier|1er|primer|primeiro|1º)|(?P<day>\d{1,2})(?:st|nd|rd|th|\.|º)?)(?: day| tag| jour| día| dia)? (?:of (?:every|each|the) month|(?:eines )?jede[sn] monats|de chaque mois|du mois|de cada mes|del mes|de cada mês|do mês)|毎月(?P<ja>\d{1,2})日"
_TIME = r"(?:(?:at|@|um|gegen|à|a las|a la|às|as) ?(?P<h>\d{1,2})(?:(?::|h|\.| h ?)(?P<m>\d{2}))?(?: ?(?P<half>am|pm)| ?uhr| ?h\b| ?o['’]?clock)?(?![\d%]| ?[k%])|(?P<h2>\d{1,2})(?::(?P<m2>\d{2}))? ?(?P<half2>am|pm)\b|(?P<h3>\d{1,2})時(?:(?P<m3>\d{1,2})分)?)(?: local time)?に?"
_PARTS = r"(?: (?:in the )?(?:morning|afternoon|evening)s?| morgens?| früh| matin| por la mañana| de manhã|の?朝)?"

ONLY: tuple[tuple[str, str], ...] = (
    ("data", r",? ?(?:but )?(?:only (?:when|if) (?:there is (?:any )?data|data is there|there is anything)|nur,? wenn (?:es )?(?:daten (?:gibt|da sind|vorliegen))|(?:seulement|uniquement) (?:s['’]il y a des données)|s[oó]lo si hay datos|(?:só|somente|apenas) (?:se houver|quando houver) dados|データがある(?:とき|時|場合)(?:だけ|のみ))"),
    ("changed", r",? ?(?:but )?(?:only (?:when|if) (?:something|it|anything) (?:has )?change[ds]|only on changes?|nur(?: bei änderung(?:en)?|,? wenn sich (?:etwas|was) (?:ge)?ändert(?: hat)?)|(?:seulement|uniquement) (?:si (?:ça|cela|quelque chose) (?:change|a changé))|s[oó]lo si (?:algo )?(?:cambia|ha cambiado)|(?:só|somente|apenas) se (?:algo )?(?:mudar|mudou)|変化があった(?:とき|時|場合)(?:だけ|のみ))"),
)  # fmt: skip

SEND = either(
    r"(?:please )?(?:can you |could you )?(?:send|e-?mail|mail|message|deliver|dm)(?: me| us)(?: an?)?", r"subscribe me to",
    r"(?:bitte )?(?:schicke?|sende?|maile?) mir(?: bitte)?", r"abonnier(?:e|en)? (?:mir )?",
    r"(?:s['’]il (?:te|vous) plaît,? )?envo(?:ie|yez)[- ]moi", r"abonne[sz]?[- ]moi (?:à|aux|au)",
    r"(?:por favor,? )?(?:env[ií]ame|m[aá]ndame|env[ií]eme)", r"suscr[ií]beme (?:a|al)",
    r"(?:por favor,? )?(?:me (?:envie|mande|envia|manda)|(?:envie|mande|envia|manda)-me)", r"(?:me inscreva|inscreva-me) em",
)  # fmt: skip
SEND_JA = r"(?:を|は)?(?:私に)?(?:送って|送信して|届けて|配信して)(?:ください)?"

TELL = either(
    r"(?:bitte )?(?:benachrichtige|warne|alarmiere|informiere) mich,? (?:wenn|sobald|falls)",
    r"(?:bitte )?(?:sag|gib) mir (?:bescheid|bitte bescheid),? (?:wenn|sobald|falls)",
    r"(?:préviens|alerte|avertis|préven(?:ez)|alertez|avertissez|dis)[- ]moi (?:quand|si|dès qu[e'’]|lorsqu[e'’])",
    r"(?:av[ií]same|al[eé]rtame|d[ií]me|notif[ií]came) (?:cuando|si|en cuanto)",
    r"(?:me (?:avise|alerte|avisa|notifique)|(?:avise|alerte|avisa|notifique)-me) (?:quando|se|assim que)",
)  # fmt: skip
TELL_JA = r"(?:(?:たら|れば|ったら|場合は?|とき|時)(?:に)?)、?(?:教えて|知らせて|お知らせして|通知して|アラートして)(?:ください)?"

OVER = r"(?:steig(?:t|en) (?:über|auf über)|geh(?:t|en) über|lieg(?:t|en) über|über|mehr als|höher als|übersteig(?:t|en)|überschreite[nt]|dépassen?t?|dépassent|passen?t? (?:au-dessus|la barre) de|passent au-dessus de|plus de|supérieure?s? à|au-dessus de|super[ae]n?|pas[ae]n? de|sub[ae]n? (?:de|por encima de)|más de|por encima de|mayor(?:es)? (?:que|de)|ultrapass(?:ar(?:em)?|a|am)|pass(?:ar(?:em)?|a|am) d[eo]s?|mais de|acima de|for(?:em)? maior(?:es)? que|超え|を?上回|以上)"
UNDER = r"(?:(?:sink|fäll|fall)(?:t|en) unter|lieg(?:t|en) unter|unter|weniger als|niedriger als|unterschreite[nt]|tomben?t? (?:sous|en dessous de)|passen?t? (?:sous|en dessous de)|descenden?t? (?:sous|en dessous de)|moins de|inférieure?s? à|en dessous de|baj[ae]n? de|ca(?:e|iga|en|igan) (?:por debajo )?de|menos de|por debajo de|menor(?:es)? (?:que|de)|ca(?:ir(?:em)?|i|em) abaixo de|fica(?:r(?:em)?|m)? abaixo de|abaixo de|下回|未満|以下)"
_NUMBER = re.compile(
    r"(?:[$€£¥]|usd|eur) ?(?P<a>\d[\d.,'  ]*\d|\d)(?P<as> ?(?:%|k\b|mio\.?|m\b|tsd\.?|mil\b|万))?"
    r"|(?P<b>\d[\d.,'  ]*\d|\d)(?P<bs> ?(?:%|percent\b|prozent\b|k\b|mio\.?|m\b|tsd\.?|mil\b|万))?"
    r" ?(?:€|\$|usd\b|eur\b|euros?\b|dollars?\b|dólares\b|ドル|円)?"
    r"(?P<unit> ?(?:days?|tage?n?|jours?|días?|dias?|日間?|weeks?|wochen?|semaines?|semanas?|週間?))?",
    re.IGNORECASE,
)
_TIMES = {"k": 1e3, "tsd": 1e3, "tsd.": 1e3, "mil": 1e3, "m": 1e6, "mio": 1e6, "mio.": 1e6, "万": 1e4}
_WEEKS = re.compile(r"week|woche|semaine|semana|週")
ANY_TEAM = re.compile(
    r"(?:irgend)?(?:ein|eines?)(?: der| meiner)? teams?\b|une (?:des )?équipes?|l['’]une des équipes|(?:algún|un|alguno de los) equipos?|algum(?:a)? (?:equipe|time|das equipes)|いずれかのチーム(?:の|が)?|どこかのチーム(?:の|が)?",
    re.IGNORECASE,
)
BY_TEAM = {"de": "Ausgaben pro Team", "fr": "dépenses par équipe", "es": "gasto por equipo", "pt": "gastos por equipe", "ja": "チーム別の支出"}  # fmt: skip
_FILLER = re.compile(
    r"^(?:dass |que |the |qu['’])|\b(?:liegt|liegen|gehen|geht|steigen|steigt|est|sont|wird|werden|sind|ist|estén?|está|são|for|sea|sean|fällt|fallen|sinkt|sinken)\b\s*$|(?:が|を|は)+$|^に",
    re.IGNORECASE,
)


def often() -> str:
    """What has to stand in a message for something to come again and again."""
    named = _weekly_names().replace("(?P<weekday>", "(?:")
    numbered = re.sub(r"\(\?P<\w+>", "(?:", _DAY_OF)
    return rf"(?=.*(?:{either(_DAILY, _WEEKLY, _MONTHLY, _QUARTERLY, numbered)}|{named}))"


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often and at what local time something comes; `only` is "data", "changed" or ""."""

    every: Every
    at: time = NINE
    weekday: int = 0
    day: int = 1

    def rule(self, zone: str) -> Rule:
        """The same in a zone."""
        return Rule(self.every, self.at, zone, self.weekday, self.day)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Beyond which number; `percent` where it was said in percent. Money is in units of the reporting currency."""

    op: Literal[">", "<"]
    value: float
    percent: bool


def cadence_in(said: str) -> tuple[Cadence | None, str]:
    """How often, if it was said, and what is left of the text without it."""
    text, at = _time_in(" ".join(said.split()))
    if fit := re.search(_DAY_OF, text, re.IGNORECASE):
        number = fit["day"] or fit["ja"] or "1"
        return Cadence("month", at or NINE, day=min(max(int(number), 1), 31)), _without(text, fit)
    if fit := re.search(_weekly_names(), text, re.IGNORECASE):
        return Cadence("week", at or NINE, weekday=_weekdays()[fit["weekday"].casefold()]), _without(text, fit)
    for every, pattern in (("day", _DAILY), ("week", _WEEKLY), ("month", _MONTHLY)):
        if fit := re.search(rf"(?<!\w)(?:{pattern})(?![a-zà-ÿ])に?{_PARTS}", text, re.IGNORECASE):
            return Cadence(_every(every), at or NINE), _without(text, fit)
    return None, text


def quarterly(said: str) -> bool:
    """Whether somebody wants something every quarter."""
    return bool(re.search(rf"(?<!\w)(?:{_QUARTERLY})", said, re.IGNORECASE))


def only_in(said: str) -> tuple[str, str]:
    """Whether it is to come only when there is data, or something changed; and the text without that."""
    for key, pattern in ONLY:
        if fit := re.search(pattern, said, re.IGNORECASE):
            return key, _without(said, fit)
    return "", said


def threshold_in(said: str) -> tuple[Threshold | None, str]:
    """The number and on which side of it, and what is left of the text; whole numbers may have their thousands marked."""
    # A number in front of its word ("50.000 übersteigen", "50000を超え") or behind it ("über 50.000").
    sides = [(m, ">") for m in re.finditer(OVER, said, re.IGNORECASE)]
    sides += [(m, "<") for m in re.finditer(UNDER, said, re.IGNORECASE)]
    numbers = [m for m in _NUMBER.finditer(said) if not re.match(r"四半期|年|月", said[m.end() :])]
    if not sides or not numbers:
        return None, said
    side, op = max(sides, key=lambda one: len(one[0].group()))
    near = min(numbers, key=lambda m: min(abs(m.start() - side.end()), abs(side.start() - m.end())))
    value, percent = _value(near)
    first, second = sorted((side.span(), near.span()))
    rest = f"{said[: first[0]]} {said[first[1] : second[0]]} {said[second[1] :]}"
    return Threshold(">" if op == ">" else "<", value, percent), tidy(rest)


def number_in(said: str) -> tuple[float, bool] | None:
    """The last number of a text and whether it is percent; weeks count as their days."""
    found = list(_NUMBER.finditer(said))
    return _value(found[-1]) if found else None


def tidy(said: str) -> str:
    """What is left of a sentence, without the joints that lead nowhere now."""
    text = re.sub(r"\s*,\s*$|^\s*[,、]\s*", "", " ".join(said.split())).strip(" ,、")
    while (shorter := _FILLER.sub("", text).strip(" ,、")) != text:
        text = shorter
    return text


def _value(fit: re.Match[str]) -> tuple[float, bool]:
    written, more = (fit["a"], fit["as"]) if fit["a"] else (fit["b"], fit["bs"])
    mark = (more or "").strip().casefold()
    value = plain_number(written) * _TIMES.get(mark, 1)
    if fit["unit"] and _WEEKS.search(fit["unit"].casefold()):
        value *= 7
    return value, mark in {"%", "percent", "prozent"}


def plain_number(written: str) -> float:
    """As people write it: "50.000", "50,000" and "50 000" are fifty thousand, "7,5" and "7.5" seven and a half."""
    digits = re.sub(r"['  ]", "", written)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        return float(re.sub(r"[.,]", "", digits))
    if "," in digits and "." in digits:
        thousands = min(",.", key=digits.rfind)
        digits = digits.replace(thousands, "")
    return float(digits.replace(",", ".")) if digits.count(",") + digits.count(".") < 2 else 0.0


def _time_in(text: str) -> tuple[str, time | None]:
    for fit in re.finditer(_TIME, text, re.IGNORECASE):
        hour = int(fit["h"] or fit["h2"] or fit["h3"])
        minute = int(fit["m"] or fit["m2"] or fit["m3"] or 0)
        half = (fit["half"] or fit["half2"] or "").casefold()
        hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
        if hour < 24 and minute < 60:
            return _without(text, fit), time(hour, minute)
    return text, None


def _without(text: str, fit: re.Match[str]) -> str:
    return " ".join(f"{text[: fit.start()]} {text[fit.end() :]}".split())


def _every(said: str) -> Every:
    return "day" if said == "day" else "week" if said == "week" else "month"


@cache
def _weekly_names() -> str:
    names = "|".join(sorted(map(re.escape, _weekdays()), key=len, reverse=True))
    return rf"(?<!\w){_EVERY}\s?(?P<weekday>{names})(?:s|に)?(?![a-zà-ÿ]){_PARTS}"


@cache
def _weekdays() -> dict[str, int]:
    """Long names of weekdays in every language of the cards, as they are said in a sentence; 0 is Monday."""
    found: dict[str, int] = {}
    for language in languages():
        for number, name in Locale.parse(language).days["format"]["wide"].items():
            known = name.casefold()
            shorter = {"pt": known.removesuffix("-feira"), "ja": known.removesuffix("日")}.get(language, known)
            found |= {known: number, shorter: number, **({f"{shorter}s": number} if language == "pt" else {})}
    return found
