"""How data comes in and what is known about it: files sent in a chat, syncs, the state of the data, mapping."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.features.data.asking import Asking
from bot.features.data.intake import Intake
from bot.features.data.running import Runs
from bot.features.feature import PROGRAM, Command, Feature, Tick
from cards import files, mapping, synced

if TYPE_CHECKING:
    from bot.features.feature import Services

_REJECTED = (
    r"(?:show |list )?(?:what|which rows) (?:was|were|is|are|has been|got) (?:rejected|set aside)(?: by the last sync)?|rejected rows"
    r"|was wurde (?:abgelehnt|aussortiert)|qu.est-ce qui a été (?:rejeté|écarté) ?|¿?qué se (?:rechazó|apartó)"
    r"|o que foi (?:rejeitado|separado)|(?:何が)?除外された(?:行は?)?か?"
)
_UNMAPPED = (
    r"(?:show |list )?what(?:'s|’s| is| has) not (?:been )?mapped|(?:show |list )?(?:what(?:'s|’s| is) )?unmapped(?: (?:values|teams|people|categories))?"
    r"|was ist nicht zugeordnet|qu.est-ce qui est sans correspondance ?|¿?qué está sin asignar"
    r"|o que está sem correspondência|未対応の値は?"
)
_LISTEN = (
    r"tell me about (?:every |all )?syncs?|(?P<stop>stop telling me about syncs|do ?n[o']t tell me about syncs)"
    r"|sag(?:en Sie)? mir bei jedem abgleich bescheid"
)
_SYNC = (
    r"sync(?: now| the data)?|jetzt abgleichen|synchroniser(?: maintenant)?|sincronizar(?: ahora| agora)?|今すぐ同期"
)


def feature(services: Services) -> Feature:
    """Without settings (on the command line) there is only what can be read."""
    settings = services.settings
    runs = Runs(services, settings) if settings else None
    asking = Asking(services, settings, runs)
    commands = (
        Command("rejected", _REJECTED, asking.rejected, PROGRAM),
        Command("unmapped", _UNMAPPED, asking.unmapped, PROGRAM),
        Command("tell of syncs", _LISTEN, asking.listen, PROGRAM),
    )
    presses = {synced.REJECTED: asking.rejected, synced.UNMAPPED: asking.unmapped, mapping.MAP: asking.map}
    if settings is None or runs is None:
        return Feature("data", commands, {"data_quality": asking.quality}, presses)
    intake = Intake(services, settings, runs)
    return Feature(
        "data",
        (*commands, Command("sync", _SYNC, asking.ask_sync, PROGRAM)),
        {"data_quality": asking.quality},
        {
            **presses,
            synced.SYNC: asking.sync,
            files.USE: intake.use,
            files.DISCARD: intake.discard,
            files.READ_AS: intake.read_as,
        },
        arrivals={"files": intake.arrived, "message": intake.arrived},
        searches={name: partial(asking.look_up, kind) for kind, name in mapping.LOOKED_UP.items()},
        ticks=(Tick("data", settings.drop_seconds, runs.tick),),
    )
