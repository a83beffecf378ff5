"""How people arrange the weekly digest, in six languages: the commands, and the day, time and zone they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from bot.language import LANGUAGES

SHORT = r"(?=.{1,200}\Z)"
_WHEN = r"(?:,? (?P<when>.+))?"
_TO = r" (?P<when>.+)"

_EN = r"(?:the |a |our )?(?:weekly )?(?:digest|update|summary)"
_DE = r"(?:den |das |die )?(?:wochenbericht|wöchentlichen bericht|wöchentliche zusammenfassung|wochenüberblick|digest)"
_FR = r"(?:la |le |l['’])?(?:synthèse|digest|résumé|bilan)(?: hebdomadaire| hebdo)?"
_ES = r"(?:el )?(?:resumen|digest|informe)(?: semanal)?"
_PT = r"(?:o )?(?:resumo|digest|relatório)(?: semanal)?"
_JA = r"週(?:報|次レポート|間まとめ)"

# Command -> language -> what fits the whole message; "when" is the day, the time and the zone.
COMMANDS: Mapping[str, Mapping[str, str]] = {
    "post": {
        "en": rf"(?:please )?(?:post|put|send|show|start|publish) {_EN} (?:here|in this channel|in this chat|to this channel){_WHEN}",
        "de": rf"(?:bitte )?(?:poste|postet|schicke?|zeige?|veröffentliche) {_DE} (?:hier|in diesem kanal|in diesem chat){_WHEN}",
        "fr": rf"(?:publie[rz]?|poste[rz]?|envoie|envoyez) {_FR} (?:ici|dans ce canal){_WHEN}",
        "es": rf"(?:publica|publique|pon|envía) {_ES} (?:aquí|en este canal){_WHEN}",
        "pt": rf"(?:publica|publique|põe|envia|envie) {_PT} (?:aqui|neste canal){_WHEN}",
        "ja": rf"(?:(?P<when>.+?)に)?{_JA}を(?:ここに|このチャネルに)(?:投稿|送信|表示)して(?:ください)?",
    },
    "stop": {
        "en": rf"(?:please )?(?:stop|end|cancel|remove) {_EN}(?: here| in this channel)?",
        "de": rf"(?:bitte )?(?:beende|stoppe|stopp) {_DE}(?: hier)?",
        "fr": rf"(?:arrête[rz]?|stoppe[rz]?) {_FR}(?: ici)?",
        "es": rf"(?:detén|para|cancela) {_ES}(?: aquí)?",
        "pt": rf"(?:para|pare|cancela|cancele) {_PT}(?: aqui)?",
        "ja": rf"{_JA}を(?:停止|中止)して(?:ください)?",
    },
    "resume": {
        "en": rf"(?:please )?(?:resume|continue) {_EN}(?: here)?",
        "de": rf"(?:bitte )?(?:setze {_DE} fort|fahre mit {_DE} fort)",
        "fr": rf"(?:reprends|reprenez|reprendre) {_FR}(?: ici)?",
        "es": rf"(?:reanuda|continúa) {_ES}(?: aquí)?",
        "pt": rf"(?:retoma|retome|continua) {_PT}(?: aqui)?",
        "ja": rf"{_JA}を再開して(?:ください)?",
    },
    "tell": {
        "en": rf"when (?:is|comes|will) {_EN}(?: (?:posted|come|here))*|(?:is there|do we have) {_EN}(?: here)?",
        "de": r"wann (?:kommt|ist) (?:der )?(?:wochenbericht|digest)(?: hier)?",
        "fr": rf"quand (?:est|paraît|vient|arrive) {_FR}(?: ici)?",
        "es": rf"¿?cuándo (?:es|llega|sale) {_ES}(?: aquí)?",
        "pt": rf"quando (?:é|chega|sai) {_PT}(?: aqui)?",
        "ja": rf"{_JA}はいつ(?:ですか|来ますか|届きますか)?",
    },
    "change": {
        "en": rf"(?:please )?(?:change|move|set) {_EN} to{_TO}",
        "de": rf"(?:bitte )?(?:verlege|verschiebe|ändere|stelle) {_DE} auf{_TO}",
        "fr": rf"(?:change[rz]?|déplace[rz]?|passe[rz]?) {_FR} (?:à|au|sur){_TO}",
        "es": rf"(?:cambia|mueve|pasa) {_ES} (?:a|al){_TO}",
        "pt": rf"(?:muda|mude|passa|passe) {_PT} para{_TO}",
        "ja": rf"{_JA}を(?P<when>.+?)に(?:変更|変えて)(?:して)?(?:ください)?",
    },
    "form": {
        "en": rf"(?:please )?(?:arrange|set up|schedule|configure|plan) {_EN}(?: here)?",
        "de": rf"(?:richte {_DE}(?: hier)? ein|{_DE} einrichten)",
        "fr": rf"(?:prévois|prévoir|configure[rz]?) {_FR}(?: ici)?",
        "es": rf"(?:organiza|configura|programa) {_ES}(?: aquí)?",
        "pt": rf"(?:combina|configura|configure|programa) {_PT}(?: aqui)?",
        "ja": rf"{_JA}を設定して(?:ください)?",
    },
}  # fmt: skip

# Words around a day, a time and a zone that say nothing by themselves.
FILLER = frozenset((
    "on", "at", "in", "every", "each", "of", "the", "and", "o'clock", "oclock", "time", "clock", "am", "pm", "hours",
    "from", "now", "week", "weekly", "jeden", "jede", "um", "uhr", "zeit", "der", "die", "das", "ab", "le", "les",
    "la", "à", "a", "au", "de", "du", "des", "chaque", "heure", "heures", "h", "fuso", "los", "las", "el", "en",
    "hora", "horas", "cada", "todos", "todas", "às", "as", "aos", "em", "o", "os", "na", "no", "nas", "nos", "から",
    "毎週", "の", "時間", "に", "は", "で",
))  # fmt: skip
_TIME = re.compile(
    r"(?<![\d:])(?P<h>\d{1,2})(?:(?:[:.h]|時)(?P<m>[0-5]\d)分?|(?P<half>時半)|時|h)?\s?(?P<half_day>a\.?m\.?|p\.?m\.?)?(?![\d:])"
)
_WORD = re.compile(r"[^\W\d]+(?:[-'’][^\W\d]+)*")
_ZONE = re.compile(r"[A-Za-z]+(?:/[A-Za-z_]+)+(?:[+-]\d+)?|\bUTC\b|\bGMT\b", re.IGNORECASE)
# What a weekday is called beside its full and its short name.
MORE_DAYS: Mapping[str, int] = {
    "segunda": 0, "terça": 1, "quarta": 2, "quinta": 3, "sexta": 4, "segundas": 0, "terças": 1, "quartas": 2, "quintas": 3, "sextas": 4,
    "sábados": 5, "domingos": 6, "月曜": 0, "火曜": 1, "水曜": 2, "木曜": 3, "金曜": 4, "土曜": 5, "日曜": 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class When:
    """What was named of a time; None where it was not."""

    weekday: int | None = None
    at: time | None = None
    zone: str | None = None


def when_of(said: str) -> When | None:
    """Day, time and zone as they were named, in any order; None where something in it could not be read."""
    text = " ".join(said.casefold().split())
    text, zone = _zone(text)
    text, day = _day(text)
    text, at = _time(text)
    rest = [word for word in _WORD.findall(text) if word not in FILLER]
    if rest or re.search(r"\d", text):
        return None
    return When(day, at, zone)


def _zone(text: str) -> tuple[str, str | None]:
    if (fit := _ZONE.search(text)) and (known := _zones().get(fit[0])):
        return text.replace(fit[0], " ", 1), known
    for fit in _WORD.finditer(text):
        # Two words first: "new york", "sao paulo".
        following = _WORD.match(text, fit.end() + 1)
        for name in ([f"{fit[0]} {following[0]}"] if following else []) + [fit[0]]:
            if known := _cities().get(name):
                return text.replace(name, " ", 1), known
    return text, None


def _day(text: str) -> tuple[str, int | None]:
    for name in sorted(_days(), key=len, reverse=True):
        if fit := re.search(
            rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() or name[0].islower() else re.escape(name), text
        ):
            return text[: fit.start()] + " " + text[fit.end() :], _days()[name]
    return text, None


def _time(text: str) -> tuple[str, time | None]:
    fit = _TIME.search(text)
    if fit is None:
        return text, None
    hour, minute = int(fit["h"]), 30 if fit["half"] else int(fit["m"] or 0)
    if half := (fit["half_day"] or "").replace(".", ""):
        if not 1 <= hour <= 12:
            return text, None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23:
        return text, None
    return text[: fit.start()] + " " + text[fit.end() :], time(hour, minute)


@cache
def _zones() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _cities() -> Mapping[str, str]:
    """Zones by the name of their city, where that names one zone only."""
    found: dict[str, set[str]] = {}
    for name in available_timezones():
        area, _, city = name.rpartition("/")
        if area and area.partition("/")[0] not in {"Etc", "SystemV", "US", "posix", "right"}:
            found.setdefault(city.replace("_", " ").casefold(), set()).add(name)
    one = {city: names.pop() for city, names in found.items() if len(names) == 1}
    return {city: zone for city, zone in one.items() if city not in FILLER and city not in _days()}


@cache
def _days() -> Mapping[str, int]:
    """Weekdays (0 is Monday) by their names in every language, with the forms that mean each of them."""
    found: dict[str, int] = dict(MORE_DAYS)
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for use in ("format", "stand-alone"):
                for number, name in Locale.parse(language).days[use][width].items():
                    plain = name.casefold().rstrip(".")
                    if len(plain) > 1 or language == "ja":
                        found.setdefault(plain, number)
                    if width == "wide" and language != "ja":
                        found.setdefault(plain + "s", number)
    return {name: number for name, number in found.items() if len(name) > 1}
