"""The monthly review: made for a program lead when asked for, or by a schedule, and handed over by a link that works once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.features.feature import PROGRAM, Command, Feature, either
from bot.features.review.handing import PATH, Reviews

if TYPE_CHECKING:
    from bot.features.feature import Services

MAKE = r"(?:please )?(?:(?:make|create|prepare|build|show|give)(?: me)? )?"
WHEN = r"(?: (?:for |of |für |vom |de |del |do |da |pour |du )?(?P<when>.+))?"
WORDS = (
    either(
        MAKE + r"(?:the |a |our )?(?:monthly|management) review",
        r"(?:erstelle|mach|zeige?)?(?: mir)? ?(?:den |einen )?monatsbericht",
        r"(?:faire |fais |prépare |montre )?(?:la |une )?(?:revue|rapport) mensuel(?:le)?",
        r"(?:haz |prepara |muestra )?(?:el |un |la |una )?(?:informe|revisión) mensual",
        r"(?:faça |prepare |mostre )?(?:o |um |a |uma )?(?:relatório|revisão) mensal",
        r"月次レビュー(?:を作って|を作成)?",
    )
    + WHEN
)


def feature(services: Services) -> Feature:
    """In words; and where its files are fetched."""
    reviews = Reviews(services)
    return Feature(
        "review",
        commands=(Command("monthly review", WORDS, reviews.said, PROGRAM),),
        routes=(web.get(PATH + "{token}", reviews.door), web.post(PATH + "{token}", reviews.fetch)),
    )
