"""Reads a request body into an activity's JSON, and refuses whatever could trip something further in."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from bot.delivery.activity import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BODY = 256 * 1024

# A half of a surrogate pair or a NUL can be parsed, but neither encoded nor stored everywhere.
_TROUBLE = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")


class Refused(Exception):  # noqa: N818 - what happened, not what broke
    """The request is answered with this HTTP status; `reason` is for the log, the sender learns nothing of it.

    `raw` is the activity of a sender that is known and may not ask.
    """

    def __init__(self, status: int, reason: str, raw: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.raw = raw


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


def parse(body: bytes) -> dict[str, Any]:
    """The activity in a request body. Raises Refused(400) where it is no JSON object of the right types."""
    try:
        raw = _DECODER.decode(body.decode("utf-8"))
        if _TROUBLE.search(body):
            raw = _storable(raw)
    except (ValueError, RecursionError) as problem:
        raise Refused(400, f"body: {type(problem).__name__}") from None
    if not isinstance(raw, dict):
        raise Refused(400, "body is no object")
    check_types(raw)
    return raw


def _storable(raw: object) -> object:
    """The same with halves of surrogate pairs and NULs replaced by question marks."""
    text = json.dumps(raw, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    return json.loads(re.sub(r"(?<!\\)((?:\\\\)*)\\u0000", r"\1?", text))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an activity we use: where it is, what it must be, and whether it must be there."""

    path: tuple[str, ...]
    type: type
    needed: bool = False


# Null counts as absent. What is not listed is not used.
FIELDS: tuple[Field, ...] = (
    Field(("type",), str, needed=True),
    Field(("id",), str),
    Field(("name",), str),
    Field(("text",), str),
    Field(("action",), str),
    Field(("locale",), str),
    Field(("replyToId",), str),
    Field(("timestamp",), str),
    Field(("localTimezone",), str),
    Field(("serviceUrl",), str),
    Field(("channelId",), str),
    Field(("from",), dict),
    Field(("from", "id"), str),
    Field(("from", "name"), str),
    Field(("from", "aadObjectId"), str),
    Field(("recipient",), dict),
    Field(("recipient", "id"), str),
    Field(("recipient", "name"), str),
    Field(("conversation",), dict, needed=True),
    Field(("conversation", "id"), str, needed=True),
    Field(("conversation", "tenantId"), str),
    Field(("conversation", "conversationType"), str),
    Field(("channelData",), dict),
    Field(("channelData", "eventType"), str),
    Field(("channelData", "tenant"), dict),
    Field(("channelData", "tenant", "id"), str),
    Field(("channelData", "team"), dict),
    Field(("channelData", "team", "id"), str),
    Field(("channelData", "channel"), dict),
    Field(("channelData", "channel", "id"), str),
    Field(("entities",), list),
    Field(("membersAdded",), list),
    Field(("membersRemoved",), list),
)


def check_types(raw: Mapping[str, Any]) -> None:
    """Raises Refused(400) where a field we use is of the wrong type, missing, or too long to be an id."""
    for field in FIELDS:
        value: Any = raw
        for name in field.path:
            value = value.get(name) if value is not None else None
        if value is None:
            if field.needed:
                raise Refused(400, f"{'.'.join(field.path)} is missing")
        elif not isinstance(value, field.type):
            raise Refused(400, f"{'.'.join(field.path)} is of the wrong type")
        elif field.needed and not value:
            raise Refused(400, f"{'.'.join(field.path)} is empty")
        elif field.type is str and field.path[-1] in {"id", "replyToId", "aadObjectId"} and len(str(value)) > 1_000:
            raise Refused(400, f"{'.'.join(field.path)} is too long")
    if stamp := raw.get("timestamp"):
        _check_moment(stamp)


def _check_moment(stamp: str) -> None:
    try:
        year = moment(stamp).year
    except (ValueError, OverflowError):
        year = 0
    # The ends of the calendar overflow as soon as somebody changes their zone.
    if not 2000 <= year < 3000:
        raise Refused(400, "timestamp")
