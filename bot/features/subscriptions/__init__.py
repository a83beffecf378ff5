"""What comes by itself: subscriptions, alerts, and one report for every manager, set up and managed in words and on cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.feature import PROGRAM, Command, Feature, Tick
from bot.features.subscriptions import wording, words
from bot.features.subscriptions.arranging import SLICES, SUBSCRIPTION, Arranging
from bot.features.subscriptions.asking import Asking
from bot.features.subscriptions.managing import Managing
from bot.features.subscriptions.many import Many, report
from bot.features.subscriptions.owners import Owners
from bot.features.subscriptions.quiet import Quieting
from bot.features.subscriptions.sending import Sending
from bot.features.subscriptions.watching import Watching
from cards import subscriptions as drawn

if TYPE_CHECKING:
    from bot.answering import Answered
    from bot.features.feature import Services
    from bot.understanding import Reading
    from bot.visit import Visit

LOOK_SECONDS = 20.0


def feature(services: Services) -> Feature:
    """The commands, buttons and clockwork."""
    owners = Owners(services)
    watching = Watching(services, owners)
    arranging = Arranging(services, owners, Asking(services), watching)
    many = Many(services, owners, report(services))
    managing = Managing(services, arranging, many)
    quieting = Quieting(services, arranging)

    async def heard(visit: Visit, _: Reading, __: Answered) -> None:
        await owners.heard(visit)

    return Feature(
        "subscriptions",
        commands=_commands(arranging, managing, quieting),
        actions={"subscribe": arranging.subscribe, "alert": arranging.alert},
        presses={
            drawn.PAUSE: managing.pressed("pause"),
            drawn.RESUME: managing.pressed("resume"),
            drawn.STOP: managing.pressed("stop"),
            drawn.CHANGE: managing.press_change,
            drawn.SHOW: managing.show,
            drawn.WHO: managing.who,
        },
        heard=heard,
        ticks=(Tick("alerts", LOOK_SECONDS, watching.tick),),
        handlers={SUBSCRIPTION: Sending(services, owners), SLICES: many},
    )


def _commands(arranging: Arranging, managing: Managing, quieting: Quieting) -> tuple[Command, ...]:
    short = wording.SHORT
    # Only what says how often is a subscription; "send me spend" is a question.
    often = wording.often()
    send = rf"{short}{often}(?:{wording.SEND} (?P<what>.+)|(?P<ja>.+?){wording.SEND_JA})"
    tell = rf"{short}(?=.*\d)(?:{wording.TELL} (?P<what>.+)|(?P<ja>.+?){wording.TELL_JA})"
    return (
        Command("managers' report", short + often + words.SLICES, arranging.slices, PROGRAM),
        Command("subscribe", send, arranging.send),
        Command("alert", tell, arranging.tell),
        Command("my subscriptions", short + words.LIST, managing.mine),
        Command("pause subscription", short + words.MANAGE["pause"], managing.said("pause")),
        Command("resume subscription", short + words.MANAGE["resume"], managing.said("resume")),
        Command("stop subscription", short + words.MANAGE["stop"], managing.said("stop")),
        Command("change subscription", short + words.CHANGE, managing.change),
        Command("quiet", short + words.QUIET, quieting.quiet),
        Command("no quiet", short + words.LOUD, quieting.loud),
        Command("what is sent to whom", words.OVERVIEW, managing.overview, PROGRAM),
        Command("hand over", short + words.HAND, managing.hand_over),
        Command("who got it", words.GOT, managing.got, PROGRAM),
        Command("mute report", words.MUTE[True], quieting.mute(SLICES, on=True)),
        Command("unmute report", words.MUTE[False], quieting.mute(SLICES, on=False)),
    )
