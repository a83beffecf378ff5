"""The monthly review: made for a program lead when asked for, or by a schedule, and handed over by a link that works once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.features.feature import PROGRAM, Command, Feature, either
from bot.features.review.handing import PATH, Reviews
from bot.features.review.scheduling import KIND, Scheduling
from cards.review.card import REVIEW

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

EVERY_MONTH = either(
    r"(?:please )?(?:send|make|give)(?: me)? (?:the |a )?(?:monthly |management )?review (?:every|each) month",
    r"(?:schick(?:e)?|sende?) mir (?:den )?monatsbericht jeden monat",
    r"envoie-moi (?:la )?revue mensuelle (?:chaque mois|tous les mois)",
    r"envíame (?:el )?informe mensual (?:cada mes|todos los meses)",
    r"envie-me (?:o )?relatório mensal (?:todo mês|todos os meses)",
    r"毎月(?:の)?月次レビューを送って(?:ください)?",
)
NO_MORE = either(
    r"(?:no|stop)(?: more| sending)?(?: the)? monthly reviews?",
    r"keinen monatsbericht mehr",
    r"plus de revue mensuelle",
    r"no más informe mensual",
    r"não mais relatório mensal",
    r"月次レビューは不要",
)


def feature(services: Services) -> Feature:
    """In words; and where its files are fetched."""
    reviews = Reviews(services)
    scheduling = Scheduling(services, reviews)
    return Feature(
        "review",
        commands=(
            Command("monthly review every month", EVERY_MONTH, scheduling.on, PROGRAM),
            Command("no monthly review", NO_MORE, scheduling.off, PROGRAM),
            Command("monthly review", WORDS, reviews.said, PROGRAM),
        ),
        presses={REVIEW: reviews.pressed},
        handlers={KIND: scheduling},
        routes=(web.get(PATH + "{token}", reviews.door), web.post(PATH + "{token}", reviews.fetch)),
    )
