"""Every rule a card must keep, as one function: `check_card(card)` raises AssertionError with all that is wrong."""

from __future__ import annotations

import copy
import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import adaptive_cards
import jsonschema
from microsoft_teams import cards as typed
from pydantic import BaseModel, ValidationError

Card = dict[str, Any]
Node = dict[str, Any]

BYTES = 28 * 1024
BYTES_WITH_PICTURES = 40 * 1024
BUTTONS, PRIMARY = 6, 3
NOT_IN_SCHEMA = ("Chart.", "Badge", "ProgressBar", "ProgressRing")
TEAMS_ONLY = ("msteams", "targetWidth", "roundedCorners", "grid.area", "layouts", "associatedInputs", "choices.data")
LINK = re.compile(
    r"(?<!\\)\[[^\]]*(?<!\\)\]\(|!\[|https?://|<[a-zA-Z/]|\{\{|\$\{|`|(?<!\\)\*\*|^\s*([-+#]|\d+[.)]) ", re.MULTILINE
)


def check_card(card: Card, *, schema: bool = True) -> None:
    """All checks at once; the message lists every fault.

    The JSON schema takes a hundred times as long as the rest; where only words differ from a card already checked, leave it out.
    """
    faults = [
        *strict_walk(card),
        *(schema_faults(card) if schema else ()),
        *size_faults(card),
        *action_faults(card),
        *fallback_faults(card),
        *reading_faults(card),
        *table_faults(card),
        *text_faults(card),
        *content_faults(card),
    ]
    assert not faults, "\n".join(faults)


# --- typed models ------------------------------------------------------------------------------------------------


@cache
def _models() -> dict[str, type[BaseModel]]:
    """Every typed node by its `type`."""
    found: dict[str, type[BaseModel]] = {}
    for _, kind in inspect.getmembers(typed, inspect.isclass):
        if not issubclass(kind, BaseModel) or "type" not in kind.model_fields:
            continue
        default = kind.model_fields["type"].default
        if isinstance(default, str):
            found[default] = kind
    return found


@cache
def _names(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(field.serialization_alias or field.alias or name for name, field in model.model_fields.items())


def strict_walk(node: Any, path: str = "card") -> list[str]:
    """Unknown types, unknown properties and wrong values, as the typed models of Teams cards see them."""
    if isinstance(node, list):
        return [fault for at, item in enumerate(node) for fault in strict_walk(item, f"{path}[{at}]")]
    if not isinstance(node, dict):
        return []
    faults = _node_faults(node, path)
    for key, value in node.items():
        action_data = key == "data" and str(node.get("type", "")).startswith("Action.")
        if not action_data and key not in {"authentication", "msteams"}:
            faults += strict_walk(value, f"{path}.{key}")
    return faults


def _node_faults(node: Node, path: str) -> list[str]:
    kind = node.get("type")
    if kind is None:
        return []
    model = _models().get(str(kind))
    if model is None:
        return [f"{path}: unknown type {kind!r}"]
    known = _names(model) | ({"$schema"} if kind == "AdaptiveCard" else set())
    faults = [f"{path}: {kind} has no property {key!r}" for key in node if key not in known]
    try:
        model.model_validate(node)
    except ValidationError as error:
        faults += [f"{path}: {fault['loc']} {fault['msg']}" for fault in error.errors()]
    return faults


# --- JSON schema 1.5 after fallbacks -------------------------------------------------------------------------------


@cache
def _schema() -> jsonschema.protocols.Validator:
    folder = Path(adaptive_cards.__file__).parent / "schemas"
    text = (folder / "schema-1.5.json").read_text(encoding="utf-8")
    # Both renderers read firstRowAsHeaders; the published schema has it without its last letter. Overflow came later.
    schema = json.loads(text.replace('"firstRowAsHeader"', '"firstRowAsHeaders"'))
    # A style of version 1.5 that the file forgets.
    schema["definitions"]["ChoiceInputStyle"]["anyOf"].append({"enum": ["filtered"]})
    return jsonschema.Draft6Validator(schema)


def resolved(node: Any) -> Any:
    """The card as a client without charts and badges sees it."""
    if isinstance(node, list):
        return [made for item in node if (made := resolved(item)) is not None]
    if not isinstance(node, dict):
        return node
    if str(node.get("type", "")).startswith(NOT_IN_SCHEMA):
        return resolved(node["fallback"]) if isinstance(node.get("fallback"), dict) else None
    kept = {key: value for key, value in node.items() if key not in TEAMS_ONLY}
    if str(node.get("type", "")).startswith("Action."):
        return {key: value if key == "data" else resolved(value) for key, value in kept.items()}
    return {key: resolved(value) for key, value in kept.items()}


def schema_faults(card: Card) -> list[str]:
    """Errors of the resolved card against the published schema."""
    return [
        f"schema: {'/'.join(map(str, e.absolute_path))}: {e.message[:160]}"
        for e in _schema().iter_errors(resolved(card))
    ]


# --- rules of our own ------------------------------------------------------------------------------------------------


def nodes(node: Any) -> Iterator[Node]:
    """Every object of the card but the data of actions and fallbacks of actions."""
    if isinstance(node, list):
        for item in node:
            yield from nodes(item)
    elif isinstance(node, dict):
        yield node
        action = str(node.get("type", "")).startswith("Action.")
        for key, value in node.items():
            if not (action and key in {"data", "fallback"}):
                yield from nodes(value)


def of_type(card: Card, start: str) -> list[Node]:
    """Every element whose type begins so."""
    return [node for node in nodes(card) if str(node.get("type", "")).startswith(start)]


def size_faults(card: Card) -> list[str]:
    """The size budget, without and with pictures carried inside."""
    full = len(json.dumps(card, ensure_ascii=False).encode())
    bare = copy.deepcopy(card)
    for node in of_type(bare, "Image"):
        if str(node.get("url", "")).startswith("data:"):
            node["url"] = ""
    without = len(json.dumps(bare, ensure_ascii=False).encode())
    return [f"size: {without} and {full} bytes"] if without > BYTES or full > BYTES_WITH_PICTURES else []


def action_faults(card: Card) -> list[str]:
    """Few enough buttons, and each has a way for older clients."""
    actions = card.get("actions", [])
    faults = []
    if len(actions) > BUTTONS or sum(a.get("mode") != "secondary" for a in actions) > PRIMARY:
        faults.append(f"actions: {len(actions)} buttons")
    for action in of_type(card, "Action.Execute"):
        fallback = action.get("fallback")
        same = (
            isinstance(fallback, dict)
            and fallback["type"] == "Action.Submit"
            and fallback.get("data") == action.get("data")
        )
        if not same or action.get("data", {}).get("verb") != action.get("verb") or not action.get("title"):
            faults.append(f"actions: {action.get('title')!r} has no equal Submit, verb or title")
    refresh = card.get("refresh", {})
    return [*faults, *(["refresh: more than 60 people"] if len(refresh.get("userIds", [])) > 60 else [])]


def fallback_faults(card: Card) -> list[str]:
    """What older clients do not know is replaced or dropped on purpose; a picture says its numbers."""
    faults = []
    for node in of_type(card, NOT_IN_SCHEMA):  # type: ignore[arg-type]
        fallback = node.get("fallback")
        picture = isinstance(fallback, dict) and fallback["type"] == "Image" and fallback.get("altText")
        if node["type"].startswith("Chart.") and not (picture or fallback == "drop"):
            faults.append(f"fallback: {node['type']} falls back to {fallback!r}")
        if fallback is None:
            faults.append(f"fallback: {node['type']} has none")
    return faults


def reading_faults(card: Card) -> list[str]:
    """What a screen reader needs."""
    faults = [f"reading: no {key}" for key in ("speak", "fallbackText", "lang") if not card.get(key)]
    if card.get("version") != "1.5" or card.get("msteams") != {"width": "full"}:
        faults.append("reading: version 1.5 and full width are wanted")
    if not any(node.get("style") == "heading" for node in of_type(card, "TextBlock")):
        faults.append("reading: no heading")
    faults += ["reading: a picture without altText" for node in of_type(card, "Image") if not node.get("altText")]
    faults += [
        f"reading: input {node.get('id')!r} without label" for node in of_type(card, "Input.") if not node.get("label")
    ]
    pressed = [node["selectAction"] for node in nodes(card) if isinstance(node.get("selectAction"), dict)]
    return [*faults, *("reading: a pressable part without a title" for action in pressed if not action.get("title"))]


def table_faults(card: Card) -> list[str]:
    """Tables hold at 320 pixels and say their headers."""
    faults = []
    tables = of_type(card, "Table")
    tables = [node for node in tables if node["type"] == "Table"]
    for node in tables:
        if len(node["columns"]) > 3 or any(len(row["cells"]) != len(node["columns"]) for row in node["rows"]):
            faults.append("table: more than 3 columns, or cells missing")
        for row in node["rows"][1:]:
            faults += ["table: a number may wrap" for cell in row["cells"][1:] if cell["items"][0].get("wrap")]
    return [*faults, *(["table: no headers"] if tables and not tables[0].get("firstRowAsHeaders") else [])]


def shown_texts(card: Card) -> list[str]:
    """Everything that is read as Markdown."""
    texts = [node["text"] for node in of_type(card, "TextBlock")]
    return [
        *texts,
        *(fact[key] for node in of_type(card, "FactSet") for fact in node["facts"] for key in ("title", "value")),
    ]


def text_faults(card: Card) -> list[str]:
    """Nothing in a text makes a link, a picture, a list, markup or a template; pictures are our own."""
    faults = [f"text: {text!r}" for text in shown_texts(card) if LINK.search(text)]
    for node in nodes(card):
        for key in ("title", "label", "placeholder", "altText", "legend", "speak", "fallbackText", "x"):
            said = node.get(key)
            if isinstance(said, str) and ("{{" in said or "${" in said or "\n" in said):
                faults.append(f"text: {key} {said!r}")
    return faults


def content_faults(card: Card) -> list[str]:
    """Every label a chart draws also stands in the table; an answer says where it comes from."""
    charts = of_type(card, "Chart.")
    if not charts:
        return []
    read = "\n".join(shown_texts(card))
    faults = [] if "20" in read and "·" in read else ["content: no provenance"]
    if not any(node["type"] == "Table" for node in of_type(card, "Table")):
        faults.append("content: a chart without a table")
    labels = {point["x"] for node in charts for point in _points(node)}
    letters = _letters(read)
    return [*faults, *(f"content: {label!r} is only in the chart" for label in labels if not _stands(label, letters))]


def _stands(label: str, read: str) -> bool:
    """Whether a label, cut or not, is there to read, whatever its escapes."""
    return all(_letters(part) in read for part in label.split("…"))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _points(chart: Node) -> list[Node]:
    return [point for one in chart["data"] for point in one.get("values", [one])]
