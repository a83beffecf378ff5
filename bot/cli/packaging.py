"""Builds the Teams app package: a manifest from what was asked for, checked against Microsoft's schema, with icons and languages, as one zip."""

from __future__ import annotations

import json
import re
import tomllib
import uuid
import zipfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from jsonschema import Draft4Validator

from analytics.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HOME = Path(__file__).parents[2] / "manifest"
SCHEMAS = {path.name: path for path in sorted((HOME / "schemas").iterdir()) if path.is_dir()}
DEFAULT_SCHEMA = "1.22"
# From here on a starter may say something else than its title, in every language.
STARTERS_FROM = (1, 28)

DEFAULT_LANGUAGE = "en"
LANGUAGES = tuple(sorted(path.stem for path in (HOME / "words").glob("*.toml")))

TOKEN_DOMAIN = "token.botframework.com"  # noqa: S105 - a host name
ACCENT = "#0F5C63"

# What the app asks for where it is installed, and why; docs/install.md tells the same, and a test holds it.
PERMISSIONS: tuple[tuple[str, str], ...] = (
    ("TeamMember.Read.Group", "knows who reads along in a channel, so that nobody sees more there than they may"),
    ("ChatMember.Read.Chat", "knows who is in a group chat, so that it shows only what all of them may see"),
    ("ChannelMessage.Send.Group", "posts and keeps up to date the weekly digest in a channel where somebody set it up"),
)

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_PAGE = re.compile(r"https://[^\s/]+\.[^\s]+")
_VERSION = re.compile(r"(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})")
# Names that only live as long as somebody's tunnel does; Teams refuses them in a store.
_TUNNELS = (".ngrok.io", ".ngrok-free.app", ".ngrok.app", ".devtunnels.ms", ".trycloudflare.com", ".loca.lt")


@dataclass(frozen=True, slots=True)
class App:
    """What a package is made of. `host` is the bot's public name, without https://; `developer` the company's.

    `website` is a page of the company about the app; `privacy` and `terms` are that page too where left out.
    """

    app_id: str
    host: str
    name: str = ""
    version: str = "1.0.0"
    developer: str = ""
    website: str = ""
    privacy: str = ""
    terms: str = ""
    tenant: str = ""
    schema: str = DEFAULT_SCHEMA


# What is asked for where it was not given, in this order.
_QUESTIONS: tuple[tuple[str, str], ...] = (
    ("app_id", "Application (client) id of the bot"),
    ("host", "Public host name of the bot, such as bot.example.com"),
    ("developer", "Name of your company, as people see it in Teams"),
    ("website", "A page about the app for people, such as https://intranet.example.com/freelance"),
)


def asked_for(given: Mapping[str, str], ask: Callable[[str], str] = typer.prompt) -> App:
    """The app from what was given, the rest from the answers to questions."""
    answers = {name: ask(question) for name, question in _QUESTIONS if not given.get(name)}
    return App(**{**{name: value for name, value in given.items() if value}, **answers})


def next_steps(app: App, out: Path) -> tuple[str, ...]:
    """What to do with the package."""
    name = app.name or words(DEFAULT_LANGUAGE)["name"]["short"]
    where = f" of tenant {app.tenant}" if app.tenant else ""
    return (
        f"{out}: {name} {app.version}, manifest {app.schema}, {len(LANGUAGES)} languages.",
        f"Upload it in the Teams admin center{where}, under Teams apps, Manage apps: docs/install.md.",
    )


def problems(app: App) -> list[str]:
    """Everything that is wrong with what was asked for."""
    found = []
    if not _GUID.fullmatch(app.app_id.lower()):
        found.append(f"--app-id {app.app_id!r}: must be an id like 01234567-89ab-cdef-0123-456789abcdef.")
    if app.tenant and not _GUID.fullmatch(app.tenant.lower()):
        found.append(f"--tenant {app.tenant!r}: must be an id like 01234567-89ab-cdef-0123-456789abcdef.")
    if not _HOST.fullmatch(app.host):
        found.append(f"--host {app.host!r}: must be a plain name like bot.example.com, without https://, a port or *.")
    elif app.host.endswith(_TUNNELS):
        found.append(f"--host {app.host}: is a tunnel; give the name under which the bot will stay.")
    if not _VERSION.fullmatch(app.version):
        found.append(
            f"--version-of-manifest {app.version!r}: must be three numbers like 1.2.0, higher with each upload."
        )
    if len(app.name) > 30:
        found.append(f"--name {app.name!r}: must be at most 30 characters long.")
    if len(app.developer) > 32:
        found.append(f"--developer {app.developer!r}: must be at most 32 characters long.")
    pages = {"--website": app.website, "--privacy": app.privacy or app.website, "--terms": app.terms or app.website}
    found += [
        f"{option} {page!r}: must be a page like https://intranet.example.com/freelance."
        for option, page in pages.items()
        if not _PAGE.fullmatch(page)
    ]
    if app.schema not in SCHEMAS:
        found.append(f"--schema {app.schema!r}: known are {', '.join(SCHEMAS)}.")
    return found


def build(app: App) -> dict[str, bytes]:
    """The files of the package by name. Raises SettingsError with everything that is wrong."""
    app = replace(app, app_id=app.app_id.strip().lower(), host=host_of(app.host), name=app.name.strip())
    if wrong := problems(app):
        raise SettingsError(wrong)
    texts = {"manifest.json": manifest(app)} | {f"{tag}.json": localized(app, tag) for tag in _others()}
    for name, document in texts.items():
        wrong += [f"{name}: {told}" for told in invalid(document, app.schema, localization=name != "manifest.json")]
    if wrong:
        raise SettingsError(wrong)
    files = {name: _written(document) for name, document in texts.items()}
    icons = {f"{kind}.png": (HOME / "icons" / f"{kind}.png").read_bytes() for kind in ("color", "outline")}
    return files | icons


def host_of(address: str) -> str:
    """The plain name in what somebody may have given: FREELANCE_PUBLIC_URL as well as a host."""
    return address.strip().lower().removeprefix("https://").rstrip("/.")


def write(app: App, out: Path) -> list[str]:
    """Write the zip; the names in it. The same package always has the same bytes. Raises SettingsError, OSError."""
    files = build(app)
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return list(files)


def manifest(app: App) -> dict[str, Any]:
    """The manifest in English."""
    said = words(DEFAULT_LANGUAGE)
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{app.schema}/MicrosoftTeams.schema.json",
        "manifestVersion": app.schema,
        "version": app.version,
        # The app in a catalogue is not the bot itself: the same bot may be two apps, for a trial and for everyone.
        "id": str(uuid.uuid5(uuid.UUID(app.app_id), "teams app")),
        "developer": {
            "name": app.developer or "Freelance Insights",
            "websiteUrl": app.website,
            "privacyUrl": app.privacy or app.website,
            "termsOfUseUrl": app.terms or app.website,
        },
        "name": {"short": app.name or said["name"]["short"], "full": said["name"]["full"]},
        "description": said["description"],
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "localizationInfo": {
            "defaultLanguageTag": DEFAULT_LANGUAGE,
            "additionalLanguages": [{"languageTag": tag, "file": f"{tag}.json"} for tag in _others()],
        },
        "bots": [_bot(app, said)],
        "validDomains": [app.host, TOKEN_DOMAIN],
        "webApplicationInfo": {"id": app.app_id, "resource": f"api://botid-{app.app_id}"},
        "authorization": {
            "permissions": {"resourceSpecific": [{"name": name, "type": "Application"} for name, _ in PERMISSIONS]}
        },
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
    }


def _bot(app: App, said: dict[str, Any]) -> dict[str, Any]:
    lists = [{"scopes": list(scopes), "commands": commands} for scopes, commands in command_lists(said, app.schema)]
    return {
        "botId": app.app_id,
        "scopes": ["personal", "team", "groupChat"],
        "supportsFiles": True,
        "isNotificationOnly": False,
        "commandLists": lists,
    }


def command_lists(said: dict[str, Any], schema: str) -> tuple[tuple[tuple[str, ...], list[dict[str, str]]], ...]:
    """Commands by where they are offered; on an older schema a starter is a command that is its own title."""
    starters = [_starter(one, schema) for one in said["starters"]]
    return (("personal",), [*said["commands"], *starters]), (("team", "groupChat"), list(said["shared"]))


def _starter(one: dict[str, str], schema: str) -> dict[str, str]:
    if tuple(map(int, schema.split("."))) < STARTERS_FROM:
        return {"title": one["prompt"], "description": one["title"]}
    return {"title": one["title"], "type": "prompt", "prompt": one["prompt"]}


def localized(app: App, tag: str) -> dict[str, Any]:
    """What the manifest says, in another language: each text by its place in the manifest."""
    said = words(tag)
    texts = {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{app.schema}/MicrosoftTeams.Localization.schema.json",
        "name.short": app.name or said["name"]["short"],
        "name.full": said["name"]["full"],
        "description.short": said["description"]["short"],
        "description.full": said["description"]["full"],
    }
    for at, (_, commands) in enumerate(command_lists(said, app.schema)):
        for number, command in enumerate(commands):
            place = f"bots[0].commandLists[{at}].commands[{number}]"
            texts |= {f"{place}.{key}": text for key, text in command.items() if key != "type"}
    return texts


def asked(tag: str, schema: str = DEFAULT_SCHEMA) -> list[tuple[str, str]]:
    """Every text that the app offers to send, and the first place where: what a person who picks it has said."""
    return [
        (command.get("prompt", command["title"]), scopes[0])
        for scopes, commands in command_lists(words(tag), schema)
        for command in commands
    ]


def invalid(document: dict[str, Any], schema: str, *, localization: bool = False) -> list[str]:
    """What Microsoft's schema says against a document."""
    validator = _validator(schema, localization)
    return [
        f"{'.'.join(map(str, error.absolute_path)) or 'the whole'}: {error.message[:200]}"
        for error in sorted(validator.iter_errors(document), key=lambda error: list(map(str, error.absolute_path)))
    ]


@cache
def _validator(schema: str, localization: bool) -> Draft4Validator:
    name = f"MicrosoftTeams.{'Localization.' if localization else ''}schema.json"
    return Draft4Validator(json.loads((SCHEMAS[schema] / name).read_text(encoding="utf-8-sig")))


@cache
def words(tag: str) -> dict[str, Any]:
    """The texts of one language."""
    return tomllib.loads((HOME / "words" / f"{tag}.toml").read_text(encoding="utf-8"))


def _others() -> tuple[str, ...]:
    return tuple(tag for tag in LANGUAGES if tag != DEFAULT_LANGUAGE)


def _written(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
