"""It learns: words that could not be read are collected without who said them, and a program lead gives them a meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.feature import PROGRAM, Command, Feature, Tick
from bot.features.learning.collecting import Collecting
from bot.features.learning.commands import FORGET as FORGET_WORDS
from bot.features.learning.commands import LEARNED, TEACH, UNREAD
from bot.features.learning.teaching import Teaching
from bot.features.learning.weekly import Weekly
from cards import learning as card

if TYPE_CHECKING:
    from bot.features.feature import Services

HOURLY, DAILY = 3_600.0, 86_400.0


def feature(services: Services) -> Feature:
    """The feature, made with what it needs."""
    collecting = Collecting(services)
    teaching, weekly = Teaching(services, collecting), Weekly(services, collecting)
    return Feature(
        "learning",
        commands=(
            Command("unread words", UNREAD, teaching.unread, PROGRAM),
            Command("learned words", LEARNED, teaching.learned, PROGRAM),
            Command("teach a word", TEACH, teaching.teach, PROGRAM),
            Command("forget a word", FORGET_WORDS, teaching.forget, PROGRAM),
        ),
        presses={
            card.LIST: teaching.unread,
            card.PREVIEW: teaching.press_preview,
            card.TEACH: teaching.press_teach,
            card.FORGET: teaching.press_forget,
        },
        heard=weekly.heard,
        ticks=(Tick("unread words", HOURLY, weekly.send), Tick("old unread words", DAILY, weekly.purge)),
    )
