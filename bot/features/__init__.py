"""The features there are; a new one is one line here."""

from __future__ import annotations

from collections.abc import Callable

from bot.features import (
    asked,
    attention,
    browsing,
    channel_scope,
    checked,
    data,
    deputies,
    digest,
    exporting,
    feedback,
    learning,
    mailing,
    reports,
    review,
    sharing,
    stories,
    subscriptions,
    taking_back,
    targets,
    why,
)
from bot.features.feature import Feature, Features, Services, Tick
from bot.runner import SECONDS, Runner

FEATURES: tuple[Callable[[Services], Feature], ...] = (
    browsing.feature,
    exporting.feature,
    sharing.feature,
    taking_back.feature,
    feedback.feature,
    reports.feature,
    channel_scope.feature,
    deputies.feature,
    checked.feature,
    learning.feature,
    data.feature,
    asked.feature,
    why.feature,
    review.feature,
    mailing.feature,
    digest.feature,
    targets.feature,
    stories.feature,
    subscriptions.feature,
    attention.feature,
)


def features(services: Services) -> Features:
    """All of them, made with what they need, and the clockwork of what they do by schedules."""
    made = tuple(make(services) for make in FEATURES)
    runner = Runner(services.state, Features(made).handlers, services.clock)
    return Features((*made, Feature("schedules", ticks=(Tick("schedules", SECONDS, runner.tick),))))
