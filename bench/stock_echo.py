"""The stock bot: botbuilder's own CloudAdapter saying everything back, as its samples do it.

Runs in an environment of its own. In its favour its own token costs nothing here: stock asks the directory anew each turn.
Usage: python stock_echo.py WORLD.json PORT
"""
# ruff: noqa: D101, D102 - the shape of the samples

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from aiohttp import web
from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botframework.connector.auth import ChannelValidation, MicrosoftAppCredentials


class Config:
    PORT = 0
    APP_ID = ""
    APP_PASSWORD = "not-a-secret"  # noqa: S105 - the directory it is shown to is made up
    APP_TYPE = "SingleTenant"
    APP_TENANTID = "11111111-1111-1111-1111-111111111111"


class Echo(ActivityHandler):  # type: ignore[misc]  # the SDK carries no types
    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await turn_context.send_activity(turn_context.activity.text)


def _free_token(_: object, force_refresh: bool = False) -> str:  # noqa: ARG001 - as the SDK calls it
    return "bot-token"


def main(world: dict[str, Any], port: int) -> None:
    os.environ["REQUESTS_CA_BUNDLE"] = world["ca_file"]
    Config.APP_ID = world["app_id"]
    ChannelValidation.open_id_metadata_endpoint = world["metadata"]
    MicrosoftAppCredentials.get_access_token = _free_token
    adapter, bot = CloudAdapter(ConfigurationBotFrameworkAuthentication(Config())), Echo()

    async def messages(request: web.Request) -> web.Response:
        answer: web.Response = await adapter.process(request, bot)
        return answer

    app = web.Application()
    app.router.add_post("/api/messages", messages)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2]))
